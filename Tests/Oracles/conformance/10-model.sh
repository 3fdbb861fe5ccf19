#!/usr/bin/env bash
# The model importer: SmolLM2 from its GGUF file, each element as the gguf package decodes it (0 may differ), and the
# tokenizer as tokenizers reads it. Leaves the model as CONFORMANCE_SHARED/smollm2.
set -euo pipefail

export HF_HUB_CACHE=$CONFORMANCE_SHARED/hub
rm -rf "$HF_HUB_CACHE" "$CONFORMANCE_SHARED/smollm2"
KTO_DOWNLOADS=$CONFORMANCE_CACHE scripts/fetch_smollm2.sh "$KTO_DATA_BINARY"
snapshots=("$HF_HUB_CACHE"/models--*/snapshots/*)
ln -s "${snapshots[0]}" "$CONFORMANCE_SHARED/smollm2"
python Tests/Oracles/check_gguf.py "$CONFORMANCE_CACHE"/SmolLM2-135M-Instruct.Q4_1.gguf "$CONFORMANCE_SHARED/smollm2"
