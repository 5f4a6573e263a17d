"""Scores against numbers worked out by hand from the published formulas."""

import numpy as np
import pytest

from interpret.scores import SCORES, left, log_sed, sax_bin

REF = np.array([[1.0, 0.0], [3.0, 5.0], [0.0, 2.0]], dtype=np.float32)
ALT = np.array([[3.0, 0.0], [1.0, 9.0], [7.0, 1.0]], dtype=np.float32)
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
    assert found.dtype == np.float64
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
    lost = np.array([[np.nan, np.nan]], dtype=np.float32)
    ref, alt = np.vstack([REF, [[1e6, 1e6]]]).astype(np.float32), np.vstack([ALT, lost])
    np.testing.assert_array_equal(left(ref, alt), [True, True, True, False])
    np.testing.assert_allclose(SCORES[name].of(ref, alt), BY_HAND[name])


def test_the_same_alleles_score_zero():
    assert all((kind.of(REF, REF) == 0).all() for kind in SCORES.values())


def test_no_bin_left_is_no_score():
    nothing = np.full((3, 2), np.nan, dtype=np.float32)
    assert np.isnan(SCORES["SAD"].of(REF, nothing)).all()
    assert np.isnan(log_sed(REF, nothing)).all()
    assert (SCORES["SAD_sum"].of(REF, nothing) == 0).all()


def test_sums_do_not_lose_a_small_effect_beside_a_large_signal():
    ref = np.full((896, 1), 16_384.0, dtype=np.float32)
    alt = ref.copy()
    alt[0] += 0.001953125  # one step of float32 at that size
    assert SCORES["SAD_sum"].of(ref, alt)[0] == 0.001953125
    want = np.log2(1 + ref.astype(np.float64).sum() + 0.001953125)
    want -= np.log2(1 + ref.astype(np.float64).sum())
    np.testing.assert_allclose(SCORES["SADR"].of(ref, alt)[0], want, rtol=1e-4)


def test_the_gene_score_is_that_of_borzoi():
    np.testing.assert_allclose(log_sed(REF, ALT), [np.log2(12 / 5), np.log2(11 / 8)])
