"""Pearson per track and per sequence, streamed in float64; parts of a split merge.

Four correlations go by the name of Pearson in this field. `VARIANTS` names and defines each; the first two
are computed here, those of genes in `train.gene_scores`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float, Int


@dataclass(frozen=True)
class Variant:
    """One of the correlations: its letter in reports, what it is called, how it is computed."""

    letter: str
    title: str
    definition: str


VARIANTS: Mapping[str, Variant] = {
    "per_track": Variant(
        "a",
        "per track over all positions",
        "One r per track over every bin of every sequence of the split together; then the mean over the "
        "tracks of an assay. This is the Pearson correlation of Avsec et al. 2021.",
    ),
    "per_sequence": Variant(
        "b",
        "per sequence, then mean",
        "One r per track and sequence over the bins of that sequence; the mean over the sequences where "
        "both sides vary; then the mean over the tracks of an assay. Differences between sequences do "
        "not count, so it is no estimate of (a).",
    ),
    "across_genes": Variant(
        "c",
        "across genes at the TSS",
        "One r per CAGE sample over genes, of log(1 + x), where x is the mean of the bin of the TSS and one "
        "neighbour on each side; then the mean over samples. Where CAGE is stranded, a pair of tracks is "
        "one sample, read on the gene's strand.",
    ),
    "across_tracks": Variant(
        "d",
        "across tracks per gene",
        "One r per gene over CAGE samples, of the same log(1 + x) as in (c); then the mean over genes. "
        "Differences in depth between samples count here as much as those in cell type.",
    ),
}


class StreamingPearson:
    """Variant (a), per track over all positions: moments that merge, so nothing cancels or is kept.

    Updates and merges combine means and centred sums pairwise (Chan, Golub and LeVeque 1983); any split
    of the positions and any order of merges gives the same r but for rounding.
    """

    def __init__(self, tracks: int) -> None:
        self.count = 0
        self.mean_x, self.mean_y = np.zeros(tracks), np.zeros(tracks)
        self.xx, self.yy, self.xy = np.zeros(tracks), np.zeros(tracks), np.zeros(tracks)

    def update(
        self,
        predicted: Float[np.ndarray, "*positions tracks"],
        observed: Float[np.ndarray, "*positions tracks"],
    ) -> None:
        """Adds positions; leading axes are flattened."""
        x = predicted.reshape(-1, predicted.shape[-1]).astype(np.float64)
        y = observed.reshape(-1, observed.shape[-1]).astype(np.float64)
        if not len(x):
            return
        new = StreamingPearson(x.shape[1])
        with np.errstate(invalid="ignore"):
            new.count, new.mean_x, new.mean_y = len(x), x.mean(axis=0), y.mean(axis=0)
            x, y = x - new.mean_x, y - new.mean_y
            new.xx, new.yy, new.xy = ((a * b).sum(axis=0) for a, b in ((x, x), (y, y), (x, y)))
        self.merge(new)

    def merge(self, other: "StreamingPearson") -> None:
        """Adds the positions that another one has seen, such as another process's."""
        total = self.count + other.count
        if not other.count:
            return
        with np.errstate(invalid="ignore"):
            shift_x, shift_y = other.mean_x - self.mean_x, other.mean_y - self.mean_y
            weight = self.count * other.count / total
            self.xx = self.xx + other.xx + weight * shift_x**2
            self.yy = self.yy + other.yy + weight * shift_y**2
            self.xy = self.xy + other.xy + weight * shift_x * shift_y
            self.mean_x = self.mean_x + shift_x * other.count / total
            self.mean_y = self.mean_y + shift_y * other.count / total
        self.count = total

    def compute(self) -> Float[np.ndarray, " tracks"]:
        """Correlation of each track; NaN where it has none, see `reasons`."""
        with np.errstate(invalid="ignore", divide="ignore"):
            r = np.clip(self.xy / np.sqrt(self.xx) / np.sqrt(self.yy), -1, 1)
        return np.where(self.reasons() == "", r, np.nan)

    def reasons(self) -> np.ndarray:
        """Why a track has no correlation, in words; an empty text where it has one."""
        finite = np.isfinite(self.xx) & np.isfinite(self.yy)
        varies = (self._varies(self.xx, self.mean_x), self._varies(self.yy, self.mean_y))
        found = np.where(varies[0], "", "constant prediction")
        found = np.where(varies[1], found, "constant observation")
        return np.where(finite, found, "not finite").astype(object)

    def _varies(self, squares: np.ndarray, mean: np.ndarray) -> Bool[np.ndarray, " tracks"]:
        """True where a side varies by more than the rounding of its mean."""
        floor = (16 * np.finfo(np.float64).eps) ** 2 * max(self.count, 1)
        return squares > floor * mean**2


class SequencePearson:
    """Variant (b), per sequence, then mean: sums of each sequence's r, which merge."""

    def __init__(self, tracks: int) -> None:
        self.total = np.zeros(tracks)
        self.scored = np.zeros(tracks, np.int64)
        self.sequences = 0

    def update(
        self,
        predicted: Float[np.ndarray, "bins tracks"],
        observed: Float[np.ndarray, "bins tracks"],
    ) -> None:
        """Adds one whole sequence; where a track does not vary in it, it does not count there."""
        one = StreamingPearson(predicted.shape[1])
        one.update(predicted, observed)
        self.add(one.compute())

    def add(self, r: Float[np.ndarray, " tracks"]) -> None:
        """Adds one whole sequence by its correlations; NaN does not count."""
        self.total += np.nan_to_num(r, nan=0.0)
        self.scored += ~np.isnan(r)
        self.sequences += 1

    def merge(self, other: "SequencePearson") -> None:
        """Adds the sequences that another one has seen."""
        self.total, self.scored = self.total + other.total, self.scored + other.scored
        self.sequences += other.sequences

    def compute(self) -> Float[np.ndarray, " tracks"]:
        """Mean of each track over the sequences that count; NaN where there is none."""
        return np.where(self.scored > 0, self.total / np.maximum(self.scored, 1), np.nan)

    def unscored(self) -> Int[np.ndarray, " tracks"]:
        """Sequences that do not count for each track."""
        return self.sequences - self.scored


@dataclass(frozen=True)
class AssaySummary:
    """Mean Pearson of the tracks of one assay of one head, and how many could not be scored."""

    head: str
    assay: str
    tracks: int
    unscored: int
    mean: float
    median: float


def summarise(frame: pd.DataFrame, column: str = "pearson") -> list[AssaySummary]:
    """One line per head and assay of a frame with columns head, assay and the one to summarise.

    Tracks without a correlation (NaN) are counted and left out of the mean; an assay of only such
    tracks has the mean NaN.
    """
    found = []
    for (head, assay), group in frame.groupby(["head", "assay"], sort=True):
        scored = group[column].dropna()
        mean, median = mean_and_median(scored.to_numpy())
        unscored = len(group) - len(scored)
        found.append(AssaySummary(str(head), str(assay), len(group), unscored, mean, median))
    return found


def mean_and_median(values: Float[np.ndarray, " values"]) -> tuple[float, float]:
    """Of the values that are no NaN; NaN where there is none."""
    kept = values[~np.isnan(values)]
    return (float(kept.mean()), float(np.median(kept))) if len(kept) else (np.nan, np.nan)


def as_figures(summaries: list[AssaySummary]) -> Mapping[str, float]:
    """The means by `head/assay`, for a log line or a model card."""
    return {f"{line.head}/{line.assay}": line.mean for line in summaries}
