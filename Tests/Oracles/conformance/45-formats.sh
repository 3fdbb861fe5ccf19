#!/usr/bin/env bash
# tiktoken, tekken and sentencepiece files as their own programs read them, and tokenizer files made of GGUF
# vocabularies. Needs the vocabularies that 40-tokenizers makes.
#
#   CONFORMANCE_STRINGS   generated strings for each file: 400 unless it is set
set -euo pipefail

readonly oracles=Tests/Oracles vocabularies=$CONFORMANCE_CACHE/vocabularies out=$CONFORMANCE_FOLDER
readonly package=llama_cpp_python-0.3.36
[[ -f $vocabularies/vocabularies.tsv ]] || { echo "45-formats: there are no vocabularies; 40-tokenizers makes them" >&2; exit 2; }

"$FORMATS_PYTHON" $oracles/check_formats.py "$KTO_DATA_BINARY" "$vocabularies" "$out" --strings "${CONFORMANCE_STRINGS:-400}"

mkdir "$out/gguf"
tar --extract --gzip --file "$CONFORMANCE_CACHE/$package.tar.gz" --directory "$out/gguf" --strip-components 4 \
  --wildcards "$package/vendor/llama.cpp/models/ggml-vocab-*.gguf"
log=$out/tests.log
read -ra flags <<< "${SWIFT_FLAGS:---scratch-path $CONFORMANCE_BUILD -c release -Xswiftc -enable-testing}"
status=0
# Built already: the peers' Python first on the PATH would make Swift build everything anew.
KTO_VOCABULARIES=$out/gguf swift test "${flags[@]}" --skip-build --disable-xctest \
  --filter '^ConformanceTests\.VocabularyImportTests' > "$log" 2>&1 || status=$?
if ((status != 0)); then cat "$log"; fi
python $oracles/check_gguf_tokenizers.py "$out/gguf" "$vocabularies" --strings "${CONFORMANCE_STRINGS:-400}"
exit "$status"
