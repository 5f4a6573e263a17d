"""Which windows are prepared: splits, tiling, limits, and no predicted base in two splits."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from jaxtyping import Bool, Int

from enformer.coordinates import Interval
from enformer.errors import DataError
from enformer.genome import Genome
from train.bed import Regions, covered, merged, read_bed, read_regions, touches
from train.species import SPLITS, Geometry, Species

BLACKLIST_AROUND = 20
"""Bp that Basenji adds on both sides of a blacklisted region."""
_PIECE = 1 << 23


@dataclass(frozen=True)
class Chosen:
    """The windows of a species.

    Attributes:
        windows: of each split, in genome order.
        dropped: windows left out of a split as their predicted region, or with `Species.apart`
            their context, reaches a predicted region that is held out.
        shared_context: training windows kept whose context reaches such a region.
    """

    windows: dict[str, list[Interval]]
    dropped: dict[str, int]
    shared_context: int


def choose_windows(species: Species, genome: Genome, contigs: Iterable[str]) -> Chosen:
    """The windows of each split.

    Args:
        species: what is asked for.
        genome: its genome.
        contigs: those, by the genome's names, that every track covers.

    Raises:
        DataError: a contig or fold that was named is not there, or no window is left.
    """
    regions = _split_regions(species, genome, dict.fromkeys(contigs))
    if species.windows is None:
        limits = _Limits(species, genome)
        found = {split: list(_tiles(species, limits, split, regions[split])) for split in SPLITS}
    else:
        whole = partial(_as_given, species.geometry, genome)
        found = {split: list(whole(regions[split])) for split in SPLITS}
    chosen = _disjoint(found, species)
    if not any(chosen.windows.values()):
        raise DataError(
            "No window is known well enough, or no region is long enough.",
            read=f"{_summary(regions)} of {genome.description}",
            do="Name regions with sequence, loosen the limits, or take shorter windows.",
            example="--preset mini --max-unknown 0.5",
        )
    return chosen


def _summary(regions: dict[str, list[Interval]]) -> str:
    found = sorted({region.contig for held in regions.values() for region in held})
    return f"contigs {', '.join(found[:5]) or '(none)'}" + " and more" * (len(found) > 5)


def _split_regions(
    species: Species, genome: Genome, contigs: dict[str, None]
) -> dict[str, list[Interval]]:
    """Whole contigs, or rows of a BED, by split."""
    path = species.regions or species.windows
    if path is None:
        rows = [(Interval(name, 0, genome.length(name)), name) for name in contigs]
        wanted = {split: tuple(map(genome.resolve, getattr(species, split))) for split in SPLITS}
        return _by_split(rows, wanted, "contigs that every track covers", ("", "", ""))
    bed = read_bed(path)
    places = {name: genome.resolve(str(name)) for name in bed["contig"].unique()}
    rows = [(Interval(places[contig], start, end), name)
            for contig, start, end, name in bed.itertuples(index=False)
            if places[contig] in contigs]  # fmt: skip
    wanted = {split: getattr(species, split) for split in SPLITS}
    found = _by_split(rows, wanted, f"names in {path}", SPLITS)
    return found if species.windows else {split: _joined(held) for split, held in found.items()}


def _by_split(
    rows: list[tuple[Interval, str]],
    wanted: dict[str, tuple[str, ...]],
    what: str,
    usual: tuple[str, ...],
) -> dict[str, list[Interval]]:
    """Rows under the split that wants their name; training takes the rest unless it names its own."""
    names = {name for _, name in rows}
    for split, usually in zip(SPLITS, usual, strict=True):
        wanted = wanted | {split: wanted[split] or ((usually,) if usually in names else ())}
    absent = [name for held in wanted.values() for name in held if name not in names]
    if absent:
        raise DataError(
            f"There is no {', '.join(absent)}.",
            read=f"{what}: {', '.join(sorted(names)[:12])}" + ", …" * (len(names) > 12),
            do="Name others, or add tracks that cover it.",
        )
    held = set(wanted["valid"]) | set(wanted["test"])
    train = set(wanted["train"]) or names - held
    parts = {"train": train, "valid": set(wanted["valid"]), "test": set(wanted["test"])}
    return {split: [region for region, name in rows if name in part]
            for split, part in parts.items()}  # fmt: skip


def _joined(rows: Iterable[Interval]) -> list[Interval]:
    return [Interval(contig, int(start), int(end))
            for contig, places in _regions_of(rows).items() for start, end in places]  # fmt: skip


def _regions_of(rows: Iterable[Interval]) -> Regions:
    held: dict[str, list[tuple[int, int]]] = {}
    for row in rows:
        held.setdefault(row.contig, []).append((row.start, row.end))
    return {contig: merged(places) for contig, places in held.items()}


class _Limits:
    """Where in a region a predicted region may start, on the grid of bins."""

    def __init__(self, species: Species, genome: Genome) -> None:
        self.species, self.genome = species, genome
        self.blacklist = read_regions(species.blacklist, genome, BLACKLIST_AROUND)
        self.unmappable = read_regions(species.unmappable, genome)

    def places(self, region: Interval) -> Int[np.ndarray, " places"]:
        """Bins of a region, counted from its start, whose first base is known and from which on a
        predicted region stays inside it and keeps all limits.
        """
        counts, starts_known = self._counts(region)
        span, bins = self.species.geometry.span, self.species.geometry.bins
        sums = np.concatenate([np.zeros((1, 3), np.int64), counts.cumsum(axis=0)])
        known, black, unmappable = (sums[bins:] - sums[:-bins]).T
        return np.flatnonzero(
            starts_known[: len(known)]
            & (known >= (1 - self.species.max_unknown) * span)
            & (black <= self.species.max_blacklisted * span)
            & (unmappable <= self.species.max_unmappable * span)
        )

    def _counts(
        self, region: Interval
    ) -> tuple[Int[np.ndarray, "bins 3"], Bool[np.ndarray, " bins"]]:
        """Known, blacklisted and unmappable bases of each bin; whether its first base is known."""
        size = self.species.geometry.bin_size
        counts, starts, piece = [], [], max(1, _PIECE // size) * size
        for start in range(region.start, region.end, piece):
            part = Interval(region.contig, start, min(start + piece, region.end))
            known = known_bases(self.genome.fetch(part))
            masks = known, covered(self.blacklist, part), covered(self.unmappable, part)
            counts.append(np.stack([mask.reshape(-1, size).sum(axis=1) for mask in masks], axis=1))
            starts.append(known[::size])
        return np.concatenate(counts), np.concatenate(starts)


def known_bases(sequence: str) -> Bool[np.ndarray, " length"]:
    """True at A, C, G and T."""
    letters = np.frombuffer(sequence.encode(), np.uint8)
    return np.isin(letters, np.frombuffer(b"ACGT", np.uint8))


def _tiles(
    species: Species, limits: _Limits, split: str, regions: list[Interval]
) -> Iterator[Interval]:
    """Windows whose predicted regions tile the regions, on the grid of bins, from left to right."""
    size, stride = species.geometry.bin_size, species.stride_of(split) // species.geometry.bin_size
    for region in regions:
        first, stop = -(-region.start // size), region.end // size
        if stop - first < species.geometry.bins:
            continue
        places = limits.places(Interval(region.contig, first * size, stop * size))
        place = 0
        while (found := int(np.searchsorted(places, place))) < len(places):
            yield _window(region.contig, (first + int(places[found])) * size, species.geometry)
            place = int(places[found]) + stride


def _window(contig: str, start: int, geometry: Geometry) -> Interval:
    first = start - geometry.margin
    return Interval(contig, first, first + geometry.window_length)


def _as_given(geometry: Geometry, genome: Genome, rows: Iterable[Interval]) -> Iterator[Interval]:
    """Rows brought to the window length, if their predicted region stays on the contig."""
    for row in rows:
        window = row.resize(geometry.window_length)
        region = predicted(window, geometry)
        if region.start >= 0 and region.end <= genome.length(row.contig):
            yield window


def predicted(window: Interval, geometry: Geometry) -> Interval:
    """The middle of a window that has bins."""
    start = window.start + geometry.margin
    return Interval(window.contig, start, start + geometry.span)


def _disjoint(found: dict[str, list[Interval]], species: Species) -> Chosen:
    """Leaves to test, then valid, then train only what no split before has."""
    held, dropped = {}, {}
    middle = partial(predicted, geometry=species.geometry)
    kept: list[Interval] = []
    taken: Regions = {}
    for split in reversed(SPLITS):
        taken = _regions_of(kept)
        reach = (lambda window: window) if species.apart and split == "train" else middle
        held[split] = [window for window in found[split] if not touches(taken, reach(window))]
        dropped[split] = len(found[split]) - len(held[split])
        kept += map(middle, held[split])
    shared = sum(touches(taken, window) for window in held["train"])
    return Chosen({split: held[split] for split in SPLITS}, dropped, shared)
