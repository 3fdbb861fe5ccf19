"""Files of documents and files of ids, as the tokenizer's oracles and benchmarks exchange them.

A documents file holds each document as its length in bytes (u32, little-endian) and its UTF-8 bytes. An ids file is
flat u32, with count + 1 offsets (u64) of where each document starts in FILE.offsets.
"""

import json
import pathlib
import struct

import numpy

LENGTH = struct.Struct("<I")


def write_documents(path: pathlib.Path, documents) -> tuple[int, int]:
    """Returns how many documents and bytes of text were written."""
    count = size = 0
    with open(path, "wb") as out:
        for document in documents:
            out.write(LENGTH.pack(len(document)))
            out.write(document)
            count += 1
            size += len(document)
    return count, size


def read_documents(path: pathlib.Path):
    with open(path, "rb") as file:
        while head := file.read(LENGTH.size):
            (size,) = LENGTH.unpack(head)
            document = file.read(size)
            if len(document) != size:
                raise SystemExit(f"{path} ends inside a document")
            yield document


def write_jsonl(path: pathlib.Path, documents) -> None:
    """One {"text"} a line."""
    with open(path, "w", encoding="utf-8", newline="\n") as out:
        for document in documents:
            out.write(json.dumps({"text": document.decode("utf-8")}, ensure_ascii=False) + "\n")


def batches(documents, size: int = 4 << 20):
    """Lists of documents that hold about `size` bytes."""
    batch, held = [], 0
    for document in documents:
        batch.append(document)
        held += len(document) + 64
        if held >= size:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch


def read_ids(path: pathlib.Path) -> tuple[numpy.ndarray, numpy.ndarray]:
    ids = numpy.fromfile(path, dtype="<u4")
    offsets = numpy.fromfile(f"{path}.offsets", dtype="<u8").astype(numpy.int64)
    if len(offsets) == 0 or offsets[0] != 0 or offsets[-1] != len(ids) or (numpy.diff(offsets) < 0).any():
        raise SystemExit(f"{path}.offsets does not fit {path}")
    return ids, offsets


def write_ids(path: pathlib.Path, ids: numpy.ndarray, offsets: numpy.ndarray) -> None:
    ids.astype("<u4").tofile(path)
    offsets.astype("<u8").tofile(f"{path}.offsets")
