"""Compares a GGUF adapter with the PEFT adapter that it was made from, as llama.cpp reads it.

    python check_adapter_gguf.py MODEL_DIR ADAPTER_DIR ADAPTER.gguf

The rows of B are put in order as llama.cpp's converter has those of the weight (the halves of each rotated head in turns for
models of its name "llama"). Prints one JSON object: the number of tensors, the greatest difference of an update scale · B A,
expected 0 but for rounding, and the metadata. Exits 1 on a difference above 1e-6, a name that is missing or left over.
"""

import argparse
import json
import pathlib
import re
import sys

import numpy
from gguf import GGUFReader
from safetensors.numpy import load_file

NAMES = {
    "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
}


def text(reader, key):
    field = reader.fields[key]
    return bytes(field.parts[field.data[0]]).decode()


def interleaved(weight, heads):
    """What convert_hf_to_gguf does to the rows of a query or key weight of a Llama or Mistral model."""
    return weight.reshape(heads, 2, weight.shape[0] // heads // 2, -1).swapaxes(1, 2).reshape(weight.shape)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("adapter", type=pathlib.Path)
    parser.add_argument("gguf")
    args = parser.parse_args()
    config = json.loads((args.adapter / "adapter_config.json").read_text())
    sizes = json.loads((args.model / "config.json").read_text())
    scale = config["lora_alpha"] / (config["r"] ** 0.5 if config.get("use_rslora") else config["r"])
    reader = GGUFReader(args.gguf)
    metadata = {key: text(reader, key) for key in ("general.type", "general.architecture", "adapter.type")}
    alpha = float(reader.fields["adapter.lora.alpha"].parts[-1][0])
    found = {tensor.name: tensor.data for tensor in reader.tensors}
    theirs = load_file(args.adapter / "adapter_model.safetensors")
    greatest = 0.0
    for name, a in theirs.items():
        match = re.fullmatch(r"base_model\.model\.model\.layers\.(\d+)\.(.*)\.lora_A\.weight", name)
        if not match:
            continue
        b = theirs[name.replace("lora_A", "lora_B")]
        own = f"blk.{match[1]}.{NAMES[match[2]]}.weight"
        expected = scale * (b @ a)
        if metadata["general.architecture"] == "llama" and NAMES[match[2]] in ("attn_q", "attn_k"):
            key = "num_attention_heads" if NAMES[match[2]] == "attn_q" else "num_key_value_heads"
            expected = interleaved(expected, sizes[key])
        own_a, own_b = found.pop(own + ".lora_a"), found.pop(own + ".lora_b")
        update = alpha / own_a.shape[0] * (own_b @ own_a)
        greatest = max(greatest, float(numpy.abs(update - expected).max()))
    report = {"tensors": len(reader.tensors), "max_update_difference": greatest, "left_over": sorted(found)} | metadata
    print(json.dumps(report))
    right = metadata["general.type"] == "adapter" and metadata["adapter.type"] == "lora"
    if greatest > 1e-6 or found or not right:
        sys.exit(1)


if __name__ == "__main__":
    main()
