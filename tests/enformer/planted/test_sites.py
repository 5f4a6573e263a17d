import re

import numpy as np
import pytest

from enformer.planted.factors import FACTORS
from enformer.planted.sites import find_sites, letters_to_bits, reverse_complement_iupac
from enformer.sequence import reverse_complement

IUPAC = {
    **{letter: letter for letter in "ACGT"},
    "R": "[AG]", "Y": "[CT]", "S": "[CG]", "W": "[AT]", "K": "[GT]", "M": "[AC]", "N": "[ACGT]",
    "B": "[CGT]", "D": "[AGT]", "H": "[ACT]", "V": "[ACG]",
}  # fmt: skip


def by_regex(sequence: str) -> set[tuple[str, int, int, bool]]:
    """Every overlapping match, found another way."""
    found = set()
    for factor in FACTORS:
        for reverse in (False, True):
            text = reverse_complement_iupac(factor.consensus) if reverse else factor.consensus
            pattern = re.compile("(?=" + "".join(IUPAC[letter] for letter in text) + ")")
            for match in pattern.finditer(sequence):
                at = match.start()
                if not reverse or (factor.name, at, at + len(text), False) not in found:
                    found.add((factor.name, at, at + len(text), reverse))
    return found


def as_set(sites) -> set[tuple[str, int, int, bool]]:
    rows = zip(*(column.tolist() for column in sites), strict=True)
    return {(FACTORS[factor].name, start, end, reverse) for factor, start, end, reverse in rows}


@pytest.fixture(scope="module")
def sequence() -> str:
    """Random DNA with N, into which every factor was written on both strands."""
    random = np.random.default_rng(3)
    letters = random.choice(list("ACGT"), 60_000)
    letters[500:520] = "N"
    text = "".join(letters)
    for number, factor in enumerate(FACTORS):
        motif = "".join(
            random.choice(list(IUPAC[letter].strip("[]"))) for letter in factor.consensus
        )
        for at, written in ((1_000, motif), (1_500, reverse_complement(motif))):
            at += 1_000 * number
            text = text[:at] + written + text[at + len(written) :]
    return text


def test_sites_are_those_of_a_regular_expression(sequence: str):
    expected = by_regex(sequence)
    assert len({row[0] for row in expected}) == len(FACTORS)
    assert as_set(find_sites(letters_to_bits(sequence))) == expected


def test_the_other_strand_has_the_same_sites_mirrored(sequence: str):
    here = as_set(find_sites(letters_to_bits(sequence)))
    there = as_set(find_sites(letters_to_bits(reverse_complement(sequence))))
    length = len(sequence)
    places = {(name, length - end, length - start) for name, start, end, _ in there}
    assert places == {row[:3] for row in here}


def test_sites_are_in_order_and_a_palindrome_counts_once():
    sites = find_sites(letters_to_bits("TTTT" + "GTTGCCATGGCAAC" + "TTTT"))
    assert as_set(sites) == {("RFX3", 4, 18, False)}
    assert (np.diff(sites.start) >= 0).all()


def test_nothing_binds_n_or_a_sequence_shorter_than_a_motif():
    assert len(find_sites(letters_to_bits("N" * 1_000)).start) == 0
    assert len(find_sites(letters_to_bits("ACG")).start) == 0
    assert len(find_sites(letters_to_bits("")).start) == 0
