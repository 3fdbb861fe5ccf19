#!/usr/bin/env python3
"""Kills `export` at random moments, runs it again, and compares what it leaves with an undisturbed run's bytes.

    kill_export.py PROGRAM [--count 20] [--seed 0] [--form NAME...]

A killed run must leave no kto-export.json unless it was done, and the next run with --force must give the same bytes and
no left-over beside them.
"""
import argparse
import hashlib
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import time

REPORT = "kto-export.json"


def digest(folder):
    """The hash of every file, by its name."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*")) if path.is_file()
    }


def kill(program, base, form, count, chance):
    """What went wrong with one form, and how many runs were killed."""
    def command(out):
        return [program, "export", str(base / "splits"), "--to", form, "-o", str(out), "--force", "--show", "1"]
    whole, out = base / f"{form}-whole", base / form
    start = time.time()
    subprocess.run(command(whole), check=True, capture_output=True)
    duration = time.time() - start
    expected = digest(whole)
    wrong, killed = [], 0
    for number in range(count):
        process = subprocess.Popen(command(out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(chance.random() * duration * 1.1)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            killed += 1
            if (out / REPORT).exists() and digest(out) != expected:
                wrong.append(f"{form} {number}: what was killed has {REPORT}, but is not whole")
        again = subprocess.run(command(out), capture_output=True, text=True)
        if again.returncode != 0:
            wrong.append(f"{form} {number}: the next run ended with {again.returncode}: {again.stderr[-300:]}")
        elif digest(out) != expected:
            wrong.append(f"{form} {number}: other files than the undisturbed run's: "
                         f"{sorted(set(digest(out)) ^ set(expected)) or 'contents'}")
    return wrong, killed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--rows", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--form", nargs="+", default=["trl", "hf", "llama-factory", "halos"])
    options = parser.parse_args()
    chance = random.Random(options.seed)
    wrong, killed = [], 0
    with tempfile.TemporaryDirectory() as name:
        base = pathlib.Path(name)
        with open(base / "in.jsonl", "w") as file:
            for row in range(options.rows):
                text = " ".join(str(chance.randrange(1000)) for _ in range(30))
                json.dump({"prompt": f"Name item {row}.", "completion": text, "label": row % 2 == 0}, file)
                file.write("\n")
        subprocess.run([options.program, "split", str(base / "in.jsonl"), "-o", str(base / "splits")],
                       check=True, capture_output=True)
        for form in options.form:
            got = kill(options.program, base, form, options.count, chance)
            wrong += got[0]
            killed += got[1]
    print(f"export: {killed} of {options.count * len(options.form)} killed; {len(wrong)} wrong")
    print("\n".join(wrong))
    sys.exit(1 if wrong else 0)


main()
