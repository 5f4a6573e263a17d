import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import pearsonr

from train.metrics import StreamingPearson, summarise


def streamed(x: np.ndarray, y: np.ndarray, cuts: list[int]) -> np.ndarray:
    pearson = StreamingPearson(x.shape[-1])
    for a, b in zip(np.split(x, cuts), np.split(y, cuts), strict=True):
        if len(a):
            pearson.update(a, b)
    return pearson.compute()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**31), st.lists(st.integers(0, 60), max_size=5))
def test_equals_scipy_however_it_is_cut(seed: int, cuts: list[int]) -> None:
    random = np.random.default_rng(seed)
    x, y = random.gamma(0.3, 5, (60, 4)), random.normal(size=(60, 4))
    expected = [pearsonr(x[:, i], y[:, i]).statistic for i in range(4)]
    np.testing.assert_allclose(streamed(x, y, sorted(cuts)), expected, atol=1e-12)


def test_leading_axes_are_positions() -> None:
    x, y = np.random.default_rng(0).normal(size=(2, 3, 5, 2))
    np.testing.assert_allclose(
        streamed(x, y, [1]),
        [np.corrcoef(x[..., i].ravel(), y[..., i].ravel())[0, 1] for i in (0, 1)],
    )


def test_a_large_offset_does_not_cancel() -> None:
    x, y = np.random.default_rng(0).normal(size=(2, 1000, 1))
    np.testing.assert_allclose(streamed(x + 1e6, y + 1e6, [333]), streamed(x, y, []), atol=1e-6)


def test_constant_tracks_are_nan_and_not_averaged() -> None:
    random = np.random.default_rng(0)
    x = random.normal(size=(50, 3))
    y = np.column_stack([x[:, 0], np.full(50, 0.1), random.normal(size=50)])
    r = streamed(x, y, [20])
    assert np.isnan(r[1])
    assert r[0] == pytest.approx(1)
    frame = pd.DataFrame({"head": "human", "assay": ["A", "A", "B"], "pearson": r})
    first, second = summarise(frame)
    assert (first.tracks, first.constant, first.mean) == (2, 1, pytest.approx(1))
    assert second.mean == pytest.approx(r[2])
