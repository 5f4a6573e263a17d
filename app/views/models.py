"""The Models view: the card of each model, and two models compared at one place."""

from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app import header, services, state, widgets
from app.asking import start, toolbar
from app.asking.scene import Scene
from app.computing.seat import Seat
from app.models import comparing, model_cards
from app.models import comparison_panel as panel
from app.models.comparison_files import ComparisonFiles, menu
from app.sheet.origins import Model
from app.sheet.single import Single
from enformer.checkpoint import BUNDLED
from enformer.genes import Gene

CARDS, COMPARE = "Cards", "Compare two"


def view() -> None:
    """The part that is asked for."""
    query = state.sync("models")
    in_use = start.resolved(query).model
    _choose_part(query, in_use)
    if query.other:
        header.run("models", draw, query)
        return
    model_cards.draw(in_use, services.seat())
    widgets.footer(f"Model in use: {in_use}", *widgets.software())
    state.write_url()


def _choose_part(query: state.Query, in_use: str) -> None:
    st.session_state[state.MODELS_PART] = COMPARE if query.other else CARDS
    st.segmented_control(
        "Part", (CARDS, COMPARE), key=state.MODELS_PART, required=True, on_change=_part_chosen,
        args=(in_use,), label_visibility="collapsed",
    )  # fmt: skip


def _part_chosen(in_use: str) -> None:
    compare = st.session_state[state.MODELS_PART] == COMPARE
    known = [state.last_other(), *state.recent_models(), *BUNDLED]
    other = next(name for name in known if name not in ("", in_use))
    state.compare_with(other if compare else "")


def draw(query: state.Query, shown: Scene, seat: Seat) -> None:
    """Model A, which is in use, against model B, at the place that is asked about."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="models_compared"):
        panel.other_model(query.model, query.other)
        whose = panel.allele(shown.parsed.variant is not None)
        choice = st.container(key="pairs", width="content")
    bar = st.container(horizontal=True, key="toolbar")
    if query.other == query.model:
        st.info(
            "A and B are one model. Choose another as model B, or as the model in use.",
            icon=":material/compare:",
        )
        return
    other = panel.opened(query.other, seat)
    if other is None:
        return
    sides = comparing.beside(shown, other, query.zoom)
    panel.said(sides)
    with choice:
        asked = panel.choice(query, sides, whose)
    picture = st.container()
    panel.side_by_side(sides)  # at once, while the predictions are computed
    with picture:
        _compare(query, asked, seat, bar)


def _compare(
    query: state.Query, asked: comparing.Comparison, seat: Seat, bar: DeltaGenerator
) -> None:
    """The lanes, the scatter of one pair, the summary of all."""
    with bar:
        toolbar.zoom_buttons(asked.sides.a)
    panel.matched(asked)
    if not asked.pairs:
        st.info("No pair of tracks is chosen. Choose one under Pairs.", icon=":material/stacks:")
        return
    both = asked.predictions(seat)
    values = asked.agreement(both)
    if values.count < comparing.FEWEST_BINS:
        st.info(
            "Both models predict hardly a bin of the part in view. Zoom out, or press Reset.",
            icon=":material/zoom_out:",
        )
        return
    genes = header.genes(asked.sides.a, seat)
    drawn = asked.picture(values, genes)
    panel.chart(drawn, asked.stem)
    left, right = st.columns(2, gap="medium")
    with right:
        panel.by_assay(asked, both)
    with left:
        pair, points = panel.scatter(values, drawn, asked.stem)
    files = ComparisonFiles(
        values, drawn, asked.stem, _single(query, asked, genes, pair, points.scale)
    )
    with bar:
        toolbar.menus(lambda: menu(files, points), query)


def _single(
    query: state.Query,
    asked: comparing.Comparison,
    genes: tuple[Gene, ...],
    pair: int,
    scale: str,
) -> Single:
    """What the figures are drawn again from."""
    pairs = [[str(one), one.basis] for one in asked.pairs]
    found = Single.of(
        "comparison", query, asked.sides.a, genes=genes, allele=asked.allele, pairs=pairs,
        pair=pair, scale=scale,
    )  # fmt: skip
    return replace(found, other=Model.of(asked.sides.b.checkpoint, query.other))


view()
