#!/usr/bin/env bash
# The JSON Schema validator on the official test suite of draft 2020-12, with its remotes and the draft's own schemas
# given as documents: every required test passes; of the optional ones it is said which do not.
set -euo pipefail

readonly out=$CONFORMANCE_FOLDER
[[ -f $CONFORMANCE_CACHE/jsonschema-4.26.0.tar.gz ]] || pip --quiet --disable-pip-version-check download --no-deps \
  --no-binary jsonschema --dest "$CONFORMANCE_CACHE" jsonschema==4.26.0
[[ -f $CONFORMANCE_CACHE/jsonschema_specifications-2025.9.1-py3-none-any.whl ]] || pip --quiet \
  --disable-pip-version-check download --no-deps --dest "$CONFORMANCE_CACHE" jsonschema-specifications==2025.9.1

tar --extract --gzip --file "$CONFORMANCE_CACHE/jsonschema-4.26.0.tar.gz" --directory "$out" --strip-components 1 \
  --wildcards 'jsonschema-*/json/*'
python -m zipfile -e "$CONFORMANCE_CACHE"/jsonschema_specifications-2025.9.1-py3-none-any.whl "$out/specifications"

log=$out/tests.log
read -ra flags <<< "${SWIFT_FLAGS:---scratch-path $CONFORMANCE_BUILD -c release -Xswiftc -enable-testing}"
status=0
# Built already: the peers' Python first on the PATH would make Swift build everything anew.
KTO_JSON_SCHEMA_SUITE=$out/json \
  KTO_JSON_SCHEMA_METASCHEMAS=$out/specifications/jsonschema_specifications/schemas/draft202012 \
  swift test "${flags[@]}" --skip-build --disable-xctest --filter '^KTOSchemaTests\.JSONSchemaSuiteTests' > "$log" 2>&1 \
  || status=$?
if ((status != 0)); then cat "$log"; fi
grep '^schema suite:' "$log"
exit "$status"
