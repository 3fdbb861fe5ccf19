#!/usr/bin/env python3
"""Makes the embedded tiny model: trains its tokenizer and its weights on the sample conversations.

    python3 scripts/make_tiny_model.py --raw data/raw --out data/models --force

Writes the cache folder OUT/models--kto-data--tiny-mistral as a Hugging Face hub client would have left it.
One thread, fixed seeds, deterministic algorithms: a second run on the same kind of processor with the
versions below writes the same bytes (another processor may round sums in another order).

Made with Python 3.11 and these packages, which the script insists on unless --any-versions is given:
    torch==2.13.0  transformers==5.23.0  tokenizers==0.23.3  safetensors==0.8.0
"""

import argparse
import hashlib
import json
import math
import os
import random
import re
import shutil
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import safetensors
import safetensors.torch
import tokenizers
import torch
import transformers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import AutoModelForCausalLM, AutoTokenizer, MistralConfig, MistralForCausalLM

PINNED = {"torch": "2.13.0", "transformers": "5.23.0", "tokenizers": "0.23.3", "safetensors": "0.8.0"}
REPOSITORY = "kto-data/tiny-mistral"
SEED = 20240229
SPECIAL = ["<|pad|>", "<|bos|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>", "<|tool|>"]
PAD, BOS, END = 0, 1, 2
VOCABULARY_SIZE = 4096
MAX_TOKENS = 512
BATCH_SIZE = 4
OPENING_TOKENS, OPENING_WEIGHT = 32, 4.0

CONFIG = {
    "architectures": ["MistralForCausalLM"],
    "attention_dropout": 0.0,
    "bos_token_id": BOS,
    "eos_token_id": END,
    "head_dim": 32,
    "hidden_act": "silu",
    "hidden_size": 128,
    "initializer_range": 0.02,
    "intermediate_size": 384,
    "max_position_embeddings": 2048,
    "model_type": "mistral",
    "num_attention_heads": 4,
    "num_hidden_layers": 4,
    "num_key_value_heads": 2,
    "pad_token_id": PAD,
    "rms_norm_eps": 1e-05,
    "rope_theta": 10000.0,
    "sliding_window": 256,
    "tie_word_embeddings": False,
    "torch_dtype": "bfloat16",
    "transformers_version": PINNED["transformers"],
    "use_cache": True,
    "vocab_size": VOCABULARY_SIZE,
}

CHAT_TEMPLATE = """\
{{- bos_token }}
{%- for message in messages %}
    {%- if message['role'] not in ['system', 'user', 'assistant', 'tool'] %}
        {{- raise_exception('Unknown role: ' ~ message['role']) }}
    {%- endif %}
    {%- if message['content'] is not string %}
        {{- raise_exception('Message content must be text') }}
    {%- endif %}
    {{- '<|' ~ message['role'] ~ '|>' ~ message['content'] ~ eos_token }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|assistant|>' }}
{%- endif %}
"""

MODEL_CARD = """\
---
license: apache-2.0
language: en
library_name: transformers
pipeline_tag: text-generation
---

# tiny-mistral

A very small language model of the Mistral architecture ({parameters:,} parameters, bfloat16) for trying out and
testing kto-data without a download. It was trained on the project's sample conversations alone. Asked one of their
questions it mostly begins on the subject, then loses the thread; to anything else it answers with stray words. Training
was stopped before it knew the samples by heart, so that KTO has something to move. Use it for tests and nothing else.

- **Architecture:** 4 layers, hidden size 128, 4 query heads and 2 key/value heads of size 32, SwiGLU of size 384,
  sliding window 256, untied output head.
- **Tokenizer:** byte-level BPE with {vocabulary:,} entries, trained on the same text.
- **Chat template:** `<|bos|>`, then for each message its role tag, the text and `<|end|>`, which is also the
  end-of-sequence token.
- **Training:** from random weights, {epochs} epochs over the desirable conversations in chat form and over all
  text, both classes, as plain text. Mean loss on completions in chat form after training, in nats a token:
  desirable {desirable:.2f}, undesirable {undesirable:.2f}; before training {before:.2f}.
- **Made by:** `scripts/make_tiny_model.py`, which reproduces it.
- **Licence:** Apache-2.0, as is the text it was trained on.
"""


# Reading the samples. Each example is (messages before, completion text, is desirable or None).


class PlainText(HTMLParser):
    """Turns the HTML body of a post into Markdown-like text."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.parts, self.is_preformatted = [], False

    def handle_starttag(self, tag, attributes):
        if tag == "pre":
            self.is_preformatted = True
            self.parts.append("```\n")
        elif tag in ("code", "em", "strong") and not self.is_preformatted:
            self.parts.append({"code": "`", "em": "*", "strong": "**"}[tag])
        elif tag == "li":
            self.parts.append("- ")
        elif tag == "blockquote":
            self.parts.append("> ")

    def handle_endtag(self, tag):
        if tag == "pre":
            self.is_preformatted = False
            self.parts.append("```")
        elif tag in ("code", "em", "strong") and not self.is_preformatted:
            self.parts.append({"code": "`", "em": "*", "strong": "**"}[tag])

    def handle_data(self, data):
        self.parts.append(data)


def plain_text(html):
    parser = PlainText()
    parser.feed(html)
    parser.close()
    return re.sub(r"\n{3,}", "\n\n", "".join(parser.parts)).strip()


def message(role, content):
    return {"role": role, "content": content}


def json_lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def read_sharegpt(path):
    roles = {"human": "user", "gpt": "assistant", "system": "system"}
    for item in json.loads(path.read_text(encoding="utf-8")):
        turns = [message(roles[turn["from"]], turn["value"]) for turn in item["conversations"]]
        yield turns[:-1], turns[-1]["content"], item["kto_tag"]


def read_openai(path):
    for item in json_lines(path):
        turns = item["messages"]
        yield turns[:-1], turns[-1]["content"], item["feedback"] == "thumbs_up"


def read_pairs(path):
    for item in json_lines(path):
        prompt, chosen, rejected = item.get("prompt", []), item["chosen"], item["rejected"]
        while chosen and rejected and chosen[0] == rejected[0]:
            prompt, chosen, rejected = prompt + chosen[:1], chosen[1:], rejected[1:]
        yield prompt, chosen[-1]["content"], True
        yield prompt, rejected[-1]["content"], False


def read_hh(path):
    for item in json_lines(path):
        for side, label in (("chosen", True), ("rejected", False)):
            pieces = re.split(r"\n\n(Human|Assistant):", item[side])[1:]
            roles = {"Human": "user", "Assistant": "assistant"}
            turns = [message(roles[r], t.strip()) for r, t in zip(pieces[::2], pieces[1::2])]
            yield turns[:-1], turns[-1]["content"], label


def read_posts(path):
    rows = {row.get("Id"): row for row in ElementTree.parse(path).getroot()}
    for row in rows.values():
        if row.get("PostTypeId") != "2":
            continue
        question, score = rows[row.get("ParentId")], int(row.get("Score"))
        text = question.get("Title") + "\n\n" + plain_text(question.get("Body"))
        label = True if score >= 3 else False if score < 0 else None
        yield [message("user", text)], plain_text(row.get("Body")), label


def read_examples(raw):
    return [
        *read_sharegpt(raw / "sharegpt.json"),
        *read_openai(raw / "openai_feedback.jsonl"),
        *read_pairs(raw / "preference_pairs.jsonl"),
        *read_hh(raw / "hh_rlhf.jsonl"),
        *read_posts(raw / "Posts.xml"),
    ]


# Tokenizer


def train_tokenizer(texts):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY_SIZE,
        min_frequency=1,
        special_tokens=SPECIAL,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    if tokenizer.get_vocab_size() != VOCABULARY_SIZE:
        sys.exit(f"the text gave {tokenizer.get_vocab_size()} tokens, not {VOCABULARY_SIZE}")
    return tokenizer


def encode_conversation(tokenizer, messages):
    """The ids of the conversation as the chat template renders it."""
    text = "<|bos|>" + "".join(f"<|{m['role']}|>{m['content']}<|end|>" for m in messages)
    return tokenizer.encode(text, add_special_tokens=False).ids


# Training


def batches(sequences, size, generator):
    """Batches of (ids, weights) sequences of like length, in a new order each epoch."""
    order = list(range(len(sequences)))
    generator.shuffle(order)
    order.sort(key=lambda index: (len(sequences[index][0]) + generator.randrange(40)) // 20)
    groups = [order[start : start + size] for start in range(0, len(order), size)]
    generator.shuffle(groups)
    for group in groups:
        width = max(len(sequences[index][0]) for index in group)
        ids = torch.full((len(group), width), PAD)
        weights = torch.zeros(len(group), width)
        for row, index in enumerate(group):
            tokens, weight = sequences[index]
            ids[row, : len(tokens)] = torch.tensor(tokens)
            weights[row, : len(tokens)] = torch.tensor(weight)
        yield ids, weights


def token_losses(model, ids):
    """The negative log-likelihood of ids[:, 1:], one for each token."""
    logits = model(input_ids=ids, use_cache=False).logits[:, :-1].float()
    return torch.nn.functional.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten(), reduction="none")


@torch.no_grad()
def completion_nll(model, tokenizer, examples, wanted):
    """The mean loss a token over the completions of one class, in chat form."""
    total, count = 0.0, 0
    for prompt, completion, label in examples:
        if label is not wanted:
            continue
        start = len(encode_conversation(tokenizer, prompt)) + 1
        ids = torch.tensor([encode_conversation(tokenizer, prompt + [message("assistant", completion)])])
        losses = token_losses(model, ids)[start - 1 :]
        total += losses.sum().item()
        count += len(losses)
    return total / count


def train(model, tokenizer, examples, epochs, learning_rate):
    conversations = []
    for prompt, completion, label in examples:
        if label is True:
            start = len(encode_conversation(tokenizer, prompt)) + 1
            ids = encode_conversation(tokenizer, prompt + [message("assistant", completion)])
            # The opening of an answer counts more, so that answers begin on their subject.
            weights = [OPENING_WEIGHT if 0 <= i - start < OPENING_TOKENS else 1.0 for i in range(len(ids))]
            conversations.append((ids, weights))
    # Plain text has no role tags. The undesirable side comes twice, as the desirable one also comes in chat form.
    texts = ["\n\n".join([*(m["content"] for m in prompt), completion]) for prompt, completion, _ in examples]
    texts += [text for text, (_, _, label) in zip(texts, examples) if label is False]
    plain = [[BOS, *tokenizer.encode(text, add_special_tokens=False).ids, END] for text in texts]
    sequences = conversations + [(ids, [1.0] * len(ids)) for ids in plain]
    assert max(len(ids) for ids, _ in sequences) <= MAX_TOKENS, "a sample is longer than the test configuration allows"

    generator = random.Random(SEED)
    decayed = [p for p in model.parameters() if p.dim() > 1]
    others = [p for p in model.parameters() if p.dim() == 1]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.1}, {"params": others, "weight_decay": 0.0}],
        lr=learning_rate, betas=(0.9, 0.98), foreach=False,
    )
    size = BATCH_SIZE
    total_steps, warmup, step = epochs * math.ceil(len(sequences) / size), 40, 0
    tokens = sum(len(ids) for ids, _ in sequences)
    print(f"{len(conversations)} conversations, {len(plain)} texts, {tokens} tokens, {total_steps} steps")
    started = time.monotonic()
    model.train()
    for epoch in range(epochs):
        total, count = 0.0, 0
        for ids, weights in batches(sequences, size, generator):
            rate = min(1, (step + 1) / warmup) * (0.05 + 0.475 * (1 + math.cos(math.pi * step / total_steps)))
            for group in optimizer.param_groups:
                group["lr"] = learning_rate * rate
            weights = weights[:, 1:].flatten()
            losses = token_losses(model, ids)
            loss = (losses * weights).sum() / weights.sum()
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0, foreach=False)
            optimizer.step()
            step += 1
            counted = weights > 0
            total += losses.detach()[counted].sum().item()
            count += int(counted.sum())
        print(f"epoch {epoch + 1:3}  loss {total / count:.3f}  {time.monotonic() - started:.0f} s", flush=True)
    model.eval()


# Writing


def json_bytes(value):
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


def write_cache(files, out, force):
    """Writes blobs, a snapshot of links to them and refs/main, then moves the whole into place."""
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    listing = "".join(sorted(f"{digest}  {name}\n" for name, digest in hashes.items()))
    commit = hashlib.sha256(listing.encode()).hexdigest()[:40]
    target = out / ("models--" + REPOSITORY.replace("/", "--"))
    if target.exists() and not force:
        sys.exit(f"{target} exists; pass --force to replace it")
    out.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=".tiny-", dir=out))
    temporary.chmod(0o755)
    for folder in ("blobs", "refs", f"snapshots/{commit}"):
        (temporary / folder).mkdir(parents=True)
    for name, content in files.items():
        (temporary / "blobs" / hashes[name]).write_bytes(content)
        (temporary / "snapshots" / commit / name).symlink_to(f"../../blobs/{hashes[name]}")
    (temporary / "refs" / "main").write_text(commit)
    if target.exists():
        shutil.rmtree(target)
    temporary.rename(target)
    return target / "snapshots" / commit


# Checking what was written


def check(snapshot, examples):
    """Loads the snapshot as a user would and checks what the toolkit relies on."""
    model = AutoModelForCausalLM.from_pretrained(snapshot, dtype=torch.float32)
    loaded = AutoTokenizer.from_pretrained(snapshot)
    tokenizer = Tokenizer.from_file(str(snapshot / "tokenizer.json"))
    for prompt, completion, _ in examples:
        whole = prompt + [message("assistant", completion)]
        for text in [m["content"] for m in whole]:
            ids = tokenizer.encode(text, add_special_tokens=False).ids
            assert loaded(text, add_special_tokens=False)["input_ids"] == ids, "AutoTokenizer differs"
            assert tokenizer.decode(ids, skip_special_tokens=False) == text, "a text does not come back"
        before = loaded.apply_chat_template(prompt, tokenize=False, add_generation_prompt=True)
        after = loaded.apply_chat_template(whole, tokenize=False)
        assert after.startswith(before), "the prompt's text is no prefix"
        before_ids = loaded.apply_chat_template(prompt, add_generation_prompt=True, return_dict=False)
        after_ids = loaded.apply_chat_template(whole, return_dict=False)
        assert after_ids[: len(before_ids)] == before_ids, "the prompt's tokens are no prefix"
        assert after_ids == encode_conversation(tokenizer, whole), "the template differs from the training text"
        assert after_ids[-1] == END and len(after_ids) <= MAX_TOKENS
    print(f"checked {len(examples)} examples: same ids, prompt is a prefix, at most {MAX_TOKENS} tokens")
    for question in (
        "What causes the tides?",
        "When do I use \"who\" and when \"whom\"?",
        "I committed too early in git. How do I undo the last commit but keep my changes?",
    ):
        ids = loaded.apply_chat_template(
            [message("user", question)], add_generation_prompt=True, return_tensors="pt", return_dict=True
        )
        answer = model.generate(**ids, max_new_tokens=60, do_sample=False)[0, ids["input_ids"].shape[1] :]
        print(f"\nQ: {question}\nA: {loaded.decode(answer, skip_special_tokens=True)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--raw", type=Path, required=True, help="the folder with the sample conversations")
    parser.add_argument("--out", type=Path, required=True, help="the cache folder to write into")
    parser.add_argument("--epochs", type=int, default=13)
    parser.add_argument("--learning-rate", type=float, default=3e-3)
    parser.add_argument("--force", action="store_true", help="replace an existing model")
    parser.add_argument("--any-versions", action="store_true", help="run with other package versions")
    options = parser.parse_args()

    for module in (torch, transformers, tokenizers, safetensors):
        version = module.__version__.split("+")[0]
        if version != PINNED[module.__name__] and not options.any_versions:
            sys.exit(f"{module.__name__} is {version}, wanted {PINNED[module.__name__]} (or pass --any-versions)")

    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(SEED)

    examples = read_examples(options.raw)
    texts = []
    for prompt, completion, _ in examples:
        texts += [*(m["content"] for m in prompt), completion]
    tokenizer = train_tokenizer(texts)

    config = MistralConfig(**{k: v for k, v in CONFIG.items() if k not in ("torch_dtype", "transformers_version")})
    model = MistralForCausalLM(config).float()
    parameters = sum(p.numel() for p in model.parameters())
    before = completion_nll(model, tokenizer, examples, True)
    print(f"{parameters} parameters; loss before training {before:.2f} nats a token")
    train(model, tokenizer, examples, options.epochs, options.learning_rate)

    model = model.to(torch.bfloat16).float()
    desirable, undesirable = (completion_nll(model, tokenizer, examples, side) for side in (True, False))
    print(f"loss on completions after training: desirable {desirable:.3f}, undesirable {undesirable:.3f}")

    tensors = {name: tensor.to(torch.bfloat16).contiguous() for name, tensor in sorted(model.state_dict().items())}
    files = {
        "config.json": json_bytes(CONFIG),
        "generation_config.json": json_bytes(
            {"bos_token_id": BOS, "do_sample": False, "eos_token_id": END, "max_new_tokens": 128, "pad_token_id": PAD}
        ),
        "model.safetensors": safetensors.torch.save(tensors, metadata={"format": "pt"}),
        "tokenizer.json": (tokenizer.to_str(pretty=True) + "\n").encode(),
        "tokenizer_config.json": json_bytes(
            {
                "tokenizer_class": "PreTrainedTokenizerFast",
                "bos_token": SPECIAL[BOS],
                "eos_token": SPECIAL[END],
                "pad_token": SPECIAL[PAD],
                "clean_up_tokenization_spaces": False,
                "model_max_length": CONFIG["max_position_embeddings"],
            }
        ),
        "chat_template.jinja": CHAT_TEMPLATE.encode(),
        "README.md": MODEL_CARD.format(
            parameters=parameters, vocabulary=VOCABULARY_SIZE, epochs=options.epochs,
            desirable=desirable, undesirable=undesirable, before=before,
        ).encode(),
    }
    snapshot = write_cache(files, options.out, options.force)
    print(f"wrote {snapshot}: {sum(map(len, files.values()))} bytes")
    check(snapshot, examples)


if __name__ == "__main__":
    main()
