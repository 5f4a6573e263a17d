"""What attention heads do in the Attention view: the sets of tokens that are tested, and the result."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from app import services, state, widgets
from app.asking.scene import Scene
from app.computing.seat import Seat, Waiting
from enformer.config import EnformerConfig
from enformer.coordinates import Interval
from enformer.errors import Cancelled, EnformerLensError
from enformer.genes import Gene
from enformer.predict import Prediction
from enformer.tracks import TrackId, TrackTable
from interpret.attention_summary import AttentionSummary, tokens_over
from interpret.head_roles import (
    ENRICHED,
    FALSE,
    LOCAL,
    POSITIONAL,
    HeadRoles,
    TokenSet,
    head_roles,
)
from interpret.peaks import accessibility_peaks

PROMOTERS, REGIONS, OPEN, CTCF = "promoters", "annotated regions", "open chromatin", "CTCF"
PEAKS = 60
"""Highest peaks of a predicted track that are tested."""


def roles_of(
    summary: AttentionSummary, shown: Scene, genes: tuple[Gene, ...], seat: Seat
) -> HeadRoles:
    """What heads do before this allele, kept for all sessions; without a prediction, of promoters alone."""
    predicted = _predicted(shown, seat)
    made = summary.provenance
    known = predicted is not None
    key = (
        f"roles|{'' if made is None else made.to_json()}|{known}|{sorted(g.symbol for g in genes)}"
    )
    return services.remembered(key, lambda: head_roles(summary, sets_of(shown, genes, predicted)))


def _predicted(shown: Scene, seat: Seat) -> Prediction | None:
    """REF's prediction, whose peaks are tested; None while it is made or where it cannot be."""
    try:
        answer = services.answer(shown.checkpoint, shown.place, shown.window, shown.parsed, seat)
    except (EnformerLensError, Cancelled):
        return None
    if isinstance(answer, Waiting):
        widgets.quiet_progress(answer.job)
        return None
    return answer.reference


def sets_of(
    shown: Scene, genes: tuple[Gene, ...], predicted: Prediction | None
) -> tuple[TokenSet, ...]:
    """Promoters, regions without a strand such as an LCR, and predicted peaks of open chromatin and CTCF."""
    config, window = shown.checkpoint.config, shown.window
    known = _known(shown, config)
    starts = sorted({(gene.tss - window.start) // config.bin_size for gene in genes
                     if gene.strand in "+-" and window.start <= gene.tss < window.end})  # fmt: skip
    # sources name contigs in their own way: 11 for chr11
    places = [Interval(window.contig, g.start, g.end) for g in genes if g.strand not in "+-"]
    over = {token for place in places for token in tokens_over(window, place, config.bin_size)}
    regions = [_set(REGIONS, sorted(over), known)] if over else []
    found = [_set(PROMOTERS, starts, known), *regions]
    if predicted is not None:
        inside = [t for t in known if t in tokens_over(window, shown.region, config.bin_size)]
        near = {start + step for start in starts for step in (-1, 0, 1)}
        for name, track in tracks_of(predicted.tracks, shown.head).items():
            peaks = _peaks(predicted, track, window, config)
            found.append(_set(name, [t for t in peaks if name == CTCF or t not in near], inside))
    return tuple(found)


def tracks_of(table: TrackTable, head: str) -> Mapping[str, TrackId]:
    """The first track of a head whose peaks are open chromatin, and the first of CTCF, where it has them."""
    wanted = {
        OPEN: table.search(head=[head], assay=["DNASE", "ATAC"]).ids,
        CTCF: table.search(head=[head], assay=["CHIP"], target=["CTCF"]).ids,
    }
    return {name: ids[0] for name, ids in wanted.items() if ids}


def _set(name: str, tokens: list[int], among: list[int]) -> TokenSet:
    here = set(among)
    return TokenSet(name, tuple(sorted({t for t in tokens if t in here})), tuple(among))


def _peaks(
    predicted: Prediction, track: TrackId, window: Interval, config: EnformerConfig
) -> list[int]:
    """Tokens at the middles of peaks: a wide peak is one place."""
    peaks = accessibility_peaks(predicted, track, at_most=PEAKS)
    return [(one.interval.center - window.start) // config.bin_size for one in peaks]


def _known(shown: Scene, config: EnformerConfig) -> list[int]:
    """Tokens most of whose bases are known."""
    letters = shown.place.genome.fetch(shown.window, pad=True).encode()
    unknown = (np.frombuffer(letters, np.uint8) == ord("N")).reshape(-1, config.bin_size).mean(1)
    return np.flatnonzero(unknown < 0.5).tolist()


def said(roles: HeadRoles) -> str:
    """What was tested, and from where on a head is said to do something."""
    sizes = [
        f"{size} tokens of {name}" for name, size in zip(roles.names, roles.sizes, strict=True)
    ]
    tested = ", ".join(sizes) if sizes else "no set of tokens: no gene starts here"
    return (
        f"Tested over all queries of this window: {tested}. A head seeks a set when it gives it at least "
        f"{ENRICHED} times what its own mean weight at the same distances gives, and more than to the set "
        f"shifted along the window (q ≤ {FALSE}, all heads and sets together). Local: at least {LOCAL:.0%} "
        f"of the weight within {roles.reach:,} bp. Positional: distance explains at least {POSITIONAL:.0%} "
        "of the variance of weights. A role is what the head does here, not what it is for."
    )


def sort_choice(roles: HeadRoles) -> str:
    """Widget: by what the table of heads is sorted."""
    options = ["layer and head", *roles.names, "local", "positional"]
    if st.session_state.get(state.ATTENTION_ROLE) not in options:
        st.session_state[state.ATTENTION_ROLE] = options[0]
    return str(st.selectbox(
        "Heads sorted by", options, key=state.ATTENTION_ROLE, on_change=state.touch, width=220,
        help="By weight over expectation, or by the share that is local or positional.",
    ))  # fmt: skip


def order(roles: HeadRoles, by: str) -> list[int]:
    """Heads, counted through all layers, the foremost first."""
    if by in roles.names:
        values = roles.enrichment[..., roles.names.index(by)].ravel()
    elif by in ("local", "positional"):
        values = getattr(roles, by).ravel()
    else:
        return list(range(roles.local.size))
    return np.argsort(-values, kind="stable").tolist()
