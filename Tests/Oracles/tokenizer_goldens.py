"""Small tokenizer files and the ids that PyPI `tokenizers` gives with them.

The truth for: Sources/KTOTokenizer, by Tests/Fixtures/tokenizer/.

    python tokenizer_goldens.py fixtures DIR
    python tokenizer_goldens.py classes OUT       # a byte a code point: letter 0, number 1, space 2, other 3; bit 4: Digits

Pinned: tokenizers 0.23.3.
"""

import hashlib
import json
import pathlib
import random
import sys

import tokenizers
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

PINNED = "0.23.3"

CORPUS = [
    "The kettle sang on the stove while the cat slept beside the window, and nobody minded the rain.",
    "She wrote 12 letters in 1987, then 345 more in 2021; we've kept them all, they're in the blue box.",
    "If you don't know the answer, say so: it's better than a guess that'll mislead the reader.",
    "def add(left, right):\n    return left + right\n\n\nprint(add(2, 3))\n",
    "Der Müller fährt früh über die Brücke. Où est la bibliothèque? ¿Dónde está el niño?",
    "Кошка спит у окна. Η γάτα κοιμάται. החתול ישן. القطة نائمة. 猫は窓のそばで寝ている。고양이가 잔다。बिल्ली सो रही है।",
    "An assistant answers; a user asks. The answer was helpful, the answer was honest, the answer was short.",
] * 4

TEXTS = [
    "", " ", "  ", "   a", "a   ", "\n", "\r\n", "a\r\nb\r\n\r\nc", "\t\tx", "x\u00a0y", "x\u00a0\u00a0y", "\u2003\u2003z", "\u3000全角",
    "The cat's tail; we'll see, I'd say they've'd've. DON'T 'S 's 'll'l're'r", "''''s", "'", "' s", "it’s ’s", "'ſ",
    "1234567890", "12 34", "a1b2", "x 1 2 3", "٣٤٥ ४५६ Ⅷ ½ ²³ ㊿ 𝟘𝟙", "1\u03012", "3.14159e-10",
    "Straße naïve café cafe\u0301 e\u0301\u0323 \u0323\u0301e", "A\u030a \u212b Å", "ﬁ ﬀ ſ", "한국어 \u1112\u1161\u11ab \u1100\u1161",
    "Привет, мир! Γειά σου Κόσμε! שלום עולם مرحبا بالعالم", "नमस्ते दुनिया สวัสดีชาวโลก ကမ္ဘာ გამარჯობა", "你好，世界。こんにちは、世界！",
    "😀😃👨‍👩‍👧‍👦🏳️‍🌈👍🏽🇩🇪🇫🇷 ☕️ ©️ 1️⃣", "𝒳𝒴𝒵 𐍈 𒀀 𓂀 🀄", "\u200d\u200c\ufeff\u2060x", "\u0000a\u0001b\u0013c\u007fd\u0080e\u0085f\u009f",
    "a\u2028b\u2029c\u180ed", "\u0300\u0301abc", "\ue000\uf8ff\U000f0000\U0010ffff", "\ufffd\ufffe", "zalgo: h\u0335\u0321e\u0334\u0322l\u0337l\u0336o",
    "!!!???...,,,;;; --- ===>> /* */ #!@$%^&*()", "snake_case camelCase kebab-case ALLCAPS", "  leading and trailing  ",
    "line one\nline two\n\n\nline five\n", "tab\tsep\tval", "a" * 300, "ab" * 120 + "the answer " * 30, " " * 130, "\n" * 101 + "x", "é" * 150,
    "<|end|>", "a<|end|>b", " <|end|> ", "<|end|><|end|>", "<|end|", "<|endd|>", "<|END|>", "x <pad> y", "x  <left>  y", "x  <right>  y", "x \n<both>\t\n y",
    "<left><right>", " <right> <left> ", "<right>  <right>", "<right>   <left>", "word", "a word here", "words sword word's word", "_word_ word\u0301 word。", "wordword",
    "<end", "<en", "<end><end>e", "Å <nfc:Å>", "<nfc:A\u030a>", "<nfc:\u212b>", "<norm>", "<norm> <norm>", "<|end|> <norm>\u0301", "a\u0301<|end|>\u0301", "café<left>",
    "\u00a0<left>\u3000<right>\u2003.", "<both>\u200b<both>", "the answer<|end|>the answer",
]


def random_texts(count, seed):
    dice = random.Random(seed)
    ranges = [(0x20, 0x7F)] * 6 + [(0, 0x20), (0xA0, 0x250), (0x300, 0x370), (0x370, 0x530), (0x590, 0x700), (0x900, 0x980), (0xE00, 0xE80),
              (0x1100, 0x1200), (0x1E00, 0x2100), (0x2100, 0x2400), (0x3000, 0x3100), (0x4E00, 0x4F00), (0xAC00, 0xAD00), (0x1D400, 0x1D800), (0x1F300, 0x1F700)]
    tokens = ["<|end|>", "<left>", "<right>", "<both>", "word", " ", "  ", "\n", "'s", "'ll", "1", "the "]
    for _ in range(count):
        parts = []
        for _ in range(dice.randrange(1, 24)):
            if dice.random() < 0.3:
                parts.append(dice.choice(tokens))
            else:
                low, high = dice.choice(ranges)
                parts.append(chr(dice.randrange(low, high)))
        yield "".join(parts)


def train(pre_tokenizer, normalizer=None):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizer
    if normalizer:
        tokenizer.normalizer = normalizer
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=500, special_tokens=["<|end|>", "<pad>"], show_progress=False,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(CORPUS, trainer)
    return tokenizer


def add_flagged(tokenizer):
    tokenizer.add_special_tokens([AddedToken("<left>", lstrip=True, special=True), AddedToken("<right>", rstrip=True, special=True)])
    tokenizer.add_tokens([
        AddedToken("<both>", lstrip=True, rstrip=True, normalized=False), AddedToken("word", single_word=True, normalized=False),
        AddedToken("<end", normalized=False), AddedToken("<end>", normalized=False), AddedToken("<nfc:Å>", normalized=True),
        AddedToken("<norm>", normalized=True, rstrip=True), AddedToken("\u00a0", normalized=False)])


def digits():
    return pre_tokenizers.Sequence([pre_tokenizers.Digits(True), pre_tokenizers.ByteLevel(add_prefix_space=False)])


def make():
    plain = train(pre_tokenizers.ByteLevel(add_prefix_space=False))
    yield "gpt2", plain
    flagged = train(digits())
    add_flagged(flagged)
    flagged.post_processor = processors.TemplateProcessing(single="<|end|> $A <pad>", special_tokens=[("<|end|>", 0), ("<pad>", 1)])
    yield "digits-added", flagged
    composed = train(pre_tokenizers.Sequence([pre_tokenizers.Digits(False), pre_tokenizers.ByteLevel(add_prefix_space=True)]), normalizers.NFC())
    add_flagged(composed)
    composed.enable_truncation(48, direction="left")
    composed.enable_padding(length=None, pad_to_multiple_of=4, pad_id=1, pad_token="<pad>", direction="left")
    composed.post_processor = processors.TemplateProcessing(single="<|end|> $A", special_tokens=[("<|end|>", 0)])
    yield "nfc-prefix", composed
    whole = Tokenizer.from_str(plain.to_str())
    data = json.loads(whole.to_str())
    # No regular expression, whole pre-tokens first, and merges in the legacy form, without type.
    data["pre_tokenizer"]["use_regex"] = False
    model = data["model"]
    model["ignore_merges"] = True
    model["vocab"]["theĠanswer"] = len(model["vocab"])
    # The first merge comes again at the end, where its rank counts.
    model["merges"] = [" ".join(merge) for merge in model["merges"] + model["merges"][:1]]
    del model["type"]
    yield "ignore-merges", Tokenizer.from_str(json.dumps(data)), data


def fixtures(directory):
    directory = pathlib.Path(directory)
    texts = TEXTS + list(random_texts(200, 7))
    for name, tokenizer, *data in make():
        content = data[0] if data else json.loads(tokenizer.to_str())
        (directory / f"{name}.tokenizer.json").write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
        tokenizer = Tokenizer.from_file(str(directory / f"{name}.tokenizer.json"))
        with open(directory / f"{name}.goldens.jsonl", "w", encoding="utf-8") as out:
            for text in texts:
                ids = tokenizer.encode(text, add_special_tokens=False).ids
                special = tokenizer.encode(text).ids
                out.write(json.dumps({"text": text, "ids": ids, "special": None if special == ids else special,
                                      "decoded": tokenizer.decode(ids, skip_special_tokens=False),
                                      "skipped": tokenizer.decode(ids, skip_special_tokens=True)}, separators=(",", ":")) + "\n")
    checksums(directory)


def checksums(directory):
    lines = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in sorted(directory.glob("*.json*"))]
    (directory / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def classes(out):
    pattern = pre_tokenizers.ByteLevel(add_prefix_space=False)
    digit = pre_tokenizers.Digits(True)
    table = bytearray(0x110000)
    for code in range(0x110000):
        if 0xD800 <= code < 0xE000:
            table[code] = 3
            continue
        character = chr(code)
        if len(pattern.pre_tokenize_str("a" + character)) == 1:
            kind = 0
        elif len(pattern.pre_tokenize_str("1" + character)) == 1:
            kind = 1
        elif len(pattern.pre_tokenize_str("!" + character)) == 1:
            kind = 3
        else:
            kind = 2
        table[code] = kind | (4 if len(digit.pre_tokenize_str("a" + character)) == 2 else 0)
    pathlib.Path(out).write_bytes(table)


if __name__ == "__main__":
    assert tokenizers.__version__ == PINNED, tokenizers.__version__
    {"fixtures": fixtures, "classes": classes}[sys.argv[1]](sys.argv[2])
