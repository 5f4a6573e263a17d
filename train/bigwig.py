"""Coverage files: which tracks they are, and the targets of a window in the units of the table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyBigWig
from jaxtyping import Bool, Float

from enformer.coordinates import Interval
from enformer.errors import DataError
from enformer.genome import Genome
from enformer.references import bare
from enformer.track_file import read_targets
from enformer.tracks import TrackTable
from train.species import Species

SUM_STATS = ("sum", "mean", "max", "sum_sqrt", "mean_sqrt")
_OPEN_FILES = 256


@dataclass(frozen=True)
class Track:
    """One coverage file and how its bins are made.

    Attributes:
        path: the bigWig.
        sum_stat: one of `SUM_STATS`, over the bases of a bin.
        scale: factor of the sum, mean or largest value.
        clip_soft: above it only the square root of the excess counts; NaN for none.
        clip: largest value; NaN for none.
    """

    path: Path
    sum_stat: str
    scale: float
    clip_soft: float
    clip: float


def read_tracks(species: Species) -> tuple[TrackTable, list[Track]]:
    """The track table of a species, and the file of each row.

    Raises:
        TrackError: the table contradicts itself.
        DataError: it names no files, a file that is not there, or an unknown `sum_stat`.
    """
    rows = read_targets(species.tracks)
    table = TrackTable.from_rows(rows, species.head)
    if "file" not in rows:
        raise _refused(species, "It has no column file.", "Add it, with one bigWig a row.")
    folder = species.folder or species.tracks.parent
    made = table.frame[["sum_stat", "scale", "clip_soft", "clip"]].itertuples(index=False)
    tracks = [Track(folder / name, *row) for name, row in zip(rows["file"], made, strict=True)]
    if gone := [track.path for track in tracks if not track.path.is_file()]:
        raise _refused(
            species, f"{len(gone)} of {len(tracks)} files are not there: {gone[0]}.",
            "Give the folder that the column file is relative to with --folder.",
        )  # fmt: skip
    if odd := [track for track in tracks if track.sum_stat not in SUM_STATS]:
        choices = f"Take one of {', '.join(SUM_STATS)}."
        raise _refused(species, f"sum_stat of {odd[0].path.name} is {odd[0].sum_stat!r}.", choices)
    return table, tracks


def _refused(species: Species, wrong: str, do: str) -> DataError:
    return DataError(wrong, read=f"the track table {species.tracks}", do=do)


def opened(path: Path) -> tuple[Any, dict[str, str]]:
    """A bigWig, and its name for each contig by the contig's bare name; the last ones stay open.

    Raises:
        DataError: it is no bigWig, or is damaged.
    """
    return _opened(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=_OPEN_FILES)
def _opened(path: Path, modified: int) -> tuple[Any, dict[str, str]]:
    try:
        file = pyBigWig.open(str(path))
        whole = file.isBigWig()
    except RuntimeError:
        whole = False
    if not whole:
        raise DataError("It is no bigWig, or is cut short.", read=str(path), do="Get it again.")
    return file, {bare(name): name for name in reversed(file.chroms())}


def shared_contigs(tracks: Iterable[Track], genome: Genome) -> list[str]:
    """Contigs, by the genome's names and in its order, that every file lists.

    Raises:
        DataError: a file gives a contig another length: it is of another assembly.
    """
    shared = dict.fromkeys(genome.contigs)
    for path in dict.fromkeys(track.path for track in tracks):
        file, names = opened(path)
        for contig in list(shared):
            name = names.get(bare(contig))
            if name is None:
                del shared[contig]
            elif file.chroms(name) != genome.length(contig):
                raise DataError(
                    f"{name} has {file.chroms(name):,} bp there and {genome.length(contig):,} bp in "
                    f"{genome.description}",
                    read=str(path),
                    do="Take tracks and genome of one assembly.",
                )
    return list(shared)


def check_values(species: Species, tracks: Sequence[Track], contigs: Sequence[str]) -> None:
    """Refuses what cannot be a count: tracks without values there, or of both signs.

    Args:
        species: whose tracks they are.
        tracks: the files.
        contigs: where windows lie.

    Raises:
        DataError: as said, naming the file.
    """
    for path in dict.fromkeys(track.path for track in tracks):
        file, names = opened(path)
        held = {kind: [value for contig in contigs
                       if (value := file.stats(names[bare(contig)], type=kind)[0]) is not None]
                for kind in ("min", "max")}  # fmt: skip
        if not held["min"]:
            where = f"contigs {', '.join(contigs[:5])}"
            raise DataError(f"It holds no value on {where}.", read=str(path), do="Name others.")
        if species.negative == "minus" and min(held["min"]) < 0 < max(held["max"]):
            raise DataError(
                f"Its values reach from {min(held['min']):g} to {max(held['max']):g}: a ratio or a "
                "difference is no target of a Poisson loss.",
                read=str(path),
                do="Give coverage, or choose what negative values mean.",
                example="--negative zero",
            )


def coverage(track: Track, region: Interval, negative: str) -> Float[np.ndarray, " length"]:
    """Coverage of each base of a region, not negative; NaN where the file holds none.

    Args:
        track: its file.
        region: inside its contig.
        negative: as `Species.negative`.

    Raises:
        DataError: the file cannot be read there.
    """
    file, names = opened(track.path)
    try:
        read = file.values(names[bare(region.contig)], region.start, region.end, numpy=True)
    except RuntimeError as error:
        raise DataError(
            f"It cannot be read there: {error}",
            read=f"{track.path} at {region}",
            do="Get it again.",
        ) from error
    values = read.astype(np.float64)
    return np.maximum(values, 0) if negative == "zero" else np.abs(values)


@dataclass(frozen=True)
class Masks:
    """What is special about the bases of a predicted region.

    Attributes:
        known: the genome has a base there.
        blacklisted: lies in the blacklist.
        unmappable: of each bin, whether at least half of it cannot be mapped to.
    """

    known: Bool[np.ndarray, " length"]
    blacklisted: Bool[np.ndarray, " length"]
    unmappable: Bool[np.ndarray, " bins"]


def targets_of(
    species: Species, tracks: Sequence[Track], region: Interval, masks: Masks
) -> Float[np.ndarray, "bins tracks"]:
    """Targets of a predicted region, float32, made in float64.

    As basenji_data_read.py: missing bases get a baseline, blacklisted ones at most the median of
    the region; then bins, scale, soft clip, clip. Bases that the genome does not know count 0.

    Raises:
        DataError: a file cannot be read, or holds infinite values.
    """
    columns = [_column(species, track, region, masks) for track in tracks]
    values = np.stack(columns, axis=1)
    if masks.unmappable.any():
        low = np.percentile(values, 25, axis=0)
        values[masks.unmappable] = np.minimum(values[masks.unmappable], low)
    return values.astype(np.float32)


def _column(
    species: Species, track: Track, region: Interval, masks: Masks
) -> Float[np.ndarray, " bins"]:
    bases = coverage(track, region, species.negative)
    missing = np.isnan(bases)
    if masks.blacklisted.any() or (species.missing == "median" and missing.any()):
        held = bases[masks.known & ~missing]
        median = float(np.median(held)) if len(held) else 0.0
        bases[masks.blacklisted] = np.fmin(bases[masks.blacklisted], median)
        bases[missing] = median if species.missing == "median" else 0.0
    bases = np.nan_to_num(bases, posinf=np.inf) * masks.known
    if np.isinf(bases).any():
        raise DataError(
            "It holds infinite values.", read=f"{track.path} at {region}", do="Make it again."
        )
    return in_units(pooled(bases, species.geometry.bin_size, track), track, species.soft_clip)


def pooled(
    bases: Float[np.ndarray, " length"], bin_size: int, track: Track
) -> Float[np.ndarray, " bins"]:
    """Sum, mean or largest value of each bin, times the scale; less 1 under a root with 1 added."""
    kind, _, root = track.sum_stat.partition("_")
    values = getattr(bases.reshape(-1, bin_size), kind)(axis=1) * track.scale
    return np.sqrt(1 + values) - 1 if root else values


def in_units(
    values: Float[np.ndarray, " bins"], track: Track, form: str
) -> Float[np.ndarray, " bins"]:
    """Clipped softly, then hard."""
    soft = soft_clipped(values, track.clip_soft, form)
    return soft if np.isnan(track.clip) else np.minimum(soft, track.clip)


def soft_clipped(
    values: Float[np.ndarray, " bins"], limit: float, form: str
) -> Float[np.ndarray, " bins"]:
    """Above the limit c, of a value x only a root of the excess counts; a NaN limit is none.

    `enformer` is c + √(x − c), as the published training data; `basenji` is c − 1 + √(x − c + 1),
    as Basenji makes data now.
    """
    one = 1.0 if form == "basenji" else 0.0
    above = limit - one + np.sqrt(np.maximum(values - limit, 0) + one)
    return np.where(values > limit, above, values)
