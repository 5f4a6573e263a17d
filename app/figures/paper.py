"""How figures look on paper and in files, whatever they show.

Sizes follow Nature's figure guide: 89 or 183 mm wide and at most 170 mm high, text of 5 to 7 pt that
stays text, fonts embedded as TrueType, 450 dpi where there are pixels.
"""

import io
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from app.figures.palette import FONTS, PAPER

Format = Literal["svg", "pdf", "png"]

WIDTHS = (89, 120, 183)
"""Mm: one column, one and a half, two."""
MAX_HEIGHT = 170
TITLE, TEXT, SMALL = 7.0, 6.0, 5.0
"""Font sizes in pt."""
DPI = 450
MM = 1 / 25.4
"""Inches."""
POINT = 25.4 / 72
"""Mm."""

_RC: Any = {
    "font.family": list(FONTS),
    "font.size": TEXT,
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
    "axes.labelsize": TEXT,
    "axes.grid": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.facecolor": "none",
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
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


@contextmanager
def style() -> Iterator[None]:
    """Settings for drawing and for writing; one thread at a time."""
    fonts = logging.getLogger("matplotlib.font_manager")
    with _LOCK, mpl.rc_context():
        level = fonts.level
        # Arial is asked for first and rarely installed: no line in the log for each text
        fonts.setLevel(logging.ERROR)
        try:
            mpl.rcdefaults()
            mpl.rcParams.update(_RC)
            yield
        finally:
            fonts.setLevel(level)


def new_figure(width: float, height: float) -> Figure:
    """An empty page of so many mm."""
    return Figure(figsize=(width * MM, height * MM), facecolor=PAPER.background)


def add_axes(
    figure: Figure, left: float, top: float, width: float, height: float, zorder: float = 0
) -> Axes:
    """Axes in mm from the page's upper left corner."""
    across, down = figure.get_size_inches() / MM
    box = (left / across, 1 - (top + height) / down, width / across, height / down)
    return figure.add_axes(box, zorder=zorder)


def add_text(figure: Figure, x: float, y: float, text: str, **look: Any) -> None:
    """Text in mm from the page's upper left corner."""
    across, down = figure.get_size_inches() / MM
    figure.text(x / across, 1 - y / down, text, va="center", **look)


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
