"""The Locus view: a place, its genes, and what the model predicts there."""

from dataclasses import replace

import streamlit as st

from app import downloads, header, services, state, widgets
from app.asking import toolbar
from app.asking.scene import Scene
from app.computing.seat import Seat
from app.figures.alt_text import describe
from app.figures.locus_plotly import locus_figure
from app.locus import attention_track, drawn, grouping, lanes_menu, own_panel, picker
from app.sheet.single import Single
from app.truth import truth_panel
from enformer.tracks import TrackId


def draw(query: state.Query, shown: Scene, seat: Seat) -> None:
    """The tracks, the answer and the picture of it."""
    checkpoint, table = shown.checkpoint, shown.checkpoint.tracks
    tracks = _tracks(query, shown)
    own = own_panel.choose(tracks, checkpoint)
    if shown.beyond:
        st.warning(shown.beyond, icon=":material/warning:")
    bar = st.container(horizontal=True, key="toolbar")
    with st.container(horizontal=True, vertical_alignment="center", key="truth"):
        tissue = truth_panel.choose(query, shown, tracks)
    answer = widgets.ready(
        services.answer(checkpoint, shown.place, shown.window, shown.parsed, seat), seat
    )
    genes = header.genes(shown, seat)
    predicted = drawn.picture(query, shown, answer, tracks, genes, tissue)
    truth_panel.said(shown, tissue)
    # the lanes of files stand beside those of tracks, so that of attention comes last
    without, brought = own_panel.added(own, predicted, tracks, table)
    picture = attention_track.added(without, query, shown, seat)
    asked = query if picture is not without else replace(query, slice="")
    target = attention_track.target_of(asked, shown) if asked.slice else None
    single = Single.of("locus", asked, shown, tracks=tracks, target=target, genes=genes)
    files = downloads.Shown(
        answer, picture, tracks, shown.contig_length, brought.columns, brought.about, single
    )
    with bar:
        toolbar.zoom_buttons(shown)
        lanes_menu.menu(query, len(table.heads))
        toolbar.menus(lambda: downloads.menu(files), query)
    # the page has a footer of its own
    figure = locus_figure(replace(picture, footer=""), dark=st.context.theme.type == "dark")
    toolbar.chart(figure, picture, describe(picture), files.stem)


def _tracks(query: state.Query, shown: Scene) -> tuple[TrackId, ...]:
    """Those that are drawn, from top to bottom, where they are chosen in the sidebar."""
    asked = picker.shown_tracks(query.tracks, shown.checkpoint, shown.head)
    count = f"Tracks, {len(asked)} shown"
    with st.sidebar.expander(count, icon=":material/stacks:", expanded=True):
        picker.choose_tracks(shown.checkpoint, asked, shown.head)
    return grouping.ordered(asked, shown.checkpoint.tracks, query.group)


header.run("locus", draw)
