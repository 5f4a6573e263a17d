"""Shapes and words of a Plotly figure, in the figure's own share of width and height."""

from typing import Any

Spec = dict[str, Any]
"""A part of a Plotly figure."""


def box(x: str, x0: float, y0: float, x1: float, y1: float, fill: str) -> Spec:
    """A filled rectangle; `x` is the axis of its sides, or paper."""
    return {
        "type": "rect", "xref": x, "yref": "paper", "x0": x0, "x1": x1, "y0": y0, "y1": y1,
        "fillcolor": fill, "line": {"width": 0},
    }  # fmt: skip


def line(
    x0: float, y0: float, x1: float, y1: float, colour: str, x: str = "paper", dash: str = "solid"
) -> Spec:
    """A line, a pixel wide."""
    return {
        "type": "line", "xref": x, "yref": "paper", "x0": x0, "x1": x1, "y0": y0, "y1": y1,
        "line": {"color": colour, "width": 1, "dash": dash},
    }  # fmt: skip


def text(words: str, x: float, y: float, **more: Any) -> Spec:
    """Words that begin at a place, in the middle of their height."""
    return {
        "text": words, "x": x, "y": y, "xref": "paper", "yref": "paper", "showarrow": False,
        "xanchor": "left", "yanchor": "middle", "align": "left",
    } | more  # fmt: skip
