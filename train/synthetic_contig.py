"""The contigs of the synthetic genomes: letters, what the grammar reads in them, and noisy counts."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float

from enformer.config import OFFICIAL
from enformer.demo_sequence import Dice
from enformer.planted import Reading, read
from enformer.planted.plan import Plan, write_plan
from train.synthetic_plan import random_plan

CONTIG = 1_000_000
"""Bp of a contig; windows tile it, so that predicted regions do not overlap."""


@dataclass(frozen=True, eq=False)
class Contig:
    """A contig, its letters and what the grammar reads in them."""

    name: str
    sequence: str = field(repr=False)
    reading: Reading = field(repr=False)


def contig_name(head: str, split: str, number: int) -> str:
    """Such as human_train1, for number 0."""
    return f"{head}_{split}{number + 1}"


def draw_contig(
    seed: int, head: str, split: str, number: int, plan: Callable[[int, Dice], Plan] = random_plan
) -> Contig:
    """The same arguments, the same contig, whatever else is drawn."""
    name = contig_name(head, split, number)
    dice = dice_of(seed, name)
    sequence = write_plan(plan(CONTIG, dice), dice)
    return Contig(name, sequence, read(sequence))


def dice_of(seed: int, name: str) -> Dice:
    """Chance that belongs to a name."""
    return Dice(int.from_bytes(f"{seed} {name}".encode()))


def draw_counts(contig: Contig, head: str, seed: int) -> Float[np.ndarray, "bins tracks"]:
    """Poisson noise on the expectation of every whole bin of a contig."""
    random = np.random.default_rng([seed, *contig.name.encode()])
    expected = contig.reading.expected(head, 0, contig.reading.length // OFFICIAL.bin_size)
    return random.poisson(expected).astype(np.float32)


def window_starts(length: int = CONTIG) -> range:
    """Starts of the windows of a contig, of the published geometry."""
    stride = OFFICIAL.target_bins * OFFICIAL.bin_size
    return range(0, length - OFFICIAL.window_length + 1, stride)
