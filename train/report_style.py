"""How figures of a report look: 183 mm wide at most, text of 5 to 7 pt that stays text, colours that
colour-blind readers can tell apart (Okabe and Ito; Wong 2011, doi 10.1038/nmeth.1618)."""

import io
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap
from matplotlib.figure import Figure

Format = Literal["svg", "pdf", "png"]

FORMATS: tuple[Format, ...] = ("svg", "pdf", "png")
PAGE = 183.0
"""Mm."""
TITLE, TEXT, SMALL = 7.0, 6.0, 5.0
"""Font sizes in pt."""
DPI = 450
MM = 1 / 25.4
"""Inches."""
MANY = 2_000
"""Marks from which a layer becomes pixels, so that a page of vectors stays small."""

INK, MUTED, HAIRLINE, ACCENT = "#000000", "#59616e", "#b4bac4", "#9b1c5a"
_ASSAYS = {
    "DNASE": "#0072b2", "ATAC": "#56b4e9", "CHIP": "#009e73", "CAGE": "#d55e00", "RNA": "#e69f00",
}  # fmt: skip
COUNTS: Colormap = LinearSegmentedColormap.from_list("counts", ["#d6e6f2", "#4a9ac9", "#08264a"])

_RC: Any = {
    "font.family": ["Arial", "Helvetica", "Liberation Sans", "DejaVu Sans"],
    "font.size": TEXT,
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "enformer-lens",
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.5,
    "axes.unicode_minus": True,
    "axes.labelsize": TEXT,
    "axes.labelpad": 2,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.facecolor": "none",
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "xtick.major.width": 0.5,
    "ytick.major.width": 0.5,
    "xtick.major.size": 2,
    "ytick.major.size": 2,
    "xtick.major.pad": 1.5,
    "ytick.major.pad": 1.5,
}


@contextmanager
def style() -> Iterator[None]:
    """Settings for drawing and for writing."""
    fonts = logging.getLogger("matplotlib.font_manager")
    with mpl.rc_context():
        level = fonts.level
        # Arial is asked for first and rarely installed: no line in the log for each text
        fonts.setLevel(logging.ERROR)
        try:
            mpl.rcdefaults()
            mpl.rcParams.update(_RC)
            yield
        finally:
            fonts.setLevel(level)


def colour(assay: str) -> str:
    """Of an assay; grey for those without their own."""
    return _ASSAYS.get(assay, "#5b6270")


def number(value: float, digits: int = 3) -> str:
    """With a true minus sign; a dash where there is no number."""
    rounded = round(value, digits) + 0.0  # no minus zero
    return "–" if value != value else f"{rounded:.{digits}f}".replace("-", "−")


def new_figure(width: float, height: float) -> Figure:
    """An empty page of so many mm."""
    return Figure(figsize=(width * MM, height * MM), facecolor="#ffffff")


def add_axes(figure: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Axes in mm from the page's upper left corner."""
    across, down = figure.get_size_inches() / MM
    box = (left / across, 1 - (top + height) / down, width / across, height / down)
    return figure.add_axes(box)


def add_text(figure: Figure, x: float, y: float, text: str, **look: Any) -> None:
    """Text in mm from the page's upper left corner, centred on `y`."""
    across, down = figure.get_size_inches() / MM
    figure.text(x / across, 1 - y / down, text, **{"va": "center", **look})


def add_heading(figure: Figure, left: float, top: float, text: str, letter: str = "") -> None:
    """A panel's title over axes that begin at `left`, mm; with a bold letter it begins beside them."""
    add_text(figure, left - 9, top + 3, letter, size=TITLE, weight="bold")
    add_text(figure, left - 5.5 if letter else left, top + 3, text, size=TEXT)


def encode(figure: Figure, form: Format, title: str) -> bytes:
    """The file; equal figures give equal bytes. To be called under `style()`."""
    dates: dict[Format, dict[str, Any]] = {
        "svg": {"Title": title, "Date": None, "Creator": "Enformer Lens"},
        "pdf": {"Title": title, "CreationDate": None, "Creator": "Enformer Lens"},
        "png": {"Title": title},
    }
    file = io.BytesIO()
    figure.savefig(file, format=form, dpi=DPI, metadata=dates[form])
    return file.getvalue()


def inline(svg: str, name: str) -> str:
    """An SVG to put into a page: without prologue, as wide as the page lets it, its ids its own."""
    body = svg[svg.index("<svg") :]
    body = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{name}-", body)
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    return re.sub(r'width="[\d.]+pt" height="[\d.]+pt"', 'width="100%"', body, count=1)
