"""What a contribution figure shows, as frozen data that both of its faces draw."""

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

import numpy as np
from jaxtyping import Float, Int

from app.figures.data import LocusPicture, round_up
from app.figures.motif_data import Called
from enformer.coordinates import Interval

LETTERS_UP_TO, BARS_UP_TO = 300, 4000
"""Bp in view up to which letters, and up to which bars, can still be told apart."""
CLICKS_UP_TO = 1000
"""Bp in view up to which a base is at least about a pixel wide, so that a click can mean it."""
COLUMNS = 900
"""Columns of an envelope: about one for each pixel."""


class Level(StrEnum):
    """How contributions are drawn."""

    ENVELOPE = "envelope"
    BARS = "bars"
    LETTERS = "letters"


@dataclass(frozen=True, eq=False)
class Envelope:
    """The largest and smallest contribution in each of many columns.

    Attributes:
        edges: 0-based, one more than there are columns.
        low: at most 0, so that the area reaches the axis.
        high: at least 0.
    """

    edges: Int[np.ndarray, " edges"]
    low: Float[np.ndarray, " columns"]
    high: Float[np.ndarray, " columns"]


@dataclass(frozen=True)
class Stack:
    """Letters in one column, where the alleles have other bases.

    Attributes:
        position: 0-based.
        letters: bases with their contributions, from the axis outwards on either side.
        about: what they are, for people.
    """

    position: int
    letters: tuple[tuple[str, float], ...]
    about: str

    @property
    def placed(self) -> list[tuple[str, float, float]]:
        """Base, where it stands, and its height; those below the axis hang from there."""
        found, ends = [], {True: 0.0, False: 0.0}
        for base, height in self.letters:
            above = height > 0
            found.append((base, ends[above], height))
            ends[above] += height
        return found

    @property
    def span(self) -> tuple[float, float]:
        """The lowest and the highest end."""
        ends = [0.0, *(bottom + height for _, bottom, height in self.placed)]
        return min(ends), max(ends)


Letters = tuple[
    Float[np.ndarray, " letters"], Float[np.ndarray, " letters"], Float[np.ndarray, " letters"]
]
"""Left edges, heights, and where they stand."""


@dataclass(frozen=True, eq=False)
class ContributionPicture:
    """Everything on a contribution figure.

    Attributes:
        locus: window, view, genes and marks; without lanes.
        sequence: letters of the window.
        values: contribution of the base at each position of the window; read-only.
        pooled: absolute contributions summed over each token of 128 bp; read-only.
        method: how they were found, for people.
        explained: the target, for people.
        gap: how nearly the contributions add up to what they explain; empty where they need not.
        second: the same by another method, drawn below.
        called: peaks in view with the motifs under them; None where nobody looked.
        allele: of a variant, "ALT" or "ALT − REF", which then are `values`; empty for the reference.
        stacks: positions at which the alleles have other bases; their values are the sums.
        reference: the reference's contributions, where `values` are a difference.
    """

    locus: LocusPicture
    sequence: str
    values: Float[np.ndarray, " length"]
    pooled: Float[np.ndarray, " tokens"]
    method: str
    explained: str
    gap: str = ""
    second: "ContributionPicture | None" = None
    called: tuple[Called, ...] | None = None
    allele: str = ""
    stacks: tuple[Stack, ...] = ()
    reference: Float[np.ndarray, " length"] | None = None

    @property
    def quantity(self) -> str:
        """What the axis has."""
        return "contribution" if self.reference is None else self.allele

    @property
    def title(self) -> str:
        """What the figure shows."""
        return f"Contributions, {self.allele}," if self.allele else "Contributions"

    @property
    def lane(self) -> str:
        """The name of its lane."""
        if self.reference is not None:
            return self.allele
        return f"Contribution, {self.allele}" if self.allele else "Contribution"

    @property
    def stacks_in_view(self) -> tuple[Stack, ...]:
        """Those that are seen."""
        return tuple(one for one in self.stacks if self.view.start <= one.position < self.view.end)

    @property
    def methods(self) -> tuple["ContributionPicture", ...]:
        """From top to bottom, what has a lane of its own."""
        return (self,) if self.second is None else (self, self.second)

    @property
    def motifs(self) -> tuple[Called, ...]:
        """What is named under the contributions: from afar, names would be of nothing that is seen."""
        return () if self.called is None or self.level is Level.ENVELOPE else self.called

    def motif_at(self, start: int) -> str:
        """What is known of the motif over a 0-based position; empty where there is none."""
        here = (one.about for one in self.motifs if one.interval.start <= start < one.interval.end)
        return next(here, "")

    @property
    def view(self) -> Interval:
        """What is seen."""
        return self.locus.view

    @property
    def level(self) -> Level:
        """How they are drawn at this zoom."""
        length = self.view.length
        if length > BARS_UP_TO:
            return Level.ENVELOPE
        return Level.BARS if length > LETTERS_UP_TO else Level.LETTERS

    @property
    def clickable(self) -> bool:
        """Whether a click can mean a base."""
        return self.view.length <= CLICKS_UP_TO

    @cached_property
    def _part(self) -> slice:
        start = self.locus.window.start
        return slice(self.view.start - start, self.view.end - start)

    @property
    def seen(self) -> Float[np.ndarray, " seen"]:
        """The contributions in view."""
        return self.values[self._part]

    @property
    def letters(self) -> str:
        """The letters in view."""
        return self.sequence[self._part]

    def of_base(
        self, base: str
    ) -> tuple[Float[np.ndarray, " letters"], Float[np.ndarray, " letters"]]:
        """Left edges and contributions of a base's positions in view, without those of zero and stacks."""
        here = np.frombuffer(self.letters.encode(), dtype=np.uint8) == ord(base)
        alone = np.ones(len(here), dtype=bool)
        alone[[one.position - self.view.start for one in self.stacks_in_view]] = False
        places = np.flatnonzero(here & alone & (self.seen != 0))
        return (self.view.start + places).astype(np.float64), self.seen[places].astype(np.float64)

    def drawn_of(self, base: str) -> Letters:
        """All letters of a base in view, those of stacks among them."""
        starts, heights = self.of_base(base)
        more = np.array(
            [(one.position, height, bottom) for one in self.stacks_in_view
             for letter, bottom, height in one.placed if letter == base and height],
            dtype=np.float64,
        ).reshape(-1, 3)  # fmt: skip
        alone = np.stack([starts, heights, np.zeros_like(starts)], axis=1)
        found = np.concatenate([alone, more])
        return found[:, 0], found[:, 1], found[:, 2]

    @cached_property
    def envelope(self) -> Envelope:
        """Largest and smallest contributions in columns of the view."""
        count = min(COLUMNS, self.view.length)
        offsets = np.linspace(0, self.view.length, count + 1).astype(np.int32)
        low = np.minimum.reduceat(self.seen, offsets[:-1])
        high = np.maximum.reduceat(self.seen, offsets[:-1])
        edges = self.view.start + offsets
        return Envelope(edges, np.minimum(low, 0), np.maximum(high, 0))

    @property
    def value_range(self) -> tuple[float, float]:
        """Bottom and top of the axis: round numbers around what is in view."""
        spans = [one.span for one in self.stacks_in_view if self.level is not Level.ENVELOPE]
        low = min([float(self.seen.min()), *(low for low, _ in spans)])
        high = max([float(self.seen.max()), *(high for _, high in spans)])
        bottom, top = 0.0 - round_up(-low), round_up(high)
        # letters that all point one way still stand on a line
        return (bottom, top) if top > bottom else (0.0, 1.0)

    @cached_property
    def tokens_in_view(self) -> range:
        """Tokens that overlap the view."""
        start, size = self.locus.window.start, self.locus.bin_size
        return range((self.view.start - start) // size, -((start - self.view.end) // size))

    @property
    def token_edges(self) -> Int[np.ndarray, " edges"]:
        """0-based edges of the tokens in view, one more than there are tokens."""
        seen, start = self.tokens_in_view, self.locus.window.start
        return start + self.locus.bin_size * np.arange(seen.start, seen.stop + 1, dtype=np.int32)

    @property
    def pooled_in_view(self) -> Float[np.ndarray, " seen"]:
        """The pooled contributions of the tokens in view."""
        return self.pooled[self.tokens_in_view.start : self.tokens_in_view.stop]

    @property
    def pooled_top(self) -> float:
        """Top of the axis of pooled contributions, of all methods."""
        return round_up(max(float(each.pooled_in_view.max()) for each in self.methods)) or 1.0

    @property
    def words(self) -> str:
        """One line under the figure: what is explained, how, and how well it adds up."""
        return " · ".join(part for part in (self.explained, self.method, self.gap) if part)

    def with_footer(self, footer: str) -> "ContributionPicture":
        """The same with another last line."""
        return replace(self, locus=replace(self.locus, footer=footer))


def describe(picture: ContributionPicture) -> str:
    """The figure in words: where, what is explained, how, and which bases weigh most in view."""
    seen, names = picture.seen, sorted({g.symbol for g in picture.locus.genes
                                        if g.interval.intersect(picture.view)})  # fmt: skip
    parts = [
        f"{_WHOSE[picture.allele]} over {picture.locus.place} ({picture.locus.assembly}), drawn "
        f"as {_DRAWN[picture.level]}, to {picture.explained}.",
        f"{picture.method}. {picture.gap}".strip(),
        f"Genes: {', '.join(names[:12])}." if names else "No genes in view.",
        _extreme("highest", picture, int(seen.argmax())),
        _extreme("lowest", picture, int(seen.argmin())),
        _named(picture),
        "" if picture.second is None else f"Below it the same by {picture.second.method}.",
        "" if picture.locus.trained else "The weights were never trained.",
    ]
    return " ".join(part for part in parts if part)


def _named(picture: ContributionPicture) -> str:
    names = dict.fromkeys(one.name for one in picture.motifs if one.name)
    return f"Motifs under peaks: {', '.join(names)}." if names else ""


_WHOSE = {
    "": "Contributions of the bases",
    "ALT": "Contributions of the bases of ALT",
    "ALT − REF": "ALT − REF of the contributions of the bases",
}
_DRAWN = {
    Level.ENVELOPE: "the largest and smallest in each pixel",
    Level.BARS: "one bar a base",
    Level.LETTERS: "a sequence logo",
}


def _extreme(which: str, picture: ContributionPicture, place: int) -> str:
    position = picture.view.start + place + 1
    return (
        f"The {which} {picture.quantity} in view is {picture.seen[place]:.3g}, of "
        f"{picture.letters[place]} at {picture.view.contig}:{position:,}."
    )
