"""Loads an adapter folder with mlx-lm and compares the logits with those of PEFT on the same folder.

    python check_mlx.py dump MODEL_DIR ADAPTER_DIR LOGITS.npy      # where mlx-lm is
    python check_mlx.py compare MODEL_DIR ADAPTER_DIR LOGITS.npy   # where transformers and PEFT are

`compare` prints the greatest difference of a logit and how far the adapter moves one, and exits 1 above 1e-3 of the
greatest logit: mlx computes in float32 in another order.
"""

import argparse
import json
import sys

import numpy

IDS = [1, 2, 3, 4, 5, 6, 7, 8]


def dump(model, adapter, path):
    import mlx.core as mx
    from mlx_lm.utils import load_adapters, load_model
    from pathlib import Path

    network, _ = load_model(Path(model))
    network.set_dtype(mx.float32)
    network = load_adapters(network, adapter)
    network.eval()
    numpy.save(path, numpy.array(network(mx.array([IDS]))[0].astype(mx.float32)))


def compare(model, adapter, path):
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    base = AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32, attn_implementation="eager").eval()
    ids = torch.tensor([IDS])
    with torch.no_grad():
        plain = base(input_ids=ids).logits[0].numpy()
        adapted = PeftModel.from_pretrained(base, adapter).eval()(input_ids=ids).logits[0].numpy()
    difference = float(numpy.abs(numpy.load(path) - adapted).max())
    report = {
        "max_logit_difference": difference,
        "adapter_moves": float(numpy.abs(adapted - plain).max()),
        "greatest_logit": float(numpy.abs(adapted).max()),
    }
    print(json.dumps(report))
    if difference > 1e-3 * report["greatest_logit"] or report["adapter_moves"] == 0:
        sys.exit(1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=["dump", "compare"])
    parser.add_argument("model")
    parser.add_argument("adapter")
    parser.add_argument("logits")
    args = parser.parse_args()
    {"dump": dump, "compare": compare}[args.action](args.model, args.adapter, args.logits)


if __name__ == "__main__":
    main()
