#!/usr/bin/env bash
# Near duplicates in generated rows, with kto-data and, of a smaller set, with datasketch: seconds and peak memory.
# usage: Benchmarks/compare_dedup.sh KTO_DATA SCRATCH [ROWS [PEER_ROWS]]
#
#   DEDUP_PYTHON   a Python with Tests/Oracles/requirements-dedup.txt; without one there is no peer
set -euo pipefail
cd "$(dirname "$0")"

program=$1 scratch=$2 rows=${3:-1000000} peer_rows=${4:-20000}
mkdir -p "$scratch"
for count in "$rows" "$peer_rows"; do
  file=$scratch/rows-$count.jsonl
  [[ -f $file ]] || { python3 dedup_rows.py "$count" > "$file.new"; mv "$file.new" "$file"; }
  # The shell's time has no peak memory; /usr/bin/time may be missing.
  python3 - "$program" "$file" "$scratch" << 'END'
import resource, subprocess, sys, time
program, file, scratch = sys.argv[1:]
start = time.monotonic()
subprocess.run([program, "dedup", file, "-o", f"{scratch}/kept.jsonl", "--matches", f"{scratch}/matches.jsonl", "--force"], check=True)
seconds = time.monotonic() - start
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"kto-data: {file}: {seconds:.1f} s, {usage.ru_utime + usage.ru_stime:.1f} s of processor time, {usage.ru_maxrss / 1024:.0f} MB at the peak")
END
done
if [[ -n ${DEDUP_PYTHON:-} ]]; then "$DEDUP_PYTHON" dedup_peer.py "$scratch/rows-$peer_rows.jsonl"; fi
