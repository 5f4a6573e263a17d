"""Candidate elements where a model predicts open chromatin."""

import numpy as np
from scipy.signal import find_peaks, peak_widths

from enformer.coordinates import Interval, bin_interval
from enformer.errors import EnformerLensError
from enformer.predict import Prediction
from enformer.tracks import TrackId
from interpret.elements import Element


def accessibility_peaks(
    prediction: Prediction,
    track: TrackId,
    *,
    prominence: float = 0.1,
    at_most: int = 50,
) -> tuple[Element, ...]:
    """Peaks of one predicted track, such as DNase, by position; the score of each is its height.

    A peak is a bin higher than its neighbours which stands out of its surroundings by a share of the whole
    track's range. It reaches as far as half its prominence, in whole bins. No statistics are made of it:
    these are candidates.

    Args:
        prediction: with that track.
        track: what is accessible.
        prominence: share of the range between the lowest and the highest bin.
        at_most: the highest so many.

    Raises:
        TrackError: it was not predicted.
        EnformerLensError: a share outside 0 to 1, or no peak wanted.
    """
    if not 0 < prominence <= 1 or at_most < 1:
        raise EnformerLensError(
            "A prominence lies above 0 and up to 1, and at least one peak is to be had.",
            read=f"peaks of prominence {prominence}, at most {at_most}",
            do="Correct the number.",
            example="prominence 0.1, at most 50",
        )
    name = prediction.tracks.select([track]).frame["name"].iloc[0]
    values = prediction.values[track.head][:, track.index].astype(float)
    tops, shapes = find_peaks(values, prominence=max(prominence * np.ptp(values), 1e-12))
    known = shapes["prominences"], shapes["left_bases"], shapes["right_bases"]
    _, _, left, right = peak_widths(values, tops, rel_height=0.5, prominence_data=known)
    highest = sorted(np.argsort(-values[tops], kind="stable")[:at_most])
    return tuple(
        Element(
            _between(prediction, round(left[i]), round(right[i])),
            f"{name} peak {rank}",
            float(values[tops[i]]),
        )
        for rank, i in enumerate(highest, start=1)
    )


def _between(prediction: Prediction, first: int, last: int) -> Interval:
    """From the start of one bin to the end of another."""
    start, end = (bin_interval(prediction.window, b, prediction.config) for b in (first, last))
    return Interval(start.contig, start.start, end.end)
