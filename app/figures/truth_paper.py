"""What was planted under the genes, on paper."""

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.patheffects import withStroke

from app.figures import truth_strokes
from app.figures.look import PLAIN, Look
from app.figures.palette import PAPER
from app.figures.truth_data import Truth
from enformer.coordinates import Interval

ARC = 0.35
"""Pt for each class of width."""


def circles(axes: Axes, truth: Truth, keys: Interval, queries: Interval) -> None:
    """Planted links over a map of attention: the row of a gene's start, the column of its enhancer."""
    links = truth.pairs(keys, queries)
    axes.scatter(
        [link.start for link in links], [link.tss + 0.5 for link in links],
        s=[(2 + 3 * truth.share(link)) ** 2 for link in links], facecolor="none",
        edgecolor=PAPER.truth, lw=0.6, path_effects=[withStroke(linewidth=1.8, foreground="white")],
    )  # fmt: skip


def draw(
    axes: Axes, truth: Truth, view: Interval, em: float, rows: int, look: Look = PLAIN
) -> None:
    """Arcs, elements and their names.

    Args:
        axes: over the gene lane, whose rows go down from 0.
        truth: of the contig.
        view: what is seen.
        em: bp that a small font size takes.
        rows: of genes above.
        look: of the names.
    """
    drawn = truth_strokes.strokes(truth, view, em, rows)
    for kind, paths in drawn.arcs.items():
        axes.add_collection(LineCollection(paths, color=PAPER.truth, alpha=0.55, lw=ARC * kind))
    axes.add_collection(LineCollection([drawn.line], color=PAPER.hairline, lw=0.5))
    axes.add_collection(LineCollection(drawn.walls, color=PAPER.truth, lw=1.2))
    fills = ((drawn.hollow, PAPER.background), ([*drawn.filled, *drawn.promoters], PAPER.truth))
    for boxes, colour in fills:
        axes.add_collection(PolyCollection(boxes, facecolor=colour, edgecolor=PAPER.truth, lw=0.4))
    for name in drawn.names:
        axes.text(name.x, name.y, name.text, size=look.small, ha="center", va="center")
