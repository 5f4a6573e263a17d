"""Contributions on paper: the same data as the page, in Matplotlib."""

import textwrap
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from app.figures import logo, motif_data, paper
from app.figures.contribution_data import ContributionPicture, Level, describe
from app.figures.locus_sheet import (
    FOOT,
    LETTER,
    Sheet,
    finish,
    ground,
    line_heights,
    over,
    write_name,
)
from app.figures.look import PLAIN, Look
from app.figures.motif_data import PlacedName
from app.figures.motif_paper import draw_motifs
from app.figures.palette import PAPER

VALUES, HALF, GAP, POOLED, BELOW = 38.0, 26.0, 3.2, 9.0, 1.8
MOTIF_ROW = 4.0
"""Mm; a single lane, and at least each of two."""


@dataclass(frozen=True)
class _Sheet(Sheet):
    """A locus without tracks, and lanes of contributions in their place."""

    shown: ContributionPicture = field(kw_only=True)

    @property
    def lane(self) -> float:
        """Lower where there are two of them or in a panel, as long as what is said beside it fits."""
        if self.shown.second is None and not self.look.compact:
            return VALUES
        return max(HALF, sum(line_heights(_about(self, self.shown, ""))))

    @cached_property
    def motifs(self) -> tuple[PlacedName, ...]:
        em = self.em(self.look.small)
        return motif_data.placed(self.shown.motifs, self.shown.view, em)

    def values_top(self, place: int) -> float:
        return self.lanes_top + place * (self.lane + GAP)

    @property
    def motifs_top(self) -> float:
        return self.values_top(len(self.shown.methods))

    @property
    def motifs_height(self) -> float:
        return MOTIF_ROW * motif_data.rows(self.motifs)

    @property
    def pooled_top(self) -> float:
        return self.motifs_top + self.motifs_height + (GAP if self.motifs else 0)

    @property
    def bottom(self) -> float:
        return self.pooled_top + POOLED + BELOW


def title(picture: ContributionPicture) -> str:
    """Of the document."""
    return f"{picture.title} over {picture.locus.place} ({picture.locus.assembly})"


def laid_out(picture: ContributionPicture, width: float, look: Look = PLAIN) -> paper.Drawing:
    """The picture at a width."""
    sheet = _Sheet(picture.locus, width, look, shown=picture)

    def put(page: paper.Page) -> None:
        ground(page, sheet)
        for place, one in enumerate(picture.methods):
            _values(page, sheet, place, one)
        _motifs(page, sheet)
        _pooled(page, sheet, picture)
        finish(page, sheet)

    return paper.Drawing(sheet.bottom + FOOT, put, describe(picture))


def _values(page: paper.Page, sheet: _Sheet, place: int, one: ContributionPicture) -> None:
    top = sheet.values_top(place)
    axes = over(page, sheet, top, sheet.lane)
    _scale(axes, *one.value_range)
    _LEVELS[one.level](axes, one)
    title = "Second method" if place else one.lane
    write_name(page, top + sheet.lane / 2, _about(sheet, one, title))


def _motifs(page: paper.Page, sheet: _Sheet) -> None:
    if not sheet.motifs:
        return
    look, rows = sheet.look, motif_data.rows(sheet.motifs)
    axes = over(page, sheet, sheet.motifs_top, sheet.motifs_height)
    axes.set_ylim(-rows, 0)
    view = sheet.shown.view
    draw_motifs(axes, sheet.motifs, (view.start, view.end), look.small)
    lines = [("Motifs", look.text, "bold")]
    if any(not one.called.name for one in sheet.motifs) and rows > 1:
        lines.append(("pale: none known", look.small, "normal"))
    write_name(page, sheet.motifs_top + sheet.motifs_height / 2, lines)


def _scale(axes: Axes, low: float, high: float) -> None:
    axes.set_ylim(low, high)
    at = sorted({low, 0.0, high})
    axes.set_yticks(at, [f"{value:.4g}".replace("-", "−") for value in at])
    axes.spines["left"].set_visible(True)
    axes.axhline(0, color=PAPER.ink, lw=0.4)


def _envelope(axes: Axes, picture: ContributionPicture) -> None:
    shape = picture.envelope
    axes.stairs(
        shape.high, shape.edges, baseline=shape.low, fill=True, lw=0.25,
        facecolor=PAPER.ink, edgecolor=PAPER.ink,
    )  # fmt: skip


def _bars(axes: Axes, picture: ContributionPicture) -> None:
    for base in logo.BASES:
        starts, heights, bottoms = picture.drawn_of(base)
        tops = bottoms + heights
        x = np.stack([starts, starts, starts + 1, starts + 1], axis=1)
        y = np.stack([bottoms, tops, tops, bottoms], axis=1)
        axes.add_collection(
            PolyCollection(list(np.stack([x, y], axis=-1)), facecolor=PAPER.bases[base], lw=0)
        )


def _letters(axes: Axes, picture: ContributionPicture) -> None:
    """One path for each base; `add_patch` would measure each of its segments."""
    for base in logo.BASES:
        letters = picture.drawn_of(base)
        if len(letters[0]):
            path = Path(*logo.paper_path(base, *letters))
            axes.add_artist(PathPatch(path, facecolor=PAPER.bases[base], lw=0))


_LEVELS = {Level.ENVELOPE: _envelope, Level.BARS: _bars, Level.LETTERS: _letters}


def _pooled(figure: paper.Page, sheet: _Sheet, picture: ContributionPicture) -> None:
    axes = over(figure, sheet, sheet.pooled_top, POOLED)
    _scale(axes, 0.0, picture.pooled_top)
    edges = np.clip(picture.token_edges, picture.view.start, picture.view.end)
    axes.stairs(picture.pooled_in_view, edges, fill=True, color=PAPER.hairline, lw=0)
    look = sheet.look
    lines = [
        ("Per 128 bp", look.text, "bold"),
        (f"|{picture.quantity}|, summed", look.small, "normal"),
    ]
    if picture.second is not None:
        axes.stairs(picture.second.pooled_in_view, edges, color=PAPER.accent, lw=0.6, ls=":")
        lines.append(("dotted: second method", look.small, "normal"))
    write_name(figure, sheet.pooled_top + POOLED / 2, lines)


def _about(sheet: _Sheet, picture: ContributionPicture, title: str) -> list[tuple[str, float, str]]:
    """What is drawn, what it explains and how well it adds up, in the column of names."""
    look = sheet.look
    letters = int((sheet.names - 3.2) / (LETTER * look.small * paper.POINT))
    said = [f"{picture.method}; {_DRAWN[picture.level]}", f"To {picture.explained}", picture.gap]
    said = said if picture is sheet.shown else [picture.method, picture.gap]
    small = [line for text in said for line in textwrap.wrap(text, letters, break_long_words=False)]
    return [
        (title, look.text, "bold"),
        *((line, look.small, "normal") for line in small),
    ]


_DRAWN = {
    Level.ENVELOPE: "largest and smallest",
    Level.BARS: "A green, C blue, G yellow, T red",
    Level.LETTERS: "letters as high as they weigh",
}
