#!/usr/bin/env python3
"""Kills `prepare` at random moments, runs it again, and compares what it leaves with an undisturbed run's bytes.

    kill_prepare.py PROGRAM MODEL [--count 50] [--seed 0]

A killed run must leave nothing that looks finished (no manifest that verifies, unless it was done), and the next run with
--force must give the same bytes and no left-over beside them.
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


def digest(folder):
    """The hash of every file, by its name."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*")) if path.is_file()
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("model")
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--rows", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as name:
        base = pathlib.Path(name)
        with open(base / "in.jsonl", "w") as file:
            for row in range(options.rows):
                text = " ".join(str(chance.randrange(1000)) for _ in range(30))
                json.dump({"prompt": f"Name item {row}.", "completion": text, "label": row % 2 == 0}, file)
                file.write("\n")
        def command(out):
            return [options.program, "prepare", str(base / "in.jsonl"), "-o", str(out), "--force", "--show", "1",
                    "--set", f"model.name={options.model}", "--set", "model.max_seq_length=512"]
        start = time.time()
        subprocess.run(command(base / "whole"), check=True, capture_output=True)
        duration = time.time() - start
        expected = digest(base / "whole")
        out, wrong, killed, done = base / "out", [], 0, 0
        for number in range(options.count):
            process = subprocess.Popen(command(out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                process.wait(chance.random() * duration * 1.1)
                done += 1
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                killed += 1
                if (out / "manifest.json").exists():
                    verified = subprocess.run([options.program, "verify", str(out)], capture_output=True)
                    if verified.returncode == 0 and digest(out) != expected:
                        wrong.append(f"{number}: what was killed verifies, but is not whole")
            again = subprocess.run(command(out), capture_output=True, text=True)
            if again.returncode != 0:
                wrong.append(f"{number}: the next run ended with {again.returncode}: {again.stderr[-300:]}")
            elif digest(out) != expected:
                wrong.append(f"{number}: other files than the undisturbed run's: "
                             f"{sorted(set(digest(out)) ^ set(expected)) or 'contents'}")
        left = [path.name for path in base.iterdir() if path.name not in ("in.jsonl", "whole", "out")]
        if left:
            wrong.append(f"left over: {left}")
    print(f"prepare: {killed} killed, {done} done before; {len(wrong)} wrong")
    print("\n".join(wrong))
    sys.exit(1 if wrong else 0)


main()
