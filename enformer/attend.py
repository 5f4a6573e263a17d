"""Attention with relative positions by tiles of queries, and its gradient: for a processor's cache.

Nothing of the size of a map is ever made. It is what `RelativeAttention.weights` and a matrix product give,
at a third of the time on a CPU.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd.function import once_differentiable

from enformer.layers import precise, project

TILE = 384
"""Queries of one head whose attention a CPU computes at once, so that it stays in cache."""

Inspect = Callable[[int, int, int, Tensor], None]
"""Called with sample, attention head, first query, and the weights (queries, tokens) from that query on."""

Parts = tuple[Tensor, Tensor, Tensor, Tensor, Tensor]
"""Queries with each bias, keys and values, (batch, heads, length, size); relative keys, without batch."""


def attend(
    by_key: Float[Tensor, "batch heads queries key"],
    by_distance: Float[Tensor, "batch heads queries key"],
    keys: Float[Tensor, "batch heads tokens key"],
    values: Float[Tensor, "batch heads tokens value"],
    relative: Float[Tensor, "heads distances key"],
    start: int,
    inspect: Inspect | None = None,
) -> Float[Tensor, "batch queries heads value"]:
    """What consecutive queries gather.

    Args:
        by_key: scaled queries with the content bias.
        by_distance: the same with the position bias.
        keys: of all tokens.
        values: of all tokens.
        relative: keys of the distances from `1 - tokens` to `tokens - 1`; no gradient reaches them.
        start: token of the first query.
        inspect: shown the weights while they are there.
    """
    arguments = (by_key, by_distance, keys, values, relative, start, inspect)
    if torch.is_grad_enabled() and any(part.requires_grad for part in arguments[:4]):
        return cast(Tensor, _Attend.apply(*arguments))
    return _attend(*arguments)


@dataclass(frozen=True, eq=False)
class _Tile:
    """Some consecutive queries of one attention head.

    Attributes:
        sample, head: whose.
        rows: of the queries that are computed.
        first: token of the first of them.
        reach: the distances from the last query to the first key, up to the first query to the last key.
    """

    sample: int
    head: int
    rows: slice
    first: int
    reach: slice

    def weights(self, parts: Parts, key: Tensor, relative: Tensor) -> Float[Tensor, "query key"]:
        by_key, by_distance = (part[self.sample, self.head, self.rows] for part in parts[:2])
        logits = project(by_key.unsqueeze(0), key)[0]
        far = project(by_distance.unsqueeze(0), relative[self.reach].contiguous())[0]
        return precise(logits + _by_key(far.contiguous(), len(key))).softmax(-1)


def _heads(parts: Parts) -> Iterator[tuple[int, int]]:
    return np.ndindex(*parts[0].shape[:2])


def _tiles(parts: Parts, sample: int, head: int, start: int) -> Iterator[_Tile]:
    queries, tokens = parts[0].shape[2], parts[2].shape[2]
    for at in range(0, queries, TILE):
        stop = min(at + TILE, queries)
        reach = slice(tokens - start - stop, 2 * tokens - 1 - start - at)
        yield _Tile(sample, head, slice(at, stop), start + at, reach)


def _by_key(
    logits: Float[Tensor, "query distances"], tokens: int
) -> Float[Tensor, "query {tokens}"]:
    """`relative_shift` of a tile, seen in the logits of the distances that it can reach."""
    queries, distances = logits.shape
    start = logits.storage_offset() + queries - 1
    return logits.as_strided((queries, tokens), (distances - 1, 1), start)


def _attend(
    by_key: Tensor,
    by_distance: Tensor,
    keys: Tensor,
    values: Tensor,
    relative: Tensor,
    start: int,
    inspect: Inspect | None,
) -> Tensor:
    parts = (by_key, by_distance, keys, values, relative)
    batch, heads, queries, _ = by_key.shape
    gathered = values.new_empty(batch, queries, heads, values.shape[-1])
    for sample, head in _heads(parts):
        key, value = keys[sample, head].contiguous(), values[sample, head].T.contiguous()
        for tile in _tiles(parts, sample, head, start):
            weights = tile.weights(parts, key, relative[head])
            if inspect is not None:
                inspect(sample, head, tile.first, weights)
            summed = project(weights.to(value.dtype).unsqueeze(0), value)
            gathered[sample, tile.rows, head] = summed[0]
    return gathered


class _Attend(torch.autograd.Function):
    """`_attend` with the gradients of queries, keys and values; the relative keys are fixed.

    Weights are computed again in the backward pass, so that nothing of the size of a map is kept.
    """

    @staticmethod
    def forward(ctx: Any, *arguments: Any) -> Tensor:
        """See `_attend`."""
        *parts, start, _ = arguments
        ctx.start = start
        ctx.save_for_backward(*parts)
        return _attend(*arguments)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        """Of every argument."""
        parts: Parts = ctx.saved_tensors
        found = [torch.zeros_like(part) for part in parts[:4]]
        for sample, head in _heads(parts):
            for tile in _tiles(parts, sample, head, ctx.start):
                _add_gradients(found, parts, tile, gradient[sample, tile.rows, head])
        return (*found, None, None, None)


def _add_gradients(found: list[Tensor], parts: Parts, tile: _Tile, gradient: Tensor) -> None:
    """Adds what a tile's output passes back to its queries, and to all keys and values."""
    head, rows = (tile.sample, tile.head), (tile.sample, tile.head, tile.rows)
    key, value = parts[2][head].contiguous(), parts[3][head].contiguous()
    relative = parts[4][tile.head]
    weights = tile.weights(parts, key, relative)
    of_weights = precise(_product(gradient, value))
    of_logits = weights * (of_weights - (of_weights * weights).sum(-1, keepdim=True))
    of_logits, weights = of_logits.to(key.dtype), weights.to(key.dtype)
    far = of_logits.new_zeros(len(of_logits), len(key) + len(of_logits) - 1)
    _by_key(far, len(key)).copy_(of_logits)
    found[0][rows] = _product(of_logits, key.T)
    found[1][rows] = _product(far, relative[tile.reach].T)
    found[2][head] += _product(of_logits.T, parts[0][rows].T)
    found[3][head] += _product(weights.T, gradient.T)


def _product(a: Float[Tensor, "m k"], b: Float[Tensor, "n k"]) -> Float[Tensor, "m n"]:
    """`a @ b.T`, by the faster route."""
    return project(a.contiguous().unsqueeze(0), b.contiguous())[0]
