#!/usr/bin/env bash
# Kills `train` at random moments, goes on with --resume, and compares with a run that was never killed.
# usage: Tests/Reliability/kill_train.sh [TIMES] [PROGRAM]    SEED=1 chooses the moments, SIGNAL=KILL what is sent
set -uo pipefail

times=${1:-50}
program=$(realpath "${2:-.build/release/kto-data}")
seed=${SEED:-1}
signal=${SIGNAL:-KILL}
source "$(dirname "$0")/sample_run.sh"

train() { "$program" train --config "$work/run.yaml" "$@"; }

# Starts a run and kills it after at most as long as a whole one takes.
killed() {
  "$program" train --config "$work/run.yaml" "$@" > "$work/out.txt" 2>&1 &
  local process=$!
  sleep "$(awk -v r=$RANDOM -v t="$duration" 'BEGIN { printf "%.3f", r / 32768 * t }')"
  kill -"$signal" "$process" 2> /dev/null
  wait "$process" 2> /dev/null
}

problem() {
  problems=$((problems + 1))
  printf 'run %s, killed after %s of %s steps: %s\n' "$i" "$steps" 30 "$*"
}

# The number of each line's step, of steps (without an argument) or of validations.
steps_of() {
  if [[ ${1:-} == eval ]]; then grep '"eval_loss"' "$work/logs/training.jsonl"; else
    grep -v '"eval_loss"' "$work/logs/training.jsonl"
  fi | sed 's/^{"step":\([0-9]*\),.*/\1/' | tr '\n' ' '
}

start=$(date +%s.%N)
train > "$work/out.txt" 2>&1 || { cat "$work/out.txt" >&2; exit 2; }
duration=$(awk -v a="$start" -v b="$(date +%s.%N)" 'BEGIN { print b - a }')
cp -r "$work/final" "$work/expected"
cp "$work/checkpoints/best_checkpoint.npz" "$work/expected"
validations=$(steps_of eval)

problems=0 early=0 ended=0
for ((i = 1; i <= times; i++)); do
  rm -rf "$work"/{logs,checkpoints,final}
  killed
  # Every third one is killed again while it goes on.
  if ((i % 3 == 0)) && [[ ! -e $work/final/adapter_config.json ]]; then killed --resume; fi
  steps=$(grep -cs '"loss"' "$work/logs/training.jsonl" || true)
  if [[ -e $work/final/adapter_config.json ]]; then
    # Too late: it counts for nothing, and the next ones are killed sooner.
    ended=$((ended + 1)) i=$((i - 1))
    duration=$(awk -v t="$duration" 'BEGIN { print 0.95 * t }')
  else
    if ! compgen -G "$work/checkpoints/checkpoint_step_*.npz" > /dev/null; then early=$((early + 1)); fi
    # What is said without --resume must not lead in a circle.
    if [[ -e $work/logs/training.jsonl ]]; then
      said=$(train 2>&1) && problem "a run without --resume replaced what was there"
      [[ $said == *--resume* ]] || problem "without --resume nothing says how to go on: $said"
    fi
    said=$(train --resume 2>&1) || problem "--resume: $(tail -n 1 <<< "$said")"
  fi
  for file in lora_adapters.npz adapter_model.safetensors adapter_config.json; do
    cmp -s "$work/expected/$file" "$work/final/$file" || problem "$file has other bytes"
  done
  cmp -s "$work/expected/best_checkpoint.npz" "$work/checkpoints/best_checkpoint.npz" ||
    problem "best_checkpoint.npz has other bytes"
  [[ $(steps_of) == "$(seq -s ' ' 30) " ]] || problem "training.jsonl has the steps $(steps_of)"
  [[ $(steps_of eval) == "$validations" ]] || problem "training.jsonl has the validations $(steps_of eval)"
  left=$(find "$work"/{logs,checkpoints,final} \( -name '*.partial-*' -o -name '.train.lock' \) -printf '%f ')
  [[ -z $left ]] || problem "left over: $left"
done

echo "$times runs ended by SIG$signal ($early before their first checkpoint; $ended more had ended already): $problems problems"
((problems == 0))
