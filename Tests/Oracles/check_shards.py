"""Reads an MDS directory with mosaicml-streaming and prints its samples as JSON lines, in order.

The truth for: our shard writer. Needs an environment of its own: requirements-shards.txt.

    python check_shards.py DIR [--limit N]

A line has `id`, `group`, `label`, `prompt_ids` and `completion_ids`.
"""

import argparse
import json
import sys
import tempfile
from importlib.machinery import ModuleSpec
from unittest.mock import MagicMock

import numpy as np

# streaming imports torchvision for its image data sets, which are not read here; torchvision's own build does not
# load beside the CPU build of torch, so an empty stand-in takes its place.
for name in ("torchvision", "torchvision.datasets", "torchvision.transforms", "torchvision.transforms.functional"):
    sys.modules[name] = MagicMock(__spec__=ModuleSpec(name, None), VisionDataset=type("VisionDataset", (), {}))

from streaming import StreamingDataset  # noqa: E402


def ids(value: bytes) -> list[int]:
    return np.frombuffer(value, dtype="<u4").tolist()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory")
    parser.add_argument("--limit", type=int)
    args = parser.parse_args()
    # Through `remote`, so that compressed shards are unpacked into a folder of ours and DIR stays as it was.
    with tempfile.TemporaryDirectory() as scratch:
        dataset = StreamingDataset(
            remote=args.directory,
            local=scratch,
            shuffle=False,
            batch_size=1,
            validate_hash=common_hash(args.directory),
        )
        for index in range(len(dataset) if args.limit is None else min(args.limit, len(dataset))):
            sample = dataset[index]
            line = {key: sample[key] for key in ("id", "group")} | {"label": int(sample["label"])}
            line |= {key: ids(sample[key]) for key in ("prompt_ids", "completion_ids")}
            print(json.dumps(line))


def common_hash(directory):
    """The name of a hash that every shard carries, for the reader to check; none if there is none."""
    with open(f"{directory}/index.json", encoding="utf-8") as file:
        shards = json.load(file)["shards"]
    names = set.intersection(*(set(shard["hashes"]) for shard in shards)) if shards else set()
    return min(names, default=None)


if __name__ == "__main__":
    main()
