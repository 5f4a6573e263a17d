"""How well a prediction agrees with what was measured, over some bins."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

FEWEST = 3
"""Bins; the correlation of two is always 1 or −1."""


@dataclass(frozen=True)
class Agreement:
    """A correlation and what it is of, or why there is none.

    Attributes:
        bins: bins where both are known.
        r: Pearson's.
        why: why there is no correlation.
    """

    bins: int
    r: float | None = None
    why: str = ""

    def __str__(self) -> str:
        count = "1 bin" if self.bins == 1 else f"{self.bins:,} bins"
        if self.r is None:
            return f"no r: {self.why}"
        return f"r = {self.r:.2f}, {count}".replace("-", "−")


def agreement(
    observed: Float[np.ndarray, " bins"], predicted: Float[np.ndarray, " bins"]
) -> Agreement:
    """Pearson correlation over the bins where both are finite."""
    if not np.isfinite(observed).any():
        return Agreement(0, why="no data here")
    both = np.isfinite(observed) & np.isfinite(predicted)
    pair = np.stack([observed[both], predicted[both]]).astype(np.float64)
    count = int(both.sum())
    if count < FEWEST:
        return Agreement(count, why=f"only {count} of {FEWEST} bins")
    for name, values in zip(("observed", "predicted"), pair, strict=True):
        # float32 means of equal values may differ in their last digit
        if np.ptp(values) <= 1e-6 * np.abs(values).max():
            return Agreement(count, why=f"{name} is constant")
    return Agreement(count, float(np.asarray(np.corrcoef(pair))[0, 1]))
