"""How a model was trained and what it reached, on the page: curves against the step, bars by assay."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from app.figures import page
from app.figures.palette import Theme, kind_of

HEIGHT = 250
BAR = 26
"""Px of a bar with its gap."""
_DASHES = ("solid", "dot", "dash", "dashdot")
LOSS, RIGHT_PANEL = (0.0, 0.38), (0.5, 1.0)
"""Shares of the width."""

Curves = Mapping[str, Sequence[float | None]]


def training_figure(history: Curves, *, dark: bool = False) -> go.Figure:
    """Loss and validation figures against the step.

    Args:
        history: of a card; columns named `head/assay` are mean Pearson correlations on validation windows.
        dark: for a dark page.
    """
    colours, steps = page.theme(dark), history["step"]
    measured = {name: values for name, values in history.items() if "/" in name}
    heads = list(dict.fromkeys(name.partition("/")[0] for name in measured))
    traces = [_line("loss", steps, history.get("loss", ()), colours.ink, "solid", "")]
    for name, values in measured.items():
        head, _, assay = name.partition("/")
        dash = _DASHES[heads.index(head) % len(_DASHES)]
        traces.append(_line(name, steps, values, colours.shades(_kind(assay)).line, dash, "2"))
    layout = page.base_layout(colours) | {
        "height": HEIGHT,
        "margin": {"l": 56, "r": 8, "t": 30, "b": 44},
        "hovermode": "x",
        "xaxis": _axis(colours, "step", domain=LOSS),
        "yaxis": _axis(colours, anchor="x"),
        "xaxis2": _axis(colours, "step", domain=RIGHT_PANEL, anchor="y2"),
        "yaxis2": _axis(colours, anchor="x2", rangemode="tozero"),
        "annotations": [
            _title("<b>Training loss</b>", LOSS[0]),
            _title(_legend(measured, heads, colours), RIGHT_PANEL[0]),
        ],
    }
    return go.Figure({"data": traces, "layout": layout})


def _legend(measured: Curves, heads: Sequence[str], colours: Theme) -> str:
    """What colours and dashes of the right panel mean."""
    assays = dict.fromkeys(name.partition("/")[2] for name in measured)
    words = [f"<span style='color:{colours.shades(_kind(assay)).line}'>━ {assay}</span>"
             for assay in assays]  # fmt: skip
    lines = dict(zip(heads, ("solid", "dotted", "dashed", "dash-dotted"), strict=False))
    how = ", ".join(f"{head} {line}" for head, line in lines.items()) if len(heads) > 1 else ""
    return "<b>Pearson, validation</b> " + " ".join(words) + (f" ({how})" if how else "")


def _line(
    name: str, x: Sequence[Any], y: Sequence[Any], colour: str, dash: str, axis: str
) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "lines", "name": name, "x": list(x), "y": list(y),
        "xaxis": f"x{axis}", "yaxis": f"y{axis}", "connectgaps": True,
        "line": {"width": 1.6, "color": colour, "dash": dash},
        "hovertemplate": f"{name} <b>%{{y:.4~g}}</b><extra></extra>",
    }  # fmt: skip


def bars_figure(pearson: pd.Series, *, dark: bool = False) -> go.Figure:
    """One bar for each assay of each head.

    Args:
        pearson: mean correlations by (head, assay).
        dark: for a dark page.
    """
    colours = page.theme(dark)
    several = len({head for head, _ in pearson.index}) > 1
    names = [f"{head} {assay}" if several else assay for head, assay in pearson.index]
    bars = {
        "type": "bar", "orientation": "h", "y": names, "x": pearson.tolist(),
        "marker": {"color": [colours.shades(_kind(assay)).fill for _, assay in pearson.index]},
        "text": [f"{value:.2f}" for value in pearson], "textposition": "outside",
        "cliponaxis": False, "hovertemplate": "%{y} <b>%{x:.3f}</b><extra></extra>",
    }  # fmt: skip
    layout = page.base_layout(colours) | {
        "height": 60 + BAR * len(names),
        "margin": {"l": 130, "r": 36, "t": 8, "b": 44},
        "bargap": 0.3,
        "xaxis": _axis(colours, "mean Pearson, held out", range=[min(0.0, pearson.min()), 1]),
        "yaxis": _axis(colours) | {"autorange": "reversed", "ticks": "", "automargin": True},
    }
    return go.Figure({"data": [bars], "layout": layout})


def _kind(assay: str) -> str:
    """The colour of `CHIP:H3K27ac`, and of plain assays."""
    return kind_of(*assay.partition(":")[::2])


def _title(text: str, x: float) -> dict[str, Any]:
    return {
        "text": text, "x": x, "y": 1, "xref": "paper", "yref": "paper", "showarrow": False,
        "xanchor": "left", "yanchor": "bottom", "yshift": 8,
    }  # fmt: skip


def _axis(colours: Theme, title: str = "", **more: Any) -> dict[str, Any]:
    small = {"size": page.SMALL, "color": colours.muted}
    return {
        "title": {"text": title, "font": small, "standoff": 6}, "tickfont": small,
        "fixedrange": True, "showgrid": False, "zeroline": False, "ticks": "outside", "ticklen": 3,
        "tickcolor": colours.hairline, "showline": True, "linecolor": colours.hairline,
    } | more  # fmt: skip
