"""Widgets and charts of the Attention view."""

from typing import Literal, cast

import streamlit as st

from app import attending, state
from app.figures import page
from app.figures.atlas import atlas_figure, chosen_head
from app.figures.attention_data import AtlasPicture, HeadPicture, Pooling
from app.figures.attention_plotly import head_figure, selected
from app.figures.attention_words import describe_atlas, describe_head
from app.figures.profile import ProfilePicture, profile_figure
from app.scene import Scene
from enformer.coordinates import Interval
from enformer.genes import Gene
from interpret.attention_summary import AttentionDifference, AttentionSummary

TARGET = "The target's tokens"
SHIFTED = (
    ":material/info: Tokens are compared by their place in the window: right of an insertion or "
    "deletion the same token holds other bases in ALT, so what only moved shows as a change."
)


def _dark() -> bool:
    return st.context.theme.type == "dark"


def allele(shown: Scene) -> attending.Allele:
    """Which allele's attention is shown; REF where there is no variant."""
    if shown.parsed.variant is None:
        return "REF"
    chosen = st.segmented_control(
        "Allele", ["REF − ALT", "REF", "ALT"], default="REF − ALT", required=True,
        key=state.ATTENTION_ALLELE, on_change=state.touch, persist_state="session",
    )  # fmt: skip
    if chosen == "REF − ALT" and shown.parsed.variant.is_indel:
        st.caption(SHIFTED)
    return cast(attending.Allele, chosen)


def scale() -> tuple[Pooling, bool]:
    """How cells of the small maps are made, and whether all heads share their colours."""
    with st.container(horizontal=True):
        pooling = st.segmented_control(
            "Cells show", ["max", "mean"], default="max", required=True,
            format_func=lambda kind: f"{kind} over tokens", key=state.ATTENTION_POOLING,
            on_change=state.touch, persist_state="session",
            help="The mean hides peaks of single tokens; the maximum hides how few they are.",
        )  # fmt: skip
        colours = st.segmented_control(
            "Colour scale", ["shared", "per head"], default="shared", required=True,
            key=state.ATTENTION_SCALE, on_change=state.touch, persist_state="session",
            help="Shared compares heads; per head shows the pattern of each.",
        )  # fmt: skip
    return cast(Pooling, pooling), colours == "shared"


def atlas(picture: AtlasPicture, file_name: str) -> None:
    """Small maps of all heads; a click on one chooses it."""
    key = f"atlas_{state.redraws()}"

    def clicked() -> None:
        found = chosen_head(st.session_state[key].selection.points)
        if found is not None:
            state.choose_attention(*found)

    st.plotly_chart(
        atlas_figure(picture, dark=_dark()), key=key, theme=None, on_select=clicked,
        selection_mode="points", width="content", config=page.config(file_name),
        alt=describe_atlas(picture),
    )  # fmt: skip


def heads(summary: AttentionSummary, chosen: tuple[int, int]) -> None:
    """Every head with its figures; a click on a row chooses it."""
    key, per_layer = f"heads_{state.redraws()}", summary.heads

    def clicked() -> None:
        rows = st.session_state[key].selection.rows
        if rows:
            state.choose_attention(*divmod(rows[0], per_layer))

    total, change = summary.layers * per_layer, isinstance(summary, AttentionDifference)
    names = ("Δ entropy (bits)", "Δ distance (kb)", "%.2g", "%.2g", "REF − ALT")
    if not change:
        names = ("entropy (bits)", "mean distance (kb)", "%.2f", "%.1f", None)
    entropy, distance, *digits, about = names
    st.dataframe(
        {
            "layer": [place // per_layer + 1 for place in range(total)],
            "head": [place % per_layer + 1 for place in range(total)],
            "entropy": summary.entropy.ravel(),
            "distance": summary.distance.ravel() / 1000,
        },
        hide_index=True, key=key, on_select=clicked, selection_mode="single-row-required",
        selection_default={"selection": {"rows": [chosen[0] * per_layer + chosen[1]]}},
        height="auto",
        column_config={
            "layer": st.column_config.NumberColumn("layer", width="small"),
            "head": st.column_config.NumberColumn("head", width="small"),
            "entropy": st.column_config.NumberColumn(entropy, format=digits[0], help=about),
            "distance": st.column_config.NumberColumn(distance, format=digits[1], help=about),
        },
    )  # fmt: skip


def profile(picture: ProfilePicture, file_name: str) -> None:
    """Mean weight by distance."""
    st.plotly_chart(
        profile_figure(picture, dark=_dark()), theme=None, config=page.config(file_name),
        alt=f"Mean attention weight by distance of {picture.name} and of all heads.",
    )  # fmt: skip


def choose_tokens(query: state.Query, shown: Scene, genes: tuple[Gene, ...]) -> None:
    """Whose attention is drawn as tracks: the target's, a gene's start, or the variant's."""
    start, size = shown.window.start, shown.checkpoint.config.bin_size
    starts = {f"TSS of {gene.symbol}": gene.tss for gene in genes if gene.strand in "+-"}
    if shown.parsed.variant is not None:
        starts |= {"The variant": shown.parsed.variant.start}
    inside = {n: at for n, at in starts.items() if shown.window.start <= at < shown.window.end}
    options: dict[str, int | None] = {TARGET: None}
    options |= {name: (at - start) // size for name, at in inside.items()}
    now = next((name for name, token in options.items() if token == query.token), "")
    if not now:
        now = f"Token {query.token}"
        options[now] = query.token
    st.session_state[state.ATTENTION_TOKEN] = now

    def changed() -> None:
        state.choose_token(options[st.session_state[state.ATTENTION_TOKEN]])

    st.selectbox("Tokens", list(options), key=state.ATTENTION_TOKEN, on_change=changed, width=220)


def way() -> Literal["row", "column"]:
    """Whether rows or columns are drawn as tracks."""
    names = {"row": "attend to", "column": "are attended by"}
    chosen = st.segmented_control(
        "Tracks show what they", list(names), default="row", format_func=lambda way: names[way],
        required=True, key=state.ATTENTION_WAY, on_change=state.touch, persist_state="session",
    )  # fmt: skip
    return cast(Literal["row", "column"], chosen)


def every_token() -> bool:
    """Whether the large map shows every weight, though all of the window is in view."""
    return st.toggle(
        "Every token", key=state.ATTENTION_WHOLE, on_change=state.touch, persist_state="session",
        help="One cell for each pair of tokens, computed for this layer. A box drawn over the map does "
        "the same for the part in it.",
    )  # fmt: skip


def zoom_buttons(query: state.Query, shown: Scene) -> None:
    """Back to the whole window."""
    st.button("Whole window", icon=":material/open_in_full:", on_click=state.zoom_reset,
              disabled=query.zoom is None, help="All tokens, also those that have no bin.")  # fmt: skip


def head(picture: HeadPicture, file_name: str) -> None:
    """One head large; a box drawn over the map zooms to that part of both axes."""
    key = f"head_{state.redraws()}"

    def boxed() -> None:
        boxes = st.session_state[key].selection.box
        found = selected(picture, boxes[0]) if boxes else None
        if found is not None:
            _zoom(picture, *found)

    st.plotly_chart(
        head_figure(picture, dark=_dark()), key=key, theme=None, on_select=boxed,
        selection_mode="box", config=page.config(file_name), alt=describe_head(picture),
    )  # fmt: skip


def _zoom(picture: HeadPicture, keys: Interval, queries: Interval) -> None:
    """Keys are the zoom of all views; the queries that were boxed with them are remembered by it."""
    part, shown = (keys.start, keys.end), (picture.keys.start, picture.keys.end)
    boxed = st.session_state.get(state.ATTENTION_ROWS, {})
    st.session_state[state.ATTENTION_ROWS] = boxed | {part: (queries.start, queries.end)}
    state.zoom_to(part, shown)
