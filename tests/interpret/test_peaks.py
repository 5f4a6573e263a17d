"""Peaks where they were put."""

import math
from dataclasses import replace

import numpy as np
import pytest

from enformer import Interval, open_genome, predict
from enformer.errors import EnformerLensError
from enformer.tracks import TrackId
from interpret.peaks import accessibility_peaks


@pytest.fixture(scope="module")
def prediction(tiny_checkpoint):
    return predict(tiny_checkpoint, open_genome("demo"), Interval("demo1", 20_000, 20_001))


def shaped(prediction, values):
    track = np.zeros((64, 8), dtype=np.float32)
    track[:, 5] = values
    return replace(prediction, values={"human": track})


def test_peaks_are_where_they_were_put(prediction):
    values = np.zeros(64)
    values[9:14] = 1, 5, 10, 5, 1
    values[40:43] = 2, 4, 2
    values[50] = 0.5  # stands out by 5 % of the range
    peaks = accessibility_peaks(shaped(prediction, values), TrackId("human", 5))
    start = prediction.region.start
    assert [peak.interval for peak in peaks] == [
        Interval(prediction.region.contig, start + 10 * 128, start + 13 * 128),
        Interval(prediction.region.contig, start + 40 * 128, start + 43 * 128),
    ]
    assert [peak.score for peak in peaks] == [10, 4]
    assert peaks[0].name.endswith("peak 1")
    more = accessibility_peaks(
        shaped(prediction, values), TrackId("human", 5), prominence=0.04, at_most=2
    )
    assert [peak.score for peak in more] == [10, 4]
    assert (
        len(accessibility_peaks(shaped(prediction, values), TrackId("human", 5), prominence=0.04))
        == 3
    )


def test_a_flat_track_has_no_peaks(prediction):
    assert accessibility_peaks(shaped(prediction, 1.0), TrackId("human", 5)) == ()


@pytest.mark.parametrize(
    "options", [{"prominence": 0.0}, {"prominence": 1.5}, {"at_most": 0}, {"prominence": math.nan}]
)
def test_peaks_that_make_no_sense_are_refused(prediction, options):
    with pytest.raises(EnformerLensError, match="prominence"):
        accessibility_peaks(prediction, TrackId("human", 5), **options)
