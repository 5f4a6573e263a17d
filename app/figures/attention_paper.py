"""Attention on paper: the atlas, and one head with the genome along both axes, in Matplotlib."""

import textwrap
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import ListedColormap

from app.figures import genes, paper, ramps, ruler, truth_paper, truth_strokes
from app.figures.attention_data import AtlasPicture, AttentionLane, HeadPicture, Scale, number
from app.figures.attention_words import describe_atlas, describe_head
from app.figures.gene_strokes import LABEL_Y, strokes
from app.figures.look import PLAIN, Look
from app.figures.palette import PAPER
from app.figures.truth_data import LEGEND

HEAD, LEFT, RIGHT, FOOT = 6.0, 17.0, 17.0, 8.0
GENE_ROW, GAP, LANE = 5.0, 4.4, 8.0
"""Mm, as is everything here that has no other unit."""
ATLAS_LEFT, ATLAS_TOP, ATLAS_FOOT = 11.0, 10.0, 11.0
TILE = 18.0


def title_head(picture: HeadPicture) -> str:
    """Of the document of one head."""
    return f"Attention of {picture.name}, {picture.keys} ({picture.place.assembly})"


def title_atlas(picture: AtlasPicture) -> str:
    """Of the document of all heads."""
    return f"Attention over {picture.place}"


# --- the atlas ------------------------------------------------------------------------------------


def laid_out_atlas(picture: AtlasPicture, width: float, look: Look = PLAIN) -> paper.Drawing:
    """The picture at a width."""
    room = (paper.MAX_HEIGHT - ATLAS_TOP - ATLAS_FOOT) / picture.layers
    tile = min(TILE, (width - ATLAS_LEFT - 3) / picture.heads, room)

    def put(page: paper.Page) -> None:
        _atlas(page, picture, tile, look)

    height = ATLAS_TOP + tile * picture.layers + ATLAS_FOOT
    return paper.Drawing(height, put, describe_atlas(picture))


def _atlas(figure: paper.Page, picture: AtlasPicture, tile: float, look: Look) -> None:
    across, down = tile * picture.heads, tile * picture.layers
    axes = paper.add_axes(figure, ATLAS_LEFT, ATLAS_TOP, across, down)
    axes.spines[:].set_visible(False)
    colours = _colours(picture.difference)
    blank = np.ma.masked_equal(picture.shades, ramps.BLANK)
    axes.imshow(
        blank, cmap=colours, vmin=0, vmax=ramps.SHADES - 1, interpolation="nearest",
        extent=(0, picture.heads, picture.layers, 0), aspect="auto",
    )  # fmt: skip
    axes.set_xticks(
        [h + 0.5 for h in range(picture.heads)], [f"{h + 1}" for h in range(picture.heads)]
    )
    axes.set_yticks(
        [n + 0.5 for n in range(picture.layers)], [f"{n + 1}" for n in range(picture.layers)]
    )
    axes.tick_params(length=0, top=True, labeltop=True, bottom=False, labelbottom=False)
    axes.set_ylabel("Layer")
    axes.xaxis.set_label_position("top")
    axes.set_xlabel("Attention head")
    title = f"{'REF − ALT attention' if picture.difference else 'Attention'}, {picture.place}"
    title += "" if picture.trained else ", never trained: random weights"
    paper.add_title(figure, look, title)
    bar = paper.add_axes(figure, ATLAS_LEFT, ATLAS_TOP + down + 2, min(across, 50), 1.6)
    _bar(bar, picture.scale, colours, look, upright=False)
    if not picture.together:
        ends = ("REF < ALT", "0", "REF > ALT") if picture.difference else ("lowest", "", "highest")
        bar.set_xticks([0, 0.5, 1], ends)
        bar.set_xlabel(f"{picture.scale.name}, one for each head")


def _colours(difference: bool) -> ListedColormap:
    return ListedColormap(ramps.ramp(difference, dark=False) / 255)


def _bar(axes: Axes, scale: Scale, colours: ListedColormap, look: Look, upright: bool) -> None:
    """A colour bar as an image and its ticks."""
    shades = np.arange(ramps.SHADES)[:, None]
    axes.imshow(
        shades if upright else shades.T, cmap=colours, origin="lower", aspect="auto",
        extent=(0, 1, 0, 1), interpolation="nearest",
    )  # fmt: skip
    axes.spines[:].set_visible(False)
    at, labels = zip(*scale.ticks, strict=True)
    axes.set_xticks([] if upright else at, [] if upright else labels)
    axes.set_yticks(at if upright else [], labels if upright else [])
    if upright:
        axes.yaxis.tick_right()
        axes.yaxis.set_label_position("right")
        name = scale.name[:1].upper() + scale.name[1:]
        axes.set_ylabel("\n".join(textwrap.wrap(name, 32)), size=look.small)
    else:
        axes.set_xlabel(scale.name[:1].upper() + scale.name[1:], size=look.small, labelpad=1)


# --- one head -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Sheet:
    """Where the parts go, in mm from the upper left corner."""

    picture: HeadPicture
    width: float
    look: Look = PLAIN

    @property
    def across(self) -> float:
        return self.width - LEFT - RIGHT

    @property
    def down(self) -> float:
        """The map is square, and lower where the page would get too high."""
        rest = HEAD + self.genes_height + FOOT + len(self.picture.lanes) * (LANE + GAP)
        return min(self.across, paper.MAX_HEIGHT - rest)

    @property
    def em(self) -> float:
        """Bp that a letter's size takes."""
        return self.picture.keys.length / self.across * self.look.text * paper.POINT

    @cached_property
    def genes(self) -> genes.GeneLayout:
        place, keys = self.picture.place, self.picture.keys
        known = place.genes if self.look.genes else ()
        return genes.layout(known, keys, self.em, focus=place.focus, max_rows=3)

    @cached_property
    def rows(self) -> float:
        truth, view = self.picture.place.truth, self.picture.keys
        under = 0 if truth is None else truth_strokes.depth(truth, view, self.em)
        return max(self.genes.rows, 1) + under

    @property
    def genes_height(self) -> float:
        return GENE_ROW * self.rows

    @property
    def map_top(self) -> float:
        return HEAD + self.genes_height

    def lane_top(self, place: int) -> float:
        return self.map_top + self.down + place * (LANE + GAP) + GAP

    @property
    def bottom(self) -> float:
        return self.lane_top(len(self.picture.lanes)) - GAP


def laid_out_head(picture: HeadPicture, width: float, look: Look = PLAIN) -> paper.Drawing:
    """The picture at a width."""
    sheet = _Sheet(picture, width, look)

    def put(page: paper.Page) -> None:
        _title(page, picture, look)
        _genes(page, sheet)
        _map(page, sheet)
        for place, lane in enumerate(picture.lanes):
            _lane(page, sheet, place, lane)
        _position(page, sheet, sheet.bottom)

    return paper.Drawing(sheet.bottom + FOOT, put, describe_head(picture))


def _title(figure: paper.Page, picture: HeadPicture, look: Look) -> None:
    said = (
        f"{picture.name[:1].upper()}{picture.name[1:]}, {picture.keys} ({picture.place.assembly})"
    )
    said += "" if picture.place.trained else ", never trained: random weights"
    paper.add_title(figure, look, said)
    if picture.place.truth is not None:
        told = f"Arcs and circles: enhancer × gene in {picture.place.truth.tissue}, {LEGEND}"
        paper.add_text(figure, 1.5, HEAD - 0.8, told, size=look.small)


def _over(figure: paper.Page, sheet: _Sheet, top: float, height: float) -> Axes:
    """Axes over the keys in view, without ticks."""
    axes = paper.add_axes(figure, LEFT, top, sheet.across, height)
    axes.set(xlim=(sheet.picture.keys.start, sheet.picture.keys.end), xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    return axes


def _map(figure: paper.Page, sheet: _Sheet) -> None:
    picture = sheet.picture
    axes = _over(figure, sheet, sheet.map_top, sheet.down)
    axes.spines[:].set_visible(True)
    axes.set_ylim(picture.queries.end, picture.queries.start)
    rows, columns = picture.cells_in_view
    edges = [picture.row_edges[rows.start : rows.stop + 1],
             picture.column_edges[columns.start : columns.stop + 1]]  # fmt: skip
    shades = picture.scale.shades(picture.weights[rows, columns])
    for axis, along in enumerate(edges):  # one pixel a token: cells may differ by one
        shades = shades.repeat(np.diff(along) // picture.place.bin_size, axis=axis)
    (top, bottom), (left, right) = ((along[0], along[-1]) for along in edges)
    colours = _colours(picture.scale.difference)
    axes.imshow(
        shades, cmap=colours, vmin=0, vmax=ramps.SHADES - 1, aspect="auto",
        extent=(left, right, bottom, top), interpolation="nearest",
    )  # fmt: skip
    axes.set(xlim=(picture.keys.start, picture.keys.end),
             ylim=(picture.queries.end, picture.queries.start))  # fmt: skip
    region = picture.place.region
    box = [(region.start, region.start), (region.end, region.start), (region.end, region.end),
           (region.start, region.end), (region.start, region.start)]  # fmt: skip
    axes.plot(*zip(*box, strict=True), color=PAPER.muted, lw=0.5, ls="--")
    at = ruler.ticks(picture.queries, max(2, int(sheet.down / 14)))
    axes.set_yticks([tick.x for tick in at], [tick.label for tick in at])
    axes.set_ylabel("Attending")
    _marks(axes, picture)
    if picture.place.truth is not None:
        truth_paper.circles(axes, picture.place.truth, picture.keys, picture.queries)
    bar = paper.add_axes(figure, LEFT + sheet.across + 4, sheet.map_top, 2, min(sheet.down, 30))
    _bar(bar, picture.scale, colours, sheet.look, upright=True)


def _marks(axes: Axes, picture: HeadPicture) -> None:
    """Small arrowheads outside the map at the chosen tokens and the variant."""
    found = [(h.interval, PAPER.shades("DNASE").line) for h in picture.place.highlights]
    if picture.place.variant is not None:
        found.append((picture.place.variant.interval, PAPER.accent))
    for part, colour in found:
        middle = (part.start + part.end) / 2
        if picture.queries.start <= middle <= picture.queries.end:
            axes.plot(1.012, middle, marker="<", ms=2.5, color=colour, clip_on=False,
                      transform=axes.get_yaxis_transform(), mew=0)  # fmt: skip
        if picture.keys.start <= middle <= picture.keys.end:
            axes.plot(middle, 1.012, marker="v", ms=2.5, color=colour, clip_on=False,
                      transform=axes.get_xaxis_transform(), mew=0)  # fmt: skip


def _genes(figure: paper.Page, sheet: _Sheet) -> None:
    picture, laid = sheet.picture, sheet.genes
    axes = _over(figure, sheet, HEAD, sheet.genes_height - 1)
    axes.set_ylim(-sheet.rows, 0)
    drawn = strokes(laid, picture.keys, sheet.em)
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
    if picture.place.truth is not None:
        truth_paper.draw(
            axes, picture.place.truth, picture.keys, sheet.em, max(laid.rows, 1), sheet.look
        )


def _lane(figure: paper.Page, sheet: _Sheet, place: int, lane: AttentionLane) -> None:
    picture = sheet.picture
    axes = _over(figure, sheet, sheet.lane_top(place), LANE)
    fill = sheet.look.shades("DNASE").fill
    axes.stairs(lane.values, picture.token_edges, fill=True, color=fill, lw=0)
    if lane.expected is not None:
        axes.stairs(lane.expected, picture.token_edges, color=PAPER.reference, lw=0.5, ls=":",
                    baseline=None)  # fmt: skip
    marks = picture.lane_ticks(lane)
    axes.set(xlim=(picture.keys.start, picture.keys.end), ylim=picture.lane_range(lane))
    axes.set_yticks(marks, [number(mark) for mark in marks])
    axes.spines["left"].set_visible(True)
    said = lane.label + (f", {picture.chosen_name}" if place == 0 else "")
    dotted = "; dotted: expected by distance" if lane.expected is not None else ""
    room = (sheet.width - LEFT) / (0.5 * sheet.look.small * paper.POINT)
    said += dotted if len(said + dotted) <= room else ""
    paper.add_text(figure, LEFT + 0.5, sheet.lane_top(place) - 1.4, said, size=sheet.look.small)


def _position(figure: paper.Page, sheet: _Sheet, bottom: float) -> None:
    view = sheet.picture.keys
    axes = _over(figure, sheet, bottom - 0.1, 0.1)
    at = ruler.ticks(view, max(2, int(sheet.across / 14)))
    words = [tick.label.partition(" ") for tick in at]
    axes.set_xticks([tick.x for tick in at], [number for number, _, _ in words])
    unit = words[0][2] if words and words[0][2] else "bp"
    axes.spines["bottom"].set_visible(True)
    axes.set_xlabel(f"Attended to, position on {view.contig} ({unit})", labelpad=1.5)
