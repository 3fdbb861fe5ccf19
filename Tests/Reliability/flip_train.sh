#!/usr/bin/env bash
# Flips a bit at random places of prepared data, and expects `verify` and `train` to notice each.
# usage: Tests/Reliability/flip_train.sh [TIMES] [PROGRAM]    SEED=1 chooses the places
set -uo pipefail

times=${1:-60}
program=$(realpath "${2:-.build/release/kto-data}")
seed=${SEED:-1}
source "$(dirname "$0")/sample_run.sh"

flip() { # FILE OFFSET BIT
  local byte
  byte=$(od -An -tu1 -j "$2" -N1 "$1")
  printf "\\x$(printf %02x $((byte ^ (1 << $3))))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

problems=0
problem() {
  problems=$((problems + 1))
  printf '%s, byte %s, bit %s: %s\n' "${file#"$work"/}" "$offset" "$bit" "$*"
}

mapfile -t files < <(find "$work/shards" -type f | sort)
for ((i = 0; i < times; i++)); do
  file=${files[i % ${#files[@]}]}
  offset=$(((RANDOM << 15 | RANDOM) % $(stat -c %s "$file")))
  bit=$((RANDOM % 8))
  flip "$file" "$offset" "$bit"
  for command in "verify $work/shards" "train --config $work/run.yaml"; do
    said=$("$program" $command 2>&1)
    status=$?
    case $status in
      0) problem "${command%% *} did not notice" ;;
      1 | 2) [[ $said == *"$file"* ]] || problem "${command%% *} does not name the file: $said" ;;
      *) problem "${command%% *} ended with $status: $said" ;;
    esac
    if [[ -e $work/logs/training.jsonl ]]; then problem "${command%% *} began to train"; fi
    rm -rf "$work"/{logs,checkpoints,final}
  done
  flip "$file" "$offset" "$bit"
done

"$program" verify "$work/shards" > /dev/null 2>&1 || { echo "the flips were not undone" && exit 2; }
echo "$times bits flipped in ${#files[@]} files: $problems problems"
((problems == 0))
