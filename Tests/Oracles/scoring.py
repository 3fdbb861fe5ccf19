"""What dump_logits.py and dump_gradients.py share: loading in float32, and the log-probability of a completion.

Sequences are run one at a time and unpadded, with eager attention: the plainest form there is.
"""

import json
import pathlib

import torch
from transformers import AutoModelForCausalLM


def load_model(directory, adapter=None, trainable=False, attention="eager"):
    model = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32, attn_implementation=attention)
    if adapter is not None:
        from peft import PeftModel

        model = PeftModel.from_pretrained(model, adapter, is_trainable=trainable)
    return model.eval()


def load_rows(path, max_length=None):
    """Rows of prompt_ids and completion_ids from JSON lines or a JSON array, cut to the first max_length ids."""
    text = pathlib.Path(path).read_text(encoding="utf-8")
    rows = json.loads(text) if text.lstrip().startswith("[") else [json.loads(line) for line in text.splitlines()]
    for row in rows:
        row["completion_ids"] = row["completion_ids"][: cut(max_length, row["prompt_ids"])]
    return rows


def cut(max_length, prompt_ids):
    return None if max_length is None else max(0, max_length - len(prompt_ids))


def logits(model, ids):
    return model(input_ids=torch.tensor([ids]), use_cache=False).logits[0]


def token_logprobs(scores, prompt_ids, completion_ids):
    """Log-probability of each completion token from the logits [T, V] of the whole sequence."""
    first = len(prompt_ids)
    rows = scores[first - 1 : first - 1 + len(completion_ids)]
    targets = torch.tensor(completion_ids)
    return rows.gather(1, targets[:, None])[:, 0] - rows.logsumexp(-1)


def completion_logprob(model, prompt_ids, completion_ids):
    return token_logprobs(logits(model, prompt_ids + completion_ids), prompt_ids, completion_ids).sum()
