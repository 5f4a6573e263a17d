"""Widgets of the knock-outs in the Contributions view."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from app import state, widgets
from app.computing.seat import Seat
from app.contributions import knocking
from app.contributions.knocking import LARGEST, SHUFFLES, SMALLEST, Lost, Outcome
from enformer.coordinates import Interval
from enformer.errors import EnformerLensError

CAUTION = """A knock-out replaces the part by dinucleotide shuffles of itself and asks the model again: what \
it would answer without the motifs there, which is no experiment. A contribution is counted from its \
method's baseline, not from shuffles, so the two need not agree in size."""
_HELP = (
    "Replaces what is in view by shuffles of itself, and asks the model what becomes of the target."
)


def button(on_contig: Interval, not_here: str = "") -> None:
    """Knock out what is in view; off where that is too much or too little, or for the reason given."""
    fitting = knocking.fits(on_contig) and not not_here
    why = not_here or (
        f"Draw a box over {SMALLEST} to {LARGEST:,} bp first: what is in view is knocked out."
    )
    st.button(
        f"Knock out {on_contig.length:,} bp" if fitting else "Knock out",
        icon=":material/content_cut:", on_click=state.knock_out, key="knock_out",
        args=((on_contig.start, on_contig.end),), disabled=not fitting,
        help=_HELP if fitting else why,
    )  # fmt: skip


def draw(found: Outcome, seat: Seat) -> None:
    """What is lost without the parts asked for, and the progress of those still under way."""
    if not found.wanted:
        return
    with st.container(key="knockouts"):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.markdown("**Knocked out**, one at a time", width="stretch")
            shuffles()
            st.button("Clear", icon=":material/clear_all:", on_click=state.clear_knockouts,
                      help="The results stay on disk.")  # fmt: skip
        if found.done:
            rows = knocking.table(found.done)
            st.dataframe(rows, hide_index=True, column_config=_columns(found.done))
            st.caption(CAUTION, width="stretch")
        _rest(found, seat)


def _rest(found: Outcome, seat: Seat) -> None:
    """Why not all are there."""
    if isinstance(found.problem, EnformerLensError):
        widgets.explain(found.problem, seat, "knockouts")
    elif found.problem is not None:
        widgets.stopped(seat, "knockouts")
    elif found.waiting is not None:
        widgets.progress(found.waiting.job, seat)
    elif len(found.done) < len(found.wanted):
        st.caption(":material/hourglass_top: The knock-outs follow the contributions.")


def shuffles() -> int:
    """How many shuffles replace each part."""
    chosen = st.selectbox(
        "Shuffles", SHUFFLES, key=state.KNOCKOUT_SHUFFLES, width=110, on_change=state.touch,
        help="The mean and the spread are over so many.",
    )  # fmt: skip
    return int(chosen)


def shuffles_now() -> int:
    """The same, before the widget is drawn."""
    return int(st.session_state.setdefault(state.KNOCKOUT_SHUFFLES, SHUFFLES[1]))


def _columns(done: Sequence[Lost]) -> dict[str, Any]:
    number = st.column_config.NumberColumn
    said = f"The target is {done[0].found.reference:.4g} with the sequence as it is."
    return {
        "region": st.column_config.TextColumn("Part", width="medium"),
        "bp": number("bp", format="localized", width="small"),
        "distance": number("Distance (bp)", format="%+d", help="From the middle of what is explained."),
        "contribution": number("Contribution, sum", format="%.3g", help="By the method shown above."),
        "change": number("Change of the target", format="%.3g", help=f"Mean over shuffles. {said}"),
        "spread": number("± SD", format="%.2g", help="Standard deviation over shuffles."),
        "share": number("% of the target", format="%+.2f"),
        "remark": "Remark",
    }  # fmt: skip
