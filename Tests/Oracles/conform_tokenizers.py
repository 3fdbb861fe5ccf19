"""Compares `kto-data tokenize` with `tokenizers` on every vocabulary of a folder: generated strings and real texts.

    python conform_tokenizers.py KTO_DATA VOCABULARIES SCRATCH --strings N [--corpora DIR --megabytes M]
                                 [--only NAME...] [--truth DIR] [--seed S] [--peer]

VOCABULARIES is what make_vocabularies.py made. Every vocabulary gets its own strings, with its own tokens among
them, and the first M megabytes of each corpus. A vocabulary's tiktoken, tekken or sentencepiece file is read alone as
well, on strings without special tokens, and must give the ids of the tokenizer.json made from it. What is no BPE
model must be refused, and so must text that is not UTF-8. Exits with 1 after the table if anything differs.

--truth keeps the ids that `tokenizers` gave, for the next run with the same texts. --peer compares `tokenizers`
with itself through the same files, which tests this script.
"""

import argparse
import json
import hashlib
import itertools
import pathlib
import re
import shutil
import subprocess
import sys
import time

import documents
from compare_ids import describe, differing
from dump_ids import encode, load
from generated_texts import Generator, texts_of_vocabulary

UTF8_VOCABULARY = "gpt-2"  # what text that is not UTF-8 is given to


class Run:
    def __init__(self, args):
        self.args = args
        self.failures = []

    def ours(self, model: pathlib.Path, texts: list[pathlib.Path]):
        """Ids of each documents file from kto-data, which reads them all in one go, as a user would give them."""
        together, out = self.args.scratch / "together.documents", self.args.scratch / "ours.ids"
        with open(together, "wb") as file:
            for path in texts:
                with open(path, "rb") as part:
                    shutil.copyfileobj(part, file)
        if self.args.peer:
            documents.write_ids(out, *encode(load(model / "tokenizer.json"), documents.read_documents(together)))
        else:
            lines = self.args.scratch / "together.jsonl"
            documents.write_jsonl(lines, documents.read_documents(together))
            self.tokenize(model, lines, out, "jsonl:text")
        ids, offsets = documents.read_ids(out)
        counts = [sum(1 for _ in documents.read_documents(path)) for path in texts]
        if len(offsets) != sum(counts) + 1:
            raise Refused(f"ids of {len(offsets) - 1} documents, not of {sum(counts)}")
        for first, count in zip(itertools.accumulate([0, *counts]), counts):
            part = offsets[first : first + count + 1]
            yield ids[part[0] : part[-1]], part - part[0]

    def tokenize(self, model, lines, out, separator):
        for old in (out, pathlib.Path(f"{out}.offsets")):
            old.unlink(missing_ok=True)
        command = [self.args.kto_data, "tokenize", "--model", model, "--input", lines, "--separator", separator]
        command += ["--output", out, "--format", "u32", "--no-special"]
        done = subprocess.run([str(part) for part in command], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
        if done.returncode != 0:
            raise Refused(done.stderr.decode("utf-8", "replace").strip()[-500:])

    def truth(self, tokenizer_json: pathlib.Path, texts: pathlib.Path, loaded: list) -> tuple:
        kept = None
        if self.args.truth:
            digest = hashlib.sha256(tokenizer_json.read_bytes() + texts.read_bytes()).hexdigest()[:24]
            kept = self.args.truth / digest
            if pathlib.Path(f"{kept}.offsets").exists():
                return documents.read_ids(kept)
        if not loaded:
            loaded.append(load(tokenizer_json))
        ids, offsets = encode(loaded[0], documents.read_documents(texts))
        if kept:
            self.args.truth.mkdir(parents=True, exist_ok=True)
            documents.write_ids(kept, ids, offsets)
        return ids, offsets

    def compare(self, name, model, tokenizer_json, texts: dict[str, pathlib.Path]):
        """Prints a row: documents of each text that differ."""
        start, loaded, cells, tokens, total = time.monotonic(), [], [], 0, 0
        try:
            for (title, path), ours in zip(texts.items(), self.ours(model, list(texts.values()))):
                truth = self.truth(tokenizer_json, path, loaded)
                unequal = differing(ours, truth)
                tokens += len(truth[0])
                total += len(unequal)
                cells.append(f"{len(unequal)} of {len(truth[1]) - 1}")
                if unequal:
                    self.keep(name, title, path, ours, truth, unequal, loaded)
            problem = ""
        except Refused as error:
            problem = f"refused: {str(error).splitlines()[-1]}"
        if problem or total:
            self.failures.append(name)
        cells += ["-"] * (len(self.titles) - len(cells))
        seconds = time.monotonic() - start
        print(f"| {name} | {' | '.join(cells)} | {tokens} | {problem or total} | {seconds:.0f} |", flush=True)

    def keep(self, name, title, path, ours, truth, unequal, loaded):
        report = self.args.scratch / "differences" / f"{name.replace('/', '-')}.{title}.txt"
        report.parent.mkdir(exist_ok=True)
        tokenizer = loaded[0] if loaded else None
        lines = list(describe(ours, truth, unequal[: self.args.show], path, tokenizer))
        report.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def texts(self, name, tokenizer_json, special: bool) -> dict[str, pathlib.Path]:
        vocabulary, added = texts_of_vocabulary(tokenizer_json)
        if not special:
            vocabulary, added = [token for token in vocabulary if token not in set(added)], []
        seed = f"{self.args.seed} {name}"
        strings = itertools.islice(Generator(seed, vocabulary, added), self.args.strings)
        generated = self.args.scratch / "generated.documents"
        documents.write_documents(generated, (text.encode("utf-8") for text in strings))
        return {"generated": generated} | self.corpora

    @property
    def titles(self):
        return ["generated", *self.corpora]

    def cut_corpora(self):
        """The first megabytes of each corpus, at least a document, long ones cut between characters."""
        self.corpora = {}
        if not self.args.corpora:
            return
        for path in sorted(self.args.corpora.glob("*.documents")):
            limit = int(self.args.megabytes * 1e6)
            cut = self.args.scratch / path.name
            documents.write_documents(cut, first_bytes(documents.read_documents(path), limit))
            self.corpora[path.stem] = cut

    def must_refuse(self, what, model, data: bytes, separator, reason: str):
        """A refusal counts only if it names the reason: a run that fails otherwise refuses anything."""
        texts = self.args.scratch / "refused.txt"
        texts.write_bytes(data)
        try:
            self.tokenize(model, texts, self.args.scratch / "refused.ids", separator)
            message = "it was accepted"
        except Refused as error:
            message = " ".join(str(error).split())
        right = re.search(reason, message) is not None
        print(f"{what}: {'refused' if right else 'NOT REFUSED as it must be'}: {message}")
        if not right:
            self.failures.append(what)


class Refused(Exception):
    pass


def first_bytes(texts, limit):
    for document in texts:
        if limit <= 0:
            return
        if len(document) > limit:
            document = document[:limit].decode("utf-8", "ignore").encode("utf-8")
        yield document
        limit -= len(document)


def tells_the_same(name, tokenizer_json):
    """Whether the made tokenizer.json does as the file says. With a Metaspace stage, as transformers writes it for newer
    models, it puts no mark before a text that begins with a blank; sentencepiece does. 45-formats.sh compares those
    files with sentencepiece itself."""
    pre_tokenizer = json.loads(tokenizer_json.read_text("utf-8")).get("pre_tokenizer") or {}
    return not (name.endswith(".model") and pre_tokenizer.get("type") == "Metaspace")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kto_data")
    parser.add_argument("vocabularies", type=pathlib.Path)
    parser.add_argument("scratch", type=pathlib.Path)
    parser.add_argument("--strings", type=int, required=True, help="generated strings for each vocabulary")
    parser.add_argument("--corpora", type=pathlib.Path)
    parser.add_argument("--megabytes", type=float, default=1, help="of each corpus")
    parser.add_argument("--only", nargs="+", metavar="NAME")
    parser.add_argument("--truth", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", type=int, default=20, help="differing documents described for each vocabulary")
    parser.add_argument("--peer", action="store_true")
    args = parser.parse_args()

    rows = [line.split("\t") for line in (args.vocabularies / "vocabularies.tsv").read_text("utf-8").splitlines()]
    rows = [row for row in rows if not args.only or row[0].split("/")[0] in args.only]
    run = Run(args)
    run.cut_corpora()
    print(f"| vocabulary | {' | '.join(run.titles)} | tokens | differing | s |")
    print("| --- |" + " ---: |" * (len(run.titles) + 3))
    for name, kind in [row[:2] for row in rows]:
        folder = args.vocabularies / name.split("/")[0]
        tokenizer_json = folder / "tokenizer.json"
        if kind == "bpe":
            run.compare(name, folder, tokenizer_json, run.texts(name, tokenizer_json, special=True))
        elif kind != "refused" and not args.peer and tells_the_same(name, tokenizer_json):
            alone = args.scratch / "alone"
            shutil.rmtree(alone, ignore_errors=True)
            alone.mkdir()
            shutil.copy(args.vocabularies / name, alone)
            run.compare(name, alone, tokenizer_json, run.texts(name, tokenizer_json, special=False))
    if not args.peer:
        for name in [row[0] for row in rows if row[1] == "refused"]:
            run.must_refuse(name, args.vocabularies / name, b"a\n", "newline", "not a BPE model")
        run.must_refuse(
            "text that is not UTF-8", args.vocabularies / UTF8_VOCABULARY, b"good\n\xe2\x82 cut off\n", "newline",
            "UTF-8",
        )
    print(f"{len(run.failures)} failures {' '.join(run.failures)}")
    sys.exit(bool(run.failures))


if __name__ == "__main__":
    main()
