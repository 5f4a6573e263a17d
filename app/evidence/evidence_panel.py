"""Charts and progress of the Evidence view."""

import time

import pandas as pd
import streamlit as st

from app import services, state, widgets
from app.computing.seat import Seat
from app.evidence import evidencing
from app.evidence.evidence_files import EvidenceFiles
from app.evidence.evidencing import KNOCKOUT, Asked, Parts
from app.figures import page
from app.figures.evidence_data import describe
from app.figures.evidence_plotly import evidence_figure
from enformer.coordinates import Interval
from enformer.errors import Cancelled, EnformerLensError
from interpret.evidence_summary import Evidence

AGAIN_AFTER = 1.5
"""Seconds that a picture stays before it is drawn with the elements that were done since."""


def whole(asked: Asked, seat: Seat) -> Evidence:
    """All of it, where a part alone is of no use.

    Raises:
        NotReady: something is missing; what is under way, has stopped or failed is drawn here.
    """
    parts = evidencing.gather(asked, seat)
    progress(asked, parts, seat)
    if parts.jobs or parts.troubles:
        raise widgets.NotReady
    return evidencing.evidence_of(asked, parts.results)


def progress(asked: Asked, parts: Parts, seat: Seat) -> None:
    """What is under way, and what has stopped or failed."""
    if parts.jobs:
        _progress(asked, parts, seat, time.monotonic())
    if any(isinstance(trouble, Cancelled) for trouble in parts.troubles.values()):
        widgets.stopped(seat, "evidence")
    for method, trouble in parts.troubles.items():
        if isinstance(trouble, EnformerLensError):
            widgets.explain(trouble, seat, method)


@st.fragment(run_every=widgets.POLL)
def _progress(asked: Asked, parts: Parts, seat: Seat, drawn: float) -> None:
    """A line for each method; runs the view again when there is more to draw."""
    statuses = {
        method: status
        for method, job in parts.jobs.items()
        if (status := services.jobs().status(job)) is not None
        and not (status.state.finished or seat.has_stopped(job))
    }
    more = KNOCKOUT in statuses and len(evidencing.kept(asked)) > parts.done
    if len(statuses) < len(parts.jobs) or (more and time.monotonic() - drawn > AGAIN_AFTER):
        state.touch()
        st.rerun()
    with st.container(border=True, key="job"):
        for method, status in statuses.items():
            text = widgets.plain(f"{method.capitalize()}: {widgets.describe(status)}")
            st.progress(status.fraction, text=text)
        st.button(
            "Cancel", icon=":material/close:", on_click=_stop, args=(tuple(parts.jobs.values()), seat),
            help="Stops at the next step; what was computed before is kept.",
        )  # fmt: skip


def _stop(jobs: tuple[str, ...], seat: Seat) -> None:
    for job in jobs:
        seat.stop(job)
    state.touch()


def figure(files: EvidenceFiles) -> None:
    """The bars; a click on one marks its element in all views."""
    key, places = f"evidence_{state.redraws()}", files.picture.places

    def clicked() -> None:
        points = st.session_state[key].selection.points
        if points:
            _mark(places[round(points[0]["y"])])

    st.plotly_chart(
        evidence_figure(files.picture, dark=st.context.theme.type == "dark"), key=key, theme=None,
        on_select=clicked, selection_mode="points", config=page.config(files.name),
        alt=describe(files.picture),
    )  # fmt: skip


def table(rows: pd.DataFrame, places: tuple[Interval, ...]) -> None:
    """The values; a click on a row marks its element in all views."""
    key = state.EVIDENCE_TABLE.format(state.redraws())

    def clicked() -> None:
        chosen = st.session_state[key].selection.rows
        if chosen:
            _mark(places[chosen[0]])

    st.dataframe(rows, hide_index=True, key=key, on_select=clicked, selection_mode="single-row")


def _mark(place: Interval) -> None:
    state.choose_mark((place.start, place.end))
