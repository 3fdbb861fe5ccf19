"""Writes CanonicalDecompositions.swift and CompatibilityDecompositions.swift of Sources/KTOTokenizer/Normalizers.

The truth for: decompositions as `tokenizers` 0.23.3 has them (Unicode 9.0).

    python make_decompositions.py Sources/KTOTokenizer/Normalizers
"""

import pathlib
import sys
import textwrap
import unicodedata

import tokenizers
from tokenizers.normalizers import NFC, NFD, NFKD

assert tokenizers.__version__ == "0.23.3", tokenizers.__version__
nfc, nfd, nfkd = NFC(), NFD(), NFKD()


def write(name, comment, items):
    body = textwrap.fill(" ".join(items), width=104, break_long_words=False, break_on_hyphens=False)
    path = pathlib.Path(sys.argv[1]) / f"{name[0].upper()}{name[1:]}.swift"
    path.write_text(comment + f'let {name} = """\n' + textwrap.indent(body, "  ") + '\n  """\n', encoding="utf-8")


canonical, compatible = [], []
for code in range(0x110000):
    if 0xD800 <= code < 0xE000 or 0xAC00 <= code < 0xD7A4:
        continue
    character = chr(code)
    decomposed = nfkd.normalize_str(character)
    if decomposed != nfd.normalize_str(character):
        compatible.append((code, [ord(c) for c in decomposed]))
    field = unicodedata.decomposition(character)
    if not field or field.startswith("<") or nfd.normalize_str(character) == character:
        continue
    parts = field.split()
    composes = len(parts) == 2 and nfc.normalize_str(character) == character
    canonical.append(f"{code:X}={'+'.join(p.lstrip('0') for p in parts)}" if composes
                     else f"{code:X}:{'+'.join(p.lstrip('0') for p in parts)}")

write("canonicalDecompositions", f"""/// The canonical decompositions of Unicode 9.0, the version `tokenizers` normalizes with.
///
/// One `code=first+second` for each pair that composes again, `code:parts` for the others, in hexadecimal.
/// Made by Tests/Oracles/make_decompositions.py; {len(canonical)} of them, Hangul syllables apart.
""", canonical)

# Runs of neighbours that stand for neighbours, as the mathematical alphabets do, take one item.
items, index = [], 0
while index < len(compatible):
    code, parts = compatible[index]
    length = 1
    while len(parts) == 1 and index + length < len(compatible) and compatible[index + length] == (code + length, [parts[0] + length]):
        length += 1
    items.append(f"{code:X}-{code + length - 1:X}:{parts[0]:X}" if length > 1
                 else f"{code:X}:" + "+".join(f"{part:X}" for part in parts))
    index += length
write("compatibilityDecompositions", f"""/// The compatibility decompositions of Unicode 9.0, down to the last part, where they differ from the canonical ones.
///
/// `code:parts`, or `first-last:part` for a run of codes each of which stands for the part as far on, in hexadecimal.
/// Made by Tests/Oracles/make_decompositions.py; {len(compatible)} of them.
""", items)
print(len(canonical), len(compatible), len(items))
