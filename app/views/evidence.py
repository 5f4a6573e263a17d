"""The Evidence view: candidate elements of a target, and what each method says of them, side by side."""

import re

import streamlit as st

from app import (
    candidates,
    evidencing,
    header,
    picker,
    result_files,
    services,
    state,
    targets,
    toolbar,
    widgets,
)
from app.evidence_files import EvidenceFiles
from app.evidencing import SHUFFLES, STEPS, Effort
from app.figures import page
from app.figures.evidence_data import describe
from app.figures.evidence_plotly import evidence_figure
from app.scene import Scene
from app.seat import Seat
from interpret.evidence_summary import Evidence

CAUTION = """Attention says where the model looked, contributions what its answer is made of, a knock-out \
what it would answer without the element. They often disagree, and none of them is an experiment."""


def draw(query: state.Query, shown: Scene, seat: Seat) -> None:
    """What is explained, the candidates, and what each method says of them."""
    tracks = picker.shown_tracks(query.tracks, shown.checkpoint, shown.head)
    target = targets.target_of(query, shown, tracks)
    targets.choose(target, shown, tracks)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        source, effort = candidates.choose(shown), _effort()
        bar = st.container(horizontal=True, key="toolbar")
    st.markdown(f"Explained: **{widgets.plain(targets.sentence(target, shown))}**")
    st.caption(CAUTION)
    elements = candidates.elements(source, shown, target, seat)
    if not elements:
        st.info("No candidate element lies whole in the window.", icon=":material/search_off:")
        return
    asked = evidencing.request(shown, target, elements, effort)
    found = services.kept_explanation(asked)
    if found is None:
        st.caption(f"About {effort.passes(len(elements))} forward passes.")
        found = widgets.ready(evidencing.gather(asked, shown, seat), seat)
    picture = evidencing.picture(found, shown)
    files = EvidenceFiles(found, picture, _stem(found, shown))
    with bar:
        toolbar.menus(lambda: result_files.menu(files, state.EVIDENCE_WIDTH, "element"), query)
    _figure(files)
    st.markdown(widgets.plain(found.summary))
    with st.expander("Table"):
        st.dataframe(found.table(), hide_index=True)


def _effort() -> Effort:
    for key, value in ((state.EVIDENCE_STEPS, STEPS[1]), (state.EVIDENCE_SHUFFLES, SHUFFLES[0])):
        st.session_state.setdefault(key, value)
    shuffles = st.selectbox(
        "Shuffles", SHUFFLES, key=state.EVIDENCE_SHUFFLES, on_change=state.touch, width=110,
        help="An element is knocked out by so many dinucleotide shuffles of itself.",
    )  # fmt: skip
    steps = st.selectbox(
        "Steps", STEPS, key=state.EVIDENCE_STEPS, on_change=state.touch, width=100,
        help="Of integrated gradients.",
    )  # fmt: skip
    return Effort(steps, shuffles)


def _figure(files: EvidenceFiles) -> None:
    figure = evidence_figure(files.picture, dark=st.context.theme.type == "dark")
    st.plotly_chart(
        figure, key=f"evidence_{state.redraws()}", theme=None, config=page.config(files.name),
        alt=describe(files.picture),
    )  # fmt: skip


def _stem(found: Evidence, shown: Scene) -> str:
    card = shown.checkpoint.card
    parts = [card.name, "" if card.trained else "untrained", shown.place.genome.assembly]
    text = "_".join([*filter(None, parts), str(found.interval), "evidence"])
    return re.sub(r"[^A-Za-z0-9.+_-]+", "-", text.replace(",", "")).strip("-")[:150]


header.run("evidence", draw)
