"""Compares the ids of the same documents from two tokenizers, ours and the truth.

    python compare_ids.py OURS TRUTH DOCUMENTS [--tokenizer tokenizer.json] [--show N] [--allow N]

Prints a line "documents tokens differing", then each differing document: its index, the first ids that differ, and
the text, escaped. With --tokenizer the text is what stands around the first difference, with its code points.
Exits with 1 if more documents differ than --allow says.
"""

import argparse
import pathlib
import sys
import unicodedata

import numpy

import documents

AROUND = 24


def differing(ours, truth) -> list[int]:
    (our_ids, our_offsets), (ids, offsets) = ours, truth
    if len(our_offsets) != len(offsets):
        raise SystemExit(f"{len(our_offsets) - 1} documents of ours, {len(offsets) - 1} of the truth")
    if numpy.array_equal(our_offsets, offsets) and numpy.array_equal(our_ids, ids):
        return []
    same_length = numpy.diff(our_offsets) == numpy.diff(offsets)
    return [
        i
        for i in range(len(offsets) - 1)
        if not same_length[i]
        or not numpy.array_equal(our_ids[our_offsets[i] : our_offsets[i + 1]], ids[offsets[i] : offsets[i + 1]])
    ]


def first_difference(ours, truth) -> int:
    shorter = min(len(ours), len(truth))
    unequal = numpy.flatnonzero(ours[:shorter] != truth[:shorter])
    return int(unequal[0]) if len(unequal) else shorter


def place(text: str, at: int, tokenizer) -> str:
    """The text around the token `at`, with the code points that it starts at."""
    if tokenizer is None:
        return ascii(text[:200]) + (" …" if len(text) > 200 else "")
    offsets = tokenizer.encode(text, add_special_tokens=False).offsets
    start = offsets[at][0] if at < len(offsets) else len(text)
    excerpt = text[max(0, start - AROUND) : start + AROUND]
    points = " ".join([f"U+{ord(c):04X}/{unicodedata.category(c)}" for c in text[start : start + 4]])
    return f"at character {start}: {ascii(excerpt)} ({points})"


def describe(ours, truth, shown, path, tokenizer=None):
    """Two lines for each document of `shown`: what differs, and where."""
    wanted = set(shown)
    for i, document in enumerate(documents.read_documents(path)):
        if i in wanted:
            mine, true = (ids[offsets[i] : offsets[i + 1]] for ids, offsets in (ours, truth))
            at = first_difference(mine, true)
            yield f"document {i}, token {at}: ours {mine[at : at + 8].tolist()}, truth {true[at : at + 8].tolist()}"
            yield "  " + place(document.decode("utf-8"), at, tokenizer)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ours", type=pathlib.Path)
    parser.add_argument("truth", type=pathlib.Path)
    parser.add_argument("documents", type=pathlib.Path)
    parser.add_argument("--tokenizer", help="finds the place in the text that the ids differ at")
    parser.add_argument("--show", type=int, default=10)
    parser.add_argument("--allow", type=int, default=0, metavar="N")
    args = parser.parse_args()

    ours, truth = documents.read_ids(args.ours), documents.read_ids(args.truth)
    unequal = differing(ours, truth)
    print(len(truth[1]) - 1, len(truth[0]), len(unequal))
    if unequal:
        tokenizer = None
        if args.tokenizer:
            from tokenizers import Tokenizer

            tokenizer = Tokenizer.from_file(args.tokenizer)
        print("\n".join(describe(ours, truth, unequal[: args.show], args.documents, tokenizer)))
    sys.exit(len(unequal) > args.allow)


if __name__ == "__main__":
    main()
