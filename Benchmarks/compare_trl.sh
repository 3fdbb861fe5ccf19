#!/usr/bin/env bash
# kto-data and TRL side by side: the same model, adapter, rows and steps on the same cores, in turn.
# usage: Benchmarks/compare_trl.sh [--pairs 3] [--steps 8] [--cores 0,1] [--attention sdpa]
#
#   PYTHON            a Python with the packages of Tests/Oracles/requirements.txt (python3)
#   KTO_DATA_BINARY   the program (.build/release/kto-data)
#   MODEL             a model of the Hugging Face cache, or a folder (HuggingFaceTB/SmolLM2-135M-Instruct)
#
# Rows are the sample conversations of data/raw, up to 512 tokens, in batches of 2 × 2; the adapter is LoRA of rank 8 on
# q_proj and v_proj, its first values the same for both. Reference points are TRL's. Nothing is downloaded.
# Relative paths start at the project's folder.
set -euo pipefail

case ${1:-} in
  -h | --help) sed -n '2,/^set /{/^set /d; s/^# \{0,1\}//; p}' "$0"; exit 0 ;;
esac
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
binary=${KTO_DATA_BINARY:-.build/release/kto-data}
model=${MODEL:-HuggingFaceTB/SmolLM2-135M-Instruct}
hub=${HF_HUB_CACHE:-${HUGGINGFACE_HUB_CACHE:-${HF_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/huggingface}/hub}}

fail() {
  printf 'compare_trl: %s\n' "$@" >&2
  exit 2
}

command -v "$binary" > /dev/null || fail "there is no $binary; make build"
"$python" -c 'import trl, peft' 2> /dev/null || fail "$python has no TRL; set PYTHON (Benchmarks/README.md)"
cached=$hub/models--${model//\//--}
if [[ -f $cached/refs/main ]]; then folder=$cached/snapshots/$(< "$cached/refs/main"); else folder=$model; fi
[[ -f $folder/config.json ]] || fail "there is no $model in $hub; scripts/fetch_smollm2.sh brings it"
folder=$(realpath "$folder")

export HF_HUB_OFFLINE=1 TRANSFORMERS_VERBOSITY=error TOKENIZERS_PARALLELISM=false PYTHONDONTWRITEBYTECODE=1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# The config has every number that the two must agree on; the order is the input's for both.
options=(--config "config/config_test_kto.yaml")
for setting in model.name="$folder" data.format=examples data.order=input data.balance=none \
  data.inputs="[$scratch/rows.jsonl]" data.shards="$scratch/shards" lora.init_adapter="$scratch/adapter" \
  training.order=sequential training.checkpoint_steps=0 kto.kl_estimator=trl kto.homogeneous_batch=kto; do
  options+=(--set "$setting")
done
(
  # Shuffled by the seed, so that a microbatch is not of one class throughout.
  "$binary" ingest data/raw --output "$scratch/examples.jsonl"
  shuf --random-source=config/config.yaml "$scratch/examples.jsonl" > "$scratch/rows.jsonl"
  "$binary" prepare "${options[@]}"
  "$python" Tests/Oracles/make_adapter.py "$folder" "$scratch/adapter"
) > "$scratch/preparation.log" 2>&1 || { cat "$scratch/preparation.log" >&2; fail "the preparation failed"; }

"$python" "Benchmarks/compare_trl.py" --binary "$binary" --model "$folder" --scratch "$scratch" \
  --oracle "Tests/Oracles/trl_parity.py" "$@" -- "${options[@]}"
