"""Names of motifs under a logo, as frozen data with the rows they take; both faces draw it."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.figures.genes import GAP, first_fit
from enformer.coordinates import Interval

MOST_ROWS = 4
"""Rows of names; what fits in none is drawn without its name, and its hover tells it."""
LETTER = 0.6
"""Width of a letter of a name in ems."""


@dataclass(frozen=True)
class Called:
    """A stretch and the motif that stands there.

    Attributes:
        interval: its bases.
        name: of the motif, and what became of it where alleles differ; empty where none is known.
        strand: + or -; empty where no motif is known.
        about: one line for the pointer.
        change: gained, lost, or neither.
    """

    interval: Interval
    name: str
    strand: str = ""
    about: str = ""
    change: str = ""

    @property
    def text(self) -> str:
        """The name as it is drawn, with an arrow along the strand."""
        if not self.name:
            return ""
        return f"{self.name} →" if self.strand == "+" else f"← {self.name}"


@dataclass(frozen=True)
class PlacedName:
    """A stretch with its row, from 0 at the top, and where its name is centred."""

    called: Called
    row: int
    middle: float

    @property
    def text(self) -> str:
        """The name where there is a row for it."""
        return self.called.text if self.row < MOST_ROWS else ""


def placed(called: Sequence[Called], view: Interval, em: float) -> tuple[PlacedName, ...]:
    """Stretches in view in rows in which neither boxes nor names collide.

    Args:
        called: in their order of importance: the first get the upper rows, after them those without a name.
        view: what is seen.
        em: bp that a font size of text takes.
    """
    seen = sorted((one for one in called if one.interval.intersect(view)), key=_unnamed)
    middles = [_middle(one, view, em) for one in seen]
    rows = first_fit([_span(*pair, em) for pair in zip(seen, middles, strict=True)])
    return tuple(PlacedName(*each) for each in zip(seen, rows, middles, strict=True))


def _unnamed(one: Called) -> bool:
    return not one.name


def rows(names: Sequence[PlacedName]) -> int:
    """Rows that are drawn."""
    return min(MOST_ROWS, max((one.row + 1 for one in names), default=0))


def _middle(one: Called, view: Interval, em: float) -> float:
    half, part = LETTER * em * len(one.text) / 2, one.interval.intersect(view) or one.interval
    low, high = view.start + half, view.end - half
    return (part.start + part.end) / 2 if low > high else min(max(part.center, low), high)


def _span(one: Called, middle: float, em: float) -> tuple[float, float]:
    half, room = LETTER * em * len(one.text) / 2, GAP / 2 * em
    start, end = min(one.interval.start, middle - half), max(one.interval.end, middle + half)
    return start - room, end + room
