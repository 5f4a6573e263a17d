"""What a locus figure shows, as frozen data that both of its faces draw."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from jaxtyping import Float, Int

from app.figures.palette import kind_of
from app.figures.truth_data import LEGEND, Truth
from enformer.coordinates import Interval, Variant
from enformer.errors import QueryError, TrackError
from enformer.genes import Gene
from enformer.predict import Prediction
from enformer.tracks import TrackId


@dataclass(frozen=True, eq=False)
class TrackLane:
    """One track along the predicted region.

    Attributes:
        label: short name beside the lane.
        name: full name with the track's id.
        assay: as the track table writes it.
        kind: what its colour stands for.
        unit: what the values are.
        values: the prediction, or REF's where a variant is shown; read-only.
        alternative: ALT's prediction; read-only.
        difference: the values are ALT − REF; their axis is as high as it is deep.
        expected: what the planted grammar makes of the sequence, without noise; of REF as `values` is.
        expected_alternative: of ALT.
    """

    label: str
    name: str
    assay: str
    kind: str
    unit: str
    values: Float[np.ndarray, " bins"]
    alternative: Float[np.ndarray, " bins"] | None = None
    difference: bool = False
    expected: Float[np.ndarray, " bins"] | None = None
    expected_alternative: Float[np.ndarray, " bins"] | None = None

    @property
    def drawn_expectation(self) -> Float[np.ndarray, " bins"] | None:
        """The expectation where it is drawn: two alleles have no room for it, their difference has."""
        return self.expected if self.alternative is None else None

    @property
    def assay_name(self) -> str:
        """The assay as biologists write it."""
        return {"DNASE": "DNase", "CHIP": "ChIP"}.get(self.assay, self.assay)

    @property
    def short_unit(self) -> str:
        """The unit without how the values were treated."""
        return self.unit.partition(",")[0].strip()


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
    window_name: str = "Model's window"
    region_name: str = "predicted region"

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

    def value_range(self, lane: TrackLane) -> tuple[float, float]:
        """Bottom and top of a lane's axis: 0 and a round number above what is drawn; a difference's
        axis has 0 in its middle."""
        shown = self.bins_in_view if self.zoomed_scale else range(self.bins)
        more = (lane.alternative, lane.drawn_expectation)
        drawn = [lane.values, *(part for part in more if part is not None)]
        values = np.concatenate([part[shown.start : shown.stop] for part in drawn])
        values = values[np.isfinite(values)]
        low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)
        if lane.difference:
            size = round_up(max(-low, high)) or 1.0
            return -size, size
        bottom, top = 0.0 - round_up(-low), round_up(high)
        return (bottom, top) if top > bottom else (0.0, 1.0)

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences that belong under the figure: how values were treated, then the footer."""
        treated = sorted({lane.unit.partition(",")[2].strip() for lane in self.lanes} - {""})
        said = [*(f"Values are {how}." for how in treated), self._shift_note()]
        lines = [*said, *self._truth_notes(), self.footer]
        return tuple(line for line in lines if line)

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


def round_up(value: float) -> float:
    """The next number with one or two leading digits that makes a readable axis end; 0 below 0."""
    if not value > 0 or not np.isfinite(value):
        return 0.0
    power = 10.0 ** np.floor(np.log10(value))
    leads = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
    lead = next(lead for lead in leads if value <= lead * power * (1 + 1e-6) or lead == 10)
    return float(f"{lead * power:.12g}")


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
