"""What every method shares: where its sequence comes from, how far it is, and who may stop it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from torch import Tensor

from enformer.checkpoint import Checkpoint
from enformer.coordinates import Interval, Variant
from enformer.errors import Cancelled, EnformerLensError
from enformer.genome import Genome
from enformer.model import Enformer
from enformer.predict import haplotype, one_variant, place_window
from enformer.provenance import Provenance
from enformer.sequence import one_hot

Progress = Callable[[float, str], None]
"""Called with the fraction done, 0 to 1, and what is being done now."""
Cancel = Callable[[], bool]
"""Asked before each step; True ends the computation."""

SEQUENCE = "sequence"
"""Contig of a sequence that came without a genome."""


@dataclass(frozen=True, eq=False)
class Subject:
    """A window of a genome before a model: what a method explains.

    Attributes:
        checkpoint: the model with its tracks and card.
        genome: what was read.
        window: the model's input.
        sequence: its letters, N outside the contig, ALT in place of REF where there is a variant.
        provenance: of whatever is computed from it; a method adds its name and options.
    """

    checkpoint: Checkpoint
    genome: Genome
    window: Interval
    sequence: str
    provenance: Provenance

    @classmethod
    def read(
        cls,
        checkpoint: Checkpoint,
        genome: Genome,
        where: Interval | Variant,
        variant: Variant | None = None,
    ) -> "Subject":
        """The window around the middle of an interval, or around a variant with its ALT.

        Raises:
            GenomeError: the place is not on the genome, or REF is not what the genome has.
            EnformerLensError: two different variants were given.
        """
        if isinstance(where, Variant):
            variant, where = one_variant(variant, where), where.interval.resize(1)
        window = place_window(where, genome, checkpoint.config.window_length)
        model = checkpoint.model
        provenance = Provenance(
            model=checkpoint.card.name,
            sha256=checkpoint.sha256,
            trained=checkpoint.card.trained,
            assembly=genome.assembly,
            genome=genome.identity,
            interval=window,
            variant=variant,
            options={
                "device": model.device.type,
                "dtype": str(model.dtype).removeprefix("torch."),
            },
        )
        return cls(checkpoint, genome, window, haplotype(genome, window, variant), provenance)

    @property
    def model(self) -> Enformer:
        """The network."""
        return self.checkpoint.model

    @property
    def one_hot(self) -> Tensor:
        """(length, 4), float32, on the CPU."""
        return one_hot(self.sequence)


def stamped(origin: Provenance | None, method: str, **options: Any) -> Provenance | None:
    """The provenance of a result: that of its sequence with the method and its options added."""
    if origin is None:
        return None
    return replace(origin, method=method, options={**origin.options, **options})


def interval_of(origin: Provenance | None, length: int) -> Interval:
    """Where a sequence of so many bp lies; on the contig `sequence` when nobody said.

    Raises:
        EnformerLensError: its origin is of another length, so that positions would be misplaced.
    """
    interval = Interval(SEQUENCE, 0, length) if origin is None else origin.interval
    if interval.length != length:
        raise EnformerLensError(
            f"Its origin says {interval}, which is {interval.length:,} bp.",
            read=f"a sequence of {length:,} bp",
            do="Give the origin of this sequence, or none.",
        )
    return interval


class Steps:
    """Counts steps of equal cost; tells how far it is and asks whether to go on.

    Args:
        total: how many there will be.
        progress: told before each step and at the end.
        cancel: asked before each step.
    """

    def __init__(self, total: int, progress: Progress | None, cancel: Cancel | None) -> None:
        self.total, self.done = total, 0
        self._progress, self._cancel = progress, cancel

    def start(self, doing: str) -> None:
        """The next step begins.

        Raises:
            Cancelled: nobody waits for it any more.
        """
        if self._cancel is not None and self._cancel():
            raise Cancelled(f"cancelled before {doing}")
        if self._progress is not None:
            self._progress(min(self.done / self.total, 1.0), doing)
        self.done += 1

    def finish(self, doing: str = "done") -> None:
        """All steps are done."""
        if self._progress is not None:
            self._progress(1.0, doing)


def frozen(values: Tensor | np.ndarray, dtype: Any = np.float32) -> np.ndarray:
    """A NumPy copy that cannot be written to: results are shared between sessions."""
    if isinstance(values, Tensor):
        values = values.detach().float().cpu().numpy()
    array = np.array(values, dtype=dtype)
    array.setflags(write=False)
    return array
