"""Makes everything under Tests/Fixtures/tiny_model and Tests/Fixtures/tiny_parity from the embedded tiny model.

Run it again whenever that model or the sample conversations change.

    python make_tiny_goldens.py SNAPSHOT_DIR data/raw/openai_feedback.jsonl Tests/Fixtures

The rows are the sample conversations, each behind some of its predecessors, so that many sequences outgrow the
model's sliding window and some completions are cut off at the maximal length. One row is dropped for its length.
The seventeen that stay make four whole steps, and a fifth of one microbatch with one row, which TRL pairs with
itself. One thread, so that a second run on the same kind of processor gives the same bytes. Binary files are kept
as base64 text.
"""

import argparse
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from text_golden import write_as_text

HERE = pathlib.Path(__file__).resolve().parent
MAX_LENGTH = 384
BASE_NAME = "kto-data/tiny-mistral"
KEPT_ROWS, STEPS = 17, 5
# For each conversation in turn, how many of those before it precede its own in the prompt.
BEFORE = [0, 1, 0, 2, 0, 1, 3, 0, 2, 0, 1, 0, 9, 0, 2, 0]


def run(script, *arguments):
    command = [sys.executable, HERE / script, *map(str, arguments)]
    subprocess.run(command, check=True, env=os.environ | {"OMP_NUM_THREADS": "1"})


def keep(message):
    return {key: message[key] for key in ("role", "content")}


def candidate_rows(raw):
    with open(raw, encoding="utf-8") as lines:
        samples = [json.loads(line) for line in lines]
    for i, sample in enumerate(samples):
        before = BEFORE[i % len(BEFORE)]
        earlier = [m for k in range(before) for m in samples[(i - before + k) % len(samples)]["messages"]]
        system = [m for m in sample["messages"] if m["role"] == "system"]
        own = [m for m in sample["messages"] if m["role"] != "system"]
        earlier = [m for m in earlier if m["role"] != "system"]
        yield {
            "prompt": list(map(keep, system + earlier + own[:-1])),
            "completion": list(map(keep, own[-1:])),
            "label": sample["feedback"] == "thumbs_up",
        }


def write_lines(path, values):
    path.write_text("".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values), encoding="utf-8")


def read_lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def choose(rows, tokens):
    """The first rows that TRL keeps, and the first that it drops."""
    chosen, dropped = [], 0
    for row, ids in zip(rows, tokens):
        if len(ids["prompt_ids"]) >= MAX_LENGTH:
            dropped += 1
            if dropped > 1:
                continue
        chosen.append(row)
        if len(chosen) == KEPT_ROWS + 1 and dropped:
            return chosen
    raise SystemExit(f"{len(chosen)} rows, {dropped} of them dropped: too few, change BEFORE or MAX_LENGTH")


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_checksums(directory, model):
    files = {
        str(path.relative_to(directory)): sha256(path)
        for path in sorted(directory.rglob("*"))
        if path.is_file() and path.name != "checksums.json"
    }
    # Goldens hold for these bytes only: a test that finds another model should say so and stop.
    inputs = {name: sha256(model / name) for name in ("model.safetensors", "tokenizer.json", "config.json")}
    value = {"made_by": "Tests/Oracles/make_tiny_goldens.py", "model": inputs, "files": files}
    (directory / "checksums.json").write_text(json.dumps(value, indent=1, sort_keys=True) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("raw", type=pathlib.Path)
    parser.add_argument("fixtures", type=pathlib.Path)
    args = parser.parse_args()
    forward, parity = args.fixtures / "tiny_model", args.fixtures / "tiny_parity"
    for directory in (forward, parity):
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)

    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        candidates, tokens, adapter, trl = (scratch / name for name in ("rows.jsonl", "ids.jsonl", "adapter", "trl"))
        rows = list(candidate_rows(args.raw))
        write_lines(candidates, rows)
        run("dump_tokens.py", args.model, candidates, tokens)
        write_lines(parity / "input.jsonl", choose(rows, read_lines(tokens)))
        run(
            "make_adapter.py", args.model, adapter, "--base-name", BASE_NAME,
            "--toward", tokens, "--toward-steps", 4, "--max-length", MAX_LENGTH,
        )
        run(
            "trl_parity.py", args.model, adapter, parity / "input.jsonl", trl,
            "--steps", STEPS, "--max-length", MAX_LENGTH, "--learning-rate", 1e-3, "--threads", 1,
        )
        run(
            "dump_gradients.py", args.model, adapter, trl / "dataset.jsonl", parity / "gradients.safetensors",
            "--max-length", MAX_LENGTH, "--only", "kto",
        )
        for name in ("initial_adapter", "final_adapter"):
            shutil.copytree(trl / name, parity / name)
        for name in ("rows.jsonl", "dataset.jsonl", "run.json"):
            shutil.copyfile(trl / name, parity / name)
        steps = read_lines(trl / "metrics.jsonl")
        for step in steps:
            del step["wall_seconds"], step["peak_rss_bytes"]
        write_lines(parity / "metrics.jsonl", steps)

        rows = [row for row in read_lines(tokens) if len(row["prompt_ids"]) < 560]
        rows.sort(key=lambda row: len(row["prompt_ids"] + row["completion_ids"]))
        # The shortest, one of middle length, and two that outgrow the window, cut to stay small.
        chosen = [rows[0], rows[len(rows) // 2], rows[-2], rows[-1]]
        (scratch / "chosen.json").write_text(json.dumps(chosen))
        run(
            "dump_logits.py", args.model, scratch / "chosen.json", forward / "logits.json", "--golden",
            "--max-length", 640, "--positions", 0, 1, 100, 254, 255, 256, 257, 300, 400, -1,
        )
    for path in sorted(parity.rglob("*.safetensors")):
        write_as_text(path)
    for directory in (forward, parity):
        write_checksums(directory, args.model)


if __name__ == "__main__":
    main()
