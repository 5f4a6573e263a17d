import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import pearsonr

from train.metrics import (
    VARIANTS,
    SequencePearson,
    StreamingPearson,
    as_figures,
    mean_and_median,
    summarise,
)

CUTS = st.lists(st.integers(0, 60), max_size=5).map(sorted)


def drawn(seed: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    return random.gamma(0.3, 5, (60, 4)), random.normal(size=(60, 4))


def seen(x: np.ndarray, y: np.ndarray) -> StreamingPearson:
    pearson = StreamingPearson(x.shape[-1])
    pearson.update(x, y)
    return pearson


def streamed(x: np.ndarray, y: np.ndarray, cuts: list[int]) -> np.ndarray:
    pearson = StreamingPearson(x.shape[-1])
    for a, b in zip(np.split(x, cuts), np.split(y, cuts), strict=True):
        pearson.update(a, b)
    return pearson.compute()


@settings(max_examples=30)
@given(st.integers(0, 2**31), CUTS)
def test_equals_scipy_however_it_is_cut(seed: int, cuts: list[int]) -> None:
    x, y = drawn(seed)
    expected = [pearsonr(x[:, i], y[:, i]).statistic for i in range(4)]
    np.testing.assert_allclose(streamed(x, y, cuts), expected, atol=1e-12)


@settings(max_examples=30)
@given(st.integers(0, 2**31), CUTS, st.randoms(use_true_random=False))
def test_any_order_and_tree_of_merges_gives_one_pass(seed: int, cuts: list[int], random) -> None:
    x, y = drawn(seed)
    parts = [seen(a, b) for a, b in zip(np.split(x, cuts), np.split(y, cuts), strict=True)]
    while len(parts) > 1:
        random.shuffle(parts)
        parts[0].merge(parts.pop())
    assert parts[0].count == 60
    np.testing.assert_allclose(parts[0].compute(), streamed(x, y, []), atol=1e-12)


def test_merging_leaves_the_other_as_it_was() -> None:
    x, y = drawn(0)
    one, other = seen(x[:20], y[:20]), seen(x[20:], y[20:])
    before = other.compute()
    one.merge(other)
    one.update(x, y)
    np.testing.assert_array_equal(other.compute(), before)


def test_leading_axes_are_positions() -> None:
    x, y = np.random.default_rng(0).normal(size=(2, 3, 5, 2))
    np.testing.assert_allclose(
        streamed(x, y, [1]),
        [np.corrcoef(x[..., i].ravel(), y[..., i].ravel())[0, 1] for i in (0, 1)],
    )


@pytest.mark.parametrize("offset", [1e6, 1e8])
def test_a_large_offset_does_not_cancel(offset: float) -> None:
    x, y = np.random.default_rng(0).normal(size=(2, 1000, 1))
    far = x + offset, y - offset
    np.testing.assert_allclose(streamed(*far, [333, 700]), streamed(x, y, []), atol=1e-7)


def test_constant_tracks_are_named_and_not_averaged() -> None:
    random = np.random.default_rng(0)
    x = random.normal(size=(50, 4)).astype(np.float32)
    x[:, 3] = 1e5 / 3
    y = np.column_stack([x[:, 0], np.full(50, 0.1), *random.normal(size=(2, 50))])
    pearson = StreamingPearson(4)
    pearson.update(x[:20], y[:20])
    pearson.update(x[20:], y[20:])
    assert pearson.reasons().tolist() == ["", "constant observation", "", "constant prediction"]
    r = pearson.compute()
    assert np.isnan(r).tolist() == [False, True, False, True]
    frame = pd.DataFrame({"head": "human", "assay": ["A", "A", "B", "C"], "pearson": r})
    first, second, third = summarise(frame)
    assert (first.tracks, first.unscored, first.mean) == (2, 1, pytest.approx(1))
    assert second.mean == pytest.approx(r[2])
    assert third.unscored == 1
    assert np.isnan(third.mean)
    assert as_figures([first, second]) == {"human/A": first.mean, "human/B": second.mean}


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_finite_spoils_its_own_track_only(bad: float) -> None:
    x, y = drawn(0)
    spoilt = x.copy()
    spoilt[7, 1] = bad
    pearson = seen(spoilt[:30], y[:30])
    pearson.merge(seen(spoilt[30:], y[30:]))
    assert pearson.reasons().tolist() == ["", "not finite", "", ""]
    kept = [0, 2, 3]
    np.testing.assert_allclose(pearson.compute()[kept], streamed(x, y, [])[kept], atol=1e-12)


def sequences(seed: int, count: int = 6) -> tuple[np.ndarray, np.ndarray]:
    """Sequences of 20 bins and 3 tracks; track 1 is 0 in the first two, track 2 in all."""
    x, y = np.random.default_rng(seed).normal(size=(2, count, 20, 3))
    y[:2, :, 1] = 0
    y[:, :, 2] = 0
    return x, y


def test_per_sequence_is_the_mean_over_sequences_that_vary() -> None:
    x, y = sequences(0)
    pearson = SequencePearson(3)
    for one in zip(x, y, strict=True):
        pearson.update(*one)
    every = [pearsonr(x[n, :, 0], y[n, :, 0]).statistic for n in range(6)]
    some = [pearsonr(x[n, :, 1], y[n, :, 1]).statistic for n in range(2, 6)]
    np.testing.assert_allclose(pearson.compute()[:2], [np.mean(every), np.mean(some)], atol=1e-12)
    assert np.isnan(pearson.compute()[2])
    assert pearson.scored.tolist() == [6, 4, 0]


@settings(max_examples=20)
@given(st.integers(0, 2**31), st.permutations(range(6)), st.integers(0, 6))
def test_per_sequence_merges(seed: int, order: list[int], cut: int) -> None:
    x, y = sequences(seed)
    whole, *parts = (SequencePearson(3) for _ in range(3))
    for number in range(6):
        whole.update(x[number], y[number])
    for part, numbers in zip(parts, (order[:cut], order[cut:]), strict=True):
        for number in numbers:
            part.update(x[number], y[number])
    parts[1].merge(parts[0])
    np.testing.assert_allclose(parts[1].compute(), whole.compute(), atol=1e-12)
    assert parts[1].scored.tolist() == whole.scored.tolist()


def test_variants_differ_where_sequences_differ_in_level() -> None:
    """A model that knows only each sequence's level is good by (a) and useless by (b)."""
    random = np.random.default_rng(1)
    level = 10.0 * np.arange(8)[:, None, None]
    x, y = level + random.normal(size=(2, 8, 100, 1))
    per_sequence = SequencePearson(1)
    for one in zip(x, y, strict=True):
        per_sequence.update(*one)
    assert streamed(x, y, [])[0] > 0.99
    assert abs(per_sequence.compute()[0]) < 0.2
    assert [variant.letter for variant in VARIANTS.values()] == ["a", "b", "c", "d"]


def test_mean_and_median_leave_nan_out() -> None:
    assert mean_and_median(np.array([1.0, np.nan, 2.0, 6.0])) == (3.0, 2.0)
    assert np.isnan(mean_and_median(np.array([np.nan]))).all()
