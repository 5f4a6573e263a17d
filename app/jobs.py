"""One queue of computations for the whole process, with one worker thread per device.

A view holds only a job id and polls `JobQueue.status`. Equal requests share one job, which is
cancelled only when the last of those who wait for it has left. Short jobs are let by: nobody waits
for a prediction until the evidence of another page is gathered. Nothing here knows of Streamlit.
"""

import functools
import itertools
import logging
import secrets
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

from app.computing.job import Control, JobState, JobStatus, Work, out_of_memory
from enformer.errors import Cancelled, EnformerLensError

LOG = logging.getLogger(__name__)


@dataclass(eq=False)
class _Job:
    key: Hashable
    title: str
    device: str
    work: Work
    short: bool
    control: Control
    number: int = field(default_factory=itertools.count().__next__)
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    state: JobState = JobState.QUEUED
    watchers: set[str] = field(default_factory=set)
    started: float | None = None
    ended: float | None = None
    result: Any = None
    error: EnformerLensError | None = None
    finished: threading.Event = field(default_factory=threading.Event)


class JobQueue:
    """Runs jobs one at a time on each device: short ones first, else in the order of asking.

    While a long one is under way, short ones run between two of its steps.

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
        self._served: set[str] = set()  # devices
        self._closed = False
        self._lock = threading.RLock()
        self._news = threading.Condition(self._lock)

    def submit(
        self,
        key: Hashable,
        work: Work,
        *,
        watcher: str,
        title: str = "",
        device: str = "cpu",
        batch: int = 1,
        short: bool = False,
    ) -> str:
        """Ask for `work(control)`; the id of the job that answers, shared between equal keys.

        Args:
            key: what is asked.
            work: answers it, and reports between its steps.
            watcher: who waits.
            title: for people.
            device: it needs to itself.
            batch: how much to do at once; halved where memory runs out.
            short: whether it is a matter of one step, and goes before those that are not.

        Raises:
            EnformerLensError: too many jobs wait already.
        """
        with self._lock:
            job = self._answering(key)
            if job is None:
                self._refuse_when_full(device)
                job = _Job(key, title, device, work, short, Control(batch))
                if not short:
                    job.control.between = functools.partial(self._let_by, job)
                self._jobs[job.id] = job
                self._serve_too(device)
                self._news.notify_all()
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
            self._closed = True
            self._news.notify_all()

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

    def _serve_too(self, device: str) -> None:
        if device not in self._served:
            self._served.add(device)
            # A daemon: an unfinished computation must not hold back the end of the process.
            threading.Thread(
                target=self._serve, args=(device,), name=f"jobs-{device}", daemon=True
            ).start()

    def _serve(self, device: str) -> None:
        while (job := self._take(device)) is not None:
            self._run(job)

    def _take(self, device: str) -> _Job | None:
        """The next job, once there is one; None at the end."""
        with self._news:
            while not self._closed:
                if (job := self._next(device)) is not None:
                    return job
                self._news.wait()
        return None

    def _let_by(self, long: _Job) -> None:
        """Run the short jobs that wait for the device that a long one has; its own time stands still."""
        began = self._clock()
        while (job := self._next(long.device, short=True)) is not None:
            # on a thread of its own: the long one may have switched gradients off for its thread
            one = threading.Thread(target=self._run, args=(job,), name="jobs-short", daemon=True)
            one.start()
            one.join()
        if long.started is not None:
            long.started += self._clock() - began

    def _next(self, device: str, short: bool = False) -> _Job | None:
        """Begin with the job whose turn it is; only a short one where that is asked."""
        with self._lock:
            waiting = [job for job in self._jobs.values() if self._waits(job, device)]
            job = next((one for one in waiting if one.short), None)
            if job is None and waiting and not short:
                job = waiting[0]
            if job is not None:
                job.state, job.started = JobState.RUNNING, self._clock()
            return job

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
        return sum(self._is_before(other, job) for other in self._jobs.values())

    def _is_before(self, other: _Job, job: _Job) -> bool:
        """Whether a job has to wait for the other: that runs, or is as short and was asked for first."""
        if other.device != job.device or other.state.finished or other is job:
            return False
        earlier, waits_less = other.number < job.number, other.short and not job.short
        return (
            other.state is JobState.RUNNING or waits_less or (earlier and other.short == job.short)
        )


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
