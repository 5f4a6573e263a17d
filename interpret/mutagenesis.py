"""In-silico mutagenesis: what every single substitution does to a target, exactly or to first order."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from enformer.coordinates import Interval
from enformer.errors import EnformerLensError, QueryError
from enformer.model import Enformer
from enformer.provenance import Provenance
from enformer.sequence import BASES, letters_of
from interpret.gradients import still
from interpret.incremental import Edit, Incremental
from interpret.origin import Cancel, Progress, Steps, frozen, interval_of, stamped
from interpret.target import Target, as_batch, scalar


@dataclass(frozen=True, eq=False)
class Mutagenesis:
    """The effect of each substitution in a region of the window.

    Attributes:
        interval: the window.
        region: the bases that were substituted.
        target: what was read.
        values: ALT minus REF of the target; 0 at the base that is there. Where the reference is N there is
            no such base: all four are then the effect of writing that base in place of N.
        letters: the bases that are there, N where they are not known.
        reference: the target of the reference sequence.
        exact: False for the first-order approximation.
        checked: substitutions whose exact effect an approximation was compared with; 0: it was not measured.
        correlation: Pearson's, with the exact effects; None where it was not measured or has no meaning.
        largest_error: the greatest difference from an exact effect; None where it was not measured.
        provenance: of the sequence, the model and these options.
    """

    interval: Interval
    region: Interval
    target: Target
    values: Float[np.ndarray, "length bases"]
    letters: str
    reference: float
    exact: bool
    checked: int
    correlation: float | None
    largest_error: float | None
    provenance: Provenance | None

    @property
    def importance(self) -> Float[np.ndarray, " length"]:
        """What the base that is there adds: minus the mean effect of the other three; 0 for N.

        As fastISM and Basenji draw it.
        """
        known = np.array([letter != "N" for letter in self.letters])
        return np.where(known, -self.values.sum(1) / 3, 0).astype(np.float32)

    @property
    def logo(self) -> Float[np.ndarray, "length bases"]:
        """The importance at the base that is there, 0 elsewhere: heights of a logo."""
        there = np.array([[letter == base for base in BASES] for letter in self.letters])
        return self.importance[:, None] * there.astype(np.float32)


def mutagenesis(
    model: Enformer,
    one_hot: Tensor,
    target: Target,
    start: int,
    stop: int,
    *,
    batch_size: int = 4,
    origin: Provenance | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> Mutagenesis:
    """The exact effect of every substitution in `[start, stop)`, which is 0-based in the window.

    Args:
        model: the network.
        one_hot: (length, 4).
        target: what is read.
        start: the first base.
        stop: the base after the last.
        batch_size: sequences at once; it changes the time and the memory only.
        origin: of the sequence.
        progress: told of each batch.
        cancel: asked before each batch.

    Raises:
        QueryError: the model has no such target, or the window no such bases.
    """
    scan = _Scan.over(model, one_hot, target, start, stop, batch_size, origin)
    changes = scan.substitutions(range(start, stop))
    steps = Steps(1 + -(-len(changes) // batch_size), progress, cancel)
    reference, effects = _exact(model, scan, changes, batch_size, steps)
    values = torch.zeros(stop - start, len(BASES))
    for change, effect in zip(changes, effects.tolist(), strict=True):
        values[change.position - start, change.base] = effect
    steps.finish()
    made = stamped(origin, "mutagenesis", target=str(target), start=start, stop=stop)
    return scan.result(values, reference, made, exact=True)


def first_order_mutagenesis(
    model: Enformer,
    one_hot: Tensor,
    target: Target,
    start: int,
    stop: int,
    *,
    check: int = 0,
    batch_size: int = 4,
    origin: Provenance | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> Mutagenesis:
    """All effects from one backward pass: `gradient[ALT] - gradient[REF]`, an approximation.

    Args:
        model: the network.
        one_hot: (length, 4).
        target: what is read.
        start: the first base, 0-based in the window.
        stop: the base after the last.
        check: positions, evenly spread, whose exact effects are computed to measure the error.
        batch_size: sequences at once in that check.
        origin: of the sequence.
        progress: told of each step.
        cancel: asked before each step.

    Raises:
        QueryError: the model has no such target, or the window no such bases.
    """
    scan = _Scan.over(model, one_hot, target, start, stop, batch_size, origin)
    places = np.linspace(start, stop - 1, min(check, stop - start)).round().astype(int)
    changes = scan.substitutions(places.tolist())
    steps = Steps(1 + bool(changes) + -(-len(changes) // batch_size), progress, cancel)
    steps.start("the gradient")
    reference, values = _first_order(model, scan)
    error = NOT_MEASURED
    if changes:
        _, exact = _exact(model, scan, changes, batch_size, steps)
        rough = torch.stack([values[change.position - start, change.base] for change in changes])
        error = _Error.between(rough, exact)
    steps.finish()
    options = {"target": str(target), "start": start, "stop": stop, "check": check}
    made = stamped(origin, "first-order mutagenesis (approximate)", **options)
    return scan.result(values, reference, made, exact=False, error=error)


class _Change(NamedTuple):
    """One base at one position of the window."""

    position: int
    base: int


class _Error(NamedTuple):
    """How far an approximation is from exact effects, and of how many."""

    checked: int
    correlation: float | None
    largest_error: float | None

    @classmethod
    def between(cls, rough: Tensor, exact: Tensor) -> "_Error":
        """Pearson's correlation has a meaning only where both vary."""
        pair = torch.stack([rough.cpu(), exact.cpu()]).double().numpy()
        varies = pair.shape[1] > 1 and (pair.std(axis=1) > 0).all()
        correlation = float(np.corrcoef(pair)[0, 1]) if varies else None
        return cls(pair.shape[1], correlation, float(np.abs(pair[0] - pair[1]).max()))


NOT_MEASURED = _Error(0, None, None)


@dataclass(frozen=True, eq=False)
class _Scan:
    """What both methods are asked: the sequence on the model's device, the target and the bases."""

    sequence: Float[Tensor, "length 4"]
    window: Interval
    target: Target
    start: int
    stop: int

    @classmethod
    def over(
        cls,
        model: Enformer,
        one_hot: Tensor,
        target: Target,
        start: int,
        stop: int,
        batch_size: int,
        origin: Provenance | None,
    ) -> "_Scan":
        target.check(model.config)
        if batch_size < 1:
            raise EnformerLensError(
                "A batch has at least one sequence.",
                read=f"batches of {batch_size}",
                do="Take more.",
            )
        sequence = as_batch(one_hot, model)[0]
        length = len(sequence)
        if not 0 <= start < stop <= length:
            raise QueryError(
                f"The bases to substitute must lie in the window of {length:,} bp.",
                read=f"start {start:,}, stop {stop:,}",
                do="Give the first base, from 0, and the one after the last.",
                example=f"start {length // 2 - 50}, stop {length // 2 + 50}",
            )
        return cls(sequence, interval_of(origin, length), target, start, stop)

    def substitutions(self, positions: Sequence[int]) -> list[_Change]:
        """Every base that is not there: three at a known base, four at N."""
        absent = (self.sequence[list(positions)] != 1).nonzero().tolist()
        return [_Change(positions[row], base) for row, base in absent]

    def result(
        self,
        values: Tensor,
        reference: float,
        provenance: Provenance | None,
        exact: bool,
        error: _Error = NOT_MEASURED,
    ) -> Mutagenesis:
        window = self.window
        return Mutagenesis(
            interval=window,
            region=Interval(window.contig, window.start + self.start, window.start + self.stop),
            target=self.target,
            values=frozen(values),
            letters=letters_of(self.sequence[self.start : self.stop]),
            reference=reference,
            exact=exact,
            provenance=provenance,
            **error._asdict(),
        )


def _exact(
    model: Enformer, scan: _Scan, changes: list[_Change], batch_size: int, steps: Steps
) -> tuple[float, Float[Tensor, " changes"]]:
    """The target of the reference, and ALT minus REF of each change."""
    steps.start("the reference")
    kept = Incremental(model, scan.sequence)
    reference = kept.scalar([[]], scan.target)
    letters, effects = torch.eye(len(BASES)), []
    for first in range(0, len(changes), batch_size):
        batch = changes[first : first + batch_size]
        steps.start(f"substitutions {first + 1:,} to {first + len(batch):,} of {len(changes):,}")
        edits = [[Edit(change.position, letters[change.base][None])] for change in batch]
        effects.append(kept.scalar(edits, scan.target) - reference)
    return reference.item(), torch.cat(effects)


def _first_order(model: Enformer, scan: _Scan) -> tuple[float, Float[Tensor, "length 4"]]:
    """The target, and the slope from the base that is there, or from N, to each other."""
    with torch.inference_mode(False), torch.enable_grad():  # whatever mode the caller is in
        x = scan.sequence.clone()[None].requires_grad_()
        value = scalar(still(model), x, scan.target)
        (gradient,) = torch.autograd.grad(value.sum(), x)
    here, slope = scan.sequence[scan.start : scan.stop], gradient[0, scan.start : scan.stop]
    there = (slope * here).sum(1, keepdim=True)
    return value.item(), torch.where(here == 1, 0.0, slope - there)
