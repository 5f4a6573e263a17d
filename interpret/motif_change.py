"""Motifs that a variant breaks or makes: the best placements over the change, in REF and in ALT."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from enformer import alleles
from enformer.coordinates import Interval, Variant
from enformer.provenance import Provenance
from interpret.motif_files import Motif
from interpret.motif_scan import best_score, scan_letters
from interpret.origin import stamped

THRESHOLD = 1e-4
"""Largest p-value of a motif that is there."""
LEAST_CHANGE = 1.0
"""Bits by which a score must rise or fall: half or twice the odds."""


@dataclass(frozen=True)
class MotifChange:
    """A motif over the variant that is there before one allele alone, or much better there.

    Attributes:
        id: such as MA0035.4.
        name: such as GATA1.
        gained: whether ALT has it; else REF has.
        interval: its bases on the reference, where it fits best; after an indel those before it lie exactly.
        strand: + or -.
        ref_score: log2 odds of the best placement over the change before REF; minus infinity where none fits.
        alt_score: the same before ALT.
        p_value: of the better one, at a random place.
    """

    id: str
    name: str
    gained: bool
    interval: Interval
    strand: str
    ref_score: float
    alt_score: float
    p_value: float

    @property
    def change(self) -> float:
        """ALT minus REF, in bits."""
        return self.alt_score - self.ref_score


@dataclass(frozen=True, eq=False)
class MotifChanges:
    """What a variant does to motifs.

    Attributes:
        variant: that was looked at.
        changes: the smallest p-value first.
        library: what was looked for, in words.
        motifs: how many.
        provenance: where it comes from.
    """

    variant: Variant
    changes: tuple[MotifChange, ...]
    library: str
    motifs: int
    provenance: Provenance | None

    def table(self) -> pd.DataFrame:
        """A row for each; start and end are 0-based half-open, as in BED."""
        names = ["name", "id", "effect", "contig", "start", "end", "strand", "ref_score",
                 "alt_score", "change", "p_value"]  # fmt: skip
        rows = [
            [one.name, one.id, "gained" if one.gained else "lost", one.interval.contig,
             one.interval.start, one.interval.end, one.strand, one.ref_score, one.alt_score,
             one.change, one.p_value]
            for one in self.changes
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=names)


def motif_changes(
    sequence: str,
    window: Interval,
    variant: Variant,
    motifs: Sequence[Motif],
    library: str = "",
    *,
    origin: Provenance | None = None,
) -> MotifChanges:
    """Motifs that touch what a variant changes, and whose score it changes by a bit or more.

    A motif is gained where ALT has a placement of p-value `THRESHOLD` or less over the change, and REF has
    none within a bit of it; lost the other way round. Only placements that hold a changed base, or both sides
    of a deletion or an insertion, are looked at, and only those likelier the motif than not.

    Args:
        sequence: the reference over the window.
        window: holds the variant.
        variant: its REF is what the reference has.
        motifs: what is looked for.
        library: what they are, in words.
        origin: provenance of the sequence.
    """
    start, ref, alt = alleles.trim(variant.start, variant.ref, variant.alt)
    reach = max((motif.width for motif in motifs), default=1)
    left, right = _flanks(sequence, start - window.start, len(ref), reach)
    first = start - len(left)
    sides = [_Side(left, allele, right, motifs) for allele in (ref, alt)]
    found = [
        change
        for gained, (here, there) in ((False, sides), (True, sides[::-1]))
        for change in _better(here, there, motifs, gained, first, window.contig)
    ]
    found.sort(key=lambda one: (one.p_value, -abs(one.change), one.name))
    made = stamped(origin, "motifs gained and lost", variant=variant.key,
                   library=library, motifs=len(motifs), threshold=THRESHOLD)  # fmt: skip
    return MotifChanges(variant, tuple(found), library, len(motifs), made)


class _Side:
    """One allele between its flanks, and the best hit of each motif over the change."""

    def __init__(self, left: str, allele: str, right: str, motifs: Sequence[Motif]) -> None:
        self.letters = left + allele + right
        self.first, self.last = len(left), len(left) + len(allele)
        table = scan_letters([self.letters], motifs, THRESHOLD)
        over = (table["start"] < self.last) & (table["end"] > self.first) & (table["score"] > 0)
        self.hits = table[over].drop_duplicates("motif").to_dict("records")

    def starts(self, width: int) -> range:
        """Where a motif of that width begins that holds a base of the allele, or both its sides."""
        return range(self.first - width + 1, self.last)


def _better(
    here: _Side, there: _Side, motifs: Sequence[Motif], gained: bool, origin: int, contig: str
) -> list[MotifChange]:
    """Hits of one allele that the other has not, or has a bit worse."""
    found = []
    for hit in here.hits:
        motif = motifs[int(hit["motif"])]
        scores = [
            best_score(motif, side.letters, side.starts(motif.width)) for side in (here, there)
        ]
        if scores[0] - scores[1] < LEAST_CHANGE:
            continue
        first = origin + int(hit["start"])
        place = Interval(contig, first, first + motif.width)
        ref, alt = scores[::-1] if gained else scores
        found.append(
            MotifChange(motif.id, motif.name, gained, place, str(hit["strand"]), ref, alt,
                        float(hit["p_value"]))
        )  # fmt: skip
    return found


def _flanks(sequence: str, first: int, replaced: int, reach: int) -> tuple[str, str]:
    """Bases on both sides of the change, as many as a motif reaches."""
    last = first + replaced
    return sequence[max(0, first - reach) : first], sequence[last : last + reach]
