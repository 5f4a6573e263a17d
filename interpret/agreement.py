"""How far two models agree on one place: their tracks over the bins that both predict.

Correlations need no common unit, but they say nothing of which model is right.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from enformer.config import EnformerConfig
from enformer.coordinates import Interval, predicted_region
from enformer.errors import QueryError
from enformer.predict import Prediction
from enformer.provenance import Provenance
from enformer.tracks import TrackId
from interpret.origin import frozen
from interpret.track_pairs import TrackPair


@dataclass(frozen=True, eq=False)
class Agreement:
    """Two models over the same bins.

    Attributes:
        interval: what both predict, in whole bins.
        bin_size: bp.
        origin_a: where the values of A come from.
        origin_b: where those of B do.
        tracks_a: tracks of A, as `human/0`.
        tracks_b: their partners in B.
        bases: why each two stand together.
        a: values of A.
        b: values of B.
        used: bins that the correlations are over.
        r: Pearson correlation of each pair; NaN where one of the two is constant.
    """

    interval: Interval
    bin_size: int
    origin_a: Provenance
    origin_b: Provenance
    tracks_a: tuple[str, ...]
    tracks_b: tuple[str, ...]
    bases: tuple[str, ...]
    a: Float[np.ndarray, "pairs bins"]
    b: Float[np.ndarray, "pairs bins"]
    used: Bool[np.ndarray, " bins"]
    r: Float[np.ndarray, " pairs"]

    @property
    def count(self) -> int:
        """Bins that the correlations are over."""
        return int(self.used.sum())


def aligned(window: Interval, config: EnformerConfig, region: Interval, bin_size: int) -> Interval:
    """The window, moved by less than a bin, so that its bins lie on those of another model.

    Args:
        window: of this model.
        config: its sizes.
        region: that the other model predicts.
        bin_size: of the other model, bp.

    Raises:
        QueryError: the two have bins of different sizes.
    """
    if config.bin_size != bin_size:
        raise QueryError(
            f"Bins of {config.bin_size} bp and of {bin_size} bp cannot be laid on each other.",
            read="two models to compare",
            do="Choose two models whose bins are of one size.",
        )
    apart = (region.start - predicted_region(window, config).start) % bin_size
    return window.shift(apart if apart <= bin_size // 2 else apart - bin_size)


def common_region(a: Prediction, b: Prediction) -> Interval:
    """The bins that both predict, as one interval.

    Raises:
        QueryError: there are none, or the bins of one do not lie on those of the other.
    """
    shared = a.region.intersect(b.region)
    size = a.config.bin_size
    if b.config.bin_size != size or (a.region.start - b.region.start) % size or shared is None:
        raise QueryError(
            "They have no bins in common.",
            read=f"predictions for {a.region} and {b.region}",
            do="Predict both around the same place, the second in the window that `aligned` gives.",
        )
    return shared


def agreement(
    a: Prediction,
    b: Prediction,
    pairs: Sequence[TrackPair],
    *,
    within: Interval | None = None,
    contig_length: int | None = None,
) -> Agreement:
    """Values of pairs of tracks over the bins that both models predict, and how far they correlate.

    Args:
        a: of one model.
        b: of the other, at the same place.
        pairs: of their tracks.
        within: correlations are over the bins that share a base with it; over all without it.
        contig_length: bp; bins beyond the contig, where both models read N, are left out.

    Raises:
        QueryError: there are no common bins.
    """
    shared, size = common_region(a, b), a.config.bin_size
    ours = _values(a, [pair.a for pair in pairs], shared)
    theirs = _values(b, [pair.b for pair in pairs], shared)
    edges = np.arange(shared.start, shared.end + 1, size)
    used = np.isfinite(np.concatenate([ours, theirs])).all(axis=0)
    for part in (within, _contig(shared, contig_length)):
        if part is not None:
            used &= (edges[:-1] < part.end) & (edges[1:] > part.start)
    return Agreement(
        interval=shared,
        bin_size=size,
        origin_a=a.provenance.with_tracks(tuple(str(pair.a) for pair in pairs)),
        origin_b=b.provenance.with_tracks(tuple(str(pair.b) for pair in pairs)),
        tracks_a=tuple(str(pair.a) for pair in pairs),
        tracks_b=tuple(str(pair.b) for pair in pairs),
        bases=tuple(pair.basis for pair in pairs),
        a=frozen(ours, np.float32),
        b=frozen(theirs, np.float32),
        used=frozen(np.asarray(used), bool),
        r=frozen(pearson(ours[:, used], theirs[:, used]), np.float64),
    )


def pearson(
    a: Float[np.ndarray, "pairs bins"], b: Float[np.ndarray, "pairs bins"]
) -> Float[np.ndarray, " pairs"]:
    """Correlation of each row with its partner; NaN where one is constant or there are no two bins."""
    if a.shape[1] < 2:
        return np.full(len(a), np.nan)
    # a constant row must not get a correlation from the rounding of its mean
    still = (np.ptp(a, axis=1) == 0) | (np.ptp(b, axis=1) == 0)
    one, other = (x.astype(np.float64) - x.mean(1, dtype=np.float64)[:, None] for x in (a, b))
    scale = np.sqrt((one**2).sum(1) * (other**2).sum(1))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(still, np.nan, (one * other).sum(1) / scale)


def _contig(shared: Interval, length: int | None) -> Interval | None:
    return None if length is None else Interval(shared.contig, 0, length)


def _values(
    prediction: Prediction, tracks: Sequence[TrackId], shared: Interval
) -> Float[np.ndarray, "pairs bins"]:
    first = (shared.start - prediction.region.start) // prediction.config.bin_size
    bins = slice(first, first + shared.length // prediction.config.bin_size)
    rows = [prediction.values[track.head][bins, track.index] for track in tracks]
    empty = np.zeros((0, bins.stop - bins.start), np.float32)
    return np.stack(rows) if rows else empty
