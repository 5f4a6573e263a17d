"""One queue of computations for the whole process, with one worker thread per device.

A view holds only a job id and polls `JobQueue.status`. Equal requests share one job, which is
cancelled only when the last of those who wait for it has left. Nothing here knows of Streamlit.
"""

import logging
import queue
import secrets
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

from app.job import Control, JobState, JobStatus, Work, out_of_memory
from enformer.errors import Cancelled, EnformerLensError

LOG = logging.getLogger(__name__)


@dataclass(eq=False)
class _Job:
    key: Hashable
    title: str
    device: str
    work: Work
    control: Control
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    state: JobState = JobState.QUEUED
    watchers: set[str] = field(default_factory=set)
    started: float | None = None
    ended: float | None = None
    result: Any = None
    error: EnformerLensError | None = None
    finished: threading.Event = field(default_factory=threading.Event)


class JobQueue:
    """Runs jobs in the order of asking, one at a time on each device.

    Args:
        waiting_limit: jobs that may wait for one device before new ones are refused.
        kept: finished jobs whose status and result stay in memory, the oldest go first.
        clock: seconds, rising.
    """

    def __init__(
        self, *, waiting_limit: int = 32, kept: int = 8, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit, self._kept, self._clock = waiting_limit, kept, clock
        self._jobs: dict[str, _Job] = {}  # in the order of asking
        self._lines: dict[str, queue.SimpleQueue[_Job | None]] = {}
        self._lock = threading.RLock()

    def submit(
        self,
        key: Hashable,
        work: Work,
        *,
        watcher: str,
        title: str = "",
        device: str = "cpu",
        batch: int = 1,
    ) -> str:
        """Ask for `work(control)`; the id of the job that answers, shared between equal keys.

        Raises:
            EnformerLensError: too many jobs wait already.
        """
        with self._lock:
            job = self._answering(key)
            if job is None:
                self._refuse_when_full(device)
                job = _Job(key, title, device, work, Control(batch))
                self._jobs[job.id] = job
                self._line(device).put(job)
            job.watchers.add(watcher)
            return job.id

    def status(self, job_id: str) -> JobStatus | None:
        """The job as it stands now, or None when it is no longer (or was never) known."""
        with self._lock:
            job = self._jobs.get(job_id)
            return None if job is None else self._snapshot(job)

    def result(self, job_id: str) -> Any:
        """What the work of a finished job returned; None unless it is done."""
        with self._lock:
            job = self._jobs.get(job_id)
            return None if job is None else job.result

    def is_under_way(self, key: Hashable) -> bool:
        """Whether a job of that key runs or waits, whoever asked for it."""
        with self._lock:
            job = self._answering(key)
            return job is not None and not job.state.finished

    def leave(self, job_id: str, watcher: str) -> None:
        """`watcher` waits no longer. The job is cancelled when nobody else waits for it."""
        with self._lock:
            job = self._jobs.get(job_id)
            if job is None or job.state.finished:
                return
            job.watchers.discard(watcher)
            if job.watchers:
                return
            job.control.cancel()
            if job.state is JobState.QUEUED:
                self._finish(job, JobState.CANCELLED)

    def wait(self, job_id: str, timeout: float | None = None) -> bool:
        """Block until the job has ended; whether it has."""
        with self._lock:
            job = self._jobs.get(job_id)
        return job is None or job.finished.wait(timeout)

    def close(self) -> None:
        """Cancel everything and let the workers end after their present step."""
        with self._lock:
            for job in self._jobs.values():
                job.control.cancel()
            for line in self._lines.values():
                line.put(None)

    def _answering(self, key: Hashable) -> _Job | None:
        """The job that will answer, or has answered, `key`; not one that is being cancelled."""
        for job in self._jobs.values():
            alive = not job.state.finished and not job.control.cancelled()
            if job.key == key and (alive or job.state is JobState.DONE):
                return job
        return None

    def _refuse_when_full(self, device: str) -> None:
        waiting = sum(self._waits(job, device) for job in self._jobs.values())
        if waiting >= self._limit:
            raise EnformerLensError(
                f"{waiting} computations wait already, which is as many as are taken.",
                do="Try again in a minute.",
            )

    @staticmethod
    def _waits(job: _Job, device: str) -> bool:
        return job.state is JobState.QUEUED and job.device == device

    def _line(self, device: str) -> "queue.SimpleQueue[_Job | None]":
        if device not in self._lines:
            self._lines[device] = line = queue.SimpleQueue()
            # A daemon: an unfinished computation must not hold back the end of the process.
            threading.Thread(
                target=self._serve, args=(line,), name=f"jobs-{device}", daemon=True
            ).start()
        return self._lines[device]

    def _serve(self, line: "queue.SimpleQueue[_Job | None]") -> None:
        while (job := line.get()) is not None:
            with self._lock:
                if job.state is not JobState.QUEUED:
                    continue
                job.state, job.started = JobState.RUNNING, self._clock()
            self._run(job)

    def _run(self, job: _Job) -> None:
        try:
            result = self._attempt(job)
        except Cancelled:
            self._finish(job, JobState.CANCELLED)
        except EnformerLensError as error:
            self._finish(job, JobState.FAILED, error=error)
        except Exception as error:
            LOG.exception("job %s (%s) failed", job.id, job.title)
            self._finish(job, JobState.FAILED, error=_explained(error, job))
        else:
            self._finish(job, JobState.DONE, result=result)

    def _attempt(self, job: _Job) -> Any:
        """Run the work; once more with half the batch when memory ran out."""
        try:
            return job.work(job.control)
        except Exception as error:
            if not out_of_memory(error) or job.control.batch == 1:
                raise
            LOG.warning("job %s: out of memory with a batch of %d", job.id, job.control.batch)
        job.control.batch //= 2
        return job.work(job.control)

    def _finish(
        self,
        job: _Job,
        state: JobState,
        *,
        result: Any = None,
        error: EnformerLensError | None = None,
    ) -> None:
        with self._lock:
            job.state, job.result, job.error, job.ended = state, result, error, self._clock()
            finished = [known for known in self._jobs.values() if known.state.finished]
            for old in sorted(finished, key=lambda known: known.ended or 0.0)[: -self._kept]:
                del self._jobs[old.id]
            job.finished.set()

    def _snapshot(self, job: _Job) -> JobStatus:
        seconds = 0.0
        if job.started is not None:
            seconds = (self._clock() if job.ended is None else job.ended) - job.started
        return JobStatus(
            id=job.id,
            title=job.title,
            state=job.state,
            fraction=1.0 if job.state is JobState.DONE else job.control.fraction,
            doing=job.control.doing,
            place=self._place(job),
            seconds=seconds,
            seconds_left=_seconds_left(job, seconds),
            error=job.error,
        )

    def _place(self, job: _Job) -> int:
        if job.state is not JobState.QUEUED:
            return 0
        line = [known for known in self._jobs.values() if known.device == job.device]
        return sum(not known.state.finished for known in line[: line.index(job)])


def _seconds_left(job: _Job, seconds: float) -> float | None:
    fraction = job.control.fraction
    # The first steps load and warm up: a guess from them would jump about.
    if job.state is not JobState.RUNNING or fraction < 0.05 or seconds < 0.5:
        return None
    return seconds * (1 - fraction) / fraction


def _explained(error: Exception, job: _Job) -> EnformerLensError:
    if out_of_memory(error):
        return EnformerLensError(
            "There is not enough memory for this computation.",
            read=job.title,
            do="Close other programs, choose a smaller model, or use a machine with more memory.",
        )
    return EnformerLensError(
        f"The computation stopped with an unexpected error ({type(error).__name__}).",
        read=job.title,
        do=f"Try again; if it happens again, the server's log has the details under job {job.id}.",
    )
