#!/usr/bin/env bash
# Chat templates: what transformers' apply_chat_template makes of many conversations, with each template of TRL and of
# llama.cpp, and what ours makes of them. The table of templates is in templates.log.
set -euo pipefail

readonly package='llama-cpp-python==0.3.36'
readonly sdist=$CONFORMANCE_CACHE/llama_cpp_python-0.3.36.tar.gz
readonly sdist_sha256=832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e
readonly out=$CONFORMANCE_FOLDER

has_hash() { [[ -f $1 ]] && printf '%s  %s\n' "$2" "$1" | sha256sum --check --status -; }
if ! has_hash "$sdist" "$sdist_sha256"; then
  python -m pip download --quiet --disable-pip-version-check --no-deps --no-binary llama-cpp-python \
    --dest "$CONFORMANCE_CACHE" "$package"
  has_hash "$sdist" "$sdist_sha256" || { echo "50-templates: $sdist has another SHA-256" >&2; exit 2; }
fi

mkdir "$out/llama.cpp"
tar --extract --gzip --file "$sdist" --directory "$out/llama.cpp" --strip-components=5 \
  --wildcards '*/vendor/llama.cpp/models/templates/*.jinja'
trl=$(python -c 'import importlib.util; print(importlib.util.find_spec("trl").submodule_search_locations[0])')
tokenizers=(data/models/models--*/snapshots/*)
python Tests/Oracles/render_templates.py "${tokenizers[0]}" "$out/templates" \
  "$out"/llama.cpp/*.jinja "$trl"/chat_templates/*.jinja

log=$out/templates.log
read -ra flags <<< "${SWIFT_FLAGS:---scratch-path $CONFORMANCE_BUILD -c release -Xswiftc -enable-testing}"
status=0
# Built already: the peers' Python first on the PATH would make Swift build everything anew.
KTO_CONFORMANCE=$out swift test "${flags[@]}" --skip-build --disable-xctest --filter '^ConformanceTests\.' > "$log" 2>&1 || status=$?
if ((status != 0)); then grep --after-context=2 -E '^(differs|other error): ' "$log" | head -n 60; fi
grep -E '^measured: |Test run with' "$log"
exit "$status"
