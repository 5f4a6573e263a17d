"""How alike two methods' contributions are: over a window, or over a part of it."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from enformer.coordinates import Interval
from enformer.errors import QueryError
from interpret.contributions import Contributions


@dataclass(frozen=True)
class Likeness:
    """Correlations of the contributions of positions.

    Attributes:
        region: what was compared.
        pearson: NaN where one of them is the same everywhere.
        spearman: of the ranks, ties sharing theirs; NaN as well.
        same_sign: share of the positions at which neither is 0 whose signs agree; NaN where there is none.
        positions: known bases that were compared.
    """

    region: Interval
    pearson: float
    spearman: float
    same_sign: float
    positions: int


def likeness(one: Contributions, other: Contributions, region: Interval | None = None) -> Likeness:
    """Compares two results of one window, position by position; unknown bases are left out.

    Args:
        one: a result.
        other: by another method, baseline or number of steps.
        region: a part of the window; all of it when None.

    Raises:
        QueryError: they are of different windows or sequences, or the region lies outside.
    """
    window = one.interval
    if other.interval != window or other.letters != one.letters:
        raise QueryError(
            f"The other was computed on {other.interval}, or on another sequence there.",
            read=f"contributions over {window}",
            do="Compare results of one window and one sequence.",
        )
    part = window if region is None else window.intersect(region)
    if part is None:
        raise QueryError(
            f"It lies outside the window {window}.", read=f"the region {region}", do="Move it."
        )
    seen = slice(part.start - window.start, part.end - window.start)
    known = np.frombuffer(one.letters[seen].encode(), dtype=np.uint8) != ord("N")
    a, b = (each.per_position[seen][known].astype(np.float64) for each in (one, other))
    signed = (a != 0) & (b != 0)
    return Likeness(
        region=part,
        pearson=_correlation(a, b),
        spearman=_correlation(rankdata(a), rankdata(b)),
        same_sign=float((np.sign(a) == np.sign(b))[signed].mean()) if signed.any() else np.nan,
        positions=int(known.sum()),
    )


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Pearson's; NaN where there are fewer than two values or one side does not vary."""
    if len(a) < 2 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return np.nan
    return float(np.corrcoef(a, b)[0, 1])
