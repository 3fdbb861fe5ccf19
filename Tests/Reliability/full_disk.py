#!/usr/bin/env python3
"""Runs each command that writes on disks of many sizes, most of them too small, and looks at what it says and leaves.

    full_disk.py PROGRAM MODEL [--sizes 24]

A command on a full disk must end with 2, name the file and the cause, and leave nothing that looks finished: no manifest,
split.json, examples file or adapter, and no partial file of its own. On a disk that is large enough it must end with 0.
Needs root, for a tmpfs of a chosen size; says so and ends with 0 where it is not given one.
"""
import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile

CAUSES = ("No space left", "disk is full", "no space", "has room for")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("model")
    parser.add_argument("--sizes", type=int, default=24)
    parser.add_argument("--rows", type=int, default=4000)
    options = parser.parse_args()
    chance = random.Random(7)
    with tempfile.TemporaryDirectory() as name:
        base = pathlib.Path(name)
        disk = base / "disk"
        disk.mkdir()
        with open(base / "in.jsonl", "w") as file:
            for row in range(options.rows):
                text = " ".join(str(chance.randrange(1000)) for _ in range(30))
                json.dump({"prompt": f"Name item {row}.", "completion": text, "label": row % 2 == 0}, file)
                file.write("\n")
        model = ["--set", f"model.name={options.model}", "--set", "model.max_seq_length=256"]
        prepare = [options.program, "prepare", base / "in.jsonl", "--show", "1", *model]
        subprocess.run([*prepare, "-o", base / "shards"], check=True, capture_output=True)
        training = [
            "--set", f"data.shards={base / 'shards'}", "--set", "training.max_steps=3", "--set", "lora.rank=16",
            "--set", "training.checkpoint_steps=1", "--set", f"output.logs={disk}/logs",
            "--set", f"output.checkpoints={disk}/checkpoints", "--set", f"output.final_model={disk}/final"]
        # The command, and what would look finished.
        commands = {
            "ingest": ([options.program, "ingest", base / "in.jsonl", "-o", disk / "out.jsonl"], "out.jsonl"),
            "validate": ([options.program, "validate", base / "in.jsonl", "--report", "json", "--show", "0",
                          "-o", disk / "report.json"], "report.json"),
            "split": ([options.program, "split", base / "in.jsonl", "-o", disk / "splits"], "splits/split.json"),
            "prepare": ([*prepare, "-o", disk / "shards"], "shards/manifest.json"),
            "train": ([options.program, "train", *model, *training], "final/adapter_config.json"),
        }
        wrong = runs = full = 0
        for what, (command, finished) in commands.items():
            ended_well = False
            for number in range(options.sizes):
                kilobytes = int(4 * 1.45 ** number)
                mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", disk])
                if mounted.returncode != 0:
                    print("full_disk: no tmpfs can be mounted here; skipped")
                    return
                try:
                    run = subprocess.run(command, capture_output=True, text=True, timeout=300)
                    left = sorted(str(path.relative_to(disk)) for path in disk.rglob("*") if path.is_file())
                finally:
                    subprocess.run(["umount", disk], check=True)
                runs += 1
                problems = []
                if run.returncode == 0:
                    ended_well = True
                    if finished not in left and what != "train":
                        problems.append("ended well without its output")
                else:
                    full += 1
                    if run.returncode != 2:
                        problems.append(f"ended with {run.returncode}")
                    if not any(cause in run.stderr for cause in CAUSES):
                        problems.append("does not say that the disk is full")
                    if str(disk) not in run.stderr:
                        problems.append("does not name the file")
                    if finished in left:
                        problems.append(f"left {finished}")
                    partial = [path for path in left if ".partial" in path or ".tmp" in path]
                    if partial:
                        problems.append(f"left {', '.join(partial)}")
                if problems:
                    wrong += 1
                    print(f"{what} on {kilobytes} KiB: {'; '.join(problems)}\n  {run.stderr.strip()[-400:]}\n  left: {left}")
                if ended_well:
                    break
            if not ended_well:
                wrong += 1
                print(f"{what}: no disk was large enough")
        print(f"{runs} runs, {full} on disks that were too small: {wrong} wrong")
        sys.exit(1 if wrong else 0)


main()
