#!/usr/bin/env bash
# Fuzzes with libFuzzer and AddressSanitizer: the tokenizer with files of any format or with texts, or what undoes
# compression and UTF-16 with inputs.
# usage: Tests/Fuzzing/run.sh files [SECONDS]
#        Tests/Fuzzing/run.sh inputs [SECONDS]
#        Tests/Fuzzing/run.sh texts [SECONDS] TOKENIZER...
#
# 60 seconds unless said otherwise. The corpus and what crashes are kept in FUZZ_FOLDER (.build/fuzzing).
set -euo pipefail
cd "$(dirname "$0")"

what=${1:-}
seconds=${2:-60}
shift $(($# < 2 ? $# : 2))
fuzzer=fuzz-tokenizer
case $what in
  files) limits=(-max_len=65536) ;;
  inputs) limits=(-max_len=16384); fuzzer=fuzz-input ;;
  texts) limits=(-max_len=16384) ;;
  *) sed -n '2,/^set /{/^set /d; s/^# \{0,1\}//; p}' run.sh >&2; exit 64 ;;
esac
folder=$(realpath -m "${FUZZ_FOLDER:-../../.build/fuzzing}")
corpus=$folder/$what
mkdir -p "$corpus"
# One input may take 10 s; the whole process, with its corpus, 2 GB.
swift build --scratch-path "$folder/build" -c release --product "$fuzzer" \
  -Xswiftc -use-ld=lld -Xswiftc -sanitize=fuzzer,address -Xcc -fsanitize=address -Xcxx -fsanitize=address > "$folder/build.log" 2>&1 || { tail -n 40 "$folder/build.log" >&2; exit 2; }
if [[ $what == files ]]; then
  cp -n ../Fixtures/tokenizer/*.tokenizer.json ../Fixtures/formats/* "$corpus" 2> /dev/null || true
elif [[ $what == inputs ]]; then
  for tool in gzip bzip2 xz zstd; do
    command -v $tool > /dev/null && printf '{"prompt": "a"}\n' | $tool -c > "$corpus/$tool"
  done
  printf '\xff\xfe{\x00}\x00\n\x00' > "$corpus/utf-16le"
else
  (($# > 0)) || set -- ../Fixtures/tokenizer/*.tokenizer.json
  FUZZ_TOKENIZERS=$(realpath "$@" | paste --serial --delimiters=:)
  export FUZZ_TOKENIZERS
  # They live as long as the process; at its end some of what they hold looks lost, since Swift marks such addresses.
  export ASAN_OPTIONS=detect_leaks=0
fi
exec "$folder/build/release/$fuzzer" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
  -artifact_prefix="$folder/$what-" -print_final_stats=1 "${limits[@]}" "$corpus"
