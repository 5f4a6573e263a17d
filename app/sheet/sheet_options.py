"""Settings of a sheet and of its panels, in the sidebar of the Figures view."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from app import state, widgets
from app.asking.question import Query
from app.asking.scene import Scene
from app.evidence import own_elements
from app.figures import paper
from app.figures.composed import LETTERS, NARROWEST, WIDEST
from app.figures.look import SIZES, SWATCHES
from app.sheet import beds
from app.sheet.panels import Made
from app.sheet.plan import ALLELES, COLUMNS, PICTURES, Panel, Plan
from app.sheet.served import Unmade
from app.sheet.sheet_panel import keep, plan
from enformer.tracks import TrackId

LANES, FLANKS = (1, 2, 3, 5), (10, 20, 50)


def options(now: Plan, made: Sequence[Made | Unmade]) -> None:
    """Width, text, colours and parts of the whole sheet."""
    with st.sidebar.expander("Sheet", icon=":material/crop_portrait:", expanded=True):
        _field("width", now.width, "number_input", "Width (mm)", min_value=NARROWEST,
               max_value=WIDEST, step=1)  # fmt: skip
        with st.container(horizontal=True, gap="xsmall"):
            for width in paper.WIDTHS:
                st.button(f"{width} mm", key=f"width_{width}", on_click=_widen, args=(width,),
                          type="primary" if width == now.width else "secondary")  # fmt: skip
        _field("text", now.text, "select_slider", "Text (pt)", options=SIZES)
        _field("palette", now.palette, "selectbox", "Colours", options=list(SWATCHES))
        _colours(now, made)
        for name, label in (("title", "Titles"), ("genes", "Genes"), ("scale_bar", "Scale bar")):
            _field(name, getattr(now, name), "toggle", label)


def _field(name: str, value: Any, widget: str, label: str, **more: Any) -> None:
    """A widget for a field of the sheet."""
    key = state.SHEET_FIELD.format(name)
    st.session_state[key] = value

    def changed() -> None:
        own = {"colours": {}} if name == "palette" else {}
        keep(replace(plan(), **{name: st.session_state[key]}, **own))

    getattr(st, widget)(label, key=key, on_change=changed, **more)


def _widen(width: int) -> None:
    keep(replace(plan(), width=width))


def _colours(now: Plan, made: Sequence[Made | Unmade]) -> None:
    """A colour of the palette for each kind of track on the sheet."""
    pictures = (one.picture for one in made if isinstance(one, Made))
    kinds = dict.fromkeys(lane.kind for one in pictures for lane in getattr(one, "lanes", ())
                          if hasattr(lane, "kind"))  # fmt: skip
    swatches = SWATCHES[now.palette]
    names = {colour: name for name, colour in swatches.items()}
    for kind in kinds:
        key = state.SHEET_FIELD.format(f"colour_{kind}")
        st.session_state[key] = names[now.look.shades(kind).fill]

        def changed(kind: str = kind, key: str = key) -> None:
            keep(replace(plan(), colours={**plan().colours, kind: swatches[st.session_state[key]]}))

        st.selectbox(f"Colour of {kind}", list(swatches), key=key, on_change=changed)


def panel(number: int, now: Plan, one: Made | Unmade, query: Query, shown: Scene) -> None:
    """What a panel shows, how wide it is, what its tracks are called."""
    own = now.panels[number]
    title = f"{LETTERS[number]} · {PICTURES[own.kind]}"
    with st.sidebar.expander(title, icon=":material/select_window:"):
        st.caption(widgets.plain(own.question.locus))
        _of_panel(number, "columns", own.columns, "segmented_control", "Width in its row",
                  options=list(COLUMNS), format_func=COLUMNS.__getitem__, required=True)  # fmt: skip
        _settings(number, own, one)
        _names(number, own, one)
        with st.container(horizontal=True, gap="xsmall"):
            last = len(now.panels) - 1
            _act("Earlier", "arrow_upward", number, now.moved(number, -1), number == 0)
            _act("Later", "arrow_downward", number, now.moved(number, 1), number == last)
            _act("Remove", "delete", number, now.without(number))
            again = replace(beds.panel(own.kind, query, shown, own.columns), names=own.names)
            _act("Ask the open question", "refresh", number, now.with_panel(number, again))


def _settings(number: int, own: Panel, one: Made | Unmade) -> None:
    """What only some pictures have."""
    of_variant = isinstance(one, Made) and one.shown.parsed.variant is not None
    if own.kind in ALLELES and of_variant:
        known = ALLELES[own.kind]
        now = own.allele if own.allele in known else known[0]
        _of_panel(number, "allele", now, "segmented_control", "Allele", options=list(known),
                  required=True)  # fmt: skip
    if own.kind == "variant" and not own.question.tracks:
        _of_panel(number, "lanes", own.lanes, "selectbox", "Most changed tracks", options=LANES)
    if own.kind == "map":
        _of_panel(number, "flank", own.flank, "segmented_control", "Bases around", options=FLANKS,
                  format_func=lambda bp: f"± {bp}", required=True)  # fmt: skip
    if own.kind == "evidence":
        _elements(number, own, one)


def _elements(number: int, own: Panel, one: Made | Unmade) -> None:
    """Whose elements are the candidates; those of a file stay in the sheet without it."""
    # where the panel is not drawn its window is not known, and so not what of a file lies in it
    files = own_elements.files() if isinstance(one, Made) else {}
    kept = "" if own.bed is None else own.bed.sha256
    said = {"": "Planted, or predicted open"}
    said |= {kept: f"{own.bed.file}, kept in the sheet"} if own.bed is not None else {}
    said |= {file.sha256: f"{file.name}, your file" for file in files.values()}
    key = state.PANEL_FIELD.format(number, "bed")
    st.session_state[key] = kept

    def changed() -> None:
        now, chosen = plan().panels[number], st.session_state[key]
        bare = replace(now, bed=None)
        for file in files.values():
            if file.sha256 == chosen and isinstance(one, Made):
                bare = beds.with_elements(bare, one.shown, file)
        keep(plan().with_panel(number, bare))

    st.selectbox("Candidate elements", list(said), key=key, on_change=changed,
                 format_func=said.__getitem__,
                 help="A BED file of yours, brought in Locus or Variant, is offered here.")  # fmt: skip


def _of_panel(number: int, name: str, value: Any, widget: str, label: str, **more: Any) -> None:
    """A widget for a field of a panel."""
    key = state.PANEL_FIELD.format(number, name)
    st.session_state[key] = value

    def changed() -> None:
        own = replace(plan().panels[number], **{name: st.session_state[key]})
        keep(plan().with_panel(number, own))

    getattr(st, widget)(label, key=key, on_change=changed, **more)


def _names(number: int, own: Panel, one: Made | Unmade) -> None:
    """A name for each track; an empty one is the model's."""
    if not isinstance(one, Made) or own.kind not in ("locus", "variant"):
        return
    table = one.shown.checkpoint.tracks
    for track in one.origins[0].tracks:
        key = state.PANEL_FIELD.format(number, track)
        st.session_state[key] = own.names.get(track, "")

        def changed(track: str = track, key: str = key) -> None:
            now = plan().panels[number]
            names: Mapping[str, str] = {**now.names, track: st.session_state[key].strip()}
            kept = {known: name for known, name in names.items() if name}
            keep(plan().with_panel(number, replace(now, names=kept)))

        known = str(table.row(TrackId.parse(track))["name"])
        st.text_input(f"Name of {known} ({track})", key=key, on_change=changed,
                      placeholder=known.partition(" ")[2])  # fmt: skip


def _act(label: str, icon: str, number: int, then: Plan, off: bool = False) -> None:
    st.button(label, icon=f":material/{icon}:", key=f"icon_{icon}_{number}", on_click=keep, args=(then,),
              help=label, disabled=off)  # fmt: skip
