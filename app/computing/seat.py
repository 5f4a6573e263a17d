"""The jobs one session waits for. It is told at once of failures, and nothing is retried unasked."""

import secrets
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from app.computing.job import JobState, JobStatus, Work
from app.jobs import JobQueue
from enformer.errors import Cancelled

Key = tuple[Hashable, ...]
"""Its first element says what kind of job it is."""


@dataclass(frozen=True)
class Waiting:
    """What was asked for is not there yet; a job is at it."""

    job: str


class Seat:
    """A session's place in the queue.

    Args:
        queue: of the process.
    """

    def __init__(self, queue: JobQueue) -> None:
        self.watcher = secrets.token_hex(8)
        self._queue = queue
        self._jobs: dict[Key, str] = {}
        self._stopped: set[str] = set()
        self._left = False

    def ask(self, key: Key, work: Work, patience: float, **more: Any) -> Any:
        """What the work returns, or `Waiting` when that takes more than `patience` seconds.

        Raises:
            EnformerLensError: the job failed, now or when it was asked for before.
            Cancelled: this session has stopped it, or has ended.
        """
        if self._left:  # a script may run on for a while after its session has ended
            raise Cancelled
        status = self.status(key)
        if status is None:
            self._jobs[key] = self._queue.submit(key, work, watcher=self.watcher, **more)
        job = self._jobs[key]
        if job in self._stopped:
            raise Cancelled
        self._queue.wait(job, patience)
        return self._outcome(job)

    def _outcome(self, job: str) -> Any:
        status = self._queue.status(job)
        if status is not None and status.error is not None:
            raise status.error
        if status is not None and status.state is JobState.CANCELLED:
            raise Cancelled
        if status is not None and status.state is JobState.DONE:
            return self._queue.result(job)
        return Waiting(job)

    def status(self, key: Key) -> JobStatus | None:
        """How the job of that key stands, or None when this session has not asked for it."""
        return self._queue.status(self._jobs.get(key, ""))

    def stop(self, job: str) -> None:
        """Wait no longer; the job goes on if another session waits for it."""
        self._stopped.add(job)
        self._queue.leave(job, self.watcher)

    def has_stopped(self, job: str) -> bool:
        """Whether this session waits for the job no longer."""
        return job in self._stopped

    def leave(self) -> None:
        """Wait for nothing any more, and ask for nothing: the session has ended."""
        self._left = True
        for job in self._jobs.values():
            self._queue.leave(job, self.watcher)

    def leave_others(self, kind: Hashable, key: Key) -> None:
        """Wait for no other job of this kind: the question has changed."""
        self.leave_where(lambda known: known[0] == kind and known != key)

    def leave_where(self, stale: Callable[[Key], bool]) -> None:
        """Wait no longer for the jobs whose keys are stale."""
        for other in [known for known in self._jobs if stale(known)]:
            self._queue.leave(self._jobs.pop(other), self.watcher)

    def forget(self) -> None:
        """Ask anew next time for what has failed or was stopped."""
        for key, job in list(self._jobs.items()):
            status = self._queue.status(job)
            failed = status is None or status.state in (JobState.FAILED, JobState.CANCELLED)
            if failed or job in self._stopped:
                del self._jobs[key]
        self._stopped.clear()
