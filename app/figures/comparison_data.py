"""Two models over the same bins, as frozen data: their tracks, A over B, pair by pair."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from app.figures.data import LocusPicture, TrackLane
from app.figures.palette import kind_of
from enformer.coordinates import Interval, Variant
from enformer.genes import Gene
from enformer.tracks import TrackId, TrackTable
from interpret.agreement import Agreement
from interpret.track_pairs import ASSAY, CHOSEN, SAME

_ASIDE = {SAME: "", CHOSEN: "", ASSAY: "; other biosample"}


@dataclass(frozen=True, eq=False)
class Side:
    """One of the two models in a figure.

    Attributes:
        name: such as `A demo`.
        tracks: all of the model's.
        window: that it read.
        trained: False for weights that were never trained.
    """

    name: str
    tracks: TrackTable
    window: Interval
    trained: bool = True

    @property
    def title(self) -> str:
        """The name, with what must be known of it."""
        return self.name if self.trained else f"{self.name} (never trained)"


class PairedLanes(LocusPicture):
    """A locus whose lanes stand in pairs: two of one unit share a scale, so that heights compare."""

    def value_range(self, lane: TrackLane) -> tuple[float, float]:
        """Bottom and top of a lane's axis, those of its partner included where the unit is the same."""
        place = next(number for number, one in enumerate(self.lanes) if one is lane)
        pair = [lane, self.lanes[place ^ 1]]
        if pair[0].unit != pair[1].unit:
            return super().value_range(lane)
        bottoms, tops = zip(*(LocusPicture.value_range(self, one) for one in pair), strict=True)
        return min(bottoms), max(tops)

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences under the figure."""
        return ("Of a pair, A and B share a scale where their unit is the same.", *super().notes)


@dataclass(frozen=True, eq=False)
class ComparisonPicture:
    """Tracks of two models over the same bins.

    Attributes:
        locus: the lanes over their axis: of each pair, that of A and then that of B.
        names: of A and B.
        said: of each pair, how far the two agree.
        allele: whose values they are; empty without a variant.
    """

    locus: LocusPicture
    names: tuple[str, str]
    said: tuple[str, ...]
    allele: str = ""


def comparison_picture(
    found: Agreement,
    sides: tuple[Side, Side],
    genes: Sequence[Gene],
    contig_length: int,
    view: Interval,
    *,
    variant: Variant | None = None,
    allele: str = "",
    focus: str = "",
) -> ComparisonPicture:
    """What is drawn of a comparison.

    Args:
        found: the values.
        sides: A and B.
        genes: over the window.
        contig_length: bp.
        view: the part that is seen.
        variant: that was asked for, marked.
        allele: whose values they are, `ALT − REF` for the difference; empty without a variant.
        focus: symbol of the gene that was asked for.
    """
    locus = PairedLanes(
        window=_hull(sides[0].window, sides[1].window),
        region=found.interval,
        bin_size=found.bin_size,
        contig_length=contig_length,
        view=view,
        # sources name contigs in their own way: 11 for chr11
        genes=tuple(replace(gene, contig=view.contig) for gene in genes),
        lanes=_lanes(found, sides, allele),
        assembly=found.origin_a.assembly,
        variant=variant,
        focus=focus,
        title=f"{view} · {allele}" if allele else "",
        trained=all(side.trained for side in sides),
        window_name="Both windows",
        region_name="predicted by both",
    )
    names = (sides[0].name, sides[1].name)
    return ComparisonPicture(locus, names, _said(found), allele)


def _hull(a: Interval, b: Interval) -> Interval:
    return Interval(a.contig, min(a.start, b.start), max(a.end, b.end))


def _said(found: Agreement) -> tuple[str, ...]:
    asides = [_ASIDE.get(basis, "; other species") for basis in found.bases]
    return tuple(
        f"{correlation(r, found.count)}{aside}" for r, aside in zip(found.r, asides, strict=True)
    )


def correlation(r: float, bins: int) -> str:
    """`r = 0.53, n = 512 bins`, or why there is none."""
    if np.isnan(r):
        return f"r undefined (constant), n = {bins:,} bins"
    return f"r = {r:.3f}, n = {bins:,} bins".replace("-", "−")


def _lanes(found: Agreement, sides: tuple[Side, Side], allele: str) -> tuple[TrackLane, ...]:
    lanes = []
    for place, tracks in enumerate(zip(found.tracks_a, found.tracks_b, strict=True)):
        for side, track, values in zip(sides, tracks, (found.a, found.b), strict=True):
            row = side.tracks.row(TrackId.parse(track))
            lane = _lane(side, track, row, values[place])
            lanes.append(replace(lane, difference=allele == DIFFERENCE))
    return tuple(lanes)


DIFFERENCE = "ALT − REF"


def _lane(side: Side, track: str, row: pd.Series, values: np.ndarray) -> TrackLane:
    return TrackLane(
        label=f"{side.title}: {str(row['name']).partition(' ')[2]}",
        name=f"{side.title}: {row['name']} ({track}, {row['identifier']})",
        assay=str(row["assay"]),
        kind=kind_of(str(row["assay"]), str(row["target"])),
        unit=str(row["unit"]),
        values=values,
    )


def describe(picture: ComparisonPicture) -> str:
    """The figure in words, for those who do not see it."""
    locus = picture.locus
    pairs = zip(locus.lanes[::2], locus.lanes[1::2], picture.said, strict=True)
    said = [f"{a.assay_name} {a.label} over {b.assay_name} {b.label}: {words}"
            for a, b, words in pairs]  # fmt: skip
    untrained = "" if locus.trained else " Not all of the weights were trained."
    return (
        f"Tracks of {picture.names[0]} and {picture.names[1]} over {locus.place} "
        f"({locus.assembly}), the same bins of both. " + "; ".join(said) + "." + untrained
    )
