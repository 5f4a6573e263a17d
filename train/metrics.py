"""Pearson correlation per track over all positions of all sequences, streamed in float64."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float


class StreamingPearson:
    """Merges moments batch by batch, so that nothing cancels and nothing is kept.

    This is the per-track Pearson of Avsec et al. 2021: one r per track over every position of
    every sequence. It is not the mean of per-sequence correlations.
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
        """Adds positions; leading axes are flattened (Chan et al. 1983, pairwise update)."""
        x = predicted.reshape(-1, predicted.shape[-1]).astype(np.float64)
        y = observed.reshape(-1, observed.shape[-1]).astype(np.float64)
        mean_x, mean_y, new = x.mean(axis=0), y.mean(axis=0), len(x)
        x, y = x - mean_x, y - mean_y
        shift_x, shift_y = mean_x - self.mean_x, mean_y - self.mean_y
        total = self.count + new
        weight = self.count * new / total
        self.xx += (x * x).sum(axis=0) + weight * shift_x**2
        self.yy += (y * y).sum(axis=0) + weight * shift_y**2
        self.xy += (x * y).sum(axis=0) + weight * shift_x * shift_y
        self.mean_x = self.mean_x + shift_x * new / total
        self.mean_y = self.mean_y + shift_y * new / total
        self.count = total

    def compute(self) -> Float[np.ndarray, " tracks"]:
        """Correlation of each track; NaN where prediction or observation never varies."""
        constant = ~self.varies()
        with np.errstate(invalid="ignore", divide="ignore"):
            r = self.xy / np.sqrt(self.xx * self.yy)
        return np.where(constant, np.nan, r)

    def varies(self) -> np.ndarray:
        """True where both sides vary by more than the rounding of their mean."""
        floor = (16 * np.finfo(np.float64).eps) ** 2 * max(self.count, 1)
        return (self.xx > floor * self.mean_x**2) & (self.yy > floor * self.mean_y**2)


@dataclass(frozen=True)
class AssaySummary:
    """Mean Pearson of the tracks of one assay of one head, and how many could not be scored."""

    head: str
    assay: str
    tracks: int
    constant: int
    mean: float
    median: float


def summarise(frame: pd.DataFrame) -> list[AssaySummary]:
    """One line per head and assay of a frame with columns head, assay and pearson.

    Constant tracks (NaN) are counted and left out of the mean; an assay of only constant
    tracks has the mean NaN.
    """
    found = []
    for (head, assay), group in frame.groupby(["head", "assay"], sort=True):
        scored = group["pearson"].dropna()
        mean = float(scored.mean()) if len(scored) else float("nan")
        median = float(scored.median()) if len(scored) else float("nan")
        constant = len(group) - len(scored)
        found.append(AssaySummary(str(head), str(assay), len(group), constant, mean, median))
    return found


def as_figures(summaries: list[AssaySummary]) -> Mapping[str, float]:
    """The means by `head/assay`, for a log line or a model card."""
    return {f"{line.head}/{line.assay}": line.mean for line in summaries}
