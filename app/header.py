"""What every view of a place shares: the question, what it opens, what goes wrong, footer and URL."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app import services, state, widgets
from app.asking import bookmark_panel, keyboard, marking, narrow, pins, search, start
from app.asking.places import Place
from app.asking.scene import Scene, doubts, scene
from app.computing import fetching
from app.computing.seat import Seat, Waiting
from app.locus import picker
from enformer.checkpoint import Checkpoint
from enformer.errors import Cancelled, EnformerLensError, GenomeError
from enformer.genes import Gene

Draw = Callable[[state.Query, Scene, Seat], None]
"""Draws what a view is for. It may raise NotReady, Cancelled, or an error to be explained."""


def run(page: str, draw: Draw, asked: state.Query | None = None) -> None:
    """Read what is asked, open what it needs, let the view draw it.

    Args:
        page: name of the view.
        draw: is handed the question with model and genome filled in, and what it resolves to.
        asked: the question, where the view has synced it already.
    """
    query, seat = asked or state.sync(page), services.seat()
    services.online()  # the first call asks the network, while everything else is opened
    query, shown = start.resolved(query), None
    foot, card = [query.model], _choices(query)
    with _told(seat):
        place = _place(query, seat)
        query = search.ask(query, place.genome)
        checkpoint = _carded(query, card, seat)
        foot = [widgets.model_line(checkpoint.card, checkpoint.sha256), place.genome.assembly]
        parsed = widgets.ready(services.parse(query.locus, place, seat), seat)
        shown = scene(checkpoint, place, parsed, query.zoom)
        foot[1] = f"{shown.place.genome.assembly} {shown.window}"
        _show(query, shown, seat, draw)
    with st.sidebar.expander("Bookmarks", icon=":material/bookmarks:"):
        bookmark_panel.draw(query, shown)
    with st.sidebar.expander("History", icon=":material/history:"):
        picker.history()
    _finish(foot)


def run_without_locus(
    page: str, draw: Callable[[state.Query, Checkpoint, Place, Seat], None]
) -> None:
    """The same for a view that is about a whole genome: no search box, no window.

    Args:
        page: name of the view.
        draw: is handed the question with model and genome filled in, and both opened.
    """
    query, seat = state.sync(page), services.seat()
    query = start.resolved(query)
    foot, card = [query.model], _choices(query)
    with _told(seat):
        place = _place(query, seat)
        checkpoint = _carded(query, card, seat)
        foot = [widgets.model_line(checkpoint.card, checkpoint.sha256), place.genome.assembly]
        for doubt in doubts(checkpoint, place.genome):
            st.warning(widgets.plain(doubt), icon=":material/warning:")
        draw(query, checkpoint, place, seat)
    _finish(foot)


def _choices(query: state.Query) -> DeltaGenerator:
    """Model and genome in the sidebar; where the model's card goes."""
    with st.sidebar:
        picker.choose_model(query.model)
        card = st.expander("About this model", icon=":material/description:")
        picker.choose_genome(query.genome, state.gene_file())
    return card


@contextmanager
def _told(seat: Seat) -> Iterator[None]:
    """What goes wrong inside is told in words."""
    try:
        yield
    except EnformerLensError as error:
        widgets.explain(error, seat)
    except Cancelled:
        widgets.stopped(seat)
    except widgets.NotReady:
        pass


def _carded(query: state.Query, card: DeltaGenerator, seat: Seat) -> Checkpoint:
    checkpoint = model(query.model, seat)
    with card:
        widgets.card(checkpoint.card, checkpoint.sha256, checkpoint.config)
    return checkpoint


def _finish(foot: list[str]) -> None:
    widgets.footer(*foot, *widgets.software())
    keyboard.listen()
    narrow.fold_sidebar()
    state.write_url()


def _place(query: state.Query, seat: Seat) -> Place:
    """The genome, and why it is not the one that was hoped for."""
    online = services.online() is True
    place = widgets.ready(services.place(query.genome, state.gene_file(), online, seat), seat)
    st.sidebar.caption(widgets.plain(place.about))
    if notice := start.notice():
        st.info(widgets.plain(notice), icon=":material/info:")
    return place


def model(name: str, seat: Seat) -> Checkpoint:
    """The model; what has to be downloaded for it is offered first, and a path is remembered."""
    if fetching.is_missing(name):
        widgets.offer(name, seat)
    if fetching.is_missing(name):
        raise widgets.NotReady
    opened = widgets.ready(services.open_model(name, seat), seat)
    if name not in services.MODELS:
        state.remember_model(name)
    return opened


def _show(query: state.Query, shown: Scene, seat: Seat, draw: Draw) -> None:
    """How the question was read, what the view draws of it, and what the genome does not know."""
    services.leave_other_questions(shown, seat)
    warnings = (*pins.warnings(query, shown), *shown.warnings)
    widgets.echo(shown.parsed.echo(shown.checkpoint.config, shown.place.genome), warnings)
    marking.said(query, shown)
    draw(pins.pinned(query, shown), shown, seat)
    _note_unknown_bases(shown)
    state.remember(replace(query, model_sha="", assembly=""))


def _note_unknown_bases(shown: Scene) -> None:
    try:
        unknown = services.unknown_bases(shown.window, shown.place.key, shown.place)
    except GenomeError:  # a kept result outlives the network it once came over
        return
    widgets.unknown(unknown, shown.window.length)


def genes(shown: Scene, seat: Seat) -> tuple[Gene, ...]:
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
