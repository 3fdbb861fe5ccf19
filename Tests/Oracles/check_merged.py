"""Compares a merged model with its base model under the adapter, both loaded by transformers and PEFT.

    python check_merged.py MODEL_DIR ADAPTER_DIR MERGED_DIR [--tolerance 1e-5] [--ids 1 2 3 4]

Prints one JSON object: the greatest difference of a logit between the two, how far the adapter moves a logit, and the
type of the merged weights. Exits 1 if the difference is above --tolerance, or if the adapter changes nothing.
"""

import argparse
import json
import sys

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer


def load(folder):
    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("adapter")
    parser.add_argument("merged")
    parser.add_argument("--tolerance", type=float, default=1e-5)
    parser.add_argument("--ids", type=int, nargs="+", default=[1, 2, 3, 4, 5, 6, 7, 8])
    args = parser.parse_args()
    ids = torch.tensor([args.ids])
    with torch.no_grad():
        plain = load(args.model)(input_ids=ids).logits
        adapted = PeftModel.from_pretrained(load(args.model), args.adapter).eval()(input_ids=ids).logits
        merged = load(args.merged)(input_ids=ids).logits
    AutoTokenizer.from_pretrained(args.merged)
    with open(f"{args.merged}/config.json", encoding="utf-8") as file:
        config = json.load(file)
    report = {
        "max_logit_difference": (merged - adapted).abs().max().item(),
        "adapter_moves": (adapted - plain).abs().max().item(),
        "type": config.get("dtype", config.get("torch_dtype")),
    }
    print(json.dumps(report))
    if report["max_logit_difference"] > args.tolerance or report["adapter_moves"] == 0:
        sys.exit(1)


if __name__ == "__main__":
    main()
