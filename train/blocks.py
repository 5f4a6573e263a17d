"""Blocks of windows, each written to a file of its own, by one or several processes."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import h5py

from enformer.coordinates import Interval
from train.hdf5 import create_split
from train.records import RecordReader
from train.species import Species


@dataclass(frozen=True)
class Block:
    """Neighbouring windows of a split, the first of them being record `start`."""

    head: str
    split: str
    start: int
    windows: tuple[Interval, ...]

    @property
    def name(self) -> str:
        """Its file in the folder of parts."""
        return f"{self.head}-{self.split}-{self.start:07}.h5"


def room(
    group: h5py.Group, species: Species, windows: Sequence[Interval], tracks: int
) -> tuple[h5py.Dataset, h5py.Dataset]:
    """The arrays of windows in a group, as `create_split` gives them."""
    rows = [(window.contig, window.start, window.end) for window in windows]
    lengths = species.geometry
    return create_split(group, rows, lengths.window_length, lengths.bins, tracks)


def run_blocks(
    species: dict[str, Species], parts: Path, blocks: list[Block], workers: int
) -> Iterator[int]:
    """Writes blocks; yields the windows of each when it is done."""
    if workers <= 1:
        writer = BlockWriter(species, parts)
        yield from map(writer.write, blocks)
        return
    # Fresh interpreters: HDF5 and torch hold threads and locks that survive no fork.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _begin_worker, (species, parts)) as pool:
        try:
            for done in as_completed([pool.submit(_write_in_worker, block) for block in blocks]):
                yield done.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


class BlockWriter:
    """Writes blocks in one process, which opens each genome once."""

    def __init__(self, species: dict[str, Species], parts: Path) -> None:
        self.species, self.parts = species, parts
        self._readers: dict[str, RecordReader] = {}

    def write(self, block: Block) -> int:
        """Writes one block under its name once it is whole; returns its number of windows."""
        if block.head not in self._readers:
            self._readers[block.head] = RecordReader(self.species[block.head])
        reader, aside = self._readers[block.head], self.parts / f"{block.name}.{os.getpid()}"
        with h5py.File(aside, "w") as file:
            sequences, targets = room(
                file, self.species[block.head], block.windows, len(reader.tracks)
            )
            for number, window in enumerate(block.windows):
                sequences[number], targets[number] = reader.record(window)
        aside.replace(self.parts / block.name)
        return len(block.windows)


_writer: BlockWriter


def _begin_worker(species: dict[str, Species], parts: Path) -> None:
    global _writer
    # Ctrl-C reaches the whole group of processes: the parent decides, a block in hand is finished.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _writer = BlockWriter(species, parts)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Ends a worker whose parent was killed: nobody would ever tell it that the work is over."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _write_in_worker(block: Block) -> int:
    return _writer.write(block)
