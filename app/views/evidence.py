"""The Evidence view: candidate elements of a target, and what each method says of them, side by side."""

import re
from dataclasses import astuple, replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app import header, result_files, state, targets, widgets
from app.asking import marking, toolbar
from app.asking.scene import Scene
from app.computing.seat import Seat
from app.evidence import candidates, evidence_panel, evidence_way, evidencing
from app.evidence.evidence_files import EvidenceFiles
from app.evidence.evidence_way import EvidenceWay
from app.evidence.evidencing import Asked, Parts
from app.locus import picker
from app.sheet.single import Single
from interpret.evidence_summary import Evidence

CAUTION = """Attention says where the model looked, contributions what its answer is made of, a knock-out \
what it would answer without the element. They often disagree, and none of them is an experiment. Click a \
bar to mark its element in all views."""


def draw(query: state.Query, shown: Scene, seat: Seat) -> None:
    """What is explained, the candidates, and what each method says of them so far."""
    tracks = picker.shown_tracks(query.tracks, shown.checkpoint, shown.head)
    target = targets.target_of(query, shown, tracks)
    way = EvidenceWay.parse(query.evidence).on(shown)
    targets.choose(target, shown, tracks)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        evidence_way.choose(way, shown)
        bar = st.container(horizontal=True, key="toolbar")
    st.markdown(f"Explained: **{widgets.plain(targets.sentence(target, shown))}**")
    st.caption(CAUTION)
    elements = candidates.elements(way.source, shown, target, seat)
    if not elements:
        st.info("No candidate element lies whole in the window.", icon=":material/search_off:")
        return
    asked = Asked(shown, target, elements, way)
    parts = evidencing.gather(asked, seat)
    _picture(query, asked, parts, bar)
    if parts.jobs:
        st.caption(
            f"About {asked.passes} forward passes in all; each part is drawn when it is there."
        )
    evidence_panel.progress(asked, parts, seat)


def _picture(query: state.Query, asked: Asked, parts: Parts, bar: DeltaGenerator) -> None:
    """What is there; words and files when nothing is missing any more."""
    found, notes = evidencing.evidence_of(asked, parts.results), parts.notes(len(asked.elements))
    picture = evidencing.picture(found, asked.shown, notes, marking.region(query, asked.shown))
    files = EvidenceFiles(found, picture, _stem(found, asked.shown), _single(query, asked))
    menu = None if notes else lambda: result_files.menu(files, state.EVIDENCE_WIDTH, "element")
    with bar:
        toolbar.menus(menu, query)
    evidence_panel.figure(files)
    if not notes:
        st.markdown(widgets.plain(found.summary))
    with st.expander("Table"):
        evidence_panel.table(found.table(), found.elements)


def _single(query: state.Query, asked: Asked) -> Single:
    """What the figure is drawn again from: the elements themselves, whatever file they came from."""
    elements = [[*astuple(one.interval), one.name, one.score] for one in asked.elements]
    asking = replace(query, evidence=str(asked.way))
    return Single.of("evidence", asking, asked.shown, target=asked.target, elements=elements)


def _stem(found: Evidence, shown: Scene) -> str:
    card = shown.checkpoint.card
    parts = [card.name, "" if card.trained else "untrained", shown.place.genome.assembly]
    text = "_".join([*filter(None, parts), str(found.interval), "evidence"])
    return re.sub(r"[^A-Za-z0-9.+_-]+", "-", text.replace(",", "")).strip("-")[:150]


header.run("evidence", draw)
