"""Reads random windows of a prepared file again from their sources, by another way than made them.

Letters come through htslib, coverage from the intervals of the bigWig, and every bin is worked out
on its own in plain Python.
"""

import json
import math
import statistics
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pyBigWig
import pysam

from enformer.coordinates import Interval
from enformer.errors import DataError
from enformer.references import bare
from train.basenji import BasenjiFolder
from train.basenji_check import check
from train.bed import read_bed
from train.bigwig import Track, read_tracks
from train.hdf5 import array_of, group_of
from train.species import SPLITS, Species
from train.windows import BLACKLIST_AROUND, predicted

_STATISTICS = {"sum": math.fsum, "mean": statistics.fmean, "max": max}


def audit(
    data: Path,
    records: int = 20,
    seed: int = 0,
    head: str | None = None,
    moved: Mapping[str, Path | None] | None = None,
) -> list[str]:
    """Compares random windows of each head with their sources, and all splits with each other.

    Args:
        data: the prepared file.
        records: windows of each head; fewer where it has fewer.
        seed: which windows.
        head: only this one.
        moved: where `genome`, `tracks` and `folder` lie now, if not where they were.

    Returns:
        A sentence on each head.

    Raises:
        DataError: a value differs, which is named; two splits share a base that is predicted; or
            the file does not say where it comes from.
    """
    if not data.is_file():
        raise DataError("There is no such file.", read=f"the data file {data}", do="Make it first.")
    with h5py.File(data) as file:
        heads = [head] if head else list(file)
        return [_audit_head(group_of(file, name), records, seed, moved or {}) for name in heads]


def _audit_head(
    group: h5py.Group, records: int, seed: int, moved: Mapping[str, Path | None]
) -> str:
    name, source = str(group.name).strip("/"), json.loads(str(group.attrs.get("source", "{}")))
    if "basenji" in source:
        folder = BasenjiFolder.from_dict(source["basenji"])
        agreed = check([folder], Path(group.file.filename))
        return f"{name}: all {agreed:,} records agree with {folder.path}."
    if "bigwig" not in source:
        raise DataError(
            "It does not say which files it was made from.", read=f"the head {name}",
            do="Only what train.prepare made can be checked.",
        )  # fmt: skip
    given = {key: str(path.resolve()) for key, path in moved.items() if path is not None}
    species = Species.from_dict({**source["bigwig"], **given})
    _require_disjoint(group, species)
    places = [(split, number) for split in SPLITS
              for number in range(len(array_of(group, f"{split}/start")))]  # fmt: skip
    drawn = np.random.default_rng(seed).permutation(len(places))[:records]
    witness = _Witness(species)
    wrong = [list(witness.disagreements(group, *places[i])) for i in drawn.tolist()]
    return _verdict(name, species, witness, [found for found in wrong if found], len(drawn))


def _verdict(
    name: str, species: Species, witness: "_Witness", wrong: list[list[str]], drawn: int
) -> str:
    if wrong:
        raise DataError(
            f"{drawn - len(wrong):,} of {drawn:,} windows agree with their sources. {wrong[0][0]}",
            read=f"the head {name}",
            do="Prepare it again with --fresh.",
        )
    lengths = species.geometry
    return (f"{name}: {drawn:,} windows agree with their sources: {drawn * lengths.window_length:,} "
            f"bases and {drawn * lengths.bins:,} bins of {len(witness.tracks):,} tracks.")  # fmt: skip


def _windows(group: h5py.Group, split: str) -> Iterator[Interval]:
    columns = [array_of(group, f"{split}/{name}")[:] for name in ("contig", "start", "end")]
    for contig, start, end in zip(*columns, strict=True):
        yield Interval(contig.decode(), int(start), int(end))


def _require_disjoint(group: h5py.Group, species: Species) -> None:
    """Refuses windows of two splits that predict the same base."""
    held = [(predicted(window, species.geometry), split)
            for split in SPLITS for window in _windows(group, split)]  # fmt: skip
    reach: dict[str, dict[str, int]] = {}
    for region, split in sorted(held):
        ends = reach.setdefault(region.contig, {})
        for other, end in ends.items():
            if other != split and end > region.start:
                raise DataError(
                    f"{split} and {other} both predict bases of {region}.",
                    read=f"the windows of {group.name}",
                    do="Prepare it again with --fresh.",
                )
        ends[split] = max(ends.get(split, 0), region.end)


class _Witness:
    """What the sources of a species say of a window."""

    def __init__(self, species: Species) -> None:
        self.species = species
        self.table, self.tracks = read_tracks(species)
        try:
            self.fasta = pysam.FastaFile(str(species.genome))
        except (OSError, ValueError) as error:
            raise DataError(
                f"It or its index beside it cannot be read: {error}.",
                read=f"the FASTA {species.genome}",
                do="Say where it lies with --genome, and index it with samtools faidx.",
            ) from error
        self.blacklist, self.unmappable = map(_bed, (species.blacklist, species.unmappable))

    def disagreements(self, group: h5py.Group, split: str, number: int) -> Iterator[str]:
        """What of a record differs, base by base and bin by bin."""
        row = [array_of(group, f"{split}/{name}")[number] for name in ("contig", "start", "end")]
        window = Interval(row[0].decode(), int(row[1]), int(row[2]))
        where = f"{split} record {number}, {window}"
        letters = self._letters(window)
        stored = array_of(group, f"{split}/sequences")[number]
        held = "".join("ACGT"[base.argmax()] if base.any() else "N" for base in stored)
        for place in [i for i in range(len(held)) if held[i] != letters[i]][:1]:
            yield f"{where}: base {place + 1:,} is {held[place]} there, {letters[place]} in the FASTA."
        targets = array_of(group, f"{split}/targets")[number]
        for column, values in enumerate(self._targets(window, letters)):
            track = self.table.frame["identifier"].iloc[column]
            for index, value in enumerate(values):
                if not math.isclose(targets[index, column], value, rel_tol=1e-5, abs_tol=1e-6):
                    yield (f"{where}: track {track}, bin {index} is {targets[index, column]:g} there, "
                           f"{value:g} from the bigWig.")  # fmt: skip

    def _letters(self, window: Interval) -> str:
        length = self.fasta.get_reference_length(window.contig)
        start, end = max(0, window.start), min(length, window.end)
        read = self.fasta.fetch(window.contig, start, end).upper()
        known = "".join(letter if letter in "ACGT" else "N" for letter in read)
        return "N" * (start - window.start) + known + "N" * (window.end - end)

    def _targets(self, window: Interval, letters: str) -> Iterator[Sequence[float]]:
        lengths, region = self.species.geometry, predicted(window, self.species.geometry)
        middle = letters[lengths.margin : lengths.margin + lengths.span]
        known = np.array([letter != "N" for letter in middle])
        black = _inside(self.blacklist, region, BLACKLIST_AROUND)
        lost = _inside(self.unmappable, region, 0).reshape(lengths.bins, -1)
        unmappable = [bool(2 * row.sum() >= lengths.bin_size) for row in lost]
        for track in self.tracks:
            bases = self._bases(track, region, known, black).reshape(lengths.bins, -1).tolist()
            bins = [self._bin(track, values) for values in bases]
            low = statistics.quantiles(bins, n=4, method="inclusive")[0] if any(unmappable) else 0.0
            yield [min(value, low) if lost else value
                   for value, lost in zip(bins, unmappable, strict=True)]  # fmt: skip

    def _bases(
        self, track: Track, region: Interval, known: np.ndarray, black: np.ndarray
    ) -> np.ndarray:
        values = np.full(region.length, np.nan)
        with pyBigWig.open(str(track.path)) as file:
            name = {bare(name): name for name in file.chroms()}[bare(region.contig)]
            for start, end, value in file.intervals(name, region.start, region.end) or ():
                size = max(value, 0.0) if self.species.negative == "zero" else abs(value)
                values[max(0, start - region.start) : end - region.start] = size
        held = values[known & ~np.isnan(values)].tolist()
        median = statistics.median(held) if held else 0.0
        values[black & (values > median)] = median
        values[np.isnan(values)] = median if self.species.missing == "median" else 0.0
        values[~known] = 0.0
        return values

    def _bin(self, track: Track, values: list[float]) -> float:
        value = _STATISTICS[track.sum_stat.removesuffix("_sqrt")](values) * track.scale
        if track.sum_stat.endswith("_sqrt"):
            value = math.sqrt(1 + value) - 1
        if value > track.clip_soft:
            one = 1 if self.species.soft_clip == "basenji" else 0
            value = track.clip_soft - one + math.sqrt(value - track.clip_soft + one)
        return track.clip if value > track.clip else value


def _bed(path: Path | None) -> pd.DataFrame:
    if path is None:
        return pd.DataFrame({"contig": [], "start": [], "end": []})
    rows = read_bed(path)
    return rows.assign(contig=rows["contig"].map(bare))


def _inside(rows: pd.DataFrame, region: Interval, around: int) -> np.ndarray:
    """True at the bases of a region that lie in the rows, or next to them."""
    mask = np.zeros(region.length, bool)
    near = rows[rows["contig"] == bare(region.contig)]
    for start, end in zip(near["start"], near["end"], strict=True):
        first, last = int(start) - around - region.start, int(end) + around - region.start
        mask[max(0, first) : max(0, last)] = True
    return mask
