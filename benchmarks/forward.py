"""One forward pass at published size on the CPU: ours, enformer-pytorch, and the machine's own limit."""

import json
import subprocess
import sys

import torch

from benchmarks.contestants import CONTESTANTS, forward, needed_flop
from benchmarks.machine import describe, product_rates
from benchmarks.measure import MIB, peak_memory, take_turns
from benchmarks.report import Report, Row

FLOAT, BFLOAT, PEER = "ours, float32", "ours, bfloat16", "enformer-pytorch, float32"


def run(rounds: int) -> Report:
    """Time all contestants in turn, then measure each one's memory in a process of its own."""
    flop = needed_flop()
    rates = {dtype: product_rates(dtype) for dtype in (torch.float32, torch.bfloat16)}
    runs = {name: forward(build(dtype), dtype) for name, (build, dtype) in CONTESTANTS.items()}
    timings = take_turns(runs, rounds)
    agreement = _correlation(runs[FLOAT](), runs[BFLOAT]())
    del runs
    memory = {name: _memory_in_own_process(name) for name in (FLOAT, BFLOAT, PEER)}
    limits = {
        name: flop / 1e9 / rates[CONTESTANTS[name][1]]["torch.mm"] for name in (FLOAT, BFLOAT)
    }
    against = {name: timings[name].times_as_fast_as(timings[PEER]) for name in (FLOAT, BFLOAT)}
    over = {name: timings[name].median / limits[name] for name in limits}
    rows = [
        Row("float32 against enformer-pytorch float32", against[FLOAT], "x as fast", ">= 1.7"),
        Row("bfloat16 against enformer-pytorch float32", against[BFLOAT], "x as fast", ">= 3.0"),
        Row("float32 over the limit of torch.mm", over[FLOAT], "x the time", "<= 1.25"),
        Row("bfloat16 over the limit of torch.mm", over[BFLOAT], "x the time", "<= 1.5"),
        Row("peak memory above the weights, float32", memory[FLOAT] / 1024, "GiB", "<= 2.5"),
        Row("peak memory above the weights, bfloat16", memory[BFLOAT] / 1024, "GiB", "<= 2.5"),
    ]
    details = {f"time, {name}": str(timing) for name, timing in timings.items()}
    details |= {
        "needed": f"{flop / 1e12:.2f} TFLOP, half-cost pool, both heads",
        "memory, enformer-pytorch float32": f"{memory[PEER] / 1024:.2f} GiB above the weights",
        "correlation of bfloat16 with float32, all outputs": f"{agreement:.5f}",
    }
    for dtype, routes in rates.items():
        shown = ", ".join(f"{route} {rate:.0f} GFLOP/s" for route, rate in routes.items())
        details[f"matrix product, {str(dtype).removeprefix('torch.')}"] = shown
    return Report(
        "forward", f"Forward pass at published size, batch 1. {describe()}.", rows, details
    )


def _correlation(exact: dict[str, torch.Tensor], rough: dict[str, torch.Tensor]) -> float:
    """Smallest Pearson correlation over heads, all bins and tracks together."""
    return min(
        torch.corrcoef(torch.stack([exact[h].flatten(), rough[h].flatten()]))[0, 1].item()
        for h in exact
    )


def _memory_in_own_process(name: str) -> float:
    command = [sys.executable, "-m", "benchmarks.forward", name]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def _print_memory(name: str) -> None:
    """MiB above the weights; the first pass is the peak, since nothing is kept from before."""
    build, dtype = CONTESTANTS[name]
    run = forward(build(dtype), dtype)
    torch.ones(256 * MIB // 4)  # what the allocator hands back must not count as there before
    with peak_memory() as peak:
        run()
    print(json.dumps(peak[0]))


if __name__ == "__main__":
    _print_memory(sys.argv[1])
