"""Attention figures from the results they show."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from jaxtyping import Float

from app.figures.attention_data import (
    AtlasPicture,
    AttentionLane,
    HeadPicture,
    Pooling,
    Scale,
)
from app.figures.data import LocusPicture
from enformer.coordinates import Interval
from interpret.attention_summary import AttentionDifference, AttentionSummary

Way = Literal["row", "column"]


def atlas_picture(
    summary: AttentionSummary, chosen: tuple[int, int], pooling: Pooling, together: bool
) -> AtlasPicture:
    """All heads of a summary, or of the difference of two."""
    made = summary.provenance
    return AtlasPicture(
        maps=_pooled(summary, pooling),
        entropy=summary.entropy,
        distance=summary.distance,
        chosen=chosen,
        pooling=pooling,
        together=together,
        difference=isinstance(summary, AttentionDifference),
        place=f"{summary.interval}" + (f" ({made.assembly})" if made else ""),
        trained=made is None or made.trained,
    )


def _pooled(
    summary: AttentionSummary, pooling: Pooling
) -> Float[np.ndarray, "layers heads pool pool"]:
    return summary.pooled_max if pooling == "max" else summary.pooled_mean


def head_picture(
    summary: AttentionSummary,
    chosen: tuple[int, int],
    place: LocusPicture,
    queries: Interval,
    tokens: Sequence[int],
    *,
    pooling: Pooling = "max",
    way: Way = "row",
    whole: Float[np.ndarray, "tokens tokens"] | None = None,
) -> HeadPicture:
    """One head of a summary.

    Args:
        summary: of the window, or the difference of two.
        chosen: layer and head.
        place: what is drawn around the map; its view is what keys are seen.
        queries: what queries are seen.
        tokens: whose rows or columns the lanes show, averaged; the summary has them.
        pooling: of the map, where it is not whole.
        way: rows of the tokens, or columns.
        whole: every weight of this head, or REF − ALT.
    """
    pooled, edges = _pooled(summary, pooling)[chosen], summary.cell_edges
    weights = pooled if whole is None else whole
    edges = edges if whole is None else summary.edges
    return HeadPicture(
        place=place,
        queries=queries,
        layer=chosen[0],
        head=chosen[1],
        weights=weights,
        row_edges=edges,
        column_edges=edges,
        scale=Scale.over(weights, isinstance(summary, AttentionDifference)),
        cells=_cells(summary, pooling, whole is not None),
        chosen=_over(summary, tokens),
        way=way,
        lanes=lanes(summary, chosen, tokens, way),
    )


def _cells(summary: AttentionSummary, pooling: Pooling, whole: bool) -> str:
    size = summary.bin_size
    if whole:
        return f"one token by one token ({size} bp)"
    tokens = summary.tokens / summary.pool
    return f"{pooling} of {tokens:.3g} × {tokens:.3g} tokens ({tokens * size / 1000:.2g} kb)"


def _over(summary: AttentionSummary, tokens: Sequence[int]) -> Interval:
    first, last = summary.token_interval(min(tokens)), summary.token_interval(max(tokens))
    return Interval(first.contig, first.start, last.end)


def lanes(
    summary: AttentionSummary, chosen: tuple[int, int], tokens: Sequence[int], way: Way
) -> tuple[AttentionLane, ...]:
    """Attention of some tokens, averaged over them: of one head, of means over heads, and by rollout."""
    layer, head = chosen
    take = summary.row if way == "row" else summary.column
    slices = np.mean([take(token) for token in tokens], axis=0)
    found = [
        AttentionLane(
            f"Layer {layer + 1}, head {head + 1}",
            slices[chosen],
            expected(summary, chosen, tokens, way),
        ),
        AttentionLane(f"Layer {layer + 1}, mean of {summary.heads} heads", slices[layer].mean(0)),
        AttentionLane(f"Mean of all {summary.layers} layers and heads", slices.mean((0, 1))),
    ]
    if way == "row":
        rows = [summary.queries.index(token) for token in tokens]
        found.append(
            AttentionLane("Rollout through all layers", summary.rollout_rows[rows].mean(0))
        )
    return tuple(found)


def expected(
    summary: AttentionSummary, chosen: tuple[int, int], tokens: Sequence[int], way: Way
) -> Float[np.ndarray, " tokens"]:
    """What this head gives at each token's distance on average, wherever it is."""
    others = np.arange(summary.tokens)
    steps = [others - token if way == "row" else token - others for token in tokens]
    profile = summary.profile[chosen]
    return np.mean([profile[step + summary.tokens - 1] for step in steps], axis=0)
