"""Lists the arrays of an .npz file as JSON lines: name, shape, dtype, and sha256 of the values in C order.

    python check_npz.py FILE.npz [--same-as FILE.safetensors]

Pickled objects are refused. --same-as exits 1 unless the other file holds the same arrays.
"""

import argparse
import hashlib
import json
import sys

import numpy as np


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--same-as")
    args = parser.parse_args()
    with np.load(args.file, allow_pickle=False) as arrays:
        for name in sorted(arrays.files):
            array = arrays[name]
            digest = hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()
            print(json.dumps({"name": name, "shape": array.shape, "dtype": str(array.dtype), "sha256": digest}))
        if args.same_as:
            from safetensors.numpy import load_file

            other = load_file(args.same_as)
            same = other.keys() == set(arrays.files) and all(np.array_equal(arrays[n], other[n]) for n in other)
            sys.exit(0 if same else f"{args.file} and {args.same_as} differ")


if __name__ == "__main__":
    main()
