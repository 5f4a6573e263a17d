"""What was planted, as lines and boxes that both faces draw under the genes.

Across in 0-based edges, cut to the view; down in rows of the gene lane, from its last row on: arcs,
then elements on their line, then names.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from app.figures.genes import GAP, first_fit
from app.figures.truth_data import Planted, Truth
from enformer.coordinates import Interval

ARCS, LINE, NAMES, NAME_ROW, FOOT = 1.75, 1.98, 2.42, 0.46, 0.1
"""Depths of the arcs' feet, of elements and of the first names; height of a row of names; below it."""
MOST_NAMES = 3
"""Rows of names; what fits in none stays without."""
HALF, LEAST = 0.15, 0.4
"""Half height of a box in rows, and its least width in ems."""
LETTER = 0.6
"""Width of a letter of a name in ems."""
POINTS = 48
CLASSES = 5
"""Widths of arcs that are told apart."""

Path = list[tuple[float, float]]


@dataclass(frozen=True)
class Name:
    """A name centred on a place."""

    text: str
    x: float
    y: float


@dataclass(frozen=True)
class TruthStrokes:
    """What to draw, by how it is drawn.

    Attributes:
        arcs: from enhancers to genes, by class of width from 1 (weak) to `CLASSES`.
        line: the line that elements lie on.
        filled: closed boxes of what acts in the tissue.
        hollow: closed boxes of what does not.
        promoters: closed triangles that point along the strand.
        walls: upright bars of insulators.
        names: of what has room.
    """

    arcs: dict[int, list[Path]]
    line: Path
    filled: list[Path]
    hollow: list[Path]
    promoters: list[Path]
    walls: list[Path]
    names: tuple[Name, ...]


def depth(truth: Truth, view: Interval, em: float) -> float:
    """Rows that the truth takes under the genes."""
    rows = [row for _, row in _named(truth.drawn(view), view, em)]
    return NAMES + NAME_ROW * (max(rows, default=0) + 0.5) + FOOT


def strokes(truth: Truth, view: Interval, em: float, top: float) -> TruthStrokes:
    """Lines and boxes.

    Args:
        truth: of the contig.
        view: what is seen.
        em: bp that a font size of text takes.
        top: rows of genes above.
    """
    drawn, line = truth.drawn(view), -top - LINE
    boxes = [one for one in drawn if one.kind in ("enhancer", "site")]
    return TruthStrokes(
        arcs=_arcs(truth, view, -top - ARCS),
        line=[(view.start, line), (view.end, line)],
        filled=[_box(one, view, em, line) for one in boxes if one.acts],
        hollow=[_box(one, view, em, line) for one in boxes if not one.acts],
        promoters=[_triangle(one, em, line) for one in drawn if one.kind == "promoter"],
        walls=[_wall(one, line) for one in drawn if one.kind == "insulator"],
        names=tuple(
            Name(one.name, _middle(one, view, em), -top - NAMES - NAME_ROW * row)
            for one, row in _named(drawn, view, em)
        ),
    )


def _named(drawn: Iterable[Planted], view: Interval, em: float) -> list[tuple[Planted, int]]:
    """What gets a name, and in which row; genes carry those of promoters."""
    wanted = [one for one in drawn if one.kind != "promoter"]
    wanted.sort(key=lambda one: (not one.acts, one.kind == "insulator"))
    half = [LETTER * em * len(one.name) / 2 for one in wanted]
    middles = [_middle(one, view, em) for one in wanted]
    spans = [(x - h - GAP / 2 * em, x + h + GAP / 2 * em)
             for x, h in zip(middles, half, strict=True)]  # fmt: skip
    rows = first_fit(spans)
    return [(one, row) for one, row in zip(wanted, rows, strict=True) if row < MOST_NAMES]


def _middle(one: Planted, view: Interval, em: float) -> float:
    """Where a name is centred: over its element, and inside the view."""
    half, part = LETTER * em * len(one.name) / 2, one.interval.intersect(view) or one.interval
    return min(max((part.start + part.end) / 2, view.start + half), view.end - half)


def _box(one: Planted, view: Interval, em: float, y: float) -> Path:
    middle = (one.interval.start + one.interval.end) / 2
    half = max(one.interval.length, LEAST * em) / 2
    left, right = max(middle - half, view.start), min(middle + half, view.end)
    low, high = y - HALF, y + HALF
    return [(left, low), (left, high), (right, high), (right, low), (left, low)]


def _triangle(one: Planted, em: float, y: float) -> Path:
    at, along = (one.interval.start + one.interval.end) / 2, -1 if one.strand == "-" else 1
    tip = at + along * 0.6 * em
    return [(at, y - HALF * 1.3), (at, y + HALF * 1.3), (tip, y), (at, y - HALF * 1.3)]


def _wall(one: Planted, y: float) -> Path:
    x = (one.interval.start + one.interval.end) / 2
    return [(x, y - 1.6 * HALF), (x, y + (LINE - 0.15))]


def _arcs(truth: Truth, view: Interval, foot: float) -> dict[int, list[Path]]:
    links = truth.links_in(view)
    longest = max((abs(link.start - link.tss) for link in links), default=1)
    found: dict[int, list[Path]] = {}
    for link in links:
        height = (ARCS - 0.2) * (abs(link.start - link.tss) / longest) ** 0.5
        kind = min(CLASSES, 1 + int(CLASSES * truth.share(link)))
        found.setdefault(kind, []).append(arc(link.start, link.tss, height, foot, view))
    return found


def arc(start: float, end: float, height: float, foot: float, view: Interval) -> Path:
    """Half an ellipse on its foot, hanging where the height is negative, cut where it leaves the view."""
    turn = np.linspace(0, np.pi, POINTS)
    middle, half = (start + end) / 2, (start - end) / 2
    ends = np.clip([(view.start - middle) / half, (view.end - middle) / half], -1, 1)
    turn = np.clip(turn, *sorted(np.arccos(ends)))
    return list(zip((middle + half * np.cos(turn)).tolist(),
                    (foot + height * np.sin(turn)).tolist(), strict=True))  # fmt: skip
