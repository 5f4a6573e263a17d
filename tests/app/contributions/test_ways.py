"""Two ways in one link, and what is compared first."""

import pytest

from app.contributions.ways import BESIDE, Way, other_than, pair


@pytest.mark.parametrize("text", ["gradient", "integrated:uniform:20", "centred:both"])
def test_one_way_is_compared_with_none(text):
    assert pair(text) == (Way.parse(text), None)


def test_two_ways_are_read_as_they_are_written():
    ways = Way("integrated", "uniform", 20), Way("centred", both=True)
    assert pair(BESIDE.join(map(str, ways))) == ways


def test_what_makes_no_sense_is_the_quick_method():
    assert pair("") == (Way(), None)
    assert pair("nonsense~nonsense") == (Way(), Way())


def test_the_first_comparison_is_another_way():
    assert other_than(Way()).name == "integrated"
    assert other_than(Way("integrated", "zeros", 20)) == Way("integrated", "uniform", 20)
    assert other_than(Way("integrated", "uniform", 20)).baseline == "zeros"
    assert other_than(Way("gradient", both=True)).both
