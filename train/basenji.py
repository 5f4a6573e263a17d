"""Basenji data sets: TFRecords, sequences.bed, targets.txt and statistics.json of one species each."""

import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
from jaxtyping import Float, Float16, UInt8
from tqdm import tqdm

from enformer.errors import DataError
from enformer.tracks import TrackTable
from train.hdf5 import array_of, create_split, group_of
from train.tfrecord import decode_sequence, decode_target, read_features

SPLITS = ("train", "valid", "test")
HEADS = {"hg38": "human", "human": "human", "mm10": "mouse", "mouse": "mouse"}
ASSEMBLIES = {"human": "hg38", "mouse": "mm10"}


@dataclass(frozen=True)
class BasenjiFolder:
    """One species of a Basenji data set: statistics.json, sequences.bed, targets.txt, tfrecords/.

    Attributes:
        path: the folder.
        head: the output head its tracks become.
        bin_size: bp of a target bin once pooled.
    """

    path: Path
    head: str
    bin_size: int = 128

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
        margin = (self.statistics["seq_length"] - (rows["end"] - rows["start"])) // 2
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
        """One-hot sequence and pooled float32 targets of each record."""
        for sequence, target in self.raw(split):
            one_hot = decode_sequence(sequence, self.statistics["seq_length"])
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


def pool_bins(
    target: Float[np.ndarray, "fine tracks"], pool: int
) -> Float[np.ndarray, "bins tracks"]:
    """Sums every `pool` neighbouring bins in float32 (float16 would overflow and round).

    All tracks are summed, also those whose 32 bp bins hold a mean: it changes their scale only.
    """
    fine = target.astype(np.float32)
    return fine.reshape(-1, pool, fine.shape[1]).sum(axis=1)


def find_folders(path: Path, head: str | None = None, bin_size: int = 128) -> list[BasenjiFolder]:
    """The species folders at `path`: itself, or those inside whose name says the species.

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
        return [BasenjiFolder(path, named, bin_size)]
    inside = [path / name for name in HEADS if (path / name / "statistics.json").is_file()]
    if not inside:
        raise DataError(
            "It is no Basenji data set: neither it nor hg38/ or mm10/ in it holds statistics.json.",
            read=f"the folder {path}",
            do="Give the folder that holds statistics.json.",
        )
    return [BasenjiFolder(folder, HEADS[folder.name], bin_size) for folder in inside]


def write(folders: Sequence[BasenjiFolder], out: Path) -> None:
    """Writes the HDF5 file; a half-written one never bears the name `out`.

    Raises:
        DataError: a record disagrees with the statistics, or the count of records with the BED.
    """
    partial = out.with_name(out.name + ".part")
    with h5py.File(partial, "w") as file:
        for folder in folders:
            group = file.create_group(folder.head)
            for split in SPLITS:
                _write_split(group.create_group(split), folder, split)
            group.attrs["tracks"] = folder.tracks().to_json()
            group.attrs["assembly"] = ASSEMBLIES.get(folder.head, folder.path.name)
            group.attrs["bin_size"] = folder.bin_size
            group.attrs["statistics"] = json.dumps(_statistics(group, folder))
    os.replace(partial, out)


def _write_split(group: h5py.Group, folder: BasenjiFolder, split: str) -> None:
    windows, facts = folder.windows(split), folder.statistics
    bins = facts["target_length"] // folder.pool
    rows = list(windows[["contig", "start", "end"]].itertuples(index=False, name=None))
    sequences, targets = create_split(group, rows, facts["seq_length"], bins, facts["num_targets"])
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
    total = np.zeros(folder.statistics["num_targets"])
    largest, bins = np.zeros_like(total), 0
    for target in array_of(group, "train/targets")[:]:
        total, bins = total + target.sum(axis=0, dtype=np.float64), bins + len(target)
        largest = np.maximum(largest, target.max(axis=0))
    means = (total / max(bins, 1)).tolist()
    return {"source": folder.statistics, "train_mean": means, "train_max": largest.tolist()}


def check(folders: Sequence[BasenjiFolder], out: Path) -> int:
    """Compares every record of `out` with its source; returns how many agree.

    Works back from the file: letters from the one-hot, sums in float64 from the stored float16.

    Raises:
        DataError: a record differs.
    """
    agreed = 0
    with h5py.File(out) as file:
        for folder in folders:
            for split in SPLITS:
                group = group_of(file, f"{folder.head}/{split}")
                for number, (sequence, target) in enumerate(folder.raw(split)):
                    _check_record(folder, group, number, sequence, target)
                    agreed += 1
    return agreed


def _check_record(
    folder: BasenjiFolder,
    group: h5py.Group,
    number: int,
    sequence: bytes,
    target: Float16[np.ndarray, "bins tracks"],
) -> None:
    one_hot, sums = (array_of(group, name)[number] for name in ("sequences", "targets"))
    letters = np.where(one_hot.any(axis=1), one_hot.argmax(axis=1), 4).astype(np.uint8)
    same_letters = sequence in (letters.tobytes(), one_hot.tobytes())
    exact = np.add.reduceat(
        target.astype(np.float64), np.arange(0, len(target), folder.pool), axis=0
    )
    if not (same_letters and np.allclose(sums, exact, rtol=1e-6, atol=0)):
        part = "targets differ" if same_letters else "sequence differs"
        raise DataError(
            f"The {part} from the source.",
            read=f"record {number} of {group.name} in {group.file.filename}",
            do="Prepare the file again.",
        )
