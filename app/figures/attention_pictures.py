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
    rollout: bool = False,
) -> HeadPicture:
    """One head of a summary, or its rollout.

    Args:
        summary: of the window, or the difference of two.
        chosen: layer and head.
        place: what is drawn around the map; its view is what keys are seen.
        queries: what queries are seen.
        tokens: whose rows or columns the lanes show, averaged; the summary has them.
        pooling: of the map, where it is not whole.
        way: rows of the tokens, or columns.
        whole: every weight of this head or of the rollout, or REF − ALT.
        rollout: show all layers together, whose pooled map is of means.
    """
    pooled, edges = _pooled(summary, pooling)[chosen], summary.cell_edges
    if rollout:
        pooled, pooling = summary.rollout_pooled, "mean"
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
        lanes=lanes(summary, chosen, tokens, way, rollout),
        rollout=rollout,
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
    summary: AttentionSummary,
    chosen: tuple[int, int],
    tokens: Sequence[int],
    way: Way,
    rollout: bool = False,
) -> tuple[AttentionLane, ...]:
    """Attention of some tokens, averaged over them: of one head, of means over heads, and by rollout.

    The first lane is of what the map shows.
    """
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
    rolled = _rollout_lane(summary, tokens, way)
    if rolled is None:
        return tuple(found)
    return (rolled, *found) if rollout else (*found, rolled)


def _rollout_lane(
    summary: AttentionSummary, tokens: Sequence[int], way: Way
) -> AttentionLane | None:
    """Rows are always kept; columns where the whole rollout is, and so is what is usual at a distance."""
    name, whole = "Rollout through all layers", summary.rollout
    if whole is None:
        if way == "column":
            return None
        rows = [summary.queries.index(token) for token in tokens]
        return AttentionLane(name, summary.rollout_rows[rows].mean(0))
    values = (whole[list(tokens)] if way == "row" else whole[:, list(tokens)].T).mean(0)
    profile = _profile(whole)
    return AttentionLane(name, values, _usual(profile, summary.tokens, tokens, way))


def _profile(
    weights: Float[np.ndarray, "tokens tokens"],
) -> Float[np.ndarray, " distances"]:
    """Mean of each diagonal, from key far left of query to far right."""
    count = len(weights)
    at = np.arange(count)
    offset = (at - at[:, None] + count - 1).ravel()
    sums = np.bincount(offset, weights.ravel(), 2 * count - 1)
    return sums / (count - np.abs(np.arange(1 - count, count)))


def expected(
    summary: AttentionSummary, chosen: tuple[int, int], tokens: Sequence[int], way: Way
) -> Float[np.ndarray, " tokens"]:
    """What this head gives at each token's distance on average, wherever it is."""
    return _usual(summary.profile[chosen], summary.tokens, tokens, way)


def _usual(
    profile: Float[np.ndarray, " distances"], count: int, tokens: Sequence[int], way: Way
) -> Float[np.ndarray, " tokens"]:
    others = np.arange(count)
    steps = [others - token if way == "row" else token - others for token in tokens]
    return np.mean([profile[step + count - 1] for step in steps], axis=0)
