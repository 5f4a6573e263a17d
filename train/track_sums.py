"""What a track adds up to over the bins of a split."""

from typing import Any

import numpy as np
from jaxtyping import Float


class TrackSums:
    """Sum and largest value of each track, in float64, record by record."""

    def __init__(self, tracks: int) -> None:
        self.total, self.largest, self.bins = np.zeros(tracks), np.zeros(tracks), 0

    def add(self, targets: Float[np.ndarray, "records bins tracks"]) -> None:
        """Counts records (records, bins, tracks)."""
        for record in targets:
            self.total += record.sum(axis=0, dtype=np.float64)
            self.largest = np.maximum(self.largest, record.max(axis=0))
            self.bins += len(record)

    def to_dict(self) -> dict[str, Any]:
        """`train_sum`, `train_mean` and `train_max` of each track, and the number of bins."""
        mean = self.total / max(self.bins, 1)
        return {"train_bins": self.bins, "train_sum": self.total.tolist(),
                "train_mean": mean.tolist(), "train_max": self.largest.tolist()}  # fmt: skip
