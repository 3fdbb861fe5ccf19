"""Times tokenizers over real vocabularies and texts: ours and its peers, each in a process of its own on one core.

Called by compare_tokenizers.sh, which prepares what they read. Every peer runs in turn, all of them again in each
repetition, and the best of the repetitions counts: other programs only ever slow one down. Cold is a process's first
pass over the text, warm its second over the same. Texts are in memory before the clock starts, ids are kept.

A peer counts as exact if its ids are those of `tokenizers` on all of the text, which gives them in a run of its own
(kept in the scratch folder for the next time). The last columns compare ours with the fastest exact peer, and with
the fastest of all.

Ours is a program that is called as PROGRAM tokenizer.json DOCUMENTS PASSES [THREADS] and prints JSON lines: first
{"load_s"}, then for each pass {"pass", "seconds", "bytes", "tokens", "hash"}, where hash is the sum over all ids, in
order from i = 0, of (id + 1) · (2 i + 1), modulo 2^64. It writes a pass's ids to the memory of the last one's, as its
interface lets a caller do; peers make new memory each time, as theirs do.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "Tests/Oracles"))

import documents  # noqa: E402
import numpy  # noqa: E402
from compare_ids import differing  # noqa: E402
from compare_trl import QUIET_CORES, busy_seconds  # noqa: E402
from conform_tokenizers import first_bytes  # noqa: E402

OURS, TRUTH = "kto-data", "tokenizers"


class Result:
    """What one process printed, or why it gave nothing."""

    def __init__(self, lines, peak_bytes, others, failure):
        self.load = next((line["load_s"] for line in lines if "load_s" in line), None)
        self.passes = [line for line in lines if "pass" in line]
        self.hash = self.passes[-1].get("hash") if self.passes else None
        self.peak_bytes, self.others, self.failure = peak_bytes, others, failure

    def rate(self, number):
        """MB/s of a pass."""
        timed = self.passes[min(number, len(self.passes) - 1)]
        return timed["bytes"] / timed["seconds"] / 1e6


def run(command, cores, seconds):
    environment = os.environ | {
        "RAYON_NUM_THREADS": str(len(cores)), "TOKENIZERS_PARALLELISM": "false", "PYTHONDONTWRITEBYTECODE": "1",
    }
    started, busy = time.monotonic(), busy_seconds()
    process = subprocess.Popen(
        ["timeout", str(seconds), *map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=environment, preexec_fn=lambda: os.sched_setaffinity(0, cores),
    )
    # Little is printed, so the pipes do not fill before the process ends.
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    out, errors = process.stdout.read(), process.stderr.read().decode("utf-8", "replace")
    others = busy_seconds() - busy - usage.ru_utime - usage.ru_stime
    lines = [json.loads(line) for line in out.splitlines() if line.startswith(b"{")]
    failure = None
    if process.returncode == 124:
        failure = f"no end in {seconds} s"
    elif process.returncode != 0:
        said = [line.strip() for line in errors.splitlines() if line.strip()] or [f"exit {process.returncode}"]
        # Python ends with the error; a panic begins with it.
        failure = next((" ".join(said[i : i + 2]) for i, line in enumerate(said) if "panicked" in line), said[-1])
    return Result(lines, usage.ru_maxrss * 1024, max(0, others) / (time.monotonic() - started), failure)


def checksum(ids: numpy.ndarray) -> int:
    position = numpy.arange(len(ids), dtype=numpy.uint64)
    return int(((ids.astype(numpy.uint64) + numpy.uint64(1)) * (numpy.uint64(2) * position + numpy.uint64(1))).sum())


class Case:
    """One vocabulary with one text."""

    def __init__(self, args, vocabulary, corpus):
        self.args, self.name = args, f"{vocabulary}.{corpus}"
        self.vocabulary, self.corpus = vocabulary, corpus
        self.tokenizer = args.vocabularies / vocabulary / "tokenizer.json"
        self.texts = args.scratch / f"{corpus}.{args.megabytes:g}.documents"
        self.results: dict[str, list[Result]] = {}
        self.notes: dict[str, str] = {}
        # Ours on two cores.
        self.doubles: list[Result] = []

    def measure(self):
        if not self.texts.exists():
            whole = documents.read_documents(self.args.corpora / f"{self.corpus}.documents")
            texts = (text for text in whole if text)
            documents.write_documents(self.texts, first_bytes(texts, int(self.args.megabytes * 1e6)))
        truth = self.truth()
        for repetition in range(self.args.repetitions):
            for peer in [*self.args.peers, *([OURS] if self.args.ours else [])]:
                if peer in self.notes and self.results[peer][-1].failure:
                    continue
                self.one(peer, truth, check=repetition == 0)
            if self.args.ours and len(self.args.cores) > 1:
                command = [self.args.ours, self.tokenizer, self.texts, 2, 2]
                self.doubles.append(run(command, self.args.cores[:2], self.args.timeout))

    def truth(self):
        ids = self.args.scratch / f"truth.{self.name}.{self.args.megabytes:g}"
        kept = pathlib.Path(f"{ids}.json")
        if not kept.exists():
            result = run(self.peer_command(TRUTH, 1, ids), self.args.cores[:1], self.args.timeout * 4)
            if result.failure:
                raise SystemExit(f"compare_tokenizers: {TRUTH} on {self.name}: {result.failure}")
            kept.write_text(json.dumps([result.load, result.passes, result.peak_bytes, result.others]))
        load, passes, peak, others = json.loads(kept.read_text())
        self.results[TRUTH] = [Result([{"load_s": load}, *passes], peak, others, None)]
        self.notes[TRUTH] = "exact"
        return documents.read_ids(ids)

    def peer_command(self, peer, passes, ids=None):
        command = [sys.executable, HERE / "tokenizer_peers.py", peer, self.tokenizer, self.texts, passes]
        return command + ([ids] if ids else [])

    def one(self, peer, truth, check):
        ids = self.args.scratch / "peer.ids"
        if peer == OURS:
            command = [self.args.ours, self.tokenizer, self.texts, 2]
        else:
            command = self.peer_command(peer, 2, ids if check else None)
        result = run(command, self.args.cores[:1], self.args.timeout)
        self.results.setdefault(peer, []).append(result)
        if result.failure:
            self.notes[peer] = result.failure
        elif check and peer == OURS:
            self.notes[peer] = "exact" if result.hash == checksum(truth[0]) else "other ids"
        elif check:
            try:
                wrong = len(differing(documents.read_ids(ids), truth))
                self.notes[peer] = "exact" if wrong == 0 else f"wrong in {wrong} documents"
            except SystemExit as error:
                self.notes[peer] = f"wrong: {error}"

    def two_cores(self, number):
        """The best rate of a pass of ours on two cores."""
        return max([result.rate(number) for result in self.doubles if not result.failure], default=0)

    def best(self, peer, number):
        return max([result.rate(number) for result in self.results[peer] if not result.failure], default=0)

    def fastest(self, number, exact):
        """The fastest of the others, of all or of those whose ids are right."""
        peers = [peer for peer in self.results if peer != OURS and (self.notes[peer] == "exact" or not exact)]
        return max([self.best(peer, number) for peer in peers])

    def cell(self, peer):
        if peer not in self.results:
            return "-"
        if self.results[peer][0].failure:
            return "fails"
        mark = "" if self.notes[peer] == "exact" else " ✗"
        if any(result.others > QUIET_CORES for result in self.results[peer]):
            mark += " *"
        if len(self.results[peer][0].passes) == 1:
            return f"{self.best(peer, 0):.3g}{mark}"
        return f"{self.best(peer, 0):.3g} → {self.best(peer, 1):.3g}{mark}"


def table(head, rows):
    lines = [f"| {' | '.join(head)} |", "| --- | --- |" + " ---: |" * (len(head) - 2)]
    return "\n".join(lines + [f"| {' | '.join(row)} |" for row in rows])


def report(args, cases):
    engines = [TRUTH, *args.peers] + ([OURS] if args.ours else [])
    rates, costs = [], []
    for case in cases:
        row = [case.vocabulary, case.corpus, *map(case.cell, engines)]
        if args.ours:
            for exact in (True, False):
                for number in (0, 1):
                    ours = case.best(OURS, number)
                    row.append(f"{ours / case.fastest(number, exact):.2f}" if ours else "-")
            one, two = [[rate(i) for i in (0, 1)] for rate in (lambda i: case.best(OURS, i), case.two_cores)]
            row.append(" → ".join(f"{b / a:.2f}" for a, b in zip(one, two)) if all(one) and all(two) else "-")
        rates.append(row)
        first = lambda peer: [result for result in case.results.get(peer, []) if result.load and not result.failure]
        costs.append(
            [case.vocabulary, case.corpus]
            + [
                f"{min(r.load for r in first(peer)):.2f} s, {min(r.peak_bytes for r in first(peer)) / 1e6:.0f} MB"
                if first(peer) else "-"
                for peer in engines
            ]
        )
    ratios = ["÷ exact, cold", "warm", "÷ any, cold", "warm", "2 cores ÷ 1"] if args.ours else []
    print("MB/s, cold → warm; ✗ other ids than tokenizers; * other programs ran beside it\n")
    print(table(["vocabulary", "text", *engines, *ratios], rates))
    print("\nSeconds to load, and the whole process's peak memory with the texts\n")
    print(table(["vocabulary", "text", *engines], costs))
    notes = [(case, peer, note) for case in cases for peer, note in case.notes.items() if note != "exact"]
    if notes:
        print()
    for case, peer, note in notes:
        print(f"- {case.vocabulary}, {case.corpus}: {peer}: {note[:160]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vocabularies", type=pathlib.Path, required=True, help="made by make_vocabularies.py")
    parser.add_argument("--corpora", type=pathlib.Path, required=True, help="made by texts.py")
    parser.add_argument("--scratch", type=pathlib.Path, required=True)
    parser.add_argument("--ours", type=pathlib.Path, help="our program; without it the peers run alone")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="vocabularies", default=[
        "gpt-2", "smollm2", "llama-bpe", "qwen2", "deepseek-v3", "llama-spm", "gemma-4", "anthropic", "tekken-240911",
    ])
    parser.add_argument("--texts", nargs="+", metavar="NAME", default=["sharegpt", "english", "cjk", "code", "line"])
    parser.add_argument("--peers", nargs="*", default=["gigatoken", "snaptokens", "tokie"])
    parser.add_argument("--megabytes", type=float, default=200, help="the most of each text")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--cores", type=lambda value: [int(core) for core in value.split(",")], default=[0, 1])
    parser.add_argument("--timeout", type=int, default=300, help="seconds for a process, the truth has 4 times that")
    args = parser.parse_args()
    args.scratch.mkdir(parents=True, exist_ok=True)
    cases = []
    for vocabulary in args.only:
        for corpus in args.texts:
            case = Case(args, vocabulary, corpus)
            case.measure()
            cases.append(case)
            cells = ", ".join(f"{peer} {case.cell(peer)}" for peer in case.results)
            print(f"measured {case.name}: {cells}", file=sys.stderr, flush=True)
    report(args, cases)


if __name__ == "__main__":
    main()
