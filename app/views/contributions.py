"""The Contributions view: which bases a target is made of, from the whole window to single letters."""

from dataclasses import replace

import streamlit as st

from app import (
    contributing,
    contribution_downloads,
    header,
    knocking,
    knockout_panel,
    marking,
    motif_marks,
    picker,
    side_by_side,
    state,
    targets,
    toolbar,
    truth_panel,
    ways,
    widgets,
)
from app.figures.contribution_data import BARS_UP_TO, ContributionPicture, describe
from app.figures.contribution_plotly import contribution_figure
from app.scene import Scene
from app.seat import Seat
from app.ways import Way
from enformer.tracks import TrackId
from interpret.contributions import Contributions
from interpret.target import Target


def draw(query: state.Query, shown: Scene, seat: Seat) -> None:
    """What is explained and how, the result, the picture of it, what is lost without a part."""
    tracks = picker.shown_tracks(query.tracks, shown.checkpoint, shown.head)
    target, (way, beside) = targets.target_of(query, shown, tracks), ways.pair(query.method)
    targets.choose(target, shown, tracks)
    with st.container(horizontal=True, vertical_alignment="bottom", key="method"):
        ways.choose(way, beside)
        said = st.container(width=490)  # goes to the next row where there is no room
    if beside is not None:
        with st.container(horizontal=True, vertical_alignment="bottom", key="second_method"):
            ways.choose_second(way, beside)
    said.markdown(f"Explained: **{widgets.plain(targets.sentence(target, shown))}**")
    bar = st.container(horizontal=True, key="toolbar")
    with st.container(horizontal=True, vertical_alignment="center", key="truth"):
        tissue = truth_panel.choose(query, shown, _explained(target))
    found = contributing.contributions(shown, target, way, seat)
    settled = contributing.settled(found, way)
    other = contributing.second(shown, target, beside, seat) if beside and settled else None
    ready = settled and (beside is None or other is not None)
    wanted, count = knocking.parts(query.knockouts, shown), knockout_panel.shuffles_now()
    lost = knocking.outcome(wanted, found, shown, seat, count, ready)
    washes = (*knocking.marks(lost.done, shown.view), *marking.highlights(query, shown))
    locus = contributing.locus_of(shown, target, header.genes(shown, seat), tissue, washes)
    picture = contributing.picture(found, shown, locus)
    if other is not None:
        picture = replace(picture, second=contributing.picture(other, shown, locus))
    if picture.gap:
        said.caption(f"{widgets.plain(picture.gap)}.")
    if shown.parsed.variant is not None:
        said.caption("The reference is explained; the variant is only marked.")
    if settled:
        picture = _named(picture, found, way, target, shown, seat)
    files = contribution_downloads.Files(found, picture, other, lost.done)
    with bar:
        toolbar.zoom_buttons(shown)
        knockout_panel.button(shown, side_by_side.part_in_view(shown))
        toolbar.menus(lambda: contribution_downloads.menu(files), query)
    figure = contribution_figure(picture, dark=st.context.theme.type == "dark")
    toolbar.chart(figure, picture.locus, describe(picture), files.stem)
    if other is not None:
        side_by_side.draw(found, other, shown)
    knockout_panel.draw(lost, seat)


def _named(
    picture: ContributionPicture,
    found: Contributions,
    way: Way,
    target: Target,
    shown: Scene,
    seat: Seat,
) -> ContributionPicture:
    """The same with the motifs under its peaks, where single bases are drawn."""
    if shown.view.length > BARS_UP_TO:
        st.caption(f"Motifs under the peaks are named from {BARS_UP_TO:,} bp in view on.")
        return picture
    peaks = motif_marks.peaks_of(found, way.request(shown, target), shown, seat)
    if peaks is None:
        return picture
    st.caption(widgets.plain(motif_marks.said(peaks, shown.view)), width="stretch")
    return replace(picture, called=motif_marks.called(peaks, shown.view))


def _explained(target: Target) -> tuple[TrackId, ...]:
    return tuple(TrackId(target.head, index) for index in target.tracks)


header.run("contributions", draw)
