"""Widgets, tables and charts of the Variant view."""

import re
from dataclasses import replace
from typing import Any, cast
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from app import state
from app.asking import marking
from app.asking.scene import Scene
from app.figures import page
from app.figures.mutagenesis_data import MutagenesisPicture, describe
from app.figures.mutagenesis_plotly import mutagenesis_figure
from app.locus import picker
from app.variant import by_assay, varying
from app.variant.varying import Ranking
from app.widgets import plain
from enformer.tracks import TrackId
from interpret.effects import VariantEffect
from interpret.scores import SCORES
from interpret.target import Target

MOST, CHOSEN = "Most changed", "Chosen"
LANES, FLANKS = (2, 3, 5, 10), (10, 20, 50)
ORDERS = {"abs": "Largest change", "up": "Largest gain", "down": "Largest loss"}
_DIGITS = "%.3g"
SHIFTED = (
    " An insertion or deletion also moves all bases right of it against the bins, which single-base "
    "variants do not: its percentiles are high for that alone."
)


def suggest(shown: Scene) -> None:
    """No variant was asked for: how to ask for one, and some that work, one click each."""
    found = varying.suggestions(shown)
    how = (
        f"{plain(shown.parsed.name)} is no variant. This view compares REF and ALT: type a variant "
        "above, such as `chr11:5,227,002 T>A`, `rs334` or `NC_000011.10:g.5227002T>A`"
    )
    choose = ", or choose one of these." if found else "."
    st.info(how + choose, icon=":material/difference:")
    with st.container(key="variants", gap="xsmall"):
        for number, example in enumerate(found):
            st.button(
                plain(example.label), key=f"variant_{number}", icon=":material/arrow_forward:",
                help=plain(f"{example.text}. {example.about}"), on_click=state.ask,
                args=(example.text,),
            )  # fmt: skip


def ranking(shown: Scene) -> Ranking:
    """Widgets for the score that ranks tracks, its order, and whose tracks."""
    heads = shown.checkpoint.tracks.heads
    _default(state.VARIANT_HEAD, shown.head, heads)
    _default(state.VARIANT_SCORE, next(iter(SCORES)), tuple(SCORES))
    _default(state.VARIANT_ORDER, "abs", tuple(ORDERS))
    shared = {"on_change": state.touch, "persist_state": "session"}
    score = st.selectbox(
        "Score", list(SCORES), key=state.VARIANT_SCORE, width=130, **shared,
        help="  \n".join(f"**{name}**: {plain(kind.about)}" for name, kind in SCORES.items()),
    )  # fmt: skip
    order = st.selectbox("Ranked by", list(ORDERS), format_func=ORDERS.__getitem__, width=170,
                         key=state.VARIANT_ORDER, **shared)  # fmt: skip
    head = shown.head
    if len(heads) > 1:
        head = st.selectbox("Head", heads, key=state.VARIANT_HEAD, width=130, **shared)
    return Ranking(score, order, head)


def _default(key: str, value: object, options: tuple[object, ...]) -> None:
    """What a widget says first, and where what it said is no choice any more."""
    if st.session_state.get(key) not in options:
        st.session_state[key] = value


def lanes(query: state.Query) -> int | None:
    """How many of the most changed tracks are drawn; None where chosen tracks are."""
    _default(state.VARIANT_TRACKS, CHOSEN if query.tracks else MOST, (MOST, CHOSEN))
    shared = {"on_change": state.touch, "persist_state": "session"}
    which = st.segmented_control("Tracks drawn", [MOST, CHOSEN], key=state.VARIANT_TRACKS,
                                 required=True, **shared)  # fmt: skip
    if which == CHOSEN:
        return None
    _default(state.VARIANT_LANES, LANES[1], LANES)
    return st.selectbox("How many", LANES, key=state.VARIANT_LANES, width=90, **shared)


def pick(shown: Scene, chosen: tuple[TrackId, ...] | None) -> None:
    """The tracks that are drawn, in the sidebar, where they are chosen there."""
    count = "the most changed" if chosen is None else f"{len(chosen)} shown"
    with st.sidebar.expander(f"Tracks, {count}", icon=":material/stacks:", expanded=True):
        if chosen is None:
            st.caption("The most changed tracks are drawn.")
            st.button("Choose tracks", icon=":material/stacks:", on_click=_choose)
        else:
            picker.choose_tracks(shown.checkpoint, chosen, shown.head)


def _choose() -> None:
    st.session_state[state.VARIANT_TRACKS] = CHOSEN
    state.touch()


def links(query: state.Query, target: Target) -> None:
    """The other views of the same question."""
    explained = replace(query, target=str(target))
    asked = urlencode(explained.to_url())
    change = urlencode(replace(explained, allele="difference").to_url())
    st.markdown(
        f":material/grid_on: [Attention, REF − ALT](attention?{asked}) &nbsp; "
        f":material/equalizer: [Contributions of the bases](contributions?{asked}) &nbsp; "
        f":material/difference: [Contributions of the difference](contributions?{change})"
    )


def said(effect: VariantEffect, shown: Scene) -> None:
    """What was compared: the variant, its window, and bins that ALT lacks."""
    variant, bins = effect.variants[0], len(effect.scored)
    kind = variant.kind[0].upper() + variant.kind[1:]
    where = f"{variant.contig}:{variant.position:,}"
    text = f"{kind} at {where}: REF and ALT predicted in the window {effect.window}."
    if effect.realigned:
        text += " ALT's bins were realigned over the reference's bases"
        out = effect.bins_left_out
        text += f"; {out:,} of {bins:,} bins have no ALT and are left out." if out else "."
    st.caption(plain(text))


def tables(
    effect: VariantEffect, shown: Scene, ranking: Ranking, drawn: tuple[TrackId, ...] | None
) -> None:
    """Tracks and genes by what changes, and what percentiles refer to; `drawn` as in `_changed`."""
    left, right = st.columns([4, 3], gap="medium")
    with left:
        st.markdown(f"**Tracks**, {ORDERS[ranking.order].lower()} first")
        _changed(varying.ranked(effect, shown, ranking), ranking, drawn)
    with right:
        _genes(varying.of_genes(effect, shown, ranking.head))
    _background(effect, shown)
    by_assay.draw(effect, shown, ranking)


def _changed(table: pd.DataFrame, ranking: Ranking, drawn: tuple[TrackId, ...] | None) -> None:
    """Tracks by what changes; ticked rows are drawn.

    Args:
        table: of `varying.ranked`.
        ranking: that made it.
        drawn: the chosen tracks, None where the most changed are drawn.
    """
    key, ids = f"changed_{state.redraws()}", varying.ids_of(table)

    def ticked() -> None:
        rows = st.session_state[key].selection.rows
        others = () if drawn is None else tuple(track for track in drawn if track not in ids)
        st.session_state[state.VARIANT_TRACKS] = CHOSEN
        state.choose_tracks(tuple(map(str, (*others, *(ids[row] for row in rows)))))

    st.dataframe(
        table.drop(columns=["head", "index"]), hide_index=True, key=key, height=388,
        on_select=ticked, selection_mode="multi-row",
        selection_default={"selection": {"rows": [ids.index(t) for t in drawn or () if t in ids]}},
        column_config=_columns(ranking),
    )  # fmt: skip


def _columns(ranking: Ranking) -> dict[str, Any]:
    number, kind = st.column_config.NumberColumn, SCORES[ranking.score]
    about = plain(f"{kind.about} ({kind.unit})")
    return {
        "name": st.column_config.TextColumn("Track", width=180, help="Tick to draw it."),
        "REF": number("REF", format="%.4g", help="Mean over the scored bins, in the track's unit."),
        "ALT": number("ALT", format="%.4g", help="Mean over the same bins."),
        ranking.score: number(ranking.score, format=_DIGITS, help=about),
        "percentile": number("Percentile", format="%.1f", help="Of the size of the change, among random "
                             "variants on the same track."),
    }  # fmt: skip


def _background(effect: VariantEffect, shown: Scene) -> None:
    """What percentiles refer to, or how to get them."""
    if effect.background:
        st.caption(
            plain(
                f"Percentiles are those among {effect.background}. They compare sizes of change; "
            )
            + "they are no probability of being causal."
            + (SHIFTED if effect.realigned else "")
        )
        return
    name, assembly = shown.checkpoint.card.name, shown.place.genome.assembly
    genome = assembly if assembly == "demo" else f"{assembly}.fa.gz"
    st.caption("No background of random variants comes with these weights; this makes one:")
    st.code(
        f"python -m interpret.background --genome {genome} --model {name} --count 1000 "
        f"--out interpret/backgrounds/{name}.npz",
        language=None, wrap_lines=True,
    )  # fmt: skip


def _genes(table: pd.DataFrame) -> None:
    """CAGE of each gene whose TSS has a bin."""
    st.markdown("**CAGE at the TSS of genes**, log2 fold change")
    if not len(table):
        st.caption("No gene starts in the predicted region, or this head has no CAGE.")
        return
    number = st.column_config.NumberColumn
    st.dataframe(
        table, hide_index=True, height="auto" if len(table) < 11 else 388,
        column_config={
            "gene": "Gene",
            "distance": number("TSS", format="%+d", help="Bp from the variant to the TSS."),
            "logSED_mean": number("Mean", format=_DIGITS, help="Over the CAGE tracks of its strand."),
            "logSED": number("Strongest", format=_DIGITS, help="log2(1 + ALT) − log2(1 + REF), summed over "
                             "the TSS bin and its neighbours."),
            "track": "Strongest track",
        },
    )  # fmt: skip


def about_map(count: int) -> str:
    """What the map shows, and of how many substitutions."""
    return (
        "**Mutagenesis map**: what each substitution of the **reference** around the variant would do "
        f"to a target, {count:,} in all."
    )


def flank() -> int:
    """Bases on each side of the variant."""
    _default(state.VARIANT_FLANK, FLANKS[0], FLANKS)
    chosen = st.segmented_control(
        "Bases around", FLANKS, format_func=lambda bp: f"± {bp}", key=state.VARIANT_FLANK,
        required=True, on_change=state.touch, persist_state="session",
        help="Every base is exchanged for each of the three others, one at a time. It is the reference that "
        "is mutated, not ALT.",
    )  # fmt: skip
    return cast(int, chosen)


def chart(picture: MutagenesisPicture, file_name: str) -> None:
    """The map; a click on a column marks its base."""
    key = f"map_{state.redraws()}"
    st.plotly_chart(
        mutagenesis_figure(picture, dark=st.context.theme.type == "dark"), theme=None, key=key,
        on_select=lambda: marking.chosen(st.session_state[key].selection.points),
        selection_mode="points", config=page.config(file_name), alt=describe(picture),
    )  # fmt: skip


def stem(shown: Scene) -> str:
    """The beginning of the names of the map's files."""
    card, variant = shown.checkpoint.card, shown.parsed.variant
    parts = [card.name, "" if card.trained else "untrained", shown.place.genome.assembly,
             "" if variant is None else variant.key]  # fmt: skip
    text = "_".join(part for part in parts if part)
    return re.sub(r"[^A-Za-z0-9.+_-]+", "-", text).strip("-")[:120]
