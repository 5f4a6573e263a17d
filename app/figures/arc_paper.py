"""Arcs of attention on paper: the same data as the page, in Matplotlib."""

import textwrap
from dataclasses import dataclass

from matplotlib.collections import LineCollection

from app.figures import paper
from app.figures.arc_data import ArcPicture, describe
from app.figures.locus_sheet import (
    FOOT,
    LETTER,
    Sheet,
    finish,
    ground,
    over,
    write_name,
)
from app.figures.look import PLAIN, Look
from app.figures.palette import PAPER

ARCS, BELOW = 24.0, 1.8
"""Mm."""
THINNEST, STEP = 0.35, 0.35
"""Pt of the first class of width, and what each further class adds."""


@dataclass(frozen=True)
class _Sheet(Sheet):
    """A locus without tracks, and arcs in their place."""

    @property
    def bottom(self) -> float:
        return self.lanes_top + ARCS + BELOW


def title(picture: ArcPicture) -> str:
    """Of the document."""
    return f"Attention arcs over {picture.locus.place} ({picture.locus.assembly})"


def laid_out(picture: ArcPicture, width: float, look: Look = PLAIN) -> paper.Drawing:
    """The picture at a width."""
    sheet = _Sheet(picture.locus, width, look)

    def put(page: paper.Page) -> None:
        ground(page, sheet)
        _arcs(page, sheet, picture)
        write_name(page, sheet.lanes_top + ARCS / 2, _about(sheet, picture))
        finish(page, sheet)

    return paper.Drawing(sheet.bottom + FOOT, put, describe(picture))


def _arcs(page: paper.Page, sheet: _Sheet, picture: ArcPicture) -> None:
    axes = over(page, sheet, sheet.lanes_top, ARCS)
    axes.set_ylim(-1, 0)
    for one in picture.arcs:
        colour = PAPER.accent if one.weight < 0 else PAPER.shades("DNASE").line
        width = THINNEST + STEP * (picture.width(one) - 1)
        axes.add_collection(LineCollection([picture.path(one)], color=colour, lw=width, alpha=0.8))
        axes.plot(one.token.center, -0.015, marker="o", ms=1.6, mew=0, color=colour)


def _about(sheet: _Sheet, picture: ArcPicture) -> list[tuple[str, float, str]]:
    look = sheet.look
    letters = int((sheet.names - 3.2) / (LETTER * look.small * paper.POINT))
    said = [
        picture.name,
        picture.words,
        picture.ranked,
        *(["purple: more in ALT"] if picture.difference else []),
    ]
    small = [line for text in said for line in textwrap.wrap(text, letters)]
    return [
        ("Attention arcs", look.text, "bold"),
        *((line, look.small, "normal") for line in small),
    ]
