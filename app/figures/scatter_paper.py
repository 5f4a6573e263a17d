"""Bins of one track against those of another, on paper."""

import textwrap

from matplotlib.figure import Figure

from app.figures import paper
from app.figures.locus_sheet import check_width
from app.figures.palette import PAPER
from app.figures.scatter_data import ScatterPicture, describe

HEAD, FOOT, LEFT, RIGHT = 6.0, 11.0, 16.0, 4.0
LARGEST = 150.0
"""Mm of a side."""


def render(picture: ScatterPicture, width_mm: int, form: paper.Format, provenance: str) -> bytes:
    """A file for a paper.

    Args:
        picture: what to show.
        width_mm: 89, 120 or 183.
        form: of the file.
        provenance: JSON that goes inside.

    Raises:
        EnformerLensError: a width that no column has.
    """
    with paper.style():
        title = f"{picture.names[0]} against {picture.names[1]}, {picture.place}"
        figure = draw(picture, width_mm)
        return paper.encode(
            figure, form, title=title, text=describe(picture), provenance=provenance
        )


def draw(picture: ScatterPicture, width_mm: int) -> Figure:
    """The figure itself; to be called under `paper.style()`, see `render`."""
    check_width(width_mm)
    side = min(width_mm - LEFT - RIGHT, LARGEST)
    figure = paper.new_figure(width_mm, HEAD + side + FOOT)
    said = [picture.said, *([] if picture.trained else ["never trained: random weights"])]
    paper.add_text(figure, LEFT, 3, ", ".join(said), size=paper.TITLE, weight="bold")
    axes = paper.add_axes(figure, LEFT, HEAD, side, side)
    x, y = picture.drawn(picture.x), picture.drawn(picture.y)
    axes.scatter(x, y, s=3, color=PAPER.shades(picture.kind).fill, alpha=0.6, lw=0)
    if picture.diagonal is not None:
        axes.plot(picture.diagonal, picture.diagonal, color=PAPER.muted, lw=0.5, ls=":", zorder=0)
    letters = int(side / (0.5 * paper.TEXT * paper.POINT))
    titles = ("\n".join(textwrap.wrap(title, letters)) for title in picture.axis_titles)
    axes.set_xlabel(next(titles), labelpad=1.5)
    axes.set_ylabel(next(titles), labelpad=1.5)
    for artist in figure.findobj():
        artist.set_clip_on(False)
    return figure
