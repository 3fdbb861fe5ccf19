"""Agreement of annotators on tables drawn at random: Fleiss' kappa, Krippendorff's alpha, Gwet's AC1 and AC2.

The truth for: Sources/KTOData/Statistics/Agreement.swift, by Tests/Fixtures/agreement/goldens.jsonl.

    python agreement_goldens.py DIR

A line is a table: `verdicts`, a string an item with a character an annotator (1 desirable, 0 undesirable, . no verdict),
and what the peers say of it. Verdicts that are missing, items with one verdict and items with none are among them.

Pinned: irrCAC 0.4.4, krippendorff 0.9.0 (requirements-agreement.txt).
"""

import hashlib
import importlib.metadata
import json
import pathlib
import random
import sys

import krippendorff
import numpy as np
import pandas as pd
from irrCAC.raw import CAC

PINNED = {"irrCAC": "0.4.4", "krippendorff": "0.9.0"}


def table(generator):
    annotators = generator.randint(2, 6)
    items = generator.randint(8, 60)
    missing = generator.choice([0, 0.2, 0.6])
    noise = generator.choice([0.02, 0.2, 0.5])
    share = generator.choice([0.5, 0.8, 0.95])
    rows = []
    for _ in range(items):
        truth = generator.random() < share
        row = []
        for _ in range(annotators):
            if generator.random() < missing:
                row.append(".")
            else:
                row.append("1" if truth != (generator.random() < noise) else "0")
        rows.append("".join(row))
    return rows


def golden(rows):
    values = [[{".": np.nan, "0": 0.0, "1": 1.0}[c] for c in row] for row in rows]
    frame = pd.DataFrame([v for v in values if not all(np.isnan(v))])
    peer = CAC(frame, weights="identity", categories=[0.0, 1.0], digits=15)
    quadratic = CAC(frame, weights="quadratic", categories=[0.0, 1.0], digits=15)
    return {
        "verdicts": rows,
        "kappa": peer.fleiss()["est"]["coefficient_value"],
        "gwet": peer.gwet()["est"]["coefficient_value"],
        "ac2_quadratic": quadratic.gwet()["est"]["coefficient_value"],
        "observed": peer.gwet()["est"]["pa"],
        "alpha": krippendorff.alpha(
            reliability_data=np.array(values).T, level_of_measurement="nominal", value_domain=[0.0, 1.0]),
    }


def main():
    for name, version in PINNED.items():
        assert importlib.metadata.version(name) == version, f"{name} {version} is needed"
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    generator = random.Random(12)
    lines = []
    while len(lines) < 40:
        rows = table(generator)
        given = [c for row in rows if len(row.replace(".", "")) > 1 for c in row if c != "."]
        if len(set(given)) == 2:
            lines.append(json.dumps(golden(rows)))
    text = "\n".join(lines) + "\n"
    (folder / "goldens.jsonl").write_text(text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    (folder / "SHA256SUMS").write_text(f"{digest}  goldens.jsonl\n")


main()
