"""What is marked across all lanes: the variant, highlights, and where nothing was predicted."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from app.figures.data import LocusPicture
from app.figures.genes import GAP, first_fit
from enformer.coordinates import Interval, Variant

OUTSIDE = "not predicted"
PADDING = "N padding"
MOST_ROWS = 4
"""Of names; the names of what fits in none are left out."""
NARROW = 0.25
"""Ems below which a wash would hardly be seen, and is a line, too."""
LETTER = 0.58
"""Width of a letter of running text in ems, a little wider than Arial's average."""


@dataclass(frozen=True)
class Mark:
    """A band or line across the lanes, with its name in a row above them.

    Attributes:
        kind: what it means, and so how it looks.
        start: 0-based edge, inside the view.
        end: 0-based edge, inside the view.
        label: its name; empty where there is no room.
        middle: where the name is centred.
        row: of the name, from 0 at the top.
    """

    kind: Literal["outside", "padding", "highlight", "variant"]
    start: int
    end: int
    label: str
    middle: float
    row: int = 0

    def is_line(self, em: float) -> bool:
        """Whether it is a highlight too narrow to be seen as a wash; `em` as in `marks`."""
        return self.kind == "highlight" and self.end - self.start < NARROW * em


def marks(picture: LocusPicture, em: float) -> tuple[Mark, ...]:
    """Marks in view, washes first and the variant last, their names in rows that do not collide.

    Args:
        picture: the figure's data.
        em: bp per font size of text.
    """
    found = list(_marks(picture, em))
    named = sorted((mark for mark in found if mark.label), key=_importance)
    half = [LETTER * em * len(mark.label) / 2 + GAP / 2 * em for mark in named]
    spans = [(m.middle - h, m.middle + h) for m, h in zip(named, half, strict=True)]
    rows = dict(zip(map(id, named), first_fit(spans), strict=True))
    placed = (replace(mark, row=rows.get(id(mark), 0)) for mark in found)
    return tuple(
        mark if mark.row < MOST_ROWS else replace(mark, label="", row=0) for mark in placed
    )


def _importance(mark: Mark) -> int:
    return ("variant", "highlight", "outside", "padding").index(mark.kind)


def _marks(picture: LocusPicture, em: float) -> Iterator[Mark]:
    for part in picture.outside:
        on_contig = part.intersect(picture.contig)
        if on_contig is not None:
            yield from _mark(picture, "outside", on_contig, OUTSIDE, em)
    for part in picture.padding:
        yield from _mark(picture, "padding", part, PADDING, em)
    for highlight in picture.highlights:
        yield from _mark(picture, "highlight", highlight.interval, highlight.label, em)
    if picture.variant is not None:
        variant = picture.variant
        yield from _mark(picture, "variant", variant.interval, _change(variant), em)


def _change(variant: Variant) -> str:
    """The two alleles, long ones cut."""
    cut = [a if len(a) <= 8 else f"{a[:6]}… ({len(a)} bp)" for a in (variant.ref, variant.alt)]
    return ">".join(cut)


def _mark(
    picture: LocusPicture,
    kind: Literal["outside", "padding", "highlight", "variant"],
    part: Interval,
    label: str,
    em: float,
) -> Iterator[Mark]:
    """The visible part of a mark; the names of washes are left out where they do not fit in it."""
    view, seen = picture.view, part.intersect(picture.view)
    if seen is None:
        return
    width = LETTER * em * len(label)
    roomy = width <= (seen.length if kind in ("outside", "padding") else view.length)
    middle = min(max((seen.start + seen.end) / 2, view.start + width / 2), view.end - width / 2)
    yield Mark(kind, seen.start, seen.end, label if roomy else "", middle)
