"""Writes rows for compare_dedup.sh: prompt and completion of about 700 bytes, a fifth of them copies with some changed words.

    python dedup_rows.py COUNT [--seed N] > rows.jsonl
"""

import argparse
import json
import random
import sys


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    generator = random.Random(arguments.seed)
    vocabulary = ["".join(generator.choice("aeiou" if i % 2 else "bcdfghklmnprstvw") for i in range(generator.randint(2, 9)))
                  for _ in range(30_000)]
    recent = []
    for number in range(arguments.count):
        if recent and generator.random() < 0.2:
            prompt, completion = (list(words) for words in generator.choice(recent))
            for words in (prompt, completion):
                for _ in range(generator.randint(0, max(1, len(words) // 30))):
                    words[generator.randrange(len(words))] = generator.choice(vocabulary)
        else:
            prompt = generator.choices(vocabulary, k=generator.randint(5, 40))
            completion = generator.choices(vocabulary, k=generator.randint(20, 160))
        recent.append((prompt, completion))
        if len(recent) > 5000:
            recent = recent[2500:]
        row = {"prompt": " ".join(prompt), "completion": " ".join(completion), "label": number % 2 == 0}
        sys.stdout.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
