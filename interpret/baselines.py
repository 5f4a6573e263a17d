"""What a sequence is compared with: the point from which integrated gradients start.

What is no base in the sequence (N, padding beyond the contig) is none in its baseline either, so it never
contributes.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from enformer.errors import EnformerLensError
from interpret.shuffle import dinucleotide_shuffles

BASELINES = ("zeros", "uniform", "shuffles")
"""No base at all; a quarter of each; the mean, position by position, of dinucleotide shuffles."""
GIVEN = "given"
"""Name of a baseline that came as an array."""


def baseline_of(
    one_hot: Float[Tensor, "length 4"],
    baseline: str | Tensor,
    *,
    shuffles: int = 20,
    seed: int = 0,
) -> tuple[str, Float[Tensor, "length 4"]]:
    """The name and the values of a baseline.

    Args:
        one_hot: the sequence.
        baseline: one of `BASELINES`, or an array of the sequence's shape.
        shuffles: how many the mean is over.
        seed: of the shuffles.

    Raises:
        EnformerLensError: there is no such baseline, or the array does not fit.
    """
    if isinstance(baseline, Tensor):
        return GIVEN, _given(baseline, one_hot)
    known = (one_hot != 0).any(-1, keepdim=True)
    if baseline == "zeros":
        return baseline, torch.zeros_like(one_hot)
    if baseline == "uniform":
        return baseline, torch.full_like(one_hot, 0.25) * known
    if baseline == "shuffles":
        return baseline, dinucleotide_shuffles(one_hot, shuffles, seed).mean(0)
    raise EnformerLensError(
        "There is no such baseline.",
        read=f"the baseline {baseline!r}",
        do=f"Choose from {', '.join(BASELINES)}, or give an array of (length, 4).",
        choices=BASELINES,
    )


def _given(baseline: Tensor, one_hot: Tensor) -> Tensor:
    if baseline.shape != one_hot.shape or not baseline.isfinite().all():
        raise EnformerLensError(
            f"A baseline for this sequence is an array of finite numbers, {tuple(one_hot.shape)}.",
            read=f"an array of shape {tuple(baseline.shape)}",
            do="Give the values of A, C, G and T for each position of the window.",
        )
    return baseline.to(one_hot)
