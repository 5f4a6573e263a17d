"""Several pictures on one sheet for a paper, as panels a to f that stay vectors with live text."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from matplotlib.figure import Figure

from app.figures import layouts, paper
from app.figures.look import PLAIN, Look
from app.figures.palette import PAPER
from enformer.errors import EnformerLensError

LETTERS = "abcdef"
NARROWEST, WIDEST = 60, 183
"""Mm that a sheet may be wide."""
LEAST = 55.0
"""Mm below which the names of a panel leave no room for what it shows."""
GAP, ROW_GAP = 4.0, 3.0
"""Mm between panels."""


@dataclass(frozen=True)
class Pending:
    """Stands for a picture that is not there yet, with why."""

    words: str


Picture = layouts.Picture | Pending


def _blank(picture: Pending, width: float, look: Look) -> paper.Drawing:
    """A place that is kept."""
    height, words = 30.0, picture.words

    def put(page: paper.Page) -> None:
        paper.add_letter(page, look)
        paper.add_text(
            page, width / 2, height / 2, words, size=look.text, ha="center", color=PAPER.muted
        )

    return paper.Drawing(height, put, words)


def _laid_out(picture: Picture, width: float, look: Look) -> paper.Drawing:
    blank = isinstance(picture, Pending)
    return _blank(picture, width, look) if blank else layouts.laid_out(picture, width, look)


@dataclass(frozen=True, eq=False)
class Part:
    """A panel before it has its place.

    Attributes:
        picture: what it shows.
        columns: how many of its width go into a row.
    """

    picture: Picture
    columns: int = 1


@dataclass(frozen=True, eq=False)
class Placed:
    """A panel in its place, in mm from the sheet's upper left corner."""

    letter: str
    left: float
    top: float
    width: float
    drawing: paper.Drawing


@dataclass(frozen=True, eq=False)
class Composition:
    """A sheet with its panels.

    Attributes:
        width: mm.
        look: of all panels.
        placed: from left to right and from top to bottom.
    """

    width: float
    look: Look
    placed: tuple[Placed, ...]

    @property
    def height(self) -> float:
        """Mm."""
        return max(one.top + one.drawing.height for one in self.placed)

    @property
    def text(self) -> str:
        """What is shown, in words."""
        return " ".join(f"{one.letter} {one.drawing.text}".strip() for one in self.placed)


def composed(parts: Sequence[Part], width: float, look: Look = PLAIN) -> Composition:
    """Panels in rows, in their order; one too narrow for what it shows takes a row of its own.

    Raises:
        EnformerLensError: no panel or too many, a width that no sheet has, or a picture that fits on
            no page.
    """
    _check(len(parts), width)
    placed: list[Placed] = []
    left = top = bottom = 0.0
    for letter, part in zip(LETTERS, parts, strict=False):
        across = _across(part.columns, width)
        if left and left + across > width + 1e-6:
            left, top = 0.0, bottom + ROW_GAP
        # a figure of one panel bears no letter
        own = replace(look, letter=letter if len(parts) > 1 else "")
        drawing = _laid_out(part.picture, across, own)
        placed.append(Placed(own.letter, left, top, across, drawing))
        left, bottom = left + across + GAP, max(bottom, top + drawing.height)
    return Composition(width, look, tuple(placed))


def _across(columns: int, width: float) -> float:
    share = (width - (columns - 1) * GAP) / columns
    return share if share >= LEAST else width


def _check(panels: int, width: float) -> None:
    if not 1 <= panels <= len(LETTERS):
        raise EnformerLensError(
            f"A sheet has 1 to {len(LETTERS)} panels.",
            read=f"a sheet of {panels} panels",
            do="Add a panel, or take some away.",
        )
    if not NARROWEST <= width <= WIDEST:
        raise EnformerLensError(
            f"A sheet is {NARROWEST} to {WIDEST} mm wide.",
            read=f"a sheet {width:g} mm wide",
            do="Choose a width that the page of a journal holds.",
            example="183",
        )


def draw(sheet: Composition) -> Figure:
    """The figure itself; to be called under `paper.style()` of the sheet's look."""
    figure = paper.new_figure(sheet.width, sheet.height)
    for one in sheet.placed:
        one.drawing.put(paper.part(figure, one.left, one.top, one.width, one.drawing.height))
    return figure


def render(sheet: Composition, form: paper.Format, title: str, provenance: str) -> bytes:
    """A file for a paper, with where it comes from inside."""
    return paper.written(lambda: draw(sheet), form, title, sheet.text, provenance, look=sheet.look)
