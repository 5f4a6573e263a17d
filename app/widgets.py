"""Parts that every view draws: errors, progress, cards, the footer. Each returns typed values or none."""

import re
from typing import TypeVar

import streamlit as st

from app import services, state
from app.asking import places
from app.computing import fetching
from app.computing.job import JobState, JobStatus
from app.computing.seat import Seat, Waiting
from enformer.card import ModelCard
from enformer.catalogue import ASSETS
from enformer.config import EnformerConfig
from enformer.errors import EnformerLensError
from enformer.provenance import versions

T = TypeVar("T")
POLL = 0.4
"""Seconds between two looks at a job."""
NOTEWORTHY = 0.01
"""Share of N in a window from which on it is said."""
TRACK = re.compile(r"[a-z]\w*/\d+")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-!|<>~$:])")


class NotReady(Exception):
    """Progress is drawn in place of what was asked for; the view goes on without it."""


def plain(text: str) -> str:
    """Text as it is, where Streamlit would read Markdown."""
    return _MARKDOWN.sub(r"\\\1", text)


def ready(opened: T | Waiting, seat: Seat) -> T:
    """What was asked for.

    Raises:
        NotReady: a job is still at it; its progress is drawn here.
    """
    if isinstance(opened, Waiting):
        progress(opened.job, seat)
        raise NotReady
    return opened


@st.fragment(run_every=POLL)
def progress(job: str, seat: Seat) -> None:
    """A job's bar, step, place in the queue, time left and Cancel; runs the view again at its end."""
    status = services.jobs().status(job)
    if status is None or status.state.finished or seat.has_stopped(job):
        state.touch()
        st.rerun()
    with st.container(border=True, key="job"):
        st.markdown(f"**{plain(status.title)}**")
        st.progress(status.fraction, text=plain(describe(status)))
        st.button(
            "Cancel",
            icon=":material/close:",
            on_click=_stop,
            args=(job, seat),
            help="Stops at the next step; what was computed before is kept.",
        )


@st.fragment(run_every=POLL)
def quiet_progress(job: str) -> None:
    """One line for a job that the view does not need to go on."""
    status = services.jobs().status(job)
    if status is None or status.state.finished:
        state.touch()
        st.rerun()
    st.caption(f":material/hourglass_top: {plain(status.title)}")


def _stop(job: str, seat: Seat) -> None:
    seat.stop(job)
    state.touch()


def describe(status: JobStatus) -> str:
    """Where a job stands, in words."""
    if status.state is JobState.QUEUED:
        others = "1 computation" if status.place == 1 else f"{status.place} computations"
        return f"Waiting for {others} before this one"
    parts = [f"{status.doing or 'starting'}", f"{status.seconds:.0f} s so far"]
    if status.seconds_left is not None:
        parts.append(f"about {status.seconds_left:.0f} s left")
    return " · ".join(parts)


def stopped(seat: Seat, name: str = "") -> None:
    """Says that nothing is being computed because the person stopped it, and offers to go on.

    Args:
        seat: what was stopped is asked for again from there.
        name: tells several of these on one page apart.
    """
    with st.container(border=True, key=f"stopped_{name}"):
        st.markdown("**Stopped.** Nothing was lost: results that were ready are kept.")
        st.button("Run again", icon=":material/replay:", key=f"rerun_{name}",
                  on_click=_again, args=(seat,))  # fmt: skip


def _again(seat: Seat) -> None:
    seat.forget()
    state.touch()


def echo(reading: str, warnings: tuple[str, ...]) -> None:
    """What the search box was read as, and what must be known before the picture is believed."""
    st.caption(plain(reading))
    for warning in warnings:
        st.warning(plain(warning), icon=":material/warning:")


def unknown(bases: int, window: int) -> None:
    """A note where the genome knows too little of the window for the prediction to be whole."""
    if bases > NOTEWORTHY * window:
        st.caption(
            f":material/info: {bases:,} of the window's {window:,} bp are N in this genome: "
            "the model reads nothing there."
        )


def use_example(text: str) -> None:
    """Do what an error's example says: it is a track, a genome, a model, or a place to look at."""
    if TRACK.fullmatch(text):
        state.choose_tracks((text,))
    elif text in places.BUILT_IN:
        state.choose_genome(text, same_places=False)
    elif text in services.MODELS:
        state.choose_model(text)
    else:
        state.ask(text)


def explain(error: EnformerLensError, seat: Seat, name: str = "") -> None:
    """An error as four parts, its example one click away.

    Args:
        error: what to tell.
        seat: what failed is asked for again from there.
        name: tells several of these on one page apart.
    """
    with st.container(border=True, key=f"error_{name}"):
        st.error(plain(error.wrong), icon=":material/error:")
        lines = {"Read": error.read, "What to do": error.do}
        for title, text in lines.items():
            if text:
                st.markdown(f"**{title}:** {plain(text)}")
        with st.container(horizontal=True):
            if error.example.startswith("python "):
                st.code(error.example, language=None)
            elif error.example:
                st.button(
                    plain(error.example), icon=":material/arrow_forward:", type="primary",
                    key=f"example_of_error_{name}", on_click=use_example, args=(error.example,),
                )  # fmt: skip
            st.button("Try again", icon=":material/replay:", key=f"again_{name}",
                      on_click=_again, args=(seat,))  # fmt: skip


def card(
    model: ModelCard,
    sha256: str = "",
    config: EnformerConfig | None = None,
    *,
    size: int = 0,
    figures: bool = True,
) -> None:
    """A model's card: what it is good for, data, split, held-out figures, licence, sizes.

    Args:
        model: the card.
        sha256: of its weights.
        config: its sizes.
        size: of its file, in bytes.
        figures: whether the held-out figures are listed.
    """
    st.markdown(f"**{plain(model.title)}**")
    if not model.trained:
        st.warning(
            "Never trained: its output has no biological meaning.", icon=":material/warning:"
        )
    st.markdown(plain(model.summary))
    rows = {
        "Data": model.data,
        "Split": model.split,
        "Assemblies": ", ".join(f"{head}: {name}" for head, name in model.assemblies.items()),
        "Licence of the weights": model.licence,
        "Made by": model.lineage,
        "Cite": model.citation,
        "Sizes": "" if config is None else _sizes(config),
        "File": f"{size / 1e6:,.1f} MB" if size else "",
        "sha256": sha256,
    }
    for name, text in rows.items():
        if text:
            st.markdown(f"**{name}:** {plain(text)}")
    if model.figures and figures:
        st.markdown("**Held-out figures**")
        st.dataframe(
            {"figure": list(model.figures), "value": list(model.figures.values())},
            hide_index=True,
            column_config={"value": st.column_config.NumberColumn(format="%.3f")},
        )


def offer(name: str, seat: Seat) -> None:
    """Where a model's files lie, or what fetching them means and the button that does so.

    Raises:
        EnformerLensError: they cannot be had.
        NotReady: they are on their way; the progress is drawn here.
    """
    asset, folder = ASSETS[name], fetching.find_asset(name)
    if folder is not None:
        st.caption(plain(f"On this machine, in {folder}."))
    elif state.wants_asset(name):
        ready(fetching.fetch_asset(name, seat), seat)
        st.success("It is here.", icon=":material/check:")
    else:
        st.code(str(asset), language=None, wrap_lines=True)
        here, whole = fetching.arrived(name) / 1e6, f"{asset.size / 1e6:,.0f} MB ({asset.licence})"
        label = f"Go on fetching, {here:,.0f} of {whole} are here" if here else f"Fetch {whole}"
        st.button(
            label, icon=":material/download:", key=f"fetch_{name}",
            on_click=state.want_asset, args=(name,),
        )  # fmt: skip


def _sizes(config: EnformerConfig) -> str:
    tracks = ", ".join(f"{tracks:,} {head} tracks" for head, tracks in config.heads.items())
    return (
        f"window {config.window_length:,} bp, {config.target_bins} bins of {config.bin_size} bp, "
        f"{config.depth} layers of {config.attention_heads} heads, {config.channels} channels, {tracks}"
    )


def software() -> tuple[str, ...]:
    """Versions that decide the numbers."""
    return tuple(f"{name} {number}" for name, number in versions().items() if name != "python")


def model_line(card: ModelCard, sha256: str) -> str:
    """A model in the footer."""
    return f"{card.name} {sha256[:12]}" + ("" if card.trained else " (never trained)")


def footer(*parts: str) -> None:
    """The last line of every view: model, weights, assembly, interval, versions."""
    st.divider()
    st.caption(" · ".join(plain(part) for part in parts if part), width="stretch")
