"""Evidence on paper: the same data as the page, in Matplotlib."""

import textwrap

import numpy as np
from matplotlib.axes import Axes

from app.figures import paper
from app.figures.evidence_data import EvidencePicture, Panel, describe
from app.figures.look import PLAIN, Look
from app.figures.palette import PAPER
from enformer.errors import EnformerLensError

HEAD, FOOT, ROW, GAP, RIGHT = 8.0, 8.0, 3.2, 3.0, 2.0
_PAGES, _NAMES = (55, *paper.WIDTHS), (22.0, 26.0, 30.0, 34.0)
"""Mm; the last is the room for names on pages of those widths."""


def title(picture: EvidencePicture) -> str:
    """Of the document."""
    return f"Evidence, {picture.window} ({picture.assembly})"


def laid_out(picture: EvidencePicture, width: float, look: Look = PLAIN) -> paper.Drawing:
    """The picture at a width.

    Raises:
        EnformerLensError: more elements than a page holds.
    """
    said = f"Explained: {picture.explained} ({picture.assembly})"
    said += "" if picture.trained else "; never trained: random weights"
    notes = textwrap.wrap(f"{said}. {LEGEND}", int(width / (0.5 * look.small * paper.POINT)))
    bottom = HEAD + ROW * len(picture.labels) + FOOT
    height = bottom + 2.4 * len(notes)
    if height > paper.MAX_HEIGHT:
        raise EnformerLensError(
            f"They do not fit on a page {paper.MAX_HEIGHT} mm high.",
            read=f"a figure of {len(picture.labels)} elements",
            do="Choose fewer elements for paper.",
        )

    def put(page: paper.Page) -> None:
        paper.add_letter(page, look)
        _panels(page, picture, width, look)
        for place, line in enumerate(notes):
            paper.add_text(page, 1.5, bottom + 2.4 * place, line, size=look.small)

    return paper.Drawing(height, put, describe(picture))


def _panels(figure: paper.Page, picture: EvidencePicture, width: float, look: Look) -> None:
    """One method beside the other."""
    names, rows = float(np.interp(width, _PAGES, _NAMES)), ROW * len(picture.labels)
    each = (width - names - RIGHT + GAP) / len(picture.panels)
    for place, panel in enumerate(picture.panels):
        left = names + place * each
        fits = len(panel.title) <= (each - 1) / (paper.BOLD * look.large * paper.POINT)
        size = look.large if fits else paper.SMALLEST
        paper.add_text(figure, left, HEAD - 3, panel.title, size=size, weight="bold")
        axes = paper.add_axes(figure, left, HEAD, each - GAP, rows)
        _bars(axes, picture, panel, look, each)
        if place == 0:
            axes.set_yticks(range(len(picture.labels)), list(picture.labels), size=look.text)


LEGEND = (
    "Whiskers: standard deviation over shuffles. Pale: overlaps the target. A knock-out is in silico; "
    "attention is not causation."
)


def _bars(axes: Axes, picture: EvidencePicture, panel: Panel, look: Look, room: float) -> None:
    places, shown = np.arange(len(picture.labels)), panel.values - panel.nothing
    colour = PAPER.truth if panel.truth else look.shades("DNASE").fill
    bars = axes.barh(places, shown, 0.65, panel.nothing, color=colour, lw=0)
    for bar, pale in zip(bars, picture.unranked, strict=True):
        bar.set_alpha(0.35 if pale else 1.0)
    if panel.spread is not None:
        axes.errorbar(panel.values, places, xerr=np.nan_to_num(panel.spread), fmt="none",
                      ecolor=PAPER.ink, elinewidth=0.5)  # fmt: skip
    axes.axvline(panel.nothing, color=PAPER.ink, lw=0.5)
    axes.set(xlim=panel.limits, ylim=(len(places) - 0.5, -0.5), yticks=[])
    axes.spines["left"].set_visible(False)
    axes.tick_params("y", length=0)
    axes.locator_params("x", nbins=4)
    letters = int(room / (0.5 * look.text * paper.POINT))
    axes.set_xlabel("\n".join(textwrap.wrap(panel.unit, letters)), labelpad=1.5)
