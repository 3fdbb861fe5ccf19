"""Makes Tests/Fixtures/lora: kinds of LoRA that PEFT makes, with log-probabilities and gradients of torch.

    python lora_goldens.py Tests/Fixtures/architectures/llama Tests/Fixtures/lora

The model is the small one of the first folder, and stays there. Each kind is a folder with the adapter as PEFT 0.21
saves it, golden.json (rows with the log-probability of each completion) and golden.safetensors (the gradient of the sum
of coefficient × log-probability with respect to each factor). Binary files are kept as base64 text.
"""

import argparse
import base64
import hashlib
import json
import pathlib
import shutil
import tempfile

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file
from scoring import completion_logprob, load_model
from text_golden import write_as_text

KINDS = {
    "rslora_layers": {
        "target_modules": ["self_attn.q_proj", "down_proj"], "use_rslora": True, "layers_to_transform": [1],
    },
    "expression": {"target_modules": r"model\.layers\.\d+\.(self_attn\.[kv]_proj|mlp\.up_proj)"},
    "all_linear": {"target_modules": "all-linear"},
}
# Prompt tokens, completion tokens and coefficient of each row.
ROWS = [(5, 7, 1.0), (9, 4, -0.75)]
VOCABULARY = 50


def unpacked(folder, copy):
    for path in folder.iterdir():
        if path.suffix == ".base64":
            (copy / path.stem).write_bytes(base64.b64decode(path.read_bytes()))
        elif path.is_file():
            shutil.copy(path, copy / path.name)


def make_adapter(model, folder, settings):
    model = get_peft_model(
        model, LoraConfig(task_type="CAUSAL_LM", r=3, lora_alpha=4, lora_dropout=0.0, **settings)
    )
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_B" in name:
                parameter.normal_(std=0.2)
    model.save_pretrained(folder)
    path = folder / "adapter_config.json"
    config = json.loads(path.read_text())
    config["base_model_name_or_path"] = "golden"
    if isinstance(config["target_modules"], list):
        config["target_modules"] = sorted(config["target_modules"])
    path.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")
    (folder / "README.md").unlink(missing_ok=True)


def make_golden(base, folder, rows):
    adapted = load_model(base, folder, trainable=True)
    scores = [completion_logprob(adapted, p, c) for p, c in rows]
    sum(coefficient * score for (_, _, coefficient), score in zip(ROWS, scores)).backward()
    tensors = {
        "gradient/" + name.replace(".default.", "."): parameter.grad
        for name, parameter in adapted.named_parameters()
        if parameter.requires_grad
    }
    save_file(tensors, folder / "golden.safetensors")
    report = [
        {"prompt_ids": p, "completion_ids": c, "coefficient": coefficient, "adapted_logprob": score.item()}
        for (p, c), (_, _, coefficient), score in zip(rows, ROWS, scores)
    ]
    (folder / "golden.json").write_text(json.dumps({"rows": report}) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("fixtures", type=pathlib.Path)
    args = parser.parse_args()
    torch.set_num_threads(1)
    shutil.rmtree(args.fixtures, ignore_errors=True)
    draw = torch.Generator().manual_seed(7)
    rows = [
        [torch.randint(3, VOCABULARY, (count,), generator=draw).tolist() for count in counts[:2]] for counts in ROWS
    ]
    with tempfile.TemporaryDirectory() as base:
        unpacked(args.model, pathlib.Path(base))
        for index, (kind, settings) in enumerate(KINDS.items()):
            torch.manual_seed(index + 1)
            folder = args.fixtures / kind
            folder.mkdir(parents=True)
            make_adapter(load_model(base), folder, settings)
            make_golden(base, folder, rows)
    for path in sorted(args.fixtures.rglob("*.safetensors")):
        write_as_text(path)
    files = {
        str(path.relative_to(args.fixtures)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(args.fixtures.rglob("*"))
        if path.is_file()
    }
    value = {"made_by": "Tests/Oracles/lora_goldens.py", "files": files}
    (args.fixtures / "checksums.json").write_text(json.dumps(value, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
