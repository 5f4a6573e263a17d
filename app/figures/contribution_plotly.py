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
from app.figures.locus_frame import Spec, axis_key
from app.figures.locus_layout import layout
from app.figures.motif_plotly import motif_axis, motif_traces
from app.figures.palette import Theme

POINTER, POOLED, MOTIFS = "y2", "y4", "y6"
VALUES = ("y3", "y5")
"""Axes of the method's contributions and of the second one's."""


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
    lanes = tuple(zip(picture.methods, VALUES, strict=False))
    letters = [shape for one, axis in lanes for shape in _letters(one, axis, colours)]
    drawn |= {
        axis_key(axis): _axis(frame.values_domain(place), one.value_range, colours)
        for place, (one, axis) in enumerate(lanes)
    }
    drawn |= {
        "yaxis4": _axis(frame.pooled_domain, (0.0, picture.pooled_top), colours),
        "shapes": [*drawn["shapes"], *letters],
        "annotations": [*drawn["annotations"], *_names(frame, colours)],
    }
    traces = gene_traces(frame, colours)
    for one, axis in lanes:
        traces += _values(one, axis, colours)
    traces += _pooled(picture, colours)
    if frame.motif_rows:
        drawn["yaxis6"] = motif_axis(frame.motifs_domain, frame.motif_rows)
        traces += motif_traces(frame.motifs, MOTIFS, colours)[:-1]  # the pointer's lane tells them
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


def _values(picture: ContributionPicture, axis: str, colours: Theme) -> list[Spec]:
    if picture.level is Level.ENVELOPE:
        return _envelope(picture, axis, colours)
    if picture.level is Level.BARS:
        return [_bars(picture, base, axis, colours) for base in logo.BASES]
    return []


def _envelope(picture: ContributionPicture, axis: str, colours: Theme) -> list[Spec]:
    """The area from the smallest to the largest contribution of each column."""
    shape, look = picture.envelope, {"yaxis": axis, "hoverinfo": "skip"}
    lines = {"mode": "lines", "line": {"width": 0.5, "shape": "hv", "color": colours.ink}}
    return [
        {"type": "scatter", "x": shape.edges, "y": np.append(side, side[-1]), "fill": "tozeroy",
         "fillcolor": colours.ink, **lines, **look}
        for side in (shape.high, shape.low)
    ]  # fmt: skip


def _bars(picture: ContributionPicture, base: str, axis: str, colours: Theme) -> Spec:
    """All bars of a base as one path: thousands of bars of their own would be felt."""
    starts, heights, bottoms = picture.drawn_of(base)
    gap, tops = np.full_like(starts, np.nan), bottoms + heights
    x = np.stack([starts, starts, starts + 1, starts + 1, starts, gap], axis=1)
    y = np.stack([bottoms, tops, tops, bottoms, bottoms, gap], axis=1)
    return {
        "type": "scatter", "mode": "lines", "name": base, "x": x.ravel(),
        "y": y.ravel().astype(np.float32), "yaxis": axis, "fill": "toself",
        "fillcolor": colours.bases[base], "line": {"width": 0.8, "color": colours.bases[base]},
        "hoverinfo": "skip",
    }  # fmt: skip


def _letters(picture: ContributionPicture, axis: str, colours: Theme) -> list[Spec]:
    if picture.level is not Level.LETTERS:
        return []
    found = {base: picture.drawn_of(base) for base in logo.BASES}
    return [
        {"type": "path", "path": logo.svg_path(base, *letters), "xref": "x", "yref": axis,
         "fillcolor": colours.bases[base], "line": {"width": 0}}
        for base, letters in found.items() if len(letters[0])
    ]  # fmt: skip


def _pooled(picture: ContributionPicture, colours: Theme) -> list[Spec]:
    """Filled, and as a dotted line those of the second method."""
    area = _steps(picture, picture.pooled_in_view) | {
        "fill": "tozeroy", "fillcolor": colours.hairline,
        "line": {"shape": "hv", "width": 1, "color": colours.muted},
    }  # fmt: skip
    if picture.second is None:
        return [area]
    dotted = {"shape": "hv", "width": 1.3, "color": colours.accent, "dash": "dot"}
    return [area, _steps(picture, picture.second.pooled_in_view) | {"line": dotted}]


def _steps(picture: ContributionPicture, pooled: np.ndarray) -> Spec:
    values = pooled.astype(np.float32)
    return {
        "type": "scatter", "mode": "lines", "x": picture.token_edges,
        "y": np.append(values, values[-1:]), "yaxis": POOLED, "hoverinfo": "skip",
    }  # fmt: skip


def _pointer(picture: ContributionPicture) -> Spec:
    """What the pointer says: the base with its contribution, or the column's extremes."""
    far = picture.level is Level.ENVELOPE
    x, text = _columns_told(picture) if far else _bases_told(picture)
    lane = {
        "type": "scatter", "mode": "lines", "x": x, "y": np.ones(len(x), dtype=np.float32),
        "yaxis": POINTER, "line": {"width": 0}, "text": text, "hoverinfo": "text",
        "hovertemplate": "%{text}<extra></extra>",
    }  # fmt: skip
    if not picture.clickable:
        return lane
    return lane | page.clickable(np.arange(picture.view.start, picture.view.end))


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
    pooled = _pooled_at(picture, starts)
    columns = [picture.letters, picture.seen, pooled]
    text = [
        f"<b>{contig}:{start + 1:,} {base}</b><br>{picture.quantity} {value:.3g}<br>128 bp: {mass:.3g}"
        for start, base, value, mass in zip(starts, *columns, strict=True)
    ]
    _tell_alleles(text, picture)
    if picture.second is not None:
        second = picture.second.seen
        text = [
            f"{said}<br>second method {value:.3g}" for said, value in zip(text, second, strict=True)
        ]
    told = (
        [picture.motif_at(int(start)) for start in starts] if picture.motifs else [""] * len(text)
    )
    return starts + 0.5, [f"{said}<br>{motif}" if motif else said
                          for said, motif in zip(text, told, strict=True)]  # fmt: skip


def _tell_alleles(text: list[str], picture: ContributionPicture) -> None:
    """What both alleles have at each base of a difference, and what stands there where they differ."""
    if picture.reference is not None:
        first = picture.view.start - picture.locus.window.start
        refs = picture.reference[first : first + len(text)]
        for place, (value, ref) in enumerate(zip(picture.seen, refs, strict=True)):
            text[place] += f"<br>ALT {ref + value:.3g}, REF {ref:.3g}"
    for one in picture.stacks_in_view:
        text[one.position - picture.view.start] += f"<br>{one.about}"


def _pooled_at(picture: ContributionPicture, starts: np.ndarray) -> np.ndarray:
    return picture.pooled[(starts - picture.locus.window.start) // picture.locus.bin_size]


def _names(frame: ContributionFrame, colours: Theme) -> list[Spec]:
    """What each lane is, in the column on the left."""
    found, picture = [], frame.shown
    how = {
        Level.ENVELOPE: "largest and smallest in each pixel", Level.BARS: "one bar for each base",
        Level.LETTERS: "letters as high as they weigh",
    }[picture.level]  # fmt: skip
    key = "" if picture.level is Level.ENVELOPE else _key(colours)
    if picture.reference is not None and picture.level is Level.LETTERS:
        how = "letters as high as they differ"
    for place, one in enumerate(picture.methods):
        lines = [*textwrap.wrap(one.method, at.UNIT_LETTERS), *([how, key] if place == 0 else [])]
        title = "Second method" if place else picture.lane
        found.append(_name(title, lines, sum(frame.values_domain(place)) / 2, colours))
    if frame.motif_rows:
        lines = ["pale: no motif known"] if any(not one.name for one in picture.motifs) else []
        found.append(_name("Motifs", lines, sum(frame.motifs_domain) / 2, colours))
    pooled = [
        f"|{picture.quantity}|, summed",
        *(["dotted: second method"] if picture.second else []),
    ]
    return [*found, _name("Per 128 bp", pooled, sum(frame.pooled_domain) / 2, colours)]


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
