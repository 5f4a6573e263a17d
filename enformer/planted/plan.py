"""What is to be where on a contig, and the contig written accordingly."""

from collections.abc import Callable
from dataclasses import dataclass

from enformer.demo_sequence import Dice, Strand, Writer, background, island
from enformer.planted.compose import (
    broken,
    draw_motif,
    scrub,
    write_enhancer,
    write_insulator,
    write_promoter,
)
from enformer.planted.factors import BY_NAME, Factor

ISLAND = 700
"""Bp of CpG island on each side of the start of a YY1 promoter."""


@dataclass(frozen=True)
class PlannedPromoter:
    """A start of transcription: 0-based base, strand, core factor, and helpers from the nearest on.

    In a dead one the core is broken by one letter, and nothing starts.
    """

    tss: int
    strand: Strand
    core: str
    helpers: tuple[Factor, ...] = ()
    dead: bool = False

    @property
    def housekeeping(self) -> bool:
        """Whether it lies in a CpG island."""
        return self.core == "YY1"


@dataclass(frozen=True)
class PlannedEnhancer:
    """An element from a base on: its factors in order, and those whose site is broken by one letter."""

    start: int
    factors: tuple[Factor, ...]
    broken: tuple[Factor, ...] = ()


@dataclass(frozen=True)
class Plan:
    """A contig: its length, promoters, enhancers, and the bases where insulators start."""

    length: int
    promoters: tuple[PlannedPromoter, ...]
    enhancers: tuple[PlannedEnhancer, ...]
    walls: tuple[int, ...]


def write_plan(plan: Plan, dice: Dice, before: Callable[[Writer], None] | None = None) -> str:
    """The contig in letters.

    Args:
        plan: what it holds.
        dice: where all chance comes from.
        before: writes what must not break a motif, such as codons; chance sites in it are broken too.
    """
    codes = background(dice, plan.length)
    writer = Writer(codes)
    for promoter in plan.promoters:
        if promoter.housekeeping:
            writer.put(promoter.tss - ISLAND, island(dice, 2 * ISLAND))
    if before is not None:
        before(writer)
    scrub(codes, dice)
    for at in plan.walls:
        write_insulator(writer, at, dice.strand(), dice)
    for enhancer in plan.enhancers:
        end = write_enhancer(writer, enhancer.start, enhancer.factors, dice)
        for number, factor in enumerate(enhancer.broken):
            writer.motif(end + 24 * number, 0, broken(factor, dice), "+")
    for promoter in plan.promoters:
        core = BY_NAME[promoter.core]
        text = broken(core, dice) if promoter.dead else draw_motif(core, dice)
        write_promoter(writer, promoter.tss, promoter.strand, core, text, promoter.helpers, dice)
    return writer.text()
