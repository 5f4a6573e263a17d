"""Batch normalisation over the windows of all processes, on GPUs and on CPUs."""

from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from enformer.layers import BatchNorm


class GpuSyncBatchNorm(nn.SyncBatchNorm):
    """torch's own kernels on `(batch, length, channels)`."""

    def forward(self, input: Tensor) -> Tensor:
        """Same shape and dtype as the input."""
        image = input.unsqueeze(2).permute(0, 3, 1, 2)
        return super().forward(image).permute(0, 2, 3, 1).squeeze(2)


class CpuSyncBatchNorm(BatchNorm):
    """The same on CPUs, for which torch has none."""

    def forward(self, input: Tensor) -> Tensor:
        """Same shape and dtype as the input."""
        if not self.training:
            return super().forward(input)
        scale, shift = self.as_affine(input)
        return torch.addcmul(shift, input, scale).to(input.dtype)

    def moments(self, x: Tensor) -> tuple[Tensor, Tensor, int]:
        """Mean, variance and number of positions, over all processes."""
        mean, variance, count = super().moments(x)
        counts = _summed(mean.new_tensor(count))
        whole = _summed(mean * count) / counts
        spread = _summed((variance + (mean - whole) ** 2) * count) / counts
        return whole, spread, int(counts)


class _Summed(torch.autograd.Function):
    """The sum over processes; each process's loss depends on it, so the gradient is summed too."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        total = x.clone()
        dist.all_reduce(total)
        return total

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> Tensor:  # pyright: ignore[reportIncompatibleMethodOverride]
        total = gradient.clone()
        dist.all_reduce(total)
        return total


def _summed(x: Tensor) -> Tensor:
    return _Summed.apply(x)  # pyright: ignore[reportReturnType]


def synchronise(model: nn.Module, device: torch.device) -> None:
    """Replaces every batch normalisation of the model, in place; parameters keep their names."""
    kind = CpuSyncBatchNorm if device.type == "cpu" else GpuSyncBatchNorm
    for parent in list(model.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, BatchNorm):
                synced = kind(child.num_features, child.eps, child.momentum or 0.1)
                synced.load_state_dict(child.state_dict(), assign=True)
                setattr(parent, name, synced.train(child.training))
