"""Candidate elements of files that this session has brought already: BED on its shelf."""

from collections.abc import Mapping

import streamlit as st

from app import services, state
from app.locus.own_files import Features
from app.locus.shelf import OwnTrack
from enformer.coordinates import Interval
from interpret.elements import Element

ANOTHER = "another"
"""Among the choices: a file that is given in the Evidence view alone."""


def files() -> Mapping[str, OwnTrack]:
    """Those that hold intervals, by their keys, in the order they came."""
    return {own.key: own for own in services.shelf().tracks if own.kind == "intervals"}


def elements(own: OwnTrack) -> tuple[Element, ...]:
    """All intervals of one of them, on contigs as it calls them."""
    assert isinstance(own.content, Features), "only intervals are offered"
    return tuple(
        Element(Interval(gene.contig, gene.start, gene.end), gene.symbol)
        for gene in own.content.index.genes
    )


def chosen() -> OwnTrack | None:
    """The one whose elements are the candidates; None where another file is given, or none was brought."""
    brought = files()
    key = st.session_state.get(state.EVIDENCE_OWN, next(iter(brought), ANOTHER))
    return brought.get(key, None if key == ANOTHER else next(iter(brought.values()), None))


def choose() -> OwnTrack | None:
    """The same, with the list to choose it from where there is any."""
    brought, now = files(), chosen()
    if not brought:
        return None
    st.session_state[state.EVIDENCE_OWN] = ANOTHER if now is None else now.key
    st.selectbox(
        "Elements of", [*brought, ANOTHER], key=state.EVIDENCE_OWN, width=340, on_change=state.touch,
        format_func=lambda key: f"{brought[key].name}, your file" if key in brought else "Another BED file",
        persist_state="session", help="Files that you brought in Locus or Variant, under Your files.",
    )  # fmt: skip
    return chosen()
