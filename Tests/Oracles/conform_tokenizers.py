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
import hashlib
import itertools
import pathlib
import shutil
import subprocess
import sys
import time

import documents
from compare_ids import describe, differing
from dump_ids import encode, load
from generated_texts import Generator, texts_of_vocabulary


class Run:
    def __init__(self, args):
        self.args = args
        self.failures = []

    def ours(self, model: pathlib.Path, texts: pathlib.Path) -> tuple:
        """Ids from kto-data, by way of the files that a user would give and get."""
        out = self.args.scratch / "ours.ids"
        if self.args.peer:
            documents.write_ids(out, *encode(load(model / "tokenizer.json"), documents.read_documents(texts)))
            return documents.read_ids(out)
        lines = self.args.scratch / "texts.jsonl"
        documents.write_jsonl(lines, documents.read_documents(texts))
        self.tokenize(model, lines, out, "jsonl:text")
        return documents.read_ids(out)

    def tokenize(self, model, lines, out, separator):
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
            for title, path in texts.items():
                truth = self.truth(tokenizer_json, path, loaded)
                ours = self.ours(model, path)
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

    def refusal(self, name, model):
        lines = self.args.scratch / "texts.jsonl"
        lines.write_text('{"text": "a"}\n')
        try:
            self.tokenize(model, lines, self.args.scratch / "ours.ids", "jsonl:text")
        except Refused as error:
            print(f"refused, as it must be: {name}: {str(error).splitlines()[-1]}")
            return
        self.failures.append(name)
        print(f"NOT refused: {name}")


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
        elif kind != "refused" and not args.peer:
            alone = args.scratch / "alone"
            shutil.rmtree(alone, ignore_errors=True)
            alone.mkdir()
            shutil.copy(args.vocabularies / name, alone)
            run.compare(name, alone, tokenizer_json, run.texts(name, tokenizer_json, special=False))
    if not args.peer:
        for name in [row[0] for row in rows if row[1] == "refused"]:
            run.refusal(name, args.vocabularies / name)
        bad = args.scratch / "bad.txt"
        bad.write_bytes(b"good\n\xe2\x82 cut off\n")
        usable = next((row[0] for row in rows if row[1] == "bpe"), None)
        try:
            run.tokenize(args.vocabularies / usable, bad, args.scratch / "bad.ids", "newline")
            run.failures.append("text that is not UTF-8")
        except Refused as error:
            print(f"refused, as it must be: text that is not UTF-8: {str(error).splitlines()[-1]}")
    print(f"{len(run.failures)} failures {' '.join(run.failures)}")
    sys.exit(bool(run.failures))


if __name__ == "__main__":
    main()
