"""Makes a PEFT LoRA adapter directory with random A and small random non-zero B.

B is not zero so that the policy differs from the base model before the first step: rewards and the gradient of A
are then not trivially zero. Noise alone lowers the probability of any text, and KTO's reference point would be
clamped at 0 throughout; --toward takes a few Adam steps that make given completions more probable, so that it is
positive in most microbatches. The initial adapter of dump_gradients.py and trl_parity.py.

    python make_adapter.py MODEL_DIR ADAPTER_DIR [--rank 8 --alpha 16 --targets q_proj v_proj --b-scale 0.005 --seed 1]
                           [--toward row_tokens.jsonl --toward-steps 3]
"""

import argparse
import json
import pathlib

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM


def raise_probability(model, args):
    with open(args.toward, encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    rows = [row for row in rows if len(row["prompt_ids"]) < args.max_length // 2]
    optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=args.toward_rate)
    for step in range(args.toward_steps):
        for i in range(args.toward_rows):
            row = rows[(step * args.toward_rows + i) % len(rows)]
            labels = [-100] * len(row["prompt_ids"]) + row["completion_ids"]
            ids = torch.tensor([row["prompt_ids"] + row["completion_ids"]])[:, : args.max_length]
            loss = model(input_ids=ids, labels=torch.tensor([labels])[:, : args.max_length]).loss
            (loss / args.toward_rows).backward()
        optimizer.step()
        optimizer.zero_grad()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("adapter", type=pathlib.Path)
    parser.add_argument("--rank", type=int, default=8)
    parser.add_argument("--alpha", type=float, default=16)
    parser.add_argument("--targets", nargs="+", default=["q_proj", "v_proj"])
    parser.add_argument("--b-scale", type=float, default=0.005, help="standard deviation of B")
    parser.add_argument("--toward", help="lines of prompt_ids and completion_ids, as made by dump_tokens.py")
    parser.add_argument("--toward-steps", type=int, default=3)
    parser.add_argument("--toward-rows", type=int, default=4, help="rows a step")
    parser.add_argument("--toward-rate", type=float, default=1e-3)
    parser.add_argument("--max-length", type=int, default=512)
    parser.add_argument("--base-name", help="base_model_name_or_path to write, in place of the folder's name")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    base = AutoModelForCausalLM.from_pretrained(args.model, dtype=torch.float32)
    model = get_peft_model(
        base,
        LoraConfig(
            task_type="CAUSAL_LM",
            r=args.rank,
            lora_alpha=args.alpha,
            lora_dropout=0.0,
            bias="none",
            target_modules=args.targets,
        ),
    )
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_B" in name:
                parameter.normal_(std=args.b_scale)
    if args.toward:
        raise_probability(model, args)
    model.save_pretrained(args.adapter)
    # PEFT writes where it found the base and a model card with the same; neither belongs in a golden.
    path = args.adapter / "adapter_config.json"
    config = json.loads(path.read_text())
    config["base_model_name_or_path"] = args.base_name or pathlib.Path(args.model).name
    config["target_modules"] = sorted(config["target_modules"])
    path.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")
    (args.adapter / "README.md").unlink(missing_ok=True)


if __name__ == "__main__":
    main()
