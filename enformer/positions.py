"""The relative positional basis: how far, and on which side, the key lies.

Three families of functions of the distance `|d|`, each once as it is and once times `sign(d)` (Avsec et al.
2021, Methods). All is computed in float64 from the formulas, for any number of tokens.
"""

import math
from functools import lru_cache

import torch
from jaxtyping import Float, Float64
from torch import Tensor

Distances = Float64[Tensor, " distances"]
Basis = Float64[Tensor, "distances functions"]


def exponential(distance: Distances, functions: int, tokens: int) -> Basis:
    """Exponential decay with half-lives from 8 tokens to the whole window, evenly spaced in log."""
    half_life = 2 ** _linspace(3.0, math.log2(tokens), functions)
    return torch.exp(-math.log(2) / half_life * distance[:, None])


def central_mask(distance: Distances, functions: int) -> Basis:
    """1 where `|d| < 2^i - 1`, for i = 1, 2, ..."""
    width = 2 ** torch.arange(1, functions + 1, dtype=torch.float64) - 1
    return (width > distance[:, None]).double()


def gamma(distance: Distances, functions: int, tokens: int) -> Basis:
    """Gamma densities with evenly spaced means, each divided by its maximum over the distances.

    The maximum runs over positions, per function, as in the paper's code; a maximum over functions instead
    gives other features and another model.
    """
    mean = _linspace(tokens / functions, float(tokens), functions)
    deviation = tokens / (2 * functions)
    shape, rate = (mean / deviation) ** 2, mean / deviation**2
    log_density = torch.xlogy(shape - 1, distance[:, None]) - rate * distance[:, None]
    density = torch.exp(log_density - torch.lgamma(shape) + shape * torch.log(rate)) + 1e-8
    return density / density.amax(dim=0)


@lru_cache(maxsize=8)
def relative_basis(
    tokens: int, features: int, span: int | None = None
) -> Float[Tensor, "distances features"]:
    """Basis of the distances key - query from `-(tokens - 1)` to `tokens - 1`, float32.

    The first half of the `features` is symmetric, the second is the first times the sign of the distance.
    The tensor is shared: do not write to it.

    Args:
        tokens: of the input.
        features: functions of distance, a multiple of 6.
        span: tokens of the window that the functions are made for, at least `tokens`; the input by default.
    """
    span = tokens if span is None else span
    with torch.inference_mode(False):  # a later backward pass may use it too
        distance = torch.arange(-(span - 1), span, dtype=torch.float64)
        functions, far = features // 6, distance.abs()
        families = (
            exponential(far, functions, span),
            central_mask(far, functions),
            gamma(far, functions, span),
        )
        symmetric = torch.cat(families, dim=1)
        basis = torch.cat([symmetric, distance.sign()[:, None] * symmetric], dim=1).float()
        return basis[span - tokens : span + tokens - 1].clone()


def _linspace(first: float, last: float, steps: int) -> Float64[Tensor, " functions"]:
    return torch.linspace(first, last, steps, dtype=torch.float64)
