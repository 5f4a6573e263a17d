"""Draws synthetic genomes whose regulatory grammar is planted, with noisy tracks and the whole truth.

python -m train.synthetic OUT --seed 1
"""

import argparse
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
from jaxtyping import Float
from tqdm import tqdm

from enformer.config import OFFICIAL
from enformer.demo_sequence import Dice
from enformer.errors import EnformerLensError
from enformer.planted import HEADS, Reading, planted_tracks, read
from enformer.planted.plan import write_plan
from enformer.sequence import one_hot
from train.hdf5 import create_split
from train.synthetic_plan import random_plan

CONTIG = 1_000_000
"""Bp of a contig; windows tile it, so that predicted regions do not overlap."""
COUNTS = {
    "human": {"train": 96, "valid": 3, "test": 8},
    "mouse": {"train": 32, "valid": 2, "test": 4},
}
"""Contigs of each split of each head."""


@dataclass(frozen=True, eq=False)
class Contig:
    """A contig, its letters and what the grammar reads in them."""

    name: str
    sequence: str
    reading: Reading


def draw_contig(seed: int, head: str, split: str, number: int) -> Contig:
    """The same arguments, the same contig, whatever else is drawn."""
    name = f"{head}_{split}{number + 1}"
    dice = Dice(int.from_bytes(f"{seed} {name}".encode()))
    sequence = write_plan(random_plan(CONTIG, dice), dice)
    return Contig(name, sequence, read(sequence))


def draw_counts(contig: Contig, head: str, seed: int) -> Float[np.ndarray, "bins tracks"]:
    """Poisson noise on the expectation of every whole bin of a contig."""
    random = np.random.default_rng([seed, *contig.name.encode()])
    expected = contig.reading.expected(head, 0, contig.reading.length // OFFICIAL.bin_size)
    return random.poisson(expected).astype(np.float32)


def window_starts(length: int = CONTIG) -> range:
    """Starts of the windows of a contig, of the published geometry."""
    stride = OFFICIAL.target_bins * OFFICIAL.bin_size
    return range(0, length - OFFICIAL.window_length + 1, stride)


def write_data(out: Path, seed: int, counts: dict[str, dict[str, int]] = COUNTS) -> None:
    """The HDF5 file that `train.fit` reads, in the layout of `train.prepare`."""
    partial = out.with_name(out.name + ".part")
    with h5py.File(partial, "w") as file:
        for head, splits in counts.items():
            group = file.create_group(head)
            group.attrs["tracks"] = planted_tracks(head).to_json()
            group.attrs["assembly"] = "demo" if head == "human" else f"demo-{head}"
            group.attrs["bin_size"] = OFFICIAL.bin_size
            group.attrs["statistics"] = json.dumps({"seed": seed, "contigs": splits})
            for split, number in splits.items():
                _write_split(group.create_group(split), seed, head, split, number)
    os.replace(partial, out)


def _write_split(group: h5py.Group, seed: int, head: str, split: str, number: int) -> None:
    length, bins = OFFICIAL.window_length, OFFICIAL.target_bins
    rows = [
        (f"{head}_{split}{contig + 1}", start, start + length)
        for contig in range(number)
        for start in window_starts()
    ]
    sequences, targets = create_split(group, rows, length, bins, 4 * len(HEADS[head]))
    places: Iterator[int] = iter(range(len(rows)))
    for index in tqdm(range(number), f"{head} {split}", leave=False):
        contig = draw_contig(seed, head, split, index)
        letters = one_hot(contig.sequence).numpy().astype(np.uint8)
        counts = draw_counts(contig, head, seed)
        for start in window_starts():
            at, first = next(places), start // OFFICIAL.bin_size + OFFICIAL.crop_bins
            sequences[at] = letters[start : start + length]
            targets[at] = counts[first : first + bins]


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line: `python -m train.synthetic OUT --seed 1`."""
    parser = argparse.ArgumentParser("python -m train.synthetic", description=__doc__)
    parser.add_argument("out", type=Path, help="folder to write to")
    parser.add_argument("--seed", type=int, default=1, help="all that is random follows from it")
    given = parser.parse_args(arguments)
    try:
        given.out.mkdir(parents=True, exist_ok=True)
        write_data(given.out / "data.h5", given.seed)
    except (EnformerLensError, OSError) as error:
        parser.exit(1, f"{error}\n")


if __name__ == "__main__":
    main()
