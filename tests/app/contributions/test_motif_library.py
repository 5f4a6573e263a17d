"""Which motifs are looked for."""

import numpy as np

from app.contributions import motif_library
from enformer.planted import FACTORS
from interpret.motif_scan import scan_letters


def test_planted_motifs_are_those_of_the_grammar_and_sum_to_one():
    motifs = motif_library.planted()
    assert [motif.name for motif in motifs] == [factor.name for factor in FACTORS]
    assert f"the {len(FACTORS)} factors" in motif_library.PLANTED
    for motif, factor in zip(motifs, FACTORS, strict=True):
        assert motif.width == len(factor.consensus)
        np.testing.assert_allclose(motif.frequencies.sum(0), 1)


def test_a_letter_that_allows_two_bases_likes_both_alike():
    gata = next(motif for motif in motif_library.planted() if motif.name == "GATA1")
    first = gata.frequencies[:, 0]  # S is C or G
    assert first[1] == first[2]
    assert first[1] > 20 * first[0]


def test_they_find_their_own_consensus():
    motifs = motif_library.planted()
    letters = "ACGTTGCAAC" + "CAGATAAGGA" + "TTGCAACGTA"
    table = scan_letters([letters], motifs, 1e-4)
    assert motifs[int(table.iloc[0]["motif"])].name == "GATA1"
    assert table.iloc[0]["start"] == 10
