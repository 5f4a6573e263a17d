from types import MappingProxyType

import numpy as np
import pytest

from enformer import Interval, Variant
from enformer.errors import EnformerLensError
from enformer.tracks import TrackId
from interpret.effects import VariantEffect
from interpret.score_columns import Columns

WINDOW = Interval("chr1", 0, 16_384)


def effect(values: list[float], percentiles: bool = False) -> VariantEffect:
    """An effect on the eight human tracks of the tiny model: four CAGE, four DNASE."""
    scores = np.array(values, dtype=np.float64)
    return VariantEffect(
        variants=(Variant("chr1", 9_000, "A", "C"),),
        window=WINDOW,
        region=WINDOW.resize(8_192),
        provenance=None,
        heads=("human",),
        track_counts=(8,),
        scores=MappingProxyType({"SAD": scores, "D2": np.abs(scores)}),
        sax_bin=np.zeros(8, np.int64),
        reference=np.zeros(8),
        alternative=np.zeros(8),
        realigned=False,
        scored=np.ones(64, bool),
        genes=(),
        gene_tss=(),
        gene_scores=np.zeros((0, 8)),
        percentiles={"SAD": np.arange(8) * 10.0} if percentiles else {},
    )


def test_the_numbers_are_those_of_the_columns(tiny_tracks):
    tracks = tiny_tracks.search(head=("human",))
    chosen = [TrackId("human", 5), TrackId("human", 1)]
    columns = Columns.of(tracks, ["SAD", "D2"], chosen, percentiles=["SAD"])
    numbers = columns.numbers(effect([1, -3, 2, 0, 5, -6, 4, 0], percentiles=True))
    told = dict(zip([column.name for column in columns.described], numbers.tolist(), strict=True))
    assert told == {
        "SAD_top": -6, "SAD_track": 5, "SAD_percentile": 50, "SAD_CAGE": -3, "SAD_DNASE": -6,
        "SAD:human/1": -3, "SAD_percentile:human/1": 10,
        "SAD:human/5": -6, "SAD_percentile:human/5": 50,
        "D2_top": 6, "D2_track": 5, "D2_CAGE": 3, "D2_DNASE": 6, "D2:human/1": 3, "D2:human/5": 6,
    }  # fmt: skip


def test_tracks_without_a_number_are_passed_over(tiny_tracks):
    columns = Columns.of(tiny_tracks.search(head=("human",)), ["SAD"])
    nan = np.nan
    np.testing.assert_array_equal(
        columns.numbers(effect([nan, 1, nan, nan, nan, nan, nan, nan])), [1, 1, 1, nan]
    )
    np.testing.assert_array_equal(columns.numbers(effect([nan] * 8)), [nan, -1, nan, nan])


def test_an_assay_brings_all_its_tracks(tiny_tracks):
    columns = Columns.of(tiny_tracks, ["SAD"], assays=["CAGE"])
    names = [str(tiny_tracks.ids[place]) for place in columns.chosen]
    assert names == ["human/0", "human/1", "human/2", "human/3", "mouse/0", "mouse/1"]


def test_what_is_not_there_is_refused(tiny_tracks):
    with pytest.raises(EnformerLensError, match="the score 'NO'"):
        Columns.of(tiny_tracks, ["NO"])
    with pytest.raises(EnformerLensError, match="the assay 'ATAC'"):
        Columns.of(tiny_tracks, ["SAD"], assays=["ATAC"])
    with pytest.raises(EnformerLensError, match="human/99"):
        Columns.of(tiny_tracks, ["SAD"], [TrackId("human", 99)])
