"""The cards of all models: what each was measured to do, where it lies, and how to train another."""

import streamlit as st

from app import services, state, widgets
from app.computing import fetching
from app.computing.seat import Seat
from app.locus import picker
from app.models import held_out_panel
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


def draw(in_use: str, seat: Seat) -> None:
    """One card a model; the one in use is marked.

    Args:
        in_use: name or path of the model in use.
        seat: of this session.
    """
    st.caption("No model is shown without its card. Choose one here or in the Locus view.")
    looked_at = _own() if services.paths_allowed() else ""
    for name in dict.fromkeys(filter(None, (looked_at, *services.MODELS, in_use))):
        with st.container(border=True, key=f"model_{name}"):
            _model(name, in_use, seat)
    _train_your_own()


def _own() -> str:
    """The path of a checkpoint of one's own whose card is to be shown; empty for none."""
    st.text_input(
        "Own checkpoint", key=state.MODEL_SEEN, on_change=state.touch, persist_state="session",
        placeholder="Path of a .safetensors file, or of a folder with config.json and weights",
        icon=":material/folder_open:",
        help="Its card is shown before it is used. What `train.fit` writes is `best.safetensors`.",
    )  # fmt: skip
    recent = state.recent_models()
    if recent:
        with st.container(horizontal=True, gap="small", key="recent_models"):
            st.caption("Opened in this session:", width="content")
            for number, path in enumerate(recent):
                st.button(
                    widgets.plain(path if len(path) <= 40 else f"…{path[-39:]}"),
                    key=f"recent_{number}", type="tertiary", help=widgets.plain(path),
                    on_click=_look_at, args=(path,),
                )  # fmt: skip
    return (st.session_state.get(state.MODEL_SEEN) or "").strip()


def _look_at(path: str) -> None:
    st.session_state[state.MODEL_SEEN] = path
    state.touch()


def _model(name: str, in_use: str, seat: Seat) -> None:
    st.subheader(widgets.plain(picker.model_title(name)))
    try:
        if fetching.is_missing(name):
            widgets.card(OFFICIAL_CARD, figures=False)
            held_out_panel.draw(OFFICIAL_CARD, name)
            widgets.offer(name, seat)
        else:
            found = widgets.ready(services.about_model(name, seat), seat)
            widgets.card(found.card, found.sha256, found.config, size=found.size, figures=False)
            held_out_panel.draw(found.card, name)
            if name not in services.MODELS:
                state.remember_model(name)
    except EnformerLensError as error:
        widgets.explain(error, seat, name)
        return
    except Cancelled:
        widgets.stopped(seat, name)
        return
    except widgets.NotReady:
        return
    _choose(name, in_use)


def _choose(name: str, in_use: str) -> None:
    """Use the model, or lay it beside the one in use."""
    if name == in_use:
        st.markdown(":material/check_circle: In use")
        return
    with st.container(horizontal=True):
        st.button("Use this model", key=f"use_{name}", on_click=state.choose_model, args=(name,))
        st.button(
            f"Compare with {widgets.plain(in_use)}", key=f"compare_{name}", icon=":material/compare:",
            on_click=state.compare_with, args=(name,),
        )  # fmt: skip


def _train_your_own() -> None:
    with st.container(border=True, key="train_your_own"):
        st.subheader("Train your own")
        st.markdown(
            "From a genome and its measurements to a model in this list, in three commands:"
        )
        for about, command in OWN:
            st.markdown(about)
            st.code(command, language="bash", wrap_lines=True)
        st.caption("Then type the path of `best.safetensors` above, or under Model in any view.")
