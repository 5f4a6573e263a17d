"""Models, places and results, shared by all sessions. The one place with Streamlit caches.

Caches are keyed on names, stamps and other small frozen values, never on arrays: Streamlit hashes
only a sample of a large array, and most single-base variants would share their reference's entry.
"""

import os
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

import pandas as pd
import streamlit as st

from app.asking.places import OFFLINE_VARIABLE, Place, PlaceName, genome_names, open_place, stamp
from app.asking.scene import Scene
from app.computing.explanations import Explanation, explain_each_work, explain_work
from app.computing.job import Control
from app.computing.memory import Memory
from app.computing.methods import SHORT
from app.computing.predictions import Answer, Request, answer_from, requests_for, work_for
from app.computing.probe import Probe
from app.computing.results import ResultStore
from app.computing.seat import Seat, Waiting
from app.computing.stored_predictions import reader
from app.jobs import JobQueue
from app.locus.shelf import Shelf
from enformer.cache import cache_dir
from enformer.card import ModelCard
from enformer.checkpoint import BUNDLED, Checkpoint, load
from enformer.config import EnformerConfig
from enformer.coordinates import Interval
from enformer.errors import EnformerLensError
from enformer.genes import Gene
from enformer.predict import Prediction
from enformer.query import ParsedQuery, parse_query
from enformer.tracks import TrackId, TrackTable
from interpret.stored import pack, unpack

DEFAULT_MODEL = "mini"
MODELS = (*BUNDLED, "official")
PATIENCE = 2.0
"""Seconds that opening a model or a genome may take before its progress is shown instead."""
_PROBE_AGAIN_AFTER = 300  # seconds
_LOCAL = ("localhost", "127.0.0.1", "::1")

T = TypeVar("T")


@st.cache_resource(show_spinner=False)
def jobs() -> JobQueue:
    """The queue of this process."""
    return JobQueue()


@st.cache_resource(scope="session", on_release=Seat.leave, show_spinner=False)
def seat() -> Seat:
    """This session's place in the queue, left when the session ends."""
    return Seat(jobs())


@st.cache_resource(scope="session", on_release=Seat.leave, show_spinner=False)
def panel_seat(number: int) -> Seat:
    """The place in the queue of one panel of this session's sheet: panels wait beside each other."""
    return Seat(jobs())


@st.cache_resource(show_spinner=False)
def _results(folder: str) -> ResultStore:
    return ResultStore(Path(folder))


@st.cache_resource(scope="session", on_release=Shelf.close, show_spinner=False)
def shelf() -> Shelf:
    """The files that this session has brought, let go of when it ends."""
    return Shelf()


def open_own(path: str) -> None:
    """Put a file of this machine on the shelf of this session.

    Raises:
        EnformerLensError: files may not be named.
    """
    _check_path_allowed(path)
    shelf().open(path)


def paths_allowed() -> bool:
    """Whether those who use the app may name files on this machine: only where it serves itself."""
    return st.get_option("server.address") in _LOCAL


def _check_path_allowed(path: str) -> None:
    if not paths_allowed():
        raise EnformerLensError(
            "This server is open to others, so files on it cannot be named here.",
            read=path,
            do="Choose from the list, or ask whoever runs the server to configure the file.",
        )


# --- models ---------------------------------------------------------------------------------------


def default_model(genome: str) -> str:
    """The model that a genome opens with: the one that was trained on genomes of its kind."""
    return genome if genome in BUNDLED else DEFAULT_MODEL


def open_model(source: str, seat: Seat) -> Checkpoint | Waiting:
    """A model by name or path, loaded once for all sessions.

    Raises:
        EnformerLensError: there is no such model, or files may not be named.
        Cancelled: this session has stopped it.
    """
    return _read(source, "model", f"Opening the model {source}", _checkpoint, seat)


def _read(
    source: str, kind: str, title: str, made: Callable[[str, tuple[int, ...]], T], seat: Seat
) -> T | Waiting:
    """What a cached function makes of a model's files, by a job where that takes long."""
    if source not in MODELS:
        _check_path_allowed(source)
    marks = stamp(BUNDLED.get(source, source))

    def work(control: Control) -> None:
        control.progress(0.0, "reading and checking the weights")
        made(source, marks)

    found = seat.ask((kind, source, marks), work, PATIENCE, title=title, device="disk")
    return found if isinstance(found, Waiting) else made(source, marks)


@dataclass(frozen=True, eq=False)
class About:
    """All that a card needs of a model, without its weights, which are large.

    Attributes:
        card: what it is good for.
        config: its sizes.
        sha256: of its weights.
        size: of its file in bytes; 0 for a folder.
    """

    card: ModelCard
    config: EnformerConfig
    sha256: str
    size: int


def about_model(source: str, seat: Seat) -> About | Waiting:
    """A model's card and sizes; its weights are read once, and not kept for that.

    Raises:
        EnformerLensError: there is no such model, or files may not be named.
        Cancelled: this session has stopped it.
    """
    return _read(source, "about", f"Reading the card of {source}", _about, seat)


@st.cache_resource(show_spinner=False, max_entries=50)
def _about(source: str, marks: tuple[int, ...]) -> About:
    made = load(source, device="cpu")
    size = made.source.stat().st_size if made.source.is_file() else 0
    return About(made.card, made.config, made.sha256, size)


@st.cache_resource(show_spinner=False, max_entries=3)
def _checkpoint(source: str, marks: tuple[int, ...]) -> Checkpoint:
    return load(source)


@st.cache_resource(show_spinner=False, max_entries=50)
def _default_tracks(sha256: str, head: str, count: int, _tracks: TrackTable) -> tuple[TrackId, ...]:
    own = _tracks.of_head(head)
    if own.frame["identifier"].str.startswith("planted.").all():
        # every assay of the tissue that the cluster of the demo genome is active in
        return own.search(biosample=["blood"]).ids[:count]
    return _tracks.defaults(head, count)


def default_tracks(checkpoint: Checkpoint, head: str, count: int) -> tuple[TrackId, ...]:
    """What is shown before anything was chosen; found once for each model."""
    return _default_tracks(checkpoint.sha256, head, count, checkpoint.tracks)


# --- places ---------------------------------------------------------------------------------------


def place(name: str, gene_file: str, online: bool, seat: Seat) -> Place | Waiting:
    """A genome by name or path, with its genes; opened once for all sessions.

    Raises:
        EnformerLensError: it cannot be opened, or files may not be named.
        Cancelled: this session has stopped it.
    """
    for path in ([name] if name not in genome_names() else []) + ([gene_file] if gene_file else []):
        _check_path_allowed(path)
    wanted = PlaceName.of(name, gene_file, online)

    def work(control: Control) -> None:
        control.progress(0.0, "reading; an index is made once for each file")
        _place(wanted)

    opened = seat.ask(("place", wanted), work, PATIENCE, title=f"Opening {name}", device="disk")
    return opened if isinstance(opened, Waiting) else _place(wanted)


@st.cache_resource(show_spinner=False, max_entries=8)
def _place(wanted: PlaceName) -> Place:
    return open_place(wanted)


@st.cache_resource(show_spinner=False, ttl=_PROBE_AGAIN_AFTER)
def _probe() -> Probe:
    return Probe()


def online(patience: float = 0.0) -> bool | None:
    """Whether a reference service answers; None while that is not known. The first call asks."""
    if os.environ.get(OFFLINE_VARIABLE):
        return False
    return _probe().wait(patience)


# --- questions ------------------------------------------------------------------------------------


def parse(text: str, place: Place, seat: Seat) -> ParsedQuery | Waiting:
    """What the search box's text means on this genome; names may have to be looked up elsewhere.

    Raises:
        EnformerLensError: it means nothing there.
        Cancelled: this session has stopped it.
    """
    key = ("parse", text, place.key)
    seat.leave_others("parse", key)
    return seat.ask(
        key, lambda control: _parse(text, place.key, place), PATIENCE,
        title=f"Looking up {text[:40]}", device="lookup",
    )  # fmt: skip


@st.cache_resource(show_spinner=False, max_entries=200)
def _parse(text: str, place_key: str, _place: Place) -> ParsedQuery:
    return parse_query(text, _place.genome, _place.genes, _place.variants)


def genes_over(window: Interval, place: Place, seat: Seat) -> tuple[Gene, ...] | Waiting:
    """Genes that overlap a window.

    Raises:
        GenomeError: a service that had to be asked does not answer.
    """
    key = ("genes", window, place.key)
    seat.leave_others("genes", key)
    return seat.ask(
        key, lambda control: _genes_over(window, place.key, place), 0.3,
        title="Looking up genes", device="lookup",
    )  # fmt: skip


@st.cache_resource(show_spinner=False, max_entries=200)
def _genes_over(window: Interval, place_key: str, _place: Place) -> tuple[Gene, ...]:
    return tuple(_place.genes.overlapping(window))


@st.cache_resource(show_spinner=False, max_entries=200)
def unknown_bases(window: Interval, place_key: str, _place: Place) -> int:
    """How many bases of a window the genome has as N; what lies off the contig is not counted.

    Raises:
        GenomeError: the sequence cannot be had.
    """
    sequence = _place.genome.fetch(window, pad=True)
    return sequence.count("N") - sum(_place.genome.padding(window))


def answer(
    checkpoint: Checkpoint,
    place: Place,
    window: Interval,
    parsed: ParsedQuery,
    seat: Seat,
    kind: str = "predict",
) -> Answer | Waiting:
    """The predictions for a question: from memory, from disk, or by a job.

    Args:
        checkpoint: the model.
        place: the genome.
        window: the model's input.
        parsed: what is asked.
        seat: of this session; it waits for no other prediction of this kind any more.
        kind: tells apart what one page waits for together.

    Raises:
        EnformerLensError: it cannot be computed.
        Cancelled: this session has stopped it.
    """
    requests = requests_for(checkpoint, place.genome, window, parsed.variant)
    key = (kind, *requests)
    seat.leave_others(kind, key)
    known = {request: _known(request, checkpoint) for request in requests}
    found = {request: made for request, made in known.items() if made is not None}
    if len(found) == len(requests):
        return answer_from(found)
    store = _results(str(cache_dir("results")))
    work = work_for(requests, checkpoint, place.genome, store)
    device = str(checkpoint.model.device)
    made = seat.ask(key, work, 0.5, title=parsed.name, device=device, short=True)
    return made if isinstance(made, Waiting) else answer_from(made)


def _known(request: Request, checkpoint: Checkpoint) -> Prediction | None:
    try:
        return _kept(request.key, str(cache_dir("results")), checkpoint)
    except KeyError:
        return None


@st.cache_resource(show_spinner=False, max_entries=12)
def _kept(key: str, folder: str, _checkpoint: Checkpoint) -> Prediction:
    found = _results(folder).get(key, reader(_checkpoint))
    if found is None:
        raise KeyError(key)  # an exception is not cached, so the next look finds what came since
    return found


def explain(
    request: Explanation,
    checkpoint: Checkpoint,
    place: Place,
    seat: Seat,
    title: str = "",
    patience: float = 0.5,
) -> Any | Waiting:
    """The result of an explanation: from memory, from disk, or by a job.

    Args:
        request: what is explained, and how.
        checkpoint: the model that the request names.
        place: whose genome the request names.
        seat: of this session; it waits for no other explanation of this kind any more.
        title: of the job; the kind without it.
        patience: seconds that it may take before the job is handed back instead.

    Raises:
        EnformerLensError: it cannot be computed.
        Cancelled: this session has stopped it.
    """
    key = (f"explain {request.kind}", request)
    seat.leave_others(key[0], key)
    found = kept_explanation(request)
    if found is not None:
        return found
    store = _results(str(cache_dir("results")))
    work = explain_work(request, checkpoint, place.genome, store)
    device = str(checkpoint.model.device)
    name, short = title or request.kind, request.kind in SHORT
    return seat.ask(key, work, patience, title=name, device=device, short=short)


def explain_each(
    requests: Sequence[Explanation],
    checkpoint: Checkpoint,
    place: Place,
    seat: Seat,
    title: str,
    patience: float = 0.5,
) -> tuple[dict[Explanation, Any], Waiting | None]:
    """The results that are there of several requests of a kind, and the job that is at the others.

    Arguments and errors as `explain`.
    """
    key = (f"explain each {requests[0].kind}", *requests)
    seat.leave_others(key[0], key)
    found = kept_explanations(requests)
    if len(found) == len(requests):
        return found, None
    store = _results(str(cache_dir("results")))
    work = explain_each_work(requests, checkpoint, place.genome, store)
    device = str(checkpoint.model.device)
    made = seat.ask(key, work, patience, title=title, device=device)
    return (kept_explanations(requests), made) if isinstance(made, Waiting) else (made, None)


def kept_explanations(requests: Sequence[Explanation]) -> dict[Explanation, Any]:
    """Those results that are in memory or on disk."""
    found = ((request, kept_explanation(request)) for request in requests)
    return {request: kept for request, kept in found if kept is not None}


def kept_explanation(request: Explanation) -> Any | None:
    """The result of an explanation that was computed before, from memory or from disk."""
    folder = str(cache_dir("results"))
    return remembered(f"{folder}|{request.key}", lambda: _results(folder).get(request.key, unpack))


def derived(
    key: str, make: Callable[[Control], T], seat: Seat, title: str, patience: float = 0.5
) -> T | Waiting:
    """What is worked out of results that are there, beside the models: from memory, disk, or by a job.

    Args:
        key: all that decides it, as text.
        make: computes it; `interpret.stored` must know its class.
        seat: of this session.
        title: of the job.
        patience: seconds that it may take before it is waited for.

    Raises:
        EnformerLensError: it cannot be computed.
        Cancelled: this session has stopped it.
    """
    folder = str(cache_dir("results"))
    found = remembered(f"{folder}|{key}", lambda: _results(folder).get(key, unpack))
    if found is not None:
        return cast(T, found)

    def work(control: Control) -> T:
        made = make(control)
        _results(folder).put(key, pack(made))
        return made

    return seat.ask(("derived", key), work, patience, title=title, device="derived")


def remembered(key: str, make: Callable[[], T]) -> T:
    """What `make` makes, kept for all sessions as long as memory for results lasts."""
    return cast(T, _memory().get(key, make))


@st.cache_resource(show_spinner=False, max_entries=8)
def table(path: Path, marks: tuple[int, ...], columns: tuple[str, ...]) -> pd.DataFrame:
    """Some columns of a Parquet file; shared, not to be changed.

    Args:
        path: of the file.
        marks: its stamp, so that another file of that name is read anew.
        columns: by name.
    """
    return pd.read_parquet(path, columns=list(columns))


@st.cache_resource(show_spinner=False)
def _memory() -> Memory:
    return Memory()


def leave_other_questions(shown: Scene, seat: Seat) -> None:
    """Explain nothing any more of a question that is no longer asked: it may take minutes."""

    def stale(key: tuple[Hashable, ...]) -> bool:
        request = key[-1]
        return isinstance(request, Explanation) and not request.is_about(
            shown.checkpoint.sha256, shown.place.genome.identity, shown.window
        )

    seat.leave_where(stale)
