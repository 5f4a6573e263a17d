import numpy as np
import pytest

from enformer.demo_sequence import Dice, Writer, background, island


def pair_counts(codes: np.ndarray) -> np.ndarray:
    counts = np.zeros((4, 4))
    np.add.at(counts, (codes[:-1], codes[1:]), 1)
    return counts / counts.sum()


def test_a_seed_gives_one_stream():
    assert Dice(7).words(5).tolist() == Dice(7).words(5).tolist()
    assert Dice(7).words(5).tolist() != Dice(8).words(5).tolist()


def test_whole_numbers_stay_in_range_and_reach_both_ends():
    dice = Dice(1)
    assert {dice.integer(3, 6) for _ in range(200)} == {3, 4, 5}


@pytest.mark.parametrize("length", [1, 1_023, 1_024, 1_025, 5_000])
def test_lengths_are_exact(length: int):
    codes = background(Dice(1), length)
    assert codes.shape == (length,)
    assert codes.max() <= 3


def test_the_chain_has_the_pair_frequencies_it_is_given():
    found = pair_counts(background(Dice(3), 400_000))
    assert found[1, 2] == pytest.approx(0.010, abs=0.002)  # CG
    assert found[0, 0] == pytest.approx(0.098, abs=0.005)  # AA
    assert pair_counts(island(Dice(3), 400_000))[1, 2] == pytest.approx(0.080, abs=0.005)


def test_the_chain_reads_the_same_on_both_strands():
    codes = background(Dice(4), 400_000)
    np.testing.assert_allclose(pair_counts(codes), pair_counts(3 - codes[::-1]), atol=0.003)


def test_a_motif_lies_downstream_of_its_anchor_on_either_strand():
    writer = Writer(np.zeros(20, dtype=np.uint8))
    writer.motif(10, -4, "CCG", "+")
    assert writer.text() == "AAAAAACCGAAAAAAAAAAA"
    writer = Writer(np.zeros(20, dtype=np.uint8))
    writer.motif(10, -4, "CCG", "-")
    # First base 4 bp upstream, which on this strand is position 14; read leftwards.
    assert writer.text() == "AAAAAAAAAAAACGGAAAAA"
