"""The table of the VCF view: its filters, its rows, and the one that is opened in the Variant view."""

from collections.abc import Mapping
from typing import cast

import pandas as pd
import streamlit as st

from app import services, state
from app.asking.places import stamp
from app.variant.variant_panel import SHIFTED
from app.vcf import effects_table
from app.vcf.effects_table import ORDERS, Wish
from app.vcf.scoring_work import Task
from app.widgets import plain
from enformer.coordinates import Variant
from enformer.errors import QueryError
from interpret.score_columns import Columns
from interpret.score_reasons import SCORED, STATUSES
from interpret.scores import SCORES

_PERCENTILE = "Percent of random variants that change this track less."
_KEPT = {"on_change": state.touch, "persist_state": "session"}


def draw(task: Task) -> None:
    """Filters, rows, and the row that was clicked."""
    counts = _read(task, ("status",))["status"].value_counts()
    wish = _wish(task, {str(status): int(count) for status, count in counts.items()})
    table = _read(task, wish.columns(task.run.columns))
    try:
        rows = effects_table.chosen(table, wish)
    except QueryError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    if not len(rows):
        st.info("No row is like that: take a filter back.", icon=":material/filter_alt_off:")
        return
    picked = _rows(rows, wish, len(table))
    if picked is None:
        st.caption("Click the box at the left of a row to see all its scores and to open it.")
    else:
        _picked(task, rows.iloc[picked], int(rows.index[picked]))


def _read(task: Task, columns: tuple[str, ...]) -> pd.DataFrame:
    return services.table(task.run.out, stamp(task.run.out), columns)


def _wish(task: Task, counts: Mapping[str, int]) -> Wish:
    """Widgets for what is looked at."""
    columns, of = task.run.columns, effects_table.choices(task.run.columns)
    _default(state.EFFECTS_SCORE, columns.scores[0], columns.scores)
    _default(state.EFFECTS_OF, effects_table.STRONGEST, tuple(of))
    _default(state.EFFECTS_ORDER, "size", tuple(ORDERS))
    with st.container(horizontal=True, vertical_alignment="bottom", key="effects_filters"):
        score = st.selectbox("Score", columns.scores, key=state.EFFECTS_SCORE, width=130, **_KEPT,
                             help=_about(columns))  # fmt: skip
        value = st.selectbox("Effect on", list(of), format_func=of.__getitem__, width=230,
                             key=state.EFFECTS_OF, **_KEPT)  # fmt: skip
        order = st.selectbox("Order", list(ORDERS), format_func=ORDERS.__getitem__, width=180,
                             key=state.EFFECTS_ORDER, **_KEPT)  # fmt: skip
        region = st.text_input("Region", key=state.EFFECTS_REGION, width=230, **_KEPT,
                               placeholder="chr11 or chr11:5,226,000-5,228,000")  # fmt: skip
        least = st.number_input(f"Smallest |{score}|", 0.0, value=None, key=state.EFFECTS_LEAST,
                                width=150, format="%.4g", placeholder="0", **_KEPT)  # fmt: skip
        wish = Wish(score, value, (), region or "", least or 0.0, 0.0, order)
        return Wish(*(wish.score, wish.of, _statuses(counts), wish.region, wish.least),
                    _percentile(wish, columns), wish.order)  # fmt: skip


def _percentile(wish: Wish, columns: Columns) -> float:
    """The widget is there where values have percentiles."""
    if wish.ranked not in wish.columns(columns):
        return 0.0
    least = st.number_input(
        "Smallest percentile", 0.0, 100.0, value=None, key=state.EFFECTS_PERCENTILE, width=150,
        placeholder="0", help=_PERCENTILE, **_KEPT,
    )  # fmt: skip
    return least or 0.0


def _statuses(counts: Mapping[str, int]) -> tuple[str, ...]:
    """The widget is there where rows differ in it."""
    there = [status for status in STATUSES if status in counts]
    if len(there) < 2:
        return ()
    kept = st.session_state.get(state.EFFECTS_STATUS) or []
    st.session_state[state.EFFECTS_STATUS] = [status for status in kept if status in there]
    return tuple(st.multiselect(
        "Status", there, format_func=lambda status: f"{status} ({counts[status]:,})",
        key=state.EFFECTS_STATUS, placeholder="Any", width=240, **_KEPT,
    ))  # fmt: skip


def _default(key: str, value: object, options: tuple[object, ...]) -> None:
    if st.session_state.get(key) not in options:
        st.session_state[key] = value


def _about(columns: Columns) -> str:
    return "  \n".join(f"**{name}**: {plain(SCORES[name].about)}" for name in columns.scores)


def _rows(rows: pd.DataFrame, wish: Wish, total: int) -> int | None:
    """The rows; the place of the one that is chosen."""
    said = f"{len(rows):,} of {total:,} alleles"
    if len(rows) > effects_table.MOST_ROWS:
        said += f", of which the first {effects_table.MOST_ROWS:,} are listed"
    unit = SCORES[wish.score].unit.replace("track", "the unit of the track")
    st.caption(f"{said}. {plain(wish.score)} is {plain(SCORES[wish.score].about)}, in {unit}.")
    number = st.column_config.NumberColumn
    found = st.dataframe(
        effects_table.shown(rows, wish), hide_index=True, placeholder="",
        height=420 if len(rows) > 10 else "auto",
        key=state.EFFECTS_ROWS.format(abs(hash(wish))), on_select="rerun", selection_mode="single-row",
        column_config={
            "Position": number(format="localized"),
            wish.score: number(format="%.4g"),
            "Percentile": number(format="%.1f", help=_PERCENTILE),
            "ID": st.column_config.TextColumn(width="medium"),
        },
        alt=f"Variants with their {wish.score}, {ORDERS[wish.order].lower()} first",
    )  # fmt: skip
    chosen = cast(dict, found)["selection"]["rows"]
    return chosen[0] if chosen and chosen[0] < len(rows) else None


def _picked(task: Task, row: pd.Series, place: int) -> None:
    """What is known of the row that was clicked, and the way to its picture."""
    with st.container(border=True, key="effects_picked"):
        if row["status"] != SCORED:
            where = f"{row['contig']}:{row['position']:,}"
            st.markdown(f"**{plain(where)}** is not scored: {plain(row['reason'])}")
            return
        variant = _variant(row["variant"])
        left, right = st.columns([2, 3], vertical_alignment="center")
        name = "" if row["id"] == "." else f" · {plain(row['id'])}"
        left.markdown(f"**{plain(str(variant)[:80])}**{name}")
        if left.button("Open in Variant view", type="primary", icon=":material/difference:"):
            state.ask(str(variant))
            st.switch_page("views/variant.py")
        left.caption(_notes(task, variant))
        columns = task.run.columns
        every = _read(task, effects_table.columns_of_summary(columns))
        right.dataframe(
            effects_table.summary(columns, every.iloc[place]), hide_index=True,
            column_config={"Value": st.column_config.NumberColumn(format="%.4g"),
                           "Percentile": st.column_config.NumberColumn(format="%.1f")},
        )  # fmt: skip


def _variant(key: str) -> Variant:
    """The variant of that `Variant.key`, whatever its contig is called."""
    contig, position, alleles = key.rsplit(":", 2)
    return Variant(contig, int(position), *alleles.split(">"))


def _notes(task: Task, variant: Variant) -> str:
    """Why numbers may differ from those of the Variant view, and what a percentile of an indel means."""
    shared = "" if task.run.grid == 1 else (
        "There it has the middle of a window of its own, so that values may differ a little."
    )  # fmt: skip
    shifted = SHIFTED if task.run.background is not None and variant.is_indel else ""
    return f"{shared}{shifted}"
