"""The Models view: the card of each model, what it was measured to do, and how to train another."""

import streamlit as st

from app import held_out_panel, picker, places, services, start, state, widgets
from app.seat import Seat
from enformer.checkpoint import BUNDLED
from enformer.errors import Cancelled, EnformerLensError
from enformer.published import OFFICIAL_CARD

# What each step of training does, and its command.
OWN = (
    (
        "**Prepare**: cut a genome and its bigWigs into windows, split by chromosome, in one HDF5 file.",
        "python -m train.prepare bigwig --genome genome.fa --tracks tracks.tsv "
        "--valid chr8 --test chr9 --out data.h5",
    ),
    (
        "**Train**: what a configuration file says (see `train/configs/`), on one CPU, one GPU or many.",
        "python -m train.fit own.toml",
    ),
    (
        "**Evaluate**: correlations per track, gene and assay on held-out windows, as a report.",
        "python -m train.evaluate runs/own/best.safetensors data.h5 --split test --out report",
    ),
)


def view() -> None:
    """One card a model; the one in use is marked."""
    state.sync("models")
    seat, query = services.seat(), start.resolved(state.query())
    st.title("Models")
    st.caption("No model is shown without its card. Choose one here or in the Locus view.")
    for name in dict.fromkeys([*services.MODELS, query.model]):
        with st.container(border=True, key=f"model_{name}"):
            _model(name, name == query.model, seat)
    _train_your_own()
    widgets.footer(f"Model in use: {query.model}", *widgets.software())
    state.write_url()


def _model(name: str, in_use: bool, seat: Seat) -> None:
    st.subheader(widgets.plain(picker.model_title(name)))
    try:
        if in_use or name in BUNDLED:
            opened = widgets.ready(services.open_model(name, seat), seat)
            size = sum(places.stamp(opened.source)[:1]) if opened.source.is_file() else 0
            widgets.card(opened.card, opened.sha256, opened.config, size=size, figures=False)
            held_out_panel.draw(opened.card, name)
        else:
            widgets.card(OFFICIAL_CARD)
            held_out_panel.draw(OFFICIAL_CARD, name)
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


def _train_your_own() -> None:
    with st.container(border=True, key="train_your_own"):
        st.subheader("Train your own")
        st.markdown(
            "From a genome and its measurements to a model in this list, in three commands:"
        )
        for about, command in OWN:
            st.markdown(about)
            st.code(command, language="bash", wrap_lines=True)
        st.caption("Then type the path of `best.safetensors` under Model in the Locus view.")


view()
