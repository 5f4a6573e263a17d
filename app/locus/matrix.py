"""Tracks by biosample and assay in one table of counts, whose cells add tracks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from app import state
from app.figures.palette import kind_of
from app.locus import absent
from app.widgets import plain
from enformer.checkpoint import Checkpoint
from enformer.tracks import TrackId, TrackTable

MOST_ROWS = 100
"""Biosamples listed, those with most tracks; words find the others."""
_TITLES = {"DNASE": "DNase", "CHIP histone": "Histone ChIP", "CHIP factor": "Factor ChIP"}
Cell = tuple[int, str]
"""Row from 0 and name of the column."""


@dataclass(frozen=True, eq=False)
class Matrix:
    """Counts of tracks.

    Attributes:
        counts: a row for each biosample listed, a column for each kind of assay; NaN where there is none.
        biosamples: how many there are in all.
        tracks: frame with the id, biosample and kind of each track.
    """

    counts: pd.DataFrame
    biosamples: int
    tracks: pd.DataFrame

    def within(self, cells: Sequence[Cell]) -> tuple[TrackId, ...]:
        """Tracks of the chosen cells, in the order of the cells and then of the table."""
        places = ((self.counts.index[row], column) for row, column in cells
                  if row < len(self.counts) and column in self.counts)  # fmt: skip
        groups = self.tracks.groupby(["biosample", "kind"], sort=False).groups
        rows = [index for place in places for index in groups.get(place, ())]
        chosen = self.tracks.loc[rows]
        return tuple(map(TrackId, chosen["head"], chosen["index"].astype(int)))


def matrix(table: TrackTable, words: str = "", head: str = "") -> Matrix:
    """Counts of the tracks that match.

    Args:
        table: of the model.
        words: as in `TrackTable.search`.
        head: only its tracks; all without it.
    """
    frame = table.search(words, head=[head] if head else []).frame
    tracks = frame[["head", "index"]].assign(biosample=biosamples(frame), kind=kinds(frame))
    counts = pd.crosstab(tracks["biosample"], tracks["kind"])
    by_size = counts.sum(axis=1).sort_values(ascending=False, kind="stable").index
    columns = counts.sum().sort_values(ascending=False, kind="stable").index
    listed = counts.loc[by_size[:MOST_ROWS], columns]
    return Matrix(listed.where(listed > 0, np.nan), len(counts), tracks)


def kinds(frame: pd.DataFrame) -> list[str]:
    """Kind of assay of each track, by assay and target."""
    pairs = list(zip(frame["assay"], frame["target"], strict=True))
    known = {pair: kind_of(*pair) for pair in set(pairs)}
    return [_TITLES.get(known[pair], known[pair]) for pair in pairs]


def biosamples(frame: pd.DataFrame) -> "pd.Series[str]":
    """Biosample of each track."""
    return frame["biosample"].where(frame["biosample"] != "", "(none)")


@st.dialog("Tracks by biosample and assay", width="large", icon=":material/grid_on:")
def choose(checkpoint: Checkpoint, shown: tuple[TrackId, ...], most: int) -> None:
    """The dialog.

    Args:
        checkpoint: the model.
        shown: tracks drawn now, to which chosen ones are added.
        most: tracks that can be drawn.
    """
    table = checkpoint.tracks
    with st.container(horizontal=True, vertical_alignment="bottom"):
        words = st.text_input("Only tracks with these words", key=state.MATRIX_WORDS, type="search",
                              live="400ms", placeholder="Such as H3K27ac, or liver")  # fmt: skip
        head = ""
        if len(table.heads) > 1:
            head = st.segmented_control("Head", table.heads, default=table.heads[0], required=True,
                                        key=state.MATRIX_HEAD)  # fmt: skip
    found = matrix(table, words or "", str(head or ""))
    if not len(found.counts):
        why = absent.of_search(words or "", table, checkpoint.card.name)
        st.info(plain(why) or f"No {head} track matches; tracks of another head do.",
                icon=":material/search_off:")  # fmt: skip
        return
    st.caption(f"{len(found.tracks):,} tracks in {found.biosamples:,} biosamples"
               + (f", the {len(found.counts)} with most are listed" if found.biosamples > MOST_ROWS else "")
               + ". Click cells to choose their tracks; drag, or hold Ctrl, for several.")  # fmt: skip
    _add(found, _cells(found, f"{words}|{head}"), shown, most)


def _cells(found: Matrix, asked: str) -> Sequence[Cell]:
    """The table; what was chosen in another one is forgotten."""
    columns: dict[str, Any] = {
        name: st.column_config.NumberColumn(name, format="%d") for name in map(str, found.counts)
    }
    columns["_index"] = st.column_config.TextColumn("Biosample", pinned=True, width="medium")
    chosen = st.dataframe(
        found.counts, on_select="rerun", selection_mode="multi-cell", height=440,
        key=state.MATRIX_CELLS.format(asked), placeholder="",
        column_config=columns,
    )  # fmt: skip
    return chosen.selection.cells


def _add(found: Matrix, cells: Sequence[Cell], shown: tuple[TrackId, ...], most: int) -> None:
    """What was chosen, how much of it there is room for, and the button."""
    new = [track for track in found.within(cells) if track not in shown]
    room = max(most - len(shown), 0)
    taken = new[:room]
    if len(new) > room:
        st.warning(f"{len(new):,} tracks are chosen and {len(shown)} are drawn; a figure holds {most}: "
                   f"the first {room} are added. More words choose fewer.")  # fmt: skip
    label = {0: "Add tracks", 1: "Add 1 track"}.get(len(taken), f"Add {len(taken)} tracks")
    with st.container(horizontal=True):
        if st.button(label, type="primary", disabled=not taken, icon=":material/add:"):
            state.choose_tracks(tuple(map(str, (*shown, *taken))))
            st.rerun()
        if st.button("Show only these", disabled=not new):
            state.choose_tracks(tuple(map(str, new[:most])))
            st.rerun()
