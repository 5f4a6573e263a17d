"""One attention head on the page: its map with the genome along both axes, and rows of it as tracks.

Keys run along x and share the axis with the genes above and the lanes below; queries run down y. The map is a
picture behind the plot, coarse invisible cells over it tell what is under the pointer.
"""

import math
from typing import Any

import numpy as np
import plotly.graph_objects as go

from app.figures import atlas, page, ramps
from app.figures.attention_data import AttentionLane, HeadPicture
from app.figures.attention_frame import Sheet, Spec
from app.figures.attention_layout import layout_of
from app.figures.gene_traces import gene_traces
from app.figures.palette import Theme
from enformer.coordinates import Interval

HOVER = 96
"""Cells on a side that the pointer tells apart."""
FINE = 800
"""Px that the picture has at least, so that browsers do not blur its cells."""
CIRCLES = (6, 9)
"""Px: diameter of the weakest planted link, and what the strongest has more."""
SMALLEST_BOX = 100
"""A box of less than this part of the view is a click."""


def head_figure(picture: HeadPicture, *, dark: bool = False, width: int = 860) -> go.Figure:
    """Draw an attention head for the page; `width` decides only where names collide."""
    sheet, colours = Sheet(picture, width), page.theme(dark)
    ramp = ramps.ramp(picture.scale.difference, dark)
    bar = atlas.bar(picture.scale, picture.scale.difference, ramp, colours, upright=True)
    bar["marker"]["colorbar"]["y"] = sheet.bar_top
    traces = [*gene_traces(sheet.frame, colours), _hover(picture), bar | {"yaxis": "y2"}]
    for place, lane in enumerate(picture.lanes):
        traces += _lane(picture, lane, f"y{place + 3}", colours)
    traces += _planted(picture, colours)
    layout = layout_of(sheet, colours) | {"images": [_image(picture, ramp, colours)]}
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


def _planted(picture: HeadPicture, colours: Theme) -> list[Spec]:
    """Planted links as circles: the row of a gene's start, the column of its enhancer."""
    truth = picture.place.truth
    if truth is None:
        return []
    links = truth.pairs(picture.keys, picture.queries)
    where = {
        "type": "scatter", "mode": "markers", "yaxis": "y2", "name": "planted links",
        "x": [link.start for link in links], "y": [link.tss + 0.5 for link in links],
        "unselected": {"marker": {"opacity": 1}},
        "text": [f"planted: {link.enhancer} acts on {link.gene}<br>{link.lost:.3g} CAGE events in "
                 f"{truth.tissue} lost without it" for link in links],
        "hovertemplate": "%{text}<extra></extra>",
    }  # fmt: skip
    sizes = [CIRCLES[0] + CIRCLES[1] * truth.share(link) for link in links]
    # a halo under each, as the map below may be of any colour
    rings = ((4.5, colours.background), (1.6, colours.truth))
    return [where | {"marker": _ring(sizes, *ring)} for ring in rings]


def _ring(sizes: list[float], width: float, colour: str) -> Spec:
    line = {"width": width, "color": colour}
    return {"symbol": "circle-open", "color": colour, "size": sizes, "line": line}


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
