"""Attention of some tokens as arcs to the tokens they take most from, as frozen data for both faces."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float

from app.figures.attention_data import HeadPicture, number
from app.figures.data import LocusPicture
from app.figures.truth_strokes import Path, arc
from enformer.coordinates import Interval

NEAR = 2
"""Tokens on each side of the chosen ones that get no arc: nearly every head looks there."""
CLASSES = 5
"""Widths that are told apart."""


@dataclass(frozen=True)
class Arc:
    """What one token has to do with the chosen ones.

    Attributes:
        token: its bases.
        weight: mean over the chosen tokens, or REF − ALT.
        usual: what is given at that distance on average; None where that is not known.
    """

    token: Interval
    weight: float
    usual: float | None = None

    @property
    def about(self) -> str:
        """One line for the pointer."""
        over = f", {self.weight / self.usual:.3g} × the average there" if self.usual else ""
        return f"<b>{self.token}</b><br>weight {number(self.weight)}{over}"


@dataclass(frozen=True, eq=False)
class ArcPicture:
    """Arcs over a locus.

    Attributes:
        locus: window, view, genes and marks; without lanes.
        chosen: the tokens whose attention it is.
        arcs: the strongest first.
        name: of the attention head.
        way: whether the arcs lead to what is attended to, or to who attends.
        beyond: whether they are ranked by weight over what is usual at their distance.
        difference: weights are REF − ALT.
        shared: of the weight over the window, what the arcs stand for; 0 of a difference.
    """

    locus: LocusPicture
    chosen: Interval
    arcs: tuple[Arc, ...]
    name: str
    way: str
    beyond: bool = False
    difference: bool = False
    shared: float = 0.0

    @property
    def view(self) -> Interval:
        """What is seen."""
        return self.locus.view

    def width(self, one: Arc) -> int:
        """Class of width, from 1 to `CLASSES`, by weight."""
        most = max(abs(other.weight) for other in self.arcs)
        return min(CLASSES, 1 + int(CLASSES * abs(one.weight) / most)) if most else 1

    def path(self, one: Arc) -> Path:
        """Half an ellipse that hangs from 0, the deeper the farther it reaches, to −1."""
        middle = self.chosen.center
        longest = max(abs(other.token.center - middle) for other in self.arcs)
        depth = 0.96 * (abs(one.token.center - middle) / longest) ** 0.5
        return arc(one.token.center, middle, -depth, 0.0, self.view)

    @property
    def words(self) -> str:
        """What the arcs are, for the column beside them."""
        verb = "attended to by" if self.way == "row" else "attending to"
        return f"{len(self.arcs)} tokens {verb} {self.chosen}"

    @property
    def ranked(self) -> str:
        """How they were chosen."""
        by = "weight over the average at their distance" if self.beyond else "weight"
        kept = f", {self.shared:.1%} of all weight" if self.shared else ""
        return f"strongest in view by {by}{kept}; thicker: more weight"


def arc_picture(picture: HeadPicture, count: int, beyond: bool = False) -> ArcPicture:
    """The strongest tokens of the head's first lane in view, without those beside the chosen ones.

    Args:
        picture: of the head, whose first lane is what its map shows.
        count: arcs.
        beyond: rank by weight over what is usual at the distance, where that is known.
    """
    lane, size = picture.lanes[0], picture.place.bin_size
    difference, usual = picture.scale.difference, lane.expected
    beyond = beyond and usual is not None and not difference
    rank = (
        lane.values / np.maximum(usual, 1e-12)
        if beyond and usual is not None
        else np.abs(lane.values)
    )
    allowed = np.flatnonzero(_allowed(picture) & (rank > 0))
    best = allowed[np.argsort(-rank[allowed], kind="stable")[:count]]
    start = picture.place.window.start
    arcs = [
        Arc(
            Interval(picture.keys.contig, start + int(t) * size, start + (int(t) + 1) * size),
            float(lane.values[t]),
            None if usual is None or difference else float(usual[t]),
        )
        for t in best
    ]
    return ArcPicture(
        locus=replace(picture.place, view=picture.keys, lanes=()),
        chosen=picture.chosen,
        arcs=tuple(arcs),
        name=picture.name,
        way=picture.way,
        beyond=beyond,
        difference=difference,
        shared=_shared(lane.values, best, difference),
    )


def _allowed(picture: HeadPicture) -> Bool[np.ndarray, " tokens"]:
    """Tokens in view that are not beside the chosen ones."""
    edges, reach = picture.token_edges, NEAR * picture.place.bin_size
    seen = (edges[:-1] < picture.keys.end) & (edges[1:] > picture.keys.start)
    near = (edges[:-1] < picture.chosen.end + reach) & (edges[1:] > picture.chosen.start - reach)
    return seen & ~near


def _shared(values: Float[np.ndarray, " tokens"], best: np.ndarray, difference: bool) -> float:
    total = float(values.sum(dtype=np.float64))
    return 0.0 if difference or not total else float(values[best].sum(dtype=np.float64)) / total


def describe(picture: ArcPicture) -> str:
    """The arcs in words."""
    first = [f"{one.token} ({number(one.weight)})" for one in picture.arcs[:3]]
    most = f" The first: {'; '.join(first)}." if first else ""
    return (
        f"{'REF minus ALT of attention' if picture.difference else 'Attention'} of {picture.name} as arcs "
        f"over {picture.locus.place} ({picture.locus.assembly}): {picture.words}, {picture.ranked}.{most}"
    )
