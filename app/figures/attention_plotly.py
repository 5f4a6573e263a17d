"""One attention head on the page: its map with the genome along both axes, and rows of it as tracks.

Keys run along x and share the axis with the genes above and the lanes below; queries run down y. The map is a
picture behind the plot, coarse invisible cells over it tell what is under the pointer.
"""

import math
from typing import Any

import numpy as np
import plotly.graph_objects as go

from app.figures import atlas, page, ramps
from app.figures.attention_data import AttentionLane, HeadPicture, number
from app.figures.locus_frame import LEFT as USUAL_LEFT
from app.figures.locus_frame import RIGHT as USUAL_RIGHT
from app.figures.locus_frame import Frame
from app.figures.locus_traces import gene_traces
from app.figures.palette import Theme
from app.figures.ruler import ticks
from enformer.coordinates import Interval

LEFT, RIGHT, TOP, BOTTOM = 108, 104, 66, 44
MAP, LANE, GAP, EDGE = 560, 74, 26, 8
"""Px: the map's height, a lane's, above each lane, and between genes and map."""
HOVER = 96
"""Cells on a side that the pointer tells apart."""
FINE = 800
"""Px that the picture has at least, so that browsers do not blur its cells."""
SMALLEST_BOX = 100
"""A box of less than this part of the view is a click."""

Spec = dict[str, Any]


class _Sheet:
    """Where the parts go, in px below the top of the genes' names."""

    def __init__(self, picture: HeadPicture, width: int) -> None:
        self.picture = picture
        self.frame = Frame(picture.place, width - LEFT - RIGHT + USUAL_LEFT + USUAL_RIGHT)
        self.map_top = self.frame.marks_height + self.frame.genes_height + EDGE
        self.height = self.map_top + MAP + len(picture.lanes) * (LANE + GAP)

    def domain(self, top: float, bottom: float) -> list[float]:
        return [1 - bottom / self.height, 1 - top / self.height]

    def lane(self, place: int) -> list[float]:
        top = self.map_top + MAP + place * (LANE + GAP) + GAP
        return self.domain(top, top + LANE)

    @property
    def genes(self) -> list[float]:
        top = self.frame.marks_height
        return self.domain(top, top + self.frame.genes_height)

    @property
    def map(self) -> list[float]:
        return self.domain(self.map_top, self.map_top + MAP)


def head_figure(picture: HeadPicture, *, dark: bool = False, width: int = 860) -> go.Figure:
    """Draw an attention head for the page; `width` decides only where names collide."""
    sheet, colours = _Sheet(picture, width), page.theme(dark)
    ramp = ramps.ramp(picture.scale.difference, dark)
    bar = atlas.bar(picture.scale, picture.scale.difference, ramp, colours, upright=True)
    bar["marker"]["colorbar"]["y"] = sheet.map[1]
    traces = [*gene_traces(sheet.frame, colours), _hover(picture), bar | {"yaxis": "y2"}]
    for place, lane in enumerate(picture.lanes):
        traces += _lane(picture, lane, f"y{place + 3}", colours)
    layout = page.base_layout(colours) | _axes(sheet, colours) | {
        "height": TOP + BOTTOM + sheet.height,
        "margin": {"l": LEFT, "r": RIGHT, "t": TOP, "b": BOTTOM},
        "hovermode": "closest",
        "dragmode": "select",
        "newselection": {"line": {"color": colours.accent, "width": 1, "dash": "solid"}},
        "activeselection": {"fillcolor": colours.accent, "opacity": 0.12},
        "images": [_image(picture, ramp, colours)],
        "shapes": [
            *_washes(sheet, colours), *_lines(sheet, colours), *_gene_bars(sheet, colours),
        ],
        "annotations": _words(sheet, colours),
    }  # fmt: skip
    return go.Figure({"data": traces, "layout": layout})


def selected(picture: HeadPicture, box: dict[str, Any]) -> tuple[Interval, Interval] | None:
    """Keys and queries under a box over the map; none for a click or a box elsewhere.

    Args:
        picture: the figure's data.
        box: of the chart's `selection.box`.
    """
    if box.get("yref", "y2") != "y2":
        return None
    found = [_seen(box[axis], view) for axis, view in (("x", picture.keys), ("y", picture.queries))]
    return (found[0], found[1]) if found[0] and found[1] else None


def _seen(ends: list[float], view: Interval) -> Interval | None:
    start, end = math.floor(min(ends)), math.ceil(max(ends))
    small = end - start < max(2, view.length // SMALLEST_BOX)
    return None if small else Interval(view.contig, start, end).intersect(view)


# --- axes -----------------------------------------------------------------------------------------


def _axes(sheet: _Sheet, colours: Theme) -> Spec:
    picture = sheet.picture
    plain = {"fixedrange": True, "showgrid": False, "zeroline": False}
    across = _ruler(picture.keys, 9, colours) | {"side": "top", "anchor": "free", "position": 1}
    down = _ruler(picture.queries, 9, colours) | {"domain": sheet.map}
    down["range"] = [picture.queries.end, picture.queries.start]
    genes = {"domain": sheet.genes, "range": [-max(sheet.frame.genes.rows, 1), 0]}
    axes = {
        "xaxis": plain | across,
        "yaxis": plain | genes | {"visible": False, "anchor": "x"},
        "yaxis2": plain | down | {"anchor": "x"},
    }
    for place, lane in enumerate(picture.lanes):
        axes[f"yaxis{place + 3}"] = plain | _values(sheet, place, lane, colours)
    return axes


def _ruler(view: Interval, at_most: int, colours: Theme) -> Spec:
    marks = ticks(view, at_most)
    return {
        "range": [view.start, view.end], "tickmode": "array",
        "tickvals": [tick.x for tick in marks], "ticktext": [tick.label for tick in marks],
        "tickfont": {"size": page.SMALL, "color": colours.muted},
        "ticks": "outside", "ticklen": 4, "tickcolor": colours.muted,
        "showline": True, "linecolor": colours.muted,
    }  # fmt: skip


def _values(sheet: _Sheet, place: int, lane: AttentionLane, colours: Theme) -> Spec:
    marks = sheet.picture.lane_ticks(lane)
    return {
        "domain": sheet.lane(place), "range": sheet.picture.lane_range(lane),
        "anchor": "x", "tickmode": "array",
        "tickvals": marks, "ticktext": [number(mark) for mark in marks],
        "tickfont": {"size": page.SMALL, "color": colours.muted},
        "ticks": "outside", "ticklen": 3, "tickcolor": colours.hairline,
        "showline": True, "linecolor": colours.hairline,
        "zeroline": True, "zerolinecolor": colours.hairline, "zerolinewidth": 1,
    }  # fmt: skip


# --- the map --------------------------------------------------------------------------------------


def _image(picture: HeadPicture, ramp: Any, colours: Theme) -> Spec:
    rows, columns = picture.cells_in_view
    shades = picture.scale.shades(picture.weights[rows, columns])
    edges = (picture.row_edges[rows.start : rows.stop + 1],
             picture.column_edges[columns.start : columns.stop + 1])  # fmt: skip
    for axis, along in enumerate(edges):
        tokens = np.diff(along) // picture.place.bin_size
        shades = shades.repeat(tokens * max(1, -(-FINE // int(tokens.sum()))), axis=axis)
    (y, bottom), (x, right) = ((int(along[0]), int(along[-1])) for along in edges)
    source = ramps.data_uri(ramps.png(shades, ramp, colours.background))
    return atlas.backdrop(source, x, y, right - x, bottom - y) | {"yref": "y2"}


def _hover(picture: HeadPicture) -> Spec:
    """Cells that the pointer meets; each tells the weight farthest from 0 of those it is made of."""
    rows, columns = picture.cells_in_view
    weights = picture.weights[rows, columns]
    y, x = picture.row_edges[rows], picture.column_edges[columns]
    step = [-(-count // HOVER) for count in weights.shape]
    x = np.append(x[:: step[1]], picture.column_edges[columns.stop])
    y = np.append(y[:: step[0]], picture.row_edges[rows.stop])
    one = all(s == 1 for s in step)
    said = picture.scale.name.partition(",")[0]
    return {
        "type": "heatmap",
        "x": x, "y": y, "z": _strongest(weights, step).astype(np.float32), "yaxis": "y2",
        "showscale": False, "opacity": 0, "hoverongaps": False,
        "hovertemplate": "attending (query) %{y:,.0f}<br>attended to (key) %{x:,.0f}<br>"
        f"<b>%{{z:.3~g}}</b> {said}{'' if one else ', strongest here'}<extra></extra>",
    }  # fmt: skip


def _strongest(weights: np.ndarray, step: list[int]) -> np.ndarray:
    """The value farthest from 0 in each block."""
    for axis, size in enumerate(step):
        starts = np.arange(0, weights.shape[axis], size)
        high = np.maximum.reduceat(weights, starts, axis=axis)
        low = np.minimum.reduceat(weights, starts, axis=axis)
        weights = np.where(high >= -low, high, low)
    return weights


def _washes(sheet: _Sheet, colours: Theme) -> list[Spec]:
    """Behind genes and lanes: where nothing is predicted, and where the window has left the contig."""
    fill = {"outside": colours.outside, "padding": colours.padding}
    (bottom, top), (_, genes) = sheet.map, sheet.genes
    return [
        _line("x", mark.start, mark.end, "paper", *ends)
        | {"type": "rect", "layer": "below", "fillcolor": fill[mark.kind], "line": {"width": 0}}
        for mark in sheet.frame.marks if mark.kind in fill
        for ends in ((0, bottom), (top, genes))
    ]  # fmt: skip


def _lines(sheet: _Sheet, colours: Theme) -> list[Spec]:
    """Where the target and the variant are, and a frame around what is predicted.

    Lines end at the map: over it they would hide the very row and column that matter.
    """
    picture, (bottom, top) = sheet.picture, sheet.map
    marked = [(h.interval, colours.shades("DNASE").line, "solid") for h in picture.place.highlights]
    if picture.place.variant is not None:
        marked.append((picture.place.variant.interval, colours.accent, "dot"))
    shapes = [_frame(picture.place.region, colours)]
    for part, colour, dash in marked:
        middle = (part.start + part.end) / 2
        look = {"line": {"color": colour, "width": 1.2, "dash": dash}}
        if picture.keys.start <= middle <= picture.keys.end:
            shapes += [_line("x", middle, middle, "paper", *ends) | look
                       for ends in ((0, bottom), (top, sheet.genes[1]))]  # fmt: skip
        if picture.queries.start <= middle <= picture.queries.end:
            thick = {"line": {"color": colour, "width": 2}, "xsizemode": "pixel"}
            shapes += [_line("paper", *ends, "y2", middle, middle) | thick | {"xanchor": anchor}
                       for anchor, ends in ((0, (-10, -1)), (1, (1, 14)))]  # fmt: skip
    return shapes


def _frame(region: Interval, colours: Theme) -> Spec:
    ends = {"x0": region.start, "x1": region.end, "y0": region.start, "y1": region.end}
    line = {"color": colours.muted, "width": 1, "dash": "dash"}
    return {"type": "rect", "xref": "x", "yref": "y2", "line": line} | ends


def _line(xref: str, x0: float, x1: float, yref: str, y0: float, y1: float) -> Spec:
    return {"type": "line", "xref": xref, "yref": yref, "x0": x0, "x1": x1, "y0": y0, "y1": y1}


def _gene_bars(sheet: _Sheet, colours: Theme) -> list[Spec]:
    """Genes along the queries, at the right edge of the map."""
    view, found = sheet.picture.queries, []
    for gene in sheet.picture.place.genes:
        part = gene.interval.intersect(view)
        if part is not None:
            found.append({
                "type": "rect", "xref": "paper", "yref": "y2", "xsizemode": "pixel",
                "xanchor": 1, "x0": 3, "x1": 7, "y0": part.start, "y1": part.end,
                "fillcolor": colours.ink, "line": {"color": colours.ink, "width": 1},
            })  # fmt: skip
    return found


# --- lanes and words ------------------------------------------------------------------------------


def _lane(picture: HeadPicture, lane: AttentionLane, axis: str, colours: Theme) -> list[Spec]:
    edges = picture.token_edges
    shape = {"type": "scatter", "mode": "lines", "yaxis": axis, "x": edges.astype(np.int32)}
    filled = shape | {
        "y": _steps(lane.values), "fill": "tozeroy",
        "line": {"shape": "hv", "width": 1, "color": colours.shades("DNASE").line},
        "fillcolor": page.translucent(colours.shades("DNASE").fill, 0.55),
        "name": lane.label,
        "hovertemplate": f"{lane.label}<br>token from %{{x:,.0f}}: <b>%{{y:.3~g}}</b><extra></extra>",
    }  # fmt: skip
    if lane.expected is None:
        return [filled]
    line = {"shape": "hv", "width": 1.2, "color": colours.reference, "dash": "dot"}
    average = {"y": _steps(lane.expected), "line": line, "name": "expected", "hoverinfo": "skip"}
    return [filled, shape | average]


def _steps(values: np.ndarray) -> np.ndarray:
    return np.append(values, values[-1:]).astype(np.float32)


def _words(sheet: _Sheet, colours: Theme) -> list[Spec]:
    picture = sheet.picture
    small = {"font": {"size": page.SMALL, "color": colours.muted}}
    top = (sheet.height + 54) / sheet.height
    title = f"<b>{picture.name[:1].upper()}{picture.name[1:]}</b> · {picture.keys} · " + (
        f"{picture.place.assembly}"
    )
    words = [
        _text(title, 0, top, xshift=-LEFT + 8, font={"size": 14}),
        _text("Attended to", 0, 1 + 11 / sheet.height, xshift=-LEFT + 8, font={"size": page.SIZE}),
        _text("Attending", 0, sum(sheet.map) / 2, xshift=-LEFT + 18, textangle=-90,
              xanchor="center", font={"size": page.SIZE}),
        _text(f"A cell: {picture.cells}. Dashed: predicted region.", 0, -16 / sheet.height, **small),
        *_marks(sheet, colours),
    ]  # fmt: skip
    if not picture.place.trained:
        words.append(page.untrained(colours, y=top, xshift=RIGHT - 36))
    for place, lane in enumerate(picture.lanes):
        more = f", {picture.chosen_name}" if place == 0 else ""
        more += "" if lane.expected is None else " · dotted: its average at that distance"
        words.append(_text(f"<b>{lane.label}</b>{more}", 0,
                           sheet.lane(place)[1] + 9 / sheet.height, xshift=2,
                           font={"size": page.SMALL, "color": colours.ink}))  # fmt: skip
    return words


def _marks(sheet: _Sheet, colours: Theme) -> list[Spec]:
    look = {"variant": colours.accent, "highlight": colours.shades("DNASE").line}
    return [
        _text(mark.label, mark.middle, 1 - 18 * (mark.row + 0.5) / sheet.height, xref="x",
              xanchor="center",
              font={"size": page.SMALL, "color": look.get(mark.kind, colours.muted)})
        for mark in sheet.frame.marks if mark.label
    ]  # fmt: skip


def _text(text: str, x: float, y: float, **more: Any) -> Spec:
    return {
        "text": text, "x": x, "y": y, "xref": "paper", "yref": "paper", "showarrow": False,
        "xanchor": "left", "yanchor": "middle", "align": "left",
    } | more  # fmt: skip
