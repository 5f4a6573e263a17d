"""Multi-head attention with relative positions, after Transformer-XL as the paper uses it."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from enformer.attend import Inspect, attend
from enformer.config import EnformerConfig
from enformer.layers import Linear, precise, project
from enformer.positions import relative_basis


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


class RelativeAttention(nn.Module):
    """Attention whose logits are `(q + content_bias) k + (q + position_bias) r(key - query)`.

    Queries are scaled by `key_size ** -0.5` before the biases are added. `weights` is apart from `forward` so
    that the attention can be read without a hook. `span` is the tokens of the window that distances are
    measured by, None for those of the input: what parts of a window teach then holds for all of it.
    """

    def __init__(self, config: EnformerConfig) -> None:
        super().__init__()
        self.heads, self.key_size = config.attention_heads, config.key_size
        self.features = config.position_features
        self.span: int | None = None
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
        gather = self._gather_in_tiles if x.device.type == "cpu" else self._gather
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
        """The same without the large arrays: a third of the time on a CPU, in training too."""
        query = self._split(self.query(x[:, queries.start : queries.stop])) * self.key_size**-0.5
        gathered = attend(
            query + self.content_bias,
            query + self.position_bias,
            self._split(self.key(x)),
            self._split(self.value(x)),
            self._split(self._keys_by_distance(x))[0],
            queries.start,
            inspect,
            self.attention_dropout.p if self.training else 0.0,
        )
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
        basis = relative_basis(x.shape[1], self.features, self.span)
        if self.training or (torch.is_grad_enabled() and weight.requires_grad):
            basis = self.position_dropout(basis.to(x.device, x.dtype))
            return self.relative_key(basis.unsqueeze(0))
        return self._kept_keys(basis, weight)

    def _kept_keys(self, basis: Tensor, weight: Tensor) -> Tensor:
        pinned = (
            len(basis),
            self.span,
            weight.data_ptr(),
            weight._version,
            weight.dtype,
            weight.device,
        )
        kept = self._relative_keys
        if kept is None or kept[0] != pinned:
            # Outside inference mode, so that a later backward pass may use them too.
            with torch.inference_mode(False), torch.no_grad():
                basis = basis.to(weight.device, weight.dtype).unsqueeze(0)
                kept = self._relative_keys = (pinned, project(basis, weight))
        return kept[1]
