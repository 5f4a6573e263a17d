"""The Contributions view: which bases a target is made of, from the whole window to single letters."""

import streamlit as st

from app import (
    contributing,
    contribution_downloads,
    header,
    picker,
    state,
    targets,
    toolbar,
    truth_panel,
    ways,
    widgets,
)
from app.figures.contribution_data import describe
from app.figures.contribution_plotly import contribution_figure
from app.scene import Scene
from app.seat import Seat
from enformer.tracks import TrackId
from interpret.target import Target


def draw(query: state.Query, shown: Scene, seat: Seat) -> None:
    """What is explained and how, the result, the picture of it."""
    tracks = picker.shown_tracks(query.tracks, shown.checkpoint, shown.head)
    target, way = targets.target_of(query, shown, tracks), ways.Way.parse(query.method)
    targets.choose(target, shown, tracks)
    with st.container(horizontal=True, vertical_alignment="bottom", key="method"):
        ways.choose(way)
        said = st.container(width=490)  # goes to the next row where there is no room
    said.markdown(f"Explained: **{widgets.plain(targets.sentence(target, shown))}**")
    bar = st.container(horizontal=True, key="toolbar")
    with st.container(horizontal=True, vertical_alignment="center", key="truth"):
        tissue = truth_panel.choose(query, shown, _explained(target))
    found = contributing.contributions(shown, target, way, seat)
    picture = contributing.picture(found, shown, header.genes(shown, seat), tissue)
    if picture.gap:
        said.caption(f"{widgets.plain(picture.gap)}.")
    if shown.parsed.variant is not None:
        said.caption("The reference is explained; the variant is only marked.")
    files = contribution_downloads.Files(found, picture)
    with bar:
        toolbar.zoom_buttons(shown)
        toolbar.menus(lambda: contribution_downloads.menu(files), query)
    figure = contribution_figure(picture, dark=st.context.theme.type == "dark")
    toolbar.chart(figure, picture.locus, describe(picture), files.stem)


def _explained(target: Target) -> tuple[TrackId, ...]:
    return tuple(TrackId(target.head, index) for index in target.tracks)


header.run("contributions", draw)
