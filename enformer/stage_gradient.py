"""A conv stage and its gradients, by tiles.

Kept for the backward pass are a stage's input, what its convolution made of it, and the differences of its
pairs. What stands between them is computed again, of the matrix products only that of the pool's gate.
Results go where there is room already: fresh memory costs a CPU more than what is done to it.
"""

from typing import Any, cast

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor
from torch.autograd.function import once_differentiable

from enformer.layers import (
    GELU_SLOPE,
    Affine,
    convolve,
    precise,
    product_dtype,
    project,
    weight_gradient,
)
from enformer.tiles import Room, tiles, widened


def convolve_by_tiles(
    x: Float[Tensor, "batch length inputs"],
    affine: Affine | None,
    weight: Float[Tensor, "outputs inputs width"],
    bias: Float[Tensor, " outputs"],
) -> Float[Tensor, "batch length outputs"]:
    """`convolve(gelu(scale * x + shift))`, or `convolve(x)` without an affine."""
    block = *(affine or (None, None)), weight, bias
    return cast(Tensor, _Convolve.apply(product_dtype(weight), x, *block))


def mix_by_tiles(
    x: Float[Tensor, "batch length channels"],
    affine: Affine,
    weight: Float[Tensor, "channels channels 1"],
    bias: Float[Tensor, " channels"],
    gate: Float[Tensor, "channels channels"],
) -> Float[Tensor, "batch half channels"]:
    """The pool of `x + convolve(gelu(scale * x + shift))`; `gate` is the pool's weight."""
    return cast(Tensor, _Mix.apply(product_dtype(weight), x, gate, *affine, weight, bias))


class _Block:
    """An affine, GELU and a convolution, on tiles; gradients of its weights add up from tile to tile.

    GELU is `silu(slope x) / slope`: the slope is multiplied into the affine, and divided out of the kernel.
    """

    def __init__(
        self,
        dtype: torch.dtype,
        scale: Tensor | None,
        shift: Tensor | None,
        weight: Tensor,
        bias: Tensor,
    ) -> None:
        self.dtype, self.reach, self.room = dtype, weight.shape[2] // 2, Room()
        self.slope = 1.0 if scale is None or shift is None else GELU_SLOPE
        self.affine = (
            None if scale is None else torch.stack([scale, cast(Tensor, shift)]) * self.slope
        )
        self.kernel, self.bias = (weight / self.slope).to(dtype), bias.to(dtype)
        self.reversed = self.kernel.flip(2).transpose(0, 1)
        self.of_affine = None if self.affine is None else torch.zeros_like(self.affine)
        self.of_weight, self.of_bias = (
            torch.zeros_like(tensor, dtype=precise(tensor).dtype) for tensor in (weight, bias)
        )

    def forward(self, x: Tensor) -> Tensor:
        """What the convolution makes of the input."""
        return convolve(self.active(x), self.kernel, self.bias)

    def inner(self, x: Tensor) -> Tensor:
        """The input of SiLU."""
        assert self.affine is not None
        scale, shift = self.affine
        x = self.room.cast("x", x, scale.dtype)
        return torch.addcmul(shift, x, scale, out=self.room.like("inner", x))

    def active(self, x: Tensor) -> Tensor:
        """What the convolution sees of its input."""
        found = x if self.affine is None else F.silu(self.inner(x), inplace=True)
        return self.room.cast("active", found, self.dtype)

    def through(self, x: Tensor, gradient: Tensor) -> Tensor:
        """The gradient of the input, from that of what the convolution sees of it."""
        if self.affine is None or self.of_affine is None:
            return gradient
        inner = self.inner(x)
        found = self.room.cast("gradient", gradient, inner.dtype)
        torch.ops.aten.silu_backward.grad_input(found, inner, grad_input=found)
        x = self.room.cast("x", x, inner.dtype)
        self.of_affine[0] += torch.mul(found, x, out=inner).sum((0, 1))
        self.of_affine[1] += found.sum((0, 1))
        return found.mul_(self.affine[0])

    def learn(self, x: Tensor, beyond: tuple[int, int], gradient: Tensor) -> None:
        """Adds to the gradient of kernel and bias; beyond the ends of `x` there are zeros."""
        active = self.active(x)
        if any(beyond):
            active = F.pad(active, (0, 0, *beyond))
        self.of_weight += weight_gradient(active, gradient)
        self.of_bias += gradient.sum((0, 1), dtype=self.of_bias.dtype)

    @property
    def gradients(self) -> tuple[Tensor | None, ...]:
        """Of scale, shift, weight and bias."""
        affine = (None, None) if self.of_affine is None else (self.of_affine * self.slope).unbind()
        return *affine, self.of_weight / self.slope, self.of_bias


class _Convolve(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, dtype: torch.dtype, x: Tensor, *tensors: Any) -> Tensor:
        ctx.dtype = dtype
        ctx.save_for_backward(x, *tensors)
        block, length = _Block(dtype, *tensors), x.shape[1]
        found = x.new_empty(len(x), length, len(block.kernel), dtype=dtype)
        for start, stop in tiles(length):
            left, right = widened(start, stop, block.reach, length)
            found[:, start:stop] = block.forward(x[:, left:right])[:, start - left : stop - left]
        return found

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        x, *tensors = ctx.saved_tensors
        block, length = _Block(ctx.dtype, *tensors), x.shape[1]
        of_x = torch.empty_like(x) if any(ctx.needs_input_grad[1:4]) else None
        for start, stop in tiles(length):
            left, right = widened(start, stop, block.reach, length)
            if of_x is not None:
                back = convolve(gradient[:, left:right], block.reversed)
                back = back[:, start - left : stop - left]
                of_x[:, start:stop] = block.through(x[:, start:stop], back)
            if any(ctx.needs_input_grad[4:]):
                beyond = left - start + block.reach, stop + block.reach - right
                block.learn(x[:, left:right], beyond, gradient[:, start:stop])
        return None, of_x, *block.gradients


class _Mix(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, dtype: torch.dtype, x: Tensor, gate: Tensor, *tensors: Any) -> Tensor:
        ctx.dtype = dtype
        block, cast_gate = _Block(dtype, *tensors), gate.to(dtype)
        found = x.new_empty(len(x), x.shape[1] // 2, x.shape[2])
        differences = torch.empty_like(found)
        for start, stop in tiles(x.shape[1]):
            tile, half = x[:, start:stop], slice(start // 2, stop // 2)
            first, second = block.forward(tile).add_(tile).unflatten(1, (-1, 2)).unbind(2)
            difference = torch.sub(second, first, out=differences[:, half])
            share = project(difference, cast_gate).sigmoid_()
            torch.addcmul(first, share, difference, out=found[:, half])
        ctx.save_for_backward(x, differences, gate, *tensors)
        return found

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        x, differences, gate, *tensors = ctx.saved_tensors
        block, cast_gate = _Block(ctx.dtype, *tensors), gate.to(ctx.dtype)
        of_x, of_gate = torch.empty_like(x), torch.zeros_like(gate, dtype=precise(gate).dtype)
        for start, stop in tiles(x.shape[1]):
            tile, half = x[:, start:stop], slice(start // 2, stop // 2)
            mixed = block.room.like("mixed", tile)
            of_logits = _unpool(gradient[:, half], differences[:, half], cast_gate, mixed)
            found = block.through(tile, convolve(mixed, block.reversed))
            of_x[:, start:stop] = found.add_(block.room.cast("x", mixed, found.dtype))
            if ctx.needs_input_grad[2]:
                of_gate += weight_gradient(differences[:, half], of_logits)[..., 0]
            if any(ctx.needs_input_grad[5:]):
                block.learn(tile, (0, 0), mixed)
        return None, of_x, of_gate, *block.gradients


def _unpool(gradient: Tensor, difference: Tensor, gate: Tensor, of_pairs: Tensor) -> Tensor:
    """Writes the gradient of the pool's input, and returns that of the gate's logits."""
    share = project(difference, gate).sigmoid_()
    of_logits = gradient * difference
    torch.ops.aten.sigmoid_backward.grad_input(of_logits, share, grad_input=of_logits)
    second = project(of_logits, gate.T).addcmul_(gradient, share)
    pairs = of_pairs.unflatten(1, (-1, 2))
    torch.sub(gradient, second, out=pairs[:, :, 0])
    pairs[:, :, 1] = second
    return of_logits
