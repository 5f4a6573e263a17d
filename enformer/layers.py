"""The parts of the convolutional trunk and the linear layer.

Everything is channels-last, `(batch, length, channels)`; the kernels see the same memory as an image of
width 1, so nothing is ever transposed.
"""

from collections.abc import Callable, Iterator
from typing import Any, cast

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

TILE = 8192
"""Positions computed at once outside training: their activations stay in the processor's cache."""


def gelu(x: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """The paper's GELU, `x sigmoid(1.702 x)`, as a scaled SiLU: one kernel, one saved tensor."""
    return F.silu(1.702 * x, inplace=not torch.is_grad_enabled()) / 1.702


def precise(x: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """At least float32: for softmax, softplus and losses."""
    return x.to(torch.promote_types(x.dtype, torch.float32))


def convolve(
    x: Float[Tensor, "batch length inputs"],
    weight: Float[Tensor, "outputs inputs width"],
    bias: Float[Tensor, " outputs"] | None = None,
    dilation: int = 1,
) -> Float[Tensor, "batch length outputs"]:
    """Convolution with zero padding to the same length; `width` is odd."""
    padding = (weight.shape[-1] // 2 * dilation, 0)
    image = F.conv2d(_image(x), weight.unsqueeze(-1), bias, padding=padding, dilation=(dilation, 1))
    return _rows(image)


def project(
    x: Float[Tensor, "batch length inputs"],
    weight: Float[Tensor, "outputs inputs"],
    bias: Float[Tensor, " outputs"] | None = None,
) -> Float[Tensor, "batch length outputs"]:
    """`x @ weight.T + bias`.

    On a CPU in float32 it runs as a convolution of width 1: oneDNN uses AVX-512 on every processor, while
    MKL's matrix product reaches half of that rate on AMD (measured: 440 against 200 GFLOP/s).
    """
    if x.device.type == "cpu" and x.dtype == torch.float32:
        return convolve(x, weight.unsqueeze(-1), bias)
    return F.linear(x, weight, bias)


class Linear(nn.Linear):
    """`torch.nn.Linear` through `project`."""

    def forward(self, input: Tensor) -> Tensor:
        """`(batch, length, in_features)` to `(batch, length, out_features)`."""
        return project(input, self.weight, self.bias)


class Conv(nn.Conv1d):
    """A convolution along the sequence, weight `(outputs, inputs, width)`, zero-padded to the same length."""

    def forward(self, input: Tensor) -> Tensor:
        """`(batch, length, inputs)` to `(batch, length, outputs)`."""
        return convolve(input, self.weight, self.bias, self.dilation[0])


class BatchNorm(nn.BatchNorm2d):
    """Batch normalisation of `(batch, length, channels)` over batch and length; statistics stay float32."""

    def forward(self, input: Tensor) -> Tensor:
        """Same shape and dtype as the input."""
        return _rows(super().forward(_image(input)))


class LayerNorm(nn.LayerNorm):
    """Layer normalisation in the precision of its own weights, whatever that of the activations."""

    def forward(self, input: Tensor) -> Tensor:
        """Same shape and dtype as the input."""
        return super().forward(input.to(self.weight.dtype)).to(input.dtype)


class ConvBlock(nn.Module):
    """BatchNorm, GELU, convolution."""

    def __init__(self, inputs: int, outputs: int, width: int = 1, dilation: int = 1) -> None:
        super().__init__()
        self.norm = BatchNorm(inputs)
        self.conv = Conv(inputs, outputs, width, dilation=dilation)

    def forward(
        self, x: Float[Tensor, "batch length inputs"]
    ) -> Float[Tensor, "batch length outputs"]:
        """Keeps the length."""
        return self.conv(gelu(self.norm(x)))


class SoftmaxPool(nn.Module):
    """Softmax-weighted mean of each pair of neighbours, with logits `x @ weight.T` per channel.

    The softmax over two is a sigmoid of the difference of their logits, and the logits are linear, so
    `pool(x0, x1) = x0 + sigmoid((x1 - x0) @ weight.T) * (x1 - x0)`: exact, at half the products.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        # torch.eye on the meta device imports a compiler, two seconds of a model's loading
        self.weight = nn.Parameter(torch.zeros(channels, channels).fill_diagonal_(2))

    def forward(
        self, x: Float[Tensor, "batch length channels"]
    ) -> Float[Tensor, "batch half channels"]:
        """Halves an even length."""
        first, second = x.unflatten(1, (-1, 2)).unbind(2)
        difference = second - first
        gate = project(difference, self.weight).sigmoid()
        return torch.addcmul(first, gate, difference)


class ConvStage(nn.Module):
    """A convolution, a residual pointwise block and a pool: the stem, and each block of the conv tower."""

    def __init__(self, conv: Conv | ConvBlock, channels: int, width: int) -> None:
        super().__init__()
        self.conv = conv
        self.pointwise = ConvBlock(channels, channels)
        self.pool = SoftmaxPool(channels)
        self.halo = 2 * -(-(width // 2) // 2)  # even, so that a tile's pairs stay pairs

    def forward(
        self, x: Float[Tensor, "batch length inputs"]
    ) -> Float[Tensor, "batch half outputs"]:
        """Halves an even length."""
        if self.training or self._learns():
            return self._whole(x)
        if torch.is_grad_enabled() and x.requires_grad:
            return cast(Tensor, _FixedStage.apply(x, self))
        return _in_tiles(self._whole, x, self.halo)

    def _whole(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        return self.pool(x + self.pointwise(x))

    def _learns(self) -> bool:
        return torch.is_grad_enabled() and any(p.requires_grad for p in self.parameters())


class _FixedStage(torch.autograd.Function):
    """A `ConvStage` whose weights are fixed, with the gradient of its input.

    It keeps its input, what the first convolution made of it, and each pair's difference: with these the
    backward pass repeats but one matrix product, that of the gate. Both passes go by tiles: measured against
    autograd over the whole length, half the memory and half the time of the forward pass on a CPU.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, stage: ConvStage) -> Tensor:
        """Halves an even length."""
        kept, pieces = [], []
        for start, stop in _tiles(x.shape[1]):
            left, right = _widened(start, stop, stage.halo, x.shape[1])
            wide = stage.conv(x[:, left:right])[:, start - left : stop - left].contiguous()
            first, second = (wide + stage.pointwise(wide)).unflatten(1, (-1, 2)).unbind(2)
            difference = second - first
            gate = project(difference, stage.pool.weight).sigmoid()
            kept += [wide, difference]
            pieces.append(torch.addcmul(first, gate, difference))
        ctx.stage = stage
        ctx.save_for_backward(x, *kept)
        return torch.cat(pieces, dim=1)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        """The gradient of the input; a tile's reaches into its neighbours and is added up."""
        x, *kept = ctx.saved_tensors
        stage: ConvStage = ctx.stage
        total = torch.zeros_like(x)
        for number, (start, stop) in enumerate(_tiles(x.shape[1])):
            wide, difference = kept[2 * number : 2 * number + 2]
            pooled = gradient[:, start // 2 : stop // 2]
            of_wide = _unpool(pooled, difference, stage.pool.weight)
            of_wide = of_wide + _unblock(stage.pointwise, wide, of_wide)
            left, right = _widened(start, stop, stage.halo, x.shape[1])
            total[:, left:right] += _unblock(
                stage.conv, x[:, left:right], F.pad(of_wide, (0, 0, start - left, right - stop))
            )
        return total, None


def _unpool(gradient: Tensor, difference: Tensor, weight: Tensor) -> Tensor:
    """The gradient of each pair, from that of its pool."""
    gate = project(difference, weight).sigmoid()
    of_logits = gradient * difference * gate * (1 - gate)
    second = torch.addcmul(project(of_logits, weight.T), gradient, gate)
    return torch.stack([gradient - second, second], dim=2).flatten(1, 2)


def _unblock(block: Conv | ConvBlock, x: Tensor, gradient: Tensor) -> Tensor:
    """The gradient of a block's input, from that of its output: a convolution with the kernel reversed."""
    conv = block if isinstance(block, Conv) else block.conv
    gradient = convolve(gradient, conv.weight.flip(2).transpose(0, 1))
    if isinstance(block, Conv):
        return gradient
    with torch.enable_grad():
        x = x.detach().requires_grad_()
        return torch.autograd.grad(gelu(block.norm(x)), x, gradient)[0]


def crop(
    x: Float[Tensor, "batch tokens channels"], bins: int
) -> Float[Tensor, "batch {bins} channels"]:
    """The middle `bins` tokens; an odd remainder leaves one more on the right."""
    start = (x.shape[1] - bins) // 2
    return x[:, start : start + bins]


def _in_tiles(halving: Callable[[Tensor], Tensor], x: Tensor, halo: int) -> Tensor:
    """`halving(x)` in pieces of `TILE` positions, each computed with `halo` neighbours and cut back."""
    pieces = []
    for start, stop in _tiles(x.shape[1]):
        left, right = _widened(start, stop, halo, x.shape[1])
        piece = halving(x[:, left:right])
        pieces.append(piece[:, (start - left) // 2 : (stop - left) // 2])
    return torch.cat(pieces, dim=1)


def _tiles(length: int) -> Iterator[tuple[int, int]]:
    return ((start, min(start + TILE, length)) for start in range(0, length, TILE))


def _widened(start: int, stop: int, halo: int, length: int) -> tuple[int, int]:
    return max(start - halo, 0), min(stop + halo, length)


def _image(x: Tensor) -> Tensor:
    """`(batch, length, channels)` seen as `(batch, channels, length, 1)` in channels-last memory."""
    return x.unsqueeze(2).permute(0, 3, 1, 2)


def _rows(image: Tensor) -> Tensor:
    """The inverse of `_image`."""
    return image.permute(0, 2, 3, 1).squeeze(2)
