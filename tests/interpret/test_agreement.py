"""Two predictions over the bins that both have, and how far they correlate."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from enformer.config import EnformerConfig
from enformer.coordinates import Interval, predicted_region
from enformer.errors import QueryError
from enformer.predict import Prediction
from enformer.provenance import Provenance
from enformer.tracks import TrackId, TrackTable
from interpret.agreement import agreement, aligned, common_region, pearson
from interpret.stored import pack, unpack
from interpret.track_pairs import SAME, TrackPair

TRACKS = 3
PAIRS = [TrackPair(TrackId("human", a), TrackId("human", b), SAME) for a, b in ((0, 2), (1, 1))]


def predicted(bins: int, center: int = 50_048, seed: int = 0, **more) -> Prediction:
    """Of a model with so many bins and a margin of four on each side."""
    config = EnformerConfig(
        heads={"human": TRACKS}, window_length=(bins + 8) * 128, target_bins=bins, channels=64,
        depth=1, attention_heads=2, filters_divisible_by=32, **more,
    )  # fmt: skip
    window = Interval("chr1", center, center + 1).resize(config.window_length)
    rows = pd.DataFrame({"identifier": list("abc"), "description": ["DNASE:x", "CAGE:x", "RNA:x"]})
    values = np.random.default_rng(seed).gamma(0.5, 3, (bins, TRACKS)).astype(np.float32)
    return Prediction(
        window, predicted_region(window, config), {"human": values},
        TrackTable.from_rows(rows, "human"), config,
        Provenance(f"toy{bins}", "ab" * 32, True, "hg38", "toy", window),
    )  # fmt: skip


@pytest.fixture
def a() -> Prediction:
    return predicted(64, seed=1)


@pytest.fixture
def b() -> Prediction:
    return predicted(40, seed=2)


def test_both_are_cut_to_the_bins_that_both_predict(a, b):
    found = agreement(a, b, PAIRS)
    assert found.interval == b.region == common_region(a, b)
    assert found.count == 40
    assert np.array_equal(found.a, a.values["human"][12:52, [0, 1]].T)
    assert np.array_equal(found.b, b.values["human"][:, [2, 1]].T)
    assert (found.tracks_a, found.tracks_b) == (("human/0", "human/1"), ("human/2", "human/1"))
    assert found.origin_a.model == "toy64"
    assert found.origin_b.tracks == found.tracks_b


def test_correlations_are_those_of_numpy(a, b):
    found = agreement(a, b, PAIRS)
    expected = [np.corrcoef(one, other)[0, 1] for one, other in zip(found.a, found.b, strict=True)]
    assert np.allclose(found.r, expected, atol=1e-12)


def test_correlations_are_over_the_part_asked_for_and_on_the_contig(a, b):
    start = b.region.start
    part = Interval("chr1", start + 130, start + 128 * 10)  # from inside the second bin
    found = agreement(a, b, PAIRS, within=part)
    assert np.flatnonzero(found.used).tolist() == list(range(1, 10))
    assert np.isclose(found.r[0], np.corrcoef(found.a[0, 1:10], found.b[0, 1:10])[0, 1])
    short = agreement(a, b, PAIRS, contig_length=start + 128 * 5)
    assert short.count == 5


def test_bins_without_a_value_are_left_out(a, b):
    values = b.values["human"].copy()
    values[3] = np.nan
    found = agreement(a, replace(b, values={"human": values}), PAIRS)
    assert not found.used[3]
    assert found.count == 39
    assert np.isfinite(found.r).all()


def test_a_constant_track_has_no_correlation_and_no_warning(a, b):
    values = b.values["human"].copy()
    values[:, 2] = np.float32(0.1)  # its mean over many bins is not exactly 0.1
    found = agreement(a, replace(b, values={"human": values}), PAIRS)
    assert np.isnan(found.r[0])
    assert np.isfinite(found.r[1])
    assert np.isnan(pearson(np.ones((2, 1)), np.ones((2, 1)))).all()


def test_a_model_agrees_with_itself(a):
    same = [TrackPair(track, track) for track in a.tracks.ids]
    assert np.allclose(agreement(a, a, same).r, 1)


def test_a_window_moves_by_less_than_a_bin_so_that_bins_coincide(a):
    odd = predicted(39)  # an odd number of bins around the same middle lies half a bin aside
    with pytest.raises(QueryError, match="no bins in common"):
        common_region(a, odd)
    moved = aligned(odd.window, odd.config, a.region, 128)
    assert abs(moved.start - odd.window.start) == 64
    assert (predicted_region(moved, odd.config).start - a.region.start) % 128 == 0
    assert aligned(a.window, a.config, a.region, 128) == a.window


def test_bins_of_another_size_and_places_apart_are_refused(a):
    fine = predicted(64, downsamples=6)
    with pytest.raises(QueryError, match="64 bp and of 128 bp"):
        aligned(fine.window, fine.config, a.region, 128)
    with pytest.raises(QueryError, match="no bins in common"):
        agreement(a, predicted(64, center=150_016), PAIRS)


def test_it_can_be_kept(a, b):
    found = agreement(a, b, PAIRS)
    again = unpack(pack(found))
    assert np.array_equal(again.a, found.a)
    assert np.array_equal(again.r, found.r)
    assert again.interval == found.interval
    assert again.origin_b == found.origin_b
