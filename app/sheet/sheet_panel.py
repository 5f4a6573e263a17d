"""Widgets of the Figures view: presets, panels, how the sheet looks, its preview at true size."""

import base64
from dataclasses import replace
from html import escape

import streamlit as st

from app import state, widgets
from app.asking.question import Query
from app.asking.scene import Scene
from app.figures import composed, paper
from app.figures.composed import LETTERS, Composition
from app.sheet import beds, presets
from app.sheet.plan import NEED_VARIANT, PICTURES, Plan
from app.sheet.presets import PRESETS, Preset
from app.sheet.record import Record
from app.sheet.served import Unmade
from enformer.errors import EnformerLensError

EMPTY = """The sheet is empty. Choose a preset above, or add a picture of the open question. Each panel \
keeps the question it was added with: look elsewhere and add more. A JSON that was downloaded with a sheet \
opens it again."""


def plan() -> Plan:
    """The sheet of this session."""
    return st.session_state.get(state.SHEET) or Plan()


def keep(changed: Plan) -> None:
    """The sheet is now another."""
    st.session_state[state.SHEET] = changed
    state.touch()


# --- what goes on it ------------------------------------------------------------------------------


def begin(query: Query, shown: Scene) -> None:
    """Presets, any picture of the open question, and a sheet from a file."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="presets"):
        for name, preset in PRESETS.items():
            off = preset.variant and shown.parsed.variant is None
            about = f"{preset.about} Ask about a variant above first." if off else preset.about
            st.button(name, icon=":material/auto_awesome_mosaic:", help=about, disabled=off,
                      on_click=_start, args=(preset, query, shown))  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom", key="add"):
        st.selectbox("Picture of the open question", list(PICTURES), key=state.SHEET_KIND, width=280,
                     format_func=PICTURES.__getitem__, persist_state="session")  # fmt: skip
        full = len(plan().panels) >= len(LETTERS)
        st.button("Add to sheet", icon=":material/add:", on_click=_add, args=(query, shown), disabled=full,
                  help="A sheet holds six." if full else "With the question as it is now.")  # fmt: skip
        with st.popover("Open a sheet", icon=":material/upload:"):
            st.file_uploader("The JSON that was downloaded with it", ["json"], key=state.SHEET_FILE,
                             on_change=_opened, args=(query,))  # fmt: skip
    for problem in state.problems():
        st.error(widgets.plain(problem), icon=":material/error:")


def _start(preset: Preset, query: Query, shown: Scene) -> None:
    st.session_state.pop(state.SHEET_FROM, None)
    keep(replace(plan(), panels=presets.panels(preset, query, shown)))


def _add(query: Query, shown: Scene) -> None:
    kind = st.session_state[state.SHEET_KIND]
    if kind in NEED_VARIANT and shown.parsed.variant is None:
        state.problems().append(f"{PICTURES[kind]}: ask about a variant above first.")
        return
    state.problems().clear()
    keep(replace(plan(), panels=(*plan().panels, beds.panel(kind, query, shown))))


def _opened(query: Query) -> None:
    """Restore a sheet; what it was drawn from is opened where that has a name here."""
    given = st.session_state[state.SHEET_FILE]
    if given is None:
        return
    state.problems().clear()
    try:
        record = Record.from_json(given.getvalue().decode("utf-8", "replace"))
    except EnformerLensError as error:
        state.problems().append(str(error))
        return
    keep(record.plan)
    st.session_state[state.SHEET_FROM] = record
    if record.plan.panels:
        asked = record.plan.panels[0].question
        state.recall(replace(asked, model=query.model, genome=query.genome))


def differs(now: Record) -> None:
    """Says where an opened sheet is drawn from something else than when it was saved."""
    record: Record | None = st.session_state.get(state.SHEET_FROM)
    if record is None:
        return
    pairs = {
        "model": (record.model.sha256, now.model.sha256, record.model.source),
        "genome": (record.genome.identity, now.genome.identity, record.genome.source),
    }
    for what, (before, after, source) in pairs.items():
        if before != after:
            st.warning(
                f"The sheet that was opened was drawn with another {what}, "
                f"{widgets.plain(source)}: choose that one under {what.title()} to see it as it was.",
                icon=":material/warning:",
            )


# --- the preview ----------------------------------------------------------------------------------


def waiting(one: Unmade, number: int, first: bool) -> None:
    """Why a panel is not there: its job, what went wrong, or that it was stopped."""
    if one.error is not None:
        widgets.explain(one.error, one.seat, f"panel_{number}")
    elif not one.job:
        widgets.stopped(one.seat, f"panel_{number}")
    elif first:
        widgets.progress(one.job, one.seat)
    else:
        widgets.quiet_progress(one.job)


def preview(sheet: Composition, key: str) -> None:
    """The sheet as it will be printed, at true size.

    Args:
        sheet: to be drawn.
        key: says all that decides the drawing, which is made once for each.
    """
    known, data = st.session_state.get(state.SHEET_DRAWN, ("", ""))
    if known != key:
        data = base64.b64encode(composed.render(sheet, "svg", "Preview", "{}")).decode()
        st.session_state[state.SHEET_DRAWN] = (key, data)
    st.html(
        f'<div style="overflow-x:auto"><img alt="{escape(sheet.text, quote=True)}" '
        f'src="data:image/svg+xml;base64,{data}" style="width:{sheet.width}mm;max-width:none;'
        'background:white;outline:1px solid #b4bac4"></div>'
    )
    said = f"{sheet.width:g} × {sheet.height:.0f} mm, shown at true size."
    if sheet.height > paper.MAX_HEIGHT:
        st.warning(
            f"{said} That is higher than the {paper.MAX_HEIGHT} mm of a page: put panels side by side, "
            "show fewer tracks, or take a panel away.",
            icon=":material/warning:",
        )
    else:
        st.caption(said)
