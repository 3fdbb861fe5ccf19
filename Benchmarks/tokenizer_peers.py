"""Runs one tokenizer of another project over a documents file, pass after pass, as compare_tokenizers.py calls it.

    python tokenizer_peers.py PEER tokenizer.json DOCUMENTS PASSES [IDS]

Prints a JSON line for loading, then one a pass: {"load_s"}, {"pass", "seconds", "bytes", "tokens"}. The texts are in
memory before the clock starts, in the form that the peer takes fastest, and ids are held as arrays or lists when it
stops. Afterwards the last pass's ids go to IDS, as Tests/Oracles/documents.py says.
"""

import json
import pathlib
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "Tests/Oracles"))

import documents  # noqa: E402
import numpy  # noqa: E402

# In no text, so that documents handed over as one buffer come apart as they were.
SEPARATOR = b"\x1e\x1dnext document\x1d\x1e"


def joined(texts):
    if any(SEPARATOR in text for text in texts) or not all(texts):
        raise SystemExit("a document is empty or holds the separator")
    return SEPARATOR.join(texts)


def of_lists(lists):
    lists = [numpy.array(ids, dtype="<u4") for ids in lists]
    return numpy.concatenate(lists), numpy.cumsum([0, *map(len, lists)])


def of_awkward(rows):
    import awkward

    return awkward.to_numpy(awkward.flatten(rows)), numpy.cumsum([0, *awkward.to_numpy(awkward.num(rows))])


# Each takes the path of a tokenizer.json and gives: a function that prepares the texts, one that encodes what that
# gave, and one that makes (ids, offsets) of the result.
def gigatoken(path):
    import gigatoken

    tokenizer = gigatoken.Tokenizer(path)
    return (
        lambda texts: gigatoken.BytesSource([joined(texts)], separator=SEPARATOR),
        lambda source: tokenizer.encode_batch(source, parallel=False),
        of_awkward,
    )


def gigatoken_list(path):
    import gigatoken

    tokenizer = gigatoken.Tokenizer(path)
    return lambda texts: texts, lambda texts: tokenizer.encode_batch(texts, parallel=False), of_awkward


def snaptokens(path):
    import snaptokens

    tokenizer = snaptokens.Tokenizer.from_file(path)

    def flat(result):
        # The second part: offsets, or lengths, of u32 or u64.
        ids = numpy.frombuffer(result[0], dtype="<u4")
        for kind in ("<u8", "<u4"):
            if len(result[1]) % int(kind[2]) == 0:
                ends = numpy.frombuffer(result[1], dtype=kind).astype(numpy.int64)
                if len(ends) and ends[-1] == len(ids):
                    return ids, ends if ends[0] == 0 else numpy.concatenate([[0], ends])
                if ends.sum() == len(ids):
                    return ids, numpy.cumsum([0, *ends])
        raise SystemExit("snaptokens gives offsets of an unknown form")

    return lambda texts: [text.decode("utf-8") for text in texts], tokenizer.encode_batch_flat, flat


def tokie(path):
    import tokie

    tokenizer = tokie.Tokenizer.from_json(path)

    def prepare(texts):
        file = tempfile.NamedTemporaryFile(suffix=".txt")  # read again on each pass, from memory
        file.write(joined(texts))
        file.flush()
        return file

    return prepare, lambda file: tokenizer.encode_files([file.name], separator=SEPARATOR), lambda result: result


def tokie_list(path):
    import tokie

    tokenizer = tokie.Tokenizer.from_json(path)
    return (
        lambda texts: [text.decode("utf-8") for text in texts],
        lambda texts: [encoding.ids for encoding in tokenizer.encode_batch(texts, add_special_tokens=False)],
        of_lists,
    )


def tokenizers(path):
    import tokenizers

    tokenizer = tokenizers.Tokenizer.from_file(path)
    tokenizer.no_truncation()
    tokenizer.no_padding()

    def encode(texts):
        ids = []
        for first in range(0, len(texts), 1000):
            batch = tokenizer.encode_batch_fast(texts[first : first + 1000], add_special_tokens=False)
            ids += [encoding.ids for encoding in batch]
        return ids

    return lambda texts: [text.decode("utf-8") for text in texts], encode, of_lists


PEERS = {
    "gigatoken": gigatoken,
    "gigatoken-list": gigatoken_list,
    "snaptokens": snaptokens,
    "tokie": tokie,
    "tokie-list": tokie_list,
    "tokenizers": tokenizers,
}


def main():
    peer, path, texts_path, passes, *ids_path = sys.argv[1:]
    start = time.perf_counter()
    prepare, encode, arrays = PEERS[peer](path)
    print(json.dumps({"load_s": time.perf_counter() - start}), flush=True)
    texts = list(documents.read_documents(pathlib.Path(texts_path)))
    size = sum(map(len, texts))
    prepared = prepare(texts)
    del texts
    for number in range(int(passes)):
        start = time.perf_counter()
        result = encode(prepared)
        seconds = time.perf_counter() - start
        print(json.dumps({"pass": number, "seconds": seconds, "bytes": size}), flush=True)
        if number + 1 < int(passes):
            del result
    ids, offsets = arrays(result)
    print(json.dumps({"tokens": len(ids)}), flush=True)
    if ids_path:
        documents.write_ids(pathlib.Path(ids_path[0]), numpy.asarray(ids), numpy.asarray(offsets))


if __name__ == "__main__":
    main()
