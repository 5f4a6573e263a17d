"""What perturbations act on: one sequence before a model, with a target and the regions asked for."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int
from torch import Tensor

from enformer.coordinates import Interval
from enformer.errors import EnformerLensError, QueryError
from enformer.model import Enformer
from enformer.provenance import Provenance
from interpret.elements import Element, Region, as_element
from interpret.incremental import Haplotype, Incremental
from interpret.origin import Steps, frozen, interval_of
from interpret.places import distance, in_bins, promoter, span
from interpret.target import Target, as_batch


@dataclass(frozen=True, eq=False)
class Regions:
    """Regions as a `Setting` sees them; the attributes of `Knockout` of the same names."""

    regions: tuple[Interval, ...]
    names: tuple[str, ...]
    inside: Bool[np.ndarray, " regions"]
    known: Float[np.ndarray, " regions"]
    overlaps_target: Bool[np.ndarray, " regions"]
    distances: Int[np.ndarray, " regions"]

    def only(self, row: int) -> dict[str, Any]:
        """One of them, by attribute."""
        return {name: part[row : row + 1] for name, part in vars(self).items()}


@dataclass(frozen=True, eq=False)
class Setting:
    """A sequence, where it lies, and what is read from it.

    Attributes:
        model: in evaluation mode.
        sequence: one-hot, on the model's device.
        window: where it lies.
        target: what is read.
        batch_size: sequences at once.
    """

    model: Enformer
    sequence: Float[Tensor, "length 4"]
    window: Interval
    target: Target
    batch_size: int

    @classmethod
    def of(
        cls,
        model: Enformer,
        one_hot: Tensor,
        target: Target,
        origin: Provenance | None,
        shuffles: int,
        batch_size: int,
    ) -> "Setting":
        """Checks what every perturbation is asked with.

        Raises:
            EnformerLensError: the model has no such target, or a number makes no sense.
        """
        target.check(model.config)
        if shuffles < 1 or batch_size < 1:
            raise EnformerLensError(
                "A perturbation takes at least one shuffle, and one sequence at a time.",
                read=f"{shuffles} shuffles in batches of {batch_size}",
                do="Correct the number.",
                example="5 shuffles in batches of 4",
            )
        sequence = as_batch(one_hot, model)[0]
        return cls(model, sequence, interval_of(origin, len(sequence)), target, batch_size)

    def regions(self, asked: Sequence[Region]) -> Regions:
        """Those asked for, with what is to be known of each.

        Raises:
            QueryError: none lies in the window.
        """
        elements = [as_element(region, self.window) for region in asked]
        places = [element.interval for element in elements]
        inside = [self.window.contains(place) for place in places]
        if not any(inside):
            some = "; ".join(str(place) for place in places[:3]) or "no region"
            raise QueryError(
                f"None of them lies in the window {self.window}.",
                read=f"{some}{'; ...' if len(places) > 3 else ''}",
                do="Move the window, or choose other regions.",
            )
        where = self.target, self.window, self.model.config
        return Regions(
            regions=tuple(places),
            names=tuple(element.name for element in elements),
            inside=frozen(np.array(inside), bool),
            known=frozen(np.array([self.known(place) for place in places])),
            overlaps_target=frozen(np.array([in_bins(place, *where) for place in places]), bool),
            distances=frozen(np.array([distance(place, *where) for place in places]), np.int64),
        )

    def element(self, asked: Region) -> Element:
        """One region that must lie in the window.

        Raises:
            QueryError: it does not, or no base of it is known.
        """
        element = as_element(asked, self.window)
        if not self.window.contains(element.interval):
            raise self.refusal(element.interval, "It does not lie in the window as a whole.")
        if not self.known(element.interval):
            raise self.refusal(element.interval, "No base of it is known.")
        return element

    def kept(self, asked: Sequence[Region] | None) -> tuple[Interval, ...]:
        """What is left as it is in every context: by default the promoter."""
        if asked is None:
            return (promoter(self.target, self.window, self.model.config),)
        return tuple(self.element(region).interval for region in asked)

    def refusal(self, place: Interval, wrong: str) -> QueryError:
        """An error about a place of this window."""
        return QueryError(wrong, read=str(place), do=f"Choose another place in {self.window}.")

    @property
    def center(self) -> int:
        """0-based middle base of the target."""
        return span(self.target, self.window, self.model.config).center

    def slice(self, place: Interval) -> slice:
        """Where a place lies in the sequence."""
        return slice(place.start - self.window.start, place.end - self.window.start)

    def bases(self, place: Interval) -> Float[Tensor, "length 4"]:
        """One-hot of a place in the window."""
        return self.sequence[self.slice(place)]

    def known(self, place: Interval) -> float:
        """Share of a place that is A, C, G or T; 0 where it leaves the window."""
        inside = self.window.contains(place)
        return float((self.bases(place) != 0).any(-1).float().mean()) if inside else 0.0

    def read(
        self, edits: Incremental, haplotypes: Iterable[Haplotype], steps: Steps, doing: str
    ) -> Float[np.ndarray, " sequences"]:
        """The target of each edited sequence."""
        return np.fromiter(self.stream(edits, haplotypes, steps, doing), dtype=np.float64)

    def stream(
        self, edits: Incremental, haplotypes: Iterable[Haplotype], steps: Steps, doing: str
    ) -> Iterator[float]:
        """The same, each as soon as its batch is there."""
        remaining = iter(haplotypes)
        while batch := list(islice(remaining, self.batch_size)):
            steps.start(doing)
            yield from edits.scalar(batch, self.target).cpu().double().tolist()
