"""Attention with relative positions by tiles of queries, and its gradient: for a processor's cache.

Nothing of the size of a map is ever made. It is what `RelativeAttention.weights` and a matrix product give,
in a third of the time on a CPU.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd.function import once_differentiable

from enformer.layers import precise

TILE, FEWEST = 2**20, 16
"""Weights, over all samples and heads, that are there at once so that they stay in cache; fewest queries."""

Inspect = Callable[[int, int, int, Tensor], None]
"""Called with sample, attention head, first query, and the weights (queries, tokens) from that query on."""

Parts = tuple[Tensor, Tensor, Tensor, Tensor, Tensor]
"""Queries with each bias, keys and values, (maps, length, size), and relative keys, (heads, distances, size).

A map is one attention head of one sample.
"""


def attend(
    by_key: Float[Tensor, "batch heads queries key"],
    by_distance: Float[Tensor, "batch heads queries key"],
    keys: Float[Tensor, "batch heads tokens key"],
    values: Float[Tensor, "batch heads tokens value"],
    relative: Float[Tensor, "heads distances key"],
    start: int,
    inspect: Inspect | None = None,
    dropout: float = 0.0,
) -> Float[Tensor, "batch queries heads value"]:
    """What consecutive queries gather.

    Args:
        by_key: scaled queries with the content bias.
        by_distance: the same with the position bias.
        keys: of all tokens.
        values: of all tokens.
        relative: keys of the distances from `1 - tokens` to `tokens - 1`.
        start: token of the first query.
        inspect: shown the weights while they are there, before dropout.
        dropout: share of the weights that are dropped.
    """
    batch, heads = by_key.shape[:2]
    parts = tuple(part.flatten(0, 1) for part in (by_key, by_distance, keys, values))
    same = cast(Parts, tuple(part.to(keys.dtype) for part in (*parts, relative)))
    how = _How(start, heads, inspect, dropout)
    if torch.is_grad_enabled() and any(part.requires_grad for part in same):
        gathered = cast(Tensor, _Attend.apply(*same, how))
    else:
        gathered = _attend(same, how)
    return gathered.unflatten(0, (batch, heads)).transpose(1, 2)


@dataclass(frozen=True)
class _How:
    """What is not a tensor: see `attend`."""

    start: int
    heads: int
    inspect: Inspect | None
    dropout: float

    def groups(self, parts: Parts) -> Iterator[tuple[slice, Parts]]:
        """All maps at once; one after the other where somebody watches, who is shown them in order."""
        maps = len(parts[0])
        if self.inspect is None:
            yield slice(0, maps), parts
            return
        for number in range(maps):
            one, head = slice(number, number + 1), number % self.heads
            queries_keys_values = (part[one] for part in parts[:4])
            yield one, cast(Parts, (*queries_keys_values, parts[4][head : head + 1]))

    def show(self, maps: slice, rows: slice, weights: Float[Tensor, "maps query key"]) -> None:
        """Shows the weights of a tile to whoever asked."""
        if self.inspect is not None:
            sample, head = divmod(int(maps.start), self.heads)
            self.inspect(sample, head, self.start + int(rows.start), weights[0])

    @property
    def kept(self) -> float:
        """Share of the weights that dropout leaves; the output is divided by it."""
        return 1 - self.dropout

    def spared(self, weights: Float[Tensor, "maps query key"]) -> Tensor:
        """Which weights dropout leaves: two are drawn from each 64 random bits, a fifth of `bernoulli_`."""
        drawn = torch.empty(-(-weights.numel() // 2), dtype=torch.int64).random_(-(2**63), None)
        halves = drawn.view(torch.int32)[: weights.numel()].view(weights.shape)
        return halves >= round((self.dropout - 0.5) * 2**32)


@dataclass(frozen=True, eq=False)
class _Tile:
    """Some consecutive queries of every map.

    Attributes:
        rows: of the queries that are computed.
        reach: the distances from the last query to the first key, up to the first query to the last key.
    """

    rows: slice
    reach: slice

    def weights(self, parts: Parts) -> Float[Tensor, "maps query key"]:
        """Softmax of the logits, in float32 or better."""
        by_key, by_distance, keys, _, relative = parts
        logits = by_key[:, self.rows] @ keys.transpose(1, 2)
        logits += _by_key(self.by_head(by_distance, relative.transpose(1, 2)), keys.shape[1])
        return precise(logits).softmax(-1)

    def by_head(self, queries: Tensor, relative: Float[Tensor, "heads key distances"]) -> Tensor:
        """Logits of all distances within reach, `(maps, query, distances)`."""
        by_head = queries[:, self.rows].unflatten(0, (-1, len(relative)))
        return (by_head @ relative[..., self.reach]).flatten(0, 1)


def _tiles(parts: Parts, start: int) -> Iterator[_Tile]:
    maps, queries = parts[0].shape[:2]
    tokens = parts[2].shape[1]
    size = max(TILE // (maps * tokens), FEWEST)
    for at in range(0, queries, size):
        stop = min(at + size, queries)
        reach = slice(tokens - start - stop, 2 * tokens - 1 - start - at)
        yield _Tile(slice(at, stop), reach)


def _by_key(
    logits: Float[Tensor, "maps query distances"], tokens: int
) -> Float[Tensor, "maps query {tokens}"]:
    """`relative_shift` of a tile, seen in the logits of the distances that it can reach."""
    maps, queries, distances = logits.shape
    strides = queries * distances, distances - 1, 1
    return logits.as_strided(
        (maps, queries, tokens), strides, logits.storage_offset() + queries - 1
    )


def _attend(parts: Parts, how: _How) -> Float[Tensor, "maps queries value"]:
    gathered = parts[3].new_empty(*parts[0].shape[:2], parts[3].shape[-1])
    for maps, some in how.groups(parts):
        for tile in _tiles(some, how.start):
            weights = tile.weights(some)
            how.show(maps, tile.rows, weights)
            if how.dropout:
                weights *= how.spared(weights)
            gathered[maps, tile.rows] = weights.to(gathered.dtype) @ some[3]
    return gathered.div_(how.kept) if how.dropout else gathered


class _Attend(torch.autograd.Function):
    """`_attend` with its gradients.

    Weights are computed again in the backward pass, so that nothing of the size of a map is kept.
    """

    @staticmethod
    def forward(ctx: Any, *arguments: Any) -> Tensor:
        """Of the parts and `how` of `_attend`."""
        *parts, ctx.how = arguments
        ctx.chance = torch.get_rng_state() if ctx.how.dropout else None
        gathered = _attend(cast(Parts, tuple(parts)), ctx.how)
        ctx.save_for_backward(*parts, gathered)
        return gathered

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        """Of every part; the relative keys' only where they learn."""
        *parts, gathered = ctx.saved_tensors
        parts = cast(Parts, tuple(parts))
        found = [torch.zeros_like(part, dtype=precise(part).dtype) for part in parts]
        # What softmax takes off the gradient of the logits: Dao et al. 2022, FlashAttention, appendix B.
        common = (precise(gradient) * gathered).sum(-1, keepdim=True)
        gradient = gradient / ctx.how.kept
        with torch.random.fork_rng([], enabled=ctx.chance is not None):
            if ctx.chance is not None:  # dropout takes the same weights again
                torch.set_rng_state(ctx.chance)
            for tile in _tiles(parts, ctx.how.start):
                _add_gradients(found, parts, tile, gradient, common, ctx)
        return (*found[:4], found[4] if ctx.needs_input_grad[4] else None, None)


def _add_gradients(
    found: list[Tensor], parts: Parts, tile: _Tile, gradient: Tensor, common: Tensor, ctx: Any
) -> None:
    """Adds what a tile's output passes back to its queries, and to all keys, values and distances."""
    by_key, by_distance, keys, values, relative = parts
    rows, reach, how = tile.rows, tile.reach, ctx.how
    weights, passed = tile.weights(parts), gradient[:, rows]
    of_logits, used = precise(passed @ values.transpose(1, 2)), weights
    if how.dropout:
        spared = how.spared(weights)
        of_logits, used = of_logits * spared, weights * spared
    of_logits = ((of_logits - common[:, rows]) * weights).to(keys.dtype)
    maps, queries, tokens = of_logits.shape
    far = of_logits.new_zeros(maps, queries, tokens + queries - 1)
    _by_key(far, tokens).copy_(of_logits)
    far = far.unflatten(0, (-1, len(relative)))
    found[0][:, rows] = of_logits @ keys
    found[1][:, rows] = (far @ relative[:, reach]).flatten(0, 1)
    found[2] += of_logits.transpose(1, 2) @ by_key[:, rows]
    found[3] += used.to(values.dtype).transpose(1, 2) @ passed
    if ctx.needs_input_grad[4]:
        asked = by_distance[:, rows].unflatten(0, (-1, len(relative)))
        found[4][:, reach] += (far.transpose(2, 3) @ asked).sum(0)
