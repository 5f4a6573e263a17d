"""Which bases the target is made of: integrated gradients, and the gradient times the input.

Names say what is returned. A *gradient* is the derivative of the target by each entry of the one-hot,
averaged over the steps. A *contribution* is the gradient times what the sequence has there beyond the
baseline. A *hypothetical* contribution is that of a base which need not stand there.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from enformer.coordinates import Interval
from enformer.errors import EnformerLensError
from enformer.model import Enformer
from enformer.provenance import Provenance
from enformer.sequence import letters_of
from enformer.tracks import TrackTable
from interpret.baselines import baseline_of
from interpret.gradients import (
    Gradient,
    at_the_sequence,
    integrated,
    over_strands,
    passes_of,
    still,
    strands_of,
)
from interpret.origin import Cancel, Progress, Steps, frozen, interval_of, stamped
from interpret.target import Target, as_batch

INTEGRATED = "integrated gradients"
INPUT_GRADIENT = "input x gradient"
CENTRED = "input x gradient, centred"


@dataclass(frozen=True, eq=False)
class Contributions:
    """What each base of a window contributes to a target.

    Attributes:
        interval: the window; 0-based half-open.
        target: the scalar that is explained.
        provenance: where it comes from; None for a sequence that nobody named.
        method: `INTEGRATED`, `INPUT_GRADIENT` or `CENTRED`.
        baseline: name of what the sequence is compared with; "zeros" for input x gradient.
        letters: of the window; N where there is no base.
        values: contributions: gradient x (one-hot - baseline), for each entry of the one-hot. Their sum over
            the bases is a position's; for input x gradient only the base that stands there has one.
        gradient: derivative of the target by the one-hot, averaged over the steps; without its mean over
            the bases where the method is centred.
        baseline_bases: the baseline's values; zeros for input x gradient.
        steps: of the path from the baseline to the sequence.
        value: the target of the sequence.
        baseline_value: the target of the baseline; None for input x gradient.
        reverse_complement: whether all of this is the mean over both strands.
    """

    interval: Interval
    target: Target
    provenance: Provenance | None
    method: str
    baseline: str
    letters: str
    values: Float[np.ndarray, "length bases"]
    gradient: Float[np.ndarray, "length bases"]
    baseline_bases: Float[np.ndarray, "length bases"]
    steps: int
    value: float
    baseline_value: float | None
    reverse_complement: bool

    @property
    def per_position(self) -> Float[np.ndarray, " length"]:
        """The contribution of each position: the sum over its bases."""
        return self.values.sum(1)

    @property
    def hypothetical(self) -> Float[np.ndarray, "length bases"]:
        """What each base would contribute if it stood there.

        With g the gradient and b the baseline of a position, base k has `g[k] - sum(g * b)`: g times the
        one-hot of k beyond the baseline. That is g itself for input x gradient and for zeros, and what
        `per_position` has for the base that stands there.
        """
        return self.gradient - (self.gradient * self.baseline_bases).sum(1, keepdims=True)

    @property
    def completeness_gap(self) -> float | None:
        """Sum of all contributions minus (value - baseline_value): what the steps leave unexplained.

        None for input x gradient, whose sum need not be anything.
        """
        if self.baseline_value is None:
            return None
        total = float(self.values.sum(dtype=np.float64))
        return total - (self.value - self.baseline_value)

    @property
    def relative_gap(self) -> float | None:
        """The absolute gap over the absolute difference; infinite when there is a gap but no difference."""
        gap = self.completeness_gap
        if gap is None or self.baseline_value is None:
            return None
        difference = abs(self.value - self.baseline_value)
        return abs(gap) / difference if difference else (float("inf") if gap else 0.0)

    def pooled(
        self, size: int = 128, reduce: Literal["mean", "sum"] = "mean"
    ) -> Float[np.ndarray, " pools"]:
        """Absolute contributions of positions, averaged or summed over pools of `size` bp from the start.

        With input x gradient and 128 this is figure 2 of the paper.

        Raises:
            EnformerLensError: the window is no multiple of the size.
        """
        if size < 1 or len(self.values) % size:
            raise EnformerLensError(
                f"A window of {len(self.values):,} bp cannot be cut into such pools.",
                read=f"pools of {size:,} bp",
                do="Choose a size that divides the window, such as 128.",
            )
        absolute = np.abs(self.per_position).reshape(-1, size)
        return absolute.mean(1) if reduce == "mean" else absolute.sum(1)


def integrated_gradients(
    model: Enformer,
    one_hot: Tensor,
    target: Target,
    *,
    steps: int = 50,
    baseline: str | Tensor = "zeros",
    batch_size: int = 1,
    reverse_complement: bool = False,
    tracks: TrackTable | None = None,
    seed: int = 0,
    shuffles: int = 20,
    origin: Provenance | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> Contributions:
    """The gradient averaged on the line from a baseline, times the way (Sundararajan et al. 2017).

    Steps are points of Gauss-Legendre rules, denser where the target changes (`interpret.gradients`), and
    computed one batch at a time: memory does not depend on their number.

    Args:
        model: any; no gradient of its parameters is computed.
        one_hot: the sequence, (length, 4).
        target: what is explained.
        steps: points on the way.
        baseline: "zeros", "uniform", "shuffles", or an array (length, 4): see `interpret.baselines`.
        batch_size: steps computed at once; makes no difference to the result.
        reverse_complement: average with the contributions on the other strand, where stranded tracks change
            places. Shuffles are of the given strand.
        tracks: the model's tracks, to know their strands.
        seed: of the shuffles.
        shuffles: how many the baseline is the mean of.
        origin: provenance of the sequence.
        progress: told before each pass.
        cancel: asked before each pass.

    Raises:
        EnformerLensError: the sequence, steps, batch size or baseline cannot be used.
        QueryError: the model does not have the target.
        Cancelled: when `cancel` says so.
    """
    _at_least_one("steps", steps)
    _at_least_one("batch_size", batch_size)
    x = as_batch(one_hot, model)[0]
    name, start = baseline_of(x, baseline, shuffles=shuffles, seed=seed)
    passes = passes_of(steps, batch_size) * (1 + reverse_complement)
    told = Steps(passes, progress, cancel)
    explain = integrated(still(model), steps, batch_size, told)
    strands = strands_of(model, target, reverse_complement, tracks)
    found = over_strands(explain, x, start, strands)
    told.finish()
    options: dict[str, object] = {"steps": steps, "baseline": name}
    if name == "shuffles":
        options |= {"shuffles": shuffles, "seed": seed}
    return _result(INTEGRATED, x, target, name, start, steps, found, strands, origin, options)


def input_gradient(
    model: Enformer,
    one_hot: Tensor,
    target: Target,
    *,
    centred: bool = False,
    reverse_complement: bool = False,
    tracks: TrackTable | None = None,
    origin: Provenance | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> Contributions:
    """The gradient at the sequence itself times the sequence: one forward and one backward pass.

    Args:
        model: any; no gradient of its parameters is computed.
        one_hot: the sequence, (length, 4).
        target: what is explained.
        centred: take each position's mean over the bases off its gradient, which a sequence cannot follow:
            bases always sum to one (Majdandzic et al. 2023).
        reverse_complement: average with the other strand, where stranded tracks change places.
        tracks: the model's tracks, to know their strands.
        origin: provenance of the sequence.
        progress: told before each strand.
        cancel: asked before each strand.

    Raises:
        EnformerLensError: the sequence cannot be used.
        QueryError: the model does not have the target.
        Cancelled: when `cancel` says so.
    """
    x = as_batch(one_hot, model)[0]
    told = Steps(1 + reverse_complement, progress, cancel)
    strands = strands_of(model, target, reverse_complement, tracks)
    start = torch.zeros_like(x)
    found = over_strands(at_the_sequence(still(model), told), x, start, strands)
    told.finish()
    if centred:
        found = replace(found, gradient=found.gradient - found.gradient.mean(-1, keepdim=True))
    method = CENTRED if centred else INPUT_GRADIENT
    return _result(method, x, target, "zeros", start, 1, found, strands, origin, {})


def _result(
    method: str,
    x: Tensor,
    target: Target,
    baseline: str,
    start: Tensor,
    steps: int,
    found: Gradient,
    strands: tuple[Target, ...],
    origin: Provenance | None,
    options: dict[str, object],
) -> Contributions:
    both = len(strands) == 2
    made = {"target": str(target), "reverse_complement": both, **options}
    return Contributions(
        interval=interval_of(origin, len(x)),
        target=target,
        provenance=stamped(origin, method, **made),
        method=method,
        baseline=baseline,
        letters=letters_of(x),
        values=frozen(found.gradient * (x - start)),
        gradient=frozen(found.gradient),
        baseline_bases=frozen(start),
        steps=steps,
        value=found.value,
        baseline_value=found.baseline_value,
        reverse_complement=both,
    )


def _at_least_one(name: str, number: int) -> None:
    if number < 1:
        raise EnformerLensError(
            f"{name} is a whole number from 1 on.", read=f"{name} {number}", do="Take more."
        )
