"""A training step on the CPU, ours and enformer-pytorch's: time, and memory above the weights.

Each contestant has a process of its own, as two of published size do not fit the memory. Those that do are
timed again in turns, in one process: a shared machine is faster in one minute than in the next.
"""

import argparse
import json
import signal
import subprocess
import sys
import time
from typing import TypeAlias

import psutil
import torch

from benchmarks.machine import describe
from benchmarks.measure import MIB, Timing, peak_memory, take_turns
from benchmarks.report import Report, Row
from benchmarks.training import SIZES, Contestant

GOAL = ">= 1.5"
SMALL = {"mini size"}


def run(rounds: int, sizes: tuple[str, ...] = tuple(SIZES)) -> Report:
    """One step of each a round, and ten of the small ones."""
    measured: Measured = {}
    for size in sizes:
        found = {one: _in_own_process(one, rounds) for one in _contestants(size)}
        measured |= _in_turns(found, 10 * rounds) if size in SMALL else found
    rows = [row for size in sizes for half in (False, True) for row in _rows(measured, size, half)]
    details = {contestant.name: _said(found) for contestant, found in measured.items()}
    title = f"Training step, batch 1: forward, backward, clipping, AdamW. {describe()}."
    return Report("train", title, rows, details)


Found: TypeAlias = tuple[Timing, float] | None
"""Seconds of each step and GiB above the weights; nothing where the system killed it for its memory."""
Measured: TypeAlias = dict[Contestant, Found]


def _said(found: Found) -> str:
    if found is None:
        return f"does not fit in {psutil.virtual_memory().total / 2**30:.0f} GiB"
    return f"{found[0]}, peak {found[1]:.2f} GiB above the weights"


def _contestants(size: str) -> list[Contestant]:
    return [
        Contestant(size, peer, half, again)
        for half in (False, True)
        for peer, again in ((False, False), (True, False), (False, True))
    ]


def _rows(measured: Measured, size: str, half: bool) -> list[Row]:
    ours, theirs, again = (
        measured[Contestant(size, peer, half, recompute)]
        for peer, recompute in ((False, False), (True, False), (False, True))
    )
    what = f"{size}, {'bfloat16 autocast' if half else 'float32'}"
    if ours is None or theirs is None or again is None:
        return []
    return [
        Row(f"{what}: step", ours[0].times_as_fast_as(theirs[0]), "x as fast", GOAL),
        Row(f"{what}: peak memory", ours[1] / theirs[1], "of the peer's", "<= 0.75"),
        Row(f"{what}: peak memory, recomputed", again[1] / theirs[1], "of the peer's", "<= 0.5"),
    ]


def _in_turns(measured: Measured, rounds: int) -> Measured:
    """The same memory, with the time of steps that take turns."""
    steps = {one.name: one.build() for one in measured}
    timings = take_turns(steps, rounds)
    return {one: found and (timings[one.name], found[1]) for one, found in measured.items()}


def _in_own_process(contestant: Contestant, rounds: int) -> Found:
    values = json.dumps([*vars(contestant).values(), rounds])
    command = [sys.executable, "-m", "benchmarks.train", values]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if done.returncode == -signal.SIGKILL:
        return None
    done.check_returncode()
    seconds, peak = json.loads(done.stdout.splitlines()[-1])
    return Timing(tuple(seconds)), peak


def _measure(contestant: Contestant, rounds: int) -> tuple[list[float], float]:
    """Seconds of each step after the first; GiB above the weights: gradients, moments, activations."""
    step, seconds = contestant.build(), []
    torch.ones(256 * MIB // 4)  # what the allocator hands back must not count as there before
    with peak_memory() as peak:
        for _ in range(rounds + 1):
            start = time.perf_counter()
            step()
            seconds.append(time.perf_counter() - start)
    return seconds[1:], peak[0] / 1024


def main() -> None:
    """Command line: one contestant for `run`, or some sizes for a person."""
    parser = argparse.ArgumentParser("python -m benchmarks.train")
    parser.add_argument("contestant", help="a JSON list, or the name of a size")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    if given.contestant in SIZES:
        print(run(given.rounds, (given.contestant,)).markdown())
    else:
        *values, rounds = json.loads(given.contestant)
        print(json.dumps(_measure(Contestant(*values), rounds)))


if __name__ == "__main__":
    main()
