"""What is kept of the attention of every layer and head: slices, pooled maps and figures."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from jaxtyping import Float

from enformer.coordinates import Interval
from enformer.errors import EnformerLensError, QueryError
from enformer.provenance import Provenance
from interpret.origin import frozen


class OnTokens:
    """Where the tokens of a window lie: all of them, also those that have no bin."""

    interval: Interval
    bin_size: int

    def token_interval(self, token: int) -> Interval:
        """Bases of a token, counted from the start of the window."""
        start = self.interval.start + token * self.bin_size
        return Interval(self.interval.contig, start, start + self.bin_size)

    @property
    def edges(self) -> np.ndarray:
        """0-based starts of all tokens, and the end of the last: one more than there are tokens."""
        return np.arange(self.interval.start, self.interval.end + 1, self.bin_size)

    def tokens_over(self, region: Interval) -> range:
        """Tokens that share a base with a region; an empty range where there is none."""
        return tokens_over(self.interval, region, self.bin_size)

    def token_at(self, position: int) -> int:
        """The token that holds a 0-based position of the window's contig.

        Raises:
            QueryError: it lies outside the window.
        """
        found = self.tokens_over(Interval(self.interval.contig, position, position + 1))
        if not found:
            raise QueryError(
                f"It lies outside the window {self.interval}.",
                read=f"the position {self.interval.contig}:{position + 1:,}",
                do="Choose a position in the window.",
            )
        return found[0]


@dataclass(frozen=True, eq=False)
class AttentionSummary(OnTokens):
    """The attention of one window: how much each query token takes from each key token.

    Weights are those of the softmax, before dropout; those of one query sum to 1. A pooled map has queries
    down and keys across. Its cell c holds tokens from `c * tokens // pool` to the next cell's first, so that
    sizes differ by one token at most and every token is in one cell.

    Attributes:
        rows: weights from the chosen queries to all tokens.
        columns: weights from all tokens to the chosen keys.
        pooled_mean: mean weight of each cell.
        pooled_max: largest weight of each cell; a peak of a single token shows here.
        profile: mean weight by distance, key minus query, from `1 - tokens` to `tokens - 1`.
        entropy: bits, mean over queries: 0 when each attends to one token, `log2(tokens)` to all alike.
        distance: bp from query to key, mean by weight and over queries.
        received: weight that each key gets, mean over queries.
        squared: sum of a query's squared weights, mean over queries.
        rollout_rows: attention rollout of the chosen queries (Abnar and Zuidema 2020).
        rollout_pooled: mean rollout of each cell.
        rollout: the whole rollout, where it was asked for.
        queries: tokens of `rows`.
        keys: tokens of `columns`.
        tokens: of the window, uncropped.
        bin_size: bp of a token.
        pool: cells on a side of a pooled map.
        interval: the window.
        provenance: where it comes from.
    """

    rows: Float[np.ndarray, "layers heads queries tokens"]
    columns: Float[np.ndarray, "layers heads keys tokens"]
    pooled_mean: Float[np.ndarray, "layers heads pool pool"]
    pooled_max: Float[np.ndarray, "layers heads pool pool"]
    profile: Float[np.ndarray, "layers heads distances"]
    entropy: Float[np.ndarray, "layers heads"]
    distance: Float[np.ndarray, "layers heads"]
    received: Float[np.ndarray, "layers heads tokens"]
    squared: Float[np.ndarray, "layers heads"]
    rollout_rows: Float[np.ndarray, "queries tokens"]
    rollout_pooled: Float[np.ndarray, "pool pool"]
    rollout: Float[np.ndarray, "tokens tokens"] | None
    queries: tuple[int, ...]
    keys: tuple[int, ...]
    tokens: int
    bin_size: int
    pool: int
    interval: Interval
    provenance: Provenance | None

    @property
    def layers(self) -> int:
        """Transformer layers."""
        return self.entropy.shape[0]

    @property
    def heads(self) -> int:
        """Attention heads of each layer."""
        return self.entropy.shape[1]

    @property
    def layer_means(self) -> Float[np.ndarray, "layers pool pool"]:
        """Pooled mean over the heads of each layer."""
        return self.pooled_mean.mean(1)

    @property
    def mean(self) -> Float[np.ndarray, "pool pool"]:
        """Pooled mean over all layers and heads."""
        return self.pooled_mean.mean((0, 1))

    @property
    def offsets(self) -> np.ndarray:
        """Bp from query to key of each value of `profile`."""
        return np.arange(1 - self.tokens, self.tokens) * self.bin_size

    def row(self, query: int) -> Float[np.ndarray, "layers heads tokens"]:
        """Weights from one of the chosen queries.

        Raises:
            QueryError: its row was not kept.
        """
        return self.rows[:, :, _place(query, self.queries, "query")]

    def column(self, key: int) -> Float[np.ndarray, "layers heads tokens"]:
        """Weights to one of the chosen keys.

        Raises:
            QueryError: its column was not kept.
        """
        return self.columns[:, :, _place(key, self.keys, "key")]

    def cell_interval(self, cell: int) -> Interval:
        """Bases of a row or column of a pooled map."""
        start, stop = (each * self.tokens // self.pool for each in (cell, cell + 1))
        edges = (
            self.interval.start + start * self.bin_size,
            self.interval.start + stop * self.bin_size,
        )
        return Interval(self.interval.contig, *edges)

    @property
    def cell_edges(self) -> np.ndarray:
        """0-based starts of all cells, and the end of the last."""
        tokens = np.arange(self.pool + 1) * self.tokens // self.pool
        return self.interval.start + tokens * self.bin_size


class AttentionDifference(AttentionSummary):
    """REF minus ALT of every array of two summaries of one window: positive where REF has more.

    `pooled_max` is the difference of the two maxima. `provenance` is that of ALT, which names the variant.
    Tokens are compared by their place in the window: after an indel those beyond it hold other bases.
    """


def difference(*, ref: AttentionSummary, alt: AttentionSummary) -> AttentionDifference:
    """REF minus ALT.

    Raises:
        EnformerLensError: they are not of one window, model and choice of tokens.
    """
    for what in ("interval", "bin_size", "pool", "queries", "keys", "layers", "heads"):
        _alike(what, ref, alt)
    _same_model(ref.provenance, alt.provenance)
    values: dict[str, Any] = {item.name: getattr(alt, item.name) for item in fields(alt)}
    for name, value in values.items():
        of_ref = getattr(ref, name)
        if isinstance(value, np.ndarray) and of_ref is not None:
            values[name] = frozen(of_ref - value)
    if ref.rollout is None:
        values["rollout"] = None
    if alt.provenance is not None:
        values["provenance"] = replace(alt.provenance, method="attention, REF minus ALT")
    return AttentionDifference(**values)


def tokens_over(window: Interval, region: Interval, bin_size: int) -> range:
    """Tokens of a window that share a base with a region; an empty range where there is none."""
    shared = window.intersect(region)
    if shared is None:
        return range(0)
    first, last = ((at - window.start) // bin_size for at in (shared.start, shared.end - 1))
    return range(first, last + 1)


def _place(token: int, kept: Sequence[int], role: str) -> int:
    if token not in kept:
        raise QueryError(
            f"This summary has no such {role}; it has {', '.join(map(str, kept)) or 'none'}.",
            read=f"the token {token}",
            do=f"Name it as a {role} when the attention is computed.",
        )
    return list(kept).index(token)


def _alike(what: str, ref: AttentionSummary, alt: AttentionSummary) -> None:
    values = getattr(ref, what), getattr(alt, what)
    if values[0] != values[1]:
        raise _not_alike(what, *values)


def _same_model(ref: Provenance | None, alt: Provenance | None) -> None:
    if ref is not None and alt is not None and ref.sha256 != alt.sha256:
        raise _not_alike("model", ref.sha256[:12], alt.sha256[:12])


def _not_alike(what: str, ref: object, alt: object) -> EnformerLensError:
    return EnformerLensError(
        f"They differ in their {what}: a difference would mix places.",
        read=f"{what} {ref} of REF and {alt} of ALT",
        do="Compute both on the window of REF with the same options.",
    )
