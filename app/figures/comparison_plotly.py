"""Two models on the page: the locus figure of their lanes, with how far each two agree."""

from typing import Any

import plotly.graph_objects as go

from app.figures import page
from app.figures.comparison_data import ComparisonPicture
from app.figures.locus_frame import GAP, Frame
from app.figures.locus_plotly import locus_figure
from app.figures.palette import Theme

WIDTH = 760
"""Px that the figure has at least, as the locus figure takes it."""


def comparison_figure(picture: ComparisonPicture, *, dark: bool = False) -> go.Figure:
    """Draw it for the page.

    Args:
        picture: what to show.
        dark: for a dark page.
    """
    figure, colours = locus_figure(picture.locus, dark=dark, width=WIDTH), page.theme(dark)
    frame = Frame(picture.locus, WIDTH)
    for place, said in enumerate(picture.said):
        figure.add_annotation(_agreement(frame, colours, place, said))
        if place:
            figure.add_shape(_rule(frame, colours, place))
    return figure


def _agreement(frame: Frame, colours: Theme, pair: int, said: str) -> dict[str, Any]:
    """At the upper right of A's lane, before the values."""
    return {
        "text": said, "x": 1, "y": frame.lane_domain(2 * pair)[1], "xref": "paper",
        "yref": "paper", "showarrow": False, "xanchor": "right", "yanchor": "top", "borderpad": 2,
        "font": {"size": page.SMALL, "color": colours.ink},
        "bgcolor": page.translucent(colours.background, 0.8),
    }  # fmt: skip


def _rule(frame: Frame, colours: Theme, pair: int) -> dict[str, Any]:
    """Between two pairs."""
    y = frame.lane_domain(2 * pair)[1] + GAP / 2 / frame.height
    return {
        "type": "line", "xref": "paper", "yref": "paper", "x0": 0, "x1": 1, "y0": y, "y1": y,
        "line": {"width": 1, "color": colours.hairline, "dash": "dot"},
    }  # fmt: skip
