#!/usr/bin/env bash
# Normalized and near duplicates: each Jaccard index, recall and precision, against every pair of some thousand rows and
# against datasketch.
#
#   CONFORMANCE_ROWS   rows that are made: 2000 unless it is set
set -euo pipefail

"$DEDUP_PYTHON" Tests/Oracles/near_duplicates.py "$KTO_DATA_BINARY" "$CONFORMANCE_FOLDER" --rows "${CONFORMANCE_ROWS:-2000}"
