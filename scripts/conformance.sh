#!/usr/bin/env bash
# Compares the built program with its peers: needs Python 3 and the Python package registry.
# usage: scripts/conformance.sh [BUILD_DIR]
#
# Each executable Tests/Oracles/conformance/*.sh is one check. It finds the program in KTO_DATA_BINARY, a scratch folder
# of its own in CONFORMANCE_FOLDER, and the peers' Python first on the PATH.
set -euo pipefail
cd "$(dirname "$0")/.."

build=$(realpath "${1:-.build}")
environment=$build/conformance
requirements=Tests/Oracles/requirements.txt

python3 -c 'import venv, ensurepip' 2> /dev/null \
  || { echo "conformance: skipped: python3 with venv is missing (apt-get install python3-venv)"; exit 0; }

if ! cmp -s "$requirements" "$environment/installed.txt"; then
  python3 -m venv --clear "$environment"
  probe=$(mktemp -d)
  trap 'rm -rf "$probe"' EXIT
  if ! "$environment/bin/pip" --quiet --disable-pip-version-check --timeout 15 --retries 1 \
    download --no-deps --dest "$probe" six==1.17.0 > /dev/null 2>&1; then
    echo "conformance: skipped: the Python package registry does not answer"
    exit 0
  fi
  echo "conformance: installing $requirements into $environment"
  "$environment/bin/pip" --quiet --disable-pip-version-check install --requirement "$requirements"
  cp "$requirements" "$environment/installed.txt"
fi
export KTO_DATA_BINARY=$build/release/kto-data
export PATH=$environment/bin:$PATH

shopt -s nullglob
passed=0
failed=()
for check in Tests/Oracles/conformance/*.sh; do
  name=$(basename "$check" .sh)
  export CONFORMANCE_FOLDER=$environment/checks/$name
  rm -rf "$CONFORMANCE_FOLDER"
  mkdir -p "$CONFORMANCE_FOLDER"
  echo "conformance: $name"
  if "$check"; then passed=$((passed + 1)); else failed+=("$name"); fi
done
echo "conformance: $passed passed, ${#failed[@]} failed ${failed[*]}"
((${#failed[@]} == 0))
