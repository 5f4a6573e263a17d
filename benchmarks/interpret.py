"""Explanations at published size on the CPU, each against one forward pass and against the peer's way."""

import json
import subprocess
import sys
from collections.abc import Mapping

import torch

from benchmarks import explainers
from benchmarks.contestants import forward, ours, peer
from benchmarks.explainers import Run
from benchmarks.machine import describe
from benchmarks.measure import MIB, Timing, peak_memory, take_turns
from benchmarks.report import Report, Row

SNV, ALL_TRACKS = "one SNV, the target", "one SNV, all human tracks"
FEW, MANY = (f"integrated gradients, {steps} steps" for steps in (1, 3))
PEER = "enformer-pytorch, Captum, 1 step"
PAST_THE_FIRST = 2
"""Steps that the longer run has more than the shorter: their time holds no set-up and no endpoint."""


def run(rounds: int) -> Report:
    """Time in turn, float32 then bfloat16; then each one's memory in a process of its own."""
    exact = take_turns(_contestants(torch.float32), rounds)
    rough = take_turns(_contestants(torch.bfloat16), rounds)
    peers = take_turns(_peers(), max(1, rounds // 2))
    memory = {name: _memory_in_own_process(name) / 1024 for name in explainers.CONTESTANTS}
    return Report(
        "interpret",
        f"Explanations at published size, batch 1. {describe()}.",
        [*_rows(exact, rough), *_memory_rows(memory)],
        _details(exact, rough, peers, memory),
    )


def _contestants(dtype: torch.dtype) -> dict[str, Run]:
    model = ours(dtype)
    return {
        "forward": forward(model, dtype),
        **explainers.known_reference(model),
        "naive SNV": explainers.naive_substitution(model),
        "attention": explainers.all_attention(model),
        FEW: explainers.gradient_steps(model, 1),
        MANY: explainers.gradient_steps(model, 1 + PAST_THE_FIRST),
    }


def _peers() -> dict[str, Run]:
    model = peer(torch.float32)
    return {
        "enformer-pytorch, forward": forward(model, torch.float32),
        PEER: explainers.peer_gradient_steps(model, 1),
    }


def _over(timings: Mapping[str, Timing], name: str) -> float:
    """Time of one contestant over that of a forward pass in the same round, the median of rounds."""
    return timings["forward"].times_as_fast_as(timings[name])


def step_over_forward(timings: Mapping[str, Timing]) -> float:
    """One step of integrated gradients over one forward pass."""
    return (_over(timings, MANY) - _over(timings, FEW)) / PAST_THE_FIRST


def _rows(exact: Mapping[str, Timing], rough: Mapping[str, Timing]) -> list[Row]:
    rows = []
    for dtype, timings in (("float32", exact), ("bfloat16", rough)):
        rows += [
            Row(f"{name}, {dtype}", _over(timings, name), "forwards", "<= 0.30")
            for name in (SNV, ALL_TRACKS)
        ]
        step = step_over_forward(timings)
        rows += [
            Row(f"a step of integrated gradients, {dtype}", step, "forwards", "<= 3.3"),
            Row(f"attention, {dtype}", _over(timings, "attention"), "forwards", "<= 1.3"),
        ]
    return rows


def _memory_rows(memory: Mapping[str, float]) -> list[Row]:
    more = memory["attention"] - memory["forward"]
    what = "peak memory above the weights, integrated gradients of"
    return [
        Row(f"{what} 1 step", memory[FEW], "GiB", "<= 5"),
        Row(f"{what} {1 + PAST_THE_FIRST} steps", memory[MANY], "GiB", "<= 5"),
        Row("peak memory of attention above that of a forward", more, "GiB", "<= 0.5"),
    ]


def _details(
    exact: Mapping[str, Timing],
    rough: Mapping[str, Timing],
    peers: Mapping[str, Timing],
    memory: Mapping[str, float],
) -> dict[str, str]:
    """Seconds and GiB behind the rows, and the peer's."""
    ours_step = step_over_forward(exact) * exact["forward"].median
    naive = {name: timings["naive SNV"].median / timings[ALL_TRACKS].median
             for name, timings in (("float32", exact), ("bfloat16", rough))}  # fmt: skip
    details = {f"time, {name}, float32": str(timing) for name, timing in exact.items()}
    details |= {f"time, {name}, bfloat16": str(timing) for name, timing in rough.items()}
    details |= {f"time, {name}": str(timing) for name, timing in peers.items()}
    details |= {f"peak memory, {name}": f"{gib:.2f} GiB" for name, gib in memory.items()}
    details |= {f"naive mutagenesis over ours, {name}": f"{x:.1f}x" for name, x in naive.items()}
    # one step of Captum comes with no other pass: the completeness gap is not asked for
    faster = peers[PEER].median / ours_step
    return details | {"a step of Captum on enformer-pytorch over ours": f"{faster:.1f}x"}


def _memory_in_own_process(name: str) -> float:
    command = [sys.executable, "-m", "benchmarks.interpret", name]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def _print_memory(name: str) -> None:
    """MiB above the weights; the first run is the peak, since nothing is kept from before."""
    run = explainers.CONTESTANTS[name]()
    torch.ones(256 * MIB // 4)  # what the allocator hands back must not count as there before
    with peak_memory() as peak:
        run()
    print(json.dumps(peak[0]))


if __name__ == "__main__":
    _print_memory(sys.argv[1])
