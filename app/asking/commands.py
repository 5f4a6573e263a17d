"""What is always at hand beside the search box: undo, redo, and help with keys and notations."""

from collections.abc import Mapping

import streamlit as st

from app import state
from app.asking import keyboard
from app.widgets import plain

NOTATIONS = {
    "chr11:5,225,000-5,290,000": "a locus; 11:5225000-5290000 and tabs work, too",
    "chr11:5,227,002": "a position",
    "HBB": "a gene, by symbol, alias or Ensembl identifier",
    "chr11:5,227,002 T>A": "a variant; also chr11-5227002-T-A, or a line of a VCF",
    "rs334": "a variant by its rsID, looked up on the network",
    "NC_000011.10:g.5227002T>A": "a variant in HGVS or SPDI",
    "ACGT…": "a sequence of one's own, pasted",
}
"""What can be typed in the search box: an example, and what it is."""


def draw() -> None:
    """Buttons, in the container around."""
    st.button(
        "Undo", key="icon_undo", icon=":material/undo:", on_click=state.undo,
        disabled=not state.can_undo(), help="Undo the last change of the question (u)",
    )  # fmt: skip
    st.button(
        "Redo", key="icon_redo", icon=":material/redo:", on_click=state.redo,
        disabled=not state.can_redo(), help="Do again what was undone (Shift u)",
    )  # fmt: skip
    wants = st.button(
        "Help", key="icon_help", icon=":material/help:", on_click=state.touch,
        help="Keys, and what can be typed (?)",
    )  # fmt: skip
    if wants:
        _help()


@st.dialog("Help", icon=":material/help:", width="medium")
def _help() -> None:
    """All keys, and a line for each notation."""
    st.markdown(
        _table("Key", "While nothing is being typed", {k.label: k.about for k in keyboard.KEYS})
    )
    st.markdown(_table("Search box", "What it takes", NOTATIONS))
    st.caption(
        "Positions are counted from 1 and include both ends. A box drawn over a picture zooms to it."
    )


def _table(left: str, right: str, lines: Mapping[str, str]) -> str:
    rows = [f"| `{text}` | {plain(about)} |" for text, about in lines.items()]
    return "\n".join([f"| {left} | {right} |", "|-|-|", *rows])
