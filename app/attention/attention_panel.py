"""Widgets and charts of the Attention view."""

from typing import Any, Literal, cast
from urllib.parse import urlencode

import streamlit as st

from app import state
from app.asking.scene import Scene
from app.attention import attending
from app.figures import page
from app.figures.arc_data import NEAR, ArcPicture
from app.figures.arc_data import describe as describe_arcs
from app.figures.arc_plotly import arc_figure
from app.figures.atlas import atlas_figure, chosen_head
from app.figures.attention_data import AtlasPicture, HeadPicture, Pooling
from app.figures.attention_plotly import head_figure, selected
from app.figures.attention_words import describe_atlas, describe_head
from app.figures.profile import ProfilePicture, profile_figure
from enformer.coordinates import Interval
from enformer.genes import Gene
from interpret.attention_summary import AttentionDifference, AttentionSummary
from interpret.head_roles import HeadRoles

TARGET = "The target's tokens"
ARCS = (5, 10, 20, 40)
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


def heads(
    summary: AttentionSummary, chosen: tuple[int, int], roles: HeadRoles, order: list[int]
) -> None:
    """Every head with its figures, in an order of numbers through all layers; a click on a row chooses it."""
    key, per_layer = f"heads_{state.redraws()}_{hash(tuple(order))}", summary.heads

    def clicked() -> None:
        rows = st.session_state[key].selection.rows
        if rows:
            state.choose_attention(*divmod(order[rows[0]], per_layer))

    at = [divmod(place, per_layer) for place in order]
    does = [", ".join(roles.roles(*each)) or "none of these" for each in at]
    sought = {
        name: [roles.enrichment[(*each, i)] for each in at] for i, name in enumerate(roles.names)
    }
    st.dataframe(
        {
            "layer": [layer + 1 for layer, _ in at],
            "head": [head + 1 for _, head in at],
            "does": does,
            "entropy": [summary.entropy[each] for each in at],
            "distance": [summary.distance[each] / 1000 for each in at],
            **sought,
            "local": [100 * roles.local[each] for each in at],
            "positional": [100 * roles.positional[each] for each in at],
        },
        hide_index=True, key=key, on_select=clicked, selection_mode="single-row-required",
        selection_default={"selection": {"rows": [order.index(chosen[0] * per_layer + chosen[1])]}},
        height="auto" if len(order) < 11 else 388, column_config=_columns(summary, roles),
    )  # fmt: skip


def _columns(summary: AttentionSummary, roles: HeadRoles) -> dict[str, Any]:
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    change = isinstance(summary, AttentionDifference)
    names = ("Δ entropy (bits)", "Δ distance (kb)", "%.2g", "%.2g", "REF − ALT")
    if not change:
        names = ("entropy (bits)", "mean distance (kb)", "%.2f", "%.1f", None)
    entropy, distance, *digits, about = names
    over = "Weight on these tokens over what this head gives at the same distances on average."
    sought = {name: number(f"{name} ×", format="%.2f", help=over) for name in roles.names}
    return sought | {
        "layer": number("layer", width=50),
        "head": number("head", width=50),
        "does": text("does", width=230, help="In this window, before REF where alleles are compared."),
        "entropy": number(entropy, format=digits[0], help=about),
        "distance": number(distance, format=digits[1], help=about),
        "local": number("local %", format="%.0f", help=f"Weight within {roles.reach:,} bp."),
        "positional": number("positional %", format="%.0f", help="Of the variance of weights, what "
                             "distance alone explains."),
    }  # fmt: skip


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


def rollout() -> bool:
    """Whether the map shows all layers together instead of one head."""
    chosen = st.segmented_control(
        "Map shows", ["One head", "Rollout"], default="One head", required=True,
        key=state.ATTENTION_WHAT, on_change=state.touch, persist_state="session",
        help="Rollout multiplies the layers' mean over heads, each with the residual path as half of it "
        "(Abnar and Zuidema 2020): what may reach a token through all layers.",
    )  # fmt: skip
    return chosen == "Rollout"


def arcs() -> tuple[int, bool]:
    """How many arcs are drawn, and whether they are ranked by weight over the average at their distance."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        count = st.selectbox("Arcs", ARCS, index=1, key=state.ATTENTION_ARCS, width=90,
                             on_change=state.touch, persist_state="session")  # fmt: skip
        by = st.segmented_control(
            "Strongest by", ["weight", "weight over average"], default="weight", required=True,
            key=state.ATTENTION_BEYOND, on_change=state.touch, persist_state="session",
            help="The average is that of the same head at the same distance, wherever it is. Tokens beside "
            f"the chosen ones, {NEAR} on each side, get no arc.",
        )  # fmt: skip
        slice_choice()
    return cast(int, count), by == "weight over average"


def slice_choice() -> None:
    """Whether the chosen tokens' row or column is a track of the Locus view."""
    names = {"": "no", "row": "what they attend to", "column": "who attends to them"}
    st.session_state[state.ATTENTION_SLICE] = state.query().slice

    def changed() -> None:
        state.choose_slice(st.session_state[state.ATTENTION_SLICE])

    st.segmented_control("As a track on Locus", list(names), format_func=names.__getitem__,
                         required=True, key=state.ATTENTION_SLICE, on_change=changed)  # fmt: skip
    if state.query().slice:
        st.markdown(f":material/genetics: [Locus](./?{urlencode(state.query().to_url())})")


def arc_chart(picture: ArcPicture, file_name: str) -> None:
    """The arcs."""
    st.plotly_chart(
        arc_figure(picture, dark=_dark()), key=f"arcs_{state.redraws()}", theme=None,
        config=page.config(f"{file_name}_arcs"), alt=describe_arcs(picture),
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
