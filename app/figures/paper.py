"""How figures look on paper and in files, whatever they show.

Sizes follow Nature's figure guide: 89 or 183 mm wide and at most 170 mm high, text of 5 to 7 pt that
stays text, fonts embedded as TrueType, 450 dpi where there are pixels.
"""

import io
import logging
import textwrap
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.gridspec import GridSpec

from app.figures.look import LETTER, PLAIN, SIZES, Look
from app.figures.palette import FONTS, PAPER

Format = Literal["svg", "pdf", "png"]
Page = Figure | SubFigure
"""A whole figure, or the part of one that is a panel."""

WIDTHS = (89, 120, 183)
"""Mm: one column, one and a half, two."""
MAX_HEIGHT = 170
TITLE, TEXT, SMALL = PLAIN.large, PLAIN.text, PLAIN.small
"""Font sizes in pt, where no others were chosen."""
SMALLEST = SIZES[0]
DPI = 450
BOLD = 0.56
"""Width of a bold letter in ems."""
MM = 1 / 25.4
"""Inches."""
POINT = 25.4 / 72
"""Mm."""

_RC: Any = {
    "font.family": list(FONTS),
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "enformer-lens",
    "text.color": PAPER.ink,
    "axes.edgecolor": PAPER.ink,
    "axes.labelcolor": PAPER.ink,
    "xtick.color": PAPER.ink,
    "ytick.color": PAPER.ink,
    "axes.linewidth": 0.5,
    "axes.unicode_minus": True,
    "axes.grid": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.facecolor": "none",
    "xtick.major.width": 0.5,
    "ytick.major.width": 0.5,
    "xtick.major.size": 2,
    "ytick.major.size": 1.5,
    "xtick.major.pad": 1.5,
    "ytick.major.pad": 1.5,
    "path.simplify": False,
}
# Matplotlib's settings belong to the process, and several sessions export at once.
_LOCK = threading.RLock()


def _sizes(look: Look) -> dict[Any, Any]:
    ordinary, ticks = ("font.size", "axes.labelsize"), ("xtick.labelsize", "ytick.labelsize")
    return dict.fromkeys(ordinary, look.text) | dict.fromkeys(ticks, look.small)


@contextmanager
def style(look: Look = PLAIN) -> Iterator[None]:
    """Settings for drawing and for writing; one thread at a time."""
    fonts = logging.getLogger("matplotlib.font_manager")
    with _LOCK, mpl.rc_context():
        level = fonts.level
        # Arial is asked for first and rarely installed: no line in the log for each text
        fonts.setLevel(logging.ERROR)
        try:
            mpl.rcdefaults()
            mpl.rcParams.update(_RC | _sizes(look))
            yield
        finally:
            fonts.setLevel(level)


@dataclass(frozen=True)
class Drawing:
    """A picture that was laid out for a width.

    Attributes:
        height: mm that it takes.
        put: draws it on a page of that size, under `style()`.
        text: what is shown, in words.
    """

    height: float
    put: Callable[[Page], None]
    text: str


def alone(drawing: Drawing, width: float) -> Figure:
    """A figure of nothing else."""
    figure = new_figure(width, drawing.height)
    drawing.put(figure)
    return figure


def new_figure(width: float, height: float) -> Figure:
    """An empty page of so many mm."""
    return Figure(figsize=(width * MM, height * MM), facecolor=PAPER.background)


def part(figure: Figure, left: float, top: float, width: float, height: float) -> SubFigure:
    """A page within a page, in mm from its upper left corner; what is drawn there stays vectors."""
    across, down = size_of(figure)
    grid = GridSpec(
        3, 3, figure=figure,
        width_ratios=[left, width, max(0.0, across - left - width)],
        height_ratios=[top, height, max(0.0, down - top - height)],
    )  # fmt: skip
    return figure.add_subfigure(grid[1, 1])


def size_of(page: Page) -> tuple[float, float]:
    """Width and height in mm."""
    # a figure knows its size to the last digit, which its bounding box in pixels does not
    pixels = np.asarray(page.bbox.size)
    inches = page.get_size_inches() if isinstance(page, Figure) else pixels / page.dpi
    across, down = np.asarray(inches) / MM
    return float(across), float(down)


def add_axes(
    figure: Page, left: float, top: float, width: float, height: float, zorder: float = 0
) -> Axes:
    """Axes in mm from the page's upper left corner."""
    across, down = size_of(figure)
    box = (left / across, 1 - (top + height) / down, width / across, height / down)
    return figure.add_axes(box, zorder=zorder)


def add_text(figure: Page, x: float, y: float, text: str, **look: Any) -> None:
    """Text in mm from the page's upper left corner."""
    across, down = size_of(figure)
    figure.text(x / across, 1 - y / down, text, va="center", **look)


def add_letter(figure: Page, look: Look) -> None:
    """The letter of a panel in its corner, as Nature sets it."""
    if look.letter:
        add_text(figure, 0, 2.0, look.letter, size=LETTER, weight="bold")


def add_title(figure: Page, look: Look, text: str) -> None:
    """The letter of a panel, and the title beside it."""
    add_letter(figure, look)
    if not look.title:
        return
    x = 4.5 if look.letter else 1.5
    room = size_of(figure)[0] - x
    if len(text) <= room / (BOLD * look.large * POINT):
        add_text(figure, x, 2.4, text, size=look.large, weight="bold")
        return
    # the lengths of lanes are drawn at the right
    letters = int((room - 12) / (BOLD * SMALLEST * POINT))
    for place, line in enumerate(textwrap.wrap(text, letters, max_lines=2, placeholder=" …")):
        add_text(figure, x, 1.4 + 2.1 * place, line, size=SMALLEST, weight="bold")


def unmasked(figure: Page) -> None:
    """Take away clipping masks, which are in the way of editors, where nothing needs them."""
    for artist in figure.findobj():
        artist.set_clip_on(False)


def written(
    draw: Callable[[], Figure],
    form: Format,
    title: str,
    text: str,
    provenance: str,
    look: Look = PLAIN,
) -> bytes:
    """The file of what `draw` draws, see `encode`."""
    with style(look):
        return encode(draw(), form, title=title, text=text, provenance=provenance)


def encode(figure: Figure, form: Format, *, title: str, text: str, provenance: str) -> bytes:
    """The file, with what it shows and where it comes from inside; equal input gives equal bytes.

    Args:
        figure: made under `style()`, which must still hold.
        form: of the file.
        title: of the document.
        text: what is shown, in words.
        provenance: JSON; in the PDF's keywords, the PNG's `Provenance` and the SVG's `dc:source`.
    """
    metadata: dict[Format, dict[str, Any]] = {
        "pdf": {"Title": title, "Subject": text, "Keywords": provenance, "CreationDate": None,
                "Creator": "Enformer Lens"},
        "png": {"Title": title, "Description": text, "Provenance": provenance},
        "svg": {"Title": title, "Description": text, "Source": provenance, "Date": None,
                "Creator": "Enformer Lens"},
    }  # fmt: skip
    file = io.BytesIO()
    figure.savefig(file, format=form, dpi=DPI, metadata=metadata[form])
    return file.getvalue()
