"""What a model's card measured: training curves, and held-out figures as a table and as bars."""

import streamlit as st

from app.figures import page
from app.figures.training import bars_figure, training_figure
from app.models.held_out import HeldOut
from app.widgets import plain
from enformer.card import ModelCard

NO_CURVES = "This file keeps no training curves."


def draw(card: ModelCard, name: str) -> None:
    """Curves and figures.

    Args:
        card: of the model.
        name: tells several of these on one page apart.
    """
    dark, found = st.context.theme.type == "dark", HeldOut.of(card.figures)
    if len(found.pearson):
        st.markdown("**Held-out figures**, mean Pearson correlation over tracks")
        left, right = st.columns([3, 2], gap="medium")
        with left:
            _table(found)
        shown = found.pearson[found.split].dropna()
        right.plotly_chart(
            bars_figure(shown, dark=dark), theme=None, key=f"bars_{name}",
            config=page.config(f"{card.name}_held_out"),
            alt=f"Mean Pearson on {found.split}: "
            + ", ".join(f"{' '.join(row)} {value:.2f}"
            for row, value in zip(shown.index.to_flat_index(), shown, strict=True)),
        )  # fmt: skip
    if found.others:
        st.markdown("**More held-out figures**")
        st.dataframe(
            {"figure": list(found.others), "value": list(found.others.values())}, hide_index=True,
            column_config={"value": st.column_config.NumberColumn(format="%.3f", width="small")},
        )  # fmt: skip
    _curves(card, name, dark)


def _table(found: HeldOut) -> None:
    digits = st.column_config.NumberColumn(format="%.3f")
    st.dataframe(
        found.pearson.reset_index(), hide_index=True,
        column_config=dict.fromkeys(found.pearson.columns, digits),
    )  # fmt: skip
    st.caption(plain(f"Bars: {found.split}."))


def _curves(card: ModelCard, name: str, dark: bool) -> None:
    if not card.history:
        st.caption(NO_CURVES)
        return
    st.markdown("**Training curves**")
    steps = card.history["step"]
    st.plotly_chart(
        training_figure(card.history, dark=dark), theme=None, key=f"curves_{name}",
        config=page.config(f"{card.name}_training"),
        alt=f"Training loss and validation figures over {len(steps)} validations.",
    )  # fmt: skip
