"""Time and memory of functions that take turns, so that a noisy machine troubles all alike."""

import statistics
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

MIB = 2**20


@dataclass(frozen=True)
class Timing:
    """Seconds of one contestant, a value a round."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """Seconds."""
        return statistics.median(self.seconds)

    def times_as_fast_as(self, other: "Timing") -> float:
        """Median over rounds of the other's time over this one's, taken round by round."""
        return statistics.median(b / a for a, b in zip(self.seconds, other.seconds, strict=True))

    def __str__(self) -> str:
        return f"{self.median:.2f} s ({min(self.seconds):.2f}-{max(self.seconds):.2f})"


def take_turns(contestants: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, Timing]:
    """Time each contestant once a round, in turn, after one warm-up each."""
    for run in contestants.values():
        run()
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, run in contestants.items():
            start = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - start)
    return {name: Timing(tuple(values)) for name, values in seconds.items()}


@contextmanager
def peak_memory() -> Iterator[list[float]]:
    """Fills the list it yields with the peak of resident memory above that at the start, in MiB."""
    process, result, over = psutil.Process(), [], threading.Event()
    before = peak = process.memory_info().rss

    def watch() -> None:
        nonlocal peak
        while not over.wait(0.005):
            peak = max(peak, process.memory_info().rss)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield result
    finally:
        over.set()
        watcher.join()
        result.append((peak - before) / MIB)
