"""The scalar that is explained, read from ALT as from its bins put back on the reference's bases."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from enformer.alleles import shorten
from enformer.config import EnformerConfig
from enformer.coordinates import Interval, Variant
from enformer.errors import QueryError
from enformer.tracks import TrackTable
from interpret.realign import Alignment
from interpret.target import Target


@dataclass(frozen=True)
class RealignedTarget(Target):
    """A target of ALT whose bins count by how many bases of the reference's bins they hold.

    Attributes:
        weights: of each bin; they sum to the number of the reference's bins.
    """

    weights: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        assert len(self.weights) == len(self.bins), "a weight for each bin, in their order"

    def _reduced(self, chosen: Float[Tensor, "batch bins tracks"]) -> Float[Tensor, " batch"]:
        weights = torch.tensor(self.weights, dtype=chosen.dtype, device=chosen.device)
        total = (chosen.sum(2) * weights).sum(1)
        if self.reduce == "sum":
            return total
        return total / (sum(self.weights) * len(self.tracks))

    def mirrored(self, config: EnformerConfig, table: TrackTable | None = None) -> "Target":
        """The same scalar seen from the other strand."""
        there = super().mirrored(config, table)
        return RealignedTarget(
            there.head, there.tracks, there.bins, there.reduce, self.weights[::-1]
        )


def realigned_target(
    target: Target, variant: Variant | None, window: Interval, config: EnformerConfig
) -> Target:
    """The target as a sequence with that variant has it; the same one where nothing moves.

    Of ALT's prediction it is what the given one is of `realign.realigned`.

    Args:
        target: over the reference's bins.
        variant: in the sequence; None for the reference.
        window: the model's input.
        config: of the model.

    Raises:
        QueryError: ALT has no value for one of its bins.
    """
    if variant is None or not variant.is_indel:
        return target
    target.check(config)
    alignment = Alignment.of((variant,), window, config)
    missing = [place for place in target.bins if not alignment.there[place]]
    if missing:
        raise QueryError(
            f"ALT of {shorten(str(variant))} has no value for the bin {missing[0]}: none of its bases is "
            "left, or they lie beyond what is predicted.",
            read=f"the target {target}",
            do="Explain bins that both alleles have.",
        )
    asked = np.isin(alignment.to, target.bins)
    weights = np.bincount(
        alignment.source[asked], alignment.weight[asked], minlength=alignment.bins
    )
    bins = np.flatnonzero(weights)
    return RealignedTarget(
        target.head, target.tracks, tuple(bins.tolist()), target.reduce, tuple(weights[bins].tolist())
    )  # fmt: skip
