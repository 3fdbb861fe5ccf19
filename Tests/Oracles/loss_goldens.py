"""Makes Tests/Fixtures/losses: batches of token log-probabilities with what the peers' own loss functions make of them.

    python loss_goldens.py --trl FOLDER --halos FILE -o Tests/Fixtures/losses

FOLDER is an unpacked wheel of TRL 0.19.1, the last series whose BCO trainer is part of the package; FILE is
train/trainers.py of ContextualAI/HALOs at commit 4831988. Neither can be imported whole beside TRL 1.16, so the
functions alone are taken out of the files: `bco_loss` and `RunningMoments`, and `get_sequence_rewards` with the `loss` of
`KTOTrainer`. Each batch goes through them in float64, gradients by autograd.

A line of bco.jsonl or humanline.jsonl is a batch: labels; policy, reference, and for humanline pair_policy and
pair_reference: a list of log-probabilities for each row; and what came of it: loss, reference_point (nats), rewards and
gradient, dLoss / d policy token by token. The batches of bco.jsonl follow one another: the running mean goes on.
"""

import argparse
import ast
import dataclasses
import hashlib
import json
import pathlib
import random
import types
import typing

import torch
import torch.nn.functional as F

BETA, DESIRABLE, UNDESIRABLE = 0.1, 1.0, 1.0
LIMITS = (-1.0, 1.5)


def taken(path, names, namespace):
    """Executes only the named classes and methods of a file. A name is Class or Class.method."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = {}
    for node in tree.body:
        if not isinstance(node, ast.ClassDef):
            continue
        if node.name in names:
            exec(compile(ast.Module([node], []), str(path), "exec"), namespace)
            found[node.name] = namespace[node.name]
        for method in node.body:
            full = f"{node.name}.{getattr(method, 'name', '')}"
            if full in names:
                exec(compile(ast.Module([method], []), str(path), "exec"), namespace)
                found[full] = namespace[method.name]
    missing = set(names) - set(found)
    if missing:
        raise SystemExit(f"{path} has no {', '.join(sorted(missing))}")
    return found


class Alone:
    """An accelerator of one process."""

    use_distributed = False
    device = "cpu"

    def reduce(self, tensor, reduction):
        return tensor


def batches(random, count):
    """Labels and token log-probabilities; policy and reference differ by a spread that grows from batch to batch."""
    for number in range(count):
        rows = random.choice([2, 3, 4])
        labels = [random.random() < 0.5 for _ in range(rows)]
        if number == 0:
            labels = [True] * rows
        if number == 1:
            labels = [False] * rows

        def tokens():
            reference = [-4 * random.random() for _ in range(random.randint(2, 6))]
            spread = 0.2 + 0.5 * number
            return [value + random.gauss(0, spread) for value in reference], reference

        yield labels, [tokens() for _ in range(rows)], [tokens() for _ in range(rows)]


def padded(rows, requires_grad=False):
    """[rows, longest]; beyond its end a row has 0 for policy and reference, as a masked log-probability is."""
    longest = max(map(len, rows))
    tensor = torch.tensor([row + [0.0] * (longest - len(row)) for row in rows], dtype=torch.float64)
    return tensor.requires_grad_(requires_grad)


def line(labels, rows, policy, losses, z0, rewards, pairs=None):
    loss = losses.mean()
    loss.backward()
    value = {
        "labels": labels,
        "policy": [row[0] for row in rows],
        "reference": [row[1] for row in rows],
        "loss": loss.item(),
        "reference_point": z0,
        "rewards": rewards,
        "gradient": [gradient[: len(row[0])] for gradient, row in zip(policy.grad.tolist(), rows)],
    }
    if pairs is not None:
        value |= {"pair_policy": [p[0] for p in pairs], "pair_reference": [p[1] for p in pairs]}
    return value


def by_label(labels, chosen, rejected):
    """Chosen and rejected values back in the order of the rows."""
    chosen, rejected = iter(chosen), iter(rejected)
    return [next(chosen) if label else next(rejected) for label in labels]


def bco(folder):
    namespace = {
        "torch": torch, "F": F, "dataclass": dataclasses.dataclass, "dataclasses": dataclasses, "json": json,
        "Accelerator": object, "Optional": typing.Optional, "Union": typing.Union,
    }
    moments = taken(folder / "trl/trainer/utils.py", ["RunningMoments"], namespace)["RunningMoments"]
    loss = taken(folder / "trl/trainer/bco_trainer.py", ["BCOTrainer.bco_loss"], namespace)["BCOTrainer.bco_loss"]
    # A class that the decorator of the file makes a dataclass there.
    moments = moments if dataclasses.is_dataclass(moments) else dataclasses.dataclass(moments)
    trainer = types.SimpleNamespace(
        beta=BETA, running=moments(accelerator=Alone()), match_underlying_distribution=False
    )
    for labels, rows, _ in batches(random.Random(1), 6):
        policy = padded([row[0] for row in rows], requires_grad=True)
        reference = padded([row[1] for row in rows])
        mask = torch.tensor(labels)
        sums, reference_sums = policy.sum(-1), reference.sum(-1)
        losses, chosen, rejected, delta = loss(
            trainer, sums[mask], sums[~mask], reference_sums[mask], reference_sums[~mask], None, None
        )
        rewards = by_label(labels, chosen.tolist(), rejected.tolist())
        yield line(labels, rows, policy, losses, delta.item() / BETA, rewards)


def humanline(file):
    namespace = {"torch": torch, "F": F} | {name: getattr(typing, name) for name in ("Dict", "Tuple", "List", "Union")}
    names = ["BasicTrainer.get_sequence_rewards", "KTOTrainer.loss"]
    found = taken(file, names, namespace)
    config = types.SimpleNamespace(
        humanline=True, log_epsilon_P=LIMITS[0], log_epsilon_R=LIMITS[1],
        loss=types.SimpleNamespace(beta=BETA, desirable_weight=DESIRABLE, undesirable_weight=UNDESIRABLE),
    )
    trainer = types.SimpleNamespace(config=config, accelerator=Alone(), policy_dtype=torch.float64)
    trainer.get_sequence_rewards = types.MethodType(found[names[0]], trainer)
    for labels, rows, pairs in batches(random.Random(2), 6):
        policy = padded([row[0] for row in rows], requires_grad=True)
        reference = padded([row[1] for row in rows])
        mask = torch.tensor(labels)
        losses, chosen, rejected, kl, *_ = found[names[1]](
            trainer, None, policy[mask], policy[~mask], padded([p[0] for p in pairs]),
            reference[mask], reference[~mask], padded([p[1] for p in pairs]),
        )
        rewards = [BETA * value for value in by_label(labels, chosen.tolist(), rejected.tolist())]
        yield line(labels, rows, policy, losses, kl.item(), rewards, pairs)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trl", type=pathlib.Path, required=True, metavar="FOLDER")
    parser.add_argument("--halos", type=pathlib.Path, required=True, metavar="FILE")
    parser.add_argument("-o", "--output", type=pathlib.Path, required=True)
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    sums = []
    for name, lines in [("bco.jsonl", bco(options.trl)), ("humanline.jsonl", humanline(options.halos))]:
        text = "".join(json.dumps(value) + "\n" for value in lines)
        (options.output / name).write_text(text, encoding="utf-8")
        sums.append(f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n")
    (options.output / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")


if __name__ == "__main__":
    main()
