"""What the Attention view shows of a question: which tokens and head, and the results it draws."""

from typing import Literal

import numpy as np
import streamlit as st
from jaxtyping import Float

from app import services, state, widgets
from app.asking.scene import Scene
from app.computing.explanations import Explanation, explanation
from app.computing.methods import MOST_COLUMNS
from app.computing.seat import Seat, Waiting
from app.figures.data import Highlight, LocusPicture
from app.truth import truth
from enformer.config import EnformerConfig
from enformer.coordinates import Interval, Variant
from enformer.genes import Gene
from interpret.attention_maps import AttentionMaps
from interpret.attention_summary import AttentionSummary, difference
from interpret.target import Target

Allele = Literal["REF", "ALT", "REF − ALT"]
AT_MOST = MOST_COLUMNS
"""Tokens whose rows and columns are kept: a target may have hundreds."""


def tokens_of(query: state.Query, target: Target, config: EnformerConfig) -> range:
    """The token that was asked for, else the target's; the middle ones where these are many."""
    total = config.window_length // config.bin_size
    if query.token is not None and query.token < total:
        return range(query.token, query.token + 1)
    tokens = target.tokens(config)
    extra = max(0, len(tokens) - AT_MOST)
    return tokens[extra // 2 : len(tokens) - (extra + 1) // 2]


def head_of(query: state.Query, config: EnformerConfig) -> tuple[int, int]:
    """Layer and attention head that were asked for, where the model has them, else the first."""
    layer, head = query.layer or 0, query.head or 0
    there = layer < config.depth and head < config.attention_heads
    return (layer, head) if there else (0, 0)


def summary_of(shown: Scene, tokens: range, allele: Allele, seat: Seat) -> AttentionSummary:
    """Attention of all heads before one allele, or the difference of both.

    Raises:
        NotReady: a job is still at it; its progress is drawn here.
    """
    variant = shown.parsed.variant
    if allele == "REF − ALT":
        alleles = [_summary(shown, tokens, each, seat) for each in (None, variant)]
        return difference(ref=alleles[0], alt=alleles[1])
    return _summary(shown, tokens, variant if allele == "ALT" else None, seat)


def one_allele(shown: Scene, tokens: range, allele: Allele, seat: Seat) -> AttentionSummary:
    """The attention that heads' roles are read from: of REF where both alleles are compared.

    Raises:
        NotReady: a job is still at it; its progress is drawn here.
    """
    return _summary(shown, tokens, shown.parsed.variant if allele == "ALT" else None, seat)


def summary_request(shown: Scene, tokens: range, variant: Variant | None) -> Explanation:
    """What is asked of the services for all heads before one allele."""
    return explanation(
        "attention", shown.checkpoint, shown.place.genome, shown.window, variant,
        first=tokens[0], last=tokens[-1],
    )  # fmt: skip


def map_request(shown: Scene, layer: int, variant: Variant | None) -> Explanation:
    """What is asked of the services for every weight of a layer."""
    return explanation(
        "attention_map", shown.checkpoint, shown.place.genome, shown.window, variant, layer=layer
    )


def _summary(shown: Scene, tokens: range, variant: Variant | None, seat: Seat) -> AttentionSummary:
    config, request = shown.checkpoint.config, summary_request(shown, tokens, variant)
    title = f"Attention of {config.depth} layers × {config.attention_heads} heads{_before(variant)}"
    return widgets.ready(
        services.explain(request, shown.checkpoint, shown.place, seat, title), seat
    )


def whole_map(
    shown: Scene, chosen: tuple[int, int], allele: Allele, seat: Seat
) -> Float[np.ndarray, "tokens tokens"] | None:
    """Every weight of one head, or REF − ALT; None while a job is at it, whose progress is drawn."""
    variant = shown.parsed.variant
    wanted = {"REF": (None,), "ALT": (variant,)}.get(allele, (None, variant))
    maps = []
    for each in wanted:
        found = _maps(shown, chosen[0], each, seat)
        if isinstance(found, Waiting):
            widgets.progress(found.job, seat)
            return None
        maps.append(found.weights[chosen[1]].astype(np.float32))
    return maps[0] - maps[1] if len(maps) == 2 else maps[0]


def _maps(shown: Scene, layer: int, variant: Variant | None, seat: Seat) -> AttentionMaps | Waiting:
    request = map_request(shown, layer, variant)
    title = f"Every token of layer {layer + 1}{_before(variant)}"
    return services.explain(request, shown.checkpoint, shown.place, seat, title)


def _before(variant: Variant | None) -> str:
    return "" if variant is None else f", ALT of {variant}"


def views(query: state.Query, shown: Scene) -> tuple[Interval, Interval]:
    """Keys and queries in view: what a box chose, else the whole window."""
    rows = st.session_state.get(state.ATTENTION_ROWS, {}).get(query.zoom)
    keys = shown.view if query.zoom else shown.window
    queries = Interval(shown.window.contig, *rows).intersect(shown.window) if rows else None
    return keys, queries or shown.window


def span(shown: Scene, tokens: range) -> Interval:
    """From the first to the last of some tokens."""
    start, size = shown.window.start, shown.checkpoint.config.bin_size
    return Interval(shown.window.contig, start + tokens[0] * size, start + (tokens[-1] + 1) * size)


def place_of(
    shown: Scene,
    tokens: Interval,
    genes: tuple[Gene, ...],
    keys: Interval,
    allele: Allele,
    tissue: str = "",
    mark: Interval | None = None,
) -> LocusPicture:
    """What is drawn around a map: genes, predicted region, the target's tokens, mark and variant.

    With a tissue also what was planted there.
    """
    gene, card = shown.parsed.gene, shown.checkpoint.card
    place = LocusPicture(
        window=shown.window,
        region=shown.region,
        bin_size=shown.checkpoint.config.bin_size,
        contig_length=shown.contig_length,
        view=keys,
        genes=genes,
        lanes=(),
        assembly=shown.place.genome.assembly,
        variant=None if allele == "REF" else shown.parsed.variant,
        highlights=(
            Highlight(tokens, "chosen tokens"),
            *([Highlight(mark, "marked")] if mark else []),
        ),
        focus="" if gene is None else gene.symbol,
        trained=card.trained,
    )
    return truth.with_truth(place, tissue)
