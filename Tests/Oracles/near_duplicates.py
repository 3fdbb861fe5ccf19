"""Compares `kto-data dedup` with exact Jaccard indexes and with datasketch on rows that this script makes.

    python near_duplicates.py KTO_DATA SCRATCH [--rows N] [--seed N]

Makes N rows, of which a part are copies with some words changed; computes the Jaccard index of every pair of rows by its
own reading of the texts (Unicode's NFKC, small letters, words of letters, marks and numbers, runs of symbols); and compares:

- normalized duplicates: the program's must be those of the script, row by row;
- near duplicates: of the pairs at or above the threshold, how many the program joins (recall), which may be no less than
  the S-curve promises, and of the rows it leaves out, how many are connected by such pairs (precision), which must be all;
- each exact index and each estimate that the program writes for a match;
- datasketch.MinHashLSH with as many permutations: its recall and precision on the same sets.

Exits with 1 if anything is not as it must be. Peer: datasketch (requirements-dedup.txt).
"""

import argparse
import itertools
import json
import pathlib
import random
import subprocess
import sys
import unicodedata

from datasketch import MinHash, MinHashLSH

THRESHOLD, SIZE, BANDS, ROWS = 0.8, 3, 20, 6
PLAIN = {"‘’‚‛′`´": "'", "“”„‟«»「」『』": '"', "‐‑‒–—―−": "-", "。｡": ".", "、､": ","}
PLAIN = {mark: plain for marks, plain in PLAIN.items() for mark in marks}
WITHOUT_BLANKS = [(0xE00, 0xEFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x31F0, 0x31FF),
                  (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF)]
SAMPLE = ("Ｆｕｌｌ width", "ﬁne ligature", "naïve café", "Cafe\u0301", "東京の天気 東京の天気", "Привет, МИР", "ΣΊΣΥΦΟΣ", "“quoted” – dash…",
          "zero\u200bwidth", "soft\u00adhyphen", "tab\tand\u00a0space", "İstanbul", "ไทยไทย", "e=mc²", "½ cup", "👍🏽 ok", "I️ ❤️ it",
          "if x > 0: return -x", "if x < 0: return -x", "a += b;", "a -= b;", "2+2?", "2-2?", "3.14", "3,14",
          "f(`x`) != {\"y\": [1]}", "…—!?")


def normalized(text):
    """The text as the program compares it: see the help of dedup."""
    out = []
    for char in unicodedata.normalize("NFKC", text):
        category = unicodedata.category(char)
        if char.isspace():
            out.append(" ")
        elif category == "Cf" or 0xFE00 <= ord(char) <= 0xFE0F:
            continue
        else:
            out.append(PLAIN.get(char) or char.lower())
    return " ".join("".join(out).split())


def words(text):
    """Words, and runs of what is neither of a word nor white space."""
    found, last = [], None
    for char in unicodedata.normalize("NFKC", text):
        category = unicodedata.category(char)
        if category == "Cf" or 0xFE00 <= ord(char) <= 0xFE0F:
            continue
        kind = None if char.isspace() else "word" if category[0] in "LMN" else "symbol"
        starts = category == "Lo" and any(low <= ord(char) <= high for low, high in WITHOUT_BLANKS)
        if kind and (starts or kind != last):
            found.append("")
        if kind:
            found[-1] += PLAIN.get(char) or char.lower()
        last = kind
    return found


def shingles(text):
    parts = words(text)
    return {" ".join(parts[i:i + SIZE]) for i in range(max(1, len(parts) - SIZE + 1))}


def jaccard(a, b):
    return len(a & b) / len(a | b)


def make_rows(count, generator):
    vocabulary = [f"{generator.choice('bcdfgklmnprst')}{generator.choice('aeiou')}{generator.choice('lmnrst')}{i}" for i in range(3000)]
    text = lambda low, high: " ".join(generator.choice(vocabulary) for _ in range(generator.randint(low, high)))
    rows = []
    while len(rows) < count:
        kind = generator.random()
        if kind < 0.4 or len(rows) < 10:
            row = (text(1, 60), text(1, 200))
        else:
            row = generator.choice(rows)
            if kind < 0.5:  # the same for the eye
                change = generator.choice([str.upper, str.title, lambda t: t.replace(" ", "  "), lambda t: " " + t + "\n",
                                           lambda t: unicodedata.normalize("NFD", t), lambda t: t.replace("e", "\u200be")])
                row = (change(row[0]), row[1]) if generator.random() < 0.5 else (row[0], change(row[1]))
            else:
                row = tuple(changed(part, vocabulary, generator) for part in row)
        if generator.random() < 0.05:
            row = (row[0] + " " + generator.choice(SAMPLE), row[1])
        rows.append(row)
    return rows


def changed(text, vocabulary, generator):
    parts = text.split(" ")
    for _ in range(generator.randint(0, max(1, len(parts) // 12))):
        place = generator.randrange(len(parts))
        action = generator.random()
        if action < 0.4:
            parts[place] = generator.choice(vocabulary)
        elif action < 0.7:
            parts.insert(place, generator.choice(vocabulary))
        elif action < 0.85:
            parts[place] = generator.choice("+-<>=,.!?(") + parts[place] + generator.choice(["", ",", ".", "!", ");"])
        elif len(parts) > 1:
            del parts[place]
    return " ".join(parts)


class Sets:
    def __init__(self, count):
        self.parent = list(range(count))

    def root(self, row):
        while self.parent[row] != row:
            self.parent[row] = self.parent[self.parent[row]]
            row = self.parent[row]
        return row

    def join(self, a, b):
        a, b = self.root(a), self.root(b)
        self.parent[max(a, b)] = min(a, b)


def run(program, folder, name, *options):
    matches = folder / f"{name}.jsonl"
    subprocess.run([program, "dedup", folder / "rows.jsonl", "--matches", matches, "--force", *options], check=True,
                   stdout=subprocess.DEVNULL)
    return [json.loads(line) for line in matches.read_text().splitlines()]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("scratch", type=pathlib.Path)
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    generator = random.Random(arguments.seed)
    rows = make_rows(arguments.rows, generator)
    arguments.scratch.mkdir(parents=True, exist_ok=True)
    with open(arguments.scratch / "rows.jsonl", "w") as file:
        for prompt, completion in rows:
            label = generator.random() < 0.5
            file.write(json.dumps({"prompt": prompt, "completion": completion, "label": label}) + "\n")
    faults = []

    # Normalized duplicates, row by row.
    first, expected = {}, {}
    for index, row in enumerate(rows):
        key = tuple(normalized(part) for part in row)
        if first.setdefault(key, index) != index:
            expected[index] = first[key]
    got = {m["row"]["line"] - 1: m["kept"]["line"] - 1 for m in run(arguments.program, arguments.scratch, "normalized", "--level", "normalized")}
    wrong = [i for i in expected.keys() | got.keys() if expected.get(i) != got.get(i)]
    print(f"normalized duplicates: {len(expected)} expected, {len(got)} found, {len(wrong)} differ")
    faults += [f"row {i + 1}: expected {expected.get(i)}, found {got.get(i)}" for i in sorted(wrong)[:5]]

    # Every pair.
    sets = [tuple(shingles(part) for part in row) for row in rows]
    exact = {}
    for a, b in itertools.combinations(range(len(rows)), 2):
        index = min(jaccard(x, y) for x, y in zip(sets[a], sets[b])) if sets[a][0] & sets[b][0] and sets[a][1] & sets[b][1] else 0
        if index >= THRESHOLD:
            exact[a, b] = index
    truth = Sets(len(rows))
    for a, b in exact:
        truth.join(a, b)
    matches = run(arguments.program, arguments.scratch, "near")
    found = Sets(len(rows))
    for match in matches:
        found.join(match["row"]["line"] - 1, match["kept"]["line"] - 1)
    joined = sum(found.root(a) == found.root(b) for a, b in exact)
    strangers = [m for m in matches if truth.root(m["row"]["line"] - 1) != truth.root(m["kept"]["line"] - 1)]
    promised = sum(1 - (1 - j ** ROWS) ** BANDS for j in exact.values()) / len(exact)
    recall = joined / len(exact)
    print(f"near duplicates: {len(exact)} pairs of {THRESHOLD} or more; recall {recall:.4f} (the curve promises {promised:.4f} "
          f"before sets are joined); {len(matches)} rows left out, {len(strangers)} of them without reason")
    if recall < promised - 0.005:
        faults.append(f"recall {recall} below {promised}")
    faults += [f"left out without reason: {m}" for m in strangers[:5]]

    # The numbers of each match.
    off, errors = [], []
    for match in matches:
        if "jaccard" not in match:
            continue
        a, b = match["row"]["line"] - 1, match["kept"]["line"] - 1
        index = min(jaccard(x, y) for x, y in zip(sets[a], sets[b]))
        if abs(index - match["jaccard"]) > 6e-5:
            off.append((match, index))
        errors.append(match["estimated"] - index)
    mean = sum(errors) / max(1, len(errors))
    spread = (sum(e * e for e in errors) / max(1, len(errors))) ** 0.5
    print(f"indexes of {len(errors)} near matches: {len(off)} differ; the estimates are off by {spread:.4f} (root mean square), "
          f"{mean:+.4f} on average")
    faults += [f"another index: {match}, here {index}" for match, index in off[:5]]
    if spread > 0.08:
        faults.append(f"estimates are off by {spread}")

    # The peer, on both parts of each row together, as it knows one set a row.
    lsh, hashes = MinHashLSH(num_perm=BANDS * ROWS, params=(BANDS, ROWS)), []
    for index, (prompt, completion) in enumerate(sets):
        sketch = MinHash(num_perm=BANDS * ROWS)
        sketch.update_batch([b"p" + s.encode() for s in prompt] + [b"c" + s.encode() for s in completion])
        lsh.insert(index, sketch)
        hashes.append(sketch)
    candidates = {tuple(sorted((index, other))) for index, sketch in enumerate(hashes) for other in lsh.query(sketch) if other != index}
    print(f"datasketch: {len(candidates)} pairs, recall {sum(p in candidates for p in exact) / len(exact):.4f}, "
          f"precision {sum(p in exact for p in candidates) / max(1, len(candidates)):.4f}")

    for fault in faults:
        print("near_duplicates:", fault, file=sys.stderr)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
