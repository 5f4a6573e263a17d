"""Enformer (Avsec et al. 2021, figure 1a and extended data figure 1): DNA in, tracks out.

The boxes stand in the figure's order: stem, conv tower, transformer, crop, final pointwise, heads. Tensors
are `(batch, length, channels)` throughout, length in bp, then in tokens, then in bins.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import pairwise

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from enformer.attend import Inspect
from enformer.attention import RelativeAttention
from enformer.config import EnformerConfig
from enformer.dilated import DilatedBlock, dilations
from enformer.errors import EnformerLensError
from enformer.initial import initialise
from enformer.layers import (
    Conv,
    ConvBlock,
    LayerNorm,
    Linear,
    crop,
    gelu,
    precise,
    project,
)
from enformer.stage import ConvStage

STEM_WIDTH, TOWER_WIDTH = 15, 5

Stage = tuple[str, Callable[[Tensor], Tensor]]
Watch = Callable[[str], None]
"""Called with the name of each box before it runs; what it raises ends the forward pass."""


class Enformer(nn.Module):
    """The network of one `EnformerConfig`, with Sonnet's initial weights."""

    def __init__(self, config: EnformerConfig) -> None:
        super().__init__()
        self.config = config
        widths = (config.channels // 2, *config.tower_channels)
        self.stem = ConvStage(Conv(4, widths[0], STEM_WIDTH), widths[0], STEM_WIDTH)
        self.conv_tower = nn.ModuleList(
            ConvStage(ConvBlock(a, b, TOWER_WIDTH), b, TOWER_WIDTH) for a, b in pairwise(widths)
        )
        self.transformer, self.dilated = nn.ModuleList(), nn.ModuleList()
        if config.trunk == "transformer":
            self.transformer.extend(TransformerBlock(config) for _ in range(config.depth))
        else:
            self.dilated.extend(DilatedBlock(config, step) for step in dilations(config.depth))
        self.final_pointwise = FinalPointwise(config)
        self.heads = nn.ModuleDict(
            {name: Head(2 * config.channels, tracks) for name, tracks in config.heads.items()}
        )
        initialise(self)

    @property
    def dtype(self) -> torch.dtype:
        """Of convolutions and matrices."""
        return next(self.stem.parameters()).dtype

    @property
    def device(self) -> torch.device:
        """Where the weights lie."""
        return next(self.stem.parameters()).device

    def forward(
        self,
        one_hot: Float[Tensor, "batch length 4"],
        heads: Collection[str] | None = None,
        watch: Watch | None = None,
    ) -> dict[str, Float[Tensor, "batch bins _"]]:
        """Non-negative tracks of the asked heads (all by default), float32.

        Raises:
            EnformerLensError: if the length cannot be used or a head is unknown.
        """
        wanted = self.config.heads if heads is None else heads
        self.check_heads(wanted)
        embedding = self.trunk(one_hot, watch)
        return {name: self.heads[name](embedding) for name in wanted}

    def trunk(
        self, one_hot: Float[Tensor, "batch length 4"], watch: Watch | None = None
    ) -> Float[Tensor, "batch bins width"]:
        """The embedding of each bin, `2 * channels` wide, before the heads."""
        self.check_length(one_hot.shape[1])
        return _run(self.stages(), one_hot.to(self.dtype), watch)

    def conv_trunk(
        self, one_hot: Float[Tensor, "batch length 4"], watch: Watch | None = None
    ) -> Float[Tensor, "batch tokens channels"]:
        """What the convolutions make of every token, before the transformer."""
        self.check_length(one_hot.shape[1])
        return _run(self._convolutions(), one_hot.to(self.dtype), watch)

    def tokens(
        self, one_hot: Float[Tensor, "batch length 4"], watch: Watch | None = None
    ) -> Float[Tensor, "batch tokens channels"]:
        """What the transformer (or the dilated trunk) leaves of every token, before the crop."""
        self.check_length(one_hot.shape[1])
        return _run(self._body(), one_hot.to(self.dtype), watch)

    def mix(
        self, x: Float[Tensor, "batch tokens channels"], queries: range | None = None
    ) -> Float[Tensor, "batch queries channels"]:
        """From what the convolutions leave to what `tokens` returns, of all tokens or of consecutive ones."""
        *layers, last = [*self.transformer, *self.dilated]
        for layer in layers:
            x = layer(x)
        if isinstance(last, TransformerBlock):
            return last(x, queries)
        x = last(x)
        return x if queries is None else x[:, queries.start : queries.stop]

    def predict_from(
        self, x: Float[Tensor, "batch tokens channels"], heads: Collection[str]
    ) -> dict[str, Float[Tensor, "batch bins _"]]:
        """Tracks of the heads from what `conv_trunk` returned, also with gradients."""
        self.check_heads(heads)
        embedding = self.final_pointwise(crop(self.mix(x), self.config.target_bins))
        return {name: self.heads[name](embedding) for name in heads}

    def read(
        self, tokens: Float[Tensor, "batch bins channels"], head: str, tracks: Sequence[int]
    ) -> Float[Tensor, "batch bins _"]:
        """Some tracks of one head at some tokens, already chosen: nothing else is computed."""
        return self.heads[head](self.final_pointwise(tokens), tracks)

    def stages(self) -> Iterator[Stage]:
        """The trunk's boxes in order, each with a name to show while it runs."""
        yield from self._body()
        yield "crop", lambda x: crop(x, self.config.target_bins)
        yield "final pointwise", self.final_pointwise

    def _body(self) -> Iterator[Stage]:
        yield from self._convolutions()
        yield from _numbered("transformer", self.transformer)
        yield from _numbered("dilated convolution", self.dilated)

    def _convolutions(self) -> Iterator[Stage]:
        yield "stem", self.stem
        yield from _numbered("conv tower", self.conv_tower)

    def check_length(self, length: int) -> None:
        """Refuse a sequence that the model cannot take.

        Raises:
            EnformerLensError: naming what it takes.
        """
        config = self.config
        if length % config.bin_size or length // config.bin_size < config.target_bins:
            raise EnformerLensError(
                f"This model takes multiples of {config.bin_size} bp of at least "
                f"{config.target_bins * config.bin_size:,} bp.",
                read=f"a sequence of {length:,} bp",
                do=f"Give it a window of {config.window_length:,} bp, as it was trained on.",
            )

    def check_heads(self, heads: Iterable[str]) -> None:
        """Refuse heads that the model does not have.

        Raises:
            EnformerLensError: naming those it has.
        """
        if unknown := set(heads) - set(self.config.heads):
            raise EnformerLensError(
                f"This model has no such head; it has {', '.join(self.config.heads)}.",
                read=f"the head {', '.join(sorted(unknown))}",
                do="Ask for one of those.",
            )


class TransformerBlock(nn.Module):
    """Attention and feed-forward, each normalised before and added to its input."""

    def __init__(self, config: EnformerConfig) -> None:
        super().__init__()
        width = config.channels
        self.attention_norm = LayerNorm(width)
        self.attention = RelativeAttention(config)
        self.feed_forward_norm = LayerNorm(width)
        self.expand, self.contract = Linear(width, 2 * width), Linear(2 * width, width)
        self.dropout = nn.Dropout(config.dropout)

    def forward(
        self,
        x: Float[Tensor, "batch tokens channels"],
        queries: range | None = None,
        inspect: Inspect | None = None,
    ) -> Float[Tensor, "batch queries channels"]:
        """Each token, or only consecutive ones; `inspect` is shown the attention weights.

        The first dropout of the feed-forward comes before its ReLU, as published.
        """
        kept = x if queries is None else x[:, queries.start : queries.stop]
        x = kept + self.dropout(self.attention(self.attention_norm(x), queries, inspect))
        hidden = F.relu(self.dropout(self.expand(self.feed_forward_norm(x))))
        return x + self.dropout(self.contract(hidden))


class FinalPointwise(nn.Module):
    """A pointwise block to twice the width, dropout, GELU."""

    def __init__(self, config: EnformerConfig) -> None:
        super().__init__()
        self.block = ConvBlock(config.channels, 2 * config.channels)
        self.dropout = nn.Dropout(config.dropout / 8)

    def forward(
        self, x: Float[Tensor, "batch bins channels"]
    ) -> Float[Tensor, "batch bins doubled"]:
        """Keeps the length."""
        return gelu(self.dropout(self.block(x)))


class Head(nn.Module):
    """A linear layer and a softplus, to the expected signal of each track."""

    def __init__(self, width: int, tracks: int) -> None:
        super().__init__()
        self.linear = Linear(width, tracks)

    def forward(
        self, embedding: Float[Tensor, "batch bins width"], tracks: Sequence[int] | None = None
    ) -> Float[Tensor, "batch bins tracks"]:
        """All tracks, or only those, in that order; float32, whatever the dtype of the weights."""
        if tracks is None:
            return F.softplus(precise(self.linear(embedding)))
        chosen = list(tracks)
        return F.softplus(
            precise(project(embedding, self.linear.weight[chosen], self.linear.bias[chosen]))
        )


def _run(stages: Iterable[Stage], x: Tensor, watch: Watch | None) -> Tensor:
    for name, stage in stages:
        if watch is not None:
            watch(name)
        x = stage(x)
    return x


def _numbered(name: str, stages: nn.ModuleList) -> Iterator[Stage]:
    for number, stage in enumerate(stages, start=1):
        yield f"{name} {number} of {len(stages)}", stage


def cast_weights(model: Enformer, dtype: torch.dtype) -> Enformer:
    """Convolutions and matrices to `dtype`, in place; normalisations keep float32. Returns the model."""
    for module in model.modules():
        if not isinstance(module, nn.modules.batchnorm._BatchNorm | nn.LayerNorm):
            for parameter in module.parameters(recurse=False):
                parameter.data = parameter.data.to(dtype)
    return model
