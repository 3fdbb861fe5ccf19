"""One small tokenizer for each stage and each of its options, with the ids and offsets that PyPI `tokenizers` gives.

The truth for: the stages of Sources/KTOTokenizer around the model, by Tests/Fixtures/stages/.

    python stage_goldens.py DIR

All tokenizers share a vocabulary without merges: every character that comes up, and whole pre-tokens, which
`ignore_merges` takes as they are. So ids tell the pieces and offsets where each character came from.
Pinned: tokenizers 0.23.3.
"""

import collections
import hashlib
import json
import pathlib
import sys

import tokenizers
from tokenizers import Tokenizer

PINNED = "0.23.3"

TEXTS = [
    "", " ", "a", "  Two  spaces, 3.14 and 1234567!  ", "It's we'll DON'T they'd", "line\r\n\n two\tx\n", "e\u0301 \u212b ﬁ ① \u1100\u1161\u11a8 가 \u0344\u0323 ½",
    "\u00a0\u3000Straße ИЖ ǅ İ Σ\u0301", "naïve café\u0323\u0301ab 你好，世界。カﾞ", "😀👩‍👩‍👧 x\u200b\u0007\u00ad", "₁²³ ٣४ Ⅷ_a-b", "abcabcdeeabx the,the", "\u0301\u0300a \u0327",
    "x <s>  <left> y <right>  z<both> word swords <n> Ünïcode<s>", "<left><right> <|a|><|a|b> \u0120", "▁a ▁ b▁", "𝒳𐍈\U000e0100 \u1c89\U00016d40\u0897",
]


def of(kind, **fields):
    return {"type": kind, **fields}


def regex(pattern):
    return {"Regex": pattern}


def string(pattern):
    return {"String": pattern}


def normalizers(*stages):
    return of("Sequence", normalizers=list(stages))


def pre_tokenizers(*stages):
    return of("Sequence", pretokenizers=list(stages))


def replace(pattern, content):
    return of("Replace", pattern=pattern, content=content)


def split(pattern, behavior="Isolated", invert=False):
    return of("Split", pattern=pattern, behavior=behavior, invert=invert)


def byte_level(prefix=False, use_regex=True, trim=True):
    return of("ByteLevel", add_prefix_space=prefix, trim_offsets=trim, use_regex=use_regex)


def metaspace(scheme="always", cuts=True):
    return of("Metaspace", replacement="▁", prepend_scheme=scheme, split=cuts)


def strip(left, right):
    return of("Strip", strip_left=left, strip_right=right)


def template(*parts):
    single = [{"Sequence": {"id": "A", "type_id": 0}} if part == "$" else {"SpecialToken": {"id": part, "type_id": 0}} for part in parts]
    return of("TemplateProcessing", single=single, pair=[{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
              special_tokens={"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}})


def added(content, **flags):
    base = dict(id=0, content=content, single_word=False, lstrip=False, rstrip=False, normalized=False, special=False)
    return {**base, **flags}


ADDED = [
    added("<s>", special=True), added("<left>", lstrip=True), added("<right>", rstrip=True), added("<both>", lstrip=True, rstrip=True, special=True),
    added("word", single_word=True), added("<n>", normalized=True, rstrip=True), added("ünïcode", normalized=True), added("<|a|>"), added("<|a|b>"),
]
BEHAVIORS = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"]
LLAMA_3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
PATTERNS = [LLAMA_3, r"\w+|\W", r"[\w']+", r"[^\p{^L}x]+|\P{L}", r"(?<=a)b|\Ga", r"(?>a+)b|(\w)\1", r"^.|$", r"[\w&&[^aeiou]]+", r"(?=[a-e])|x", r"\p{N}{1,2}+"]


def cases():
    for form in ["NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents", "Nmt", "ByteLevel"]:
        yield form, dict(normalizer=of(form))
    yield "prepend", dict(normalizer=normalizers(of("Prepend", prepend="▁"), replace(string(" "), "▁")))
    yield "replace", dict(normalizer=normalizers(replace(string("the"), ""), replace(regex(r"\s{2,}|\n"), "<é>"), of("NFD"), replace(regex(r"\p{M}+"), "")))
    yield "replace nothing", dict(normalizer=replace(regex("b*"), "-"))
    for left, right in [(True, False), (False, True), (True, True)]:
        yield f"strip {left} {right}", dict(normalizer=strip(left, right))
    yield "cleaned", dict(normalizer=normalizers(of("Nmt"), of("NFKD"), of("StripAccents"), of("Lowercase"), strip(True, True), of("NFC")), pre_tokenizer=metaspace("first"))
    for behavior in BEHAVIORS:
        yield f"punctuation {behavior}", dict(pre_tokenizer=of("Punctuation", behavior=behavior))
        for invert in [False, True]:
            yield f"split {behavior} {invert}", dict(pre_tokenizer=split(regex(r"\d|[.,!]|\s"), behavior, invert))
    yield "split string", dict(pre_tokenizer=split(string("ab"), "MergedWithNext"))
    yield "split everywhere", dict(pre_tokenizer=split(string("")))
    for index, pattern in enumerate(PATTERNS):
        yield f"pattern {index}", dict(pre_tokenizer=split(regex(pattern)))
    for individual in [False, True]:
        yield f"digits {individual}", dict(pre_tokenizer=of("Digits", individual_digits=individual))
    for kind in ["Whitespace", "WhitespaceSplit", "BertPreTokenizer", "FixedLength"]:
        yield kind, dict(pre_tokenizer=of(kind))
    yield "delimiter", dict(pre_tokenizer=of("CharDelimiterSplit", delimiter="e"))
    for scheme in ["always", "never", "first"]:
        for cuts in [False, True]:
            yield f"metaspace {scheme} {cuts}", dict(pre_tokenizer=metaspace(scheme, cuts), decoder=metaspace(scheme), added_tokens=ADDED)
        yield f"words metaspace {scheme}", dict(normalizer=strip(True, False), pre_tokenizer=pre_tokenizers(of("WhitespaceSplit"), metaspace(scheme)))
    yield "metaspace legacy", dict(pre_tokenizer=of("Metaspace", replacement="_", str_rep="_", add_prefix_space=True))
    for prefix in [False, True]:
        for use_regex in [False, True]:
            yield f"bytes {prefix} {use_regex}", dict(pre_tokenizer=byte_level(prefix, use_regex), decoder=byte_level(), post_processor=byte_level(prefix))
    yield "bytes, then more", dict(pre_tokenizer=pre_tokenizers(of("Punctuation", behavior="Contiguous"), byte_level(), of("Digits", individual_digits=False), split(regex("[0-9][0-9][0-9]"))))
    yield "added", dict(added_tokens=ADDED, normalizer=of("Lowercase"), post_processor=template("<s>", "$", "<s>"), decoder=of("Fuse"))
    yield "added, trimmed", dict(added_tokens=ADDED, pre_tokenizer=byte_level(True), post_processor=of("Sequence", processors=[byte_level(True), template("<s>", "$")]))
    yield "roberta", dict(pre_tokenizer=byte_level(True), post_processor=of("RobertaProcessing", sep=["</s>", 2], cls=["<s>", 1], trim_offsets=True, add_prefix_space=True))
    yield "bert", dict(pre_tokenizer=of("BertPreTokenizer"), post_processor=of("BertProcessing", sep=["</s>", 2], cls=["<s>", 1]), decoder=of("WordPiece", prefix="##", cleanup=True))
    truncation = dict(max_length=7, stride=0, strategy="LongestFirst")
    padding = dict(strategy={"Fixed": 9}, pad_to_multiple_of=4, pad_id=2, pad_type_id=0, pad_token="</s>")
    for direction in ["Left", "Right"]:
        yield f"length {direction}", dict(truncation={**truncation, "direction": direction}, padding={**padding, "direction": direction}, post_processor=template("<s>", "$"))
    yield "sentencepiece", dict(normalizer=normalizers(of("Prepend", prepend="▁"), replace(string(" "), "▁")), decoder=of("Sequence", decoders=[
        replace(string("▁"), " "), of("ByteFallback"), of("Fuse"), of("Strip", content=" ", start=1, stop=0)]))
    yield "decoders", dict(pre_tokenizer=metaspace(), decoder=of("Sequence", decoders=[
        replace(regex("[aeiou]+"), "*"), of("Strip", content="x", start=1, stop=0), of("ByteFallback"), of("Metaspace", replacement="▁", prepend_scheme="never", split=True),
        of("BPEDecoder", suffix="b")]))
    yield "ctc", dict(decoder=of("CTC", pad_token="a", word_delimiter_token="▁", cleanup=True))


# Ids to decode, by token: bytes that are characters, bytes that are not, and special tokens among them.
DECODED = [
    ["▁", "a", "<0xC3>", "<0xA9>", "▁", "<0x41>"], ["<0xE2>", "<0x82>", "a", "<0xC3>", "<s>", "<0xA9>", "▁", "x"], ["<0xF0>", "<0x9F>", "<0x98>", "<0x80>"], ["<s>", "▁", "▁", "x", "b"],
    ["x", "x", "x", "a", "a", "▁"], ["Ã", "©", "Ġ", "ð", "Ł", "a", "â", "Ģ"], ["Ã", "é", "a", "▁", "."], [],
]


def tokenizer(case, vocab):
    model = dict(type="BPE", dropout=None, unk_token="<unk>", continuing_subword_prefix=None, end_of_word_suffix=None, fuse_unk=False,
                 byte_fallback=False, ignore_merges=True, vocab=vocab, merges=[])
    base = dict(version="1.0", truncation=None, padding=None, added_tokens=[], normalizer=None, pre_tokenizer=None, post_processor=None, decoder=None)
    return {**base, **case, "model": model}


def vocabulary():
    """The characters of all pieces of all cases, and every third of the pieces that come up most."""
    pieces, characters = collections.Counter(), set("".join(TEXTS)) | set("".join(t for row in DECODED for t in row if len(t) == 1))
    for _, case in cases():
        stages = Tokenizer.from_str(json.dumps(tokenizer({**case, "added_tokens": []}, {"<unk>": 0})))
        for text in TEXTS:
            normal = stages.normalizer.normalize_str(text) if stages.normalizer else text
            characters |= set(normal)
            for piece, _ in stages.pre_tokenizer.pre_tokenize_str(normal) if stages.pre_tokenizer else []:
                pieces[piece] += 1
                characters |= set(piece)
    frequent = sorted((p for p in pieces if len(p) > 1), key=lambda p: (-pieces[p], p))[:300:3]
    tokens = ["<unk>", "<s>", "</s>"] + sorted(characters) + frequent + sorted({t for row in DECODED for t in row if len(t) == 6})
    return {token: index for index, token in enumerate(dict.fromkeys(tokens))}


def rows(peer):
    for text in TEXTS:
        encoding = peer.encode(text)
        starts = [0]
        for character in text:
            starts.append(starts[-1] + len(character.encode()))
        yield {"ids": encoding.ids, "offsets": [starts[end] for pair in encoding.offsets for end in pair], "special": [i for i, mask in enumerate(encoding.special_tokens_mask) if mask]}


def main(directory):
    directory = pathlib.Path(directory)
    vocab = vocabulary()
    dump = lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"
    decoded = [[vocab[token] for token in row] for row in DECODED]
    (directory / "shared.json").write_text(dump({"texts": TEXTS, "decoded": decoded, "vocab": vocab}), encoding="utf-8")
    with open(directory / "stages.jsonl", "w", encoding="utf-8") as out:
        for name, case in cases():
            peer = Tokenizer.from_str(json.dumps(tokenizer(case, vocab)))
            texts = [[peer.decode(ids, skip_special_tokens=skip) for skip in (False, True)] for ids in decoded] if "decoder" in case else []
            out.write(dump({"name": name, "stages": case, "rows": list(rows(peer)), "decoded": texts}))
    files = sorted(directory.glob("*.json*"))
    (directory / "SHA256SUMS").write_text("".join(f"{hashlib.sha256(f.read_bytes()).hexdigest()}  {f.name}\n" for f in files), encoding="utf-8")


if __name__ == "__main__":
    assert tokenizers.__version__ == PINNED, tokenizers.__version__
    main(sys.argv[1])
