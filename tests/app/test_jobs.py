import threading
import time

import pytest
import torch

from app.computing.job import Control, JobState
from app.jobs import JobQueue
from enformer.errors import EnformerLensError, GenomeError


@pytest.fixture
def jobs():
    jobs = JobQueue()
    yield jobs
    jobs.close()


class Gate:
    """Work that reports, then goes on step by step only when let through."""

    def __init__(self, answer: object = "answer") -> None:
        self.answer, self.begun, self.open, self.runs = (
            answer,
            threading.Event(),
            threading.Event(),
            0,
        )

    def __call__(self, control: Control) -> object:
        self.runs += 1
        control.progress(0.5, "half of it")
        self.begun.set()
        while not self.open.wait(0.005):
            control.progress(0.5, "half of it")
        return self.answer


def test_result_and_status_of_finished_work(jobs):
    job = jobs.submit("key", lambda control: 42, watcher="me", title="the answer")
    assert jobs.wait(job, 5)
    status = jobs.status(job)
    assert (status.state, status.fraction, status.title) == (JobState.DONE, 1.0, "the answer")
    assert jobs.result(job) == 42


def test_unknown_job_has_no_status(jobs):
    assert jobs.status("never") is None
    assert jobs.result("never") is None


def test_running_job_says_what_it_does(jobs):
    gate = Gate()
    job = jobs.submit("key", gate, watcher="me")
    assert gate.begun.wait(5)
    status = jobs.status(job)
    assert (status.state, status.fraction, status.doing) == (JobState.RUNNING, 0.5, "half of it")
    gate.open.set()
    assert jobs.wait(job, 5)


def test_time_left_follows_the_pace():
    now = [100.0]
    jobs = JobQueue(clock=lambda: now[0])
    gate = Gate()
    job = jobs.submit("key", gate, watcher="me")
    assert gate.begun.wait(5)
    now[0] = 110.0
    assert jobs.status(job).seconds == pytest.approx(10)
    assert jobs.status(job).seconds_left == pytest.approx(10)  # half of it took ten seconds
    jobs.close()


def test_order_and_place_in_the_queue(jobs):
    order, gate = [], Gate()
    first = jobs.submit("first", gate, watcher="me")
    rest = [
        jobs.submit(name, lambda control, name=name: order.append(name), watcher="me")
        for name in "abc"
    ]
    assert gate.begun.wait(5)
    assert [jobs.status(job).place for job in [first, *rest]] == [0, 1, 2, 3]
    gate.open.set()
    assert all(jobs.wait(job, 5) for job in rest)
    assert order == ["a", "b", "c"]


def test_devices_do_not_wait_for_each_other(jobs):
    gate = Gate()
    jobs.submit("slow", gate, watcher="me", device="cpu")
    assert gate.begun.wait(5)
    other = jobs.submit("quick", lambda control: "done", watcher="me", device="cuda:0")
    assert jobs.wait(other, 5)
    assert jobs.result(other) == "done"


def test_equal_requests_share_one_job(jobs):
    gate = Gate()
    first = jobs.submit("key", gate, watcher="me")
    assert gate.begun.wait(5)
    assert jobs.submit("key", gate, watcher="you") == first
    gate.open.set()
    assert jobs.wait(first, 5)
    assert jobs.submit("key", gate, watcher="later") == first
    assert gate.runs == 1


def test_one_of_two_watchers_may_leave(jobs):
    gate = Gate()
    job = jobs.submit("key", gate, watcher="me")
    jobs.submit("key", gate, watcher="you")
    assert gate.begun.wait(5)
    jobs.leave(job, "me")
    jobs.leave(job, "me")  # leaving twice is leaving once
    assert not jobs.wait(job, 0.05)
    gate.open.set()
    assert jobs.wait(job, 5)
    assert jobs.result(job) == "answer"


def test_the_last_watcher_cancels_running_work(jobs):
    gate = Gate()
    job = jobs.submit("key", gate, watcher="me")
    assert gate.begun.wait(5)
    jobs.leave(job, "me")
    assert jobs.wait(job, 5)
    assert jobs.status(job).state is JobState.CANCELLED


def test_cancelled_before_its_turn_never_runs(jobs):
    gate, never = Gate(), Gate()
    first = jobs.submit("first", gate, watcher="me")
    second = jobs.submit("second", never, watcher="me")
    third = jobs.submit("third", lambda control: 3, watcher="me")
    jobs.leave(second, "me")
    assert jobs.status(second).state is JobState.CANCELLED
    gate.open.set()
    assert jobs.wait(first, 5)
    assert jobs.wait(third, 5)
    assert never.runs == 0


def test_asking_again_after_a_cancel_starts_anew(jobs):
    gate = Gate()
    first = jobs.submit("key", gate, watcher="me")
    assert gate.begun.wait(5)
    jobs.leave(first, "me")
    second = jobs.submit("key", gate, watcher="me")
    assert second != first
    gate.open.set()
    assert jobs.wait(second, 5)
    assert jobs.result(second) == "answer"


def test_work_that_ends_in_spite_of_a_cancel_keeps_its_result(jobs):
    gate = threading.Event()
    job = jobs.submit("key", lambda control: gate.wait(5) and "kept", watcher="me")
    while jobs.status(job).state is JobState.QUEUED:
        time.sleep(0.002)
    jobs.leave(job, "me")
    gate.set()
    assert jobs.wait(job, 5)
    assert (jobs.status(job).state, jobs.result(job)) == (JobState.DONE, "kept")


def test_our_own_error_is_kept_as_it_is(jobs):
    error = GenomeError("No contig chr99.", read="chr99:1-2", do="Use chr1.")

    def fail(control: Control) -> None:
        raise error

    job = jobs.submit("key", fail, watcher="me")
    assert jobs.wait(job, 5)
    assert jobs.status(job).state is JobState.FAILED
    assert jobs.status(job).error is error


def test_an_unexpected_error_is_readable_and_logged(jobs, caplog):
    def fail(control: Control) -> None:
        raise ZeroDivisionError("secret details")

    job = jobs.submit("key", fail, watcher="me", title="chr1:1-2")
    assert jobs.wait(job, 5)
    error = jobs.status(job).error
    assert isinstance(error, EnformerLensError)
    assert "secret details" not in str(error)
    assert job in str(error)
    assert "secret details" in caplog.text


def test_a_failed_job_is_tried_again_and_the_worker_lives(jobs):
    outcomes = [RuntimeError("once"), "fine"]

    def sometimes(control: Control) -> object:
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    first = jobs.submit("key", sometimes, watcher="me")
    assert jobs.wait(first, 5)
    second = jobs.submit("key", sometimes, watcher="me")
    assert jobs.wait(second, 5)
    assert jobs.result(second) == "fine"


def test_out_of_memory_halves_the_batch_once(jobs):
    tried = []

    def hungry(control: Control) -> int:
        tried.append(control.batch)
        if control.batch > 4:
            raise MemoryError
        return control.batch

    fits = jobs.submit("fits", hungry, watcher="me", batch=8)
    too_much = jobs.submit("too much", hungry, watcher="me", batch=32)
    assert jobs.wait(too_much, 5)
    assert jobs.result(fits) == 4
    assert tried == [8, 4, 32, 16]
    assert "not enough memory" in str(jobs.status(too_much).error)


def test_a_full_queue_refuses_with_the_reason():
    jobs, gate = JobQueue(waiting_limit=2), Gate()
    jobs.submit("running", gate, watcher="me")
    assert gate.begun.wait(5)
    kept = [jobs.submit(name, gate, watcher="me") for name in "ab"]
    with pytest.raises(EnformerLensError, match="2 computations wait"):
        jobs.submit("c", gate, watcher="me")
    assert jobs.submit("a", gate, watcher="you") == kept[0]  # sharing needs no place
    jobs.close()


def test_only_the_oldest_finished_jobs_are_forgotten():
    jobs = JobQueue(kept=2)
    ids = [jobs.submit(n, lambda control, n=n: n, watcher="me") for n in range(4)]
    assert jobs.wait(ids[-1], 5)
    assert [jobs.result(job) for job in ids] == [None, None, 2, 3]
    jobs.close()


def test_whether_a_key_is_under_way(jobs):
    gate = Gate()
    assert not jobs.is_under_way("key")
    job = jobs.submit("key", gate, watcher="me")
    assert jobs.is_under_way("key")
    gate.open.set()
    assert jobs.wait(job, 5)
    assert not jobs.is_under_way("key")


def test_short_jobs_go_before_long_ones_that_wait(jobs):
    order, gate = [], Gate()
    first = jobs.submit("first", gate, watcher="me", short=True)
    assert gate.begun.wait(5)
    long, short = (
        jobs.submit(name, lambda control, name=name: order.append(name), watcher="me", short=short)
        for name, short in (("long", False), ("short", True))
    )
    assert [jobs.status(job).place for job in (first, short, long)] == [0, 1, 2]
    gate.open.set()
    assert jobs.wait(long, 5)
    assert order == ["short", "long"]


def test_a_short_job_is_done_between_two_steps_of_a_long_one(jobs):
    gate = Gate()
    long = jobs.submit("long", gate, watcher="me")
    assert gate.begun.wait(5)
    short = jobs.submit("short", lambda control: "quick", watcher="you", short=True)
    assert jobs.wait(short, 5)
    assert jobs.result(short) == "quick"
    assert jobs.status(long).state is JobState.RUNNING
    gate.open.set()
    assert jobs.wait(long, 5)
    assert jobs.result(long) == "answer"


def test_a_gradient_is_found_in_between_whatever_the_long_job_has_switched_off(jobs):
    def long(control: Control) -> None:
        with torch.inference_mode():
            gate(control)

    def short(control: Control) -> float:
        x = torch.ones(3, requires_grad=True)
        (2 * x).sum().backward()
        assert x.grad is not None
        return float(x.grad.sum())

    gate = Gate()
    jobs.submit("long", long, watcher="me")
    assert gate.begun.wait(5)
    job = jobs.submit("short", short, watcher="you", short=True)
    assert jobs.wait(job, 5)
    assert jobs.status(job).error is None
    assert jobs.result(job) == 6
    gate.open.set()


def test_what_fails_in_between_does_not_stop_the_long_job(jobs):
    def fail(control: Control) -> None:
        raise GenomeError("No such contig.")

    gate = Gate()
    long = jobs.submit("long", gate, watcher="me")
    assert gate.begun.wait(5)
    short = jobs.submit("short", fail, watcher="you", short=True)
    assert jobs.wait(short, 5)
    assert jobs.status(short).state is JobState.FAILED
    gate.open.set()
    assert jobs.wait(long, 5)
    assert jobs.status(long).state is JobState.DONE


def test_the_time_of_those_let_by_is_not_counted():
    now = [100.0]
    jobs = JobQueue(clock=lambda: now[0])
    gate = Gate()
    long = jobs.submit("long", gate, watcher="me")
    assert gate.begun.wait(5)

    def wait(control: Control) -> None:
        now[0] += 50

    assert jobs.wait(jobs.submit("short", wait, watcher="you", short=True), 5)
    now[0] += 10
    while (seconds := jobs.status(long).seconds) > 50:  # until its thread has gone on
        time.sleep(0.01)
    assert seconds == pytest.approx(10)
    jobs.close()
