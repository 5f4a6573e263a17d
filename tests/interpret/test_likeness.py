"""How alike two methods are: by SciPy, and where nothing can be said."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import pearsonr, spearmanr

from enformer import Interval
from enformer.errors import QueryError
from interpret.likeness import likeness
from tests.interpret.test_motifs import WINDOW, contributions

RNG = np.random.default_rng(3)
LETTERS = "NN" + "".join(RNG.choice(list("ACGT"), WINDOW.length - 2))
ONE = contributions(LETTERS, RNG.normal(size=WINDOW.length))
OTHER = contributions(LETTERS, ONE.per_position * 0.5 + RNG.normal(size=WINDOW.length))


def test_correlations_are_those_of_scipy_without_unknown_bases():
    found = likeness(ONE, OTHER)
    a, b = ONE.per_position[2:], OTHER.per_position[2:]
    assert found.pearson == pytest.approx(pearsonr(a, b).statistic, abs=1e-6)
    assert found.spearman == pytest.approx(spearmanr(a, b).statistic, abs=1e-6)
    assert found.same_sign == pytest.approx(np.mean(np.sign(a) == np.sign(b)))
    assert (found.positions, found.region) == (WINDOW.length - 2, WINDOW)


def test_a_part_is_compared_by_itself():
    part = Interval("chr1", 6_000, 6_300)
    found = likeness(ONE, OTHER, part)
    cut = slice(1_000, 1_300)
    expected = pearsonr(ONE.per_position[cut], OTHER.per_position[cut]).statistic
    assert found.pearson == pytest.approx(expected, abs=1e-6)
    assert found.positions == 300


def test_a_result_is_like_itself_and_unlike_its_mirror():
    assert likeness(ONE, ONE).pearson == pytest.approx(1)
    mirror = contributions(LETTERS, -ONE.per_position)
    found = likeness(ONE, mirror)
    assert (found.pearson, found.spearman) == (pytest.approx(-1), pytest.approx(-1))
    assert found.same_sign == 0


def test_nothing_is_said_of_what_does_not_vary():
    flat = contributions(LETTERS, np.zeros(WINDOW.length))
    found = likeness(ONE, flat)
    assert np.isnan([found.pearson, found.spearman, found.same_sign]).all()
    assert np.isnan(likeness(ONE, OTHER, Interval("chr1", 5_000, 5_001)).pearson)


def test_results_of_other_windows_or_places_are_refused():
    moved = replace(OTHER, interval=Interval("chr1", 0, WINDOW.length))
    with pytest.raises(QueryError, match="one window"):
        likeness(ONE, moved)
    with pytest.raises(QueryError, match="outside the window"):
        likeness(ONE, OTHER, Interval("chr1", 0, 10))
