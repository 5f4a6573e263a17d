"""Several variants on one copy of a window: which bases change, and the sequence that results."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor

from enformer.alleles import shorten, trim
from enformer.coordinates import Interval, Variant
from enformer.errors import QueryError
from enformer.genome import Genome
from enformer.predict import haplotype
from interpret.incremental import Edit


@dataclass(frozen=True, order=True)
class Change:
    """What a variant changes once the bases that both alleles share at their ends are set aside.

    Attributes:
        start: 0-based first base on the contig.
        end: base after the last; the start itself for an insertion.
        alt: bases in their place; none for a deletion.
    """

    start: int
    end: int
    alt: str

    @classmethod
    def of(cls, variant: Variant) -> "Change":
        """The change of one variant."""
        start, ref, alt = trim(variant.start, variant.ref, variant.alt)
        return cls(start, start + len(ref), alt)

    @property
    def growth(self) -> int:
        """Bp by which what follows moves to the right; negative for a deletion."""
        return len(self.alt) - (self.end - self.start)


def on_one_copy(variants: Variant | Iterable[Variant], genome: Genome) -> tuple[Variant, ...]:
    """The variants by position, with the genome's name for their contig.

    Raises:
        GenomeError: the genome has no such contig, or a REF is not what it has there.
        QueryError: there is none, they lie on several contigs, or two change the same bases.
    """
    given = (variants,) if isinstance(variants, Variant) else variants
    named = [replace(variant, contig=genome.resolve(variant.contig)) for variant in given]
    ordered = sorted(named, key=Change.of)
    if len({variant.contig for variant in ordered}) != 1:
        raise QueryError(
            "A haplotype is one variant or several, all on one contig.",
            read=shorten(", ".join(map(str, ordered))) or "no variant",
            do="Score variants of other contigs apart.",
        )
    for variant in ordered:
        haplotype(genome, variant.interval, variant)  # compares REF, before any model runs
    for one, other in pairwise(ordered):
        a, b = Change.of(one), Change.of(other)
        if (
            b.start < a.end
            or (a.start, a.end) == (b.start, b.end)
            or one.interval == other.interval
        ):
            raise QueryError(
                "They change the same bases, so no sequence can have both.",
                read=f"the variants {shorten(str(one))} and {shorten(str(other))}",
                do="Score them apart, or write them as one variant.",
            )
    return tuple(ordered)


def sequence_with(genome: Genome, window: Interval, variants: Sequence[Variant]) -> str:
    """A window with every ALT in place of its REF; it keeps its start and its length.

    Args:
        genome: what is read.
        window: the model's input.
        variants: as `on_one_copy` gives them.

    Raises:
        GenomeError: a variant is not in the window.
    """
    alone = [haplotype(genome, window, variant) for variant in variants]
    if len(alone) == 1:
        return alone[0]
    changes = [Change.of(variant) for variant in variants]
    missing = sum(max(0, -change.growth) for change in changes)
    reference = genome.fetch(replace(window, end=window.end + missing), pad=True)
    pieces, at = [], 0
    for change in changes:
        pieces += [reference[at : change.start - window.start], change.alt]
        at = change.end - window.start
    return "".join([*pieces, reference[at:]])[: window.length]


def edits_between(ref: Float[Tensor, "length 4"], alt: Float[Tensor, "length 4"]) -> list[Edit]:
    """The stretches in which two sequences differ: one a substitution, the whole tail after an indel.

    Differences less than 128 bp apart make one stretch: they share their tokens anyway.
    """
    places = (ref != alt).any(dim=1).nonzero()[:, 0]
    if not len(places):
        return []
    breaks = (places.diff() >= 128).nonzero()[:, 0] + 1
    runs = torch.tensor_split(places, breaks.tolist())
    return [Edit(int(run[0]), alt[int(run[0]) : int(run[-1]) + 1]) for run in runs]
