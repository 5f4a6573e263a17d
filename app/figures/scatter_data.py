"""Bins of one track against the same bins of another, as frozen data."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from app.figures.comparison_data import ComparisonPicture, correlation
from enformer.coordinates import Interval
from interpret.agreement import Agreement

LINEAR, LOG = "linear", "log10(1 + value)"
SCALES = (LINEAR, LOG)


@dataclass(frozen=True, eq=False)
class ScatterPicture:
    """One point a bin.

    Attributes:
        place: what the bins lie in.
        assembly: of the genome.
        starts: 0-based starts of the bins.
        bin_size: bp.
        x: values of A.
        y: values of B.
        names: of the two tracks.
        units: of their values.
        kind: what the colour stands for.
        r: Pearson correlation of the values as they are, on whatever scale they are drawn.
        scale: one of `SCALES`.
        trained: False where one of the models never was.
    """

    place: Interval
    assembly: str
    starts: Int[np.ndarray, " points"]
    bin_size: int
    x: Float[np.ndarray, " points"]
    y: Float[np.ndarray, " points"]
    names: tuple[str, str]
    units: tuple[str, str]
    kind: str
    r: float
    scale: str = LINEAR
    trained: bool = True

    def drawn(self, values: Float[np.ndarray, " points"]) -> Float[np.ndarray, " points"]:
        """Values as they lie on an axis."""
        return np.log10(1 + values) if self.scale == LOG else values

    @property
    def axis_titles(self) -> tuple[str, str]:
        """Of x and y: track, unit, and the scale where it is not linear."""
        aside = "" if self.scale == LINEAR else f", {self.scale}"
        x, y = (
            f"{name} ({unit}{aside})" for name, unit in zip(self.names, self.units, strict=True)
        )
        return x, y

    @property
    def diagonal(self) -> tuple[float, float] | None:
        """Ends of the line of equal values; None where the units differ and it would mean nothing."""
        if self.units[0] != self.units[1] or not len(self.x):
            return None
        both = np.concatenate([self.drawn(self.x), self.drawn(self.y)])
        return float(both.min()), float(both.max())

    @property
    def said(self) -> str:
        """How far they agree."""
        return correlation(self.r, len(self.x))


def has_log(found: Agreement, pair: int) -> bool:
    """Whether a logarithmic scale can show a pair: not where there are values below 0."""
    return bool((found.a[pair] >= 0).all() and (found.b[pair] >= 0).all())


def scatter_picture(
    found: Agreement, picture: ComparisonPicture, pair: int, scale: str = LINEAR
) -> ScatterPicture:
    """What is drawn of one pair of a comparison.

    Args:
        found: the values.
        picture: of all pairs.
        pair: which.
        scale: one of `SCALES`.
    """
    a, b = picture.locus.lanes[2 * pair : 2 * pair + 2]
    starts = np.arange(found.interval.start, found.interval.end, found.bin_size, dtype=np.int64)
    starts = starts[found.used]
    return ScatterPicture(
        place=picture.locus.place, assembly=picture.locus.assembly, starts=starts,
        bin_size=found.bin_size, x=found.a[pair][found.used], y=found.b[pair][found.used],
        names=(f"{a.label}, {a.assay_name}", f"{b.label}, {b.assay_name}"),
        units=(a.short_unit, b.short_unit), kind=a.kind, r=float(found.r[pair]), scale=scale,
        trained=picture.locus.trained,
    )  # fmt: skip


def describe(picture: ScatterPicture) -> str:
    """The figure in words, for those who do not see it."""
    x, y = picture.axis_titles
    return (
        f"Scatter of {len(picture.x):,} bins over {picture.place}: {y} against {x}. {picture.said}."
    )
