"""The switch that overlays what was planted, with its tissue: only where that is known."""

from collections.abc import Sequence

import streamlit as st

from app import state, widgets
from app.asking.scene import Scene
from app.figures.truth_data import LEGEND
from app.truth import truth
from enformer.tracks import TrackId

HELP = """The demo genome was written by rules, so what every enhancer, promoter and insulator in it does is \
known. Arcs link enhancers to the genes they act on; the line over a track is what the rules expect there."""


def choose(query: state.Query, shown: Scene, tracks: Sequence[TrackId]) -> str:
    """The widgets, in the container around.

    Args:
        query: what is asked.
        shown: before which model and genome.
        tracks: that are drawn; their tissue is offered first.

    Returns:
        The tissue whose truth is drawn; empty where none is.
    """
    if not truth.is_known(shown):
        return ""
    tissue = query.truth if query.truth in truth.TISSUES else ""
    first = truth.tissue_of(tracks, shown.checkpoint.tracks)
    st.session_state[state.TRUTH_SHOWN] = bool(tissue)
    st.toggle("Show truth", key=state.TRUTH_SHOWN, on_change=_switched, args=(first,), help=HELP)
    if tissue:
        st.session_state[state.TRUTH_TISSUE] = tissue
        st.segmented_control(
            "Tissue", truth.TISSUES, key=state.TRUTH_TISSUE, required=True, on_change=_tissue_chosen,
            label_visibility="collapsed",
        )  # fmt: skip
        st.caption(f"{LEGEND[0].upper()}{LEGEND[1:]}", width="content")
    return tissue


def _switched(first: str) -> None:
    state.choose_truth(first if st.session_state[state.TRUTH_SHOWN] else "")


def _tissue_chosen() -> None:
    state.choose_truth(st.session_state[state.TRUTH_TISSUE])


def said(shown: Scene, tissue: str) -> None:
    """What a variant truly does, where that is shown."""
    variant = shown.parsed.variant
    if not tissue or variant is None:
        return
    effect = truth.true_effect(variant, tissue)
    if effect is None:
        text = "The true effect is told for substitutions only: others move the bases behind them."
    else:
        text = f"Planted truth: {effect}."
        if effect.gene:
            text += (
                f" CAGE of {effect.gene} in {tissue}: {effect.before:.3g} → {effect.after:.3g} "
                "expected events."
            )
        elif effect.broken or effect.made:
            text += f" No gene's CAGE changes in {tissue}."
    st.markdown(f":material/verified: {widgets.plain(text)}")
