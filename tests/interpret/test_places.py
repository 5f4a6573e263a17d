"""Places around a target, by hand: the tiny window has 32 tokens on each side of its 64 bins."""

import pytest

from enformer import Interval
from interpret import Target
from interpret.places import distance, in_bins, promoter, span

WINDOW = Interval("chr1", 1_000, 1_000 + 16_384)
FIRST = 1_000 + 32 * 128
"""First base of the first bin."""


def target(*bins: int) -> Target:
    return Target("human", (0,), bins)


def test_a_target_spans_its_bins(tiny_config):
    assert span(target(2, 5), WINDOW, tiny_config) == Interval("chr1", FIRST + 256, FIRST + 768)


@pytest.mark.parametrize(
    ("start", "end", "shared"),
    [
        (0, 128, True),
        (127, 300, True),
        (128, 256, False),
        (-9, 1, True),
        (-9, 0, False),
        (640, 641, True),
    ],
)
def test_only_its_own_bins_are_its(tiny_config, start, end, shared):
    place = Interval("chr1", FIRST + start, FIRST + end)
    assert in_bins(place, target(0, 5), WINDOW, tiny_config) == shared


def test_distance_has_a_sign(tiny_config):
    where = target(2), WINDOW, tiny_config
    middle = FIRST + 2 * 128 + 64
    assert distance(Interval("chr1", middle - 110, middle - 90), *where) == -100
    assert distance(Interval("chr1", middle + 40, middle + 60), *where) == 50


@pytest.mark.parametrize(
    ("bins", "start", "end"),
    [
        ((32,), 8_256 - 1_024, 8_256 + 1_024),
        ((20, 40), 4_096 + 20 * 128, 4_096 + 41 * 128),
        ((0, 63), 4_096, 4_096 + 64 * 128),
    ],
)
def test_a_promoter_is_wide_enough(tiny_config, bins, start, end):
    expected = Interval("chr1", 1_000 + start, 1_000 + end)
    assert promoter(target(*bins), WINDOW, tiny_config) == expected


def test_a_promoter_stays_in_the_window(tiny_config):
    short = Interval("chr1", 0, 64 * 128)  # all of its tokens have bins
    assert promoter(target(0), short, tiny_config) == Interval("chr1", 0, 64 + 1_024)
    assert promoter(target(63), short, tiny_config).end == short.end
