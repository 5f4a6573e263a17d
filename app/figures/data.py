"""What a locus figure shows, as frozen data that both of its faces draw."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from jaxtyping import Float, Int

from app.figures.lanes import FeatureLane, TrackLane
from app.figures.palette import kind_of
from app.figures.scale import LINEAR, Scale, axis_ends
from app.figures.scale import round_up as round_up  # where other figures look for it
from app.figures.truth_data import LEGEND, Truth
from enformer.coordinates import Interval, Variant
from enformer.errors import QueryError, TrackError
from enformer.genes import Gene
from enformer.predict import Prediction
from enformer.tracks import TrackId


@dataclass(frozen=True)
class Highlight:
    """An interval to wash with colour, and what to call it."""

    interval: Interval
    label: str = ""


@dataclass(frozen=True, eq=False)
class LocusPicture:
    """Everything on a locus figure.

    Attributes:
        window: the model's input; what lies off the contig was read as N.
        region: the predicted region.
        bin_size: bp of a bin.
        contig_length: bp.
        view: what is seen, inside the window.
        genes: genes over the window, in any order.
        lanes: tracks from top to bottom.
        assembly: of the genome.
        variant: marked, and its REF and ALT are overlaid.
        highlights: washed intervals.
        focus: symbol of the gene that was asked for; it keeps its label when room is short.
        title: above the figure; the view when empty.
        footer: one line of provenance.
        trained: false when the weights were never trained, which is then written on the figure.
        zoomed_scale: lanes are scaled by the values in view, not by the whole region.
        truth: what was planted here, drawn under the genes.
        features: intervals and genes of files, in lanes under the genes.
        scale: of the value axes.
        remarks: more sentences that belong under the figure.
        window_name: what the strip calls the window.
        region_name: what it calls the region.
    """

    window: Interval
    region: Interval
    bin_size: int
    contig_length: int
    view: Interval
    genes: tuple[Gene, ...]
    lanes: tuple[TrackLane, ...]
    assembly: str
    variant: Variant | None = None
    highlights: tuple[Highlight, ...] = ()
    focus: str = ""
    title: str = ""
    footer: str = ""
    trained: bool = True
    zoomed_scale: bool = True
    truth: Truth | None = None
    features: tuple[FeatureLane, ...] = ()
    scale: Scale = LINEAR
    remarks: tuple[str, ...] = ()
    window_name: str = "Model's window"
    region_name: str = "predicted"

    @cached_property
    def edges(self) -> Int[np.ndarray, " edges"]:
        """0-based edges of the bins, one more than there are bins."""
        return np.arange(self.region.start, self.region.end + 1, self.bin_size, dtype=np.int32)

    @property
    def bins(self) -> int:
        """Bins of the predicted region."""
        return len(self.edges) - 1

    @property
    def bins_in_view(self) -> range:
        """Bins that overlap the view."""
        first = (self.view.start - self.region.start) // self.bin_size
        last = -((self.region.start - self.view.end) // self.bin_size)
        return range(min(max(first, 0), self.bins), min(max(last, 0), self.bins))

    def bin_interval(self, number: int) -> Interval:
        """What a bin covers."""
        start = self.region.start + number * self.bin_size
        return Interval(self.region.contig, start, start + self.bin_size)

    @property
    def padding(self) -> tuple[Interval, ...]:
        """The parts of the window off the contig, at most one on each side."""
        contig, start, end = self.window.contig, self.window.start, self.window.end
        left = (start, min(0, end))
        right = (max(self.contig_length, start), end)
        return tuple(Interval(contig, *part) for part in (left, right) if part[0] < part[1])

    @property
    def outside(self) -> tuple[Interval, ...]:
        """The parts of the window, on the contig or off it, that have no bins."""
        contig = self.window.contig
        sides = ((self.window.start, self.region.start), (self.region.end, self.window.end))
        return tuple(Interval(contig, *side) for side in sides if side[0] < side[1])

    @property
    def place(self) -> Interval:
        """The part of the view that is on the contig, or the view where none is."""
        return self.view.intersect(self.contig) or self.view

    @property
    def contig(self) -> Interval:
        """The whole contig."""
        return Interval(self.window.contig, 0, self.contig_length)

    def scale_of(self, lane: TrackLane) -> Scale:
        """That of a lane's axis: a difference, of logarithms too, is drawn as it is."""
        return replace(self.scale, log=False) if lane.difference else self.scale

    def value_range(self, lane: TrackLane) -> tuple[float, float]:
        """Bottom and top of a lane's axis, in its unit; for all lanes that share it."""
        shown = self.bins_in_view if self.zoomed_scale else range(self.bins)
        others = self.lanes if self.scale.shared else ()
        lanes = [lane, *(other for other in others if lane.shares_axis(other))]
        drawn = [part[shown.start : shown.stop] for one in lanes for part in one.drawn]
        return axis_ends(np.concatenate(drawn), lane.difference)

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences that belong under the figure: how values were treated, then the footer."""
        treated = sorted({lane.unit.partition(",")[2].strip() for lane in self.lanes} - {""})
        said = [*(f"Values are {how}." for how in treated), self.scale.note, self._log_note()]
        lines = [*said, self._shift_note(), *self.remarks, *self._truth_notes(), self.footer]
        return tuple(line for line in lines if line)

    def _log_note(self) -> str:
        """What a difference is where it is not one of values."""
        if not (self.scale.log and any(lane.difference for lane in self.lanes)):
            return ""
        return (
            "Differences, on linear axes: ln(1 + ALT) − ln(1 + REF), 0.69 where 1 + value doubles."
        )

    def _truth_notes(self) -> tuple[str, ...]:
        if self.truth is None:
            return ()
        lines = [f"{LEGEND[0].upper()}{LEGEND[1:]}.", *self.truth.explained(self.view)]
        if any(lane.drawn_expectation is not None for lane in self.lanes):
            lines.append("Line over the prediction: the planted expectation, without noise.")
        return tuple(lines)

    def _shift_note(self) -> str:
        """Bins of an allele of another length were put back over REF's: say so."""
        overlaid = any(lane.alternative is not None for lane in self.lanes)
        longer = len(self.variant.alt) - len(self.variant.ref) if self.variant and overlaid else 0
        way = "longer" if longer > 0 else "shorter"
        return (
            f"ALT is {abs(longer)} bp {way}; its bins are drawn over the reference's bases."
            if longer
            else ""
        )


def locus_picture(
    prediction: Prediction,
    ids: Sequence[TrackId],
    genes: Sequence[Gene],
    contig_length: int,
    view: Interval | None = None,
    *,
    alt: Prediction | None = None,
    highlights: Sequence[Highlight] = (),
    focus: str = "",
    title: str = "",
    footer: str | None = None,
    zoomed_scale: bool = True,
    scale: Scale = LINEAR,
) -> LocusPicture:
    """Choose from a prediction what a locus figure shows.

    Args:
        prediction: of the reference, or of any sequence when there is no ALT.
        ids: tracks from top to bottom.
        genes: over the window.
        contig_length: bp, from the genome.
        view: what to see; it is cut to the window, and the predicted region is taken without it.
        alt: prediction of the same window with the variant in it.
        highlights: intervals to wash with colour.
        focus: symbol of the gene that was asked for.
        title: above the figure; the view by default.
        footer: one line of provenance; the prediction's own by default.
        zoomed_scale: scale lanes by the values in view, not by the whole region.
        scale: of the value axes; linear, each lane alone, by default.

    Raises:
        QueryError: the view misses the window, or ALT has other bins.
        TrackError: the prediction has no such track.
    """
    region = prediction.region
    if alt is not None and alt.region != region:
        raise QueryError(
            f"ALT was predicted for {alt.region}.",
            read=f"REF of {region}",
            do="Predict both alleles in the same window.",
        )
    return LocusPicture(
        window=prediction.window,
        region=region,
        bin_size=prediction.config.bin_size,
        contig_length=contig_length,
        view=_seen(view or region, prediction.window),
        # sources name contigs in their own way: 11 for chr11
        genes=tuple(replace(gene, contig=region.contig) for gene in genes),
        lanes=_lanes(prediction, alt, ids),
        assembly=prediction.provenance.assembly,
        variant=(alt or prediction).variant,
        highlights=tuple(highlights),
        focus=focus,
        title=title,
        footer=(alt or prediction).provenance.short() if footer is None else footer,
        trained=prediction.provenance.trained,
        zoomed_scale=zoomed_scale,
        scale=scale,
    )


def _seen(view: Interval, window: Interval) -> Interval:
    seen = view.intersect(window)
    if seen is None:
        raise QueryError(
            "Nothing of it is inside the window that was predicted.",
            read=f"the view {view}",
            do="Look inside the window, or predict there.",
            example=str(window),
        )
    return seen


def _lanes(
    prediction: Prediction, alt: Prediction | None, ids: Sequence[TrackId]
) -> tuple[TrackLane, ...]:
    rows = [prediction.tracks.row(track) for track in ids]
    return tuple(
        TrackLane(
            label=str(row["name"]).partition(" ")[2],
            name=f"{row['name']} ({track}, {row['identifier']})",
            assay=str(row["assay"]),
            kind=kind_of(str(row["assay"]), str(row["target"])),
            unit=str(row["unit"]),
            values=_values(prediction, track),
            alternative=None if alt is None else _values(alt, track),
        )
        for track, row in zip(ids, rows, strict=True)
    )


def _values(prediction: Prediction, track: TrackId) -> Float[np.ndarray, " bins"]:
    if track.head not in prediction.values:
        raise TrackError(
            f"Head {track.head!r} was not predicted.",
            read=f"the track {track}",
            do=f"Predict it too; there are {', '.join(prediction.values)}.",
        )
    # float16 would travel to the browser as text, thirteen bytes a number
    values = np.array(prediction.values[track.head][:, track.index], dtype=np.float32)
    values.setflags(write=False)
    return values
