"""Compares tokenizer.json files that the importer made of GGUF vocabularies with those that make_vocabularies.py made.

    python check_gguf_tokenizers.py MADE VOCABULARIES [--strings N]

MADE holds NAME.tokenizer.json, VOCABULARIES holds NAME/tokenizer.json. Both are loaded by `tokenizers` and must give
the same ids for generated strings with the vocabulary's own tokens, special ones too, and the same text back.
"""

import argparse
import itertools
import json
import pathlib
import sys

from tokenizers import Tokenizer

from generated_texts import Generator, texts_of_vocabulary


def differing(ours, theirs, texts):
    found = []
    for text in texts:
        ids = ours.encode(text).ids
        expected = theirs.encode(text).ids
        if ids != expected or ours.decode(ids, skip_special_tokens=False) != theirs.decode(ids, skip_special_tokens=False):
            found.append((text, ids, expected))
    return found


def without_strips(path):
    """A tokenizer whose added tokens take no white space with them: a GGUF does not say which of them would (Phi-3's)."""
    document = json.loads(path.read_bytes())
    for token in document["added_tokens"]:
        token["lstrip"] = token["rstrip"] = False
    return Tokenizer.from_str(json.dumps(document))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("made", type=pathlib.Path)
    parser.add_argument("vocabularies", type=pathlib.Path)
    parser.add_argument("--strings", type=int, default=400)
    args = parser.parse_args()
    failures = 0
    for path in sorted(args.made.glob("*.tokenizer.json")):
        name = path.name.removesuffix(".tokenizer.json").removeprefix("ggml-vocab-")
        peer = args.vocabularies / name / "tokenizer.json"
        if not peer.exists():
            print(f"{name}: nothing to compare with")
            continue
        texts = list(itertools.islice(Generator(name, *texts_of_vocabulary(peer)), args.strings))
        found = differing(Tokenizer.from_file(str(path)), without_strips(peer), texts)
        failures += len(found)
        print(f"{name}: {len(found)} of {len(texts)} differ")
        for text, ids, expected in found[:3]:
            print(f"  {ascii(text)[:200]}\n    {ids[:40]}\n    {expected[:40]}")
    sys.exit(failures > 0)


if __name__ == "__main__":
    main()
