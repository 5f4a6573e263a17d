"""The parts of the convolutional trunk and the linear layer.

Everything is channels-last, `(batch, length, channels)`; the kernels see the same memory as an image of
width 1, so nothing is ever transposed.
"""

from typing import Any, cast

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn.grad import conv2d_weight

from enformer.tiles import Room, tiles

Affine = tuple[Float[Tensor, " channels"], Float[Tensor, " channels"]]
"""What a normalisation multiplies by, and what it adds."""

NARROW = 16
"""Input channels up to which the gradient of all taps is one product."""


GELU_SLOPE = 1.702


def gelu(x: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """The paper's GELU, `x sigmoid(1.702 x)`, as a scaled SiLU: one kernel, one saved tensor."""
    return F.silu(GELU_SLOPE * x, inplace=not torch.is_grad_enabled()) / GELU_SLOPE


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


def weight_gradient(
    x: Float[Tensor, "batch widened inputs"], gradient: Float[Tensor, "batch length outputs"]
) -> Float[Tensor, "outputs inputs width"]:
    """The gradient of a convolution's weight; `x` reaches `width // 2` positions beyond on both sides.

    A matrix product for each tap: what oneDNN has for a wide kernel on a CPU runs at a fifth (bfloat16) to
    two fifths (float32) of their rate.
    """
    length = gradient.shape[1]
    taps = [x[:, start : start + length] for start in range(x.shape[1] - length + 1)]
    if x.shape[2] <= NARROW:
        together = _product(gradient, torch.cat(taps, dim=2))
        return together.unflatten(1, (len(taps), -1)).transpose(1, 2)
    return torch.stack([_product(gradient, tap) for tap in taps], dim=2)


def _product(gradient: Tensor, x: Tensor) -> Float[Tensor, "outputs inputs"]:
    size = (gradient.shape[2], x.shape[2], 1, 1)
    return conv2d_weight(_image(x), size, _image(gradient))[..., 0, 0]


def product_dtype(weight: Tensor) -> torch.dtype:
    """What matrix products with it are computed in: of autocast where that is on."""
    kind = weight.device.type
    mixed = torch.amp.is_autocast_available(kind) and torch.is_autocast_enabled(kind)
    return torch.get_autocast_dtype(kind) if mixed else weight.dtype


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

    bias: nn.Parameter  # pyright: ignore[reportIncompatibleVariableOverride]

    def forward(self, input: Tensor) -> Tensor:
        """`(batch, length, inputs)` to `(batch, length, outputs)`."""
        return convolve(input, self.weight, self.bias, self.dilation[0])


class BatchNorm(nn.BatchNorm2d):
    """Batch normalisation of `(batch, length, channels)` over batch and length; statistics stay float32."""

    def forward(self, input: Tensor) -> Tensor:
        """Same shape and dtype as the input."""
        return _rows(super().forward(_image(input)))

    def as_affine(self, x: Float[Tensor, "batch length channels"]) -> Affine:
        """The same as a product and a sum; in training of the statistics of `x`, and with gradients."""
        if self.training:
            mean, variance, count = self.moments(x)
            self._follow(mean.detach(), variance.detach() * (count / (count - 1)))
        else:
            mean, variance = cast(Tensor, self.running_mean), cast(Tensor, self.running_var)
        scale = self.weight * (variance + self.eps).rsqrt()
        return scale, self.bias - mean * scale

    def moments(self, x: Tensor) -> tuple[Tensor, Tensor, int]:
        """Mean and variance of each channel, with gradients, and the number of positions."""
        mean, variance = cast(tuple[Tensor, Tensor], _Moments.apply(x))
        return mean, variance, x.shape[0] * x.shape[1]

    @torch.no_grad()
    def _follow(self, mean: Tensor, variance: Tensor) -> None:
        if self.num_batches_tracked is not None:
            self.num_batches_tracked.add_(1)
        for running, new in ((self.running_mean, mean), (self.running_var, variance)):
            cast(Tensor, running).lerp_(new, float(self.momentum or 0.0))


class _Moments(torch.autograd.Function):
    """Mean and variance over batch and length, in float32 or better, by tiles."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> tuple[Tensor, Tensor]:
        # Chan, Golub & LeVeque 1983: the moments of the whole from those of its parts.
        parts, room, mean_type = [], Room(), torch.promote_types(x.dtype, torch.float32)
        for start, stop in tiles(x.shape[1]):
            tile = room.cast("tile", x[:, start:stop], mean_type)
            mean = tile.mean((0, 1))
            apart = torch.sub(tile, mean, out=room.like("apart", tile))
            parts.append((stop - start, apart.square_().mean((0, 1)), mean))
        sizes, variances, means = zip(*parts, strict=True)
        variances, means = torch.stack(variances), torch.stack(means)
        shares = means.new_tensor(sizes).unsqueeze(1) / x.shape[1]
        mean = (shares * means).sum(0)
        variance = (shares * (variances + (means - mean) ** 2)).sum(0)
        ctx.save_for_backward(x, mean)
        return mean, variance

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, of_mean: Tensor, of_variance: Tensor) -> Tensor:  # pyright: ignore[reportIncompatibleMethodOverride]
        x, mean = ctx.saved_tensors
        count = x.shape[0] * x.shape[1]
        slope = 2 * of_variance / count
        level = of_mean / count - slope * mean
        found = torch.empty_like(x)
        for start, stop in tiles(x.shape[1]):
            found[:, start:stop] = torch.addcmul(level, x[:, start:stop], slope)
        return found


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


def crop(
    x: Float[Tensor, "batch tokens channels"], bins: int
) -> Float[Tensor, "batch {bins} channels"]:
    """The middle `bins` tokens; an odd remainder leaves one more on the right."""
    start = (x.shape[1] - bins) // 2
    return x[:, start : start + bins]


def _image(x: Tensor) -> Tensor:
    """`(batch, length, channels)` seen as `(batch, channels, length, 1)` in channels-last memory."""
    return x.unsqueeze(2).permute(0, 3, 1, 2)


def _rows(image: Tensor) -> Tensor:
    """The inverse of `_image`."""
    return image.permute(0, 2, 3, 1).squeeze(2)
