"""Bins of one track against those of another, on paper."""

import textwrap

from app.figures import paper
from app.figures.look import PLAIN, Look
from app.figures.palette import PAPER
from app.figures.scatter_data import ScatterPicture, describe

HEAD, FOOT, LEFT, RIGHT = 6.0, 11.0, 16.0, 4.0
LARGEST = 150.0
"""Mm of a side."""


def title(picture: ScatterPicture) -> str:
    """Of the document."""
    return f"{picture.names[0]} against {picture.names[1]}, {picture.place}"


def laid_out(picture: ScatterPicture, width: float, look: Look = PLAIN) -> paper.Drawing:
    """The picture at a width."""
    side = min(width - LEFT - RIGHT, LARGEST)

    def put(page: paper.Page) -> None:
        _points(page, picture, side, look)
        paper.unmasked(page)

    return paper.Drawing(HEAD + side + FOOT, put, describe(picture))


def _points(page: paper.Page, picture: ScatterPicture, side: float, look: Look) -> None:
    said = [picture.said, *([] if picture.trained else ["never trained: random weights"])]
    paper.add_text(page, LEFT, 3, ", ".join(said), size=look.large, weight="bold")
    axes = paper.add_axes(page, LEFT, HEAD, side, side)
    x, y = picture.drawn(picture.x), picture.drawn(picture.y)
    axes.scatter(x, y, s=3, color=PAPER.shades(picture.kind).fill, alpha=0.6, lw=0)
    if picture.diagonal is not None:
        axes.plot(picture.diagonal, picture.diagonal, color=PAPER.muted, lw=0.5, ls=":", zorder=0)
    letters = int(side / (0.5 * look.text * paper.POINT))
    titles = ("\n".join(textwrap.wrap(title, letters)) for title in picture.axis_titles)
    axes.set_xlabel(next(titles), labelpad=1.5)
    axes.set_ylabel(next(titles), labelpad=1.5)
