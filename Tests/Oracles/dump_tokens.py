"""Token ids of JSON lines, by `tokenizers` alone or, for conversations, by transformers' chat template.

The truth for: `kto-data tokenize`. The text path never touches transformers, which may replace a file's own
pre-tokenizer.

    python dump_tokens.py MODEL_DIR in.jsonl out.jsonl

A line {"text"} gives {"ids"}, without special tokens added by a post-processor. A TRL row {"prompt", "completion",
"label"} gives {"prompt_ids", "completion_ids", "label"}: the prompt is the longest common prefix of the ids of the
prompt with its generation prompt and the ids of the whole conversation, as in TRL 1.16.

    python dump_tokens.py MODEL_DIR --random 2000 --seed 1 out.jsonl

writes {"text", "ids"} for random Unicode strings instead.
"""

import argparse
import json
import pathlib
import random
import sys

from tokenizers import Tokenizer

# Runs of characters that tokenizers treat differently: digits, spaces, contractions, marks, emoji, controls.
ALPHABETS = [
    "abcdefghijklmnopqrstuvwxyz",
    "ABCDEFGHIJ",
    "0123456789٣४Ⅷ½²",
    " \u00a0\u2003\u3000",
    "\n\r\t\x0b\u0085\u2028",
    "'\u2019\"`´",
    ".,;:!?-_()[]{}<>/\\|@#$%^&*+=~",
    "éàüñçßøåæœğışžčřłńőűÀÉ",
    "e\u0301a\u0308n\u0303\u0327\u200d\u200c\ufe0f",
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "αβγδεζηθ",
    "日本語中文字漢かなカナ々",
    "한국어글자",
    "हिन्दीअआइ",
    "العربيةאבגד",
    "😀👍🏽👩‍👩‍👧🇫🇷",
    "\x00\x01\x13\x7f\ufeff\ufffd",
]
CONTRACTIONS = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d", "'S", "'LL", "it's", "don't"]


def random_text(source: random.Random) -> str:
    parts = []
    for _ in range(source.randint(1, 12)):
        kind = source.random()
        if kind < 0.1:
            parts.append(source.choice(CONTRACTIONS))
        elif kind < 0.15:
            point = source.randrange(0x110000)
            parts.append("" if 0xD800 <= point < 0xE000 else chr(point))
        elif kind < 0.18:
            parts.append(source.choice(["<|im_start|>", "<|im_end|>", "<|endoftext|>", "<|im_"]))
        else:
            alphabet = source.choice(ALPHABETS)
            parts.append("".join(source.choice(alphabet) for _ in range(source.randint(1, 8))))
        if source.random() < 0.4:
            parts.append(" " * source.choice([1, 1, 1, 2, 3, 7]))
    return "".join(parts)


def common_prefix_length(left, right):
    count = 0
    for a, b in zip(left, right):
        if a != b:
            break
        count += 1
    return count


class Encoder:
    def __init__(self, directory: pathlib.Path):
        self.directory = directory
        self.tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
        self.chat = None

    def ids(self, text: str) -> list[int]:
        return self.tokenizer.encode(text, add_special_tokens=False).ids

    def row(self, row: dict) -> dict:
        if self.chat is None:
            from transformers import AutoTokenizer

            self.chat = AutoTokenizer.from_pretrained(self.directory)
        render = lambda messages, **options: self.ids(
            self.chat.apply_chat_template(messages, tokenize=False, tools=row.get("tools"), **options)
        )
        prompt = render(row["prompt"], add_generation_prompt=True)
        whole = render(row["prompt"] + row["completion"])
        cut = common_prefix_length(prompt, whole)
        return {"prompt_ids": whole[:cut], "completion_ids": whole[cut:], "label": row.get("label")}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("input", nargs="?")
    parser.add_argument("output")
    parser.add_argument("--random", type=int, default=0, metavar="COUNT")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    encoder = Encoder(args.model)
    with open(args.output, "w", encoding="utf-8") as out:
        if args.random:
            source = random.Random(args.seed)
            for _ in range(args.random):
                text = random_text(source)
                out.write(json.dumps({"text": text, "ids": encoder.ids(text)}) + "\n")
            return
        if args.input is None:
            sys.exit("an input file, or --random COUNT")
        with open(args.input, encoding="utf-8") as lines:
            for line in lines:
                value = json.loads(line)
                result = {"ids": encoder.ids(value["text"])} if "text" in value else encoder.row(value)
                out.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
