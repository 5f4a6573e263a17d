"""The question of a session and how it changes. The one place that names session keys.

The `Query` of a session is the truth; widgets and the URL follow it. A view calls `sync` first and
`write_url` last, and changes the query only through the functions here.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import streamlit as st

from app.question import Query

# Session keys. Those of widgets are seeded from the query before a run, and read in callbacks only.
QUERY = "query"
PAGE = "page"
URL = "url"
TOUCHED = "touched"
HISTORY = "history"
ZOOMS = "zooms"
REDRAWS = "redraws"
GENES = "genes"
START = "start"
PROBLEMS = "problems"
WANTED_ASSET = "wanted_asset"
SEARCH = "search_box"
MODEL = "model_box"
MODEL_PATH = "model_path_box"
GENOME = "genome_box"
GENOME_PATH = "genome_path_box"
PAPER_WIDTH = "paper_width"
GENES_PATH = "genes_path_box"
TRACKS = "tracks_box"
TRACK_TEXT = "track_text_box"
TRACK_FACET = "track_facet_{}"
TARGET_TRACKS = "target_tracks_box"
TARGET_BINS = "target_bins_box"
METHOD = "method_box"
BASELINE = "baseline_box"
STEPS = "steps_box"
BOTH_STRANDS = "both_strands_toggle"
ATTENTION_ALLELE = "attention_allele"
ATTENTION_POOLING = "attention_pooling"
ATTENTION_SCALE = "attention_scale"
ATTENTION_TOKEN = "attention_token"
ATTENTION_WAY = "attention_way"
ATTENTION_WHOLE = "attention_whole"
ATTENTION_ROWS = "attention_rows"
VARIANT_TRACKS = "variant_tracks"
VARIANT_LANES = "variant_lanes"
VARIANT_SCORE = "variant_score"
VARIANT_ORDER = "variant_order"
VARIANT_HEAD = "variant_head"
VARIANT_FLANK = "variant_flank"
MAP_WIDTH = "map_width"
EVIDENCE_SOURCE = "evidence_source"
EVIDENCE_FILE = "evidence_file"
EVIDENCE_STEPS = "evidence_steps"
EVIDENCE_SHUFFLES = "evidence_shuffles"
EVIDENCE_WIDTH = "evidence_width"
TRUTH_SHOWN = "truth_toggle"
TRUTH_TISSUE = "truth_tissue"
LEARN_PART = "learn_part"
LEARN_STEP = "learn_step"
LEARN_PLACE = "learn_place"
GLOSSARY_TEXT = "glossary_text"

T = TypeVar("T")
HISTORY_LENGTH = 30


def sync(page: str) -> Query:
    """Take over what the URL asks for when a link was opened or the browser went back.

    Args:
        page: name of the view that runs. Streamlit empties the URL on a change of page; that is
            no wish to start over.
    """
    session, parameters = st.session_state, st.query_params.to_dict()
    stayed = session.get(PAGE) == page and not session.get(TOUCHED)
    if QUERY not in session or (stayed and parameters != session.get(URL)):
        _set(Query.from_url(parameters))
    session[PAGE], session[TOUCHED] = page, False
    return session[QUERY]


def touch() -> None:
    """Mark the coming run as caused by a widget or a job, whose URL may be one step behind."""
    st.session_state[TOUCHED] = True


def write_url() -> None:
    """Make the URL a link to what is shown."""
    parameters = query().to_url()
    if st.query_params.to_dict() != parameters:
        st.query_params.from_dict(parameters)
    st.session_state[URL] = parameters


def query() -> Query:
    """What is asked now."""
    return st.session_state[QUERY]


def _set(query: Query) -> None:
    session = st.session_state
    before = session.get(QUERY)
    if before is None or not query.same_question(before):
        session[ZOOMS] = []
    session[QUERY], session[TOUCHED] = query, True
    session[REDRAWS] = session.get(REDRAWS, 0) + 1


def ask(text: str) -> None:
    """Look at another place, at its own zoom. What is looked at in the model stays."""
    _set(replace(query(), locus=text.strip(), zoom=None, target="", token=None))


def ask_on(genome: str, text: str) -> None:
    """Look at a place of another genome."""
    _set(replace(_elsewhere(), genome=genome, locus=text))


def choose_model(model: str) -> None:
    """Ask another model about the same place; its tracks, layers and tokens are others."""
    other = replace(query(), model=model, tracks=(), target="")
    _set(replace(other, layer=None, head=None, token=None))


def choose_genome(genome: str, same_places: bool) -> None:
    """Open another genome; the place asked for is kept where it means the same there."""
    _set(replace(query() if same_places else _elsewhere(), genome=genome))


def _elsewhere() -> Query:
    """The question without its place; without what belongs to a model, where the genome chooses that."""
    left = replace(query(), locus="", zoom=None, target="", token=None, truth="")
    return left if left.model else replace(left, tracks=(), layer=None, head=None)


def choose_target(target: str) -> None:
    """Explain this target; empty for the one the app chooses."""
    _set(replace(query(), target=target))


def choose_attention(layer: int | None, head: int | None) -> None:
    """Look at this attention head of this layer, both from 0; None for all of them."""
    _set(replace(query(), layer=layer, head=head))


def choose_token(token: int | None) -> None:
    """Look at what this token of the window has to do with the others."""
    _set(replace(query(), token=token))


def choose_method(method: str) -> None:
    """Explain in this way; empty for the view's own."""
    _set(replace(query(), method=method))


def choose_truth(tissue: str) -> None:
    """Draw what was planted as it acts in this tissue; empty for not at all."""
    _set(replace(query(), truth=tissue))


def choose_step(step: int) -> None:
    """Take this step of the guided tour, from 0."""
    _set(replace(query(), step=step))


def choose_genes(path: str) -> None:
    """Take genes from this file; empty for those the app finds itself."""
    st.session_state[GENES] = path
    touch()


def gene_file() -> str:
    """The file genes are taken from, where one was named."""
    return st.session_state.get(GENES, "")


def choose_tracks(tracks: tuple[str, ...]) -> None:
    """Show these tracks, in this order; none means the model's defaults."""
    _set(replace(query(), tracks=tracks))


def zoom_to(part: tuple[int, int], shown: tuple[int, int]) -> None:
    """Draw another part; `shown` is the part drawn now, to which `zoom_back` returns."""
    if part == shown:
        return
    st.session_state[ZOOMS] = [*st.session_state[ZOOMS], shown]
    _set(replace(query(), zoom=part))


def zoom_back() -> None:
    """Return to the part drawn before."""
    *earlier, last = st.session_state[ZOOMS]
    st.session_state[ZOOMS] = earlier
    _set(replace(query(), zoom=last))


def zoom_reset() -> None:
    """Return to the part that the question itself asks for."""
    st.session_state[ZOOMS] = []
    _set(replace(query(), zoom=None))


def can_go_back() -> bool:
    """Whether there is an earlier zoom of this question."""
    return bool(st.session_state[ZOOMS])


def redraws() -> int:
    """Grows with every change, so that a chart made anew forgets the box drawn on the last one."""
    return st.session_state[REDRAWS]


def remember(query: Query) -> None:
    """Put a question that was answered at the head of the history."""
    past = [known for known in history() if not known.same_question(query)]
    st.session_state[HISTORY] = [query, *past][:HISTORY_LENGTH]


def history() -> list[Query]:
    """Questions answered in this session, the latest first."""
    return st.session_state.get(HISTORY, [])


def recall(query: Query) -> None:
    """Ask an earlier question again, as it was left."""
    _set(query)


def start(choose: Callable[[], T]) -> T:
    """What this session started with, chosen once."""
    if START not in st.session_state:
        st.session_state[START] = choose()
    return st.session_state[START]


def want_asset(name: str) -> None:
    """Download it."""
    st.session_state[WANTED_ASSET] = name
    touch()


def wants_asset(name: str) -> bool:
    """Whether this session has asked for the download."""
    return st.session_state.get(WANTED_ASSET) == name


def problems() -> list[str]:
    """What went wrong with a download, told at the next run; threads may append to it."""
    return st.session_state.setdefault(PROBLEMS, [])
