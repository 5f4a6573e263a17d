"""Long sequences by tiles, whose activations stay in a processor's cache."""

from collections.abc import Iterator

import torch
from torch import Tensor

TILE = 8192
"""Positions computed at once."""


def tiles(length: int) -> Iterator[tuple[int, int]]:
    """Start and stop of each tile; only the last may be shorter."""
    return ((start, min(start + TILE, length)) for start in range(0, length, TILE))


def widened(start: int, stop: int, halo: int, length: int) -> tuple[int, int]:
    """A tile with `halo` neighbours on each side, as far as there are any."""
    return max(start - halo, 0), min(stop + halo, length)


class Room:
    """Memory for the results of one tile after another."""

    def __init__(self) -> None:
        self._held: dict[str, Tensor] = {}

    def like(self, name: str, tensor: Tensor, dtype: torch.dtype | None = None) -> Tensor:
        """A tensor of that shape; what it holds is the last of its name, and of no use."""
        size, held = tensor.numel(), self._held.get(name)
        if held is None or len(held) < size:
            held = tensor.new_empty(size, dtype=dtype or tensor.dtype)
            self._held[name] = held
        return held[:size].view(tensor.shape)

    def cast(self, name: str, tensor: Tensor, dtype: torch.dtype) -> Tensor:
        """The tensor itself where it is of that dtype, else a copy."""
        return tensor if tensor.dtype == dtype else self.like(name, tensor, dtype).copy_(tensor)
