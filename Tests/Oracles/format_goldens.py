"""Small tokenizer files in the formats that are not tokenizer.json, and the ids and texts that their peers give.

The truth for: Sources/KTOTokenizer/File (tiktoken, tekken, sentencepiece), by Tests/Fixtures/formats/.

    python format_goldens.py DIR

Writes NAME.tiktoken, NAME.tekken.json and NAME.model.base64, each with NAME.goldens.jsonl, and SHA256SUMS. A golden is a
text with its ids and their decoded text, or ids alone (`"text": null`) with their decoded text. Special tokens of
tiktoken files are looked for in the text; those of tekken files and control pieces are not, as in their peers.

Pinned: tiktoken 0.14.0, mistral_common 1.13.1, sentencepiece 0.2.3 (requirements-formats.txt).
"""

import base64
import collections
import hashlib
import importlib.metadata
import io
import json
import pathlib
import random
import sys
import tempfile

import regex
import sentencepiece
import tiktoken
from mistral_common.tokens.tokenizers.tekken import Tekkenizer
from sentencepiece import sentencepiece_model_pb2 as proto

from text_golden import write_as_text
from tokenizer_goldens import CORPUS, TEXTS, random_texts

PINNED = {"tiktoken": "0.14.0", "mistral_common": "1.13.1", "sentencepiece": "0.2.3"}

# Without possessive quantifiers, so that it means the same to the engines of tiktoken and of Hugging Face.
WORDS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
TEKKEN = (r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"
          r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"
          r"|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")
EXTRA = ["<|endoftext|>", "a<|endoftext|>b <|fim|>c", "<|endoftext|", "[INST] hello [/INST]", "<s>", "</s>", "<unk>", "<0x41>", "▁", "▁▁a▁", "a▁b",
         "<x>", "<xy>", "a<x>b<xy>c <x> ", "new line", "line new  line", "  <x>  <x>", "a b", "a  b   c    d", "aab aaab", "①②½", "ｆｕｌｌ　ｗｉｄｔｈ", "\u3000x\u3000"]
EXTRA += [" " * n + tail for n in range(1, 40) for tail in ("", "x")]


def write(directory, name, rows):
    with open(directory / f"{name}.goldens.jsonl", "w", encoding="utf-8") as out:
        for text, ids, decoded in rows:
            out.write(json.dumps({"text": text, "ids": ids, "decoded": decoded}, separators=(",", ":")) + "\n")


def texts():
    return list(dict.fromkeys(TEXTS + EXTRA + list(random_texts(100, 11))))


def rows(encode, decode, size, seed):
    for text in texts():
        ids = encode(text)
        yield text, ids, decode(ids)
    dice = random.Random(seed)
    for _ in range(60):
        ids = [dice.randrange(size) for _ in range(dice.randrange(1, 9))]
        yield None, ids, decode(ids)


def ranks(count):
    """Byte pairs, the most frequent first; then tokens that no pair makes, and pairs out of order."""
    parts = collections.Counter(tuple(bytes([byte]) for byte in word.encode()) for text in CORPUS for word in regex.findall(WORDS, text))
    tokens = [bytes([byte]) for byte in list(range(128, 256)) + list(range(128))]
    while len(tokens) < count:
        pairs = collections.Counter()
        for word, number in parts.items():
            for pair in zip(word, word[1:]):
                pairs[pair] += number
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        tokens.append(best[0] + best[1])
        joined = collections.Counter()
        for word, number in parts.items():
            index, new = 0, []
            while index < len(word):
                step = 2 if word[index:index + 2] == best else 1
                new.append(b"".join(word[index:index + step]))
                index += step
            joined[tuple(new)] += number
        parts = joined
    dice = random.Random(5)
    late = tokens[256:]
    # Some tokens before those they are made of, and some that only a whole word is looked up as.
    for _ in range(20):
        first, second = dice.sample(range(len(late)), 2)
        late[first], late[second] = late[second], late[first]
    return tokens[:256] + late + [b"abcabd", " кошк".encode(), b"\xff\xfe", b"aa", b"aaa"]


def make_tiktoken(directory):
    tokens = ranks(420)
    # A rank that is left out, as in p50k_base.
    numbered = {token: rank + (rank >= 300) for rank, token in enumerate(tokens)}
    path = directory / "pairs.tiktoken"
    path.write_bytes(b"".join(base64.b64encode(token) + b" %d\n" % rank for token, rank in numbered.items()))
    special = {"<|endoftext|>": 300, "<|fim|>": 500}
    peer = tiktoken.Encoding("pairs", pat_str=WORDS, mergeable_ranks=numbered, special_tokens=special)
    encode = lambda text: peer.encode(text, allowed_special="all")
    write(directory, "pairs", rows(encode, lambda ids: peer.decode(ids), len(tokens), 1))


def make_tekken(directory):
    tokens = ranks(380)
    tokens = sorted(tokens[:256]) + tokens[256:]
    vocabulary = [{"rank": rank, "token_bytes": base64.b64encode(token).decode(), "token_str": None} for rank, token in enumerate(tokens)]
    special = [{"rank": rank, "token_str": text, "is_control": True} for rank, text in enumerate(["<unk>", "<s>", "</s>", "[INST]", "[/INST]"])]
    config = {"pattern": TEKKEN, "num_vocab_tokens": len(tokens), "default_vocab_size": 370, "default_num_special_tokens": 8, "version": "v11"}
    path = directory / "small.tekken.json"
    data = {"config": config, "vocab": vocabulary, "special_tokens": special, "version": 1, "type": "Tekken"}
    path.write_text(json.dumps(data, separators=(",", ":")) + "\n")
    peer = Tekkenizer.from_file(path)
    write(directory, "small", rows(lambda text: peer.encode(text, bos=False, eos=False), peer.decode, 370, 2))


def train(**options):
    model = io.BytesIO()
    options = {"model_type": "bpe", "vocab_size": 700, "character_coverage": 0.995, "normalization_rule_name": "identity", "num_threads": 1,
               "minloglevel": 2, "hard_vocab_limit": False, "bos_id": 1, "eos_id": 2, "unk_id": 0} | options
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(CORPUS), model_writer=model, **options)
    parsed = proto.ModelProto()
    parsed.ParseFromString(model.getvalue())
    return parsed


def strip_training(model):
    """Leaves out what only training reads, where paths and names would be."""
    spec = model.trainer_spec
    for field in ("input", "model_prefix", "accept_language"):
        spec.ClearField(field)
    model.normalizer_spec.ClearField("normalization_rule_tsv")
    return model


def sentencepiece_models():
    llama = {"remove_extra_whitespaces": False, "byte_fallback": True, "allow_whitespace_only_pieces": True, "split_digits": True}
    yield "llama", train(**llama)
    # Mistral's: runs of the space with one score, the lowest.
    tied = train(**llama)
    score = -1e9
    have = {piece.piece for piece in tied.pieces}
    for piece in tied.pieces:
        if len(piece.piece) > 1 and set(piece.piece) == {"▁"}:
            piece.score = score
    for length in list(range(2, 15)) + [16]:
        if "▁" * length not in have:
            tied.pieces.add(piece="▁" * length, score=score)
    yield "equal-scores", tied
    yield "symbols", train(**llama, user_defined_symbols=["<x>", "<xy>", "▁▁", "new▁line", "aa", "é"], control_symbols=["[INST]", "[/INST]"])
    yield "collapsing", train(remove_extra_whitespaces=True, user_defined_symbols=["<x>"])
    yield "suffix", train(treat_whitespace_as_suffix=True, remove_extra_whitespaces=False)
    yield "suffix-collapsing", train(treat_whitespace_as_suffix=True, remove_extra_whitespaces=True)
    yield "no-prefix", train(add_dummy_prefix=False, remove_extra_whitespaces=False, unk_surface="??")
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as rules:
        # Code points in hexadecimal, what is replaced and by what.
        for source, target in ["\u3000", " "], ["\t", " "], ["\n", " "], ["①", "1"], ["½", "1/2"], ["ﬁ", "fi"], ["e\u0301", "é"], ["\u200b", ""], ["ſ", "s "], ["ſt", "st"]:
            rules.write(" ".join(f"{ord(c):X}" for c in source) + "\t" + " ".join(f"{ord(c):X}" for c in target) + "\n")
        rules.flush()
        yield "rules", train(normalization_rule_tsv=rules.name, user_defined_symbols=["①②"])


def make_sentencepiece(directory):
    for name, model in sentencepiece_models():
        content = strip_training(model).SerializeToString(deterministic=True)
        peer = sentencepiece.SentencePieceProcessor(model_proto=content)
        path = directory / f"{name}.model"
        path.write_bytes(content)
        write_as_text(path)
        write(directory, name, rows(peer.encode, peer.decode, len(model.pieces), 3))


def main(directory):
    for package, version in PINNED.items():
        found = importlib.metadata.version(package)
        assert found == version, f"{package} {found}"
    directory = pathlib.Path(directory)
    make_tiktoken(directory)
    make_tekken(directory)
    make_sentencepiece(directory)
    files = sorted(file for file in directory.iterdir() if file.name != "SHA256SUMS")
    sums = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files]
    (directory / "SHA256SUMS").write_text("".join(sums))


if __name__ == "__main__":
    main(sys.argv[1])
