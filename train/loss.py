"""Poisson negative log-likelihood of Avsec et al. 2021."""

import torch
from jaxtyping import Float
from torch import Tensor

EPSILON = 1e-7
"""Added to the rate inside the logarithm, as Keras does."""


def poisson_nll(
    predicted: Float[Tensor, "*batch bins tracks"],
    observed: Float[Tensor, "*batch bins tracks"],
    weights: Float[Tensor, " tracks"] | None = None,
) -> Float[Tensor, ""]:
    """Mean of `predicted - observed * log(predicted)`, in float32 whatever came in.

    Args:
        predicted: rates, not negative (after softplus).
        observed: counts, not negative; need not be whole.
        weights: how much each track counts; the mean of the weights should be 1.
    """
    rate, count = predicted.float(), observed.float()
    # xlogy: an observed zero costs only the rate, even where the rate rounds to zero.
    loss = rate - torch.xlogy(count, rate + EPSILON)
    return loss.mean() if weights is None else (loss * weights).mean()
