"""Compares `kto-data tokenize` and `detokenize` on tiktoken, tekken and sentencepiece files with the formats' own programs.

    python check_formats.py KTO_DATA VOCABULARIES SCRATCH --strings N [--only NAME...]

VOCABULARIES is what make_vocabularies.py made; each file in it is read alone. Special tokens are found in text, as by
`encode(..., allowed_special="all")` of tiktoken; tekken's and sentencepiece's peers never look for them, so there the
text between them is given to the peer part by part. Exits with 1 after the table if anything differs.

Peers: tiktoken, mistral_common, sentencepiece (requirements-formats.txt).
"""

import argparse
import base64
import itertools
import json
import pathlib
import re
import shutil
import subprocess
import sys

import sentencepiece
import tiktoken
from mistral_common.tokens.tokenizers.tekken import SpecialTokenPolicy, Tekkenizer
from tiktoken_ext import openai_public
from tokenizers.normalizers import NFC

from generated_texts import Generator, texts_of_vocabulary

GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
QWEN = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
        r"|\s+(?!\S)|\s+")
OPENAI = {"p50k": "p50k_base", "cl100k": "cl100k_base", "o200k": "o200k_base", "whisper-gpt2": "r50k_base"}


class Tiktoken:
    def __init__(self, name, path):
        lines = [line.split() for line in path.read_bytes().splitlines() if line]
        ranks = {base64.b64decode(token): int(rank) for token, rank in lines}
        if name in OPENAI:
            openai_public.load_tiktoken_bpe = lambda *_, **__: ranks
            parts = getattr(openai_public, OPENAI[name])() | {"explicit_n_vocab": None}
        elif name == "qwen1":
            tokens = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"] + [f"<|extra_{i}|>" for i in range(205)]
            special = {token: 151643 + i for i, token in enumerate(tokens)}
            parts = {"name": name, "pat_str": QWEN, "mergeable_ranks": ranks, "special_tokens": special}
        else:
            special = {"<|endoftext|>": 50257, "<|startoftranscript|>": 50258, "<|en|>": 50259, "<|su|>": 50357, "<|0.00|>": 50364, "<|30.00|>": 51864}
            parts = {"name": name, "pat_str": GPT2, "mergeable_ranks": ranks, "special_tokens": special}
        self.encoding = tiktoken.Encoding(**parts)
        self.composes = name == "qwen1"
        self.special = list(parts["special_tokens"])

    def encode(self, text):
        if self.composes:
            # Qwen's program takes Python's NFC, whose Unicode version changes; ours is that of its tokenizer.json.
            text = NFC().normalize_str(text)
        return self.encoding.encode(text, allowed_special="all")

    def decode(self, ids):
        return self.encoding.decode(ids)


class Parts:
    """A peer that takes special tokens for text, given what lies between them."""

    def split(self, text):
        for part in re.split("(" + "|".join(map(re.escape, sorted(self.special, key=len, reverse=True))) + ")", text):
            yield part, part in self.special

    def encode(self, text):
        ids = []
        for part, is_special in self.split(text):
            ids += [self.id(part)] if is_special else self.plain(part)
        return ids


class Tekken(Parts):
    def __init__(self, name, path):
        self.peer = Tekkenizer.from_file(path)
        self.special = [self.peer.id_to_piece(i) for i in range(self.peer.num_special_tokens)]
        self.id = self.peer.get_special_token

    def plain(self, text):
        return self.peer.encode(text, bos=False, eos=False)

    def decode(self, ids):
        return self.peer.decode(ids, special_token_policy=SpecialTokenPolicy.IGNORE)


class SentencePiece(Parts):
    def __init__(self, name, path):
        self.peer = sentencepiece.SentencePieceProcessor(model_file=str(path))
        self.special = [self.peer.id_to_piece(i) for i in range(self.peer.vocab_size()) if self.peer.is_control(i)]
        self.id = self.peer.piece_to_id

    def plain(self, text):
        return self.peer.encode(text)

    def decode(self, ids):
        return self.peer.decode(ids)


PEERS = {"tiktoken": Tiktoken, "tekken": Tekken, "sentencepiece": SentencePiece}


def run(kto_data, command, model, source, target, *options):
    whole = [kto_data, command, "--model", model, "--input", source, "--output", target, "--force", *options]
    done = subprocess.run([str(part) for part in whole], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
    if done.returncode != 0:
        sys.exit(f"{command} {model}: {done.stderr.decode('utf-8', 'replace')[-500:]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kto_data")
    parser.add_argument("vocabularies", type=pathlib.Path)
    parser.add_argument("scratch", type=pathlib.Path)
    parser.add_argument("--strings", type=int, required=True)
    parser.add_argument("--only", nargs="+", metavar="NAME")
    args = parser.parse_args()
    rows = [line.split("\t") for line in (args.vocabularies / "vocabularies.tsv").read_text("utf-8").splitlines()]
    failures = 0
    print("| file | ids differing | texts differing | strings | tokens |\n| --- | ---: | ---: | ---: | ---: |")
    for place, kind in [row[:2] for row in rows]:
        name = place.split("/")[0]
        if kind not in PEERS or args.only and name not in args.only:
            continue
        peer = PEERS[kind](name, args.vocabularies / place)
        alone = args.scratch / name
        shutil.rmtree(alone, ignore_errors=True)
        alone.mkdir(parents=True)
        shutil.copy(args.vocabularies / place, alone)
        vocabulary, added = texts_of_vocabulary(args.vocabularies / name / "tokenizer.json")
        words = [token for token in vocabulary if token not in set(added)]
        texts = list(itertools.islice(Generator(place, words, peer.special), args.strings))
        lines, ids, back = alone / "texts.jsonl", alone / "ids.jsonl", alone / "back.txt"
        lines.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf-8")
        run(args.kto_data, "tokenize", alone, lines, ids, "--separator", "jsonl:text", "--format", "jsonl", "--no-special")
        ours = [json.loads(line) for line in ids.read_text().splitlines()]
        theirs = [peer.encode(text) for text in texts]
        # What is decoded must not hold the separator.
        whole = [tokens for text, tokens in zip(texts, theirs) if "\0" not in text]
        ids.write_text("".join(json.dumps(tokens) + "\n" for tokens in whole))
        run(args.kto_data, "detokenize", alone, ids, back, "--separator", "nul", *["--skip-special"] * (kind != "tiktoken"))
        decoded = back.read_bytes().decode("utf-8", "replace").split("\0")[:-1]
        assert len(ours) == len(theirs) and len(decoded) == len(whole), (len(ours), len(theirs), len(decoded), len(whole))
        unequal = [i for i in range(len(texts)) if ours[i] != theirs[i]]
        changed = [i for i in range(len(whole)) if decoded[i] != peer.decode(whole[i])]
        failures += len(unequal) + len(changed)
        print(f"| {place} | {len(unequal)} | {len(changed)} | {len(texts)} | {sum(map(len, theirs))} |", flush=True)
        for i in unequal[:3]:
            print(f"  {ascii(texts[i])[:200]}\n    {ours[i][:40]}\n    {theirs[i][:40]}")
        for i in changed[:3]:
            print(f"  {whole[i][:40]}\n    {ascii(decoded[i])[:200]}\n    {ascii(peer.decode(whole[i]))[:200]}")
    sys.exit(failures > 0)


if __name__ == "__main__":
    main()
