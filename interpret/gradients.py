"""Gradients of a target by the one-hot, on one strand or averaged over both; the model stays as it is."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float
from torch import Tensor, nn

from enformer.model import Enformer
from enformer.sequence import reverse_complement_one_hot
from enformer.tracks import TrackTable
from interpret.origin import Steps
from interpret.target import Target, scalar


@dataclass(frozen=True)
class Gradient:
    """What one strand gives, or the mean over both.

    Attributes:
        gradient: of the target by the one-hot, averaged over the steps where there are several.
        value: the target of the sequence.
        baseline_value: that of the baseline, where there is one.
    """

    gradient: Float[Tensor, "length bases"]
    value: float
    baseline_value: float | None = None

    def flipped(self) -> "Gradient":
        """In the order of the other strand."""
        return replace(self, gradient=reverse_complement_one_hot(self.gradient))

    def mean_with(self, other: "Gradient") -> "Gradient":
        """Of two in the same order."""
        values = [(self.value + other.value) / 2]
        if self.baseline_value is not None and other.baseline_value is not None:
            values.append((self.baseline_value + other.baseline_value) / 2)
        return Gradient((self.gradient + other.gradient) / 2, *values)


Explain = Callable[[Tensor, Tensor, Target], Gradient]
"""Explains a target from (length, 4) of a strand and of its baseline."""


def integrated(model: Enformer, steps: int, batch_size: int, told: Steps) -> Explain:
    """By Captum: the average over a Gauss-Legendre rule on the line from the baseline, batch by batch."""
    # Captum brings in plotting libraries: only who integrates waits for them.
    from captum.attr import IntegratedGradients

    def explain(x: Tensor, start: Tensor, target: Target) -> Gradient:
        def ask(points: Tensor) -> Tensor:
            told.start(f"integrated gradients, pass {told.done + 1} of {told.total}")
            return scalar(model, points, target)

        with torch.no_grad():
            value, baseline_value = (ask(each.unsqueeze(0)).item() for each in (x, start))
        gradient = IntegratedGradients(ask, multiply_by_inputs=False).attribute(
            x.unsqueeze(0), start.unsqueeze(0), n_steps=steps, internal_batch_size=batch_size
        )
        return Gradient(gradient[0].detach(), value, baseline_value)

    return explain


def at_the_sequence(model: Enformer, told: Steps) -> Explain:
    """At the sequence itself; the baseline is not looked at."""

    def explain(x: Tensor, start: Tensor, target: Target) -> Gradient:
        told.start(f"gradient, pass {told.done + 1} of {told.total}")
        x = x.unsqueeze(0).requires_grad_()
        value = scalar(model, x, target)
        (gradient,) = torch.autograd.grad(value.sum(), x)
        return Gradient(gradient[0], value.item())

    return explain


def strands_of(
    model: Enformer, target: Target, both: bool, tracks: TrackTable | None
) -> tuple[Target, ...]:
    """The target as each strand to be explained has it."""
    target.check(model.config)
    return (target, target.mirrored(model.config, tracks)) if both else (target,)


def over_strands(
    explain: Explain, x: Tensor, start: Tensor, strands: tuple[Target, ...]
) -> Gradient:
    """The mean over the strands, in the order of the given one."""
    # Outside inference mode, which would forbid gradients, and with tensors of our own.
    with torch.inference_mode(False), torch.enable_grad():
        x, start = x.clone(), start.clone()
        found = explain(x, start, strands[0])
        for mirrored in strands[1:]:
            other = explain(
                reverse_complement_one_hot(x), reverse_complement_one_hot(start), mirrored
            )
            found = found.mean_with(other.flipped())
    return found


def still(model: Enformer) -> Enformer:
    """The model in evaluation mode with fixed parameters; another module on the same memory if it is not so.

    Like this no gradient of a parameter is ever computed and the model that was given stays as it is.
    """
    if not model.training and not any(p.requires_grad for p in model.parameters()):
        return model
    shared = {id(p): nn.Parameter(p.detach(), requires_grad=False) for p in model.parameters()}
    shared |= {id(buffer): buffer for buffer in model.buffers()}
    return copy.deepcopy(model, shared).eval()
