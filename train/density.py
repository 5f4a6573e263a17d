"""How often each pair of predicted and observed value occurs: what a scatter of all bins would show."""

import numpy as np
import pandas as pd
from jaxtyping import Float, Int

STEP, CELLS = 0.1, 112
"""Width of a cell on log(1 + x), and cells from 0 on: past 65,504, the largest float16 of Basenji data."""


class Density:
    """Counts of bins by predicted and observed log(1 + x), one table per assay of a head; they merge."""

    def __init__(self, assays: pd.Series) -> None:
        self.columns = {str(name): np.flatnonzero(assays == name) for name in sorted(set(assays))}
        self.counts = {name: np.zeros((CELLS, CELLS), np.int64) for name in self.columns}

    def update(
        self,
        predicted: Float[np.ndarray, "bins tracks"],
        observed: Float[np.ndarray, "bins tracks"],
    ) -> None:
        """Adds the bins of a record; what is not finite is left out."""
        for name, columns in self.columns.items():
            x, y = predicted[:, columns].ravel(), observed[:, columns].ravel()
            kept = np.isfinite(x) & np.isfinite(y)
            cells = _cell(x[kept]) * CELLS + _cell(y[kept])
            found = np.bincount(cells, minlength=CELLS * CELLS)
            self.counts[name] += found.reshape(CELLS, CELLS)

    def merge(self, other: "Density") -> None:
        """Adds the bins of other records."""
        for name, counts in other.counts.items():
            self.counts[name] = self.counts[name] + counts

    def frame(self, head: str) -> pd.DataFrame:
        """Cells that hold a bin: head, assay, predicted and observed (lower edges, log(1 + x)), bins."""
        parts = []
        for name, counts in self.counts.items():
            rows, columns = np.nonzero(counts)
            cells = {"predicted": rows * STEP, "observed": columns * STEP}
            parts.append(
                pd.DataFrame({"head": head, "assay": name, **cells, "bins": counts[rows, columns]})
            )
        return pd.concat(parts, ignore_index=True).round(1)


def _cell(values: Float[np.ndarray, " values"]) -> Int[np.ndarray, " values"]:
    """The cell of each value; below 0 counts as 0."""
    cells = np.log1p(np.maximum(values, 0)) / STEP
    return np.minimum(cells.astype(np.int64), CELLS - 1)
