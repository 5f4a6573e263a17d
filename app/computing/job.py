"""One job: its states, what its work is handed, and what those who wait are told."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from enformer.errors import Cancelled, EnformerLensError


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen."""
        return self not in (JobState.QUEUED, JobState.RUNNING)


class Control:
    """What the work is handed: where to report, whether to stop, and how much to do at once."""

    def __init__(self, batch: int) -> None:
        self.batch = batch
        self.fraction = 0.0
        self.doing = ""
        self.between: Callable[[], None] | None = None
        """What is done between two steps, for others."""
        self._cancel = threading.Event()

    def progress(self, fraction: float, doing: str) -> None:
        """Say how far the work is (0 to 1) and what is being done; stops work nobody waits for.

        Raises:
            Cancelled: the last watcher has left.
        """
        self.fraction, self.doing = min(max(fraction, 0.0), 1.0), doing
        if self.cancelled():
            raise Cancelled
        if self.between is not None:
            self.between()

    def cancelled(self) -> bool:
        """Whether the last watcher has left."""
        return self._cancel.is_set()

    def cancel(self) -> None:
        """Ask the work to stop at its next step."""
        self._cancel.set()


Work = Callable[[Control], Any]


@dataclass(frozen=True)
class JobStatus:
    """A snapshot of a job for those who watch it.

    Attributes:
        place: how many jobs run or wait before this one; 0 once it runs.
        seconds_left: an estimate from the pace so far, None while there is none.
    """

    id: str
    title: str
    state: JobState
    fraction: float
    doing: str
    place: int
    seconds: float
    seconds_left: float | None
    error: EnformerLensError | None


def out_of_memory(error: BaseException) -> bool:
    """Whether `error` is how Python or torch (on any device) say that memory ran out."""
    return (
        isinstance(error, MemoryError)
        or type(error).__name__ == "OutOfMemoryError"
        or "can't allocate memory" in str(error)
    )
