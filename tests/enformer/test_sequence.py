"""Letters to numbers and back."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from enformer import EnformerLensError, one_hot, reverse_complement
from enformer.sequence import letters_of, reverse_complement_one_hot

DNA = st.text("ACGTNacgtnRYSWKM", min_size=1, max_size=50)


def test_bases_are_acgt_in_either_case_and_n_is_nothing():
    want = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [0, 0, 0, 0]]
    assert one_hot("ACGTN").tolist() == want
    assert torch.equal(one_hot("acgtn"), one_hot("ACGTR"))
    assert one_hot("A").dtype == torch.float32


@given(DNA)
def test_reverse_complement_of_letters_and_numbers_agree(sequence):
    assert reverse_complement(reverse_complement(sequence)) == sequence
    flipped = reverse_complement_one_hot(one_hot(sequence))
    assert torch.equal(flipped, one_hot(reverse_complement(sequence)))


def test_reverse_complement_of_known_letters():
    assert reverse_complement("AACGTRN") == "NYACGTT"


@pytest.mark.parametrize(("sequence", "place"), [("ACGU", 4), ("A-C", 2), ("AÄ", 2), (" A", 1)])
def test_what_is_no_dna_is_refused_with_its_place(sequence, place):
    with pytest.raises(EnformerLensError, match=f"Character {place} is"):
        one_hot(sequence)


def test_letters_are_read_back_from_the_one_hot():
    assert letters_of(one_hot("acgtNRTA")) == "ACGTNNTA"
