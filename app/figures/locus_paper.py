"""The locus on paper: the same data as the page, in Matplotlib."""

import textwrap
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from app.figures import genes, marks, paper, ruler
from app.figures.alt_text import describe
from app.figures.data import LocusPicture, TrackLane
from app.figures.gene_strokes import LABEL_Y, strokes
from app.figures.palette import PAPER
from enformer.errors import EnformerLensError

HEAD = 6.0
GENE_ROW, MARK_ROW, GAP, FOOT, RIGHT, TICKS = 5.6, 2.6, 1.8, 8.5, 4.0, 6.0
MIN_LANE, MAX_LANE, ALL_LANES = 5.0, 15.0, 75.0
"""Mm, as is everything here that has no other unit."""
NAMES = {89: 24.0, 120: 28.0, 183: 36.0}
GOOD_LANE = {89: 9.7, 120: 9.7, 183: 7.0}
"""For four lines of names in a narrow column, three in a wide one."""
LETTER = 0.54
"""Width of a letter of a name in ems."""


@dataclass(frozen=True)
class Sheet:
    """Where the parts go, in mm from the upper left corner.

    Attributes:
        picture: what is drawn.
        width: of the page.
    """

    picture: LocusPicture
    width: int

    @property
    def left(self) -> float:
        """Where lanes begin."""
        return NAMES[self.width] + TICKS

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
        return marks.marks(self.picture, self.em(paper.SMALL))

    @cached_property
    def genes(self) -> genes.GeneLayout:
        """Genes and their rows."""
        em, view = self.em(paper.TEXT), self.picture.view
        return genes.layout(self.picture.genes, view, em, focus=self.picture.focus)

    @property
    def genes_top(self) -> float:
        """Below the names of marks."""
        return HEAD + MARK_ROW * max((m.row + 1 for m in self.marks if m.label), default=0)

    @property
    def genes_height(self) -> float:
        """Of all rows of genes."""
        return GENE_ROW * max(self.genes.rows, 1)

    @property
    def lanes_top(self) -> float:
        """Where the first lane begins."""
        return self.genes_top + self.genes_height + GAP

    @property
    def lane_height(self) -> float:
        """As high as looks well, less where the page would get too high."""
        count = max(len(self.picture.lanes), 1)
        room = (paper.MAX_HEIGHT - self.lanes_top - FOOT) / count - GAP
        return min(MAX_LANE, max(GOOD_LANE[self.width], ALL_LANES / count), room)

    @property
    def bottom(self) -> float:
        """Where the axis of positions goes."""
        return self.lanes_top + len(self.picture.lanes) * (self.lane_height + GAP)

    def lane_top(self, place: int) -> float:
        """Where the lane of a track begins."""
        return self.lanes_top + place * (self.lane_height + GAP)


def render(picture: LocusPicture, width_mm: int, form: paper.Format, provenance: str) -> bytes:
    """A file for a paper.

    Args:
        picture: what to show.
        width_mm: 89, 120 or 183.
        form: of the file.
        provenance: JSON that goes inside.

    Raises:
        EnformerLensError: a width that no column has, or more tracks than a page holds.
    """
    with paper.style():
        title = f"{picture.place} ({picture.assembly})"
        figure = draw(picture, width_mm)
        return paper.encode(
            figure, form, title=title, text=describe(picture), provenance=provenance
        )


def draw(picture: LocusPicture, width_mm: int) -> Figure:
    """The figure itself; to be called under `paper.style()`, see `render`."""
    check_width(width_mm)
    sheet = _checked(Sheet(picture, width_mm))
    figure = ground(sheet)
    for place, lane in enumerate(picture.lanes):
        _lane(figure, sheet, place, lane)
    return unclipped(figure)


def ground(sheet: Sheet) -> Figure:
    """The page with everything but the lanes: title, marks, genes and positions."""
    figure = paper.new_figure(sheet.width, sheet.bottom + FOOT)
    _washes(figure, sheet)
    _head(figure, sheet)
    _genes(figure, sheet)
    _position_axis(figure, sheet)
    return figure


def unclipped(figure: Figure) -> Figure:
    """The same without clipping masks, which get in the way of editors: all is cut to the view already."""
    for artist in figure.findobj():
        artist.set_clip_on(False)
    return figure


def check_width(width_mm: int) -> None:
    """Refuse widths that no journal sets.

    Raises:
        EnformerLensError: naming those there are.
    """
    if width_mm not in NAMES:
        raise EnformerLensError(
            "Journals set figures in columns of other widths.",
            read=f"a figure {width_mm} mm wide",
            do=f"Choose {', '.join(map(str, paper.WIDTHS))} mm.",
        )


def _checked(sheet: Sheet) -> Sheet:
    if sheet.lane_height < MIN_LANE:
        raise EnformerLensError(
            f"They do not fit on a page {paper.MAX_HEIGHT} mm high.",
            read=f"a figure of {len(sheet.picture.lanes)} tracks",
            do="Choose fewer tracks for paper.",
        )
    return sheet


def over(figure: Figure, sheet: Sheet, top: float, height: float, zorder: float = 1) -> Axes:
    """Axes over the view without any ticks of their own."""
    axes = paper.add_axes(figure, sheet.left, top, sheet.across, height, zorder)
    view = sheet.picture.view
    axes.set(xlim=(view.start, view.end), xticks=[], yticks=[], facecolor="none")
    axes.spines[:].set_visible(False)
    return axes


def _washes(figure: Figure, sheet: Sheet) -> None:
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
        y = MARK_ROW * (mark.row + 0.55)
        front.text(mark.middle, y, mark.label, size=paper.SMALL, ha="center", va="center")


def _head(figure: Figure, sheet: Sheet) -> None:
    """Title, scale bar, and what must be known of the colours and of the model."""
    picture, view = sheet.picture, sheet.picture.view
    title = picture.title or f"{picture.place} ({picture.assembly})"
    said = [title] + ([] if picture.trained else ["never trained: random weights"])
    paper.add_text(figure, 1.5, 2.4, ", ".join(said), size=paper.TITLE, weight="bold")
    overlaid = any(lane.alternative is not None for lane in picture.lanes)
    if overlaid:
        paper.add_text(figure, 1.5, HEAD - 0.6, "REF: grey line; ALT: filled", size=paper.SMALL)
    length = ruler.scale_bar(view, 0.2)
    axes = over(figure, sheet, 0, HEAD)
    axes.set_ylim(HEAD, 0)
    axes.plot(
        [view.end - length, view.end], [4.6] * 2, color=PAPER.ink, lw=1, solid_capstyle="butt"
    )
    text = ruler.length_text(length)
    axes.text(view.end, 2.9, text, size=paper.SMALL, ha="right", va="center", color=PAPER.ink)


def write_name(figure: Figure, y: float, lines: list[tuple[str, float, str]]) -> None:
    """Lines of (text, size, weight) in the column of names, centred on a height."""
    heights = [1.25 * size * paper.POINT for _, size, _ in lines]
    top = y - sum(heights) / 2
    for (text, size, weight), height in zip(lines, heights, strict=True):
        paper.add_text(figure, 3.2, top + height / 2, text, size=size, weight=weight)
        top += height


def _wrapped(text: str, size: float, column: float, at_most: int) -> list[str]:
    letters = int(column / (LETTER * size * paper.POINT))
    return textwrap.wrap(text, letters, max_lines=at_most, placeholder=" …")


# --- lanes ------------------------------------------------------------------------------------


def _lane(figure: Figure, sheet: Sheet, place: int, lane: TrackLane) -> None:
    picture, top, height = sheet.picture, sheet.lane_top(place), sheet.lane_height
    axes = over(figure, sheet, top, height)
    _steps(axes, picture, lane)
    low, high = picture.value_range(lane)
    axes.set_ylim(low, high)
    axes.set_yticks(sorted({low, 0.0, high}))
    axes.set_yticklabels([f"{value:g}" for value in sorted({low, 0.0, high})])
    axes.spines["left"].set_visible(True)
    axes.axhline(0, color=PAPER.ink, lw=0.4)
    shades = PAPER.shades(lane.kind)
    swatch = paper.add_axes(figure, 1.5, top, 0.8, height)
    swatch.set(xticks=[], yticks=[], facecolor=shades.fill)
    swatch.spines[:].set_visible(False)
    write_name(figure, top + height / 2, _lane_name(sheet, lane))


def _lane_name(sheet: Sheet, lane: TrackLane) -> list[tuple[str, float, str]]:
    """Name, then assay with its unit, as many lines as the lane is high."""
    column, room = NAMES[sheet.width] - 3.2, max(2, int(sheet.lane_height / 2.3))
    name = _wrapped(lane.label, paper.TEXT, column, min(2, room - 1))
    unit = _wrapped(
        f"{lane.assay_name} ({lane.short_unit})", paper.SMALL, column, min(2, room - len(name))
    )
    return [(line, paper.TEXT, "bold") for line in name] + [
        (line, paper.SMALL, "normal") for line in unit
    ]


def _steps(axes: Axes, picture: LocusPicture, lane: TrackLane) -> None:
    """Exactly what is in view, cut at its ends, so that no clipping mask is needed."""
    shown = picture.bins_in_view
    if not shown:
        return
    part, shades = slice(shown.start, shown.stop), PAPER.shades(lane.kind)
    edges = picture.edges[shown.start : shown.stop + 1]
    edges = np.clip(edges, picture.view.start, picture.view.end)
    if lane.alternative is None:
        axes.stairs(lane.values[part], edges, fill=True, color=shades.fill, lw=0)
        return
    pale = tuple(1 - 0.45 * (1 - channel) for channel in to_rgb(shades.fill))
    axes.stairs(lane.alternative[part], edges, fill=True, color=pale, lw=0)
    axes.stairs(lane.alternative[part], edges, color=shades.line, lw=0.5, baseline=None)
    axes.stairs(lane.values[part], edges, color=PAPER.reference, lw=0.5, baseline=None)


def _position_axis(figure: Figure, sheet: Sheet) -> None:
    picture, view = sheet.picture, sheet.picture.view
    axes = over(figure, sheet, sheet.bottom - GAP, GAP)
    at = ruler.ticks(view, max(2, int(sheet.across / 14)))
    words = [tick.label.partition(" ") for tick in at]
    axes.set_xticks([tick.x for tick in at], [number for number, _, _ in words])
    unit = words[0][2] if words and words[0][2] else "bp"
    axes.spines["bottom"].set_visible(True)
    axes.set_xlabel(f"Position on {view.contig} ({unit}, {picture.assembly})", labelpad=1.5)


# --- genes ------------------------------------------------------------------------------------


def _genes(figure: Figure, sheet: Sheet) -> None:
    em = sheet.em(paper.TEXT)
    axes = over(figure, sheet, sheet.genes_top, sheet.genes_height, zorder=2)
    axes.set_ylim(-max(sheet.genes.rows, 1), 0)
    drawn = strokes(sheet.genes, sheet.picture.view, em)
    areas = ((drawn.crowd, PAPER.hairline), (drawn.regions, PAPER.muted), (drawn.exons, PAPER.ink))
    lines = ((drawn.lines, PAPER.ink), (drawn.marks, PAPER.ink), (drawn.inside, PAPER.background))
    for boxes, colour in areas:
        axes.add_collection(PolyCollection(boxes, facecolor=colour, edgecolor=colour, lw=0.25))
    for paths, colour in lines:
        axes.add_collection(LineCollection(paths, color=colour, lw=0.5))
    for gene in sheet.genes.placed:
        side = "right" if gene.leftwards else "left"
        slant = "normal" if gene.gene.strand == "." else "italic"
        axes.text(gene.anchor, LABEL_Y - gene.row, gene.label, style=slant, ha=side, va="center")
    write_name(figure, sheet.genes_top + sheet.genes_height / 2, _gene_caption(sheet))


def _gene_caption(sheet: Sheet) -> list[tuple[str, float, str]]:
    hidden = sheet.genes.unlabelled
    more = [(f"{hidden} more without a name", paper.SMALL, "normal")] if hidden else []
    return [("Genes", paper.TEXT, "bold"), *more]
