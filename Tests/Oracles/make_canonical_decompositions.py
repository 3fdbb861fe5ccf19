"""Writes Sources/KTOTokenizer/Normalizers/CanonicalDecompositions.swift.

The truth for: canonical decompositions as `tokenizers` 0.23.3 has them (Unicode 9.0).

    python make_canonical_decompositions.py CanonicalDecompositions.swift
"""

import sys
import textwrap
import unicodedata

import tokenizers
from tokenizers.normalizers import NFC, NFD

assert tokenizers.__version__ == "0.23.3", tokenizers.__version__
nfc, nfd = NFC(), NFD()
items = []
for code in range(0x110000):
    if 0xD800 <= code < 0xE000 or 0xAC00 <= code < 0xD7A4:
        continue
    character = chr(code)
    field = unicodedata.decomposition(character)
    if not field or field.startswith("<") or nfd.normalize_str(character) == character:
        continue
    parts = field.split()
    composes = len(parts) == 2 and nfc.normalize_str(character) == character
    items.append(f"{code:X}={'+'.join(p.lstrip('0') for p in parts)}" if composes
                 else f"{code:X}:{'+'.join(p.lstrip('0') for p in parts)}")
body = textwrap.fill(" ".join(items), width=104, break_long_words=False, break_on_hyphens=False)
with open(sys.argv[1], "w", encoding="utf-8") as out:
    out.write(
        f"""/// The canonical decompositions of Unicode 9.0, the version `tokenizers` normalizes with.
///
/// One `code=first+second` for each pair that composes again, `code:parts` for the others, in hexadecimal.
/// Made by Tests/Oracles/make_canonical_decompositions.py; {len(items)} of them, Hangul syllables apart.
let canonicalDecompositions = \"\"\"
"""
        + textwrap.indent(body, "  ") + "\n  \"\"\"\n")
print(len(items))
