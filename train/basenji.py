"""Basenji data sets: TFRecords, sequences.bed, targets.txt and statistics.json of one species each."""

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
from jaxtyping import Float, Float16, UInt8
from tqdm import tqdm

from enformer.coordinates import Interval
from enformer.errors import DataError
from enformer.genome import open_genome
from enformer.tracks import TrackTable
from train.flanks import Flanks
from train.hdf5 import array_of, create_split
from train.species import SPLITS
from train.tfrecord import decode_sequence, decode_target, read_features
from train.track_sums import TrackSums

HEADS = {"hg38": "human", "human": "human", "mm10": "mouse", "mouse": "mouse"}
ASSEMBLIES = {"human": "hg38", "mouse": "mm10"}


@dataclass(frozen=True)
class BasenjiFolder:
    """One species of a Basenji data set: statistics.json, sequences.bed, targets.txt, tfrecords/.

    Attributes:
        path: the folder.
        head: the output head its tracks become.
        bin_size: bp of a target bin once pooled.
        genome: FASTA that longer windows are read from.
        window: bp of a record; as stored where None.
    """

    path: Path
    head: str
    bin_size: int = 128
    genome: Path | None = None
    window: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """The attributes as JSON holds them, paths absolute; `from_dict` restores them."""
        genome = self.genome and str(self.genome.resolve())
        return {"path": str(self.path.resolve()), "head": self.head, "bin_size": self.bin_size,
                "genome": genome, "window": self.window}  # fmt: skip

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "BasenjiFolder":
        """Restores what `to_dict` wrote."""
        genome = values["genome"] and Path(values["genome"])
        return cls(**{**values, "path": Path(values["path"]), "genome": genome})

    @property
    def statistics(self) -> dict[str, int]:
        """statistics.json: seq_length, target_length, pool_width, num_targets, crop_bp, records."""
        return json.loads(self._existing("statistics.json").read_text())

    @property
    def pool(self) -> int:
        """Stored bins that are summed into one.

        Raises:
            DataError: `bin_size` is no multiple of the stored bin.
        """
        width = self.statistics["pool_width"]
        if self.bin_size % width:
            raise DataError(
                f"Bins of {width} bp cannot be summed to {self.bin_size} bp.",
                read=f"pool_width of {self.path / 'statistics.json'}",
                do=f"Ask for a multiple of {width} bp with --bin-size.",
            )
        return self.bin_size // width

    @property
    def window_length(self) -> int:
        """Bp of a record, extended or not."""
        return self.window or self.statistics["seq_length"]

    @cached_property
    def flanks(self) -> Flanks | None:
        """What extends the records, or None.

        Raises:
            DataError: the window is shorter than what is stored, or no genome is given.
        """
        added = self.window_length - self.statistics["seq_length"]
        if added and (added < 0 or added % 2 or self.genome is None):
            raise DataError(
                f"They cannot become windows of {self.window_length:,} bp"
                + (" without a genome." if added > 0 and added % 2 == 0 else "."),
                read=f"the records of {self.statistics['seq_length']:,} bp in {self.path}",
                do="Give a longer, even length and the FASTA.",
                example=f"--window 196608 --genome {self.head}=hg38.fa",
            )
        if not added or self.genome is None:
            return None
        return Flanks(open_genome(self.genome, ASSEMBLIES.get(self.head)), self.window_length)

    def tracks(self) -> TrackTable:
        """The track table of this head; its units say how stored bins were pooled."""
        table = TrackTable.read(self._existing("targets.txt"), self.head)
        if self.pool == 1:
            return table
        pooled = f" summed over {self.pool} × {self.bin_size // self.pool} bp"
        units = table.frame["unit"].str.replace(" per bin", pooled, regex=False)
        return TrackTable(table.frame.assign(unit=units))

    def files(self, split: str) -> list[Path]:
        """TFRecord files of a split in the order they were written (10 after 9)."""
        found = (self.path / "tfrecords").glob(f"{split}-*.tfr")
        return sorted(found, key=lambda path: [int(n) for n in re.findall(r"\d+", path.name)])

    def windows(self, split: str) -> pd.DataFrame:
        """Contig and 0-based window of each record of a split, in record order."""
        names = ["contig", "start", "end", "split"]
        bed = pd.read_csv(
            self._existing("sequences.bed"), sep="\t", header=None, names=names, usecols=range(4)
        )
        rows = bed[bed["split"] == split].reset_index(drop=True)
        # The BED holds either the whole window or the part that has targets.
        margin = (self.window_length - (rows["end"] - rows["start"])) // 2
        return rows.assign(start=rows["start"] - margin, end=rows["end"] + margin)

    def raw(self, split: str) -> Iterator[tuple[bytes, Float16[np.ndarray, "bins tracks"]]]:
        """Stored bytes of each sequence and its targets as stored, before pooling."""
        shape = self.statistics["target_length"], self.statistics["num_targets"]
        for path in self.files(split):
            for sequence, target in read_features(path, ("sequence", "target")):
                yield sequence, decode_target(target, *shape)

    def records(
        self, split: str
    ) -> Iterator[tuple[UInt8[np.ndarray, "length 4"], Float[np.ndarray, "bins tracks"]]]:
        """One-hot sequence, with its flanks, and pooled float32 targets of each record."""
        windows = _intervals(self.windows(split))
        for number, (sequence, target) in enumerate(self.raw(split)):
            one_hot = decode_sequence(sequence, self.statistics["seq_length"])
            if self.flanks is not None and number < len(windows):
                one_hot = self.flanks.extend(one_hot, windows[number])
            yield one_hot, pool_bins(target, self.pool)

    def _existing(self, name: str) -> Path:
        if not (self.path / name).is_file():
            raise DataError(
                f"It holds no {name}.",
                read=f"the folder {self.path}",
                do="Give one species folder of a Basenji data set, or the folder above hg38/ and mm10/.",
                example="python -m train.prepare basenji data/hg38 human.h5",
            )
        return self.path / name


def _intervals(windows: pd.DataFrame) -> list[Interval]:
    rows = windows[["contig", "start", "end"]].itertuples(index=False, name=None)
    return [Interval(str(contig), int(start), int(end)) for contig, start, end in rows]


def pool_bins(
    target: Float[np.ndarray, "fine tracks"], pool: int
) -> Float[np.ndarray, "bins tracks"]:
    """Sums every `pool` neighbouring bins in float32 (float16 would overflow and round).

    All tracks are summed, also those whose 32 bp bins hold a mean: it changes their scale only.
    """
    fine = target.astype(np.float32)
    return fine.reshape(-1, pool, fine.shape[1]).sum(axis=1)


def find_folders(
    path: Path,
    head: str | None = None,
    bin_size: int = 128,
    window: int | None = None,
    genomes: Mapping[str, Path] | None = None,
) -> list[BasenjiFolder]:
    """The species folders at `path`: itself, or those inside whose name says the species.

    Args:
        path: a folder.
        head: output head of a lone folder.
        bin_size: bp of a target bin.
        window: bp of a record, as stored where None.
        genomes: FASTA of each head whose records are extended.

    Raises:
        DataError: there is none, or the head of a lone folder is unknown.
    """
    if (path / "statistics.json").is_file():
        named = head or HEADS.get(path.resolve().name, "")
        if not named:
            raise DataError(
                "Its name does not say which species it holds.",
                read=f"the folder {path}",
                do="Name the output head with --head.",
                example=f"python -m train.prepare basenji {path} out.h5 --head human",
            )
        return [BasenjiFolder(path, named, bin_size, (genomes or {}).get(named), window)]
    inside = [path / name for name in HEADS if (path / name / "statistics.json").is_file()]
    if not inside:
        raise DataError(
            "It is no Basenji data set: neither it nor hg38/ or mm10/ in it holds statistics.json.",
            read=f"the folder {path}",
            do="Give the folder that holds statistics.json.",
        )
    heads = {HEADS[folder.name]: folder for folder in inside}
    return [BasenjiFolder(folder, name, bin_size, (genomes or {}).get(name), window)
            for name, folder in heads.items()]  # fmt: skip


def write(folders: Sequence[BasenjiFolder], out: Path) -> None:
    """Writes the HDF5 file; a half-written one never bears the name `out`.

    Raises:
        DataError: a record disagrees with the statistics or the genome, the count of records with the
            BED, or the genome knows none of the records.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    partial = out.with_name(out.name + ".part")
    with h5py.File(partial, "w") as file:
        for folder in folders:
            group = file.create_group(folder.head)
            for split in SPLITS:
                _write_split(group.create_group(split), folder, split)
            if folder.flanks is not None:
                folder.flanks.require_known()
            group.attrs["tracks"] = folder.tracks().to_json()
            group.attrs["assembly"] = ASSEMBLIES.get(folder.head, folder.path.name)
            group.attrs["bin_size"] = folder.bin_size
            group.attrs["statistics"] = json.dumps(_statistics(group, folder))
            group.attrs["source"] = json.dumps({"basenji": folder.to_dict()})
    os.replace(partial, out)


def _write_split(group: h5py.Group, folder: BasenjiFolder, split: str) -> None:
    windows, facts = folder.windows(split), folder.statistics
    bins = facts["target_length"] // folder.pool
    rows = [(window.contig, window.start, window.end) for window in _intervals(windows)]
    shape = folder.window_length, bins, facts["num_targets"]
    sequences, targets = create_split(group, rows, *shape)
    count = 0
    for one_hot, target in tqdm(
        folder.records(split), f"{folder.head} {split}", len(windows), leave=False
    ):
        if count < len(windows):
            sequences[count], targets[count] = one_hot, target
        count += 1
    _require_count(folder, split, count, len(windows))


def _require_count(folder: BasenjiFolder, split: str, found: int, expected: int) -> None:
    stated = folder.statistics.get(f"{split}_seqs", expected)
    if not found == expected == stated:
        raise DataError(
            f"The {split} split has {found:,} records, {expected:,} rows in sequences.bed and "
            f"{stated:,} in statistics.json.",
            read=f"the data set {folder.path}",
            do="Copy its tfrecords folder again.",
        )


def _statistics(group: h5py.Group, folder: BasenjiFolder) -> dict[str, object]:
    """What the source states, and mean and largest value of each track over the training split."""
    sums, targets = TrackSums(folder.statistics["num_targets"]), array_of(group, "train/targets")
    for number in range(len(targets)):
        sums.add(targets[number : number + 1])
    return {"source": folder.statistics, **sums.to_dict()}
