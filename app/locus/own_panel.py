"""The files a person brings: adding, naming, placing and removing them."""

from collections.abc import Callable, Sequence

import streamlit as st

from app import services, state, widgets
from app.figures.data import LocusPicture
from app.locus import absent, own_lanes, picker
from app.locus.own_lanes import COUNTED, Brought
from app.locus.shelf import BESIDE_NOTHING, OwnTrack, Shelf
from enformer.checkpoint import Checkpoint
from enformer.errors import EnformerLensError
from enformer.tracks import TrackId, TrackTable

_ICONS = {"signal": "area_chart", "intervals": "view_column_2", "genes": "genetics"}
_USES = {"lane": "Lane", "highlights": "Highlights", "both": "Both"}
_ABOUT = """bigWig and bedGraph become lanes beside the predicted tracks, averaged over the model's bins;
BED becomes a lane of intervals, or highlights; BED12, GFF3 and GTF a lane of genes. Files stay with this
session."""


def choose(tracks: Sequence[TrackId], checkpoint: Checkpoint) -> tuple[OwnTrack, ...]:
    """The widgets in the sidebar.

    Args:
        tracks: the predicted ones shown, which signals are compared with.
        checkpoint: the model.

    Returns:
        The files, in the order they came.
    """
    shelf = services.shelf()
    count = f", {len(shelf.tracks)} shown" if shelf.tracks else ""
    with st.sidebar.expander(f"Your files{count}", icon=":material/upload_file:",
                             expanded=bool(shelf.tracks or shelf.problems)):  # fmt: skip
        _add(shelf)
        for number, problem in enumerate(shelf.problems):
            _told(shelf, problem, number)
        for own in shelf.tracks:
            _row(shelf, own, tracks, checkpoint.tracks)
            _strange(own, checkpoint)
    return shelf.tracks


def _add(shelf: Shelf) -> None:
    """Upload, path, or pasted lines."""
    number = st.session_state.setdefault(state.OWN_COUNT, 0)
    given = st.file_uploader(
        "bigWig, bedGraph, BED or GTF", accept_multiple_files=True,
        key=state.OWN_FILES.format(number), help=_ABOUT,
    )  # fmt: skip
    if given:
        shelf.problems.clear()
        with st.spinner("Reading…", show_time=True):
            for file in given:
                shelf.upload(file.name, file.getvalue())
        # another key empties the uploader: a file that is removed must not come back
        st.session_state[state.OWN_COUNT] = number + 1
        state.touch()
        st.rerun()
    if services.paths_allowed():
        st.text_input("Or its path", key=state.OWN_PATH, on_change=_opened,
                      placeholder="Path of such a file on this machine")  # fmt: skip
    with st.popover("Highlight pasted BED lines", icon=":material/ink_highlighter:"):
        st.text_area("Contig, start (0-based), end, and if you like a name", key=state.OWN_LINES,
                     placeholder="chr11\t5280547\t5281017\tHS2")  # fmt: skip
        st.button("Highlight", on_click=_pasted, args=(shelf,), type="primary")


def _opened() -> None:
    path = (st.session_state[state.OWN_PATH] or "").strip()
    if path:
        services.shelf().problems.clear()
        services.open_own(path)
        st.session_state[state.OWN_PATH] = ""
    state.touch()


def _pasted(shelf: Shelf) -> None:
    shelf.problems.clear()
    shelf.paste(st.session_state[state.OWN_LINES] or "")
    st.session_state[state.OWN_LINES] = ""
    state.touch()


def _told(shelf: Shelf, problem: EnformerLensError, number: int) -> None:
    """What is wrong with a file, what to do, and lines that would do; until it is put away."""
    with st.container(border=True, key=f"own_problem_{number}"):
        st.error(widgets.plain(problem.wrong), icon=":material/error:")
        for title, text in {"Read": problem.read, "What to do": problem.do}.items():
            if text:
                st.markdown(f"**{title}:** {widgets.plain(text)}")
        if problem.example:
            st.code(problem.example, language=None, wrap_lines=True)
        st.button("Put away", key=f"own_problem_{number}_away", on_click=_done,
                  args=(lambda: shelf.problems.remove(problem),))  # fmt: skip


def _row(shelf: Shelf, own: OwnTrack, tracks: Sequence[TrackId], table: TrackTable) -> None:
    """One file: what it is, how it is shown, and the button that removes it."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xxsmall"):
        with st.popover(widgets.plain(own.name[:24]), icon=f":material/{_ICONS[own.kind]}:"):
            _settings(shelf, own, tracks, table)
        st.button("Remove", key=f"icon_remove_{own.key}", icon=":material/close:", type="tertiary",
                  help=widgets.plain(f"Remove {own.name}"), on_click=_done,
                  args=(lambda: shelf.remove(own.key),))  # fmt: skip


def _strange(own: OwnTrack, checkpoint: Checkpoint) -> None:
    """Says where the name of a measured track is that of no cells the model was trained on."""
    said = absent.of_file(own.name, checkpoint.tracks, checkpoint.card.name)
    if own.kind == "signal" and said:
        st.caption(f":material/info: {widgets.plain(said)}")


def _settings(shelf: Shelf, own: OwnTrack, tracks: Sequence[TrackId], table: TrackTable) -> None:
    st.caption(widgets.plain(f"{own.file}: {own.kind}"))
    key = _field(own, "name", own.name)
    st.text_input("Name", key=key, max_chars=60, on_change=_done,
                  args=(lambda: shelf.rename(own.key, st.session_state[key]),))  # fmt: skip
    if own.kind == "intervals":
        _choice(shelf, own, "use", "Shown as", tuple(_USES), _USES.__getitem__)
    if own.kind != "signal":
        return
    named = picker.names(table)
    beside = [str(track) for track in tracks]
    options = tuple(dict.fromkeys(["", *beside, own.beside, BESIDE_NOTHING]))
    said = {"": "The track its name fits best", BESIDE_NOTHING: "None: a lane of its own"}
    _choice(
        shelf,
        own,
        "beside",
        "Compared with",
        options,
        lambda one: said.get(one) or named.get(one, one),
    )
    _choice(
        shelf, own, "over", "Drawn", (True, False), lambda over: "above it" if over else "under it"
    )
    _choice(shelf, own, "missing", "In its file", tuple(COUNTED), COUNTED.__getitem__)


def _choice(
    shelf: Shelf,
    own: OwnTrack,
    field: str,
    label: str,
    options: Sequence[object],
    title: Callable[..., str],
) -> None:
    """A list for one field of a file."""
    now = getattr(own, field)
    key = _field(own, field, now if now in options else options[0])
    st.selectbox(label, options, key=key, format_func=title, on_change=_done,
                 args=(lambda: shelf.change(own.key, **{field: st.session_state[key]}),))  # fmt: skip


def _field(own: OwnTrack, field: str, value: object) -> str:
    """The key of a widget, which says what holds now."""
    key = state.OWN_FIELD.format(field, own.key)
    st.session_state[key] = value
    return key


def _done(change: Callable[[], None]) -> None:
    change()
    state.touch()


def added(
    own: Sequence[OwnTrack], picture: LocusPicture, tracks: Sequence[TrackId], table: TrackTable
) -> tuple[LocusPicture, Brought]:
    """The figure with the files, and what of them is in it; says here why others are not.

    Args:
        own: the files.
        picture: its lanes are those of `tracks`.
        tracks: the predicted ones, from top to bottom.
        table: of the model.
    """
    brought = own_lanes.bring(own, picture, tracks, table)
    for name, problem in brought.problems:
        st.warning(widgets.plain(f"{name} is not drawn. {problem}"), icon=":material/warning:")
    return own_lanes.with_own(picture, brought, tracks), brought
