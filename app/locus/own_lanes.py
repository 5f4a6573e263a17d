"""A locus figure with what a person brought: measured tracks beside predicted ones, intervals, genes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float32

from app.figures.agreement import agreement
from app.figures.data import Highlight, LocusPicture
from app.figures.lanes import FeatureLane, TrackLane
from app.locus.own_files import Features
from app.locus.shelf import BESIDE_NOTHING, OwnTrack
from enformer.coordinates import Interval
from enformer.coverage import Coverage
from enformer.errors import EnformerLensError
from enformer.export import Column
from enformer.tracks import TrackId, TrackTable

GROUP = "Your files"
UNIT = "file's own units"
COUNTED = {"zero": "bases without a value count as 0", "out": "bases without a value are left out"}
_MEANS = {"acc": "dnase", "atac": "dnase", "dhs": "dnase", "rnaseq": "rna"}
"""Words in names of files, and the assay that is compared where theirs is not among the tracks."""
MOST_WASHED = 200
"""Intervals in view that are washed over the lanes."""


@dataclass(frozen=True, eq=False)
class Measured:
    """A file's values in the bins of a prediction.

    Attributes:
        own: the file.
        values: mean of each bin; NaN where there is none.
        partner: the predicted track it is compared with.
    """

    own: OwnTrack
    values: Float32[np.ndarray, " bins"]
    partner: TrackId | None

    @property
    def column(self) -> Column:
        """For a table of the predicted values."""
        how = COUNTED[self.own.missing]
        about = f"{self.own.file} (sha256 {self.own.sha256}), {UNIT}, mean of the bin, {how}"
        return Column(f"own/{self.own.name}", self.values, about)


@dataclass(frozen=True, eq=False)
class Brought:
    """What goes into a figure of the files, and what does not.

    Attributes:
        measured: signals.
        others: intervals and genes.
        problems: why files are not drawn here, by their names.
    """

    measured: tuple[Measured, ...]
    others: tuple[OwnTrack, ...]
    problems: tuple[tuple[str, EnformerLensError], ...]

    @property
    def columns(self) -> tuple[Column, ...]:
        """The signals, for a table of the predicted values."""
        return tuple(one.column for one in self.measured)

    @property
    def about(self) -> dict[str, str]:
        """What each file is, for a provenance."""
        signals = {column.name: column.about for column in self.columns}
        return signals | {
            f"own/{own.name}": f"{own.file} (sha256 {own.sha256}), {own.kind}, shown as {own.use}"
            for own in self.others
        }


def bring(
    own: Sequence[OwnTrack], picture: LocusPicture, tracks: Sequence[TrackId], table: TrackTable
) -> Brought:
    """Reads the files over the predicted region.

    Args:
        own: the files.
        picture: over the region.
        tracks: of its lanes.
        table: of the model.
    """
    measured, problems = [], []
    for one in own:
        if isinstance(one.content, Coverage):
            try:
                values = one.content.bins(
                    picture.region, picture.bin_size, picture.contig_length, one.missing
                )
                measured.append(Measured(one, values, partner(one, tracks, table)))
            except EnformerLensError as problem:
                problems.append((one.name, problem))
    others = tuple(one for one in own if isinstance(one.content, Features))
    return Brought(tuple(measured), others, tuple(problems))


def partner(own: OwnTrack, tracks: Sequence[TrackId], table: TrackTable) -> TrackId | None:
    """The shown track that a signal is compared with.

    It is the one that was chosen; else the one whose assay and cells the file's name speaks of most.
    """
    chosen = next((track for track in tracks if str(track) == own.beside), None)
    if own.beside or not tracks:
        return chosen
    words = _words(f"{own.name} {own.file}")
    words |= {_MEANS[word] for word in words & set(_MEANS)}
    rows = {track: table.row(track) for track in tracks}
    scores = {
        track: len(words & _words(str(row["name"]))) + (str(row["assay"]).lower() in words)
        for track, row in rows.items()
    }
    return max(tracks, key=scores.__getitem__)


def _words(name: str) -> set[str]:
    return set(re.findall(r"[a-z0-9]+", name.lower()))


def with_own(picture: LocusPicture, brought: Brought, tracks: Sequence[TrackId]) -> LocusPicture:
    """The figure with all of it.

    Args:
        picture: its lanes are those of `tracks`.
        brought: the files.
        tracks: the predicted ones, from top to bottom.
    """
    if not brought.measured and not brought.others:
        return picture
    washed = _highlights(brought.others, picture)
    left = [_left_out(len(washed))] if len(washed) > MOST_WASHED else []
    return replace(
        picture,
        lanes=_lanes(picture, brought.measured, tracks),
        features=tuple(_features(own, picture) for own in brought.others if _has_lane(own)),
        highlights=(*picture.highlights, *washed[:MOST_WASHED]),
        remarks=(*_remarks(picture, brought.measured), *left),
    )


def _left_out(count: int) -> str:
    return (
        f"{MOST_WASHED} of the {count:,} highlights in view are washed: zoom in to see the others."
    )


def _lanes(
    picture: LocusPicture, measured: Sequence[Measured], tracks: Sequence[TrackId]
) -> tuple[TrackLane, ...]:
    """Each signal above or under its partner; those without one last."""
    lanes = []
    for track, lane in zip(tracks, picture.lanes, strict=True):
        here = [one for one in measured if one.partner == track]
        lanes += [_lane(picture, one, lane) for one in here if one.own.over]
        lanes.append(lane)
        lanes += [_lane(picture, one, lane) for one in here if not one.own.over]
    grouped = any(lane.group for lane in picture.lanes)
    alone = (_lane(picture, one, None) for one in measured if one.partner is None)
    return (*lanes, *(replace(lane, group=GROUP if grouped else "") for lane in alone))


def _lane(picture: LocusPicture, measured: Measured, beside: TrackLane | None) -> TrackLane:
    own = measured.own
    return TrackLane(
        label=own.name,
        name=f"{own.name}: {own.file}, mean of each bin, {COUNTED[own.missing]}",
        assay="Observed",
        kind="observed",
        unit=UNIT,
        values=measured.values,
        group="" if beside is None else beside.group,
        observed=True,
        remark=_remark(picture, measured, beside),
    )


def _remark(picture: LocusPicture, measured: Measured, beside: TrackLane | None) -> str:
    """How well the prediction agrees over the bins in view."""
    seen = slice(picture.bins_in_view.start, picture.bins_in_view.stop)
    values = picture.scale.of(measured.values[seen])
    if not np.isfinite(values).any():
        return "no data here"
    if beside is None:
        chosen = measured.own.beside
        return "" if chosen in ("", BESIDE_NOTHING) else f"{chosen} is not shown"
    return str(agreement(values, picture.scale.of(beside.values[seen])))


def _remarks(picture: LocusPicture, measured: Sequence[Measured]) -> tuple[str, ...]:
    """What the observed lanes show, and what r is of."""
    if not measured:
        return ()
    ways = {COUNTED[one.own.missing] for one in measured}
    counted = f"; {ways.pop()}" if len(ways) == 1 else ""
    said = [f"Observed: mean of each bin of {picture.bin_size} bp{counted}."]
    if any(one.partner is not None for one in measured):
        of = "log1p values" if picture.scale.log else "values"
        allele = ", REF's," if picture.variant else ""
        said.append(
            f"r: Pearson correlation over the bins in view with the predicted {of}{allele} beside them."
        )
    return (" ".join(said),)


def _has_lane(own: OwnTrack) -> bool:
    return own.kind == "genes" or own.use != "highlights"


def _features(own: OwnTrack, picture: LocusPicture) -> FeatureLane:
    contig, content = picture.region.contig, own.content
    assert isinstance(content, Features), "signals have lanes of their own"
    genes = tuple(replace(gene, contig=contig) for gene in content.over(picture.window))
    return FeatureLane(own.name, f"{own.file}, {len(content):,} in all", own.kind, genes)


def _highlights(others: Sequence[OwnTrack], picture: LocusPicture) -> list[Highlight]:
    washed = [own for own in others if own.kind == "intervals" and own.use != "lane"]
    found = [
        Highlight(Interval(gene.contig, gene.start, gene.end), gene.symbol)
        for own in washed
        for gene in _features(own, picture).genes
        if gene.start < picture.view.end and picture.view.start < gene.end
    ]
    return sorted(found, key=lambda highlight: highlight.interval)
