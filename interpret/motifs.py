"""Known motifs under contributions: where contributions peak, and which motifs stand there.

That a motif stands under a peak says what may bind there, and not that it does: families share motifs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float, Int
from scipy.ndimage import uniform_filter1d
from scipy.signal import find_peaks

from enformer.coordinates import Interval
from enformer.errors import EnformerLensError
from enformer.provenance import Provenance
from interpret.contributions import Contributions
from interpret.motif_files import Motif, read_motifs
from interpret.motif_scan import scan_letters
from interpret.origin import stamped

__all__ = ["Motif", "MotifHit", "MotifHits", "Seqlet", "find_seqlets", "read_motifs", "scan_motifs"]

_COLUMNS = ("name", "score", "strand", "id", "p_value", "q_value", "contribution", "seqlet")


@dataclass(frozen=True)
class Seqlet:
    """A short stretch in which contributions peak.

    Attributes:
        interval: its bases.
        contribution: sum over them.
    """

    interval: Interval
    contribution: float


@dataclass(frozen=True)
class MotifHit:
    """A motif in a seqlet.

    Attributes:
        id: of the motif, such as MA0035.4.
        name: of the motif, such as GATA1.
        interval: its bases.
        strand: `+` or `-`; of the genome.
        score: log2 odds against equal base frequencies.
        p_value: chance of such a score or a higher one at a random place.
        q_value: share of false hits among those of this p-value or less (Benjamini-Hochberg), over all
            motifs, strands and places that were looked at.
        seqlet: which of the seqlets, from 0.
        contribution: sum over the motif's bases.
    """

    id: str
    name: str
    interval: Interval
    strand: str
    score: float
    p_value: float
    q_value: float
    seqlet: int
    contribution: float


@dataclass(frozen=True, eq=False)
class MotifHits:
    """What a scan found.

    Attributes:
        interval: the window.
        provenance: where it comes from.
        seqlets: by position.
        hits: by seqlet, the smallest p-value first.
    """

    interval: Interval
    provenance: Provenance | None
    seqlets: tuple[Seqlet, ...]
    hits: tuple[MotifHit, ...]

    def table(self) -> pd.DataFrame:
        """One row a hit; start and end are 0-based half-open, as in BED."""
        places = [_place(self.seqlets[hit.seqlet].interval) for hit in self.hits]
        rows = [
            {
                **dict(zip(("contig", "start", "end"), _place(hit.interval), strict=True)),
                **{name: getattr(hit, name) for name in _COLUMNS},
                "seqlet_start": start,
                "seqlet_end": end,
            }
            for hit, (_, start, end) in zip(self.hits, places, strict=True)
        ]
        names = ["contig", "start", "end", *_COLUMNS, "seqlet_start", "seqlet_end"]
        return pd.DataFrame(rows, columns=names)


def find_seqlets(
    contributions: Contributions,
    *,
    core: int = 15,
    flank: int = 10,
    height: float = 0.1,
    at_most: int = 100,
) -> tuple[Seqlet, ...]:
    """Peaks of contributions: the absolute value of each position, averaged over `core` bp.

    A peak is higher than what lies within `core` bp on both sides, and than a share of the highest peak. A
    seqlet is its core and a flank on both sides; cores do not overlap. At the window's ends it is moved
    inwards, so that all have one width.

    Args:
        contributions: of a window.
        core: bp that are averaged, and that peaks lie apart.
        flank: bp added on each side, so that a motif that reaches out of the core is found.
        height: share of the highest peak that counts.
        at_most: the highest so many.

    Raises:
        EnformerLensError: a width or share that cannot be.
    """
    values = contributions.per_position
    width = core + 2 * flank
    if core < 1 or flank < 0 or width > len(values) or not 0 < height <= 1 or at_most < 1:
        raise EnformerLensError(
            "Seqlets have a core of at least 1 bp, fit in the window, and count from a share above 0 and up "
            "to 1 of the highest.",
            read=f"seqlets with core {core}, flank {flank}, height {height}, at most {at_most}",
            do="Correct the number.",
            example="core 15, flank 10, height 0.1, at most 100",
        )
    smooth = uniform_filter1d(np.abs(values).astype(np.float64), core, mode="constant")
    if not smooth.max() > 0:
        return ()
    padded = np.pad(smooth, 1)  # so that the first and the last position can be peaks
    tops = find_peaks(padded, height=height * smooth.max(), distance=core)[0] - 1
    highest = np.sort(tops[np.argsort(-smooth[tops], kind="stable")[:at_most]])
    starts = np.clip(highest - width // 2, 0, len(values) - width)
    return tuple(
        _seqlet(contributions, int(start), width) for start in dict.fromkeys(starts.tolist())
    )


def _seqlet(contributions: Contributions, start: int, width: int) -> Seqlet:
    window = contributions.interval
    first = window.start + start
    total = contributions.per_position[start : start + width].sum(dtype=np.float64)
    return Seqlet(Interval(window.contig, first, first + width), float(total))


def scan_motifs(
    contributions: Contributions,
    motifs: Sequence[Motif],
    seqlets: Sequence[Seqlet] | None = None,
    *,
    threshold: float = 1e-4,
) -> MotifHits:
    """Motifs in seqlets, on both strands, by FIMO's test (memelite).

    P-values are of equal base frequencies, with odds rounded to tenths. A motif longer than
    the seqlets is not found, and none over an unknown base.

    Args:
        contributions: of a window.
        motifs: as `read_motifs` gives them.
        seqlets: of the same width; those of `find_seqlets` when None.
        threshold: largest p-value.

    Raises:
        EnformerLensError: there is no motif, or the threshold is no probability.
    """
    if not motifs or not 0 < threshold < 1:
        raise EnformerLensError(
            "A scan needs at least one motif, and a p-value between 0 and 1.",
            read=f"a scan for {len(motifs)} motifs to p-value {threshold}",
            do="Give motifs with --motifs, or correct the number.",
        )
    chosen = find_seqlets(contributions) if seqlets is None else tuple(seqlets)
    found = _fimo(contributions, motifs, chosen, threshold) if chosen else []
    origin = stamped(
        contributions.provenance,
        "motifs",
        motifs=len(motifs),
        threshold=threshold,
        seqlets=len(chosen),
    )
    return MotifHits(contributions.interval, origin, chosen, tuple(found))


def _fimo(
    contributions: Contributions,
    motifs: Sequence[Motif],
    seqlets: Sequence[Seqlet],
    threshold: float,
) -> list[MotifHit]:
    bounds = [_within(seqlet, contributions.interval) for seqlet in seqlets]
    letters = [contributions.letters[start:end] for start, end in bounds]
    table = scan_letters(letters, motifs, threshold)
    if table.empty:
        return []
    places = sum(
        len(text) - motif.width + 1
        for text in letters
        for motif in motifs
        if motif.width <= len(text)
    )
    table = table.assign(q=_benjamini_hochberg(table["p_value"].to_numpy(), 2 * places))
    return [
        _hit(
            contributions,
            motifs[motif],
            int(seqlet),
            bounds[seqlet][0] + start,
            strand,
            *numbers,
        )
        for motif, seqlet, start, strand, *numbers in zip(
            *(table[name] for name in ("motif", "sequence", "start", "strand")),
            *(table[name] for name in ("score", "p_value", "q")),
            strict=True,
        )
    ]


def _hit(
    contributions: Contributions,
    motif: Motif,
    seqlet: int,
    start: int,
    strand: str,
    score: float,
    p_value: float,
    q_value: float,
) -> MotifHit:
    window = contributions.interval
    first, width = window.start + int(start), motif.width
    total = contributions.per_position[int(start) : int(start) + width].sum(dtype=np.float64)
    return MotifHit(
        motif.id,
        motif.name,
        Interval(window.contig, first, first + width),
        strand,
        float(score),
        float(p_value),
        float(q_value),
        seqlet,
        float(total),
    )


def _within(seqlet: Seqlet, window: Interval) -> tuple[int, int]:
    return seqlet.interval.start - window.start, seqlet.interval.end - window.start


def _place(interval: Interval) -> tuple[str, int, int]:
    return interval.contig, interval.start, interval.end


def _benjamini_hochberg(p: Float[np.ndarray, " hits"], tests: int) -> Float[np.ndarray, " hits"]:
    """Of the smallest p-values of so many tests."""
    order: Int[np.ndarray, " hits"] = np.argsort(p, kind="stable")
    raw = p[order] * tests / np.arange(1, len(p) + 1)
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(np.minimum.accumulate(raw[::-1])[::-1], 1)
    return adjusted
