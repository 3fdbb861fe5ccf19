"""Strings made to be hard for a tokenizer, the same for the same seed and Python."""

import functools
import json
import random
import unicodedata

import pydoc_data.topics

ALL = range(0x110000)
WORDS = "the of and to in is you that it he was for on are as with his they I at be this have from or one had by"
WORDS += " don't it's we'll they've I'm you're he'd Hello WORLD iPhone e-mail naïve café Straße 3rd 1,234.56 U.S.A."
WORDS = WORDS.split()
CODE = (
    "def class return if else: for while (self, x): {} [] == != <= >= -> => :: && || ++ += // /* */ # \" ' \\n \\t "
    "0x1F 1e-5 std::vector<int> foo_bar fooBar __init__ $HOME ${x} <div> </div> &nbsp; #include @property http://a.b/c?d=e"
).split()
APOSTROPHES = ["'", "'", "'", "\u2019", "\u02bc", "`", "''", " '"]
SUFFIXES = ["s", "t", "re", "ve", "m", "ll", "d", "\u017f", "\u212a", "l", "r", "v", "ſ", "sh", "re's", "d've"]
RUNS = " \n\taA09-=.!é的가ー🙂\u0301\0"
SPACES = [" ", "  ", "\t", "\n", "\r", "\r\n", "\n\n", "\x0b", "\x0c", "\x85", "\xa0", "\u1680", "\u2003", "\u2028"]
SPACES += ["\u2029", "\u202f", "\u205f", "\u3000", "\u180e", "\u200b", "\ufeff", " \n", "\n ", " \r\n", "   ", "\u2581"]
CONTROLS = [*map(chr, range(32)), *map(chr, range(0x7F, 0xA0)), "\xad", "\u200c", "\u200d", "\u200e", "\u202e"]
CONTROLS += ["\u2060", "\ufeff", "\ufffd", "\ufffe", "\uffff", "\U0001fffe", "\U0010ffff", "\ue000", "\U000f0000", "\U000e0001"]
# Where normalization forms, cases and classes have their corners.
CORNERS = (
    "\u0344\u0340\u0341\u0343\u0958\u0f73\u0f81\u1e9b\u1e9e\u0130\u0131\u0149\u01c5\u01f0\u03a3\u03c2\u0390\u1f80\u1fb3"
    "\u1fbe\u2126\u212a\u212b\u2163\u2460\u3392\u33a5\ufb01\ufb1d\ufb2c\ufdfa\ufdfb\ufe0f\uff21\uff76\uff9e\uffe3"
    "\u1100\u1161\u11a8\uac00\uac01\ud7a3\u3131\u1112\u1175\u11c2\U0001d15e\U0001d1bb\U0002f800\U0002fa1d\U0001d400"
    "\u00bc\u00b2\u00aa\u02b0\u0e33\u0eb3\u0f0c\u2024\u2026\u2033\u203c\u2057\u3300\u1d2c\u2c7c"
)


@functools.cache
def groups() -> dict[str, list[str]]:
    """Assigned code points by the first word of their names: scripts, and families of symbols."""
    found: dict[str, list[str]] = {}
    for point in ALL:
        if name := unicodedata.name(character := chr(point), ""):
            found.setdefault(name.split()[0].split("-")[0], []).append(character)
    return {name: members for name, members in found.items() if len(members) >= 8}


@functools.cache
def of_category(*prefixes: str) -> list[str]:
    return [chr(point) for point in ALL if unicodedata.category(chr(point)).startswith(prefixes)]


@functools.cache
def scripts() -> list[list[str]]:
    """The letters and marks of each group that has letters."""
    kept = []
    for members in groups().values():
        letters = [character for character in members if unicodedata.category(character)[0] in "LM"]
        if len(letters) >= 8:
            kept.append(letters)
    return kept


@functools.cache
def emoji() -> list[str]:
    blocks = [range(0x1F300, 0x1F650), range(0x1F680, 0x1F700), range(0x1F900, 0x1FAFF), range(0x2600, 0x27C0)]
    return [chr(point) for block in blocks for point in block]


class Generator:
    def __init__(self, seed: int, vocabulary: list[str] = (), special: list[str] = ()):
        self.random = random.Random(seed)
        self.vocabulary, self.special = list(vocabulary), list(special)
        self.excerpts = "\n\n".join(pydoc_data.topics.topics.values())
        kinds = [
            (self.words, 6), (self.script_words, 10), (self.page, 5), (self.anywhere, 4), (self.marks, 5),
            (self.emoji, 6), (self.controls, 4), (self.run, 5), (self.spaces, 7), (self.contractions, 7),
            (self.code, 5), (self.numbers, 6), (self.unassigned, 2), (self.excerpt, 6), (self.corners, 6),
        ]
        kinds += [(self.vocabulary_tokens, 9)] * bool(self.vocabulary) + [(self.special_tokens, 9)] * bool(self.special)
        self.kinds, self.weights = zip(*kinds)

    def __iter__(self):
        yield ""
        while True:
            yield self.string()

    def string(self) -> str:
        pieces = self.random.choices(self.kinds, self.weights, k=self.random.choice((1, 1, 1, 2, 3)))
        text = self.random.choice(("", "", " ", "\n")).join([piece() for piece in pieces])
        if self.random.random() < 0.06:
            text = unicodedata.normalize(self.random.choice(("NFC", "NFD", "NFKC", "NFKD")), text)
        return text

    def count(self, most: int) -> int:
        """Small numbers more often than large ones."""
        return 1 + int(most * self.random.random() ** 2)

    def some(self, choices, most: int) -> list[str]:
        return self.random.choices(choices, k=self.count(most))

    def words(self):
        after = (" ", " ", " ", ", ", ". ", "\n", "")
        return "".join([word + self.random.choice(after) for word in self.some(WORDS, 16)])

    def script_words(self):
        words = []
        for letters in self.random.choices(scripts(), k=self.random.choice((1, 1, 2, 3))):
            words += ["".join(self.some(letters, 9)) for _ in range(self.count(5))]
        return self.random.choice((" ", " ", "", "-", "\u3000", ", ")).join(words)

    def page(self):
        first = self.random.choice(self.random.choice(list(groups().values())))
        start = ord(first) & ~0xFF
        points = [point for point in range(start, start + 256) if not 0xD800 <= point < 0xE000]
        return "".join(map(chr, self.some(points, 20)))

    def anywhere(self):
        members = list(groups().values())
        return "".join([self.random.choice(self.random.choice(members)) for _ in range(self.count(16))])

    def marks(self):
        stems = [self.random.choice(self.random.choice(scripts())) for _ in range(self.count(6))]
        stems += self.some("aeiouncASO0 '-\n", 4)
        deep = 40 if self.random.random() < 0.03 else 3
        return "".join([stem + "".join(self.some(of_category("M"), deep)) for stem in stems])

    def emoji(self):
        made = []
        for _ in range(self.count(6)):
            kind = self.random.randrange(6)
            one = self.random.choice(emoji())
            if kind == 0:
                made.append("\u200d".join(self.some(emoji(), 4)))
            elif kind == 1:
                made.append(one + chr(self.random.randrange(0x1F3FB, 0x1F400)))
            elif kind == 2:
                made.append("".join([chr(self.random.randrange(0x1F1E6, 0x1F200)) for _ in range(self.count(5))]))
            elif kind == 3:
                made.append(self.random.choice("0123456789#*©®™") + "\ufe0f\u20e3")
            elif kind == 4:
                made.append("\U0001f3f4" + "".join([chr(0xE0000 + ord(c)) for c in "gbeng"]) + "\U000e007f")
            else:
                made.append(one + self.random.choice(("", "\ufe0f", "\ufe0e", " ")))
        return "".join(made)

    def controls(self):
        return "".join(self.some(CONTROLS, 8) + self.some([*WORDS, " ", "\n", "1"], 4))

    def run(self):
        unit = self.random.choice((*RUNS, " \n", "\r\n", "ab"))
        most = 6000 if self.random.random() < 0.004 else 200
        before, after = self.random.choice(("", "x", " ", "1")), self.random.choice(("", "x", " x", "\n", "."))
        return before + unit * self.count(most) + after

    def spaces(self):
        made = []
        for _ in range(self.count(8)):
            made += self.some(SPACES, 4) + self.some([*WORDS, "", "7", "!"], 2)
        return "".join(made)

    def contractions(self):
        made = []
        for _ in range(self.count(5)):
            stem = self.random.choice((*WORDS, "", " ", "1", "É", "的", "\u0301", "_"))
            suffix = "".join([self.random.choice((c.lower(), c.upper(), c)) for c in self.random.choice(SUFFIXES)])
            after = self.random.choice(("", " ", " ", "x", "'", "\n"))
            made.append(stem + self.random.choice(APOSTROPHES) + suffix + after)
        return "".join(made)

    def code(self):
        lines = []
        for _ in range(self.count(6)):
            lines.append(self.random.choice(("    ", "\t", "  ", "")) * self.random.randrange(4))
            lines.append(self.random.choice((" ", " ", "")).join(self.some(CODE, 8)))
            lines.append(self.random.choice(("\n", "\n", "\r\n", ";\n", "\n\n", " \n", "")))
        return "".join(lines)

    def numbers(self):
        digits = "0123456789"
        kind = self.random.randrange(4)
        if kind == 0:
            return "".join(self.some(digits, 24))
        if kind == 1:
            return "".join(self.some(of_category("N"), 12))
        if kind == 2:
            return self.random.choice(",. -:/").join(["".join(self.some(digits, 5)) for _ in range(self.count(6))])
        return "".join(self.some([*digits, *"eE+-.,xX% $€²½Ⅷ٣३"], 20))

    def unassigned(self):
        made = []
        for _ in range(self.count(5)):
            made.append(self.random.choice(of_category("Cn")))
            made += self.some([*WORDS, " ", "", "1", "!"], 2)
        return "".join(made)

    def excerpt(self):
        start = self.random.randrange(len(self.excerpts))
        return self.excerpts[start : start + self.count(400)]

    def corners(self):
        return "".join(self.some([*CORNERS, " ", "a", "E"], 10))

    def vocabulary_tokens(self):
        return self.random.choice(("", "", " ")).join(self.some(self.vocabulary, 10))

    def special_tokens(self):
        made = []
        for token in self.some(self.special, 4):
            kind = self.random.randrange(10)
            if kind == 0:
                token = token[: self.random.randrange(len(token) + 1)]
            elif kind == 1:
                token = token[self.random.randrange(len(token) + 1) :]
            elif kind == 2:
                token = self.random.choice((token.upper(), token.lower(), token.swapcase(), token + token))
            elif kind == 3:
                token = unicodedata.normalize(self.random.choice(("NFD", "NFKC")), token)
            made.append(self.random.choice(("", "", " ", "\n", "  ", "a", "é", "1", "_", ".", *SPACES)))
            made.append(token)
            made.append(self.random.choice(("", "", " ", "\n", "  ", "z", "1", "_", ".", *WORDS)))
        return "".join(made)


def texts_of_vocabulary(path) -> tuple[list[str], list[str]]:
    """The tokens of a tokenizer.json as text, where they are whole characters, and its added tokens."""
    from vocabulary_sources import byte_alphabet

    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    special = [token["content"] for token in document["added_tokens"]]
    vocab = document["model"]["vocab"]
    bytes_of = {letter: byte for byte, letter in enumerate(byte_alphabet())}
    texts = []
    byte_level = '"ByteLevel"' in json.dumps(document["pre_tokenizer"])
    for token in vocab if isinstance(vocab, dict) else []:
        try:
            text = token.replace("▁", " ")
            if byte_level:
                text = bytes(bytes_of[letter] for letter in token).decode("utf-8")
        except (KeyError, UnicodeDecodeError):
            text = token
        texts.append(text)
    return texts, special
