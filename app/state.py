"""The question of a session and how it changes. The one place that names session keys.

The `Query` of a session is the truth; widgets and the URL follow it. A view calls `sync` first and
`write_url` last, and changes the query only through the functions here.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import streamlit as st

from app.asking.bookmarks import Bookmark
from app.asking.question import MOST_KNOCKOUTS, Query

# Session keys. Those of widgets are seeded from the query before a run, and read in callbacks only.
QUERY = "query"
PAGE = "page"
URL = "url"
ENTERED = "entered_with"
TOUCHED = "touched"
HISTORY = "history"
PAST = "past"
FUTURE = "future"
BOOKMARKS = "bookmarks"
BOOKMARK_NAME = "bookmark_name"
BOOKMARK_NOTE = "bookmark_note"
BOOKMARK_FILE = "bookmark_file"
BOOKMARKS_READ = "bookmarks_read"
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
CLICKED = "clicked"
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
COMPARED = "compared_toggle"
SECOND = "second_{}"
CONTRIBUTION_ALLELE = "contribution_allele"
KNOCKOUT_SHUFFLES = "knockout_shuffles"
ATTENTION_ALLELE = "attention_allele"
ATTENTION_POOLING = "attention_pooling"
ATTENTION_SCALE = "attention_scale"
ATTENTION_TOKEN = "attention_token"
ATTENTION_WAY = "attention_way"
ATTENTION_WHOLE = "attention_whole"
ATTENTION_ROWS = "attention_rows"
ATTENTION_WHAT = "attention_what"
ATTENTION_ARCS = "attention_arcs"
ATTENTION_BEYOND = "attention_beyond"
ATTENTION_ROLE = "attention_role"
ATTENTION_SLICE = "attention_slice"
VARIANT_TRACKS = "variant_tracks"
VARIANT_LANES = "variant_lanes"
VARIANT_SCORE = "variant_score"
VARIANT_ORDER = "variant_order"
VARIANT_HEAD = "variant_head"
VARIANT_FLANK = "variant_flank"
MAP_WIDTH = "map_width"
EVIDENCE_SOURCE = "evidence_source"
EVIDENCE_FILE = "evidence_file"
EVIDENCE_OWN = "evidence_own"
EVIDENCE_STEPS = "evidence_steps"
EVIDENCE_SHUFFLES = "evidence_shuffles"
EVIDENCE_WIDTH = "evidence_width"
EVIDENCE_TABLE = "evidence_table_{}"
CALLS_UPLOAD = "calls_upload"
CALLS_PATH = "calls_path_box"
CALLS_SCORES = "calls_scores"
CALLS_ASSAYS = "calls_assays"
CALLS_TRACKS = "calls_tracks"
CALLS_TRACK_TEXT = "calls_track_text"
CALLS_BOTH = "calls_both_toggle"
CALLS_CENTRED = "calls_centred_toggle"
CALLS_WANTED = "calls_wanted"
EFFECTS_SCORE = "effects_score"
EFFECTS_OF = "effects_of"
EFFECTS_STATUS = "effects_status"
EFFECTS_REGION = "effects_region"
EFFECTS_LEAST = "effects_least"
EFFECTS_PERCENTILE = "effects_percentile"
EFFECTS_ORDER = "effects_order"
EFFECTS_ROWS = "effects_rows_{}"
SHEET = "sheet"
SHEET_FROM = "sheet_from"
SHEET_DRAWN = "sheet_drawn"
SHEET_FILE = "sheet_file"
SHEET_KIND = "sheet_kind"
SHEET_FIELD = "sheet_{}_box"
PANEL_FIELD = "panel_{}_{}_box"
TRUTH_SHOWN = "truth_toggle"
TRUTH_TISSUE = "truth_tissue"
LANE_SCALE = "lane_scale"
LANE_SHARED = "lane_shared"
LANE_GROUP = "lane_group"
MATRIX_WORDS = "matrix_words"
MATRIX_HEAD = "matrix_head"
MATRIX_CELLS = "matrix_cells_{}"
OWN_FILES = "own_files_{}"
OWN_COUNT = "own_count"
OWN_PATH = "own_path_box"
OWN_LINES = "own_lines_box"
OWN_FIELD = "own_{}_{}"
MODELS_PART = "models_part"
MODEL_SEEN = "model_seen_box"
RECENT_MODELS = "recent_models"
OTHER_MODEL = "other_model_box"
LAST_OTHER = "last_other"
PAIRS = "pairs_box"
PAIR_OF_A = "pair_of_a"
PAIR_OF_B = "pair_of_b"
COMPARED_ALLELE = "compared_allele"
SCATTER_PAIR = "scatter_pair"
SCATTER_SCALE = "scatter_scale"
COMPARISON_WIDTH = "comparison_width"
LEARN_PART = "learn_part"
LEARN_STEP = "learn_step"
LEARN_PLACE = "learn_place"
GLOSSARY_TEXT = "glossary_text"

# What belongs to a place, without it.
_NOWHERE: Mapping[str, Any] = {
    "zoom": None, "target": "", "token": None, "mark": None, "knockouts": (),
    "model_sha": "", "assembly": "",
}  # fmt: skip
T = TypeVar("T")
HISTORY_LENGTH = 30
UNDO_LENGTH = 200
RECENT_LENGTH = 8


def sync(page: str) -> Query:
    """Take over what the URL asks for when a link was opened or the browser went back.

    Args:
        page: name of the view that runs. Streamlit empties the URL on a change of page; that is
            no wish to start over.
    """
    session, parameters = st.session_state, st.query_params.to_dict()
    stayed = session.get(PAGE, page) == page
    if not stayed:
        # the browser may say so again in the next run: its address follows a change of page by seconds
        session[ENTERED] = parameters
    known = (session.get(URL), session.get(ENTERED))
    if QUERY not in session or (stayed and not session.get(TOUCHED) and parameters not in known):
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
    """Change the question; the one before can be had back by `undo`."""
    session = st.session_state
    before = session.get(QUERY)
    if before is not None and query != before:
        session[PAST] = [*session.get(PAST, []), before][-UNDO_LENGTH:]
        session[FUTURE] = []
    _show(query)


def _show(query: Query) -> None:
    session = st.session_state
    session[QUERY], session[TOUCHED] = query, True
    session[REDRAWS] = session.get(REDRAWS, 0) + 1


def undo() -> None:
    """Ask what was asked before the last change."""
    _step(PAST, FUTURE)


def redo() -> None:
    """Take back what `undo` did."""
    _step(FUTURE, PAST)


def _step(source: str, other: str) -> None:
    session = st.session_state
    *rest, last = session[source]
    session[source], session[other] = rest, [*session.get(other, []), query()]
    _show(last)


def can_undo() -> bool:
    """Whether the question was changed."""
    return bool(st.session_state.get(PAST))


def can_redo() -> bool:
    """Whether a change was undone last."""
    return bool(st.session_state.get(FUTURE))


def ask(text: str) -> None:
    """Look at another place, at its own zoom. What is looked at in the model stays."""
    _set(replace(query(), **_NOWHERE, locus=text.strip()))


def ask_on(genome: str, text: str) -> None:
    """Look at a place of another genome."""
    _set(replace(_elsewhere(), genome=genome, locus=text))


def choose_model(model: str) -> None:
    """Ask another model about the same place; its tracks, layers and tokens are others."""
    _set(_of_another_model(replace(query(), model=model, pairs=())))


def _of_another_model(asked: Query) -> Query:
    """Without what belongs to the weights that were asked before."""
    left = replace(asked, model_sha="", tracks=(), target="", slice="")
    return replace(left, layer=None, head=None, token=None)


def choose_genome(genome: str, same_places: bool) -> None:
    """Open another genome; the place asked for is kept where it means the same there."""
    _set(replace(query() if same_places else _elsewhere(), genome=genome, assembly=""))


def _elsewhere() -> Query:
    """The question without its place; without what belongs to a model, where the genome chooses that."""
    left = replace(query(), **_NOWHERE, locus="", truth="")
    return left if left.model else replace(left, tracks=(), pairs=(), layer=None, head=None)


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


def choose_allele(allele: str) -> None:
    """Show this allele's contributions, alt or difference; empty for the reference's."""
    _set(replace(query(), allele=allele))


def choose_truth(tissue: str) -> None:
    """Draw what was planted as it acts in this tissue; empty for not at all."""
    _set(replace(query(), truth=tissue))


def choose_lanes(scale: str, group: str) -> None:
    """Draw value axes so, and group tracks by this."""
    _set(replace(query(), scale=scale, group=group))


def choose_evidence(way: str) -> None:
    """Gather evidence in this way; empty for the view's own."""
    _set(replace(query(), evidence=way))


def choose_mark(part: tuple[int, int] | None) -> None:
    """Point out this part, 0-based half-open, in all views; None for nothing."""
    _set(replace(query(), mark=part))


def knock_out(part: tuple[int, int]) -> None:
    """Take this part of the contig away too; of more than are kept the oldest goes."""
    others = tuple(known for known in query().knockouts if known != part)
    _set(replace(query(), knockouts=(*others, part)[-MOST_KNOCKOUTS:]))


def clear_knockouts() -> None:
    """Take nothing away any more; what was computed is kept."""
    _set(replace(query(), knockouts=()))


def choose_slice(way: str) -> None:
    """Draw this slice of the attention head, row or column, as a track of the locus; empty for none."""
    _set(replace(query(), slice=way))


def choose_calls(calls: str) -> None:
    """Score this VCF in this way; empty for none."""
    _set(replace(query(), calls=calls))


def want_table(key: str) -> None:
    """Score the alleles of that table, for as long as the session lasts."""
    st.session_state.setdefault(CALLS_WANTED, set()).add(key)
    touch()


def wants_table(key: str) -> bool:
    """Whether this session has asked for its scores."""
    return key in st.session_state.get(CALLS_WANTED, ())


def compare_with(model: str) -> None:
    """Compare the model in use with this one; empty for with none."""
    st.session_state[LAST_OTHER] = model or query().other
    _set(replace(query(), other=model, pairs=()))


def last_other() -> str:
    """The model that was compared with before; empty where none was."""
    return st.session_state.get(LAST_OTHER, "")


def swap_models(model: str) -> None:
    """Put the other model to use and compare it with this one, track by track as before."""
    now = query()
    turned = tuple(":".join(reversed(pair.split(":"))) for pair in now.pairs)
    _set(_of_another_model(replace(now, model=now.other, other=model, pairs=turned)))


def choose_pairs(pairs: tuple[str, ...]) -> None:
    """Compare these pairs of tracks, in this order; none means those the app chooses."""
    _set(replace(query(), pairs=pairs))


def remember_model(path: str) -> None:
    """Put a model that was opened by its path at the head of the recent ones."""
    others = [known for known in recent_models() if known != path]
    st.session_state[RECENT_MODELS] = [path, *others][:RECENT_LENGTH]


def recent_models() -> list[str]:
    """Paths of models that were opened in this session, the latest first."""
    return st.session_state.get(RECENT_MODELS, [])


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
    """Draw another part than `shown`, the one drawn now."""
    if part != shown:
        _set(replace(query(), zoom=part))


def zoom_reset() -> None:
    """Return to the part that the question itself asks for."""
    _set(replace(query(), zoom=None))


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
    """Ask an earlier question again, as it was left; a VCF that is being scored stays."""
    _set(replace(query, calls=st.session_state[QUERY].calls))


def bookmarks() -> list[Bookmark]:
    """Named explorations of this session."""
    return list(st.session_state.get(BOOKMARKS, []))


def keep_bookmarks(kept: list[Bookmark]) -> None:
    """These are the named explorations now."""
    st.session_state[BOOKMARKS] = kept
    touch()


def is_news(file_id: str) -> bool:
    """Whether an uploaded file has not been asked about before."""
    news = st.session_state.get(BOOKMARKS_READ) != file_id
    st.session_state[BOOKMARKS_READ] = file_id
    return news


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
