"""Figures of perturbations from numbers made by hand; stored and restored as they were."""

import math

import numpy as np
import pytest

from enformer import Interval
from interpret import Target
from interpret.perturbed import DistanceEffect, Knockout, Sufficiency
from interpret.stored import pack, unpack

WINDOW, TARGET = Interval("chr1", 0, 16_384), Target("human", (0,), (1,))
PLACES = (Interval("chr1", 10, 30), Interval("chr1", 50, 90))


def knocked_out(reference=4.0, effects=((-1, -3), (0, 2))) -> Knockout:
    yes = np.array([True, True])
    return Knockout(
        WINDOW, None, TARGET, PLACES, ("A", ""), reference, np.array(effects, dtype=np.float32),
        yes, np.ones(2, dtype=np.float32), ~yes, np.array([-500, 20]),
    )  # fmt: skip


def sufficient(reference=4.0) -> Sufficiency:
    context, within = np.array([1.0, 2.0]), np.array([2.0, 5.0])
    return Sufficiency(
        WINDOW, None, TARGET, PLACES[0], "A", (PLACES[1],), reference, context, within
    )


def moved(reference=4.0) -> DistanceEffect:
    return DistanceEffect(
        WINDOW, None, TARGET, PLACES[0], "A", (PLACES[1],), "shuffled", reference, np.array([-9, 7, 8]), 3,
        np.array([1.0, 2.0]), np.array([[2.0, 5.0], [1.0, 2.0], [1.0, 4.0]]),
    )  # fmt: skip


def test_a_knockout_in_figures():
    result = knocked_out()
    np.testing.assert_allclose(result.mean, [-2, 1])
    np.testing.assert_allclose(result.spread, [math.sqrt(2)] * 2)
    np.testing.assert_allclose(result.fold, [0.5, 1.25])
    table = result.table()
    assert list(table["contig"]) == ["chr1", "chr1"]
    assert list(table["end"]) == [30, 90]
    assert list(table["effect"]) == [-2, 1]


def test_sufficiency_in_figures():
    result = sufficient()
    np.testing.assert_allclose(result.effects, [1, 3])
    assert (result.mean, result.normalised) == (2, 0.5)
    assert result.spread == pytest.approx(math.sqrt(2))


def test_distance_in_figures():
    result = moved()
    np.testing.assert_allclose(result.effects, [[1, 3], [0, 0], [0, 2]])
    np.testing.assert_allclose(result.mean, [2, 0, 1])
    np.testing.assert_allclose(result.normalised, [0.5, 0, 0.25])
    assert list(result.table()["distance"]) == [-9, 7, 8]


def test_of_nothing_there_is_no_share():
    assert np.isnan(knocked_out(reference=0.0).fold).all()
    assert math.isnan(sufficient(reference=0.0).normalised)
    assert np.isnan(moved(reference=0.0).normalised).all()


def test_one_shuffle_has_no_spread():
    assert np.isnan(knocked_out(effects=((-1,), (2,))).spread).all()


@pytest.mark.parametrize("result", [knocked_out(), sufficient(), moved()])
def test_what_was_stored_comes_back(result):
    back = unpack(pack(result))
    assert type(back) is type(result)
    for name, value in vars(result).items():
        np.testing.assert_array_equal(getattr(back, name), value)
