"""What the model looked at: the attention of every layer and head, reduced while it is computed.

One map of one head lies in memory at a time; of the published model all 88 would be 0.8 GB. Whole maps of a
layer, and all of them in a file, are in `interpret.attention_maps`.
"""

from collections.abc import Iterable
from functools import partial

import torch
from jaxtyping import Float
from torch import Tensor

from enformer.config import EnformerConfig
from enformer.errors import QueryError
from enformer.model import Enformer
from enformer.provenance import Provenance
from interpret.attention_maps import (
    AttentionMaps,
    attention_maps,
    attention_weights,
    read_attention,
    save_attention,
)
from interpret.attention_pass import show_attention, stages_of, tokens_of
from interpret.attention_summary import (
    AttentionDifference,
    AttentionSummary,
    difference,
    tokens_over,
)
from interpret.origin import Cancel, Progress, frozen, interval_of, stamped
from interpret.target import as_batch

__all__ = [
    "AttentionDifference",
    "AttentionMaps",
    "AttentionSummary",
    "attention_maps",
    "attention_summary",
    "attention_weights",
    "difference",
    "read_attention",
    "save_attention",
    "tokens_over",
]


def attention_summary(
    model: Enformer,
    one_hot: Float[Tensor, "*batch length 4"],
    *,
    queries: Iterable[int] = (),
    keys: Iterable[int] = (),
    pool: int = 96,
    keep_rollout: bool = False,
    origin: Provenance | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> AttentionSummary:
    """The attention of all layers and heads, in one forward pass that ends with the last attention.

    Args:
        model: left as it is.
        one_hot: one sequence.
        queries: tokens whose rows are kept, such as those of a TSS: what they attend to.
        keys: tokens whose columns are kept, such as those of an enhancer: what attends to them.
        pool: cells on a side of the pooled maps, at most as many as there are tokens.
        keep_rollout: keep the whole rollout, not only the rows of the queries.
        origin: where the sequence comes from.
        progress: told before each stage.
        cancel: asked before each stage.

    Raises:
        QueryError: there is no such token, or fewer tokens than cells.
        Cancelled: `cancel` said so.
    """
    x, config = as_batch(one_hot, model), model.config
    interval, tokens = interval_of(origin, x.shape[1]), tokens_of(model, x.shape[1])
    rows, columns = _chosen(queries, tokens), _chosen(keys, tokens)
    if not 1 <= pool <= tokens:
        raise QueryError(
            f"A map of {tokens} tokens can be pooled to 1 to {tokens} cells on a side.",
            read=f"pool {pool}",
            do="Choose fewer cells.",
        )
    steps = stages_of(model, None, progress, cancel)
    reduced = _Reduction(config, tokens, rows, columns, pool, model.device)
    show_attention(model, x, lambda layer: partial(reduced.inspect, layer), steps=steps)
    steps.finish()
    made = stamped(origin, "attention", queries=rows, keys=columns, pool=pool)
    return AttentionSummary(
        **{name: frozen(values) for name, values in reduced.results().items()},
        rollout=frozen(reduced.rollout) if keep_rollout else None,
        queries=rows,
        keys=columns,
        tokens=tokens,
        bin_size=config.bin_size,
        pool=pool,
        interval=interval,
        provenance=made,
    )


class _Reduction:
    """Takes the tiles of every map in turn and keeps what a summary holds."""

    def __init__(
        self,
        config: EnformerConfig,
        tokens: int,
        queries: tuple[int, ...],
        keys: tuple[int, ...],
        pool: int,
        device: torch.device,
    ) -> None:
        self.queries, self.keys = list(queries), list(keys)
        self.tokens, self.bin_size, self.heads = tokens, config.bin_size, config.attention_heads
        self.map, self.cells = _Map(tokens, device), _Cells(tokens, pool, device)
        self.mean = torch.zeros(tokens, tokens, device=device)
        self.rollout = torch.eye(tokens, device=device)
        shapes = {
            "rows": (len(queries), tokens),
            "columns": (len(keys), tokens),
            "pooled_mean": (pool, pool),
            "pooled_max": (pool, pool),
            "profile": (2 * tokens - 1,),
            "entropy": (),
            "distance": (),
            "received": (tokens,),
            "squared": (),
        }
        self.kept = {
            name: torch.empty(config.depth, self.heads, *shape, device=device)
            for name, shape in shapes.items()
        }

    def inspect(self, layer: int, _sample: int, head: int, first: int, weights: Tensor) -> None:
        """Some consecutive queries; those of a head come in order, and so do the heads."""
        stop = first + len(weights)
        self.map.weights[first:stop] = weights
        if stop == self.tokens:
            self._end_head(layer, head)
            if head == self.heads - 1:
                self._end_layer()

    def _end_head(self, layer: int, head: int) -> None:
        weights = self.map.weights
        self.mean.add_(weights, alpha=1 / self.heads)
        profile, distance = self.map.by_offset()
        found = {
            "rows": weights[self.queries],
            "columns": weights[:, self.keys].T,
            "pooled_mean": self.cells.mean(weights),
            "pooled_max": self.cells.largest(weights),
            "profile": profile,
            "entropy": _entropy(weights),
            "distance": distance * self.bin_size,
            "received": weights.mean(0),
            "squared": self.map.squared(),
        }
        for name, values in found.items():
            self.kept[name][layer, head] = values

    def _end_layer(self) -> None:
        """Rows of the mean sum to 1, with the identity for the residual path to 2: hence the half."""
        self.rollout = (self.mean @ self.rollout + self.rollout) / 2
        self.mean.zero_()

    def results(self) -> dict[str, Tensor]:
        """By the names of `AttentionSummary`."""
        return self.kept | {
            "rollout_rows": self.rollout[self.queries],
            "rollout_pooled": self.cells.mean(self.rollout),
        }


class _Map:
    """One map, so placed in memory that its diagonals are columns.

    `weights[i, j]` and `by_distance[i, j - i + tokens - 1]` are the same number: the next query starts
    one place earlier in its row. Where a distance reaches beyond the window `by_distance` stays 0.
    """

    def __init__(self, tokens: int, device: torch.device) -> None:
        self.by_distance = torch.zeros(tokens, 2 * tokens - 1, device=device)
        self.weights = self.by_distance.as_strided(
            (tokens, tokens), (2 * tokens - 2, 1), tokens - 1
        )
        self.apart = torch.arange(1 - tokens, tokens, device=device).abs()

    def by_offset(self) -> tuple[Float[Tensor, " distances"], Float[Tensor, ""]]:
        """Mean of each diagonal; tokens from query to key, mean by weight and over queries."""
        sums, queries = self.by_distance.sum(0), len(self.weights)
        return sums / (queries - self.apart), (sums * self.apart).sum() / queries

    def squared(self) -> Float[Tensor, ""]:
        """Sum of a query's squared weights, mean over queries; beyond the window there are only zeros."""
        return torch.linalg.vector_norm(self.by_distance).square() / len(self.weights)


class _Cells:
    """Tokens in `pool` runs, as `AttentionSummary` says; a short run names its last token twice."""

    def __init__(self, tokens: int, pool: int, device: torch.device) -> None:
        edges = torch.arange(pool + 1) * tokens // pool
        sizes = edges.diff().unsqueeze(1)
        place = torch.arange(int(sizes.max()))
        self.even = tokens % pool == 0
        self.members = (edges[:-1, None] + place.minimum(sizes - 1)).to(device)
        self.shares = ((place < sizes) / sizes).to(device)

    def mean(self, map: Float[Tensor, "tokens tokens"]) -> Float[Tensor, "pool pool"]:
        """Of each cell."""
        down = (self._runs(map) * self.shares.unsqueeze(2)).sum(1)
        return (down[:, self.members] * self.shares).sum(2)

    def largest(self, map: Float[Tensor, "tokens tokens"]) -> Float[Tensor, "pool pool"]:
        """Weight of each cell."""
        return self._runs(map).amax(1)[:, self.members].amax(2)

    def _runs(self, map: Float[Tensor, "tokens tokens"]) -> Float[Tensor, "pool run tokens"]:
        # Runs of one length need no copy.
        return map.unflatten(0, self.members.shape) if self.even else map[self.members]


def _entropy(weights: Float[Tensor, "tokens tokens"]) -> Float[Tensor, ""]:
    """Bits, mean over queries; a weight of 0 adds nothing."""
    logs = weights.clamp_min(torch.finfo(weights.dtype).tiny).log2_()
    return -(logs.mul_(weights)).sum() / len(weights)


def _chosen(tokens: Iterable[int], count: int) -> tuple[int, ...]:
    """Each once, in the order given."""
    found = tuple(dict.fromkeys(int(token) for token in tokens))
    if wrong := [token for token in found if not 0 <= token < count]:
        raise QueryError(
            f"This window has the tokens 0 to {count - 1}.",
            read=f"the token {wrong[0]}",
            do="Name tokens of the window.",
        )
    return found
