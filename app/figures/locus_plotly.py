"""The locus on the page: genes and tracks over one axis, in Plotly.

All lanes share the axis `x` of 0-based edges; each has its own y axis. An invisible lane over all of
them comes last, so that a selection spans the figure and the pointer reads every lane at once.
"""

import math

import plotly.graph_objects as go

from app.figures import page
from app.figures.data import LocusPicture
from app.figures.gene_traces import gene_traces
from app.figures.locus_frame import Frame
from app.figures.locus_layout import layout
from app.figures.locus_traces import lane_traces, pointer
from enformer.coordinates import Interval


def locus_figure(picture: LocusPicture, *, dark: bool = False, width: int = 760) -> go.Figure:
    """Draw a locus for the page.

    Args:
        picture: what to show.
        dark: for a dark page.
        width: px the figure will have at least; names are placed so that they fit from there on.
    """
    frame, colours = Frame(picture, width), page.theme(dark)
    traces = [*gene_traces(frame, colours), *lane_traces(picture, colours), pointer(frame)]
    return go.Figure({"data": traces, "layout": layout(frame, colours)})


def selected_interval(picture: LocusPicture, first: float, last: float) -> Interval | None:
    """The part of the view under a box selection, in whole bp; none for a mere click.

    Args:
        picture: the figure's data.
        first: one end of `selection.box[0].x` of the chart.
        last: the other.
    """
    start, end = math.floor(min(first, last)), math.ceil(max(first, last))
    if end - start < max(2, picture.view.length // 200):
        return None
    return Interval(picture.view.contig, start, end).intersect(picture.view)
