"""Gradients of a target by the one-hot, on one strand or averaged over both; the model stays as it is."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from enformer.model import Enformer
from enformer.sequence import reverse_complement_one_hot
from enformer.tracks import TrackTable
from interpret.origin import Steps
from interpret.target import Target, scalar

PILOT, STEPS_OF_A_PART = 16, 5
"""Stretches of the line whose ends are looked at first; points of the rule on each part."""


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
    """By Captum: the average over the line from the baseline, part by part and batch by batch.

    A trained model may stay silent on most of the line and answer all at once near its end, where 50 points
    of one rule leave gaps of several per cent. So a few passes without gradients find where the target
    changes, and each part of the line gets as many points as the next one (`parts_of`). The integral is the
    same; `steps` counts all gradients.
    """
    # Captum brings in plotting libraries: only who integrates waits for them.
    from captum.attr import IntegratedGradients

    def explain(x: Tensor, start: Tensor, target: Target) -> Gradient:
        def ask(points: Tensor) -> Tensor:
            told.start(f"integrated gradients, pass {told.done + 1} of {told.total}")
            return scalar(model, points, target)

        def at(place: float) -> Tensor:
            return torch.lerp(start, x, place).unsqueeze(0)

        with torch.no_grad():
            values = [ask(at(place)).item() for place in pilot_of(steps)]
        gradient = torch.zeros_like(x)
        method = IntegratedGradients(ask, multiply_by_inputs=False)
        for part in parts_of(values, steps):
            found = method.attribute(
                at(part.end), at(part.start), n_steps=part.steps, internal_batch_size=batch_size
            )
            gradient += (part.end - part.start) * found[0].detach()
        return Gradient(gradient, values[-1], values[0])

    return explain


@dataclass(frozen=True)
class Part:
    """A part of the line from the baseline, 0, to the sequence, 1, and the steps it gets."""

    start: float
    end: float
    steps: int


def pilot_of(steps: int) -> list[float]:
    """Where the target is looked at before any gradient: the ends, and places between for many steps."""
    return np.linspace(0, 1, 1 + (PILOT if steps >= 2 * STEPS_OF_A_PART else 1)).tolist()


def passes_of(steps: int, batch_size: int) -> int:
    """Calls of the model for one strand."""
    batches = sum(-(-count // batch_size) for count in _shares(steps))
    return len(pilot_of(steps)) + batches


def parts_of(values: Sequence[float], steps: int) -> list[Part]:
    """Parts of the line, short where the target changes much.

    Their ends share out the cube root of the change between the pilot's places, as makes the error of a rule
    of second order the same on each; a tenth is shared out evenly, as a pilot may miss something.
    """
    shares = _shares(steps)
    change = np.cbrt(np.abs(np.diff(values)))
    even = np.full(len(change), 1 / len(change))
    density = 0.9 * change / change.sum() + 0.1 * even if change.any() else even
    reached = np.concatenate([[0.0], np.cumsum(density)])
    ends = np.interp(
        np.linspace(0, reached[-1], len(shares) + 1), reached, np.linspace(0, 1, len(reached))
    )
    return [Part(a, b, n) for (a, b), n in zip(pairwise(ends.tolist()), shares, strict=True)]


def _shares(steps: int) -> list[int]:
    """Steps of each part, as even as can be."""
    parts = max(steps // STEPS_OF_A_PART, 1) if steps >= 2 * STEPS_OF_A_PART else 1
    return [steps // parts + (part < steps % parts) for part in range(parts)]


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
