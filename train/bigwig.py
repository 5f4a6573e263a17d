"""Training windows from a genome and coverage files: what `train.prepare bigwig` writes."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pyBigWig
from jaxtyping import Bool, Float
from tqdm import tqdm

from enformer.coordinates import Interval
from enformer.errors import DataError
from enformer.genome import Genome
from enformer.sequence import one_hot
from enformer.tracks import TrackTable
from train.hdf5 import create_split


@dataclass(frozen=True)
class BigWigSource:
    """Coverage files named by a Basenji targets file, over the known sequence of some contigs.

    Attributes:
        targets: `targets.txt`; its column `file` is taken relative to `folder`.
        folder: where the bigWig files lie.
        genome: the sequence; N is unknown sequence.
        contigs: contigs to tile.
        head: output head the tracks become.
        window_length: bp of sequence in a record.
        bins: bins of targets in the middle of it.
        bin_size: bp of a bin.
        known: smallest part of the middle that is not N.
    """

    targets: Path
    folder: Path
    genome: Genome
    contigs: tuple[str, ...]
    head: str
    window_length: int = 131_072
    bins: int = 512
    bin_size: int = 128
    known: float = 0.9

    @property
    def tracks(self) -> TrackTable:
        """The track table of the head."""
        return TrackTable.read(self.targets, self.head)

    def windows(self) -> Iterator[Interval]:
        """Windows whose middles tile the known sequence, without overlap, from left to right."""
        span, margin = (
            self.bins * self.bin_size,
            (self.window_length - self.bins * self.bin_size) // 2,
        )
        for contig in self.contigs:
            name, length = self.genome.resolve(contig), self.genome.length(contig)
            known = known_bases(self.genome.fetch(Interval(name, 0, length)))
            sums = np.concatenate([[0], np.cumsum(known)])
            start = 0
            while start + span <= length:
                if known[start] and sums[start + span] - sums[start] >= self.known * span:
                    yield Interval(name, start - margin, start + span + margin)
                    start += span
                else:
                    start += self.bin_size


def known_bases(sequence: str) -> Bool[np.ndarray, " length"]:
    """True at A, C, G and T."""
    letters = np.frombuffer(sequence.encode(), np.uint8)
    return np.isin(letters, np.frombuffer(b"ACGT", np.uint8))


def read_coverage(
    source: BigWigSource, window: Interval, known: Bool[np.ndarray, " length"]
) -> Float[np.ndarray, "bins tracks"]:
    """Coverage of the middle of a window in the units of the targets file.

    Args:
        source: where it comes from.
        window: the whole window.
        known: which bases of the middle count; a minus strand stored as negative values counts too.

    Raises:
        DataError: a file cannot be opened or lacks the contig.
    """
    span = source.bins * source.bin_size
    start = window.start + (window.length - span) // 2
    columns = []
    for path, row in zip(_paths(source), source.tracks.frame.to_dict("records"), strict=True):
        with _opened(path, window.contig) as file:
            values = np.abs(
                np.nan_to_num(file.values(window.contig, start, start + span, numpy=True))
            )
        columns.append(_in_units(_pooled(values * known, source.bin_size, row), row))
    return np.stack(columns, axis=1).astype(np.float32)


def _pooled(values: np.ndarray, bin_size: int, row: dict) -> np.ndarray:
    bases = values.astype(np.float64).reshape(-1, bin_size)
    return bases.mean(axis=1) if row["sum_stat"] == "mean" else bases.sum(axis=1)


def _in_units(values: np.ndarray, row: dict) -> np.ndarray:
    """Scaled; above `clip_soft` only the square root of the excess counts; at most `clip`."""
    values = values * row["scale"]
    soft = row["clip_soft"]
    if not np.isnan(soft):
        values = np.where(values > soft, soft + np.sqrt(np.maximum(values - soft, 0)), values)
    return np.minimum(values, row["clip"] if not np.isnan(row["clip"]) else np.inf)


def _paths(source: BigWigSource) -> list[Path]:
    rows = pd.read_csv(source.targets, sep="\t", dtype=str)
    return [source.folder / name for name in rows["file"]]


def _opened(path: Path, contig: str) -> "pyBigWig.pyBigWig":
    if not path.is_file():
        raise DataError("There is no such file.", read=f"the bigWig {path}", do="Give its folder.")
    file = pyBigWig.open(str(path))
    if contig not in file.chroms():
        raise DataError(
            f"It has no contig {contig}.",
            read=f"{path} with {', '.join(file.chroms())}",
            do="Name a contig that it has.",
        )
    return file


def write_bigwig(source: BigWigSource, out: Path) -> int:
    """Writes all windows as the training split of one head; returns their number.

    Raises:
        DataError: no window is known well enough, or a file cannot be used.
    """
    windows = list(source.windows())
    if not windows:
        raise DataError(
            "No window is known well enough.",
            read=f"contigs {', '.join(source.contigs)} of {source.genome.description}",
            do="Name contigs with sequence, or shorter windows.",
        )
    partial = out.with_name(out.name + ".part")
    with h5py.File(partial, "w") as file:
        group = file.create_group(source.head)
        group.attrs["tracks"] = source.tracks.to_json()
        group.attrs["assembly"] = source.genome.assembly
        group.attrs["bin_size"] = source.bin_size
        group.attrs["statistics"] = json.dumps({"windows": [str(window) for window in windows]})
        for split, held in (("train", windows), ("valid", []), ("test", [])):
            _write_split(group.create_group(split), source, held)
    os.replace(partial, out)
    return len(windows)


def _write_split(group: h5py.Group, source: BigWigSource, windows: list[Interval]) -> None:
    rows = [(window.contig, window.start, window.end) for window in windows]
    sequences, targets = create_split(
        group, rows, source.window_length, source.bins, len(source.tracks)
    )
    margin = (source.window_length - source.bins * source.bin_size) // 2
    for number, window in enumerate(tqdm(windows, source.head, leave=False)):
        sequence = source.genome.fetch(window, pad=True)
        middle = known_bases(sequence)[margin : source.window_length - margin]
        sequences[number] = one_hot(sequence).numpy().astype(np.uint8)
        targets[number] = read_coverage(source, window, middle)
