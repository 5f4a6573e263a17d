"""DNA that holds what the grammar can read: background without chance sites, and motifs written into it."""

from collections.abc import Iterator, Sequence

import numpy as np
from jaxtyping import UInt8

from enformer.demo_sequence import Dice, Strand, Writer
from enformer.planted.factors import BY_NAME, FACTORS, Factor
from enformer.planted.sites import find_sites, letters_to_bits, reverse_complement_iupac

_CHOICES = {
    "R": "AG", "Y": "CT", "S": "CG", "W": "AT", "K": "GT", "M": "AC",
    "B": "CGT", "D": "AGT", "H": "ACT", "V": "ACG", "N": "ACGT",
}  # fmt: skip
ENHANCER_STEP = 48
"""Bp from one site of an enhancer to the next."""


def scrub(codes: UInt8[np.ndarray, " length"], dice: Dice) -> None:
    """Breaks every site that is there by chance, in place: one of its fixed letters is changed."""
    while len((sites := find_sites(1 << codes)).start):
        for number, start, reverse in zip(sites.factor, sites.start, sites.reverse, strict=True):
            consensus = FACTORS[number].consensus
            consensus = reverse_complement_iupac(consensus) if reverse else consensus
            fixed = [place for place, letter in enumerate(consensus) if letter in "ACGT"]
            at = int(start) + fixed[dice.integer(0, len(fixed))]
            codes[at] = (codes[at] + dice.integer(1, 4)) % 4


def draw_motif(factor: Factor, dice: Dice) -> str:
    """One of the sequences a factor binds."""
    choices = (_CHOICES.get(letter, letter) for letter in factor.consensus)
    return "".join(options[dice.integer(0, len(options))] for options in choices)


def broken(factor: Factor, dice: Dice) -> str:
    """A motif with one fixed letter changed: nothing binds, until a variant mends it."""
    text = draw_motif(factor, dice)
    changed = [text[:at] + base + text[at + 1 :]
               for at, letter in enumerate(factor.consensus) if letter in "ACGT"
               for base in "ACGT" if base != letter]  # fmt: skip
    unbound = [one for one in changed if not len(find_sites(letters_to_bits(one)).start)]
    return unbound[dice.integer(0, len(unbound))]


def write_enhancer(writer: Writer, start: int, factors: Sequence[Factor], dice: Dice) -> int:
    """One site of each factor, 48 bp apart, on random strands; returns the element's end."""
    for number, factor in enumerate(factors):
        text = draw_motif(factor, dice)
        at = start + number * ENHANCER_STEP + dice.integer(0, ENHANCER_STEP - len(text) - 8)
        strand = dice.strand()
        writer.motif(at if strand == "+" else at + len(text) - 1, 0, text, strand)
    return start + len(factors) * ENHANCER_STEP


def write_promoter(
    writer: Writer,
    tss: int,
    strand: Strand,
    core: Factor,
    text: str,
    helpers: Sequence[Factor],
    dice: Dice,
) -> None:
    """The text of a core in its place before (TATA) or behind (YY1) the start, and helpers upstream of it."""
    writer.motif(tss, -core.start, text, strand)
    for helper, offset in zip(helpers, _helper_places(), strict=False):
        writer.motif(tss, offset + dice.integer(0, 12), draw_motif(helper, dice), strand)


def _helper_places() -> Iterator[int]:
    return iter(range(-70, -280, -28))


def write_insulator(writer: Writer, at: int, strand: Strand, dice: Dice) -> None:
    """A CTCF site that starts (plus) or ends (minus) at a place."""
    writer.motif(at, 0, draw_motif(BY_NAME["CTCF"], dice), strand)
