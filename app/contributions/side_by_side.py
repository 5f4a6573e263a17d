"""Two methods of the Contributions view side by side: how alike they are, and how well each adds up."""

from typing import Any

import pandas as pd
import streamlit as st

from app import services, widgets
from app.asking.scene import Scene
from app.contributions import contributing
from enformer.coordinates import Interval
from interpret.contributions import Contributions
from interpret.likeness import Likeness, likeness


def draw(one: Contributions, other: Contributions, shown: Scene) -> None:
    """A row for the window and one for what is in view; then the gaps."""
    st.dataframe(table(one, other, shown), hide_index=True, column_config=_columns(), width=720)
    for name, found in (("First", one), ("Second", other)):
        gap = contributing.gap(found) or "this method has no sum that it should reach"
        said = f"{name}: {contributing.method(found)}. {gap[0].upper()}{gap[1:]}."
        st.caption(widgets.plain(said), width="stretch")


def table(one: Contributions, other: Contributions, shown: Scene) -> pd.DataFrame:
    """Correlations over the window, which are kept, and over what is in view."""
    key = f"likeness|{_key(one)}|{_key(other)}"
    whole = services.remembered(key, lambda: likeness(one, other))
    rows = [("whole window", whole), ("in view", likeness(one, other, shown.view))]
    return pd.DataFrame([_row(name, found) for name, found in rows])


def _key(found: Contributions) -> str:
    made = found.provenance
    return f"{found.target}|{found.interval}|{'' if made is None else made.to_json()}"


def _row(name: str, found: Likeness) -> dict[str, Any]:
    return {
        "over": name, "bases": found.positions, "pearson": found.pearson,
        "spearman": found.spearman, "signs": 100 * found.same_sign,
    }  # fmt: skip


def _columns() -> dict[str, Any]:
    number = st.column_config.NumberColumn
    return {
        "over": "Over",
        "bases": number("Bases", format="localized"),
        "pearson": number("Pearson", format="%.3f", help="Of the contributions of all positions."),
        "spearman": number("Spearman", format="%.3f", help="Of their ranks: how the many small ones agree."),
        "signs": number("Same sign (%)", format="%.1f", help="Of positions where neither is 0."),
    }  # fmt: skip


def part_in_view(shown: Scene) -> Interval:
    """What is in view and on the contig."""
    return shown.view.intersect(Interval(shown.window.contig, 0, shown.contig_length)) or shown.view
