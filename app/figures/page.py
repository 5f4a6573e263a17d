"""How figures look and behave on the page, whatever they show."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from app.figures.palette import DARK, FONTS, LIGHT, Theme

SIZE = 12
"""Px of ordinary text."""
SMALL = 11
"""Px of units, ticks and notes."""
FONT_STACK = ", ".join([*FONTS, "sans-serif"])


def theme(dark: bool) -> Theme:
    """Colours for the page's background."""
    return DARK if dark else LIGHT


def translucent(colour: str, opacity: float) -> str:
    """`#rrggbb` as Plotly's rgba."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def base_layout(colours: Theme) -> dict[str, Any]:
    """Layout that every Plotly figure starts from, so that Streamlit's own theme is not needed."""
    return {
        "template": None,
        "paper_bgcolor": colours.background,
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT_STACK, "size": SIZE, "color": colours.ink},
        "showlegend": False,
        "hoverlabel": {
            "bgcolor": colours.background,
            "font": {"family": FONT_STACK, "size": SIZE, "color": colours.ink},
        },
    }


UNTRAINED = "NEVER TRAINED: random weights, no biological meaning"


def untrained(colours: Theme, **where: Any) -> dict[str, Any]:
    """The words that every figure of such weights bears, at the right."""
    return {
        "text": f"<b>{UNTRAINED}</b>", "xref": "paper", "yref": "paper", "x": 1, "showarrow": False,
        "xanchor": "right", "yanchor": "middle", "font": {"color": colours.accent},
    } | where  # fmt: skip


def clickable(starts: np.ndarray) -> dict[str, Any]:
    """What makes invisible markers of bases out of a trace: a click on one chooses it.

    Args:
        starts: 0-based position of each marker's base.
    """
    unseen = {"marker": {"opacity": 0}}
    return {
        "mode": "markers", "marker": {"size": 4, "opacity": 0}, "selected": unseen,
        "unselected": unseen, "customdata": starts,
    }  # fmt: skip


def clicked_base(points: Sequence[Mapping[str, Any]]) -> int | None:
    """The 0-based position of the base that was chosen; None where something else was."""
    for point in points:
        known = point.get("customdata")
        start = known[0] if isinstance(known, list | tuple) and known else known
        if isinstance(start, int | float):
            return int(start)
    return None


def config(file_name: str) -> dict[str, Any]:
    """Plotly's behaviour: no zoom of its own, a camera that writes SVG with live text."""
    return {
        "displaylogo": False,
        "scrollZoom": False,
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": {"format": "svg", "filename": file_name, "scale": 1},
    }
