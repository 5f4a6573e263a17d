import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.figures.ruler import length_text, scale_bar, ticks
from enformer.coordinates import Interval

STARTS = st.integers(0, 248_000_000)
LENGTHS = st.integers(2, 2_000_000)


@pytest.mark.parametrize(
    ("length", "labels"),
    [
        (114_688, ["5.22 Mb", "5.24 Mb", "5.26 Mb", "5.28 Mb", "5.30 Mb"]),
        (40_000, ["5.22 Mb", "5.23 Mb", "5.24 Mb"]),
        (10_000, ["5,212 kb", "5,214 kb", "5,216 kb", "5,218 kb", "5,220 kb"]),
        (500, ["5,210,100", "5,210,200", "5,210,300", "5,210,400", "5,210,500"]),
        (5, ["5,210,001", "5,210,002", "5,210,003", "5,210,004", "5,210,005"]),
    ],
)
def test_labels_get_finer_as_one_zooms(length, labels):
    view = Interval("chr11", 5_210_000, 5_210_000 + length)
    assert [tick.label for tick in ticks(view, 6)][: len(labels)] == labels


def test_a_tick_is_in_the_middle_of_its_base():
    (tick,) = ticks(Interval("chr1", 99, 100), 1)
    assert (tick.x, tick.label) == (99.5, "100")


@given(STARTS, LENGTHS, st.integers(1, 12))
def test_ticks_are_few_distinct_and_in_view(start, length, at_most):
    found = ticks(Interval("chr1", start, start + length), at_most)
    assert len(found) <= at_most
    assert len({tick.label for tick in found}) == len(found)
    assert all(start < tick.x < start + length for tick in found)


@given(STARTS, LENGTHS)
def test_labels_say_the_position_they_stand_at(start, length):
    factor = {"Mb": 1e6, "kb": 1e3, "": 1}
    for tick in ticks(Interval("chr1", start, start + length), 8):
        number, _, unit = tick.label.partition(" ")
        assert float(number.replace(",", "")) * factor[unit] == pytest.approx(
            tick.x + 0.5, rel=1e-12
        )


def test_no_ticks_before_the_contig():
    assert [tick.label for tick in ticks(Interval("chr1", -3_000, 2_000), 6)] == ["1 kb", "2 kb"]


@given(STARTS, LENGTHS)
def test_the_scale_bar_is_round_and_fits(start, length):
    bar = scale_bar(Interval("chr1", start, start + length), 0.25)
    assert bar == length or (bar <= length / 4 < 2.5 * bar and str(bar).rstrip("0") in "125")


@pytest.mark.parametrize(
    ("bp", "text"), [(114_688, "114,688 bp"), (20_000, "20 kb"), (10**6, "1 Mb")]
)
def test_length_text(bp, text):
    assert length_text(bp) == text
