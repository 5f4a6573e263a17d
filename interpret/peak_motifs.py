"""Names for the peaks of contributions: the motif that fits best, and how often chance does as well.

Of hundreds of motifs one nearly always fits 35 bp somewhere at p = 0.0001. So each peak is scanned again in
dinucleotide shuffles of itself: a name says in which share of them the best motif is as good.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float

from enformer.coordinates import Interval
from enformer.provenance import Provenance
from enformer.sequence import letters_of, one_hot
from interpret.contributions import Contributions
from interpret.motif_files import Motif
from interpret.motif_scan import scan_letters
from interpret.motifs import MotifHit, MotifHits, Seqlet, find_seqlets, scan_motifs
from interpret.origin import Cancel, Progress, Steps, frozen, stamped
from interpret.shuffle import dinucleotide_shuffles

THRESHOLD = 1e-4
"""Largest p-value of a hit, FIMO's own."""
CHANCE = 0.05
"""Largest share of shuffles that may do as well for a name to be given."""
HEIGHT, AT_MOST, SHUFFLES = 0.03, 200, 400
LEAST = 5
"""Shuffles of each peak."""


@dataclass(frozen=True, eq=False)
class NamedPeaks:
    """Peaks of contributions over a window and the motifs in them.

    Attributes:
        found: peaks (seqlets) and all hits.
        null: the smallest p-value in each shuffle of each peak; 1 where no motif fits.
        library: what was looked for, in words.
        provenance: where it comes from.
    """

    found: MotifHits
    null: Float[np.ndarray, " shuffles"]
    library: str
    provenance: Provenance | None

    @property
    def peaks(self) -> tuple[Seqlet, ...]:
        """By position."""
        return self.found.seqlets

    def best(self, peak: int) -> MotifHit | None:
        """The hit of the smallest p-value in a peak; none where no motif fits."""
        return next(iter(self._fitting(peak)), None)

    def others(self, peak: int) -> tuple[str, ...]:
        """Names of the other motifs in a peak, the best first, each once."""
        return tuple(dict.fromkeys(hit.name for hit in self._fitting(peak)))[1:]

    def _fitting(self, peak: int) -> list[MotifHit]:
        """Hits that are likelier the motif than not: p-values of sharp motifs are small below that too."""
        return [hit for hit in self.found.hits if hit.seqlet == peak and hit.score > 0]

    def chance(self, hit: MotifHit) -> float:
        """Share of shuffled peaks whose best motif has this p-value or a smaller one; never 0."""
        return (1 + int((self.null <= hit.p_value).sum())) / (1 + len(self.null))

    def named(self, peak: int) -> MotifHit | None:
        """The best hit where chance seldom does as well."""
        hit = self.best(peak)
        return hit if hit is not None and self.chance(hit) <= CHANCE else None

    def in_view(self, view: Interval) -> tuple[int, ...]:
        """Peaks that share a base with a view."""
        return tuple(
            number for number, peak in enumerate(self.peaks) if peak.interval.intersect(view)
        )


def name_peaks(
    contributions: Contributions,
    motifs: Sequence[Motif],
    library: str = "",
    *,
    shuffles: int = SHUFFLES,
    seed: int = 0,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> NamedPeaks:
    """The motifs in the highest peaks of a window, and in shuffles of them.

    Args:
        contributions: of a window.
        motifs: what is looked for.
        library: what they are, in words.
        shuffles: of all peaks together, at least `LEAST` of each.
        seed: of the shuffles.
        progress: told before each scan.
        cancel: asked before each scan.

    Raises:
        EnformerLensError: there is no motif.
        Cancelled: when `cancel` says so.
    """
    steps = Steps(2, progress, cancel)
    steps.start(f"looking for {len(motifs):,} motifs")
    seqlets = find_seqlets(contributions, height=HEIGHT, at_most=AT_MOST)
    found = scan_motifs(contributions, motifs, seqlets, threshold=THRESHOLD)
    steps.start("the same in shuffles of the peaks")
    each = max(LEAST, -(-shuffles // max(len(seqlets), 1)))
    null = _null(contributions, motifs, seqlets, each, seed)
    steps.finish()
    options = {"library": library, "motifs": len(motifs), "peaks": len(seqlets),
               "shuffles": each, "seed": seed, "threshold": THRESHOLD}  # fmt: skip
    made = stamped(contributions.provenance, "motifs under peaks", **options)
    return NamedPeaks(found, frozen(null, np.float64), library, made)


def _null(
    contributions: Contributions,
    motifs: Sequence[Motif],
    seqlets: Sequence[Seqlet],
    shuffles: int,
    seed: int,
) -> Float[np.ndarray, " shuffles"]:
    """The smallest p-value in each shuffle."""
    start = contributions.interval.start
    texts = [
        contributions.letters[one.interval.start - start : one.interval.end - start]
        for one in seqlets
    ]
    made = [letters for number, text in enumerate(texts)
            for letters in _shuffled(text, shuffles, seed + number)]  # fmt: skip
    if not made:
        return np.ones(0)
    table = scan_letters(made, motifs, THRESHOLD)
    table = table[table["score"] > 0]
    smallest = np.ones(len(made))
    np.minimum.at(smallest, table["sequence"].to_numpy(int), table["p_value"].to_numpy(float))
    return smallest


def _shuffled(text: str, count: int, seed: int) -> list[str]:
    return [
        letters_of(torch.as_tensor(one))
        for one in dinucleotide_shuffles(one_hot(text), count, seed)
    ]
