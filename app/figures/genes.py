"""Where genes go on a locus figure: rows that never collide, labels, exons, strand marks.

Lengths on the screen enter as `em`, the bp that one font size of text takes, so that the page and
the paper share one layout.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from enformer.coordinates import Interval
from enformer.genes import Gene

LETTER = 0.68
"""Width of a letter in ems: wider than Arial's capitals and digits are on average."""
FLAG = 0.9
GAP = 0.5
CROWD = 400
"""Genes in view, or intervals of a file, from which on no rows are sought: names would not be read."""


@dataclass(frozen=True)
class PlacedGene:
    """A gene and where it goes.

    Attributes:
        gene: the gene.
        row: from 0 at the top.
        visible: 0-based edges of its part in view.
        flag: whether its start is in view and flagged.
        label: its symbol, or empty where there is no room.
        anchor: where the label begins or, when `leftwards`, ends.
        leftwards: the label ends at the anchor.
    """

    gene: Gene
    row: int
    visible: tuple[float, float]
    flag: bool
    label: str
    anchor: float
    leftwards: bool

    @property
    def sign(self) -> int:
        """1 towards higher positions, -1 towards lower ones."""
        return -1 if self.gene.strand == "-" else 1

    def flag_span(self, em: float) -> tuple[float, float]:
        """The start of transcription and the tip of its flag."""
        start = self.gene.tss + 0.5
        return start, start + self.sign * FLAG * em


@dataclass(frozen=True)
class GeneLayout:
    """Genes in rows.

    Attributes:
        placed: genes with a place of their own.
        overflow: genes drawn on top of each other in one more row, without names.
        rows: rows in all, the overflow's included.
    """

    placed: tuple[PlacedGene, ...]
    overflow: tuple[Gene, ...]
    rows: int

    @property
    def unlabelled(self) -> int:
        """Genes that have a name, for which there is no room."""
        hidden = sum(not gene.label and bool(gene.gene.symbol) for gene in self.placed)
        return hidden + sum(bool(gene.symbol) for gene in self.overflow)


Span = tuple[float, float]


def layout(
    genes: Sequence[Gene], view: Interval, em: float, max_rows: int = 4, focus: str = ""
) -> GeneLayout:
    """Give each gene in view a row.

    With room for all, nothing in a row overlaps, names included. Otherwise bodies are packed alone and
    names go to the focus and then to the longest genes, where they fit.

    Args:
        genes: of the view's contig, in any order; those out of view are left out.
        view: what is seen.
        em: bp per font size of text.
        max_rows: rows there is room for.
        focus: symbol of the gene that must keep its name.
    """
    there = [gene for gene in _distinct(genes) if _in_view(gene, view)]
    if len(there) > CROWD:
        return GeneLayout((), tuple(there), 1)
    seen = [_placed(gene, view, em) for gene in there]
    rows = _pack([_extent(gene, em) for gene in seen])
    if max(rows, default=-1) < max_rows:
        moved = [replace(gene, row=row) for gene, row in zip(seen, rows, strict=True)]
        return GeneLayout(tuple(moved), (), max(rows, default=-1) + 1)
    return _squeezed(seen, em, max_rows, focus)


def _squeezed(seen: list[PlacedGene], em: float, max_rows: int, focus: str) -> GeneLayout:
    seen = sorted(
        seen, key=lambda placed: (placed.gene.symbol != focus, -placed.gene.interval.length)
    )
    rows = first_fit([_body(gene, em) for gene in seen])
    fit = [replace(gene, row=row) for gene, row in zip(seen, rows, strict=True) if row < max_rows]
    overflow = tuple(g.gene for g, row in zip(seen, rows, strict=True) if row >= max_rows)
    return GeneLayout(tuple(_named(fit, em)), overflow, max_rows + bool(overflow))


def _named(placed: list[PlacedGene], em: float) -> list[PlacedGene]:
    """Keep the names that meet no flag and no earlier name in their row."""
    taken = [(gene.row, id(gene), _flag(gene, em)) for gene in placed if gene.flag]
    named = []
    for gene in placed:
        span = _label(gene, em)
        others = [s for row, owner, s in taken if row == gene.row and owner != id(gene)]
        free = not any(_overlap(span, other) for other in others)
        if free:
            taken.append((gene.row, id(gene), span))
        named.append(gene if free else replace(gene, label=""))
    return named


def _placed(gene: Gene, view: Interval, em: float) -> PlacedGene:
    """Hang the name on the start of transcription, or on the end of what is visible of the gene."""
    visible = (float(max(gene.start, view.start)), float(min(gene.end, view.end)))
    flag = gene.strand in "+-" and view.start <= gene.tss < view.end
    start = gene.tss + 0.5 if flag else visible[gene.strand == "-"]
    past = (FLAG + 0.3) * em if flag else 0.0
    width = LETTER * em * len(gene.symbol)
    leftwards = gene.strand == "-"
    if (start - past - width < view.start) if leftwards else (start + past + width > view.end):
        leftwards, past = not leftwards, 0.3 * em if flag else 0.0
    anchor = start - past if leftwards else start + past
    fits = width <= view.length
    anchor = max(anchor, view.start + width) if leftwards else min(anchor, view.end - width)
    label = gene.symbol if fits else ""
    return PlacedGene(gene, 0, visible, flag, label, anchor, leftwards)


def _label(gene: PlacedGene, em: float) -> Span:
    width = LETTER * em * len(gene.label)
    return (
        (gene.anchor - width, gene.anchor) if gene.leftwards else (gene.anchor, gene.anchor + width)
    )


def _flag(gene: PlacedGene, em: float) -> Span:
    start, tip = gene.flag_span(em)
    return min(start, tip), max(start, tip)


def _body(gene: PlacedGene, em: float) -> Span:
    spans = [gene.visible] + ([_flag(gene, em)] if gene.flag else [])
    return min(span[0] for span in spans), max(span[1] for span in spans) + GAP / 2 * em


def _extent(gene: PlacedGene, em: float) -> Span:
    body, label = _body(gene, em), _label(gene, em)
    return min(body[0], label[0]), max(body[1], label[1] + GAP * em)


def _pack(spans: Sequence[Span]) -> list[int]:
    """Rows for spans, taken from left to right: as few rows as can be."""
    rows, ends = [0] * len(spans), []
    for place in sorted(range(len(spans)), key=lambda place: spans[place]):
        start, end = spans[place]
        row = next((row for row, last in enumerate(ends) if last <= start), len(ends))
        ends[row : row + 1] = [end]
        rows[place] = row
    return rows


def first_fit(spans: Sequence[Span]) -> list[int]:
    """Rows for spans in their order of importance: the first row with room."""
    rows: list[list[Span]] = []
    found = []
    for span in spans:
        free = (i for i, row in enumerate(rows) if not any(_overlap(span, s) for s in row))
        row = next(free, len(rows))
        rows[row : row + 1] = [[*(rows[row] if row < len(rows) else []), span]]
        found.append(row)
    return found


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _in_view(gene: Gene, view: Interval) -> bool:
    return gene.start < view.end and view.start < gene.end


def _distinct(genes: Iterable[Gene]) -> list[Gene]:
    """Genes without repeats, as sources that list several names of one gene have them."""
    return list({(g.symbol, g.start, g.end, g.strand): g for g in genes}.values())


def blocks(gene: Gene) -> tuple[tuple[int, int, bool], ...]:
    """Start, end and thickness of what is drawn solid: coding parts thick, other exons thin.

    A gene without known exons is one thin block.
    """
    exons = sorted(gene.exons) or [(gene.start, gene.end)]
    if gene.coding is None:
        return tuple((start, end, False) for start, end in exons)
    first, last = gene.coding
    cuts = (gene.start, first, last, gene.end)
    parts = ((cuts[i], cuts[i + 1], i == 1) for i in range(3))
    split = [
        (max(start, low), min(end, high), thick)
        for low, high, thick in parts
        for start, end in exons
        if max(start, low) < min(end, high)
    ]
    return tuple(sorted(split))


def chevrons(placed: PlacedGene, spacing: float, clear: float) -> tuple[float, ...]:
    """Where strand marks go on the line between exons, or along a body without known exons.

    Args:
        placed: the gene.
        spacing: bp between marks.
        clear: bp to stay away from exons and ends.
    """
    if placed.gene.strand == ".":
        return ()
    solid = [(start, end) for start, end, _ in blocks(placed.gene)] if placed.gene.exons else []
    start, end = placed.visible
    marks = (place * spacing for place in range(int(start // spacing) + 1, int(end // spacing) + 1))
    return tuple(
        x
        for x in marks
        if start + clear < x < end - clear
        and not any(low - clear < x < high + clear for low, high in solid)
    )
