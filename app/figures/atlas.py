"""The atlas on the page: every attention head of every layer as a small map, in Plotly.

All maps are one picture behind the plot; an invisible point on each is what the pointer meets and a click
chooses.
"""

from typing import Any

import plotly.graph_objects as go

from app.figures import page, ramps
from app.figures.attention_data import AtlasPicture, Scale
from app.figures.palette import Theme

LEFT, RIGHT, TOP = 58, 10, 44
BAR = 76
"""Px below the maps, for the colour bar."""
LARGEST = 120
WIDTH = 430


def atlas_figure(picture: AtlasPicture, *, dark: bool = False, width: int = WIDTH) -> go.Figure:
    """Draw the atlas for the page, `width` px wide."""
    colours, ramp = page.theme(dark), ramps.ramp(picture.difference, dark)
    side = min(LARGEST, (width - LEFT - RIGHT) // picture.heads)
    behind = ramps.data_uri(ramps.png(picture.shades, ramp, colours.background))
    layout = page.base_layout(colours) | _axes(picture, colours) | {
        "width": LEFT + RIGHT + side * picture.heads,
        "height": TOP + BAR + side * picture.layers,
        "margin": {"l": LEFT, "r": RIGHT, "t": TOP, "b": BAR},
        "hovermode": "closest",
        "hoverdistance": -1,
        "clickmode": "event+select",
        "dragmode": False,
        "images": [backdrop(behind, 0, 0, picture.heads, picture.layers)],
        "shapes": [_mark(picture, colours)],
        "annotations": [] if picture.trained else [page.untrained(colours, y=1, yshift=34)],
    }  # fmt: skip
    scale = picture.scale if picture.together else None
    traces = [_points(picture), bar(scale, picture.difference, ramp, colours)]
    return go.Figure({"data": traces, "layout": layout})


def backdrop(source: str, x: float, y: float, width: float, height: float) -> dict[str, Any]:
    """A picture stretched over a part of the axes, below everything."""
    return {
        "source": source, "xref": "x", "yref": "y", "x": x, "y": y, "sizex": width,
        "sizey": height, "xanchor": "left", "yanchor": "top", "sizing": "stretch",
        "layer": "below",
    }  # fmt: skip


def _axes(picture: AtlasPicture, colours: Theme) -> dict[str, Any]:
    look = {
        "tickmode": "array", "showgrid": False, "zeroline": False, "fixedrange": True,
        "ticks": "", "tickfont": {"size": page.SMALL, "color": colours.ink},
    }  # fmt: skip
    heads, layers = range(picture.heads), range(picture.layers)
    narrow = picture.heads > 5
    return {
        "xaxis": look | {
            "range": [0, picture.heads], "side": "top", "tickvals": [h + 0.5 for h in heads],
            "ticktext": [str(h + 1) if narrow else f"head {h + 1}" for h in heads],
            "title": {"text": "attention head" if narrow else "", "standoff": 4,
                      "font": {"size": page.SMALL, "color": colours.muted}},
        },
        "yaxis": look | {
            "range": [picture.layers, 0], "tickvals": [n + 0.5 for n in layers],
            "ticktext": [f"layer {n + 1}" for n in layers],
        },
    }  # fmt: skip


def _points(picture: AtlasPicture) -> dict[str, Any]:
    """One for each head: what the pointer meets."""
    places = [(n, h) for n in range(picture.layers) for h in range(picture.heads)]
    unseen = {"marker": {"opacity": 0}}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [h + 0.5 for _, h in places],
        "y": [n + 0.5 for n, _ in places],
        "marker": {"size": 24, "opacity": 0},
        "selected": unseen,
        "unselected": unseen,
        "text": [_said(picture, *place) for place in places],
        "hovertemplate": "%{text}<extra></extra>",
    }


def _said(picture: AtlasPicture, layer: int, head: int) -> str:
    return (
        f"<b>layer {layer + 1}, head {head + 1}</b><br>"
        f"entropy {picture.entropy[layer, head]:.2f} bits<br>"
        f"mean distance {picture.distance[layer, head] / 1000:.1f} kb<br>click to look at it"
    )


def _mark(picture: AtlasPicture, colours: Theme) -> dict[str, Any]:
    layer, head = picture.chosen
    return {
        "type": "rect", "x0": head, "x1": head + 1, "y0": layer, "y1": layer + 1,
        "line": {"color": colours.shades("DNASE").line, "width": 3}, "fillcolor": "rgba(0,0,0,0)",
    }  # fmt: skip


def bar(
    scale: Scale | None, difference: bool, ramp: Any, colours: Theme, upright: bool = False
) -> dict[str, Any]:
    """A colour bar; without a scale of its own it says that each map has another.

    An upright one has no name, as Plotly would write it over the uppermost tick.
    """
    ends = ("REF < ALT", "no change", "REF > ALT") if difference else ("lowest", "", "highest")
    ticks = [(place / 2, end) for place, end in enumerate(ends)] if scale is None else scale.ticks
    name = (scale or Scale(0.1, 1, difference)).name
    name += ", one scale for each head" if scale is None else ""
    where = (
        {"x": 1.0, "xpad": 14, "y": 1, "yanchor": "top", "lenmode": "pixels", "len": 230}
        if upright
        else {"orientation": "h", "y": 0, "yanchor": "top", "ypad": 8, "len": 0.9}
    )
    return {
        "type": "scatter", "mode": "markers", "x": [None], "y": [None], "hoverinfo": "skip",
        "marker": {
            "color": [0], "cmin": 0, "cmax": 1, "colorscale": ramps.css(ramp), "showscale": True,
            "colorbar": where | {
                "thickness": 10, "outlinewidth": 0, "ticks": "outside", "ticklen": 3,
                "tickvals": [share for share, _ in ticks], "ticktext": [t for _, t in ticks],
                "tickcolor": colours.muted,
                "tickfont": {"size": page.SMALL, "color": colours.muted},
                "title": {"text": "" if upright else name,
                          "side": "bottom",
                          "font": {"size": page.SMALL, "color": colours.ink}},
            },
        },
    }  # fmt: skip


def chosen_head(points: list[dict[str, Any]]) -> tuple[int, int] | None:
    """Layer and head under a click, from 0; none where nothing was met."""
    return (int(points[0]["y"]), int(points[0]["x"])) if points else None
