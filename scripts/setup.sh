#!/usr/bin/env bash
# Makes this machine ready to build kto-data: checks Swift, installs the Debian packages that are missing.
# Does nothing, quickly, where all is there.
set -euo pipefail

minimum_swift=6.2
packages=(
  make pkg-config g++                                # to build
  libxml2-dev libyaml-dev libsimdjson-dev            # XML, configuration, JSON
  libonig-dev                                        # tokenizer patterns
  libopenblas-dev                                    # matrix products
  libssl-dev libzip-dev                              # SHA-256, npz
  zlib1g-dev libzstd-dev libbz2-dev liblzma-dev      # compressed input
  libxxhash-dev                                      # keys of sets and joins
  libsqlite3-dev                                     # joins, tables as inputs
)

usage() {
  cat <<TEXT
usage: scripts/setup.sh [--yes]

Checks for Swift $minimum_swift or later and installs what is missing of:
  ${packages[*]}

  --yes   install without asking (as under CI=true, or as root)
TEXT
}

assume_yes=false
for argument in "$@"; do
  case $argument in
    --yes | -y) assume_yes=true ;;
    --help | -h) usage; exit 0 ;;
    *) usage >&2; exit 64 ;;
  esac
done
if [[ ${CI:-} == true || $(id -u) == 0 ]]; then assume_yes=true; fi

fail() {
  printf 'setup: %s\n' "$@" >&2
  exit 2
}

check_swift() {
  local where="https://www.swift.org/install/linux/ (the tarball for Debian 12, or swiftly)"
  command -v swift > /dev/null || fail "Swift is missing. Get $minimum_swift or later from" \
    "  $where" "and put its usr/bin on the PATH."
  local version
  version=$(swift --version 2> /dev/null | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | head -n 1)
  [[ -n $version ]] || fail "swift is on the PATH ($(command -v swift)) but 'swift --version' does not run."
  if [[ $(printf '%s\n' "$minimum_swift" "$version" | sort -V | head -n 1) != "$minimum_swift" ]]; then
    fail "Swift $version is too old: $minimum_swift or later is needed. Get it from" "  $where"
  fi
  echo "✓ Swift $version"
}

# Prints the packages that are not installed.
missing_packages() {
  local installed
  installed=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' "${packages[@]}" 2> /dev/null || true)
  local package
  for package in "${packages[@]}"; do
    grep -qx "$package installed" <<< "$installed" || printf '%s\n' "$package"
  done
}

install_packages() {
  local missing=("$@")
  local as_root=()
  if [[ $(id -u) != 0 ]]; then
    command -v sudo > /dev/null || fail "as root, run: apt-get install -y ${missing[*]}"
    as_root=(sudo)
  fi
  if [[ $assume_yes != true ]]; then
    [[ -t 0 ]] || fail "not a terminal to ask on; run scripts/setup.sh --yes, or: apt-get install -y ${missing[*]}"
    read -r -p "Install ${missing[*]}? [Y/n] " answer
    case ${answer:-y} in
      [Yy]*) ;;
      *) fail "not installed. The command is: apt-get install -y ${missing[*]}" ;;
    esac
  fi
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o Dpkg::Use-Pty=0)
  # The lists may be absent (a fresh container) or out of date.
  "${apt[@]}" install -y --no-install-recommends "${missing[@]}" \
    || { "${apt[@]}" update && "${apt[@]}" install -y --no-install-recommends "${missing[@]}"; } \
    || fail "apt-get could not install: ${missing[*]}"
}

check_swift
if ! command -v dpkg-query > /dev/null; then
  echo "! not Debian or Ubuntu: install the equivalents of ${packages[*]}"
  exit 0
fi
mapfile -t missing < <(missing_packages)
if ((${#missing[@]} > 0)); then
  echo "Missing: ${missing[*]}"
  install_packages "${missing[@]}"
fi
echo "✓ ${#packages[@]} Debian packages"
