#!/usr/bin/env bash
# What prepare and train write on the embedded model, read by those it is written for: the shards by
# mosaicml-streaming, their tokens against transformers', the adapter by PEFT, mlx-lm and gguf, the merged model by
# transformers, the npz files by numpy.
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
for type in float32 bfloat16; do
  "$KTO_DATA_BINARY" merge --model "$hub" --adapter "$out/adapter" --type $type -o "$out/merged_$type"
done
python $oracles/check_merged.py "$model" "$out/adapter" "$out/merged_float32"
# bfloat16 keeps 8 bits of each weight; the base model's are bfloat16 themselves.
python $oracles/check_merged.py "$model" "$out/adapter" "$out/merged_bfloat16" --tolerance 0.05
"$KTO_DATA_BINARY" export-adapter --model "$hub" --adapter "$out/adapter" --to gguf -o "$out/gguf"
python $oracles/check_adapter_gguf.py "$model" "$out/adapter" "$out/gguf/adapter.gguf"
if [[ -n ${MLX_PYTHON:-} ]]; then
  "$MLX_PYTHON" $oracles/check_mlx.py dump "$model" "$out/adapter" "$out/mlx.npy"
  python $oracles/check_mlx.py compare "$model" "$out/adapter" "$out/mlx.npy"
else
  echo "mlx-lm is not there, so the adapter was not loaded by it"
fi
python $oracles/check_npz.py "$out/adapter/lora_adapters.npz" --same-as "$out/adapter/adapter_model.safetensors" \
  > "$out/adapter.npz.jsonl"
checkpoints=("$out"/checkpoints/*.npz)
for checkpoint in "${checkpoints[@]}"; do
  python $oracles/check_npz.py "$checkpoint" > "$checkpoint.jsonl"
  echo "$(basename "$checkpoint"): $(wc -l < "$checkpoint.jsonl") arrays"
done
