"""How much attention goes to which distance, on the page."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float, Int

from app.figures import page
from app.figures.attention_data import number
from app.figures.data import round_up
from app.figures.palette import Theme
from interpret.attention_summary import AttentionDifference, AttentionSummary

HEIGHT = 220


@dataclass(frozen=True, eq=False)
class ProfilePicture:
    """Mean weight by distance.

    Attributes:
        offsets: bp from the token that attends to the one attended to.
        chosen: of one head.
        average: of all heads.
        name: of the head.
        difference: REF − ALT, on a linear scale.
    """

    offsets: Int[np.ndarray, " distances"]
    chosen: Float[np.ndarray, " distances"]
    average: Float[np.ndarray, " distances"]
    name: str
    difference: bool = False


def profile_picture(summary: AttentionSummary, chosen: tuple[int, int]) -> ProfilePicture:
    """Of one head of a summary."""
    return ProfilePicture(
        summary.offsets,
        summary.profile[chosen],
        summary.profile.mean((0, 1)),
        f"layer {chosen[0] + 1}, head {chosen[1] + 1}",
        isinstance(summary, AttentionDifference),
    )


def profile_figure(picture: ProfilePicture, *, dark: bool = False) -> go.Figure:
    """Draw it for the page."""
    colours = page.theme(dark)
    own = colours.shades("DNASE").line
    title = f"<span style='color:{own}'><b>━ {picture.name}</b></span>   " + (
        f"<span style='color:{colours.reference}'>━ mean of all heads</span>"
    )
    layout = page.base_layout(colours) | {
        "height": HEIGHT,
        "margin": {"l": 64, "r": 12, "t": 34, "b": 46},
        "hovermode": "x",
        "xaxis": _axis("key minus query (kb)", colours),
        "yaxis": _axis(_said(picture), colours) | _range(picture),
        "annotations": [{
            "text": title, "x": 0, "y": 1, "xref": "paper", "yref": "paper", "xanchor": "left",
            "yanchor": "bottom", "yshift": 6, "showarrow": False,
        }],
    }  # fmt: skip
    lines = [_line(picture, picture.average, "mean of all heads", colours.reference),
             _line(picture, picture.chosen, picture.name, own)]  # fmt: skip
    return go.Figure({"data": lines, "layout": layout})


def _said(picture: ProfilePicture) -> str:
    return "REF − ALT, mean weight" if picture.difference else "mean attention weight"


def _range(picture: ProfilePicture) -> dict[str, Any]:
    """Five powers of ten below the highest; a difference as it is."""
    if picture.difference:
        top = max(float(np.abs([picture.chosen, picture.average]).max()), 1e-12)
        ends = [-round_up(top), 0.0, round_up(top)]
        return {"tickvals": ends, "ticktext": [number(end) for end in ends],
                "range": [ends[0], ends[-1]]}  # fmt: skip
    top = float(np.log10(max(picture.chosen.max(), picture.average.max(), 1e-12)))
    powers = [10.0**power for power in range(int(top) - 6, int(top) + 2)]
    ticks = {"tickvals": powers, "ticktext": [number(power) for power in powers]}
    return ticks | {"type": "log", "range": [top - 5, top + 0.2]}


def _axis(title: str, colours: Theme) -> dict[str, Any]:
    small = {"size": page.SMALL, "color": colours.muted}
    return {
        "title": {"text": title, "font": small, "standoff": 6}, "tickfont": small,
        "fixedrange": True, "showgrid": False, "zeroline": False, "ticks": "outside",
        "ticklen": 3, "tickcolor": colours.hairline, "showline": True, "linecolor": colours.hairline,
    }  # fmt: skip


def _line(
    picture: ProfilePicture, values: Float[np.ndarray, " distances"], name: str, colour: str
) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "lines", "x": (picture.offsets / 1000).astype(np.float32),
        "y": values.astype(np.float32), "line": {"width": 1.2, "color": colour},
        "hovertemplate": f"{name} <b>%{{y:.3~g}}</b><extra></extra>",
    }  # fmt: skip
