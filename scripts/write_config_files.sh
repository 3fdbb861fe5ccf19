#!/usr/bin/env bash
# Writes config/*.yaml and schemas/config.schema.json again after a key or its description changed: the files keep
# their values and headers, and get every key with its comment.
# usage: scripts/write_config_files.sh [PROGRAM]
set -euo pipefail
cd "$(dirname "$0")/.."

program=${1:-.build/release/kto-data}
for file in config/*.yaml; do
  effective=$("$program" config show --effective --config "$file")
  header=$(sed '/^$/q' "$file")
  printf '%s\n\n%s\n' "$header" "$effective" > "$file"
done
"$program" config schema > schemas/config.schema.json.new
mv schemas/config.schema.json.new schemas/config.schema.json
