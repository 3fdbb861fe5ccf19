r"""The text rules of model families, as their own tokenizer.json files have them, and the making of such a file.

GGUF, tiktoken and tekken files hold tokens and merges only; which normalizer, pre-tokenizer, decoder and
post-processor belong to them is written here, as facts about the models' published files.
"""

import base64

from vocabulary_sources import Source

SPACES = r"\s+(?!\S)|\s+"
CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
UPPER, LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
BEFORE = r"[^\r\n\p{L}\p{N}]?"
SYMBOLS = r" ?[^\s\p{L}\p{N}]+[\r\n]*"


def cased_words(contractions: str) -> str:
    return f"{BEFORE}{UPPER}*{LOWER}+{contractions}|{BEFORE}{UPPER}+{LOWER}*{contractions}"


def alternatives(*parts: str) -> str:
    return "|".join(parts)


LINES = r"\s*[\r\n]+"
PATTERNS = {
    "llama3": alternatives(CONTRACTIONS, BEFORE + r"\p{L}+", r"\p{N}{1,3}", SYMBOLS, LINES, SPACES),
    "cl100k": alternatives(CONTRACTIONS, BEFORE + r"\p{L}+", r"\p{N}{1,3}", SYMBOLS, r"\s*[\r\n]", SPACES),
    "tiktoken": r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|"
    r"\s*[\r\n]|\s+(?!\S)|\s",
    "qwen2": alternatives(CONTRACTIONS, BEFORE + r"\p{L}+", r"\p{N}", SYMBOLS, LINES, SPACES),
    "qwen35": alternatives(
        CONTRACTIONS, BEFORE + r"[\p{L}\p{M}]+", r"\p{N}", r" ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*", LINES, SPACES
    ),
    "o200k": alternatives(
        cased_words(CONTRACTIONS + "?"), r"\p{N}{1,3}", r" ?[^\s\p{L}\p{N}]+[\r\n/]*", LINES, SPACES
    ),
    "tekken": alternatives(cased_words(""), r"\p{N}", r" ?[^\s\p{L}\p{N}]+[\r\n/]*", LINES, SPACES),
}

# The three of DeepSeek V3 hold carriage return and line feed themselves, not their escapes.
DEEPSEEK_V3 = [
    r"\p{N}{1,3}",
    "[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+",
    alternatives(
        r"""[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+""",
        "[^\r\n" + r"\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+",
        r" ?[\p{P}\p{S}]+" + "[\r\n]*",
        r"\s*" + "[\r\n]+",
        SPACES,
    ),
]
DEEPSEEK_CJK = "[\u4e00-\u9fa5\u0800-\u4e00\uac00-\ud7ff]+"
DEEPSEEK_LETTERS = (
    "A-Za-z\xb5\xc0-\xd6\xd8-\xf6\xf8-\u01ba\u01bc-\u01bf\u01c4-\u0293\u0295-\u02af\u0370-\u0373\u0376\u0377"
    "\u037b-\u037d\u037f\u0386\u0388-\u038a\u038c\u038e-\u03a1\u03a3-\u03f5\u03f7-\u0481\u048a-\u052f"
    "\u0531-\u0556\u10a0-\u10c5\u13a0-\u13f5\u13f8-\u13fd\u1c90-\u1cba\u1cbd-\u1cbf\u1d00-\u1d2b\u1d6b-\u1d77"
    "\u1d79-\u1d9a\u1e00-\u1f15\u1f18-\u1f1d\u1f20-\u1f45\u1f48-\u1f4d\u1f50-\u1f57\u1f59\u1f5b\u1f5d"
    "\u1f5f-\u1f7d\u1f80-\u1fb4\u1fb6-\u1fbc\u1fbe\u1fc2-\u1fc4\u1fc6-\u1fcc\u1fd0-\u1fd3\u1fd6-\u1fdb"
    "\u1fe0-\u1fec\u1ff2-\u1ff4\u1ff6-\u1ffc\u2102\u2107\u210a-\u2113\u2115\u2119-\u211d\u2124\u2126\u2128"
    "\u212a-\u212d\u212f-\u2134\u2139\u213c-\u213f\u2145-\u2149\u214e\u2183\u2184\u2c00-\u2c7b\u2c7e-\u2ce4"
    "\u2ceb-\u2cee\u2cf2\u2cf3\ua640-\ua66d\ua680-\ua69b\ua722-\ua76f\ua771-\ua787\ua78b-\ua78e\uab70-\uabbf"
    "\ufb00-\ufb06\ufb13-\ufb17\uff21-\uff3a\uff41-\uff5a\U00010400-\U0001044f\U000104b0-\U000104d3"
    "\U000104d8-\U000104fb\U00010c80-\U00010cb2\U00010cc0-\U00010cf2\U000118a0-\U000118df\U0001e900-\U0001e943"
)
DEEPSEEK_PUNCTUATION = "!-/:-~\uff01-\uff0f\uff1a-\uff5e\u2018-\u201f\u3000-\u3002"

NFC = {"type": "NFC"}


def sequence(*stages: dict) -> dict:
    kind = "normalizers" if stages and stages[0]["type"] in NORMALIZERS else "pretokenizers"
    return {"type": "Sequence", kind: list(stages)}


NORMALIZERS = {"NFC", "NFD", "NFKC", "NFKD", "Prepend", "Replace", "Strip", "StripAccents", "Lowercase", "Precompiled"}


def split(pattern: str, behavior: str = "Isolated", kind: str = "Regex", invert: bool = False) -> dict:
    return {"type": "Split", "pattern": {kind: pattern}, "behavior": behavior, "invert": invert}


def byte_level(use_regex: bool = True, add_prefix_space: bool = False, trim_offsets: bool = True) -> dict:
    return {
        "type": "ByteLevel",
        "add_prefix_space": add_prefix_space,
        "trim_offsets": trim_offsets,
        "use_regex": use_regex,
    }


def digits(individual: bool = True) -> dict:
    return {"type": "Digits", "individual_digits": individual}


def replace(old: str, new: str) -> dict:
    return {"type": "Replace", "pattern": {"String": old}, "content": new}


def prefix(token: str, token_id: int) -> dict:
    """Puts one special token before the text, where special tokens are asked for."""
    special = {"SpecialToken": {"id": token, "type_id": 0}}
    text = lambda name, type_id: {"Sequence": {"id": name, "type_id": type_id}}
    again = {"SpecialToken": {"id": token, "type_id": 1}}
    return {
        "type": "TemplateProcessing",
        "single": [special, text("A", 0)],
        "pair": [special, text("A", 0), again, text("B", 1)],
        "special_tokens": {token: {"id": token, "ids": [token_id], "tokens": [token]}},
    }


def pattern_and_bytes(name: str, trim_offsets: bool = True) -> dict:
    return sequence(split(PATTERNS[name]), byte_level(use_regex=False, trim_offsets=trim_offsets))


PRE_TOKENIZERS = {
    "gpt2": byte_level(),
    "digits": sequence(digits(), byte_level()),
    "falcon": sequence(
        {"type": "Punctuation", "behavior": "Contiguous"}, byte_level(), digits(False), split("[0-9][0-9][0-9]")
    ),
    "deepseek-coder": sequence(
        split("[\r\n]"), split(r"\s?\p{L}+"), split(r"\s?\p{P}+"), split(DEEPSEEK_CJK), digits(), byte_level(False)
    ),
    "deepseek-llm": sequence(
        split("[\r\n]"), split(rf"\s?[{DEEPSEEK_LETTERS}]+"), split(rf"\s?[{DEEPSEEK_PUNCTUATION}]+"),
        split(r"\s+$"), split(DEEPSEEK_CJK), digits(), byte_level(False),
    ),
    "deepseek-v3": sequence(*map(split, DEEPSEEK_V3), byte_level(False)),
    **{name: pattern_and_bytes(name) for name in PATTERNS},
}
SENTENCEPIECE_DECODER = {
    "type": "Sequence",
    "decoders": [
        replace("▁", " "),
        {"type": "ByteFallback"},
        {"type": "Fuse"},
        {"type": "Strip", "content": " ", "start": 1, "stop": 0},
    ],
}
LLAMA2_NORMALIZER = sequence({"type": "Prepend", "prepend": "▁"}, replace(" ", "▁"))


def metaspace(prepend_scheme: str = "first", split: bool = False) -> dict:
    return {"type": "Metaspace", "replacement": "▁", "prepend_scheme": prepend_scheme, "split": split}


def added_tokens(source: Source, **flags) -> list[dict]:
    return [
        {
            "id": token_id,
            "content": content,
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
            "special": special,
            **flags,
        }
        for token_id, content, special in sorted(source.added)
    ]


def model_vocabulary(source: Source) -> dict[str, int]:
    """Without those added tokens at the end whose ids follow from their order, as model files leave them out."""
    names = {content for _, content, _ in source.added}
    kept = {token: i for token, i in source.vocab.items() if token not in names}
    left_out = sorted(i for token, i in source.vocab.items() if token in names)
    if left_out and left_out == list(range(len(kept), len(source.vocab))):
        return kept
    return source.vocab


def document(source: Source, *, merges_as_strings=False, flags=None, **parts) -> dict:
    """A tokenizer.json. `parts` are its normalizer, pre_tokenizer, post_processor and decoder, and fields of its
    model."""
    model = {
        "type": "BPE",
        "dropout": None,
        "unk_token": None,
        "continuing_subword_prefix": None,
        "end_of_word_suffix": None,
        "fuse_unk": False,
        "byte_fallback": False,
        "ignore_merges": False,
    }
    stages = {"normalizer": None, "pre_tokenizer": None, "post_processor": None, "decoder": None}
    for name, value in parts.items():
        (stages if name in stages else model)[name] = value
    model["vocab"] = dict(sorted(model_vocabulary(source).items(), key=lambda item: item[1]))
    model["merges"] = [" ".join(pair) if merges_as_strings else list(pair) for pair in source.merges]
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": added_tokens(source, **(flags or {})),
        **stages,
        "model": model,
    }


def byte_level_document(source: Source, pre_tokenizer: dict, **parts) -> dict:
    parts.setdefault("decoder", byte_level(add_prefix_space=True))
    parts.setdefault("post_processor", byte_level(trim_offsets=False))
    return document(source, pre_tokenizer=pre_tokenizer, **parts)


def merges_by_score(source: Source) -> list[tuple[str, str]]:
    """What transformers' converter makes of the scores: each way to cut a piece into two is a merge, best score first,
    of equal scores the longest left part first, then the longest right one, then the order of the ids."""
    merges = []
    for token, token_id in source.vocab.items():
        pairs = [(token[:cut], token[cut:]) for cut in range(1, len(token))]
        pairs = [pair for pair in pairs if pair[0] in source.vocab and pair[1] in source.vocab]
        pairs.sort(key=lambda pair: (source.vocab[pair[0]], source.vocab[pair[1]]))
        merges += [(source.scores[token_id], pair) for pair in pairs]
    merges.sort(key=lambda merge: (merge[0], len(merge[1][0]), len(merge[1][1])), reverse=True)
    return [pair for _, pair in merges]


def sentencepiece_document(source: Source, **parts) -> dict:
    source.merges = source.merges or merges_by_score(source)
    defaults = {
        "normalizer": LLAMA2_NORMALIZER,
        "post_processor": prefix("<s>", source.vocab["<s>"]) if "<s>" in source.vocab else None,
        "decoder": SENTENCEPIECE_DECODER,
        "unk_token": "<unk>",
        "fuse_unk": True,
        "byte_fallback": True,
    }
    return document(source, **(defaults | parts))


def word_piece_document(source: Source) -> dict:
    """BERT, to be refused. GGUF marks the start of a word with ▁ where WordPiece marks its continuation with ##."""
    spell = lambda token: token[1:] if token.startswith("▁") else "##" + token
    names = {content for _, content, _ in source.added}
    vocab = {token if token in names else spell(token): i for token, i in source.vocab.items()}
    result = document(
        source,
        normalizer={
            "type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None,
            "lowercase": True,
        },
        pre_tokenizer={"type": "BertPreTokenizer"},
        decoder={"type": "WordPiece", "prefix": "##", "cleanup": True},
    )
    result["model"] = {
        "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
        "max_input_chars_per_word": 100, "vocab": vocab,
    }
    return result


def unigram_document(source: Source) -> dict:
    """XLM-RoBERTa, to be refused."""
    charsmap = base64.b64encode(source.charsmap or b"").decode()
    result = document(
        source,
        normalizer={"type": "Precompiled", "precompiled_charsmap": charsmap},
        pre_tokenizer=metaspace("always", True),
        decoder=metaspace("always", True),
    )
    pieces = [[token, source.scores[i]] for token, i in sorted(source.vocab.items(), key=lambda item: item[1])]
    result["model"] = {"type": "Unigram", "unk_id": source.vocab["<unk>"], "vocab": pieces, "byte_fallback": False}
    return result
