"""What a mutagenesis map shows, as frozen data that both of its faces draw."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float, Int

from app.figures.data import round_up
from app.figures.logo import BASES
from app.figures.motif_data import Called
from enformer import alleles
from enformer.coordinates import Interval, Variant


@dataclass(frozen=True)
class Outline:
    """What the variant changes, framed on the map.

    Attributes:
        start: 0-based edge.
        end: 0-based edge; the start where bases are inserted between two columns.
        top: row from 0.
        bottom: row after the last.
    """

    start: int
    end: int
    top: int
    bottom: int


@dataclass(frozen=True, eq=False)
class MutagenesisPicture:
    """Everything on a mutagenesis map: a logo above, the effect of each substitution below.

    Attributes:
        region: the columns.
        letters: the bases that are there, N where they are not known.
        values: ALT − REF of the target for each base, in the order A, C, G, T.
        importance: what the base that is there adds; a height of the logo.
        assembly: of the genome.
        explained: the target, for people.
        unit: of the target.
        method: how effects were found, for people.
        variant: framed.
        trained: false when the weights were never trained, which is then written on the figure.
        called: motifs that the variant makes or breaks, drawn under the logo; None where nobody looked.
        marked: what a person points out.
    """

    region: Interval
    letters: str
    values: Float[np.ndarray, "length bases"]
    importance: Float[np.ndarray, " length"]
    assembly: str
    explained: str
    unit: str
    method: str
    variant: Variant | None = None
    trained: bool = True
    called: tuple[Called, ...] | None = None
    marked: Interval | None = None

    @property
    def marked_here(self) -> Interval | None:
        """The columns that are pointed out; all of them would tell nothing."""
        here = None if self.marked is None else self.marked.intersect(self.region)
        return None if here == self.region else here

    @property
    def title(self) -> str:
        """What is shown, without the assembly."""
        return f"Mutagenesis of {self.region}"

    @property
    def positions(self) -> Int[np.ndarray, " length"]:
        """1-based."""
        return np.arange(self.region.start, self.region.end, dtype=np.int64) + 1

    @cached_property
    def limit(self) -> float:
        """Where the colours end on both sides of 0: a round number."""
        return round_up(float(np.abs(self.values).max())) or 1.0

    @property
    def logo_range(self) -> tuple[float, float]:
        """Bottom and top of the logo's axis: round numbers around it."""
        low, high = float(self.importance.min()), float(self.importance.max())
        bottom, top = 0.0 - round_up(-low), round_up(high)
        return (bottom, top) if top > bottom else (0.0, 1.0)

    @property
    def logo_ticks(self) -> list[float]:
        """The ends of the logo's axis and 0, without an end too near 0 to be read beside it."""
        low, high = self.logo_range
        apart = 0.15 * (high - low)
        return sorted({0.0, *(end for end in (low, high) if abs(end) > apart)})

    def of_base(
        self, base: str
    ) -> tuple[Float[np.ndarray, " letters"], Float[np.ndarray, " letters"]]:
        """Left edges and heights of a base's letters, without those of height zero."""
        here = np.frombuffer(self.letters.encode(), dtype=np.uint8) == ord(base)
        places = np.flatnonzero(here & (self.importance != 0))
        starts = (self.region.start + places).astype(np.float64)
        return starts, self.importance[places].astype(np.float64)

    @property
    def reference_cells(self) -> tuple[Float[np.ndarray, " known"], Float[np.ndarray, " known"]]:
        """Middles of the cells of the bases that are there, along the genome and down the rows."""
        known = [(i, BASES.index(b)) for i, b in enumerate(self.letters) if b in BASES]
        places = np.array(known, dtype=np.float64).reshape(-1, 2) + 0.5
        return self.region.start + places[:, 0], places[:, 1]

    @cached_property
    def outlines(self) -> tuple[Outline, ...]:
        """Cells that the variant writes; whole columns where it deletes, an edge where it inserts."""
        if self.variant is None:
            return ()
        start, ref, alt = alleles.trim(self.variant.start, self.variant.ref, self.variant.alt)
        if len(ref) == len(alt):
            cells = [(start + i, BASES.find(b)) for i, b in enumerate(alt) if b != ref[i]]
            found = [Outline(at, at + 1, row, row + 1) for at, row in cells if row >= 0]
        else:
            found = [Outline(start, start + len(ref), 0, len(BASES))]
        return tuple(cut for outline in found for cut in self._inside(outline))

    def _inside(self, outline: Outline) -> tuple[Outline, ...]:
        start, end = max(outline.start, self.region.start), min(outline.end, self.region.end)
        return (Outline(start, end, outline.top, outline.bottom),) if start <= end else ()

    def effect(self, column: int, base: str) -> float:
        """Of writing a base at a column, both from the left and from 0."""
        return float(self.values[column, BASES.index(base)])

    def told(self, column: int, base: str) -> str:
        """A cell in words: `chr11:5,227,002 T>A −0.123`."""
        here = self.letters[column]
        where = f"{self.region.contig}:{self.positions[column]:,}"
        if here == base:
            return f"{where} {base}, the reference: importance {number(self.importance[column])}"
        return f"{where} {here}>{base} {number(self.effect(column, base))}"

    @property
    def words(self) -> str:
        """One line under the figure: what is read, and how."""
        return f"{self.explained} · {self.method}"


def number(value: float) -> str:
    """An effect with its sign in three digits: `−0.123`."""
    return f"{value:+.3g}".replace("-", "−") if value else "0"


def describe(picture: MutagenesisPicture) -> str:
    """The figure in words: where, of what, the strongest substitutions, and the variant."""
    low, high = (np.unravel_index(int(place), picture.values.shape)
                 for place in (picture.values.argmin(), picture.values.argmax()))  # fmt: skip
    parts = [
        f"Effects of every substitution over {picture.region} ({picture.assembly}) on "
        f"{picture.explained}, in {picture.unit}. {picture.method}.",
        f"Largest gain: {picture.told(int(high[0]), BASES[high[1]])}.",
        f"Largest loss: {picture.told(int(low[0]), BASES[low[1]])}.",
        "" if picture.variant is None else f"The variant {picture.variant} is framed.",
        _motifs(picture),
        "" if picture.trained else "The weights were never trained.",
    ]
    return " ".join(part for part in parts if part)


def _motifs(picture: MutagenesisPicture) -> str:
    if not picture.called:
        return ""
    return f"Motifs changed by the variant: {', '.join(one.name for one in picture.called)}."
