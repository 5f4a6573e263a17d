"""What a person asks for. The one place that names session keys and URL parameters.

The `Query` of a session is the truth; widgets and the URL follow it. A view calls `sync` first and
`write_url` last, and changes the query only through the functions here.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

import streamlit as st

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

T = TypeVar("T")
HISTORY_LENGTH = 30
_LONGEST_LOCUS_IN_URL = 2000
_ZOOM = re.compile(r"(\d{1,12})-(\d{1,12})", re.ASCII)


@dataclass(frozen=True)
class Query:
    """What is asked. Empty fields mean that the app chooses.

    Attributes:
        locus: the search box's text.
        model: a name such as mini, or a path.
        genome: a name such as hg38, or a path.
        tracks: `head/index` in the order shown.
        zoom: 0-based half-open part of the contig that is drawn.
    """

    locus: str = ""
    model: str = ""
    genome: str = ""
    tracks: tuple[str, ...] = ()
    zoom: tuple[int, int] | None = None

    @classmethod
    def from_url(cls, parameters: Mapping[str, str]) -> "Query":
        """What a link asks for; parameters that are unknown or make no sense are ignored."""
        tracks = (track.strip() for track in parameters.get("tracks", "").split(","))
        return cls(
            locus=parameters.get("locus", "").strip(),
            model=parameters.get("model", "").strip(),
            genome=parameters.get("genome", "").strip(),
            tracks=tuple(dict.fromkeys(track for track in tracks if track)),
            zoom=_read_zoom(parameters.get("zoom", "")),
        )

    def to_url(self) -> dict[str, str]:
        """URL parameters; positions are 1-based and inclusive, as wherever a person reads them."""
        parameters = {
            "locus": self.locus if len(self.locus) <= _LONGEST_LOCUS_IN_URL else "",
            "model": self.model,
            "genome": self.genome,
            "tracks": ",".join(self.tracks),
            "zoom": f"{self.zoom[0] + 1}-{self.zoom[1]}" if self.zoom else "",
        }
        return {name: value for name, value in parameters.items() if value}

    @property
    def fits_a_link(self) -> bool:
        """Whether a link can hold it: a long pasted sequence is left out."""
        return len(self.locus) <= _LONGEST_LOCUS_IN_URL

    def same_question(self, other: "Query") -> bool:
        """Whether both ask for the same prediction, whatever part or tracks of it they show."""
        return (self.locus, self.model, self.genome) == (other.locus, other.model, other.genome)


def _read_zoom(text: str) -> tuple[int, int] | None:
    match = _ZOOM.fullmatch(text.strip().replace(",", ""))
    if match is None:
        return None
    start, end = int(match[1]) - 1, int(match[2])
    return (start, end) if 0 <= start < end else None


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
    """Look at another place, at its own zoom."""
    _set(replace(query(), locus=text.strip(), zoom=None))


def ask_on(genome: str, text: str) -> None:
    """Look at a place of another genome."""
    _set(replace(query(), genome=genome, locus=text, zoom=None))


def choose_model(model: str) -> None:
    """Ask another model about the same place; its tracks are others."""
    _set(replace(query(), model=model, tracks=()))


def choose_genome(genome: str, same_places: bool) -> None:
    """Open another genome; the place asked for is kept where it means the same there."""
    kept = query() if same_places else replace(query(), locus="", zoom=None)
    _set(replace(kept, genome=genome))


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
