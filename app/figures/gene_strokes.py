"""Genes that have their place, as lines and boxes that both faces draw.

Across in 0-based edges, cut to the view. Row `r` spans y from `-r - 1` to `-r`: names and the flags at
the starts of transcription above, bodies below.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from app.figures.genes import GeneLayout, PlacedGene, blocks, chevrons
from enformer.coordinates import Interval

LABEL_Y = -0.31
FLAG_Y = -0.28
BODY_Y = -0.74
THICK, THIN = 0.20, 0.10
"""Half heights of coding and of other exons."""
WING_Y = 0.11
WING = 0.28
"""An arrow's half height in rows, and its length in ems."""
CHEVRONS = 3.0
"""Ems between strand marks."""

Path = list[tuple[float, float]]


@dataclass(frozen=True)
class GeneStrokes:
    """What to draw, by how it is drawn.

    Attributes:
        lines: from end to end of each gene, and of regions that have parts.
        exons: closed boxes; thick where coding.
        regions: closed boxes of named regions, which have no strand.
        crowd: closed boxes that may overlap, for the genes without a row of their own.
        marks: flags, arrows and chevrons on the background.
        inside: chevrons on a body.
    """

    lines: list[Path]
    exons: list[Path]
    regions: list[Path]
    crowd: list[Path]
    marks: list[Path]
    inside: list[Path]


def strokes(layout: GeneLayout, view: Interval, em: float) -> GeneStrokes:
    """Lines and boxes of a layout; `em` as it was laid out with."""
    placed, last = layout.placed, layout.rows - 1
    genes = [gene for gene in placed if gene.gene.strand != "."]
    regions = [gene for gene in placed if gene.gene.strand == "."]
    return GeneStrokes(
        lines=[
            [(x, BODY_Y - g.row) for x in g.visible]
            for g in placed
            if g.gene.strand != "." or g.gene.exons
        ],
        exons=_boxes(view, ((g.row, *block) for g in genes for block in blocks(g.gene))),
        regions=_boxes(view, ((g.row, *block) for g in regions for block in blocks(g.gene))),
        crowd=_boxes(view, ((last, gene.start, gene.end, False) for gene in layout.overflow)),
        marks=[path for g in placed for path in (*_flag(g, em), *_chevrons(g, em, True))],
        inside=[path for g in placed for path in _chevrons(g, em, False)],
    )


def _boxes(view: Interval, parts: Iterable[tuple[int, int, int, bool]]) -> list[Path]:
    """Closed rectangles of (row, start, end, thick), without those out of view."""
    cut = ((row, max(a, view.start), min(b, view.end), thick) for row, a, b, thick in parts)
    return [_rectangle(row, a, b, thick) for row, a, b, thick in cut if a < b]


def _rectangle(row: int, start: int, end: int, thick: bool) -> Path:
    half, middle = THICK if thick else THIN, BODY_Y - row
    low, high = middle - half, middle + half
    return [(start, low), (start, high), (end, high), (end, low), (start, low)]


def _chevrons(gene: PlacedGene, em: float, on_line: bool) -> list[Path]:
    """Strand marks of a gene, if its kind has them on the line between exons or on its body."""
    if bool(gene.gene.exons) is not on_line:
        return []
    return [
        _arrow(x, BODY_Y - gene.row, gene.sign, em) for x in chevrons(gene, CHEVRONS * em, em / 2)
    ]


def _flag(gene: PlacedGene, em: float) -> list[Path]:
    """A bent arrow from the start of transcription into the gene."""
    if not gene.flag:
        return []
    start, tip = gene.flag_span(em)
    top = FLAG_Y - gene.row
    return [
        [(start, BODY_Y - gene.row), (start, top), (tip, top)],
        _arrow(tip, top, gene.sign, em),
    ]


def _arrow(x: float, y: float, sign: int, em: float) -> Path:
    wing = WING * em * sign
    return [(x - wing, y + WING_Y), (x, y), (x - wing, y - WING_Y)]
