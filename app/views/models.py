"""The Models view: the card of each model, and what has to be fetched first."""

import streamlit as st

from app import picker, services, start, state, widgets
from app.seat import Seat
from enformer.checkpoint import BUNDLED
from enformer.errors import Cancelled, EnformerLensError
from enformer.published import OFFICIAL_CARD


def view() -> None:
    """One card a model; the one in use is marked."""
    state.sync("models")
    seat, query = services.seat(), start.resolved(state.query())
    st.title("Models")
    st.caption("No model is shown without its card. Choose one here or in the Locus view.")
    for name in dict.fromkeys([*services.MODELS, query.model]):
        with st.container(border=True, key=f"model_{name}"):
            _model(name, name == query.model, seat)
    widgets.footer(f"Model in use: {query.model}", *widgets.software())
    state.write_url()


def _model(name: str, in_use: bool, seat: Seat) -> None:
    st.subheader(widgets.plain(picker.model_title(name)))
    try:
        if in_use or name in BUNDLED:
            opened = widgets.ready(services.open_model(name, seat), seat)
            widgets.card(opened.card, opened.sha256, opened.config)
        else:
            widgets.card(OFFICIAL_CARD)
            widgets.offer(name, seat)
    except EnformerLensError as error:
        widgets.explain(error, seat, name)
    except Cancelled:
        widgets.stopped(seat, name)
    except widgets.NotReady:
        return
    if in_use:
        st.markdown(":material/check_circle: In use")
    else:
        st.button("Use this model", key=f"use_{name}", on_click=state.choose_model, args=(name,))


view()
