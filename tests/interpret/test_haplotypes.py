"""Several variants on one copy: the sequence that results, and what of it differs."""

import numpy as np
import pytest

import enformer
from enformer import Interval, Variant, one_hot
from enformer.errors import GenomeError, QueryError
from enformer.genome import Genome
from interpret.haplotypes import edits_between, on_one_copy, sequence_with

LETTERS = "".join("ACGT"[i] for i in np.random.default_rng(5).integers(4, size=5000))
WINDOW = Interval("chr1", 1000, 2000)


class Letters(Genome):
    assembly, identity, description = "letters", "letters", "letters"

    def __init__(self, letters: str) -> None:
        self.letters, self.contigs = letters, {"chr1": len(letters), "chr2": 100}

    def _read(self, contig: str, start: int, end: int) -> str:
        return self.letters[start:end]


@pytest.fixture(scope="module")
def genome():
    return Letters(LETTERS)


def _at(start: int, length: int, alt: str) -> Variant:
    return Variant("chr1", start + 1, LETTERS[start : start + length], alt)


def _other(start: int) -> str:
    return "ACGT"[("ACGT".index(LETTERS[start]) + 1) % 4]


def test_both_edits_of_two_variants(genome):
    snv, insertion = _at(1300, 1, _other(1300)), _at(1700, 1, LETTERS[1700] + "ACGTACGT")
    copy = on_one_copy([insertion, snv], genome)
    assert copy == (snv, insertion)
    want = LETTERS[1000:1300] + snv.alt + LETTERS[1301:1701] + "ACGTACGT" + LETTERS[1701:1992]
    assert sequence_with(genome, WINDOW, copy) == want


def test_deletions_pull_in_what_follows_the_window(genome):
    copy = on_one_copy([_at(1300, 51, LETTERS[1300]), _at(1500, 31, LETTERS[1500])], genome)
    want = LETTERS[1000:1301] + LETTERS[1351:1501] + LETTERS[1531:2080]
    assert sequence_with(genome, WINDOW, copy) == want


def test_an_insertion_pushes_out_what_a_deletion_pulls_in(genome):
    copy = on_one_copy([_at(1300, 1, LETTERS[1300] + "GG"), _at(1500, 6, LETTERS[1500])], genome)
    found = sequence_with(genome, WINDOW, copy)
    assert len(found) == 1000
    assert found == LETTERS[1000:1301] + "GG" + LETTERS[1301:1501] + LETTERS[1506:2003]


def test_at_the_end_of_the_contig_the_rest_is_unknown(genome):
    window = Interval("chr1", 4500, 5500)
    copy = on_one_copy([_at(4600, 11, LETTERS[4600]), _at(4800, 1, _other(4800))], genome)
    found = sequence_with(genome, window, copy)
    assert len(found) == 1000
    assert found.count("N") == 510


def test_an_indel_does_not_overwrite_as_many_bases_as_alt_has(genome):
    found = sequence_with(genome, WINDOW, (_at(1500, 1, LETTERS[1500] + "TTTT"),))
    assert found == LETTERS[1000:1501] + "TTTT" + LETTERS[1501:1996]


def test_a_base_beside_a_deletion_may_change_too(genome):
    """The row of a deletion begins with a base that stays: another variant may change that one."""
    copy = on_one_copy([_at(1500, 4, LETTERS[1500]), _at(1500, 1, _other(1500))], genome)
    found = sequence_with(genome, WINDOW, copy)
    assert found[499:502] == LETTERS[1499] + _other(1500) + LETTERS[1504]


@pytest.mark.parametrize(
    "two",
    [
        ((1500, 1, "A"), (1500, 1, "C")),
        ((1500, 20, "A"), (1510, 1, "A")),
        ((1500, 1, "AA"), (1500, 1, "CC")),
    ],
)
def test_variants_of_the_same_bases_are_refused(genome, two):
    letters = list(LETTERS)
    for start, length, _ in two:
        letters[start : start + length] = "G" * length
    same = Letters("".join(letters))
    variants = [Variant("chr1", start + 1, "G" * length, alt) for start, length, alt in two]
    with pytest.raises(QueryError, match="same bases"):
        on_one_copy(variants, same)


def test_two_insertions_at_one_place_have_no_order(genome):
    base = LETTERS[1500]
    with pytest.raises(QueryError, match="same bases"):
        on_one_copy([_at(1500, 1, base + "TT"), _at(1500, 1, base + "GG")], genome)


def test_no_variant_and_two_contigs_are_refused(genome):
    with pytest.raises(QueryError, match="one variant or several"):
        on_one_copy([], genome)
    other = Variant("chr2", 1, LETTERS[0], _other(0))
    with pytest.raises(QueryError, match="all on one contig"):
        on_one_copy([_at(1500, 1, _other(1500)), other], genome)


def test_a_ref_that_is_not_there_names_both(genome):
    wrong = Variant("chr1", 1501, _other(1500), LETTERS[1500])
    with pytest.raises(
        GenomeError, match=f"REF is {_other(1500)}, but letters has {LETTERS[1500]}"
    ):
        on_one_copy([wrong], genome)


def test_a_variant_outside_the_window_is_refused(genome):
    with pytest.raises(GenomeError, match="does not lie in the window"):
        sequence_with(genome, WINDOW, (_at(2000, 1, _other(2000)),))


@pytest.mark.parametrize("flipped", [False, True])
def test_edits_make_alt_of_ref(genome, flipped):
    kinds = [
        ([(1300, 1, _other(1300)), (1800, 1, _other(1800))], 2),
        ([(1300, 1, _other(1300)), (1310, 1, _other(1310))], 1),
        ([(1300, 1, LETTERS[1300] + "ACG")], 1),
        ([(1300, 20, LETTERS[1300])], 1),
    ]
    for rows, count in kinds:
        copy = on_one_copy([_at(*row) for row in rows], genome)
        ref = one_hot(LETTERS[1000:2000])
        alt = one_hot(sequence_with(genome, WINDOW, copy))
        if flipped:
            ref, alt = enformer.sequence.reverse_complement_one_hot(ref), alt.flip(0, 1)
        edits = edits_between(ref, alt)
        assert len(edits) == count
        for edit in edits:
            ref[edit.start : edit.stop] = edit.bases
        assert (ref == alt).all()


def test_the_reference_has_no_edits():
    x = one_hot(LETTERS[:100])
    assert edits_between(x, x.clone()) == []
