"""Seqlets, and motifs planted where they must be found."""

from itertools import product

import numpy as np
import pytest

from enformer import Interval
from enformer.errors import EnformerLensError
from interpret.contributions import INTEGRATED, Contributions
from interpret.motif_files import Motif
from interpret.motifs import find_seqlets, scan_motifs
from interpret.target import Target

AP1 = "TGACTCATCG"
WINDOW = Interval("chr1", 5_000, 9_000)
RNG = np.random.default_rng


def contributions(letters: str, values: np.ndarray) -> Contributions:
    """Contributions of a window: `values` of each position."""
    spread = np.zeros((len(letters), 4), dtype=np.float32)
    spread[:, 0] = values
    return Contributions(
        interval=WINDOW,
        target=Target("human", (0,), (0,)),
        provenance=None,
        method=INTEGRATED,
        baseline="zeros",
        letters=letters,
        values=spread,
        gradient=spread,
        baseline_bases=np.zeros_like(spread),
        steps=50,
        value=1.0,
        baseline_value=0.0,
        reverse_complement=False,
    )


def motif(consensus: str, name: str, sure: float = 0.97) -> Motif:
    frequencies = np.full((4, len(consensus)), (1 - sure) / 3)
    frequencies[["ACGT".index(base) for base in consensus], range(len(consensus))] = sure
    return Motif(f"M_{name}", name, frequencies)


def planted(at: int, text: str, height: float = 1.0) -> Contributions:
    """Random letters of a window, a text planted in them, and contributions over it alone."""
    letters = "".join(RNG(0).choice(list("ACGT"), WINDOW.length))
    letters = letters[:at] + text + letters[at + len(text) :]
    values = np.zeros(WINDOW.length)
    values[at : at + len(text)] = height
    return contributions(letters, values)


MOTIFS = (motif(AP1, "AP1"), motif("GGGACGTCCA", "other"))


@pytest.mark.parametrize("at", [0, 1_234, 3_990])
def test_a_planted_motif_is_found_where_it_is(at: int):
    found = scan_motifs(planted(at, AP1), MOTIFS)
    (hit,) = found.hits
    assert (hit.name, hit.id, hit.strand, hit.seqlet) == ("AP1", "M_AP1", "+", 0)
    assert hit.interval == Interval("chr1", 5_000 + at, 5_010 + at)
    assert hit.contribution == pytest.approx(10)
    assert found.seqlets[0].interval.contains(hit.interval)
    assert found.seqlets[0].contribution == pytest.approx(10)
    assert hit.p_value == pytest.approx(4.0**-10)  # the one best of all sequences of its length
    row = found.table().iloc[0]
    assert (row["contig"], row["start"], row["end"], row["name"]) == (
        "chr1",
        5_000 + at,
        5_010 + at,
        "AP1",
    )


def test_the_other_strand_is_found_at_the_same_place():
    turned = AP1[::-1].translate(str.maketrans("ACGT", "TGCA"))
    (hit,) = scan_motifs(planted(700, turned, -2.0), MOTIFS).hits
    assert (hit.name, hit.strand, hit.interval) == ("AP1", "-", Interval("chr1", 5_700, 5_710))
    assert hit.contribution == pytest.approx(-20)


def test_where_nothing_is_known_or_contributes_nothing_is_found():
    assert scan_motifs(planted(700, "N" * 10), MOTIFS).hits == ()
    assert scan_motifs(planted(700, AP1[:5] + "N" + AP1[6:]), MOTIFS, threshold=1e-2).hits == ()
    silent = scan_motifs(planted(700, AP1, 0.0), MOTIFS)
    assert (silent.seqlets, silent.hits) == ((), ())
    assert silent.table().empty
    elsewhere = planted(700, AP1)
    values = np.zeros(WINDOW.length)
    values[2_000:2_010] = 1
    far = scan_motifs(contributions(elsewhere.letters, values), MOTIFS)
    assert len(far.seqlets) == 1
    assert far.hits == ()


def test_p_values_are_those_of_all_sequences():
    rng = RNG(3)
    weights = rng.dirichlet(np.ones(4), 6).T
    found = scan_motifs(planted(100, AP1), [Motif("r", "r", weights)], threshold=0.05)
    odds = np.log2(weights + 1e-4) + 2
    scores = np.array(
        [sum(odds[b, i] for i, b in enumerate(s)) for s in product(range(4), repeat=6)]
    )
    assert len(found.hits) > 0
    for hit in found.hits:  # memelite rounds each of the 6 odds to a tenth
        higher, lower = ((scores >= hit.score + d).mean() for d in (0.3, -0.4))
        assert higher <= hit.p_value <= lower


def test_q_values_are_of_all_places_looked_at():
    found = scan_motifs(planted(100, AP1), MOTIFS)
    places = 2 * (35 - 10 + 1) * 2
    (hit,) = found.hits
    assert hit.q_value == pytest.approx(hit.p_value * places)


def test_seqlets_are_peaks_of_one_width():
    values = np.zeros(WINDOW.length)
    for place, height in ((5, 3), (1_000, 10), (1_020, -8), (2_000, 0.9), (3_998, 4)):
        values[place] = height
    found = find_seqlets(contributions("A" * WINDOW.length, values))
    assert [s.interval.start - WINDOW.start for s in found] == [0, 983, 1003, 3965]
    assert {s.interval.length for s in found} == {35}
    first = find_seqlets(contributions("A" * WINDOW.length, values), at_most=2)
    assert [s.interval.start - WINDOW.start for s in first] == [983, 1003]
    low = find_seqlets(contributions("A" * WINDOW.length, values), height=0.01)
    assert len(low) == 5


def test_a_motif_longer_than_a_seqlet_is_not_found_and_breaks_nothing():
    long = motif(AP1 * 4, "long")
    assert [hit.name for hit in scan_motifs(planted(100, AP1), [long, *MOTIFS]).hits] == ["AP1"]


@pytest.mark.parametrize("wrong", [{"core": 0}, {"height": 0.0}, {"at_most": 0}, {"flank": 9_999}])
def test_widths_and_shares_that_cannot_be_are_refused(wrong: dict):
    with pytest.raises(EnformerLensError, match="Seqlets have"):
        find_seqlets(planted(100, AP1), **wrong)


def test_a_scan_for_nothing_is_refused():
    with pytest.raises(EnformerLensError, match="at least one motif"):
        scan_motifs(planted(100, AP1), [])
    with pytest.raises(EnformerLensError, match="p-value"):
        scan_motifs(planted(100, AP1), MOTIFS, threshold=1.0)
