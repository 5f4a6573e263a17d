"""Contributions on the page, in Plotly: an envelope from afar, then bars, then letters.

Letters are one compound path for each base, as shapes: quick for a browser, and the hole of an A stays open.
Shapes and filled paths say nothing to the pointer, so an invisible lane over everything does.
"""

import textwrap
from typing import Any

import numpy as np
import plotly.graph_objects as go

from app.figures import locus_frame as at
from app.figures import logo, page
from app.figures.contribution_data import ContributionPicture, Level
from app.figures.contribution_frame import ContributionFrame
from app.figures.gene_traces import gene_traces
from app.figures.locus_frame import Spec
from app.figures.locus_layout import layout
from app.figures.palette import Theme

POINTER, VALUES, POOLED = "y2", "y3", "y4"


def contribution_figure(
    picture: ContributionPicture, *, dark: bool = False, width: int = 760
) -> go.Figure:
    """Draw contributions for the page.

    Args:
        picture: what to show.
        dark: for a dark page.
        width: px the figure will have at least; names are placed so that they fit from there on.
    """
    frame, colours = ContributionFrame.of(picture, width), page.theme(dark)
    drawn = layout(frame, colours)
    drawn |= {
        "yaxis3": _axis(frame.values_domain, picture.value_range, colours),
        "yaxis4": _axis(frame.pooled_domain, (0.0, picture.pooled_top), colours),
        "shapes": [*drawn["shapes"], *_letters(picture, colours)],
        "annotations": [*drawn["annotations"], *_names(frame, colours)],
    }
    traces = [*gene_traces(frame, colours), *_values(picture, colours), _pooled(picture, colours)]
    return go.Figure({"data": [*traces, _pointer(picture)], "layout": drawn})


def _axis(domain: list[float], span: tuple[float, float], colours: Theme) -> Spec:
    at_ticks = sorted({*span, 0.0})
    return {
        "domain": domain, "range": list(span), "anchor": "x", "fixedrange": True,
        "tickmode": "array", "tickvals": at_ticks,
        "ticktext": [f"{tick:.4g}".replace("-", "−") for tick in at_ticks],
        "tickfont": {"size": page.SMALL, "color": colours.muted}, "ticks": "outside", "ticklen": 3,
        "tickcolor": colours.hairline, "showline": True, "linecolor": colours.hairline,
        "showgrid": False, "zeroline": True, "zerolinecolor": colours.muted, "zerolinewidth": 1,
    }  # fmt: skip


def _values(picture: ContributionPicture, colours: Theme) -> list[Spec]:
    if picture.level is Level.ENVELOPE:
        return _envelope(picture, colours)
    if picture.level is Level.BARS:
        return [_bars(picture, base, colours) for base in logo.BASES]
    return []


def _envelope(picture: ContributionPicture, colours: Theme) -> list[Spec]:
    """The area from the smallest to the largest contribution of each column."""
    shape, look = picture.envelope, {"yaxis": VALUES, "hoverinfo": "skip"}
    lines = {"mode": "lines", "line": {"width": 0.5, "shape": "hv", "color": colours.ink}}
    return [
        {"type": "scatter", "x": shape.edges, "y": np.append(side, side[-1]), "fill": "tozeroy",
         "fillcolor": colours.ink, **lines, **look}
        for side in (shape.high, shape.low)
    ]  # fmt: skip


def _bars(picture: ContributionPicture, base: str, colours: Theme) -> Spec:
    """All bars of a base as one path: thousands of bars of their own would be felt."""
    starts, heights = picture.of_base(base)
    gap = np.full_like(starts, np.nan)
    x = np.stack([starts, starts, starts + 1, starts + 1, starts, gap], axis=1)
    y = np.stack([0 * heights, heights, heights, 0 * heights, 0 * heights, gap], axis=1)
    return {
        "type": "scatter", "mode": "lines", "name": base, "x": x.ravel(),
        "y": y.ravel().astype(np.float32), "yaxis": VALUES, "fill": "toself",
        "fillcolor": colours.bases[base], "line": {"width": 0.8, "color": colours.bases[base]},
        "hoverinfo": "skip",
    }  # fmt: skip


def _letters(picture: ContributionPicture, colours: Theme) -> list[Spec]:
    if picture.level is not Level.LETTERS:
        return []
    found = {base: picture.of_base(base) for base in logo.BASES}
    return [
        {"type": "path", "path": logo.svg_path(base, starts, heights), "xref": "x", "yref": VALUES,
         "fillcolor": colours.bases[base], "line": {"width": 0}}
        for base, (starts, heights) in found.items() if len(starts)
    ]  # fmt: skip


def _pooled(picture: ContributionPicture, colours: Theme) -> Spec:
    values = picture.pooled_in_view.astype(np.float32)
    return {
        "type": "scatter", "mode": "lines", "x": picture.token_edges,
        "y": np.append(values, values[-1:]), "yaxis": POOLED, "fill": "tozeroy",
        "fillcolor": colours.hairline, "line": {"shape": "hv", "width": 1, "color": colours.muted},
        "hoverinfo": "skip",
    }  # fmt: skip


def _pointer(picture: ContributionPicture) -> Spec:
    """What the pointer says: the base with its contribution, or the column's extremes."""
    far = picture.level is Level.ENVELOPE
    x, text = _columns_told(picture) if far else _bases_told(picture)
    return {
        "type": "scatter", "mode": "lines", "x": x, "y": np.ones(len(x), dtype=np.float32),
        "yaxis": POINTER, "line": {"width": 0}, "text": text, "hoverinfo": "text",
        "hovertemplate": "%{text}<extra></extra>",
    }  # fmt: skip


def _columns_told(picture: ContributionPicture) -> tuple[np.ndarray, list[str]]:
    shape, contig = picture.envelope, picture.view.contig
    pooled = _pooled_at(picture, shape.edges[:-1])
    rows = zip(shape.edges[:-1], shape.edges[1:], shape.low, shape.high, pooled, strict=True)
    text = [
        f"<b>{contig}:{a + 1:,}-{b:,}</b><br>from {low:.3g} to {high:.3g}<br>128 bp: {mass:.3g}"
        for a, b, low, high, mass in rows
    ]
    return (shape.edges[:-1] + shape.edges[1:]) / 2, text


def _bases_told(picture: ContributionPicture) -> tuple[np.ndarray, list[str]]:
    starts, contig = np.arange(picture.view.start, picture.view.end), picture.view.contig
    rows = zip(starts, picture.letters, picture.seen, _pooled_at(picture, starts), strict=True)
    text = [
        f"<b>{contig}:{start + 1:,} {base}</b><br>contribution {value:.3g}<br>128 bp: {mass:.3g}"
        for start, base, value, mass in rows
    ]
    return starts + 0.5, text


def _pooled_at(picture: ContributionPicture, starts: np.ndarray) -> np.ndarray:
    return picture.pooled[(starts - picture.locus.window.start) // picture.locus.bin_size]


def _names(frame: ContributionFrame, colours: Theme) -> list[Spec]:
    """What each lane is, in the column on the left."""
    picture = frame.shown
    key = "" if picture.level is Level.ENVELOPE else _key(colours)
    lines = textwrap.wrap(picture.method, at.UNIT_LETTERS)
    how = {
        Level.ENVELOPE: "largest and smallest in each pixel", Level.BARS: "one bar for each base",
        Level.LETTERS: "letters as high as they weigh",
    }[picture.level]  # fmt: skip
    values = _name("Contribution", [*lines, how, key], sum(frame.values_domain) / 2, colours)
    pooled = ["|contribution|, summed"]
    return [values, _name("Per 128 bp", pooled, sum(frame.pooled_domain) / 2, colours)]


def _key(colours: Theme) -> str:
    letters = (f"<span style='color:{colours.bases[b]}'>{b}</span>" for b in logo.BASES)
    return f"<b>{' '.join(letters)}</b>"


def _name(title: str, lines: list[str], y: float, colours: Theme) -> dict[str, Any]:
    small = f"<span style='font-size:{page.SMALL}px;color:{colours.muted}'>"
    text = "<br>".join([f"<b>{title}</b>", *(f"{small}{line}</span>" for line in lines if line)])
    return {
        "text": text, "x": 0, "y": y, "xref": "paper", "yref": "paper", "showarrow": False,
        "xanchor": "left", "yanchor": "middle", "align": "left", "xshift": 18 - at.LEFT,
    }  # fmt: skip
