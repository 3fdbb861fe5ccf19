#!/usr/bin/env bash
# Writes again what the program itself says: config/*.yaml and schemas/config.schema.json after a key or its description
# changed (the files keep their values and headers, and get every key with its comment), the formats' schemas and the manifest's,
# docs/findings.md, and the tables of docs/configuration.md.
# usage: scripts/write_generated_files.sh [PROGRAM]
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
"$program" verify --schema > schemas/manifest.schema.json
for name in $("$program" formats | awk '{print $1}'); do
  file=$("$program" formats "$name" | sed -n 's/^schema: //p')
  if [[ -n $file ]]; then "$program" formats "$name" --schema > "$file"; fi
done
"$program" explain --markdown > docs/findings.md
# Only the tables: what is between the two comments.
{
  sed '/^<!-- The tables are written by/q' docs/configuration.md
  echo
  "$program" config schema --markdown
  echo
  sed -n '/^<!-- The end of the tables/,$p' docs/configuration.md
} > docs/configuration.md.new
mv docs/configuration.md.new docs/configuration.md
