import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.asking import zoom
from enformer.coordinates import Interval

WITHIN = Interval("chr1", 1_000, 101_000)
positions = st.integers(-200_000, 300_000)
lengths = st.integers(1, 300_000)


def test_steps_with_known_answers():
    view = Interval("chr1", 20_000, 40_000)
    assert zoom.scaled(view, 0.5, WITHIN) == Interval("chr1", 25_000, 35_000)
    assert zoom.scaled(view, 2, WITHIN) == Interval("chr1", 10_000, 50_000)
    assert zoom.panned(view, 0.5, WITHIN) == Interval("chr1", 30_000, 50_000)
    assert zoom.panned(view, -1, WITHIN) == Interval("chr1", 1_000, 21_000)
    assert zoom.boxed((30_000.2, 24_999.9), WITHIN) == Interval("chr1", 25_000, 30_000)


def test_in_and_out_again_returns():
    view = Interval("chr1", 20_000, 40_000)
    assert zoom.scaled(zoom.scaled(view, 0.5, WITHIN), 2, WITHIN) == view


@given(positions, lengths, st.sampled_from([0.1, 0.5, 2, 30]), st.sampled_from([-0.5, 0.5, 9]))
def test_every_step_stays_inside_and_readable(start, length, factor, share):
    view = Interval("chr1", start, start + length)
    steps = [
        zoom.scaled(view, factor, WITHIN),
        zoom.panned(view, share, WITHIN),
        zoom.boxed((start, start + length), WITHIN),
        zoom.first_view(view, WITHIN, exactly=True),
        zoom.first_view(view, WITHIN, exactly=False),
    ]
    assert all(WITHIN.contains(step) and step.length >= zoom.SMALLEST for step in steps)


@pytest.mark.parametrize("length", [20_000, 20_001, 99_999])
def test_a_typed_extent_is_shown_as_typed(length):
    asked = Interval("chr1", 1_001, 1_001 + length)
    assert zoom.first_view(asked, WITHIN, exactly=True) == asked


@pytest.mark.parametrize("length", [1, 1_600, 20_000])
def test_a_gene_or_position_is_shown_with_its_surroundings(length):
    asked = Interval("chr1", 50_000, 50_000 + length)
    view = zoom.first_view(asked, WITHIN, exactly=False)
    assert view.contains(asked)
    assert view.length >= WITHIN.length // 2
    assert abs(view.center - asked.center) <= 1
