"""Makes everything under Tests/Fixtures/architectures: a small random model of each architecture, and what it computes.

The truth for: each file of Sources/KTOModels/Architectures. A folder NAME for each `model_type`, and NAME-OPTION for
options that exclude others or are rarer, holds

    config.json, model.safetensors   as transformers saves them; the weights are bfloat16 numbers, to be small
    adapter/                         a PEFT adapter on all linear layers, its B not zero
    golden.json                      token ids, log-probabilities without and with the adapter, coefficients
    golden.safetensors               logits [T, vocabulary] of `tokens`, without the adapter, and `gradient/TENSOR`: the
                                     gradient of the sum of coefficient × log-probability of the rows, with the adapter

    python architecture_goldens.py Tests/Fixtures/architectures

All is computed in float32, one sequence at a time, unpadded, with eager attention. One thread, so that a second run on
the same kind of processor gives the same bytes. Binary files are kept as base64 text.
"""

import argparse
import hashlib
import json
import os
import pathlib
import shutil

os.environ["OMP_NUM_THREADS"] = "1"

import torch
import transformers
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file

from scoring import completion_logprob, load_model, logits, token_logprobs
from text_golden import write_as_text

VOCABULARY = 80
SIZES = {
    "vocab_size": VOCABULARY,
    "hidden_size": 24,
    "intermediate_size": 40,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 64,
    "bos_token_id": 1,
    "eos_token_id": 2,
}
# What each architecture has that the others have not, and once each a tied and an untied head. New ones go to the end,
# because the place in this list is the seed.
ARCHITECTURES = {
    "llama": {
        "tie_word_embeddings": True,
        "rope_parameters": {
            "rope_type": "llama3",
            "rope_theta": 500.0,
            "factor": 4.0,
            "low_freq_factor": 1.0,
            "high_freq_factor": 4.0,
            "original_max_position_embeddings": 16,
        },
    },
    "mistral": {"tie_word_embeddings": False, "sliding_window": 5},
    "qwen2": {"tie_word_embeddings": True, "rope_parameters": {"rope_type": "default", "rope_theta": 1000.0}},
    "qwen3": {"tie_word_embeddings": False, "head_dim": 10},
    "llama-linear": {
        "tie_word_embeddings": False,
        "attention_bias": True,
        "mlp_bias": True,
        "head_dim": 8,
        "rope_parameters": {"rope_type": "linear", "rope_theta": 500.0, "factor": 4.0},
    },
    "mistral-yarn": {
        "tie_word_embeddings": True,
        "sliding_window": None,
        "head_dim": 16,
        "rope_parameters": {
            "rope_type": "yarn",
            "rope_theta": 50.0,
            "factor": 4.0,
            "original_max_position_embeddings": 16,
            "beta_fast": 4.0,
            "beta_slow": 0.5,
        },
    },
    "mistral-layers": {
        "model_type": "ministral",
        "head_dim": 6,
        "tie_word_embeddings": False,
        "sliding_window": 4,
        "layer_types": ["full_attention", "sliding_attention"],
        "rope_parameters": {"rope_type": "dynamic", "rope_theta": 100.0, "factor": 2.0},
    },
    "qwen2-yarn": {
        "tie_word_embeddings": False,
        "use_sliding_window": True,
        "sliding_window": 3,
        "max_window_layers": 1,
        "rope_parameters": {
            "rope_type": "yarn",
            "rope_theta": 100.0,
            "factor": 4.0,
            "original_max_position_embeddings": 16,
            "mscale": 0.8,
            "mscale_all_dim": 0.5,
            "truncate": False,
        },
    },
    "qwen3-layers": {
        "tie_word_embeddings": True,
        "head_dim": 10,
        "attention_bias": True,
        "use_sliding_window": True,
        "sliding_window": 4,
        "layer_types": ["sliding_attention", "full_attention"],
    },
    "smollm3": {
        "tie_word_embeddings": True,
        "num_hidden_layers": 4,
        "pad_token_id": 0,
        "no_rope_layers": [1, 0, 1, 1],
        "use_sliding_window": True,
        "sliding_window": 5,
        "attention_bias": True,
        "rope_parameters": {"rope_type": "default", "rope_theta": 1000.0},
    },
    "phi3": {"tie_word_embeddings": False, "sliding_window": 6, "pad_token_id": 0},
    "phi3-longrope": {
        "tie_word_embeddings": True,
        "pad_token_id": 0,
        "hidden_size": 32,
        "original_max_position_embeddings": 32,
        "rope_parameters": {
            "rope_type": "longrope",
            "rope_theta": 100.0,
            "partial_rotary_factor": 0.75,
            "short_factor": [1.0, 1.25, 2.0],
            "long_factor": [1.0, 4.0, 16.0],
        },
    },
    "granite": {
        "tie_word_embeddings": True,
        "embedding_multiplier": 3.0,
        "logits_scaling": 2.5,
        "residual_multiplier": 0.6,
        "attention_multiplier": 0.3,
        "attention_bias": True,
        "mlp_bias": True,
    },
    "olmo2": {"tie_word_embeddings": False, "pad_token_id": 0},
    "gemma2": {
        "tie_word_embeddings": True,
        "pad_token_id": 0,
        "head_dim": 8,
        "sliding_window": 5,
        "query_pre_attn_scalar": 12,
        "attn_logit_softcapping": 3.0,
        "final_logit_softcapping": 4.0,
    },
    "gemma3_text": {
        "tie_word_embeddings": True,
        "pad_token_id": 0,
        "num_hidden_layers": 3,
        "head_dim": 8,
        "sliding_window": 5,
        "sliding_window_pattern": 3,
        "query_pre_attn_scalar": 12,
        "rope_parameters": {
            "full_attention": {"rope_type": "linear", "rope_theta": 1000.0, "factor": 2.0},
            "sliding_attention": {"rope_type": "default", "rope_theta": 20.0},
        },
    },
}
MODULES = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
FUSED_MODULES = ["qkv_proj", "o_proj", "gate_up_proj", "down_proj"]
# Prompt tokens, completion tokens and coefficient of each row.
ROWS = [(7, 12, 1.0), (11, 6, -0.75)]


def randomize(model):
    for name, parameter in model.named_parameters():
        if name.endswith("bias"):
            parameter.normal_(std=0.5)
        elif parameter.dim() == 1:
            parameter.normal_(mean=1, std=0.2)
        else:
            parameter.normal_(std=0.5 if "embed" in name else 0.25)
    if model.config.model_type.startswith("gemma"):
        for name, parameter in model.named_parameters():
            if name.endswith("norm.weight"):
                parameter.sub_(1)


def make_model(name, folder):
    options = {"model_type": name.split("-")[0], **SIZES, **ARCHITECTURES[name]}
    config = transformers.AutoConfig.for_model(**options)
    with torch.no_grad():
        model = transformers.AutoModelForCausalLM.from_config(config)
        randomize(model)
    model.to(torch.bfloat16).save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)


def make_adapter(model, folder):
    modules = FUSED_MODULES if any("qkv_proj" in name for name, _ in model.named_modules()) else MODULES
    model = get_peft_model(
        model, LoraConfig(task_type="CAUSAL_LM", r=2, lora_alpha=3, lora_dropout=0.0, target_modules=modules)
    )
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_B" in name:
                parameter.normal_(std=0.2)
    model.save_pretrained(folder)
    path = folder / "adapter_config.json"
    config = json.loads(path.read_text())
    config["base_model_name_or_path"] = "golden"
    config["target_modules"] = sorted(config["target_modules"])
    path.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")
    (folder / "README.md").unlink(missing_ok=True)


def make_golden(folder):
    draw = torch.Generator().manual_seed(5)
    rows = [
        [torch.randint(3, VOCABULARY, (count,), generator=draw).tolist() for count in counts[:2]] for counts in ROWS
    ]
    with torch.no_grad():
        base = load_model(folder)
        tokens = rows[0][0] + rows[0][1]
        tensors = {"logits": logits(base, tokens)}
        plain = [token_logprobs(logits(base, p + c), p, c).tolist() for p, c in rows]
    adapted = load_model(folder, folder / "adapter", trainable=True)
    scores = [completion_logprob(adapted, p, c) for p, c in rows]
    sum(coefficient * score for (_, _, coefficient), score in zip(ROWS, scores)).backward()
    for name, parameter in adapted.named_parameters():
        if parameter.requires_grad:
            tensors["gradient/" + name.replace(".default.", ".")] = parameter.grad
    save_file(tensors, folder / "golden.safetensors")
    report = {
        "tokens": tokens,
        "rows": [
            {
                "prompt_ids": prompt,
                "completion_ids": completion,
                "coefficient": coefficient,
                "token_logprobs": token_scores,
                "adapted_logprob": score.item(),
            }
            for (prompt, completion), (_, _, coefficient), token_scores, score in zip(rows, ROWS, plain, scores)
        ],
    }
    (folder / "golden.json").write_text(json.dumps(report) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("fixtures", type=pathlib.Path)
    args = parser.parse_args()
    torch.set_num_threads(1)
    shutil.rmtree(args.fixtures, ignore_errors=True)
    for index, name in enumerate(ARCHITECTURES):
        torch.manual_seed(index + 1)
        folder = args.fixtures / name
        folder.mkdir(parents=True)
        make_model(name, folder)
        make_adapter(load_model(folder), folder / "adapter")
        make_golden(folder)
    for path in sorted(args.fixtures.rglob("*.safetensors")):
        write_as_text(path)
    files = {
        str(path.relative_to(args.fixtures)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(args.fixtures.rglob("*"))
        if path.is_file()
    }
    value = {"made_by": "Tests/Oracles/architecture_goldens.py", "files": files}
    (args.fixtures / "checksums.json").write_text(json.dumps(value, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
