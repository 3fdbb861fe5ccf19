"""Lists the arrays of an .npz file as JSON lines: name, shape, dtype, and sha256 of the values in C order.

    python check_npz.py FILE.npz

Pickled objects are refused.
"""

import argparse
import hashlib
import json

import numpy as np


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    args = parser.parse_args()
    with np.load(args.file, allow_pickle=False) as arrays:
        for name in sorted(arrays.files):
            array = arrays[name]
            digest = hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()
            print(json.dumps({"name": name, "shape": array.shape, "dtype": str(array.dtype), "sha256": digest}))


if __name__ == "__main__":
    main()
