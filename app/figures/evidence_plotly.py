"""Evidence on the page: a row for each candidate element, a panel for each method."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from app.figures import page
from app.figures.evidence_data import EvidencePicture, Panel
from app.figures.palette import Theme

ROW, HEAD, FOOT, NAMES, LINE = 24, 34, 46, 190, 18
"""Px."""
GAP = 0.03
"""Share of the width between two panels."""


def evidence_figure(picture: EvidencePicture, *, dark: bool = False) -> go.Figure:
    """Horizontal bars; whiskers are standard deviations over shuffles.

    Args:
        picture: what to show.
        dark: for a dark page.
    """
    colours, count = page.theme(dark), len(picture.panels)
    width, head = (1 - GAP * (count - 1)) / count, HEAD + (0 if picture.trained else LINE)
    layout: dict[str, Any] = page.base_layout(colours) | {
        "height": head + FOOT + ROW * len(picture.labels),
        "margin": {"l": NAMES, "r": 12, "t": head, "b": FOOT},
        "bargap": 0.35,
        "annotations": [],
        "shapes": [],
    }
    for place, panel in enumerate(picture.panels):
        number = "" if place == 0 else str(place + 1)
        start = place * (width + GAP)
        layout[f"xaxis{number}"] = _across(colours, panel, (start, start + width), number)
        layout[f"yaxis{number}"] = _down(colours, picture, number)
        layout["annotations"].append(_title(colours, panel, start))
        layout["shapes"].append(_nothing(colours, panel, number))
    layout["shapes"] += [_marked(colours, row) for row in picture.marked]
    if not picture.trained:
        layout["annotations"].append(
            page.untrained(colours, y=1, yanchor="bottom", yshift=8 + LINE)
        )
    traces = [_bars(colours, picture, place) for place in range(count)]
    return go.Figure({"data": traces, "layout": layout})


def _bars(colours: Theme, picture: EvidencePicture, place: int) -> dict[str, Any]:
    panel, number = picture.panels[place], "" if place == 0 else str(place + 1)
    colour = colours.truth if panel.truth else colours.shades("DNASE").fill
    whiskers = np.nan_to_num(panel.spread) if panel.spread is not None else None
    told = f"{panel.title} <b>%{{customdata:.4~g}}</b> {panel.unit}"
    return {
        "type": "bar", "orientation": "h", "name": panel.title,
        "y": list(range(len(picture.labels))), "base": panel.nothing,
        "x": (panel.values - panel.nothing).tolist(),
        "xaxis": f"x{number}", "yaxis": f"y{number}",
        "marker": {"color": colour, "opacity": np.where(picture.unranked, 0.35, 1.0).tolist()},
        "customdata": panel.values.tolist(), "text": list(picture.labels), "textposition": "none",
        "hovertemplate": f"%{{text}}<br>{told}<extra></extra>",
    } | (
        {} if whiskers is None else
        {"error_x": {"array": whiskers.tolist(), "thickness": 1, "width": 3, "color": colours.ink}}
    )  # fmt: skip


def _across(
    colours: Theme, panel: Panel, domain: tuple[float, float], number: str
) -> dict[str, Any]:
    small = {"size": page.SMALL, "color": colours.muted}
    return {
        "domain": domain, "anchor": f"y{number}", "range": panel.limits, "fixedrange": True,
        "title": {"text": panel.unit, "font": small, "standoff": 6}, "tickfont": small,
        "showgrid": False, "zeroline": False, "ticks": "outside", "ticklen": 3, "nticks": 5,
        "tickcolor": colours.hairline, "showline": True, "linecolor": colours.hairline,
    }  # fmt: skip


def _down(colours: Theme, picture: EvidencePicture, number: str) -> dict[str, Any]:
    rows = len(picture.labels)
    return {
        "anchor": f"x{number}", "range": [rows - 0.5, -0.5], "fixedrange": True,
        "showgrid": False, "zeroline": False, "showline": False, "ticks": "",
        "tickvals": list(range(rows)), "ticktext": _names(picture),
        "showticklabels": number == "", "tickfont": {"size": page.SIZE, "color": colours.ink},
    }  # fmt: skip


def _names(picture: EvidencePicture) -> list[str]:
    """Labels of the rows, bold where they are marked."""
    return [
        f"<b>{label}</b>" if row in picture.marked else label
        for row, label in enumerate(picture.labels)
    ]


def _marked(colours: Theme, row: int) -> dict[str, Any]:
    return {
        "type": "rect", "xref": "paper", "yref": "y", "layer": "below", "x0": 0, "x1": 1,
        "y0": row - 0.5, "y1": row + 0.5, "fillcolor": colours.highlight, "line": {"width": 0},
    }  # fmt: skip


def _title(colours: Theme, panel: Panel, x: float) -> dict[str, Any]:
    note = (
        f' <span style="color:{colours.muted};font-size:{page.SMALL}px">{panel.note}</span>'
        if panel.note
        else ""
    )
    return {
        "text": f"<b>{panel.title}</b>{note}", "x": x, "y": 1, "xref": "paper", "yref": "paper",
        "showarrow": False, "xanchor": "left", "yanchor": "bottom", "yshift": 8,
    }  # fmt: skip


def _nothing(colours: Theme, panel: Panel, number: str) -> dict[str, Any]:
    return {
        "type": "line", "xref": f"x{number}", "yref": f"y{number} domain", "layer": "above",
        "x0": panel.nothing, "x1": panel.nothing, "y0": 0, "y1": 1,
        "line": {"width": 1, "color": colours.muted},
    }  # fmt: skip
