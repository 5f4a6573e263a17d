"""Arcs of attention on the page, hanging under the genes."""

import textwrap
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from app.figures import locus_frame as at
from app.figures import page
from app.figures.arc_data import CLASSES, Arc, ArcPicture
from app.figures.gene_traces import gene_traces
from app.figures.locus_frame import Frame, Spec
from app.figures.locus_layout import layout
from app.figures.palette import Theme

ARCS = 170
"""Px."""
AXIS = "y3"
THINNEST, STEP = 0.7, 0.9
"""Px of the first class of width, and what each further class adds."""


@dataclass(frozen=True)
class ArcFrame(Frame):
    """A locus figure without tracks, and arcs in their place."""

    @property
    def height(self) -> int:
        """Px of all lanes, without what is above and below."""
        return self.lanes_top + ARCS

    @property
    def arcs_domain(self) -> list[float]:
        """Where the arcs hang."""
        return self.domain(self.lanes_top, self.height)


def arc_figure(picture: ArcPicture, *, dark: bool = False, width: int = 760) -> go.Figure:
    """Draw arcs for the page; `width` decides only where names collide."""
    frame, colours = ArcFrame(picture.locus, width), page.theme(dark)
    drawn = layout(frame, colours)
    drawn |= {
        "hovermode": "closest", "hoverdistance": 20, "dragmode": False,
        "yaxis3": {"domain": frame.arcs_domain, "range": [-1, 0], "visible": False,
                   "fixedrange": True, "anchor": "x"},
        "annotations": [*drawn["annotations"], _name(frame, picture, colours)],
    }  # fmt: skip
    traces = [*gene_traces(frame, colours), *_arcs(picture, colours), _feet(picture, colours)]
    return go.Figure({"data": traces, "layout": drawn})


def _arcs(picture: ArcPicture, colours: Theme) -> list[Spec]:
    """One trace for each width and sign."""
    found = []
    for width in range(1, CLASSES + 1):
        for negative in (False, True):
            arcs = [one for one in picture.arcs
                    if picture.width(one) == width and (one.weight < 0) == negative]  # fmt: skip
            if arcs:
                colour = colours.accent if negative else colours.shades("DNASE").line
                found.append(_trace(picture, arcs, THINNEST + STEP * (width - 1), colour))
    return found


def _trace(picture: ArcPicture, arcs: list[Arc], width: float, colour: str) -> Spec:
    points = np.array([point for one in arcs for point in (*picture.path(one), (np.nan, np.nan))])
    return {
        "type": "scatter", "mode": "lines", "x": points[:, 0], "y": points[:, 1].astype(np.float32),
        "yaxis": AXIS, "line": {"width": width, "color": page.translucent(colour, 0.7)},
        "hoverinfo": "skip", "name": "arcs",
    }  # fmt: skip


def _feet(picture: ArcPicture, colours: Theme) -> Spec:
    """Where each arc ends: a mark that tells the token and its weight."""
    colour = [
        colours.accent if one.weight < 0 else colours.shades("DNASE").line for one in picture.arcs
    ]
    return {
        "type": "scatter", "mode": "markers", "yaxis": AXIS, "name": "tokens",
        "x": [one.token.center for one in picture.arcs], "y": [-0.015] * len(picture.arcs),
        "marker": {"size": 7, "symbol": "circle", "color": colour},
        "unselected": {"marker": {"opacity": 1}}, "text": [one.about for one in picture.arcs],
        "hovertemplate": "%{text}<extra></extra>", "cliponaxis": False,
    }  # fmt: skip


def _name(frame: ArcFrame, picture: ArcPicture, colours: Theme) -> Spec:
    small = f"<span style='font-size:{page.SMALL}px;color:{colours.muted}'>"
    said = [*textwrap.wrap(picture.name, at.UNIT_LETTERS), *textwrap.wrap(picture.words, at.UNIT_LETTERS),
            *textwrap.wrap(picture.ranked, at.UNIT_LETTERS)]  # fmt: skip
    if picture.difference:
        said.append(f"<span style='color:{colours.accent}'>more in ALT</span>")
    lines = "<br>".join(f"{small}{line}</span>" for line in said)
    return {
        "text": f"<b>Attention arcs</b><br>{lines}", "x": 0, "y": sum(frame.arcs_domain) / 2,
        "xref": "paper", "yref": "paper", "showarrow": False, "xanchor": "left",
        "yanchor": "middle", "align": "left", "xshift": 18 - at.LEFT,
    }  # fmt: skip
