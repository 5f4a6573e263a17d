"""Names of motifs under a logo on the page."""

from collections.abc import Sequence

import numpy as np

from app.figures import page
from app.figures.locus_frame import Spec
from app.figures.motif_data import MOST_ROWS, PlacedName
from app.figures.palette import Theme

BAR = (0.06, 0.3)
"""Top and bottom of a bar in its row; the name is below."""
NAME = 0.66


def motif_axis(domain: list[float], rows: int) -> Spec:
    """The axis whose rows go down from 0."""
    return {"domain": domain, "range": [-max(rows, 1), 0], "visible": False, "fixedrange": True,
            "anchor": "x"}  # fmt: skip


def motif_traces(names: Sequence[PlacedName], axis: str, colours: Theme) -> list[Spec]:
    """Bars where motifs stand, pale where none is known, hollow where one is lost; then their names."""
    shown = [one for one in names if one.row < MOST_ROWS]
    known = [one for one in shown if one.called.name]
    lost = [one for one in known if one.called.change == "lost"]
    there = [one for one in known if one.called.change != "lost"]
    changed = any(one.called.change for one in known)
    ink = colours.accent if changed else colours.ink
    return [
        _bars([one for one in shown if not one.called.name], axis, colours.hairline, colours.hairline),
        _bars(there, axis, ink, ink),
        _bars(lost, axis, ink, colours.background),
        _names(known, axis, ink, colours),
        _pointer(shown, axis),
    ]  # fmt: skip


def _bars(names: Sequence[PlacedName], axis: str, line: str, fill: str) -> Spec:
    boxes = [(one.called.interval.start, one.called.interval.end, -one.row) for one in names]
    x = [point for start, end, _ in boxes for point in (start, end, end, start, start, np.nan)]
    down = (BAR[0], BAR[0], BAR[1], BAR[1], BAR[0], np.nan)
    y = [top - depth for _, _, top in boxes for depth in down]
    return {
        "type": "scatter", "mode": "lines", "x": x, "y": y, "yaxis": axis, "fill": "toself",
        "fillcolor": fill, "line": {"width": 1, "color": line}, "hoverinfo": "skip",
    }  # fmt: skip


def _names(names: Sequence[PlacedName], axis: str, ink: str, colours: Theme) -> Spec:
    return {
        "type": "scatter", "mode": "text", "yaxis": axis, "x": [one.middle for one in names],
        "y": [-one.row - NAME for one in names], "text": [one.text for one in names],
        "textfont": {"size": page.SMALL, "color": ink}, "textposition": "middle center",
        "unselected": {"textfont": {"color": colours.ink}}, "hoverinfo": "skip", "cliponaxis": False,
    }  # fmt: skip


def _pointer(names: Sequence[PlacedName], axis: str) -> Spec:
    """Bars are thin: an invisible point on each is what the pointer meets."""
    return {
        "type": "scatter", "mode": "markers", "yaxis": axis, "name": "motifs",
        "x": [one.called.interval.center for one in names],
        "y": [-one.row - 0.4 for one in names], "marker": {"size": 18, "opacity": 0},
        "unselected": {"marker": {"opacity": 0}}, "selected": {"marker": {"opacity": 0}},
        "text": [one.called.about for one in names], "hovertemplate": "%{text}<extra></extra>",
    }  # fmt: skip
