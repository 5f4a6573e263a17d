"""Bins of one track against those of another, on the page."""

import textwrap
from typing import Any

import plotly.graph_objects as go

from app.figures import page
from app.figures.palette import Theme
from app.figures.scatter_data import ScatterPicture
from enformer.coordinates import Interval

HEIGHT = 380
LETTERS = 46
"""Of a line of an axis title."""


def scatter_figure(picture: ScatterPicture, *, dark: bool = False) -> go.Figure:
    """One point a bin; the dotted line is that of equal values, where the units are the same.

    Args:
        picture: what to show.
        dark: for a dark page.
    """
    colours = page.theme(dark)
    x, y = picture.axis_titles
    layout = page.base_layout(colours) | {
        "height": HEIGHT, "hovermode": "closest",
        "margin": {"l": 84, "r": 12, "t": 34, "b": 64},
        "xaxis": _axis(x, colours), "yaxis": _axis(y, colours),
        "shapes": _diagonal(picture, colours), "annotations": _head(picture, colours),
    }  # fmt: skip
    return go.Figure({"data": [_points(picture, colours)], "layout": layout})


def _points(picture: ScatterPicture, colours: Theme) -> dict[str, Any]:
    shades, contig = colours.shades(picture.kind), picture.place.contig
    spans = [str(Interval(contig, s, s + picture.bin_size)) for s in picture.starts.tolist()]
    return {
        "type": "scatter", "mode": "markers", "x": picture.drawn(picture.x),
        "y": picture.drawn(picture.y),
        "marker": {"size": 5, "color": page.translucent(shades.line, 0.55)},
        "text": [f"<b>{span}</b><br>A {x:.4g}<br>B {y:.4g}"
                 for span, x, y in zip(spans, picture.x, picture.y, strict=True)],
        "hovertemplate": "%{text}<extra></extra>",
    }  # fmt: skip


def _head(picture: ScatterPicture, colours: Theme) -> list[dict[str, Any]]:
    title = {
        "text": f"<b>{picture.said}</b>", "x": 0, "y": 1, "xref": "paper", "yref": "paper",
        "xanchor": "left", "yanchor": "bottom", "yshift": 8, "showarrow": False,
    }  # fmt: skip
    if picture.trained:
        return [title]
    return [title, page.untrained(colours, text="<b>NEVER TRAINED</b>", y=1, yanchor="bottom",
                                  yshift=8, xshift=-30)]  # fmt: skip


def _diagonal(picture: ScatterPicture, colours: Theme) -> list[dict[str, Any]]:
    if picture.diagonal is None:
        return []
    low, high = picture.diagonal
    line = {"width": 1, "color": colours.muted, "dash": "dot"}
    return [{"type": "line", "x0": low, "y0": low, "x1": high, "y1": high, "line": line,
             "layer": "below"}]  # fmt: skip


def _axis(title: str, colours: Theme) -> dict[str, Any]:
    small = {"size": page.SMALL, "color": colours.muted}
    text = "<br>".join(textwrap.wrap(title, LETTERS))
    return {
        "title": {"text": text, "font": small, "standoff": 6}, "tickfont": small,
        "fixedrange": True, "showgrid": False, "zeroline": False, "ticks": "outside", "ticklen": 3,
        "tickcolor": colours.hairline, "showline": True, "linecolor": colours.hairline,
    }  # fmt: skip
