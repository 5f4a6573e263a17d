"""Scores against numbers worked out by hand from the published formulas."""

import numpy as np
import pytest
import torch

from interpret.scores import SCORES, left, log_sed, sax_bin

REF = torch.tensor([[1.0, 0.0], [3.0, 5.0], [0.0, 2.0]])
ALT = torch.tensor([[3.0, 0.0], [1.0, 9.0], [7.0, 1.0]])
BY_HAND = {
    "SAD": [7 / 3, 1.0],
    "SAD_sum": [7.0, 3.0],
    # log2 of 4/2, 2/4, 8/1; of 1/1, 10/6, 2/3
    "SAR": [1 - 1 + 3, np.log2(10 / 6) + np.log2(2 / 3)],
    "SADR": [np.log2(12 / 5), np.log2(11 / 8)],
    "D2": [np.sqrt(4 + 4 + 49), np.sqrt(16 + 1)],
    "SAX": [7.0, 4.0],
}


@pytest.mark.parametrize("name", SCORES)
def test_by_hand(name):
    found = SCORES[name].of(REF, ALT)
    assert found.dtype == torch.float64
    np.testing.assert_allclose(found, BY_HAND[name], rtol=1e-12)


def test_every_score_has_a_line_and_a_unit():
    assert set(SCORES) == set(BY_HAND)
    assert all(kind.about and kind.unit for kind in SCORES.values())


def test_the_bin_of_the_largest_difference():
    np.testing.assert_array_equal(sax_bin(REF, ALT), [2, 1])


@pytest.mark.parametrize("name", SCORES)
def test_alleles_swapped_turn_the_sign(name):
    sign = -1 if SCORES[name].signed else 1
    np.testing.assert_allclose(SCORES[name].of(ALT, REF), sign * SCORES[name].of(REF, ALT))


@pytest.mark.parametrize("name", SCORES)
def test_a_bin_that_alt_lacks_is_left_out_of_both(name):
    ref = torch.cat([REF, torch.full((1, 2), 1e6)])
    alt = torch.cat([ALT, torch.full((1, 2), torch.nan)])
    np.testing.assert_array_equal(left(ref, alt), [True, True, True, False])
    np.testing.assert_allclose(SCORES[name].of(ref, alt), BY_HAND[name])


def test_the_same_alleles_score_zero():
    assert all((kind.of(REF, REF) == 0).all() for kind in SCORES.values())


@pytest.mark.parametrize("name", SCORES)
def test_no_bin_left_is_no_score(name):
    """And not 0, which would read as no effect."""
    nothing = torch.full((3, 2), torch.nan)
    found = SCORES[name].of(REF, nothing)
    assert found.shape == (2,)
    assert found.isnan().all()
    assert log_sed(REF, nothing).isnan().all()
    assert (sax_bin(REF, nothing) == 0).all()


def test_sums_do_not_lose_a_small_effect_beside_a_large_signal():
    ref = torch.full((896, 1), 16_384.0)
    alt = ref.clone()
    alt[0] += 0.001953125  # one step of float32 at that size
    assert SCORES["SAD_sum"].of(ref, alt)[0] == 0.001953125
    want = np.log2(1 + 896 * 16_384.0 + 0.001953125) - np.log2(1 + 896 * 16_384.0)
    np.testing.assert_allclose(SCORES["SADR"].of(ref, alt)[0], want, rtol=1e-4)


def test_the_gene_score_is_that_of_borzoi():
    np.testing.assert_allclose(log_sed(REF, ALT), [np.log2(12 / 5), np.log2(11 / 8)])
