"""The Learn view: a guided tour of a globin locus, a glossary, why attention is no causation, papers."""

import streamlit as st

from app import services, state, widgets
from app.computing.seat import Seat
from app.learn import learn_panel
from app.learn.words import text

PARTS = {
    "tour": ":material/tour: Tour",
    "glossary": ":material/menu_book: Glossary",
    "causation": ":material/balance: Attention is not causation",
    "sources": ":material/library_books: Papers",
}


def view() -> None:
    """One part at a time; words first, as pictures take a moment."""
    state.sync("learn")
    seat = services.seat()
    with st.container(horizontal=True, vertical_alignment="center", gap="large"):
        st.subheader("Learn to read the pictures", width="content")
        part = _choose_part()
    if part == "tour":
        _tour(seat)
    elif part == "glossary":
        learn_panel.glossary()
    elif part == "causation":
        with st.container(width=820):
            learn_panel.causation(seat)
    else:
        learn_panel.sources()
    widgets.footer("Learn", *widgets.software())
    state.write_url()


def _choose_part() -> str:
    st.session_state.setdefault(state.LEARN_PART, "tour")
    chosen = st.segmented_control(
        "Part", list(PARTS), format_func=PARTS.__getitem__, key=state.LEARN_PART, required=True,
        label_visibility="collapsed", on_change=state.touch, persist_state="session",
    )  # fmt: skip
    return str(chosen)


def _tour(seat: Seat) -> None:
    """Text on the left, the picture on the right."""
    step = learn_panel.choose_step()
    left, right = st.columns([2, 3], gap="large")
    with left:
        st.markdown(text(step.name))
        below = st.container()
        learn_panel.turn_pages(step)
    with right:
        seen = learn_panel.live(step, seat)
    if seen is not None:
        with below:
            learn_panel.came_out(seen)
            learn_panel.open_view(step, seen)


view()
