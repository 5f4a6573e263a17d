"""What a variant changes, by biosample and assay: of the tracks of each, the one that changes most."""

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from app.asking.scene import Scene
from app.figures.ramps import SHADES, ramp
from app.locus import matrix
from app.variant.varying import Ranking
from enformer.tracks import TrackTable
from interpret.effects import VariantEffect
from interpret.scores import SCORES

MOST_ROWS = 100
"""Biosamples listed, the most changed first."""


def table(effect: VariantEffect, tracks: TrackTable, ranking: Ranking) -> pd.DataFrame:
    """Scores with a row for each biosample and a column for each kind of assay; NaN where there is no track.

    Args:
        effect: of the variant.
        tracks: of the model.
        ranking: whose score, and which track of several counts.
    """
    rows = effect.ranked(ranking.score, sum(effect.track_counts), ranking.order, tracks)
    rows = rows[rows["head"] == ranking.head]
    named = rows.assign(biosample=matrix.biosamples(rows), kind=matrix.kinds(rows))
    first = named.drop_duplicates(["biosample", "kind"])
    found = first.pivot(index="biosample", columns="kind", values=ranking.score)
    listed = list(dict.fromkeys(first["biosample"]))[:MOST_ROWS]
    return found.loc[listed, list(dict.fromkeys(first["kind"]))]


def draw(effect: VariantEffect, shown: Scene, ranking: Ranking) -> None:
    """The table, closed until it is asked for."""
    found = table(effect, shown.checkpoint.tracks, ranking)
    with st.expander("By biosample and assay", icon=":material/grid_on:"):
        dark = st.context.theme.type == "dark"
        st.dataframe(coloured(found, dark).format("{:.3g}", na_rep=""), height="content")
        st.caption(
            f"{ranking.score} of the track that changes most, {SCORES[ranking.score].unit}. Colours are "
            "symmetric about 0."
        )


def coloured(found: pd.DataFrame, dark: bool) -> "pd.io.formats.style.Styler":
    """The same on a diverging scale that is symmetric about 0."""
    shades = ramp(True, dark)
    most = float(np.nanmax(np.abs(found.to_numpy()), initial=0.0)) or 1.0

    def look(value: Any) -> str:
        if np.isnan(value):
            return ""
        red, green, blue = shades[round((value / most + 1) / 2 * (SHADES - 1))].tolist()
        ink = "black" if 0.299 * red + 0.587 * green + 0.114 * blue > 140 else "white"
        return f"background-color: rgb({red},{green},{blue}); color: {ink}"

    return found.style.map(look)
