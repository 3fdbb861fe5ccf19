#!/usr/bin/env python3
"""Puts mutated files through the commands: none may crash, hang, or end with another code than 0, 1, 2 or 64.

    mutate_inputs.py PROGRAM REPOSITORY [--count 2000] [--seed 0] [--keep FOLDER]

Mutated are raw conversations, examples, configurations, tokenizer.json, config.json, tokenizer_config.json, chat templates,
the header of the weights, shards, their index and manifest, and checkpoints.
"""
import argparse
import collections
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

WORDS = [b"null", b"NaN", b"-1", b"1e999", b'""', b"[]", b"{}", b"[[", b'{"', b"\xff", b"\x00", b"\xef\xbb\xbf", b"\r\n", b"\\ud800",
         b"9" * 40, b'"label":', b'"messages":', b"{%", b"{{", b"%}", b"<", b"&#0;", b"]]>", b": ", b"- ", b"\t", b"*a", b"&a", b"A" * 5000]


def mutated(content, chance):
    data = bytearray(content)
    for _ in range(chance.choice([1, 1, 1, 2, 4, 16])):
        place = chance.randrange(len(data) + 1)
        kind = chance.randrange(7)
        if kind == 0 and place < len(data):
            data[place] ^= 1 << chance.randrange(8)
        elif kind == 1:
            data[place:place] = chance.choice(WORDS)
        elif kind == 2:
            del data[place:place + chance.choice([1, 2, 8, 64, 1000])]
        elif kind == 3:
            del data[place:]
        elif kind == 4:
            end = min(len(data), place + chance.randrange(200))
            data[place:place] = data[place:end] * chance.choice([1, 2, 50])
        elif kind == 5 and place < len(data):
            data[place] = chance.randrange(256)
        else:
            other = chance.randrange(len(data) + 1)
            data[place:place] = data[other:other + chance.randrange(100)]
    return bytes(data)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("repository", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--limit", type=float, default=60, help="seconds for one command")
    parser.add_argument("--keep", type=pathlib.Path, help="a folder for the inputs that went wrong")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    model = next((options.repository / "data/models/models--kto-data--tiny-mistral/snapshots").iterdir())
    raw = sorted(path for path in (options.repository / "data/raw").iterdir() if path.is_file())
    codes, wrong = collections.Counter(), []

    with tempfile.TemporaryDirectory() as name:
        base = pathlib.Path(name)
        small = base / "model"
        small.mkdir()
        for path in model.iterdir():
            shutil.copyfile(path, small / path.name)
        rows = base / "rows.jsonl"
        rows.write_text("".join(
            '{"prompt":"Name item %d.","completion":"Item %d is here.","label":%s}\n' % (n, n, "true" if n % 2 else "false")
            for n in range(24)))
        config = base / "run.yaml"
        config.write_text(
            f"model: {{name: {small}, max_seq_length: 64}}\n"
            f"data:\n  inputs: [{rows}]\n  split: {{train: 100, validation: 0}}\n  shards: {base}/shards\n"
            "lora: {rank: 2, alpha: 4.0, target_modules: [q_proj]}\n"
            "training: {max_steps: 1, gradient_accumulation_steps: 1, threads: 1, checkpoint_steps: 1}\n"
            f"output: {{logs: {base}/logs, checkpoints: {base}/checkpoints, final_model: {base}/final}}\n")
        run = [options.program, "prepare", "--config", str(config), "--force"]
        subprocess.run(run, check=True, capture_output=True)
        subprocess.run([options.program, "train", "--config", str(config), "--force"], check=True, capture_output=True)
        checkpoint = next((base / "checkpoints").glob("*.npz"))
        out = str(base / "out")
        set_model = ["--set", f"model.name={small}", "--set", "model.max_seq_length=64"]
        train = ["train", "--config", str(config)]
        jobs = [(path, [
            ["validate", "FILE"], ["validate", "FILE", "--strict", "--json"], ["ingest", "FILE", "-o", out, "--force"],
            ["split", "FILE", "-o", out + "-split", "--force", "--allow", "E01,E02"],
            ["prepare", "FILE", "-o", out + "-shards", "--force", *set_model]]) for path in raw + [rows]]
        jobs += [(config, [["config", "show", "--config", "FILE"], ["prepare", "--config", "FILE", "--force"]])]
        jobs += [(small / name, [["tokenize", "--model", "MODEL", "some text"],
                                 ["validate", str(rows), "--set", "model.name=MODEL"],
                                 ["generate", "--model", "MODEL", "--prompt", "a", "--max-tokens", "1"]])
                 for name in ["tokenizer.json", "config.json", "tokenizer_config.json", "chat_template.jinja",
                              "model.safetensors", "generation_config.json"] if (small / name).exists()]
        shards = base / "shards"
        jobs += [(path, [["verify", "SHARDS"], ["inspect", "SHARDS", "--index", "3", *set_model[:0]],
                         [*train, "--force", "--set", "data.shards=SHARDS"]])
                 for path in [shards / "manifest.json", shards / "train/index.json", shards / "train/shard.00000.mds"]]
        jobs += [(checkpoint, [[*train, "--resume", "--set", "training.max_steps=2",
                                "--set", "output.checkpoints=CHECKPOINTS"]])]

        for number in range(options.count):
            source, commands = chance.choice(jobs)
            content = mutated(source.read_bytes(), chance)
            place = base / "mutated"
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir()
            names = {}
            if source.parent == small:
                shutil.copytree(small, place / "model")
                target = place / "model" / source.name
                names["MODEL"] = str(place / "model")
            elif shards in source.parents:
                shutil.copytree(shards, place / "shards")
                target = place / "shards" / source.relative_to(shards)
                names["SHARDS"] = str(place / "shards")
            elif source == checkpoint:
                target = place / source.name
                names["CHECKPOINTS"] = str(place)
            else:
                target = place / source.name
            target.write_bytes(content)
            command = chance.choice(commands)
            words = []
            for word in command:
                for key, value in (names | {"FILE": str(target)}).items():
                    word = word.replace(key, value)
                words.append(word)
            try:
                ended = subprocess.run([options.program, *words], stdin=subprocess.DEVNULL, capture_output=True,
                                       timeout=options.limit)
                code = ended.returncode
            except subprocess.TimeoutExpired:
                code = "hang"
            codes[code] += 1
            if code not in (0, 1, 2, 64):
                wrong.append(f"{number}: {code}: {' '.join(command)} of {source.name}")
                if options.keep:
                    options.keep.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(target, options.keep / f"{options.seed}-{number}-{source.name}")
                print(wrong[-1], flush=True)
    print(f"{options.count} mutated inputs: {len(wrong)} wrong; exit codes "
          + ", ".join(f"{code}: {count}" for code, count in sorted(codes.items(), key=str)))
    sys.exit(1 if wrong else 0)


main()
