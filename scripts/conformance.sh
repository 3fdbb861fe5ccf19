#!/usr/bin/env bash
# Compares the built program with its peers: needs Python 3 and the Python package registry.
# usage: scripts/conformance.sh [BUILD_DIR] [CHECK...]
#
# Each executable Tests/Oracles/conformance/*.sh is one check; they run in the order of their names, or those named
# run alone (20-numbers and 30-training stand on what 10-model leaves). A check finds in its environment:
#
#   KTO_DATA_BINARY      the program
#   CONFORMANCE_FOLDER   a scratch folder of its own, empty
#   CONFORMANCE_SHARED   a folder that the checks of one run share
#   CONFORMANCE_CACHE    downloads, kept from run to run
#   SHARDS_PYTHON        the Python of requirements-shards.txt; that of requirements.txt is first on the PATH
#   FORMATS_PYTHON       the Python of requirements-formats.txt
#   MLX_PYTHON           the Python of requirements-mlx.txt; not set where that does not install
#   CONFORMANCE_STEPS    steps of training with TRL, 4 unless it is set; 8 is thorough
#
# CONFORMANCE_OFFLINE=1 does not ask whether the registry answers, for when everything has been downloaded.
set -euo pipefail
cd "$(dirname "$0")/.."

build=$(realpath "${1:-.build}")
shift || true
environment=$build/conformance

python3 -c 'import venv, ensurepip' 2> /dev/null \
  || { echo "conformance: skipped: python3 with venv is missing (apt-get install python3-venv)"; exit 0; }

if [[ ${CONFORMANCE_OFFLINE:-0} != 1 ]]; then
  probe=$environment/probe
  rm -rf "$probe"
  python3 -m venv "$probe"
  if ! "$probe/bin/pip" --quiet --disable-pip-version-check --timeout 15 --retries 1 \
    download --no-deps --dest "$probe" six==1.17.0 > /dev/null 2>&1; then
    echo "conformance: skipped: the Python package registry does not answer"
    exit 0
  fi
fi

# Makes a Python environment with what a requirements file lists, unless it stands.
install() {
  local folder=$1 requirements=$2
  if cmp -s "$requirements" "$folder/installed.txt"; then return; fi
  echo "conformance: installing $requirements into $folder"
  python3 -m venv --clear "$folder"
  if ! "$folder/bin/pip" --quiet --disable-pip-version-check install --requirement "$requirements"; then
    echo "conformance: skipped: the registry does not give what $requirements lists"
    exit 0
  fi
  cp "$requirements" "$folder/installed.txt"
}
# Wheels of mlx are not for every processor, and what needs them can do without.
install_mlx() {
  local folder=$environment/mlx requirements=Tests/Oracles/requirements-mlx.txt
  if ! cmp -s "$requirements" "$folder/installed.txt"; then
    echo "conformance: installing $requirements into $folder"
    python3 -m venv --clear "$folder"
    "$folder/bin/pip" --quiet --disable-pip-version-check install --requirement "$requirements" || return 0
    cp "$requirements" "$folder/installed.txt"
  fi
  export MLX_PYTHON=$folder/bin/python
}
mkdir -p "$environment"
install_mlx
install "$environment/peers" Tests/Oracles/requirements.txt
install "$environment/shards" Tests/Oracles/requirements-shards.txt
install "$environment/formats" Tests/Oracles/requirements-formats.txt

export KTO_DATA_BINARY=$build/release/kto-data
export SHARDS_PYTHON=$environment/shards/bin/python
export FORMATS_PYTHON=$environment/formats/bin/python
export PATH=$environment/peers/bin:$PATH
export CONFORMANCE_BUILD=$build
export CONFORMANCE_CACHE=${KTO_DOWNLOADS:-${XDG_CACHE_HOME:-$HOME/.cache}/kto-data}
export CONFORMANCE_SHARED=$environment/shared
export CONFORMANCE_STEPS=${CONFORMANCE_STEPS:-4}
# The peers must not look for anything on a network, nor talk about it.
export HF_HUB_OFFLINE=1 TRANSFORMERS_VERBOSITY=error TOKENIZERS_PARALLELISM=false TQDM_DISABLE=1
export PYTHONWARNINGS=ignore PYTHONDONTWRITEBYTECODE=1
mkdir -p "$CONFORMANCE_CACHE" "$CONFORMANCE_SHARED"

passed=0
failed=()
for check in Tests/Oracles/conformance/*.sh; do
  name=$(basename "$check" .sh)
  if (($# > 0)) && [[ " $* " != *" $name "* ]]; then continue; fi
  export CONFORMANCE_FOLDER=$environment/checks/$name
  rm -rf "$CONFORMANCE_FOLDER"
  mkdir -p "$CONFORMANCE_FOLDER"
  echo "conformance: $name"
  start=$SECONDS
  if "$check"; then passed=$((passed + 1)); else failed+=("$name"); fi
  echo "conformance: $name took $((SECONDS - start)) s"
done
echo "conformance: $passed passed, ${#failed[@]} failed ${failed[*]}"
((${#failed[@]} == 0))
