"""Near duplicates of a file of dedup_rows.py with datasketch, as many permutations as kto-data takes: seconds and pairs.

    python dedup_peer.py rows.jsonl
"""

import json
import sys
import time

from datasketch import MinHash, MinHashLSH


def main():
    start = time.monotonic()
    lsh, rows, pairs = MinHashLSH(num_perm=120, params=(20, 6)), 0, 0
    for line in open(sys.argv[1]):
        row = json.loads(line)
        shingles = []
        for part in ("prompt", "completion"):
            words = row[part].lower().split()
            shingles += [f"{part} {' '.join(words[i:i + 3])}".encode() for i in range(max(1, len(words) - 2))]
        sketch = MinHash(num_perm=120)
        sketch.update_batch(shingles)
        pairs += len(lsh.query(sketch))
        lsh.insert(rows, sketch)
        rows += 1
    seconds = time.monotonic() - start
    print(f"datasketch: {rows} rows, {seconds:.1f} s, {rows / seconds:.0f} rows/s, {pairs} pairs, not verified")


if __name__ == "__main__":
    main()
