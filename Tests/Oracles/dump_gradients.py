"""Gradients of every LoRA tensor: of a sum of completion log-probabilities and of the KTO loss of one microbatch.

The truth for: the backward pass. Written out here rather than taken from TRL, so that the two can be checked
against each other: the mismatched completion of row i is that of row i - 1, of row 0 the last; both cut to
--max-length.

    python dump_gradients.py MODEL_DIR ADAPTER_DIR rows.jsonl OUT.safetensors [--first 0 --count 2] [--max-length 512]
                             [--only kto]

OUT.safetensors holds `logp/NAME` and `kto/NAME`, NAME being the tensor's name in adapter_model.safetensors.
OUT.json holds the loss, the reference point and the log-probabilities of each row.
"""

import argparse
import json
import pathlib

import torch
from safetensors.torch import save_file

from scoring import completion_logprob, cut, load_model, load_rows


def gradients(model):
    found = {}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            found[name.replace(".default.", ".")] = parameter.grad.clone()
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("adapter")
    parser.add_argument("rows")
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=2)
    parser.add_argument("--max-length", type=int, default=512)
    parser.add_argument("--only", choices=["logp", "kto"])
    parser.add_argument("--beta", type=float, default=0.1)
    args = parser.parse_args()
    model = load_model(args.model, args.adapter, trainable=True)
    uncut = load_rows(args.rows)[args.first : args.first + args.count]
    mismatched = [
        (row["prompt_ids"], uncut[i - 1]["completion_ids"][: cut(args.max_length, row["prompt_ids"])])
        for i, row in enumerate(uncut)
    ]
    matched = [
        (row["prompt_ids"], row["completion_ids"][: cut(args.max_length, row["prompt_ids"])]) for row in uncut
    ]
    labels = [row["label"] for row in uncut]

    with torch.no_grad():
        kl_logps = [completion_logprob(model, *pair).item() for pair in mismatched]
        with model.disable_adapter():
            ref_logps = [completion_logprob(model, *pair).item() for pair in matched]
            ref_kl_logps = [completion_logprob(model, *pair).item() for pair in mismatched]
    mean = sum(k - r for k, r in zip(kl_logps, ref_kl_logps)) / len(matched)
    z0 = max(0.0, mean)

    tensors = {}
    for which in [args.only] if args.only else ["logp", "kto"]:
        model.zero_grad()
        logps, loss = [], 0.0
        for (prompt, completion), label, ref_logp in zip(matched, labels, ref_logps):
            logp = completion_logprob(model, prompt, completion)
            margin = (logp - ref_logp - z0) if label else (z0 - (logp - ref_logp))
            row_loss = (1 - torch.sigmoid(args.beta * margin)) / len(matched)
            logps.append(logp.item())
            loss += row_loss.item()
            (logp if which == "logp" else row_loss).backward()
        tensors |= {f"{which}/{name}": gradient for name, gradient in gradients(model).items()}
    save_file(tensors, args.out)
    report = {
        "loss": loss,
        "z0": z0,
        "mean_kl": mean,
        "beta": args.beta,
        "rows": [
            {
                "label": label,
                "prompt_ids": prompt,
                "completion_ids": completion,
                "kl_completion_ids": kl_completion,
                "logp": logp,
                "ref_logp": ref_logp,
                "kl_logp": kl_logp,
                "ref_kl_logp": ref_kl_logp,
            }
            for (prompt, completion), (_, kl_completion), label, logp, ref_logp, kl_logp, ref_kl_logp in zip(
                matched, mismatched, labels, logps, ref_logps, kl_logps, ref_kl_logps
            )
        ],
    }
    args.out.with_suffix(".json").write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
