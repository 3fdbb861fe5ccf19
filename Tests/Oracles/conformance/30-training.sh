#!/usr/bin/env bash
# What prepare and train write on the embedded model, read by those it is written for: the shards by
# mosaicml-streaming, their tokens against transformers', the adapter by PEFT, the npz files by numpy.
set -euo pipefail

readonly oracles=Tests/Oracles out=$CONFORMANCE_FOLDER
hub=data/models/models--kto-data--tiny-mistral
model=$(realpath "$hub/snapshots/$(< $hub/refs/main)")
options=(--config config/config_test_kto.yaml)
for setting in data.shards="$out/shards" output.logs="$out/logs" output.checkpoints="$out/checkpoints" \
  output.final_model="$out/adapter" training.max_steps=4 training.checkpoint_steps=2; do
  options+=(--set "$setting")
done

"$KTO_DATA_BINARY" prepare "${options[@]}"
"$KTO_DATA_BINARY" train "${options[@]}"

"$KTO_DATA_BINARY" ingest "${options[@]}" --output "$out/examples.jsonl"
python $oracles/dump_tokens.py "$model" "$out/examples.jsonl" "$out/ids.jsonl"
"$SHARDS_PYTHON" $oracles/check_shards.py "$out/shards/train" > "$out/samples.jsonl"
python $oracles/compare_rows.py "$out/samples.jsonl" "$out/examples.jsonl" "$out/ids.jsonl" --max-length 512

python $oracles/check_adapter.py "$model" "$out/adapter"
python $oracles/check_npz.py "$out/adapter/lora_adapters.npz" --same-as "$out/adapter/adapter_model.safetensors" \
  > "$out/adapter.npz.jsonl"
checkpoints=("$out"/checkpoints/*.npz)
for checkpoint in "${checkpoints[@]}"; do
  python $oracles/check_npz.py "$checkpoint" > "$checkpoint.jsonl"
  echo "$(basename "$checkpoint"): $(wc -l < "$checkpoint.jsonl") arrays"
done
