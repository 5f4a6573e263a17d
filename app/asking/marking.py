"""What a person points out in one view, and all views show: a marked region, and the chosen token."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from app import state
from app.asking.scene import Scene
from app.figures import page
from app.figures.data import Highlight
from app.state import Query
from app.widgets import plain
from enformer.coordinates import Interval

ROOM = 5
"""How many times as long as the region is the part that is drawn to show it."""
LEAST = 2_000
"""Bp of that part at least."""


def region(query: Query, shown: Scene) -> Interval | None:
    """The marked region, as far as it lies in the window."""
    if query.mark is None:
        return None
    return Interval(shown.window.contig, *query.mark).intersect(shown.window)


def token(query: Query, shown: Scene) -> Interval | None:
    """The bases of the chosen token."""
    start, size = shown.window.start, shown.checkpoint.config.bin_size
    if query.token is None or query.token >= shown.window.length // size:
        return None
    first = start + query.token * size
    return Interval(shown.window.contig, first, first + size)


def highlights(query: Query, shown: Scene) -> tuple[Highlight, ...]:
    """Both, as a picture over the locus washes them; one over all that is seen would tell nothing."""
    found = {"marked": region(query, shown), f"token {query.token}": token(query, shown)}
    return tuple(
        Highlight(part, label)
        for label, part in found.items()
        if part is not None and not part.contains(shown.view)
    )


def clicked(base: int) -> None:
    """Mark the base that was clicked on a figure, from 0 on the contig; the marked one is let go."""
    part = (base, base + 1)
    state.choose_mark(None if state.query().mark == part else part)


def chosen(points: Sequence[Mapping[str, Any]]) -> None:
    """The same for points that were selected on a figure; others than those of bases mark nothing."""
    base = page.clicked_base(points)
    if base is not None:
        clicked(base)


def said(query: Query, shown: Scene) -> None:
    """What is marked, with buttons that look at it and that take the mark away."""
    part = region(query, shown)
    if part is None:
        return
    around = part.resize(max(ROOM * part.length, LEAST)).intersect(shown.window) or part
    view = (shown.view.start, shown.view.end)
    with st.container(horizontal=True, vertical_alignment="center", key="marked"):
        st.caption(f":material/flag: Marked in all views: {plain(str(part))}", width="content")
        st.button("Go to it", type="tertiary", icon=":material/center_focus_strong:",
                  on_click=state.zoom_to, args=((around.start, around.end), view))  # fmt: skip
        st.button("Remove the mark", type="tertiary", icon=":material/close:",
                  on_click=state.choose_mark, args=(None,))  # fmt: skip
