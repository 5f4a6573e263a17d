"""What this machine can do: the rate of a large matrix product, and its description."""

import platform
import time

import psutil
import torch

from enformer.layers import project

ROWS, INNER, COLUMNS = 4096, 1536, 1536


def product_rates(dtype: torch.dtype) -> dict[str, float]:
    """GFLOP/s of a matrix product of the transformer's shape by torch's two routes; best of ten.

    `torch.mm` is what a user gets by writing `a @ b`; `project` is the route the model takes.
    """
    a, b = torch.randn(1, ROWS, INNER).to(dtype), torch.randn(COLUMNS, INNER).to(dtype)
    routes = {"torch.mm": lambda: a[0] @ b.T, "project": lambda: project(a, b)}
    return {name: 2e-9 * ROWS * INNER * COLUMNS / _best(route) for name, route in routes.items()}


def describe() -> str:
    """One line without the machine's name."""
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{_processor()}, {torch.get_num_threads()} threads, {memory:.0f} GiB, "
        f"Python {platform.python_version()}, torch {torch.__version__}"
    )


def _best(run, repeats: int = 10) -> float:
    run()
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def _processor() -> str:
    capability = torch.backends.cpu.get_cpu_capability()
    return f"{platform.machine()} CPU with {capability}"
