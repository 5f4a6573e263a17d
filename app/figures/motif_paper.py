"""Names of motifs under a logo on paper."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection

from app.figures.motif_data import MOST_ROWS, PlacedName
from app.figures.palette import PAPER

BAR, NAME = (0.06, 0.3), 0.66


def draw_motifs(
    axes: Axes, names: Sequence[PlacedName], view: tuple[int, int], size: float
) -> None:
    """Bars and names.

    Args:
        axes: whose rows go down from 0.
        names: in their rows.
        view: what is seen; bars are cut to it.
        size: of the names, in pt.
    """
    for one in names:
        if one.row >= MOST_ROWS:
            continue
        known, lost = bool(one.called.name), one.called.change == "lost"
        ink = PAPER.hairline if not known else PAPER.accent if one.called.change else PAPER.ink
        start, end = max(one.called.interval.start, view[0]), min(one.called.interval.end, view[1])
        top, bottom = -one.row - BAR[0], -one.row - BAR[1]
        box = [(start, top), (end, top), (end, bottom), (start, bottom)]
        face = PAPER.background if lost else ink
        axes.add_collection(PolyCollection([box], facecolor=face, edgecolor=ink, lw=0.4))
        axes.text(one.middle, -one.row - NAME, one.text, size=size, ha="center", va="center")
