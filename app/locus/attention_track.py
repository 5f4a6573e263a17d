"""A row or column of an attention head as a track of the Locus view, as a link or the Attention view asks."""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal, cast

import numpy as np
import streamlit as st

from app import state, targets, widgets
from app.asking.scene import Scene
from app.attention import attending
from app.attention.attending import Allele
from app.computing.seat import Seat
from app.figures.attention_pictures import lanes
from app.figures.data import LocusPicture, TrackLane
from app.locus import picker
from enformer.errors import Cancelled, EnformerLensError
from interpret.attention_summary import AttentionSummary
from interpret.target import Target


def added(picture: LocusPicture, query: state.Query, shown: Scene, seat: Seat) -> LocusPicture:
    """The same with the slice below its tracks, where one was asked for; while it is computed, without it."""
    if not query.slice:
        return picture
    try:
        lane = of(picture, query, shown,
                  lambda tokens, allele: attending.summary_of(shown, tokens, allele, seat))  # fmt: skip
    except EnformerLensError as error:
        st.caption(f":material/warning: No attention is drawn. {widgets.plain(str(error))}")
        return picture
    except (Cancelled, widgets.NotReady):
        return picture
    st.button(
        "Without attention", icon=":material/close:", on_click=state.choose_slice, args=("",),
        help="Takes the track of attention away.",
    )  # fmt: skip
    return replace(picture, lanes=(*picture.lanes, lane))


def target_of(query: state.Query, shown: Scene) -> Target:
    """Whose tokens are meant where none was chosen."""
    tracks = picker.shown_tracks(query.tracks, shown.checkpoint, shown.head)
    return targets.target_of(query, shown, tracks)


def of(
    picture: LocusPicture,
    query: state.Query,
    shown: Scene,
    summary: Callable[[range, Allele], AttentionSummary],
) -> TrackLane:
    """The lane, from what gives the attention of some tokens before an allele."""
    config = shown.checkpoint.config
    tokens = attending.tokens_of(query, target_of(query, shown), config)
    chosen = attending.head_of(query, config)
    alleles: list[Allele] = ["REF"] if shown.parsed.variant is None else ["REF", "ALT"]
    found = [_slice(summary(tokens, allele), chosen, tokens, query)
             for allele in alleles]  # fmt: skip
    first = (shown.region.start - shown.window.start) // config.bin_size
    parts = [_frozen(values[first : first + picture.bins]) for values in found]
    where = attending.span(shown, tokens)
    verb = "what attends to" if query.slice == "column" else "attended to by"
    side = "to" if query.slice == "column" else "from"
    name = f"Layer {chosen[0] + 1}, head {chosen[1] + 1}: {verb} {where}"
    return TrackLane(
        label=f"Layer {chosen[0] + 1}, head {chosen[1] + 1}, {side} {where.start + 1:,}", name=name,
        assay="attention", kind="other", unit="weight", values=parts[0],
        alternative=parts[1] if len(parts) == 2 else None,
    )  # fmt: skip


def _slice(
    summary: AttentionSummary, chosen: tuple[int, int], tokens: range, query: state.Query
) -> np.ndarray:
    return lanes(summary, chosen, tokens, cast(Literal["row", "column"], query.slice))[0].values


def _frozen(values: np.ndarray) -> np.ndarray:
    found = np.array(values, dtype=np.float32)
    found.setflags(write=False)
    return found
