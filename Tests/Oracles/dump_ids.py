"""Token ids of documents, by `tokenizers`: the truth for `kto-data tokenize --format u32 --no-special`.

    python dump_ids.py tokenizer.json DOCUMENTS OUT

documents.py says how DOCUMENTS, OUT and OUT.offsets look. No special tokens are added, nothing is cut or padded.
"""

import argparse
import pathlib

import numpy
from tokenizers import Tokenizer

import documents


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tokenizer")
    parser.add_argument("documents", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    args = parser.parse_args()

    tokenizer = Tokenizer.from_file(args.tokenizer)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    counts = [0]
    with open(args.out, "wb") as out:
        for batch in documents.batches(documents.read_documents(args.documents)):
            texts = [document.decode("utf-8") for document in batch]
            for encoding in tokenizer.encode_batch_fast(texts, add_special_tokens=False):
                ids = numpy.array(encoding.ids, dtype="<u4")
                counts.append(len(ids))
                ids.tofile(out)
    offsets = numpy.cumsum(numpy.array(counts, dtype="<u8"), dtype="<u8")
    offsets.tofile(f"{args.out}.offsets")
    print(f"{len(offsets) - 1} documents, {offsets[-1]} tokens")


if __name__ == "__main__":
    main()
