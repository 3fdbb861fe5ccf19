"""Compares a Hugging Face directory that our importer wrote with the GGUF it came from.

    python check_gguf.py MODEL.gguf DIR

Each tensor is compared bit for bit with `gguf.quants.dequantize`, rounded to the type it is stored in. Prints the
tensors that differ and the number of differing elements; exits 1 unless that is 0. Also compares config.json and
tokenizer.json with those of gguf_to_hf.py, as far as both say something.
"""

import argparse
import json
import pathlib
import sys

import gguf
import torch
from safetensors import safe_open
from tokenizers import Tokenizer

from gguf_to_hf import Metadata, config, expected_tensors, tokenizer


def differing(ours, expected):
    if ours.shape != expected.shape:
        return max(ours.numel(), expected.numel())
    bits = torch.int16 if ours.element_size() == 2 else torch.int32
    return int((ours.contiguous().view(bits) != expected.to(ours.dtype).contiguous().view(bits)).sum())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gguf", type=pathlib.Path)
    parser.add_argument("directory", type=pathlib.Path)
    args = parser.parse_args()
    reader = gguf.GGUFReader(args.gguf)
    expected = expected_tensors(reader)
    problems = 0
    seen = set()
    for path in sorted(args.directory.glob("*.safetensors")):
        with safe_open(path, framework="pt") as file:
            for name in file.keys():
                seen.add(name)
                if name not in expected:
                    print(f"{name}: not in the GGUF")
                    problems += 1
                    continue
                if count := differing(file.get_tensor(name), expected[name]):
                    print(f"{name}: {count} of {expected[name].numel()} elements differ")
                    problems += count
    for name in sorted(set(expected) - seen):
        print(f"{name}: missing")
        problems += 1
    print(f"{len(seen)} tensors, {problems} differing elements")

    meta = Metadata(reader)
    ours = json.loads((args.directory / "config.json").read_text())
    # transformers 5 writes the rotary base inside rope_parameters and the type as `dtype`.
    ours.setdefault("rope_theta", ours.get("rope_parameters", {}).get("rope_theta"))
    for key, value in config(meta, "lm_head.weight" not in expected, "bfloat16").items():
        if key in ours and ours[key] != value:
            print(f"config.json: {key} is {ours[key]!r}, expected {value!r}")
            problems += key not in ("torch_dtype", "initializer_range", "pad_token_id")
    theirs = json.loads(tokenizer(args.gguf, meta).to_str())
    mine = json.loads(Tokenizer.from_file(str(args.directory / "tokenizer.json")).to_str())
    for key in ("normalizer", "pre_tokenizer", "decoder", "added_tokens", "model"):
        if mine[key] != theirs[key]:
            print(f"tokenizer.json: {key} differs")
            problems += 1
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
