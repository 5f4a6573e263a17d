"""Explanations: their keys, the work that computes them, and what is kept of them."""

from dataclasses import replace

import numpy as np
import pytest

from app.computing import explanations
from app.computing.explanations import explain_each_work, explain_work, explanation
from app.computing.job import Control, JobState
from app.computing.results import ResultStore
from app.jobs import JobQueue
from enformer import Interval, Variant, open_genome
from enformer.errors import Cancelled
from interpret.contributions import Contributions, input_gradient
from interpret.origin import Subject
from interpret.stored import unpack
from interpret.target import Target

WINDOW = Interval("demo1", 300_000, 316_384)
TARGET = Target("human", (0,), (31, 32))
QUICK = {"method": "gradient", "both": False}


@pytest.fixture(scope="module")
def genome():
    return open_genome("demo")


@pytest.fixture
def store(tmp_path):
    store = ResultStore(tmp_path / "results")
    yield store
    store.close()


@pytest.fixture
def request_(tiny_checkpoint, genome):
    return explanation(
        "contributions quick", tiny_checkpoint, genome, WINDOW, None, TARGET, **QUICK
    )


def test_a_key_pins_everything_that_decides_the_values(request_):
    changes = {
        "kind": "contributions integrated",
        "model": "0" * 64,
        "dtype": "bfloat16",
        "genome": "other",
        "window": WINDOW.shift(1),
        "variant": Variant("demo1", 308_001, "A", "C"),
        "target": "human/1@31-32",
        "options": (("method", "centred"),),
    }
    keys = {request_.key} | {replace(request_, **{n: v}).key for n, v in changes.items()}
    assert len(keys) == 1 + len(changes)
    assert hash(request_) == hash(replace(request_))


def test_options_have_no_order(tiny_checkpoint, genome, request_):
    turned = dict(reversed(QUICK.items()))
    again = explanation(request_.kind, tiny_checkpoint, genome, WINDOW, None, TARGET, **turned)
    assert again == request_


def test_the_work_explains_and_keeps_the_result(tiny_checkpoint, genome, store, request_):
    queue = JobQueue()
    work = explain_work(request_, tiny_checkpoint, genome, store)
    job = queue.submit("key", work, watcher="me")
    assert queue.wait(job, 60)
    found = queue.result(job)
    queue.close()
    subject = Subject.read(tiny_checkpoint, genome, WINDOW)
    expected = input_gradient(subject.model, subject.one_hot, TARGET, origin=subject.provenance)
    np.testing.assert_array_equal(found.values, expected.values)
    kept = store.get(request_.key, unpack)
    assert isinstance(kept, Contributions)
    np.testing.assert_array_equal(kept.values, expected.values)
    assert kept.target == TARGET
    assert kept.provenance == found.provenance
    assert kept.completeness_gap is None


def test_what_was_kept_is_not_computed_again(tiny_checkpoint, genome, store, request_, monkeypatch):
    first = explain_work(request_, tiny_checkpoint, genome, store)(Control(1))
    monkeypatch.delitem(explanations.METHODS, request_.kind)
    again = explain_work(request_, tiny_checkpoint, genome, store)(Control(1))
    np.testing.assert_array_equal(first.values, again.values)


def elements(checkpoint, genome, *starts):
    return [
        explanation(
            "knock-out",
            checkpoint,
            genome,
            WINDOW,
            None,
            TARGET,
            start=at,
            end=at + 200,
            shuffles=2,
        )
        for at in starts
    ]


def test_several_are_kept_one_by_one_and_only_what_is_missing_is_computed(
    tiny_checkpoint, genome, store, monkeypatch
):
    first = elements(tiny_checkpoint, genome, 301_000, 305_000)
    control, kept_before = Control(1), []
    control.progress = lambda *_: kept_before.append(store.get(first[0].key, unpack) is not None)
    found = explain_each_work(first, tiny_checkpoint, genome, store)(control)
    assert list(found) == first
    assert kept_before[0] is False
    assert kept_before[-1] is True
    more = [*elements(tiny_checkpoint, genome, 303_000), *first]
    asked, knockouts = [], explanations.EACH["knock-out"]

    def told(subject, target, options, control):
        asked.extend(one["start"] for one in options)
        return knockouts(subject, target, options, control)

    monkeypatch.setitem(explanations.EACH, "knock-out", told)
    again = explain_each_work(more, tiny_checkpoint, genome, store)(Control(1))
    assert asked == [303_000]
    for one in first:
        np.testing.assert_array_equal(again[one].effects, found[one].effects)
    assert store.get(more[0].key, unpack).regions == (Interval("demo1", 303_000, 303_200),)
    (alone,) = elements(tiny_checkpoint, genome, 309_000)
    made = explain_work(alone, tiny_checkpoint, genome, store)(Control(1))
    assert made.regions == (Interval("demo1", 309_000, 309_200),)


def test_a_long_one_is_cancelled_between_its_steps(tiny_checkpoint, genome, store):
    options = {"method": "integrated", "both": False, "baseline": "zeros", "steps": 50}
    asked = explanation(
        "contributions integrated", tiny_checkpoint, genome, WINDOW, None, TARGET, **options
    )
    control, told = Control(1), []

    def progress(fraction: float, doing: str) -> None:
        told.append((fraction, doing))
        if len(told) == 5:
            control.cancel()

    control.progress = progress
    with pytest.raises(Cancelled):
        explain_work(asked, tiny_checkpoint, genome, store)(control)
    assert len(told) == 5
    assert "integrated gradients" in told[-1][1]
    assert store.get(asked.key, unpack) is None


def test_it_knows_what_it_is_about(tiny_checkpoint, genome, request_):
    sha256, identity = tiny_checkpoint.sha256, genome.identity
    assert request_.is_about(sha256, identity, WINDOW)
    assert not request_.is_about(sha256, identity, WINDOW.shift(128))
    assert not request_.is_about("0" * 64, identity, WINDOW)


def test_a_method_that_fails_says_so(tiny_checkpoint, genome, store, request_):
    queue = JobQueue()
    wrong = replace(request_, target="human/99@1")
    job = queue.submit("key", explain_work(wrong, tiny_checkpoint, genome, store), watcher="me")
    assert queue.wait(job, 60)
    status = queue.status(job)
    queue.close()
    assert status.state is JobState.FAILED
    assert "human has 8 tracks" in str(status.error)
