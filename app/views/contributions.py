"""The Contributions view: which bases a target is made of, from the whole window to single letters."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from app import header, state, targets, widgets
from app.asking import marking, toolbar
from app.asking.scene import Scene
from app.computing.seat import Seat
from app.contributions import (
    alleles,
    contributing,
    contribution_downloads,
    knocking,
    knockout_panel,
    motif_library,
    motif_marks,
    side_by_side,
    ways,
)
from app.contributions.ways import BESIDE, Way
from app.figures.contribution_data import describe
from app.figures.contribution_plotly import contribution_figure
from app.locus import picker
from app.sheet.single import Single
from app.truth import truth_panel
from enformer.tracks import TrackId
from interpret.target import Target


def draw(query: state.Query, shown: Scene, seat: Seat) -> None:
    """What is explained and how, the result, the picture of it, what is lost without a part."""
    tracks = picker.shown_tracks(query.tracks, shown.checkpoint, shown.head)
    target, (way, beside) = targets.target_of(query, shown, tracks), ways.pair(query.method)
    allele = alleles.allele_of(query, shown)
    targets.choose(target, shown, tracks)
    row = {"horizontal": True, "vertical_alignment": "bottom"}
    with (first := st.container(**row, key="method")):
        alleles.choose(allele, shown)
        ways.choose(way, beside)
    with st.container(**row, key="second_method") if beside else first:
        if beside is not None:
            ways.choose_second(way, beside)
        said = st.container(width=490)  # goes to the next row where there is no room
    said.markdown(f"Explained: **{widgets.plain(targets.sentence(target, shown))}**")
    bar = st.container(horizontal=True, key="toolbar")
    with st.container(horizontal=True, vertical_alignment="center", key="truth"):
        tissue = truth_panel.choose(query, shown, _explained(target))
    found = contributing.contributions(shown, target, way, seat, allele)
    settled = contributing.settled(found, way)
    other = contributing.second(shown, target, beside, seat, allele) if beside and settled else None
    ready = settled and (beside is None or other is not None)
    not_here = "" if allele == alleles.REF else alleles.OF_REF
    wanted = () if not_here else knocking.parts(query.knockouts, shown)
    count = knockout_panel.shuffles_now()
    lost = knocking.outcome(wanted, found, shown, seat, count, ready)
    washes = (*knocking.marks(lost.done, shown.view), *marking.highlights(query, shown))
    genes = header.genes(shown, seat)
    locus = contributing.locus_of(shown, target, genes, tissue, washes)
    picture = contributing.picture(found, shown, locus)
    if other is not None:
        picture = replace(picture, second=contributing.picture(other, shown, locus))
    if picture.gap:
        said.caption(f"{widgets.plain(picture.gap)}.")
    if shown.parsed.variant is not None:
        said.caption(widgets.plain(alleles.said(allele, shown)))
    if settled and (of_peaks := alleles.with_motifs(found)) is not None:
        asked = alleles.requests(shown, target, way, allele)[0]
        picture = motif_marks.named(picture, of_peaks, asked, shown, seat)
    methods = [way if settled else Way(both=way.both)]
    methods += [beside] if beside and other else []
    single = Single.of(
        "contributions", _drawn(query, methods, lost), shown, target=target, genes=genes,
        shuffles=count, motifs="" if picture.called is None else motif_library.name(shown),
    )  # fmt: skip
    files = contribution_downloads.Files(found, picture, other, lost.done, single)
    with bar:
        toolbar.zoom_buttons(shown)
        knockout_panel.button(side_by_side.part_in_view(shown), not_here)
        toolbar.menus(lambda: contribution_downloads.menu(files), query)
    figure = contribution_figure(picture, dark=st.context.theme.type == "dark")
    toolbar.chart(figure, picture.locus, describe(picture), files.stem, bases=picture.clickable)
    if other is not None:
        side_by_side.draw(found, other, shown)
    knockout_panel.draw(lost, seat)


def _drawn(query: state.Query, methods: Sequence[Way], lost: knocking.Outcome) -> state.Query:
    """The question of what is drawn: less than what was asked for, while that is being computed."""
    knocked = tuple((one.region.start, one.region.end) for one in lost.done)
    return replace(query, method=BESIDE.join(map(str, methods)), knockouts=knocked)


def _explained(target: Target) -> tuple[TrackId, ...]:
    return tuple(TrackId(target.head, index) for index in target.tracks)


header.run("contributions", draw)
