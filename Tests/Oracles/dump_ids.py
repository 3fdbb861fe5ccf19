"""Token ids of documents, by `tokenizers`: the truth for `kto-data tokenize --format u32 --no-special`.

    python dump_ids.py tokenizer.json DOCUMENTS OUT

documents.py says how DOCUMENTS, OUT and OUT.offsets look. No special tokens are added, nothing is cut or padded.
"""

import argparse
import pathlib

import numpy
from tokenizers import Tokenizer

import documents


def load(path) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def encode(tokenizer: Tokenizer, texts) -> tuple[numpy.ndarray, numpy.ndarray]:
    """The ids of all documents, and the offset of each document among them."""
    ids, counts = [], [0]
    for batch in documents.batches(texts):
        strings = [document.decode("utf-8") for document in batch]
        for encoding in tokenizer.encode_batch_fast(strings, add_special_tokens=False):
            ids.append(numpy.array(encoding.ids, dtype="<u4"))
            counts.append(len(ids[-1]))
    return numpy.concatenate(ids or [numpy.empty(0, "<u4")]), numpy.cumsum(counts)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tokenizer")
    parser.add_argument("documents", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    args = parser.parse_args()
    ids, offsets = encode(load(args.tokenizer), documents.read_documents(args.documents))
    documents.write_ids(args.out, ids, offsets)
    print(f"{len(offsets) - 1} documents, {len(ids)} tokens")


if __name__ == "__main__":
    main()
