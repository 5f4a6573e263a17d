"""Multi-head attention with relative positions, after Transformer-XL as the paper uses it."""

from collections.abc import Callable

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from enformer.config import EnformerConfig
from enformer.layers import Linear, precise, project
from enformer.positions import relative_basis

TILE = 384
"""Queries of one head whose attention a CPU computes at once, so that it stays in cache."""

Inspect = Callable[[int, int, int, Tensor], None]
"""Called with sample, attention head, first query, and the weights (queries, tokens) from that query on."""


def relative_shift(
    logits: Float[Tensor, "batch heads query distances"],
) -> Float[Tensor, "batch heads query key"]:
    """From logits by distance `-(n - 1) .. n - 1` to logits by key: `out[i, j] = logits[i, j - i + n - 1]`.

    In the flattened rows each query's keys start `2n - 2` after those of the query before: slices and views
    of the same memory, no copy.
    """
    tokens = logits.shape[-2]
    stride = 2 * tokens - 2
    rows = logits.flatten(-2)[..., tokens - 1 : tokens - 1 + tokens * stride]
    return rows.unflatten(-1, (tokens, stride))[..., :tokens]


def _shift_tile(
    logits: Float[Tensor, "query distances"], tokens: int
) -> Float[Tensor, "query {tokens}"]:
    """`relative_shift` of some consecutive queries, from the distances that these can reach."""
    queries, distances = logits.shape
    logits = logits.contiguous()
    start = logits.storage_offset() + queries - 1
    return logits.as_strided((queries, tokens), (distances - 1, 1), start)


class RelativeAttention(nn.Module):
    """Attention whose logits are `(q + content_bias) k + (q + position_bias) r(key - query)`.

    Queries are scaled by `key_size ** -0.5` before the biases are added. `weights` is apart from `forward` so
    that the attention can be read without a hook.
    """

    def __init__(self, config: EnformerConfig) -> None:
        super().__init__()
        self.heads, self.key_size = config.attention_heads, config.key_size
        self.features = config.position_features
        keys, values = self.heads * config.key_size, self.heads * config.value_size
        self.query = Linear(config.channels, keys, bias=False)
        self.key = Linear(config.channels, keys, bias=False)
        self.value = Linear(config.channels, values, bias=False)
        self.relative_key = Linear(self.features, keys, bias=False)
        self.content_bias = nn.Parameter(torch.empty(1, self.heads, 1, config.key_size))
        self.position_bias = nn.Parameter(torch.empty(1, self.heads, 1, config.key_size))
        self.output = Linear(values, config.channels)
        self.attention_dropout = nn.Dropout(config.attention_dropout)
        self.position_dropout = nn.Dropout(config.position_dropout)
        self._relative_keys: tuple[tuple[object, ...], Tensor] | None = None

    def forward(
        self,
        x: Float[Tensor, "batch tokens channels"],
        queries: range | None = None,
        inspect: Inspect | None = None,
    ) -> Float[Tensor, "batch queries channels"]:
        """What each token gathers from all tokens.

        Args:
            x: all tokens.
            queries: consecutive tokens to compute; all by default.
            inspect: shown the weights while they are there, all of a query's keys at once.
        """
        queries = range(x.shape[1]) if queries is None else queries
        tiles = not (self.training or torch.is_grad_enabled()) and x.device.type == "cpu"
        gather = self._gather_in_tiles if tiles else self._gather
        return self.output(gather(x, queries, inspect))

    def _gather(
        self, x: Tensor, queries: range, inspect: Inspect | None
    ) -> Float[Tensor, "batch queries values"]:
        weights = self.weights(x)[:, :, queries.start : queries.stop]
        if inspect is not None:
            for sample, head in np.ndindex(*weights.shape[:2]):
                inspect(sample, head, queries.start, weights[sample, head])
        values = self._split(self.value(x))
        gathered = self.attention_dropout(weights).to(values.dtype) @ values
        return gathered.transpose(1, 2).flatten(2)

    def _gather_in_tiles(
        self, x: Tensor, queries: range, inspect: Inspect | None
    ) -> Float[Tensor, "batch queries values"]:
        """The same without the large arrays: a third of the time on a CPU."""
        query = self._split(self.query(x[:, queries.start : queries.stop])) * self.key_size**-0.5
        by_key, by_distance = query + self.content_bias, query + self.position_bias
        keys, values = self._split(self.key(x)), self._split(self.value(x))
        relative = self._split(self._keys_by_distance(x))[0]
        tokens, shape = x.shape[1], (*query.shape[:1], len(queries), *values.shape[1::2])
        gathered = values.new_empty(shape)
        for sample, head in np.ndindex(*query.shape[:2]):
            key = keys[sample, head].contiguous()
            value = values[sample, head].T.contiguous()
            for start in range(0, len(queries), TILE):
                rows = slice(start, min(start + TILE, len(queries)))
                first, last = queries[rows][0], queries[rows][-1]
                # distances from the last query to the first key, up to the first query to the last key
                reach = relative[head, tokens - 1 - last : 2 * tokens - 1 - first]
                logits = project(by_key[sample, head, rows].unsqueeze(0), key)
                far = project(by_distance[sample, head, rows].unsqueeze(0), reach.contiguous())
                weights = precise(logits[0] + _shift_tile(far[0], tokens)).softmax(-1)
                if inspect is not None:
                    inspect(sample, head, first, weights)
                summed = project(weights.to(value.dtype).unsqueeze(0), value)
                gathered[sample, rows, head] = summed[0]
        return gathered.flatten(2)

    def weights(
        self, x: Float[Tensor, "batch tokens channels"]
    ) -> Float[Tensor, "batch heads query key"]:
        """Softmax weights in float32 or better, before dropout; each row (a query) sums to 1."""
        query = self._split(self.query(x)) * self.key_size**-0.5
        key = self._split(self.key(x))
        logits = (query + self.content_bias) @ key.transpose(-1, -2)
        relative = self._split(self._keys_by_distance(x)).transpose(-1, -2)
        logits += relative_shift((query + self.position_bias) @ relative)
        return precise(logits).softmax(-1)

    def _split(self, x: Tensor) -> Tensor:
        """`(batch, length, heads * size)` to `(batch, heads, length, size)`."""
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def _keys_by_distance(self, x: Tensor) -> Tensor:
        """`(1, distances, heads * key_size)`; they do not depend on the input, so inference keeps them."""
        weight = self.relative_key.weight
        basis = relative_basis(x.shape[1], self.features)
        if self.training or (torch.is_grad_enabled() and weight.requires_grad):
            basis = self.position_dropout(basis.to(x.device, x.dtype))
            return self.relative_key(basis.unsqueeze(0))
        return self._kept_keys(basis, weight)

    def _kept_keys(self, basis: Tensor, weight: Tensor) -> Tensor:
        pinned = (len(basis), weight.data_ptr(), weight._version, weight.dtype, weight.device)
        kept = self._relative_keys
        if kept is None or kept[0] != pinned:
            # Outside inference mode, so that a later backward pass may use them too.
            with torch.inference_mode(False), torch.no_grad():
                basis = basis.to(weight.device, weight.dtype).unsqueeze(0)
                kept = self._relative_keys = (pinned, project(basis, weight))
        return kept[1]
