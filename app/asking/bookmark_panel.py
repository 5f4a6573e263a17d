"""Bookmarks in the sidebar: save what is shown, recall, rename, delete, to a file and back."""

from dataclasses import replace

import streamlit as st

from app import state
from app.asking import bookmarks
from app.asking.bookmarks import Bookmark
from app.asking.scene import Scene
from app.state import Query
from app.widgets import plain
from enformer.errors import EnformerLensError


def draw(query: Query, shown: Scene | None) -> None:
    """All of it; without anything shown, nothing can be saved."""
    if shown is not None:
        _save(query, shown)
    for place, bookmark in enumerate(state.bookmarks()):
        _row(place, bookmark)
    _file(query, shown)


def _save(query: Query, shown: Scene) -> None:
    """What is shown under a name of its own, else that of the question."""
    default = shown.parsed.name[:60]
    st.text_input("Name", key=state.BOOKMARK_NAME, placeholder=default, on_change=state.touch,
                  max_chars=bookmarks.LONGEST)  # fmt: skip
    st.text_input(
        "Note", key=state.BOOKMARK_NOTE, placeholder="Why it is kept", on_change=state.touch
    )
    st.button("Bookmark this", key="bookmark", icon=":material/bookmark_add:", width="stretch",
              on_click=_add, args=(query, shown, default))  # fmt: skip


def _add(query: Query, shown: Scene, default: str) -> None:
    session, kept = st.session_state, state.bookmarks()
    name = session[state.BOOKMARK_NAME].strip() or default
    genome = shown.place.genome
    made = Bookmark(
        name=bookmarks.free_name(name, (one.name for one in kept)),
        query=replace(query, model_sha="", assembly=""),
        model_sha256=shown.checkpoint.sha256,
        genome=genome.identity,
        assembly=genome.assembly,
        created=bookmarks.now(),
        note=session[state.BOOKMARK_NOTE].strip(),
    )
    session[state.BOOKMARK_NAME] = session[state.BOOKMARK_NOTE] = ""
    state.keep_bookmarks([*kept, made])


def _row(place: int, bookmark: Bookmark) -> None:
    """A click recalls it; the menu beside it renames and deletes."""
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        st.button(
            plain(bookmark.name), key=f"bookmark_{place}", width="stretch", on_click=state.recall,
            args=(bookmark.recalled,), help=_about(bookmark), icon=":material/bookmark:",
        )  # fmt: skip
        with st.popover(
            "Rename or delete", icon=":material/more_vert:", key=f"icon_bookmark_{place}"
        ):
            _edit(place, bookmark)


def _about(bookmark: Bookmark) -> str:
    query = bookmark.query
    lines = [
        bookmark.note, f"{query.locus[:80]} on {query.genome} before {query.model}",
        f"Weights {bookmark.model_sha256[:12]}, genome {bookmark.genome}, {bookmark.created[:16]} UTC",
    ]  # fmt: skip
    return "  \n".join(plain(line) for line in lines if line)


def _edit(place: int, bookmark: Bookmark) -> None:
    """Session keys hold the name, so that another bookmark at this place has its own widget."""
    key = f"bookmark_{{}}_{place}_{bookmark.name}"

    def renamed() -> None:
        kept = state.bookmarks()
        others = [one.name for one in kept if one is not bookmark]
        name = st.session_state[key.format("name")].strip() or bookmark.name
        note = st.session_state[key.format("note")].strip()
        kept[place] = replace(bookmark, name=bookmarks.free_name(name, others), note=note)
        state.keep_bookmarks(kept)

    st.text_input(
        "Name",
        bookmark.name,
        key=key.format("name"),
        on_change=renamed,
        max_chars=bookmarks.LONGEST,
    )
    st.text_input("Note", bookmark.note, key=key.format("note"), on_change=renamed)
    st.button(
        "Delete",
        key=f"bookmark_delete_{place}",
        icon=":material/delete:",
        on_click=_delete,
        args=(place,),
    )


def _delete(place: int) -> None:
    kept = state.bookmarks()
    del kept[place]
    state.keep_bookmarks(kept)


def _file(query: Query, shown: Scene | None) -> None:
    """Export and import; bookmarks are of this session alone until they are exported."""
    kept = state.bookmarks()
    st.download_button(
        "Export", bookmarks.write(kept), "enformer_lens_bookmarks.json", "application/json",
        disabled=not kept, on_click="ignore", icon=":material/download:", width="stretch",
        key="bookmarks_export",
        help="They last as long as this session: a file keeps them.",
    )  # fmt: skip
    given = st.file_uploader(
        "Import", ["json"], key=state.BOOKMARK_FILE, on_change=state.touch, max_upload_size=5
    )
    if given is None:
        return
    try:
        _take(bookmarks.read(given.getvalue(), given.name), given.file_id)
    except EnformerLensError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    if shown is not None:
        _warn_of_others(query, shown)


def _take(found: tuple[Bookmark, ...], file_id: str) -> None:
    """Add those of a file, once, beside those that are there."""
    if not state.is_news(file_id):
        return
    kept = state.bookmarks()
    for one in found:
        if one not in kept:
            kept.append(
                replace(one, name=bookmarks.free_name(one.name, (each.name for each in kept)))
            )
    state.keep_bookmarks(kept)
    st.rerun()


def _warn_of_others(query: Query, shown: Scene) -> None:
    sha = shown.checkpoint.sha256
    same = [one for one in state.bookmarks() if one.query.model == query.model]
    if other := [one for one in same if one.model_sha256 != sha]:
        st.warning(
            f"{len(other)} of {len(same)} bookmarks of {plain(query.model)} were made with other weights "
            f"than those open now ({sha[:12]}): they will show other values.", icon=":material/warning:",
        )  # fmt: skip
