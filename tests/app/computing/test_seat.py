import threading

import pytest

from app.computing.job import Control, JobState
from app.computing.seat import Seat, Waiting
from app.jobs import JobQueue
from enformer.errors import Cancelled, QueryError


@pytest.fixture
def queue():
    queue = JobQueue()
    yield queue
    queue.close()


class Slow:
    """Work that goes on until it is let through or cancelled."""

    def __init__(self) -> None:
        self.open, self.runs = threading.Event(), 0

    def __call__(self, control: Control) -> str:
        self.runs += 1
        while not self.open.wait(0.005):
            control.progress(0.1, "going on")
        return "done"


def fail(control: Control) -> None:
    raise QueryError("It cannot be.")


def test_quick_work_is_answered_at_once(queue):
    assert Seat(queue).ask(("kind", 1), lambda control: 7, 5) == 7


def test_slow_work_is_waited_for_and_found_later(queue):
    seat, slow = Seat(queue), Slow()
    waiting = seat.ask(("kind", 1), slow, 0)
    assert isinstance(waiting, Waiting)
    assert seat.ask(("kind", 1), slow, 0) == waiting
    slow.open.set()
    assert queue.wait(waiting.job, 5)
    assert seat.ask(("kind", 1), slow, 0) == "done"
    assert slow.runs == 1


def test_a_failure_is_told_again_but_not_tried_again_unasked(queue):
    seat, outcomes = Seat(queue), [fail, lambda control: "fine"]

    def work(control: Control) -> object:
        return outcomes.pop(0)(control)

    for _ in range(2):
        with pytest.raises(QueryError, match="cannot be"):
            seat.ask(("kind", 1), work, 5)
    seat.forget()
    assert seat.ask(("kind", 1), work, 5) == "fine"


def test_a_stopped_job_stays_stopped_until_asked_again(queue):
    seat, slow = Seat(queue), Slow()
    waiting = seat.ask(("kind", 1), slow, 0)
    seat.stop(waiting.job)
    for _ in range(2):
        with pytest.raises(Cancelled):
            seat.ask(("kind", 1), slow, 5)
    seat.forget()
    slow.open.set()
    assert seat.ask(("kind", 1), slow, 5) == "done"


def test_stopping_leaves_another_session_its_job(queue):
    mine, yours, slow = Seat(queue), Seat(queue), Slow()
    waiting = mine.ask(("kind", 1), slow, 0)
    assert yours.ask(("kind", 1), slow, 0) == waiting
    mine.stop(waiting.job)
    with pytest.raises(Cancelled):
        mine.ask(("kind", 1), slow, 0)
    slow.open.set()
    assert yours.ask(("kind", 1), slow, 5) == "done"


def test_another_question_leaves_the_last_one_of_its_kind(queue):
    seat, slow, other = Seat(queue), Slow(), Slow()
    first = seat.ask(("predict", 1), slow, 0)
    kept = queue.submit(("model",), other, watcher=seat.watcher, device="disk")
    seat.leave_others("predict", ("predict", 2))
    assert queue.wait(first.job, 5)
    assert queue.status(first.job).state is JobState.CANCELLED
    assert queue.status(kept).state in (JobState.QUEUED, JobState.RUNNING)


def test_a_job_that_was_forgotten_is_asked_for_again(queue):
    queue = JobQueue(kept=1)
    seat = Seat(queue)
    assert seat.ask(("kind", 1), lambda control: "one", 5) == "one"
    assert seat.ask(("kind", 2), lambda control: "two", 5) == "two"
    assert seat.ask(("kind", 1), lambda control: "again", 5) == "again"
    queue.close()


def test_a_session_that_ends_leaves_its_jobs(queue):
    seat, slow = Seat(queue), Slow()
    waiting = seat.ask(("kind", 1), slow, 0)
    seat.leave()
    assert queue.wait(waiting.job, 5)
    assert queue.status(waiting.job).state is JobState.CANCELLED
    with pytest.raises(Cancelled):  # its script may still be running
        seat.ask(("kind", 2), slow, 0)
    assert not queue.is_under_way(("kind", 2))


def test_jobs_that_are_stale_are_left_and_cancelled(queue):
    seat, go = Seat(queue), threading.Event()
    seat.ask(("explain a", 1), lambda control: go.wait(10), 0.0)
    waiting = seat.ask(("explain b", 2), lambda control: "done", 0.0)
    seat.leave_where(lambda key: key[-1] == 2)
    assert seat.status(("explain b", 2)) is None
    assert queue.status(waiting.job).state is JobState.CANCELLED
    assert not queue.status(
        seat.ask(("explain a", 1), lambda control: None, 0.0).job
    ).state.finished
    go.set()
