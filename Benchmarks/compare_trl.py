"""Runs kto-data and TRL in turn and prints seconds a step and peak memory of each, and their ratios pair by pair.

Called by compare_trl.sh, which prepares what both read. Seconds are what each program itself measures for an optimizer
step, without its start; the mean leaves out the first step, where there are more, since it has costs of its own.
Memory is what the system says of the whole process. Losses that differ by rounding alone show that the work was the same.

A pair beside which other programs ran is marked and left out of the medians: company need not slow the two alike.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

# Cores that other programs may use on average without spoiling a pair.
QUIET_CORES = 0.1


def busy_seconds():
    """Processor time that the whole machine has spent on anything, or that its host has taken from it."""
    with open("/proc/stat", encoding="ascii") as file:
        user, nice, system, _, _, interrupts, soft, steal = map(int, file.readline().split()[1:9])
    return (user + nice + system + interrupts + soft + steal) / os.sysconf("SC_CLK_TCK")


def run(command, log, cores):
    """Runs a program on the given cores; returns its peak memory in bytes and how many cores others kept busy."""
    started, busy = time.monotonic(), busy_seconds()
    with open(log, "wb") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, preexec_fn=lambda: os.sched_setaffinity(0, cores)
        )
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.stderr.write(log.read_text(errors="replace")[-4000:])
        sys.exit(f"compare_trl: failed: {' '.join(map(str, command))}")
    others = busy_seconds() - busy - usage.ru_utime - usage.ru_stime
    return usage.ru_maxrss * 1024, max(0, others) / (time.monotonic() - started)


def read(path, seconds_key):
    """Mean seconds of a step, and the losses."""
    steps = [json.loads(line) for line in path.read_text().splitlines()]
    seconds = [step[seconds_key] for step in steps]
    return statistics.mean(seconds[1:] or seconds), [step["loss"] for step in steps]


def run_kto_data(args, out):
    settings = [
        f"training.max_steps={args.steps}",
        f"training.threads={len(args.cores)}",
        f"output.logs={out}/logs",
        f"output.checkpoints={out}/checkpoints",
        f"output.final_model={out}/adapter",
    ]
    command = [args.binary, "train", *args.options, *(part for setting in settings for part in ("--set", setting))]
    memory, others = run(command, out / "log", args.cores)
    return *read(out / "logs/training.jsonl", "seconds"), memory, others


def run_trl(args, out):
    command = [sys.executable, args.oracle, args.model, args.scratch / "adapter", args.scratch / "rows.jsonl", out]
    command += ["--steps", str(args.steps), "--threads", str(len(args.cores)), "--attention", args.attention]
    memory, others = run(command, out / "log", args.cores)
    return *read(out / "metrics.jsonl", "wall_seconds"), memory, others


def main():
    every_core = sorted(os.sched_getaffinity(0))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--oracle", required=True)
    parser.add_argument("--scratch", required=True, type=pathlib.Path)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--cores", type=lambda text: [int(core) for core in text.split(",")], default=every_core)
    parser.add_argument("--attention", default="sdpa", choices=["sdpa", "eager"], help="TRL's")
    parser.add_argument("options", nargs="*", help="of kto-data, after --")
    args = parser.parse_args()
    rows = len((args.scratch / "rows.jsonl").read_text().splitlines())
    # In a second pass kto-data would reuse the reference's scores.
    if not 1 <= args.steps <= rows // 4:
        parser.error(f"--steps: 1 to {rows // 4}, one pass over the {rows} rows")

    print(f"{args.steps} steps of 2 × 2 rows on cores {args.cores}; seconds a step, peak memory, cores that others used")
    print("pair  first     kto-data       TRL  ratio   kto-data       TRL  ratio  others  losses differ by")
    quiet = []
    for pair in range(1, args.pairs + 1):
        # Who goes first changes, so that a machine that slows down favours neither.
        programs = [("kto-data", run_kto_data), ("TRL", run_trl)]
        if pair % 2 == 0:
            programs.reverse()
        found = {}
        for name, program in programs:
            out = args.scratch / f"{pair}-{name}"
            out.mkdir()
            found[name] = program(args, out)
        our_time, our_losses, our_memory, our_others = found["kto-data"]
        their_time, their_losses, their_memory, their_others = found["TRL"]
        others = max(our_others, their_others)
        difference = max(abs(a - b) for a, b in zip(our_losses, their_losses, strict=True))
        ratios = their_time / our_time, their_memory / our_memory
        if others <= QUIET_CORES:
            quiet.append(ratios)
        print(
            f"{pair:4}  {programs[0][0]:8}  {our_time:6.2f} s  {their_time:6.2f} s  {ratios[0]:5.2f}"
            f"  {our_memory / 1e6:6.0f} MB  {their_memory / 1e6:5.0f} MB  {ratios[1]:5.2f}"
            f"  {others:6.2f}  {difference:.1e}{'' if others <= QUIET_CORES else '  machine busy'}",
            flush=True,
        )
    if quiet:
        medians = [statistics.median(values) for values in zip(*quiet)]
        print(f"median of {len(quiet)} quiet pairs, TRL / kto-data: time {medians[0]:.2f}, memory {medians[1]:.2f}")
    else:
        print("no medians: other programs ran beside every pair")


if __name__ == "__main__":
    main()
