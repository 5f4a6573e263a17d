"""What figures over a locus share on paper: the sheet, title, marks, genes and the axis of positions."""

import textwrap
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection

from app.figures import genes, marks, paper, ruler, truth_paper, truth_strokes
from app.figures.data import LocusPicture
from app.figures.gene_strokes import LABEL_Y, strokes
from app.figures.genes import GeneLayout
from app.figures.lanes import headings
from app.figures.look import PLAIN, Look
from app.figures.palette import PAPER
from enformer.errors import EnformerLensError

HEAD = 6.0
GENE_ROW, MARK_ROW, GAP, FOOT, RIGHT, TICKS = 5.6, 2.6, 1.8, 8.5, 4.0, 6.0
FEATURE_ROWS, HEADING = 2, 4.2
MAX_LANE, ALL_LANES = 15.0, 75.0
"""Mm, as is everything here that has no other unit."""
_PAGES = (55, *paper.WIDTHS)
_NAMES = (17.0, 24.0, 28.0, 36.0)
_GOOD_LANES = (9.7, 9.7, 9.7, 7.0)
"""Width of the column of names, and height of a lane, on pages of those widths: four lines of names in a
narrow column, three in a wide one."""
LETTER = 0.54
"""Width of a letter of a name in ems."""


def names_width(width: float) -> float:
    """Mm that the column of names takes on a page of so many mm."""
    return float(np.interp(width, _PAGES, _NAMES))


@dataclass(frozen=True)
class Sheet:
    """Where the parts go, in mm from the upper left corner.

    Attributes:
        picture: what is drawn.
        width: of the page.
        look: of its text and colours, and what is left out.
    """

    picture: LocusPicture
    width: float
    look: Look = PLAIN

    @property
    def names(self) -> float:
        """Width of the column of names."""
        return names_width(self.width)

    @property
    def left(self) -> float:
        """Where lanes begin."""
        return self.names + TICKS

    @property
    def across(self) -> float:
        """Width of the lanes."""
        return self.width - self.left - RIGHT

    def em(self, size: float) -> float:
        """Bp that a font size in pt takes."""
        return self.picture.view.length / self.across * size * paper.POINT

    @cached_property
    def marks(self) -> tuple[marks.Mark, ...]:
        """Marks and their names' rows."""
        return marks.marks(self.picture, self.em(self.look.small))

    @cached_property
    def genes(self) -> genes.GeneLayout:
        """Genes and their rows."""
        em, view = self.em(self.look.text), self.picture.view
        known = self.picture.genes if self.look.genes else ()
        return genes.layout(known, view, em, focus=self.picture.focus)

    @property
    def genes_top(self) -> float:
        """Below the names of marks."""
        return HEAD + MARK_ROW * max((m.row + 1 for m in self.marks if m.label), default=0)

    @property
    def gene_rows(self) -> int:
        """Rows of genes; one stays where no gene is, none where genes are left out."""
        return max(self.genes.rows, 1) if self.look.genes else 0

    @cached_property
    def rows(self) -> float:
        """Rows of the gene lane with what was planted under the genes."""
        truth, view = self.picture.truth, self.picture.view
        em = self.em(self.look.small)
        return self.gene_rows + (0 if truth is None else truth_strokes.depth(truth, view, em))

    @property
    def genes_height(self) -> float:
        """Of all rows of genes and of what was planted."""
        return GENE_ROW * self.rows

    @cached_property
    def features(self) -> tuple[GeneLayout, ...]:
        """Intervals of each lane of features and their rows."""
        em, view = self.em(self.look.text), self.picture.view
        return tuple(
            genes.layout(lane.genes, view, em, max_rows=FEATURE_ROWS)
            for lane in self.picture.features
        )

    @cached_property
    def feature_tops(self) -> list[float]:
        """Where each lane of features begins, and where the last one ends."""
        first = self.genes_top + self.genes_height
        heights = (GENE_ROW * max(laid.rows, 1) for laid in self.features)
        return list(accumulate(heights, initial=first))

    @property
    def lanes_top(self) -> float:
        """Where the first lane begins, or the name of its group."""
        return self.feature_tops[-1] + GAP

    @cached_property
    def headings(self) -> list[int]:
        """Names of groups down to each lane, its own included."""
        return list(accumulate(int(bool(name)) for name in headings(self.picture.lanes)))

    @property
    def lane_height(self) -> float:
        """As high as looks well, less where the page would get too high."""
        count = max(len(self.picture.lanes), 1)
        above = self.lanes_top + HEADING * (self.headings[-1] if self.headings else 0)
        room = (paper.MAX_HEIGHT - above - FOOT) / count - GAP
        good = float(np.interp(self.width, _PAGES, _GOOD_LANES))
        roomy = good if self.look.compact else ALL_LANES / count
        return min(MAX_LANE, max(good, roomy), room)

    @property
    def bottom(self) -> float:
        """Where the axis of positions goes."""
        count = len(self.picture.lanes)
        return self.lane_top(count - 1) + self.lane_height + GAP if count else self.lanes_top

    def lane_top(self, place: int) -> float:
        """Where the lane of a track begins."""
        named = HEADING * self.headings[place]
        return self.lanes_top + place * (self.lane_height + GAP) + named


def ground(figure: paper.Page, sheet: Sheet) -> None:
    """What is above the lanes and behind them: title, marks and genes."""
    _washes(figure, sheet)
    _head(figure, sheet)
    if sheet.rows:
        _genes(figure, sheet)
    _features(figure, sheet)


def finish(figure: paper.Page, sheet: Sheet) -> None:
    """The axis of positions, and no clipping masks: everything is cut to the view already."""
    _position_axis(figure, sheet)
    paper.unmasked(figure)


def check_width(width_mm: int) -> None:
    """Refuse widths that no journal sets.

    Raises:
        EnformerLensError: naming those there are.
    """
    if width_mm not in paper.WIDTHS:
        raise EnformerLensError(
            "Journals set figures in columns of other widths.",
            read=f"a figure {width_mm} mm wide",
            do=f"Choose {', '.join(map(str, paper.WIDTHS))} mm.",
        )


def over(figure: paper.Page, sheet: Sheet, top: float, height: float, zorder: float = 1) -> Axes:
    """Axes over the view without any ticks of their own."""
    axes = paper.add_axes(figure, sheet.left, top, sheet.across, height, zorder)
    view = sheet.picture.view
    axes.set(xlim=(view.start, view.end), xticks=[], yticks=[], facecolor="none")
    axes.spines[:].set_visible(False)
    return axes


def _washes(figure: paper.Page, sheet: Sheet) -> None:
    """Bands behind the lanes, the variant's line before them, and all their names."""
    fill = {"outside": PAPER.outside, "padding": PAPER.padding, "highlight": PAPER.highlight}
    height = sheet.bottom - HEAD
    back, front = (over(figure, sheet, HEAD, height, zorder) for zorder in (0, 3))
    back.set(ylim=(height, 0))
    front.set(ylim=(height, 0))
    for mark in sheet.marks:
        if mark.kind == "variant":
            middle = (mark.start + mark.end) / 2
            front.plot([middle] * 2, [sheet.genes_top - HEAD, height], lw=0.6, ls=":", c=PAPER.ink)
        else:
            back.axvspan(mark.start, mark.end, facecolor=fill[mark.kind], edgecolor="none")
            if mark.is_line(sheet.em(sheet.look.small)):
                back.axvline((mark.start + mark.end) / 2, lw=0.5, c=PAPER.shades("DNASE").line)
        y = MARK_ROW * (mark.row + 0.55)
        front.text(mark.middle, y, mark.label, size=sheet.look.small, ha="center", va="center")


def _head(figure: paper.Page, sheet: Sheet) -> None:
    """Title, scale bar, and what must be known of the colours and of the model."""
    picture = sheet.picture
    title = picture.title or f"{picture.place} ({picture.assembly})"
    said = [title] + ([] if picture.trained else ["never trained: random weights"])
    paper.add_title(figure, sheet.look, ", ".join(said))
    overlaid = any(lane.alternative is not None for lane in picture.lanes)
    if overlaid:
        paper.add_text(
            figure, 1.5, HEAD - 0.6, "REF: grey line; ALT: filled", size=sheet.look.small
        )
    if sheet.look.scale_bar:
        _scale_bar(figure, sheet)


def _scale_bar(figure: paper.Page, sheet: Sheet) -> None:
    view = sheet.picture.view
    length = ruler.scale_bar(view, 0.2)
    axes = over(figure, sheet, 0, HEAD)
    axes.set_ylim(HEAD, 0)
    axes.plot(
        [view.end - length, view.end], [4.6] * 2, color=PAPER.ink, lw=1, solid_capstyle="butt"
    )
    text = ruler.length_text(length)
    axes.text(view.end, 2.9, text, size=sheet.look.small, ha="right", va="center", color=PAPER.ink)


def line_heights(lines: list[tuple[str, float, str]]) -> list[float]:
    """Mm of lines of (text, size, weight)."""
    return [1.25 * size * paper.POINT for _, size, _ in lines]


def write_name(figure: paper.Page, y: float, lines: list[tuple[str, float, str]]) -> None:
    """Lines of (text, size, weight) in the column of names, centred on a height."""
    heights = line_heights(lines)
    top = y - sum(heights) / 2
    for (text, size, weight), height in zip(lines, heights, strict=True):
        paper.add_text(figure, 3.2, top + height / 2, text, size=size, weight=weight)
        top += height


def wrapped(text: str, size: float, column: float, at_most: int) -> list[str]:
    """Lines of a text in a column of so many mm, cut with an ellipsis."""
    letters = int(column / (LETTER * size * paper.POINT))
    return textwrap.wrap(text, letters, max_lines=at_most, placeholder=" …")


def _position_axis(figure: paper.Page, sheet: Sheet) -> None:
    picture, view = sheet.picture, sheet.picture.view
    axes = over(figure, sheet, sheet.bottom - GAP, GAP)
    at = ruler.ticks(view, max(2, int(sheet.across / 14)))
    words = [tick.label.partition(" ") for tick in at]
    axes.set_xticks([tick.x for tick in at], [number for number, _, _ in words])
    unit = words[0][2] if words and words[0][2] else "bp"
    axes.spines["bottom"].set_visible(True)
    axes.set_xlabel(f"Position on {view.contig} ({unit}, {picture.assembly})", labelpad=1.5)


def _genes(figure: paper.Page, sheet: Sheet) -> None:
    axes = over(figure, sheet, sheet.genes_top, sheet.genes_height, zorder=2)
    axes.set_ylim(-sheet.rows, 0)
    _bodies(axes, sheet, sheet.genes)
    if sheet.gene_rows:
        said = [("Genes", sheet.look.text, "bold"), *_crowd(sheet, sheet.genes)]
        write_name(figure, sheet.genes_top + GENE_ROW * sheet.gene_rows / 2, said)
    _truth(figure, axes, sheet)


def _features(figure: paper.Page, sheet: Sheet) -> None:
    """Lanes of intervals and of other genes."""
    look = sheet.look
    rows = zip(sheet.picture.features, sheet.features, pairwise(sheet.feature_tops), strict=True)
    for lane, laid, (top, bottom) in rows:
        axes = over(figure, sheet, top, bottom - top, zorder=2)
        axes.set_ylim(-max(laid.rows, 1), 0)
        _bodies(axes, sheet, laid)
        name = wrapped(lane.label, look.text, sheet.names - 3.2, 1)
        said = [*((line, look.text, "bold") for line in name), (lane.kind, look.small, "normal")]
        more = _crowd(sheet, laid) if laid.rows > 1 else []
        write_name(figure, (top + bottom) / 2, [*said, *more])


def _bodies(axes: Axes, sheet: Sheet, laid: GeneLayout) -> None:
    drawn = strokes(laid, sheet.picture.view, sheet.em(sheet.look.text))
    areas = ((drawn.crowd, PAPER.hairline), (drawn.regions, PAPER.muted), (drawn.exons, PAPER.ink))
    lines = ((drawn.lines, PAPER.ink), (drawn.marks, PAPER.ink), (drawn.inside, PAPER.background))
    for boxes, colour in areas:
        axes.add_collection(PolyCollection(boxes, facecolor=colour, edgecolor=colour, lw=0.25))
    for paths, colour in lines:
        axes.add_collection(LineCollection(paths, color=colour, lw=0.5))
    for gene in laid.placed:
        side = "right" if gene.leftwards else "left"
        slant = "normal" if gene.gene.strand == "." else "italic"
        axes.text(gene.anchor, LABEL_Y - gene.row, gene.label, style=slant, ha=side, va="center")


def _truth(figure: paper.Page, axes: Axes, sheet: Sheet) -> None:
    """What was planted under the genes, and what it is."""
    truth, view = sheet.picture.truth, sheet.picture.view
    if truth is None:
        return
    truth_paper.draw(axes, truth, view, sheet.em(sheet.look.small), sheet.gene_rows, sheet.look)
    expected = any(lane.drawn_expectation is not None for lane in sheet.picture.lanes)
    said = [*truth.caption, *(["line: expectation"] if expected else [])]
    lines = [
        ("Planted truth", sheet.look.text, "bold"),
        *((text, sheet.look.small, "normal") for text in said),
    ]
    middle = sheet.genes_top + GENE_ROW * (sheet.gene_rows + sheet.rows) / 2
    write_name(figure, middle, lines)


def _crowd(sheet: Sheet, laid: GeneLayout) -> list[tuple[str, float, str]]:
    """Says how many have a name that is not written."""
    hidden, size = laid.unlabelled, sheet.look.small
    return [(f"{hidden:,} more, no room for names", size, "normal")] if hidden else []
