#!/usr/bin/env bash
# Fuzzes the tokenizer with libFuzzer and AddressSanitizer: files of any format, or texts.
# usage: Tests/Fuzzing/run.sh files [SECONDS]
#        Tests/Fuzzing/run.sh texts [SECONDS] TOKENIZER...
#
# 60 seconds unless said otherwise. The corpus and what crashes are kept in FUZZ_FOLDER (.build/fuzzing).
set -euo pipefail
cd "$(dirname "$0")"

what=${1:-}
seconds=${2:-60}
shift $(($# < 2 ? $# : 2))
case $what in
  files) limits=(-max_len=65536) ;;
  texts) limits=(-max_len=16384) ;;
  *) sed -n '2,/^set /{/^set /d; s/^# \{0,1\}//; p}' run.sh >&2; exit 64 ;;
esac
folder=$(realpath -m "${FUZZ_FOLDER:-../../.build/fuzzing}")
corpus=$folder/$what
mkdir -p "$corpus"
# One input may take 10 s; the whole process, with its corpus, 2 GB.
swift build --scratch-path "$folder/build" -c release --product fuzz-tokenizer \
  -Xswiftc -use-ld=lld -Xswiftc -sanitize=fuzzer,address -Xcc -fsanitize=address -Xcxx -fsanitize=address > "$folder/build.log" 2>&1 || { tail -n 40 "$folder/build.log" >&2; exit 2; }
if [[ $what == files ]]; then
  cp -n ../Fixtures/tokenizer/*.tokenizer.json ../Fixtures/formats/* "$corpus" 2> /dev/null || true
else
  (($# > 0)) || set -- ../Fixtures/tokenizer/*.tokenizer.json
  FUZZ_TOKENIZERS=$(realpath "$@" | paste --serial --delimiters=:)
  export FUZZ_TOKENIZERS
  # They live as long as the process; at its end some of what they hold looks lost, since Swift marks such addresses.
  export ASAN_OPTIONS=detect_leaks=0
fi
exec "$folder/build/release/fuzz-tokenizer" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
  -artifact_prefix="$folder/$what-" -print_final_stats=1 "${limits[@]}" "$corpus"
