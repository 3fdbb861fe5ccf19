#!/usr/bin/env bash
# What export writes of the sample conversations, loaded by those it is written for: TRL's trainer and datasets,
# LLaMA-Factory, ms-swift, axolotl and OpenAI's client.
set -euo pipefail

readonly oracles=Tests/Oracles out=$CONFORMANCE_FOLDER peers=$CONFORMANCE_BUILD/conformance/exports
hub=data/models/models--kto-data--tiny-mistral
model=$(realpath "$hub/snapshots/$(< $hub/refs/main)")

if ! cat $oracles/requirements-exports*.txt | cmp -s - "$peers/installed.txt"; then
  rm -rf "$peers"
  pip --quiet --disable-pip-version-check install --no-deps --target "$peers" -r $oracles/requirements-exports.txt
  pip --quiet --disable-pip-version-check install --target "$peers/support" -r $oracles/requirements-exports-support.txt
  cat $oracles/requirements-exports*.txt > "$peers/installed.txt"
fi

"$KTO_DATA_BINARY" split data/raw --ratios 80/20 -o "$out/splits" > /dev/null
forms=(examples trl trl-text hf llama-factory ms-swift axolotl halos openai openai-dpo)
# The module for another Python than that of the system may find no library of it.
KTO_DUCKDB=$(echo "$peers"/support/_duckdb*.so)
export KTO_DUCKDB
if "$KTO_DATA_BINARY" doctor | grep -q '^✓ DuckDB'; then
  forms+=(parquet hf-parquet)
else
  echo "55-exports: Parquet is left out: $KTO_DUCKDB cannot be loaded"
fi
for form in "${forms[@]}"; do
  # 1 says that some examples cannot be held, which the report names.
  "$KTO_DATA_BINARY" export "$out/splits" --to $form -o "$out/exports/$form" > "$out/$form.txt" || (($? == 1))
done
HF_HOME=$out/cache PYTHONPATH=$peers/support python $oracles/check_exports.py "$out/exports" "$model" "$peers" 2> "$out/log.txt" \
  || { tail -n 20 "$out/log.txt" >&2; exit 1; }
