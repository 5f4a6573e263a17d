"""Weights and input of the golden vectors: any NumPy makes the same ones from the names of the tensors."""

import zlib

import numpy as np
import torch
from torch import Tensor

from enformer import Enformer, EnformerConfig
from enformer.eleuther import POOLS, published_names

SMALL = EnformerConfig(
    channels=384,
    depth=2,
    value_size=48,
    position_features=48,
    window_length=16_384,
    target_bins=64,
)


def published_tensors(config: EnformerConfig) -> dict[str, Tensor]:
    """Seeded values of every tensor, by published name and in the published shape."""
    with torch.device("meta"):
        shapes = {name: tuple(t.shape) for name, t in Enformer(config).state_dict().items()}
    tensors = {}
    for ours, theirs in published_names(config).items():
        shape = (*shapes[ours], 1, 1) if ours.endswith(POOLS) else shapes[ours]
        tensors[theirs] = torch.from_numpy(seeded_value(theirs, shape))
    return tensors


def seeded_value(name: str, shape: tuple[int, ...]) -> np.ndarray:
    """The value of one tensor, drawn from a generator seeded with the checksum of its name."""
    if name.endswith("num_batches_tracked"):
        return np.zeros(shape, np.int64)
    n = np.random.default_rng(zlib.crc32(name.encode())).standard_normal(shape).astype(np.float32)
    if name.endswith("running_var"):
        return np.abs(n) + np.float32(0.5)
    if name.endswith(("running_mean", ".bias")):
        return np.float32(0.1) * n
    if name.endswith(("rel_content_bias", "rel_pos_bias")):
        return np.float32(0.5) * n
    if len(shape) == 1:
        return 1 + np.float32(0.1) * n
    return n / np.float32(np.sqrt(np.prod(shape[1:])))


def golden_input(seed: int) -> Tensor:
    """16,384 random bases with ten N in the middle, (1, length, 4)."""
    bases = np.random.default_rng(seed).integers(0, 4, 16_384)
    one_hot = np.eye(4, dtype=np.float32)[bases]
    one_hot[8142:8152] = 0
    return torch.from_numpy(one_hot)[None]
