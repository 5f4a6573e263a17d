"""Motifs made and broken by variants whose effect is known, and scores by brute force."""

import numpy as np
import pytest

from enformer import Interval, Variant
from interpret.motif_change import LEAST_CHANGE, MotifChanges, motif_changes
from interpret.motif_scan import best_score
from interpret.stored import pack, unpack
from tests.interpret.test_motifs import AP1, MOTIFS, WINDOW, motif

AT = 1_000


def changes(text: str, ref: str, alt: str, offset: int) -> MotifChanges:
    """What a variant at an offset into a text does, in a window of C: no motif is anywhere else."""
    letters = "C" * AT + text + "C" * (WINDOW.length - AT - len(text))
    variant = Variant("chr1", WINDOW.start + AT + offset + 1, ref, alt)
    return motif_changes(letters, WINDOW, variant, MOTIFS, "two motifs")


def test_a_broken_motif_is_lost_where_it_was():
    (one,) = changes(AP1, "A", "C", 2).changes
    assert (one.name, one.gained, one.strand) == ("AP1", False, "+")
    start = WINDOW.start + AT
    assert one.interval == Interval("chr1", start, start + len(AP1))
    assert one.ref_score == pytest.approx(len(AP1) * np.log2(0.9701 / 0.25), rel=1e-6)
    assert one.change < -LEAST_CHANGE
    assert one.p_value <= 1e-4


def test_the_other_way_round_it_is_gained():
    broken = AP1[:2] + "C" + AP1[3:]
    (one,) = changes(broken, "C", "A", 2).changes
    assert (one.name, one.gained) == ("AP1", True)
    lost = changes(AP1, "A", "C", 2).changes[0]
    assert (one.ref_score, one.alt_score) == (lost.alt_score, lost.ref_score)
    assert one.change == -lost.change


def test_a_variant_beside_the_motif_changes_nothing():
    assert changes(AP1 + "CC", "C", "G", len(AP1) + 1).changes == ()


def test_a_motif_of_the_other_strand_is_found():
    back = AP1[::-1].translate(str.maketrans("ACGT", "TGCA"))
    (one,) = changes(back, back[4], "G" if back[4] != "G" else "A", 4).changes
    assert (one.name, one.strand, one.gained) == ("AP1", "-", False)


def test_a_deletion_breaks_and_an_insertion_through_it_too():
    (gone,) = changes(AP1, AP1[2:5], AP1[2], 2).changes
    assert not gone.gained
    (split,) = changes(AP1, AP1[4], AP1[4] + "GGG", 4).changes
    assert (split.name, split.gained) == ("AP1", False)


def test_an_insertion_that_brings_a_motif_makes_it():
    (one,) = changes("CC", "C", f"C{AP1}", 0).changes
    assert (one.name, one.gained) == ("AP1", True)


def test_the_best_score_by_brute_force():
    rng = np.random.default_rng(0)
    letters = "".join(rng.choice(list("ACGT"), 40))
    one = motif("TGACTCA", "x", 0.7)
    back = str.maketrans("ACGT", "TGCA")

    def score(text: str) -> float:
        return sum(
            np.log2((one.frequencies["ACGT".index(b), i] + 1e-4) / 0.25) for i, b in enumerate(text)
        )

    starts = range(5, 20)
    parts = [letters[at : at + 7] for at in starts]
    want = max(max(score(part), score(part[::-1].translate(back))) for part in parts)
    assert best_score(one, letters, starts) == pytest.approx(want)
    assert best_score(one, letters, range(38, 60)) == -np.inf
    assert best_score(one, "TGANTCA", range(1)) == -np.inf


def test_it_comes_back_from_the_store_and_has_a_table():
    found = changes(AP1, "A", "C", 2)
    back = unpack(pack(found))
    assert (back.changes, back.variant) == (found.changes, found.variant)
    row = found.table().iloc[0]
    assert (row["effect"], row["start"]) == ("lost", WINDOW.start + AT)
