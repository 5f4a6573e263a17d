"""What a training step will need, found by running it on tensors without data."""

import weakref
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_iter

from enformer.attention import RelativeAttention
from enformer.config import EnformerConfig
from enformer.errors import DataError
from enformer.layers import project
from enformer.model import Enformer
from enformer.positions import relative_basis
from train.finetune import set_mode
from train.loop import prepare
from train.loss import poisson_nll
from train.settings import FitConfig

GIB = 2**30
SLACK = 1.25
"""What activations take over what tensors hold: workspaces of kernels, what the allocator keeps back."""


@dataclass(frozen=True)
class MemoryNeed:
    """Bytes of each process.

    Attributes:
        parameters: weights and statistics.
        gradients: of weights that learn.
        moments: two of Adam for each of these.
        average: the moving average, where there is one.
        activations: peak of what forward and backward pass hold at once; workspaces of kernels and
            what an allocator keeps back come on top.
    """

    parameters: int
    gradients: int
    moments: int
    average: int
    activations: int

    @property
    def total(self) -> int:
        """All at once."""
        return sum(vars(self).values())

    def __str__(self) -> str:
        parts = ", ".join(f"{name} {size / GIB:.2f}" for name, size in vars(self).items())
        return f"{self.total / GIB:.2f} GiB a process ({parts})"


def need(
    config: FitConfig, geometry: EnformerConfig, processes: int = 1, device: str = "cpu"
) -> MemoryNeed:
    """Memory of one step of a run, on its head with the most tracks.

    A CPU computes by tiles what another device holds whole, so that the kind of `device` matters.
    """
    with torch.device("meta"):
        model = Enformer(geometry)
    prepare(model, config)
    _forget_keys(model)
    windows = config.batch_size // (config.accumulate * processes)
    learning = sum(_bytes(p) for p in model.parameters() if p.requires_grad)
    held = sum(_bytes(t) for t in model.state_dict().values())
    return MemoryNeed(
        parameters=held,
        gradients=learning,
        moments=2 * learning,
        average=held if config.average else 0,
        activations=int(
            SLACK * peak_of(model, lambda fake: _step(fake, config, geometry, windows), device)
        ),
    )


def peak_of(model: nn.Module, step: Callable[[nn.Module], object], device: str = "cpu") -> int:
    """Most bytes that a function of a model holds at once, above weights and gradients.

    The model, on the meta device, is given tensors that have sizes but no data.
    """
    try:
        with FakeTensorMode(allow_non_fake_inputs=True), _Live() as live:
            fake = model.to_empty(device=device)
            for parameter in fake.parameters():
                parameter.grad = torch.zeros_like(parameter) if parameter.requires_grad else None
            before = live.now
            step(fake)
            return live.peak - before
    finally:
        relative_basis.cache_clear()  # a basis without data must not outlive this


def _step(model: nn.Module, config: FitConfig, geometry: EnformerConfig, windows: int) -> None:
    head = max(geometry.heads, key=lambda name: geometry.heads[name])
    device = next(model.parameters()).device
    one_hot = torch.empty(windows, geometry.window_length, 4, device=device)
    targets = torch.empty(windows, geometry.target_bins, geometry.heads[head], device=device)
    set_mode(model, config.finetune)
    with torch.autocast(device.type, torch.bfloat16, enabled=config.autocast):
        predicted = model(one_hot, heads=(head,))[head]
    poisson_nll(predicted, targets).backward()


def _forget_keys(model: nn.Module) -> None:
    """Attention knows the keys it keeps by their address, which a tensor without data lacks."""

    def keys(basis: Tensor, weight: Tensor) -> Tensor:
        return project(basis.to(weight.device, weight.dtype).unsqueeze(0), weight)

    for module in model.modules():
        if isinstance(module, RelativeAttention):
            module._kept_keys = keys


class _Live(TorchDispatchMode):
    """Counts the bytes of tensors that are alive."""

    def __init__(self) -> None:
        super().__init__()
        self.now = self.peak = 0
        self._known: weakref.WeakSet[Any] = weakref.WeakSet()

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> object:  # pyright: ignore[reportIncompatibleMethodOverride]
        out = func(*args, **(kwargs or {}))
        for item in tree_iter(out):
            if isinstance(item, Tensor):
                self._add(item.untyped_storage())
        return out

    def _add(self, storage: torch.UntypedStorage) -> None:
        if storage not in self._known:
            self._known.add(storage)
            size = storage.nbytes()
            self.now += size
            self.peak = max(self.peak, self.now)
            weakref.finalize(storage, self._drop, size)

    def _drop(self, size: int) -> None:
        self.now -= size


def require(
    config: FitConfig,
    geometry: EnformerConfig,
    processes: int,
    available: int,
    device: str = "cpu",
) -> MemoryNeed:
    """What the run needs, if there is as much.

    Raises:
        DataError: it needs more, with what would make it need less.
    """
    needed = need(config, geometry, processes, device)
    if needed.total <= available:
        return needed
    raise DataError(
        f"A step needs about {needed}, and there are {available / GIB:.2f} GiB.",
        read="the sizes of the network, its window and its batch",
        do=_advice(config, geometry, processes, device),
        example="recompute = true",
    )


def _advice(config: FitConfig, geometry: EnformerConfig, processes: int, device: str) -> str:
    per_process = config.batch_size // processes
    least = replace(config, recompute=True, autocast=True, accumulate=per_process)
    smallest = need(least, geometry, processes, device).total / GIB
    return (
        "Set recompute = true, autocast = true, or a larger accumulate: with all of them it needs "
        f"{smallest:.2f} GiB. Or train shorter windows (crop_bins)."
    )


def _bytes(tensor: Tensor) -> int:
    return tensor.numel() * tensor.element_size()
