"""Batches for training, each a pure function of the seed and the step: resuming needs no state."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import h5py
import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor
from torch.utils.data import Dataset

from enformer.coordinates import Interval
from enformer.errors import DataError
from enformer.tracks import TrackTable
from train.augment import augment, draw, mutate
from train.hdf5 import array_of, group_of


class Record(NamedTuple):
    """One window and its targets."""

    one_hot: UInt8[np.ndarray, "length 4"]
    targets: Float[np.ndarray, "bins tracks"]


class Batch(NamedTuple):
    """What one step trains on, or a part of it; `records` are places in the head's training split."""

    head: str
    one_hot: Float[Tensor, "batch length 4"]
    targets: Float[Tensor, "batch bins tracks"]
    records: tuple[int, ...] = ()

    def split(self, parts: int) -> "list[Batch]":
        """Equal parts, in order."""
        size = len(self.one_hot) // parts
        return [
            Batch(self.head, self.one_hot[i : i + size], self.targets[i : i + size],
                  self.records[i : i + size])
            for i in range(0, size * parts, size)
        ]  # fmt: skip


def heads_of(data: Path) -> list[str]:
    """Heads of a prepared file.

    Raises:
        DataError: there is no such file.
    """
    if not data.is_file():
        raise DataError(
            "There is no such file.",
            read=f"the data file {data}",
            do="Make it first.",
            example=f"python -m train.prepare basenji DIR {data}",
        )
    with h5py.File(data) as file:
        return list(file)


class Windows(Sequence[Record]):
    """The records of one head and split of a prepared file, read when asked for."""

    def __init__(self, path: Path, head: str, split: str) -> None:
        """Reads what the file says of itself.

        Raises:
            DataError: the file does not exist or has no such head or split.
        """
        heads_of(path)
        self.path, self.head, self.split = path, head, split
        with h5py.File(path) as file:
            held = group_of(group_of(file, head), split)
            facts: dict[str, Any] = dict(file[head].attrs)
            self.records, self.window_length = array_of(held, "sequences").shape[:2]
            self.bins = array_of(held, "targets").shape[1]
        self.tracks = TrackTable.from_json(facts["tracks"])
        self.bin_size, self.assembly = int(facts["bin_size"]), str(facts["assembly"])
        self._opened: tuple[int, h5py.File] | None = None

    def _array(self, name: str) -> h5py.Dataset:
        """An array of the split; each process opens the file itself, as handles survive no fork."""
        if self._opened is None or self._opened[0] != os.getpid():
            self._opened = os.getpid(), h5py.File(self.path)
        return array_of(self._opened[1], f"{self.head}/{self.split}/{name}")

    @cached_property
    def intervals(self) -> tuple[Interval, ...]:
        """The whole window of each record."""
        contigs = self._array("contig").asstr()[:]
        places = zip(contigs, self._array("start")[:], self._array("end")[:], strict=True)
        return tuple(Interval(str(contig), int(start), int(end)) for contig, start, end in places)

    def __len__(self) -> int:
        return self.records

    def __getitem__(self, index: int) -> Record:  # pyright: ignore[reportIncompatibleMethodOverride]
        if not 0 <= index < self.records:
            raise IndexError(index)
        return Record(self._array("sequences")[index], self._array("targets")[index])


def crop(record: Record, bin_size: int, window_length: int, bins: int, first_bin: int) -> Record:
    """`bins` targets from `first_bin` on, under a window of `window_length` bp centred on them.

    Raises:
        DataError: that reaches beyond the stored sequence or its targets.
    """
    length, stored_bins = len(record.one_hot), len(record.targets)
    centre = length // 2 + (2 * first_bin + bins - stored_bins) * bin_size // 2
    start = centre - window_length // 2
    if start < 0 or start + window_length > length or not 0 <= first_bin <= stored_bins - bins:
        raise DataError(
            f"A window of {window_length:,} bp around bins {first_bin} to {first_bin + bins} leaves "
            "the stored sequence.",
            read=f"a record of {length:,} bp with {stored_bins} bins",
            do="Ask for a shorter window or other bins.",
        )
    stop = first_bin + bins
    return Record(record.one_hot[start : start + window_length], record.targets[first_bin:stop])


@dataclass(frozen=True)
class Sampling:
    """How batches are drawn.

    Attributes:
        seed: all that is random follows from it and the step.
        schedule: heads in turn, one per step.
        batch_size: windows of a batch, all different while an epoch lasts.
        window_length: bp of input; the stored window or a shorter one at a random place.
        bins: targets of each window.
        max_shift: largest random shift in bp.
        reverse_complement: whether half of the windows are read on the other strand.
        mutation_rate: share of bases that are drawn anew.
        accumulate: parts of a batch that are computed one after the other.
        processes: processes that compute a part together, each its share.
        rank: which of them this is.
    """

    seed: int
    schedule: tuple[str, ...]
    batch_size: int
    window_length: int
    bins: int
    max_shift: int = 4
    reverse_complement: bool = True
    mutation_rate: float = 0.0
    accumulate: int = 1
    processes: int = 1
    rank: int = 0

    @property
    def own(self) -> list[int]:
        """Places in the batch that this process reads: its share of every part, in order."""
        places = np.arange(self.batch_size).reshape(self.accumulate, self.processes, -1)
        return places[:, self.rank].ravel().tolist()


class StepBatches(Dataset[Batch]):
    """Item n is the batch of step n, whatever was asked before, or this process's share of it.

    What is drawn for a window follows from the seed, the step and its place in the batch, so that a
    batch is the same however many processes share it.
    """

    def __init__(self, windows: Mapping[str, Windows], sampling: Sampling) -> None:
        self.windows, self.sampling = dict(windows), sampling
        self.pairs = {head: held.tracks.strand_pairs(head) for head, held in windows.items()}

    def __getitem__(self, step: int) -> Batch:
        head, records = self.head_of(step), self._records_of(step)
        seeds = {place: [self.sampling.seed, step, place] for place in self.sampling.own}
        drawn = [
            self._draw(head, records[place], np.random.default_rng(seed))
            for place, seed in seeds.items()
        ]
        one_hot = torch.from_numpy(np.stack([record.one_hot for record in drawn]))
        targets = torch.from_numpy(np.stack([record.targets for record in drawn]))
        return Batch(head, one_hot.float(), targets, tuple(records[place] for place in seeds))

    def name(self, batch: Batch) -> str:
        """Head and windows of a batch as a person looks them up: 1-based and inclusive."""
        windows = self.windows[batch.head]
        places = ", ".join(f"{windows.intervals[record]} (record {record})" for record in batch.records)
        return f"head {batch.head}, {places}"

    def head_of(self, step: int) -> str:
        """The head that step `step` trains."""
        return self.sampling.schedule[step % len(self.sampling.schedule)]

    def _records_of(self, step: int) -> list[int]:
        """Records of a batch: epoch after epoch, each a new permutation of the head's windows."""
        schedule, head = self.sampling.schedule, self.head_of(step)
        rounds, rest = divmod(step, len(schedule))
        seen = rounds * schedule.count(head) + schedule[:rest].count(head)
        first, size = seen * self.sampling.batch_size, len(self.windows[head])
        return [self._shuffled(head, j // size)[j % size]
                for j in range(first, first + self.sampling.batch_size)]  # fmt: skip

    def _shuffled(self, head: str, epoch: int) -> list[int]:
        key = [self.sampling.seed, epoch, *head.encode()]
        return np.random.default_rng(key).permutation(len(self.windows[head])).tolist()

    def _draw(self, head: str, index: int, random: np.random.Generator) -> Record:
        held, how = self.windows[head], self.sampling
        change = draw(random, how.max_shift, how.reverse_complement)
        first_bin = int(random.integers(held.bins - how.bins + 1))
        record = Record(*augment(*held[index], change, self.pairs[head]))
        record = crop(record, held.bin_size, how.window_length, how.bins, first_bin)
        return record._replace(one_hot=mutate(record.one_hot, how.mutation_rate, random))
