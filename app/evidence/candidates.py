"""Where candidate elements of a target come from: what was planted, what is predicted open, or a BED file."""

from collections.abc import Sequence

import streamlit as st

from app import services, state, targets, widgets
from app.asking.scene import Scene
from app.computing.seat import Seat
from app.evidence import own_elements
from app.evidence.evidence_way import MOST, Source
from app.truth import truth
from app.truth.truth_tables import truth_on
from enformer.coordinates import Interval
from enformer.tracks import TrackId
from interpret.elements import Element, as_element, parse_elements
from interpret.peaks import accessibility_peaks
from interpret.target import Target

OPEN = ("DNASE", "ATAC")


def elements(
    source: Source | None, shown: Scene, target: Target, seat: Seat
) -> tuple[Element, ...]:
    """The candidates in the window, from left to right.

    Raises:
        EnformerLensError: the file is no BED, or the prediction cannot be had.
        Cancelled: the prediction was stopped.
        NotReady: it is being made; its progress is drawn here.
    """
    if source == "planted":
        found = planted(shown)
    elif source == "peaks":
        found = _peaks(shown, target, seat)
    else:
        own = own_elements.choose()
        found = _uploaded() if own is None else own_elements.elements(own)
    return nearest(found, shown.window, targets.interval(target, shown))


def nearest(found: Sequence[Element], window: Interval, target: Interval) -> tuple[Element, ...]:
    """As many as are taken of those whole in the window, those nearest to the target."""
    inside = [
        one for one in (as_element(each, window) for each in found) if window.contains(one.interval)
    ]
    inside.sort(key=lambda one: abs(one.interval.center - target.center))
    return tuple(sorted(inside[:MOST], key=lambda one: one.interval))


def planted(shown: Scene) -> tuple[Element, ...]:
    """All of them, whatever tissue they act in."""
    known = truth_on(shown.window.contig, truth.TISSUES[0]).elements
    return tuple(Element(one.interval, one.name) for one in known if one.kind == "enhancer")


def _peaks(shown: Scene, target: Target, seat: Seat) -> tuple[Element, ...]:
    accessible = openness(shown, target)
    if accessible is None:
        st.info("This model predicts no open chromatin: give elements as a BED file.")
        return ()
    answer = widgets.ready(
        services.answer(shown.checkpoint, shown.place, shown.window, shown.parsed, seat), seat
    )
    return accessibility_peaks(answer.reference, accessible, at_most=MOST)


def openness(shown: Scene, target: Target) -> TrackId | None:
    """The track whose peaks are candidates: the first of open chromatin, if there is one."""
    found = shown.checkpoint.tracks.search(head=[target.head], assay=list(OPEN)).ids
    return found[0] if found else None


def _uploaded() -> tuple[Element, ...]:
    given = st.file_uploader(
        "BED of 3 to 12 columns, or narrowPeak, of the open assembly", ["bed", "gz", "narrowPeak", "txt"],
        key=state.EVIDENCE_FILE, on_change=state.touch,
    )  # fmt: skip
    if given is None:
        st.caption("A link carries no file: whoever opens it gives the file again.")
        return ()
    return parse_elements(given.getvalue(), given.name)
