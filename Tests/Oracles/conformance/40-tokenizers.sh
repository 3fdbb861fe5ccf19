#!/usr/bin/env bash
# Token ids of every vocabulary that packages hold, and of variants that reach each stage of a tokenizer.json:
# generated strings and real texts, `kto-data tokenize` beside `tokenizers`.
#
#   CONFORMANCE_STRINGS        generated strings for each vocabulary: 400 unless it is set; 250000 is thorough
#   CONFORMANCE_MEGABYTES      of each real text: 0.05 unless it is set; 200 takes all of them
#   CONFORMANCE_VOCABULARIES   only these, between spaces
#   CONFORMANCE_SEED           of the generated strings: 0 unless it is set
set -euo pipefail

readonly oracles=Tests/Oracles vocabularies=$CONFORMANCE_CACHE/vocabularies corpora=$CONFORMANCE_CACHE/texts

# Made again when a script that makes them has changed.
made_by() { cat "${@/#/$oracles/}" | sha256sum; }
make_unless_made() {
  local folder=$1 stamp=$2
  shift 2
  if [[ $(cat "$folder/made-by" 2> /dev/null) == "$stamp" ]]; then return; fi
  rm -rf "$folder"
  "$@"
  echo "$stamp" > "$folder/made-by"
}
make_unless_made "$vocabularies" \
  "$(made_by make_vocabularies.py tokenizer_families.py vocabulary_sources.py vocabulary_variants.py)" \
  python $oracles/make_vocabularies.py "$vocabularies" --downloads "$CONFORMANCE_CACHE" > "$CONFORMANCE_FOLDER/made.log"
make_unless_made "$corpora" "$(made_by texts.py vocabulary_sources.py)" \
  python $oracles/texts.py corpora "$corpora" --downloads "$CONFORMANCE_CACHE" >> "$CONFORMANCE_FOLDER/made.log"

only=()
if [[ -n ${CONFORMANCE_VOCABULARIES:-} ]]; then
  read -ra names <<< "$CONFORMANCE_VOCABULARIES"
  only=(--only "${names[@]}")
fi
export TOKENIZERS_PARALLELISM=true
python $oracles/conform_tokenizers.py "$KTO_DATA_BINARY" "$vocabularies" "$CONFORMANCE_FOLDER" \
  --strings "${CONFORMANCE_STRINGS:-400}" --seed "${CONFORMANCE_SEED:-0}" \
  --corpora "$corpora" --megabytes "${CONFORMANCE_MEGABYTES:-0.05}" "${only[@]}"
