"""Loads a PEFT adapter directory onto its base model and compares the logits with and without it.

    python check_adapter.py MODEL_DIR ADAPTER_DIR [--ids 1 2 3 4] [--compare OTHER_ADAPTER_DIR [--initial DIR]]

Prints one JSON object: the greatest difference of a logit with the adapter on and off, the number of tensors, and
whether any key was missing or left over. --compare also prints the greatest difference between the tensors of two
adapters, and the relative one (difference over norm); with --initial, the adapter both were trained from, the
difference is also given over the distance that the other one has moved, which is what tells two trainings apart.
Exits 1 if keys do not match or the adapter changes nothing.
"""

import argparse
import json
import pathlib
import sys

import torch
from peft import PeftModel
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM


def difference(ours, theirs, initial=None):
    if ours.keys() != theirs.keys():
        raise SystemExit(f"different tensors: {sorted(ours.keys() ^ theirs.keys())[:8]}")
    greatest = max((ours[name].float() - theirs[name].float()).abs().max().item() for name in ours)
    report = {
        "max_tensor_difference": greatest,
        "relative_difference": distance(ours, theirs) / distance(theirs, None),
    }
    if initial is not None:
        report["relative_to_movement"] = distance(ours, theirs) / distance(theirs, initial)
    return report


def distance(left, right):
    return sum(
        (left[name].double() - (0 if right is None else right[name].double())).square().sum().item() for name in left
    ) ** 0.5


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("adapter", type=pathlib.Path)
    parser.add_argument("--ids", type=int, nargs="+", default=[1, 2, 3, 4, 5, 6, 7, 8])
    parser.add_argument("--compare", type=pathlib.Path)
    parser.add_argument("--initial", type=pathlib.Path)
    args = parser.parse_args()
    tensors = load_file(args.adapter / "adapter_model.safetensors")
    base = AutoModelForCausalLM.from_pretrained(args.model, dtype=torch.float32, attn_implementation="eager")
    model = PeftModel.from_pretrained(base, args.adapter).eval()
    loaded = {
        name.replace(".default.", "."): parameter for name, parameter in model.named_parameters() if ".lora_" in name
    }
    unmatched = sorted(loaded.keys() ^ tensors.keys())
    changed = [name for name in loaded.keys() & tensors.keys() if not torch.equal(loaded[name], tensors[name].float())]
    ids = torch.tensor([args.ids])
    with torch.no_grad():
        on = model(input_ids=ids).logits
        with model.disable_adapter():
            off = model(input_ids=ids).logits
    report = {
        "tensors": len(tensors),
        "unmatched": unmatched,
        "not_loaded": changed,
        "rank": model.peft_config["default"].r,
        "alpha": model.peft_config["default"].lora_alpha,
        "max_logit_difference": (on - off).abs().max().item(),
    }
    if args.compare:
        initial = args.initial and load_file(args.initial / "adapter_model.safetensors")
        report |= difference(tensors, load_file(args.compare / "adapter_model.safetensors"), initial)
    print(json.dumps(report))
    sys.exit(1 if unmatched or changed or report["max_logit_difference"] == 0 else 0)


if __name__ == "__main__":
    main()
