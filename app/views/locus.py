"""The Locus view: a place, its genes, and what the model predicts there."""

from dataclasses import replace

import streamlit as st

from app import downloads, header, services, state, widgets
from app.asking import marking, toolbar
from app.asking.scene import Scene
from app.computing.predictions import Answer
from app.computing.seat import Seat
from app.figures.alt_text import describe
from app.figures.data import LocusPicture, locus_picture
from app.figures.locus_plotly import locus_figure
from app.figures.scale import Scale
from app.locus import attention_track, grouping, lanes_menu, own_panel, picker
from app.truth import truth, truth_panel
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
    picture = _picture(shown, answer, tracks, query, seat)
    picture = truth.with_truth(picture, tissue, tracks, table)
    truth_panel.said(shown, tissue)
    picture, brought = own_panel.added(own, picture, tracks, table)
    picture = attention_track.added(picture, query, shown, seat)
    files = downloads.Shown(
        answer, picture, tracks, shown.contig_length, brought.columns, brought.about
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


def _picture(
    shown: Scene, answer: Answer, tracks: tuple[TrackId, ...], query: state.Query, seat: Seat
) -> LocusPicture:
    gene = shown.parsed.gene
    drawn = locus_picture(
        answer.reference,
        tracks,
        header.genes(shown, seat),
        shown.contig_length,
        shown.view,
        alt=answer.alternative,
        highlights=marking.highlights(query, shown),
        focus="" if gene is None else gene.symbol,
        scale=Scale.parse(query.scale),
    )
    return grouping.with_groups(drawn, tracks, shown.checkpoint.tracks, query.group)


header.run("locus", draw)
