"""Vocabularies that no package holds, made from those that do: every pattern, stage and option of a tokenizer.json
gets one to run on. Each changes the tokenizer.json of a real vocabulary; one is trained on the spot."""

from tokenizer_families import (
    PRE_TOKENIZERS, byte_level, digits, metaspace, replace, sequence, split,
)

BYTES_ONLY = byte_level(use_regex=False)
REGEX = lambda pattern, content: {"type": "Replace", "pattern": {"Regex": pattern}, "content": content}


def changed(**parts):
    """Replaces stages of the file, or fields of its model."""

    def change(document):
        for name, value in parts.items():
            (document if name in document else document["model"])[name] = value

    return change


def with_added_tokens(document):
    """Added tokens of every flag, some of them prefixes of others, on a vocabulary that holds some of them."""
    base = dict(single_word=False, lstrip=False, rstrip=False, normalized=False, special=False)
    contents = {
        "<a>": {},
        "<a><b>": {},
        "<|left|>": {"lstrip": True, "special": True},
        "<|right|>": {"rstrip": True, "special": True},
        "<|both|>": {"lstrip": True, "rstrip": True},
        "word": {"single_word": True},
        "normalword": {"single_word": True, "normalized": True},
        "ümläut": {"normalized": True},
        "Strasse": {"normalized": True, "lstrip": True},
        " the": {"normalized": True},
        "\n\n": {"rstrip": True},
        "日本": {"single_word": True, "rstrip": True},
        "👩‍👩‍👧": {},
    }
    vocab = document["model"]["vocab"]
    # Those of the file itself stay; the ids follow from the vocabulary's size.
    next_id = max([*vocab.values(), *(token["id"] for token in document["added_tokens"])]) + 1
    for content, flags in contents.items():
        token_id = vocab.get(content, next_id)
        next_id += token_id == next_id
        document["added_tokens"].append({"id": token_id, "content": content, **base, **flags})
    document["added_tokens"].sort(key=lambda token: token["id"])


def normalized_added_tokens(document):
    with_added_tokens(document)
    document["normalizer"] = sequence({"type": "NFD"}, {"type": "Lowercase"})


def no_byte_fallback(**parts):
    def change(document):
        document["model"]["byte_fallback"] = False
        changed(**parts)(document)

    return change


def words(*stages):
    return changed(pre_tokenizer=sequence(*stages, BYTES_ONLY))


# name: the vocabulary it is made from, and the change
VARIANTS = {
    # Patterns
    "llama3-cl100k": ("llama-bpe", changed(pre_tokenizer=PRE_TOKENIZERS["cl100k"])),
    "cl100k-tiktoken": ("cl100k", changed(pre_tokenizer=PRE_TOKENIZERS["tiktoken"])),
    "llama3-o200k": ("llama-bpe", changed(pre_tokenizer=PRE_TOKENIZERS["o200k"])),
    "llama3-tekken": ("llama-bpe", changed(pre_tokenizer=PRE_TOKENIZERS["tekken"], ignore_merges=False)),
    "llama3-merges": ("llama-bpe", changed(ignore_merges=False)),
    "gpt2-deepseek-v3": ("gpt-2", changed(pre_tokenizer=PRE_TOKENIZERS["deepseek-v3"])),
    "gpt2-ignore-merges": ("gpt-2", changed(ignore_merges=True)),
    "gpt2-qwen2-nfc": ("gpt-2", changed(pre_tokenizer=PRE_TOKENIZERS["qwen2"], normalizer={"type": "NFC"})),
    # Digits written as a Split, which says the same.
    "smollm2-split": ("smollm2", changed(pre_tokenizer=sequence(split(r"\p{N}"), byte_level()))),
    "gpt2-prefix-space": ("gpt-2", changed(pre_tokenizer=byte_level(add_prefix_space=True))),
    "gpt2-no-regex": ("gpt-2", changed(pre_tokenizer=BYTES_ONLY)),
    "gpt2-look-around": ("gpt-2", words(split(r"(?<=[a-z])(?=[A-Z])|\G\d(?=(?:\d{3})+\b)|(.)\1+|(?>\s+)\S"))),
    # Stages that split
    "gpt2-digits-runs": ("gpt-2", words(digits(False))),
    "gpt2-whitespace": ("gpt-2", words({"type": "Whitespace"})),
    "gpt2-whitespace-split": ("gpt-2", words({"type": "WhitespaceSplit"})),
    "gpt2-bert-words": ("gpt-2", words({"type": "BertPreTokenizer"})),
    **{
        f"gpt2-punctuation-{behavior.lower()}": ("gpt-2", words({"type": "Punctuation", "behavior": behavior}))
        for behavior in ("Isolated", "Removed", "MergedWithPrevious", "MergedWithNext", "Contiguous")
    },
    **{
        f"gpt2-split-{behavior.lower()}": ("gpt-2", words(split(r"\p{L}+|\p{N}", behavior, invert=True)))
        for behavior in ("Isolated", "Removed", "MergedWithPrevious", "MergedWithNext", "Contiguous")
    },
    "gpt2-split-string": ("gpt-2", words(split(".", "MergedWithPrevious", "String"))),
    # Normalizers
    "gpt2-nfd": ("gpt-2", changed(normalizer={"type": "NFD"})),
    "gpt2-nfkc": ("gpt-2", changed(normalizer={"type": "NFKC"})),
    "gpt2-nfkd-lowercase-strip": (
        "gpt-2",
        changed(
            normalizer=sequence(
                {"type": "NFKD"}, {"type": "Lowercase"}, {"type": "Strip", "strip_left": True, "strip_right": True}
            )
        ),
    ),
    "gpt2-replace": (
        "gpt-2", changed(normalizer=sequence(REGEX(r"\s+", " "), replace("''", '"'), REGEX(r"(?m)^- ", "* ")))
    ),
    # Added tokens
    "gpt2-added-tokens": ("gpt-2", with_added_tokens),
    "gpt2-added-tokens-normalized": ("gpt-2", normalized_added_tokens),
    "llama2-added-tokens": ("llama-spm", with_added_tokens),
    # The sentencepiece style
    **{
        f"llama2-metaspace-{scheme}{'-split' if cut else ''}": (
            "llama-spm", changed(normalizer=None, pre_tokenizer=metaspace(scheme, cut))
        )
        for scheme in ("always", "first", "never")
        for cut in (True, False)
    },
    "llama2-unknown": ("llama-spm", no_byte_fallback(fuse_unk=False)),
    "llama2-unknown-fused": ("llama-spm", no_byte_fallback(fuse_unk=True)),
    "llama2-no-unknown": ("llama-spm", no_byte_fallback(unk_token=None)),
    "llama2-fallback-without-unknown": ("llama-spm", changed(unk_token=None)),
}


def trained_with_affixes():
    """A small vocabulary with a prefix on continuing symbols, a suffix on the last one, and unknown characters. Training
    breaks ties by chance: no two are the same."""
    import pydoc_data.topics

    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", continuing_subword_prefix="##", end_of_word_suffix="</w>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    trainer = trainers.BpeTrainer(
        vocab_size=3000,
        special_tokens=["<unk>", "<s>"],
        continuing_subword_prefix="##",
        end_of_word_suffix="</w>",
        show_progress=False,
    )
    tokenizer.train_from_iterator(pydoc_data.topics.topics.values(), trainer)
    return tokenizer.to_str().encode("utf-8")
