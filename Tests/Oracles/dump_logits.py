"""Logits and completion log-probabilities of token sequences, in float32 with eager attention.

The truth for: the forward pass.

    python dump_logits.py MODEL_DIR rows.jsonl OUT_DIR [--adapter DIR] [--full 0 3] [--rows 8] [--max-length 512]
                          [--longest 400]

Each row has prompt_ids and completion_ids. OUT_DIR/logprobs.json receives for each row the ids, `logprob` (the sum
over the completion) and `token_logprobs`. --full names the rows whose whole logits are written, as logits_N.npy:
float32 [T, V], C order. --longest leaves out rows of more ids.

    python dump_logits.py MODEL_DIR rows.jsonl golden.json --golden --positions 0 1 200 -1

writes one small file for a repository instead: for the given positions of each row the eight greatest logits, and
logsumexp; and logprob and token_logprobs of the row. Its `model_sha256` says for which weights it holds.
"""

import argparse
import hashlib
import importlib.metadata
import json
import pathlib

import numpy as np
import torch

from scoring import load_model, load_rows, logits, token_logprobs


def position_summary(scores, position):
    top = scores[position].topk(8)
    return {
        "position": position % len(scores),
        "top_ids": top.indices.tolist(),
        "top_logits": top.values.tolist(),
        "logsumexp": scores[position].logsumexp(-1).item(),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("rows")
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--adapter")
    parser.add_argument("--rows-used", "--rows", dest="count", type=int)
    parser.add_argument("--max-length", type=int)
    parser.add_argument("--longest", type=int)
    parser.add_argument("--full", type=int, nargs="*", default=[])
    parser.add_argument("--golden", action="store_true")
    parser.add_argument("--positions", type=int, nargs="*", default=[0, -1])
    args = parser.parse_args()
    rows = load_rows(args.rows, args.max_length)
    if args.longest is not None:
        rows = [row for row in rows if len(row["prompt_ids"]) + len(row["completion_ids"]) <= args.longest]
    rows = rows[: args.count]
    model = load_model(args.model, args.adapter)
    if not args.golden:
        args.out.mkdir(parents=True, exist_ok=True)
    results = []
    for index, row in enumerate(rows):
        prompt, completion = row["prompt_ids"], row["completion_ids"]
        with torch.no_grad():
            scores = logits(model, prompt + completion)
        per_token = token_logprobs(scores, prompt, completion)
        result = {"prompt_ids": prompt, "completion_ids": completion, "logprob": per_token.sum().item()}
        result["token_logprobs"] = per_token.tolist()
        if args.golden:
            inside = [p for p in args.positions if -len(scores) <= p < len(scores)]
            result["logits"] = [position_summary(scores, position) for position in inside]
        elif index in args.full:
            np.save(args.out / f"logits_{index}.npy", scores.numpy().astype("<f4"))
            result["logits_file"] = f"logits_{index}.npy"
        results.append(result)
    report = {
        "made_by": "Tests/Oracles/dump_logits.py",
        "versions": {name: importlib.metadata.version(name) for name in ("torch", "transformers")},
        "model_sha256": hashlib.sha256((args.model / "model.safetensors").read_bytes()).hexdigest(),
        "sequences": results,
    }
    path = args.out if args.golden else args.out / "logprobs.json"
    path.write_text(json.dumps(report) + "\n")


if __name__ == "__main__":
    main()
