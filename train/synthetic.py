"""Draws synthetic genomes whose regulatory grammar is planted, with noisy tracks and the whole truth.

    python -m train.synthetic OUT --seed 1

OUT/data.h5 is what `train.fit` reads, and OUT/practice.h5 the same of contigs crowded with sites. OUT/human
and OUT/mouse hold the test contigs, which no model may be trained on: genome.fa, genes.bed, tracks/*.bw with
targets.txt, and truth/ with promoters, sites, enhancers, domains, links and their effects, the noiseless
expectation, and variants.vcf.gz with what each truly does.
"""

import argparse
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TypeAlias

import h5py
import numpy as np
from jaxtyping import Float, UInt8
from tqdm import tqdm

from enformer.config import OFFICIAL
from enformer.demo_sequence import Dice
from enformer.errors import EnformerLensError
from enformer.planted import HEADS, planted_tracks
from enformer.planted.factors import ASSAYS
from enformer.planted.plan import Plan
from enformer.sequence import one_hot
from train.hdf5 import create_split
from train.synthetic_contig import contig_name, draw_contig, draw_counts, window_starts
from train.synthetic_files import write_files
from train.synthetic_plan import practice_plan, random_plan

COUNTS: Mapping[str, Mapping[str, int]] = {
    "human": {"train": 96, "valid": 3, "test": 8},
    "mouse": {"train": 32, "valid": 2, "test": 4},
}
"""Contigs of 1 Mb in each split of each head."""
PRACTICE: Mapping[str, Mapping[str, int]] = {
    "human": {"train": 16, "valid": 1},
    "mouse": {"train": 6, "valid": 1},
}
"""The same, of the contigs crowded with sites."""
Planner: TypeAlias = Callable[[int, Dice], Plan]
Drawn: TypeAlias = tuple[UInt8[np.ndarray, "length 4"], Float[np.ndarray, "bins tracks"]]


def write_data(
    out: Path,
    seed: int,
    counts: Mapping[str, Mapping[str, int]] = COUNTS,
    plan: Planner = random_plan,
    workers: int = 1,
) -> None:
    """The HDF5 file that `train.fit` reads, in the layout of `train.prepare`, drawn by so many processes."""
    unfinished = out.with_name(out.name + ".part")
    with h5py.File(unfinished, "w") as file:
        for head, splits in counts.items():
            group = file.create_group(head)
            group.attrs["tracks"] = planted_tracks(head).to_json()
            group.attrs["assembly"] = "demo" if head == "human" else f"demo-{head}"
            group.attrs["bin_size"] = OFFICIAL.bin_size
            group.attrs["statistics"] = json.dumps({"seed": seed, "contigs": dict(splits)})
            for split, number in splits.items():
                draw = partial(_draw, seed, head, split, plan=plan)
                _write_split(
                    group.create_group(split), head, split, number, _each(draw, number, workers)
                )
    os.replace(unfinished, out)


def _write_split(
    group: h5py.Group, head: str, split: str, number: int, drawn: Iterable[Drawn]
) -> None:
    length, bins = OFFICIAL.window_length, OFFICIAL.target_bins
    rows = [
        (contig_name(head, split, contig), start, start + length)
        for contig in range(number)
        for start in window_starts()
    ]
    tracks = len(ASSAYS) * len(HEADS[head])
    sequences, targets = create_split(group, rows, length, bins, tracks)
    places = iter(range(len(rows)))
    for letters, counts in tqdm(drawn, f"{head} {split}", number, leave=False):
        for start in window_starts():
            at, first = next(places), start // OFFICIAL.bin_size + OFFICIAL.crop_bins
            sequences[at] = letters[start : start + length]
            targets[at] = counts[first : first + bins]


def _each(draw: Callable[[int], Drawn], number: int, workers: int) -> Iterator[Drawn]:
    """Contigs in order, from this process or from fresh ones."""
    if workers <= 1:
        yield from map(draw, range(number))
        return
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        yield from pool.map(draw, range(number))


def _draw(seed: int, head: str, split: str, number: int, plan: Planner) -> Drawn:
    """One-hot letters and noisy counts of a contig."""
    contig = draw_contig(seed, head, split, number, plan)
    letters = one_hot(contig.sequence).numpy().astype(np.uint8)
    return letters, draw_counts(contig, head, seed)


def write_truth(out: Path, seed: int, counts: Mapping[str, Mapping[str, int]] = COUNTS) -> None:
    """The test contigs of each head as files, with their truth."""
    for head, splits in counts.items():
        contigs = [draw_contig(seed, head, "test", number) for number in range(splits["test"])]
        write_files(out / head, contigs, head, seed)


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line: `python -m train.synthetic OUT --seed 1`."""
    parser = argparse.ArgumentParser(
        "python -m train.synthetic",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("out", type=Path, help="folder to write to")
    parser.add_argument("--seed", type=int, default=1, help="all that is random follows from it")
    cores = os.cpu_count() or 1
    parser.add_argument("--workers", type=int, default=cores, help=f"processes ({cores})")
    given = parser.parse_args(arguments)
    try:
        given.out.mkdir(parents=True, exist_ok=True)
        drawn = given.out / "practice.h5", given.seed, PRACTICE, practice_plan, given.workers
        write_data(*drawn)
        write_data(given.out / "data.h5", given.seed, workers=given.workers)
        write_truth(given.out, given.seed)
    except (EnformerLensError, OSError) as error:
        parser.exit(1, f"{error}\n")


if __name__ == "__main__":
    main()
