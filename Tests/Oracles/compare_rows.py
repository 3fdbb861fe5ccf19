"""Compares the samples of our shards with the ids that transformers gives for the same examples.

    python compare_rows.py samples.jsonl examples.jsonl ids.jsonl [--max-length 512]

samples.jsonl comes from check_shards.py, examples.jsonl from `kto-data ingest`, and ids.jsonl from dump_tokens.py
for those examples. Shards keep at most --max-length tokens of a completion. Exits 1 where a sample differs, is there
twice or is no example.
"""

import argparse
import json
import sys


def read(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("samples")
    parser.add_argument("examples")
    parser.add_argument("ids")
    parser.add_argument("--max-length", type=int, default=512)
    args = parser.parse_args()
    samples, examples, ids = read(args.samples), read(args.examples), read(args.ids)
    expected = {example["id"]: (example, row) for example, row in zip(examples, ids, strict=True)}
    differing = len(samples) - len({sample["id"] for sample in samples})
    for sample in samples:
        example, row = expected.get(sample["id"], ({}, {}))
        same = row and (
            sample["prompt_ids"] == row["prompt_ids"]
            and sample["completion_ids"] == row["completion_ids"][: args.max_length]
            and sample["label"] == int(example["label"])
            and sample["group"] == example["group"]
        )
        if not same:
            differing += 1
            print(f"{sample['id']} differs")
    print(f"{len(samples)} samples of {len(examples)} examples, {differing} differ")
    sys.exit(1 if differing or not samples else 0)


if __name__ == "__main__":
    main()
