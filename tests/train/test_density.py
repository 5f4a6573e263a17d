import numpy as np
import pandas as pd

from train.density import Density

ASSAYS = pd.Series(["CAGE", "DNASE", "CAGE"])


def test_counts_equal_a_histogram_of_log1p() -> None:
    x, y = np.random.default_rng(0).gamma(0.5, 20, (2, 500, 3)).astype(np.float32)
    density = Density(ASSAYS)
    for part in (slice(0, 100), slice(100, 500)):
        density.update(x[part], y[part])
    edges = np.arange(113) * 0.1
    for name, columns in (("CAGE", [0, 2]), ("DNASE", [1])):
        sides = (np.log1p(side[:, columns].astype(np.float64)).ravel() for side in (x, y))
        expected, _, _ = np.histogram2d(*sides, bins=[edges, edges])
        np.testing.assert_array_equal(density.counts[name], expected)


def test_merges_and_lists_cells_that_hold_a_bin() -> None:
    one, other = Density(ASSAYS), Density(ASSAYS)
    one.update(np.zeros((4, 3), np.float32), np.full((4, 3), 1.0, np.float32))
    other.update(np.full((1, 3), 1e9, np.float32), np.array([[-1.0, np.nan, 0]], np.float32))
    one.merge(other)
    frame = one.frame("human")
    assert frame.to_dict("list") == {
        "head": ["human"] * 3,
        "assay": ["CAGE", "CAGE", "DNASE"],
        "predicted": [0.0, 11.1, 0.0],
        "observed": [0.6, 0.0, 0.6],
        "bins": [8, 2, 4],
    }
