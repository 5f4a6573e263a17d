"""The Locus view: a place, its genes, and what the model predicts there."""

import streamlit as st

from app import downloads, picker, search, services, start, state, toolbar, widgets
from app.figures.data import LocusPicture, locus_picture
from app.places import Place
from app.predictions import Answer
from app.scene import Scene, scene
from app.seat import Seat, Waiting
from enformer.checkpoint import Checkpoint
from enformer.errors import Cancelled, EnformerLensError, GenomeError
from enformer.genes import Gene
from enformer.tracks import TrackId


def view() -> None:
    """Read what is asked, open what it needs, compute, draw."""
    query, seat = state.sync("locus"), services.seat()
    services.online()  # the first call asks the network, while everything else is opened
    query, foot = start.resolved(query), [query.model]
    with st.sidebar:
        picker.choose_model(query.model)
        card = st.expander("About this model", icon=":material/description:")
        picker.choose_genome(query.genome, state.gene_file())
    try:
        place = _place(query, seat)
        query = search.ask(query, place.genome)
        checkpoint = _model(query.model, seat)
        with card:
            widgets.card(checkpoint.card, checkpoint.sha256, checkpoint.config)
        foot = [widgets.model_line(checkpoint.card, checkpoint.sha256), place.genome.assembly]
        parsed = widgets.ready(services.parse(query.locus, place, seat), seat)
        shown = scene(checkpoint, place, parsed, query.zoom)
        foot[1] = f"{shown.place.genome.assembly} {shown.window}"
        _show(query, shown, seat)
    except EnformerLensError as error:
        widgets.explain(error, seat)
    except Cancelled:
        widgets.stopped(seat)
    except widgets.NotReady:
        pass
    with st.sidebar.expander("History", icon=":material/history:"):
        picker.history()
    widgets.footer(*foot, *widgets.software())
    state.write_url()


def _place(query: state.Query, seat: Seat) -> Place:
    """The genome, and why it is not the one that was hoped for."""
    online = services.online() is True
    place = widgets.ready(services.place(query.genome, state.gene_file(), online, seat), seat)
    st.sidebar.caption(widgets.plain(place.about))
    if notice := start.notice():
        st.info(widgets.plain(notice), icon=":material/info:")
    return place


def _model(name: str, seat: Seat) -> Checkpoint:
    """The model; what has to be downloaded for it is offered first."""
    if services.is_missing(name):
        widgets.offer(name, seat)
    if services.is_missing(name):
        raise widgets.NotReady
    return widgets.ready(services.open_model(name, seat), seat)


def _show(query: state.Query, shown: Scene, seat: Seat) -> None:
    """The tracks, the answer and the picture of it."""
    checkpoint = shown.checkpoint
    tracks = picker.shown_tracks(query.tracks, checkpoint, shown.head)
    with st.sidebar.expander(
        f"Tracks, {len(tracks)} shown", icon=":material/stacks:", expanded=True
    ):
        picker.choose_tracks(checkpoint, tracks, shown.head)
    widgets.echo(shown.parsed.echo(checkpoint.config, shown.place.genome), shown.warnings)
    bar = st.container(horizontal=True, key="toolbar")
    answer = widgets.ready(
        services.answer(checkpoint, shown.place, shown.window, shown.parsed, seat), seat
    )
    picture = _picture(shown, answer, tracks, seat)
    files = downloads.Shown(answer, picture, tracks, shown.contig_length)
    with bar:
        toolbar.zoom_buttons(shown)
        toolbar.menus(files, query)
    toolbar.chart(picture, files.stem)
    _note_unknown_bases(shown)
    state.remember(query)


def _note_unknown_bases(shown: Scene) -> None:
    try:
        unknown = services.unknown_bases(shown.window, shown.place.key, shown.place)
    except GenomeError:  # a kept result outlives the network it once came over
        return
    widgets.unknown(unknown, shown.window.length)


def _picture(shown: Scene, answer: Answer, tracks: tuple[TrackId, ...], seat: Seat) -> LocusPicture:
    gene = shown.parsed.gene
    return locus_picture(
        answer.reference,
        tracks,
        _genes(shown, seat),
        shown.contig_length,
        shown.view,
        alt=answer.alternative,
        focus="" if gene is None else gene.symbol,
    )


def _genes(shown: Scene, seat: Seat) -> tuple[Gene, ...]:
    """Genes over the window; a picture without them is better than none."""
    try:
        found = services.genes_over(shown.window, shown.place, seat)
    except GenomeError as error:
        st.caption(f":material/warning: {widgets.plain(str(error))}")
        return ()
    except Cancelled:
        return ()
    if isinstance(found, Waiting):
        widgets.quiet_progress(found.job)
        return ()
    return found


view()
