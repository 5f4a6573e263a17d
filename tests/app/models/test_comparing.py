"""One question before two models: windows, names, pairs, and jobs that do not stop each other."""

import threading
from dataclasses import replace

import numpy as np
import pytest

from app import services
from app.asking.places import PlaceName, open_place
from app.asking.scene import scene
from app.computing.job import JobState
from app.computing.predictions import Answer
from app.computing.seat import Seat, Waiting
from app.jobs import JobQueue
from app.models.comparing import Comparison, beside
from app.models.pairing import DEFAULT_PAIRS, MOST_PAIRS, matching
from app.widgets import NotReady
from enformer.coordinates import Interval
from enformer.errors import EnformerLensError
from enformer.predict import predict
from enformer.query import parse_query
from enformer.tracks import TrackId
from interpret.track_pairs import CHOSEN, SAME

LOCUS = "demo1:300,001-304,000"


@pytest.fixture(scope="module")
def place():
    return open_place(PlaceName.of("demo", "", online=False))


@pytest.fixture
def shown(tiny_checkpoint, place):
    return scene(tiny_checkpoint, place, parse_query(LOCUS, place.genome, place.genes), None)


@pytest.fixture
def odd(tiny_checkpoint):
    """A model whose bins around the same middle lie half a bin aside."""
    config = replace(tiny_checkpoint.config, window_length=16_384 - 128, target_bins=63)
    return replace(tiny_checkpoint, config=config, sha256="cd" * 32)


def test_both_windows_lie_around_the_same_place_with_bins_that_coincide(shown, odd):
    sides = beside(shown, odd, None)
    assert sides.a is shown
    assert (sides.b.region.start - shown.region.start) % 128 == 0
    assert abs(sides.b.window.center - shown.window.center) <= 64
    assert "The window of B was moved by " in sides.said
    assert sides.region == sides.b.region
    assert "63 bins of 128 bp" in sides.said


def test_models_of_one_name_are_told_apart_by_their_weights(shown, odd):
    a, b = beside(shown, odd, None).names
    assert (a, b) == (f"A tiny {shown.checkpoint.sha256[:6]}", "B tiny cdcdcd")
    other = replace(odd, card=replace(odd.card, name="other"))
    assert beside(shown, other, None).names == ("A tiny", "B other")


def test_bins_of_another_size_are_refused(shown, tiny_checkpoint):
    config = replace(tiny_checkpoint.config, downsamples=6, target_bins=128)
    with pytest.raises(EnformerLensError, match="64 bp and of 128 bp"):
        beside(shown, replace(tiny_checkpoint, config=config), None)


def test_pairs_are_those_asked_for_else_those_of_the_tracks_shown(shown, odd):
    found = matching(shown.checkpoint, odd)
    assert found.measured
    assert len(found.pairs) == 12
    pairs, unknown = found.chosen(
        ("human/1:human/1", "human/1:mouse/2", "human/99:human/0", "x"), (), ""
    )
    assert [(str(pair), pair.basis) for pair in pairs] == [
        ("human/1:human/1", SAME), ("human/1:mouse/2", CHOSEN),
    ]  # fmt: skip
    assert unknown == ("human/99:human/0", "x")
    pairs, _ = found.chosen((), (TrackId("human", 5),), "mouse")
    assert [str(pair.a) for pair in pairs] == ["human/5", "mouse/0", "mouse/1"]
    assert len(pairs) == DEFAULT_PAIRS
    many, _ = found.chosen([str(pair) for pair in found.pairs], (), "human")
    assert len(many) == MOST_PAIRS


def test_the_difference_of_the_alleles_is_compared(shown, odd, place, monkeypatch):
    genome, model = place.genome, shown.checkpoint
    ref = genome.fetch(Interval("demo1", 301_999, 302_000))
    parsed = parse_query(f"demo1:302000:{ref}>{'A' if ref != 'A' else 'C'}", genome, place.genes)
    asked = scene(model, place, parsed, None)
    alleles = [
        predict(model, genome, asked.window, variant=variant) for variant in (None, parsed.variant)
    ]
    monkeypatch.setattr(services, "answer", lambda *args: Answer(*alleles))
    sides = replace(beside(asked, odd, None), b=asked)
    found = matching(model, model)
    whole = Comparison(sides, found, found.pairs, "ALT − REF")
    one, other = whole.predictions(Seat(JobQueue()))
    expected = alleles[1].values["human"] - alleles[0].values["human"]
    assert np.array_equal(one.values["human"], expected)
    assert np.array_equal(other.values["human"], expected)
    assert np.allclose(whole.agreement((one, other)).r, 1)
    assert "ALT-minus-REF" in whole.stem


def test_asking_for_a_again_does_not_stop_b(shown, odd, monkeypatch):
    """The page asks for both at every look at a job: neither may cancel the other."""
    goes_on = threading.Event()

    def work_for(*args: object):
        return lambda control: goes_on.wait(30)

    monkeypatch.setattr(services, "work_for", work_for)
    queue = JobQueue()
    seat, sides = Seat(queue), beside(shown, odd, None)
    ask = [
        (one.checkpoint, one.place, one.window, one.parsed, seat, kind)
        for one, kind in ((sides.a, "predict"), (sides.b, "predict beside"))
    ]
    try:
        a, b = (services.answer(*asked) for asked in ask)
        services.answer(*ask[0])
        assert isinstance(a, Waiting)
        assert isinstance(b, Waiting)
        states = [queue.status(job).state for job in (a.job, b.job)]
        assert states == [JobState.RUNNING, JobState.QUEUED]
        comparison = Comparison(sides, matching(shown.checkpoint, odd), (), "")
        with pytest.raises(NotReady):
            comparison.predictions(seat)
    finally:
        goes_on.set()
        queue.close()
