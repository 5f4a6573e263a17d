"""How lanes are drawn: the scale of their axes and what they are grouped by."""

import streamlit as st

from app import state
from app.figures.scale import Scale
from app.locus import grouping

_SCALES = {False: "Linear", True: "log1p"}
_SHARED = {False: "Each its own", True: "One for each assay"}


def menu(query: state.Query, heads: int) -> None:
    """A button that opens the choices.

    Args:
        query: what is asked.
        heads: output heads of the model; one is nothing to group by.
    """
    scale = Scale.parse(query.scale)
    offered = [by for by in grouping.GROUPS if by != "head" or heads > 1]
    now = {
        state.LANE_SCALE: scale.log,
        state.LANE_SHARED: scale.shared,
        state.LANE_GROUP: query.group if query.group in offered else "",
    }
    st.session_state.update(now)
    with st.popover("Lanes", icon=":material/tune:"):
        st.segmented_control(
            "Value axes", list(_SCALES), format_func=_SCALES.__getitem__, key=state.LANE_SCALE,
            required=True, on_change=_chosen,
            help="log1p draws ln(1 + value): low values are seen beside high peaks. Ticks are values.",
        )  # fmt: skip
        st.segmented_control(
            "Range", list(_SHARED), format_func=_SHARED.__getitem__, key=state.LANE_SHARED,
            required=True, on_change=_chosen,
            help="Heights can be compared between tracks of one assay only if they share an axis.",
        )  # fmt: skip
        st.segmented_control(
            "Group tracks by", offered, format_func=grouping.GROUPS.__getitem__, key=state.LANE_GROUP,
            required=True, on_change=_chosen,
        )  # fmt: skip


def _chosen() -> None:
    """Ask for what the widgets say."""
    session = st.session_state
    scale = Scale(session[state.LANE_SCALE], session[state.LANE_SHARED])
    state.choose_lanes(str(scale), session[state.LANE_GROUP])
