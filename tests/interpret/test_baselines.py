"""What a sequence is compared with."""

import pytest
import torch

import enformer
from enformer.errors import EnformerLensError
from interpret.baselines import BASELINES, GIVEN, baseline_of
from interpret.shuffle import dinucleotide_shuffles

SEQUENCE = enformer.one_hot("NNACGTTGCAACCGGTTNACGATCGATTGCATN")


def test_zeros_and_uniform_where_there_is_a_base():
    known = SEQUENCE.any(-1)
    assert not baseline_of(SEQUENCE, "zeros")[1].any()
    name, uniform = baseline_of(SEQUENCE, "uniform")
    assert name == "uniform"
    assert (uniform[known] == 0.25).all()
    assert not uniform[~known].any()


def test_shuffles_are_averaged_position_by_position():
    name, mean = baseline_of(SEQUENCE, "shuffles", shuffles=7, seed=3)
    torch.testing.assert_close(mean, dinucleotide_shuffles(SEQUENCE, 7, 3).mean(0))
    assert name == "shuffles"
    torch.testing.assert_close(mean.sum(-1), SEQUENCE.sum(-1))
    torch.testing.assert_close(mean.sum(0), SEQUENCE.sum(0))


def test_a_given_array_is_taken_as_it_is():
    given = torch.rand(len(SEQUENCE), 4, dtype=torch.float64)
    name, found = baseline_of(SEQUENCE, given)
    assert (name, found.dtype) == (GIVEN, torch.float32)
    torch.testing.assert_close(found.double(), given, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("given", [torch.zeros(3, 4), torch.full((33, 4), torch.nan)])
def test_an_array_that_does_not_fit_is_refused(given):
    with pytest.raises(EnformerLensError, match="finite numbers"):
        baseline_of(SEQUENCE, given)


def test_an_unknown_name_is_answered_with_the_known_ones():
    with pytest.raises(EnformerLensError, match="no such baseline") as refused:
        baseline_of(SEQUENCE, "blank")
    assert refused.value.choices == BASELINES
