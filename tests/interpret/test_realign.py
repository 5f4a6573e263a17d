"""ALT's bins over the reference's bases: by hand, and base by base."""

from dataclasses import replace

import numpy as np
import pytest

from enformer import Interval, Variant, open_genome, predict
from enformer.coordinates import predicted_region
from interpret.realign import Alignment, realigned

WINDOW = Interval("chr1", 100_000, 116_384)
FIRST = WINDOW.start + 4096
"""The predicted region of the tiny config, 64 bins of 128 bp, begins here."""
ALT = np.arange(64.0)[:, None] + 100


def _insertion(before: int, bases: int) -> Variant:
    """Bases put in before a 0-based position, anchored to the base before it."""
    return Variant("chr1", before, "A", "A" + "C" * bases)


def _deletion(start: int, bases: int) -> Variant:
    return Variant("chr1", start, "A" + "C" * bases, "A")


def _apply(variants, config, alt=ALT):
    return Alignment.of(tuple(variants), WINDOW, config).apply(alt)[:, 0]


def test_a_bin_put_in_between_two_bins(tiny_config):
    """128 bases after bin 10: bin 10 holds them too, later bins come from one further on."""
    found = _apply([_insertion(FIRST + 11 * 128, 128)], tiny_config)
    np.testing.assert_array_equal(found[:10], ALT[:10, 0])
    assert found[10] == (110 + 111) / 2
    np.testing.assert_array_equal(found[11:63], ALT[12:, 0])
    assert np.isnan(found[63])


def test_a_bin_taken_out(tiny_config):
    found = _apply([_deletion(FIRST + 10 * 128, 128)], tiny_config)
    np.testing.assert_array_equal(found[:10], ALT[:10, 0])
    assert np.isnan(found[10])
    np.testing.assert_array_equal(found[11:], ALT[10:63, 0])


def test_a_few_bases_are_weighted_by_their_overlap(tiny_config):
    """32 bases into bin 10, 20 of its own bases in: what follows lies 32 to the right."""
    found = _apply([_insertion(FIRST + 10 * 128 + 20, 32)], tiny_config)
    assert found[10] == pytest.approx((128 * 110 + 32 * 111) / 160)
    assert found[11] == pytest.approx((96 * 111 + 32 * 112) / 128)
    assert np.isnan(found[63])
    assert not np.isnan(found[:63]).any()


def test_before_the_predicted_region_everything_moves(tiny_config):
    longer = _apply([_insertion(WINDOW.start + 1000, 128)], tiny_config)
    np.testing.assert_array_equal(longer[:63], ALT[1:, 0])
    assert np.isnan(longer[63])
    shorter = _apply([_deletion(WINDOW.start + 1000, 128)], tiny_config)
    np.testing.assert_array_equal(shorter[1:], ALT[:63, 0])
    assert np.isnan(shorter[0])


def test_after_the_predicted_region_nothing_does(tiny_config):
    for variant in (_insertion(WINDOW.end - 1000, 77), _deletion(WINDOW.end - 1000, 77)):
        np.testing.assert_array_equal(_apply([variant], tiny_config), ALT[:, 0])


def test_substitutions_move_nothing(tiny_config):
    mnv = Variant("chr1", FIRST + 700, "ACGT", "TTTT")
    np.testing.assert_array_equal(_apply([mnv], tiny_config), ALT[:, 0])
    np.testing.assert_array_equal(_apply([], tiny_config), ALT[:, 0])


def test_an_insertion_longer_than_the_rest_of_the_region_leaves_what_is_before(tiny_config):
    found = _apply([_insertion(FIRST + 11 * 128, 10_000)], tiny_config)
    np.testing.assert_array_equal(found[:10], ALT[:10, 0])
    assert np.isnan(found[10:]).all()


def _brute_force(variants, config, alt):
    """One base after another; the alleles as they are written, shared bases included."""
    size, region = config.bin_size, predicted_region(WINDOW, config)
    owner, at = [], WINDOW.start
    for variant in variants:
        owner += range(at, variant.start)
        for place in range(len(variant.alt)):
            owner.append(variant.start + min(place, len(variant.ref) - 1))
        at = variant.end
    owner += range(at, WINDOW.end + 2000)
    values: dict[int, list[float]] = {b: [] for b in range(config.target_bins)}
    for place, base in enumerate(owner):
        theirs = (WINDOW.start + place - region.start) // size
        own = (base - region.start) // size
        if own in values:
            inside = 0 <= theirs < config.target_bins
            values[own].append(alt[theirs, 0] if inside else np.nan)
    return np.array([np.mean(v) if v else np.nan for v in values.values()])


@pytest.mark.parametrize("seed", range(12))
def test_base_by_base(tiny_config, seed):
    rng = np.random.default_rng(seed)
    places = np.sort(
        rng.choice(np.arange(300, 15_800, 250), size=int(rng.integers(1, 5)), replace=False)
    )
    variants = []
    for place in places:
        lengths = [(1, 1), (1, int(rng.integers(2, 400))), (int(rng.integers(2, 240)), 1), (3, 3)]
        ref, alt = lengths[int(rng.integers(4))]
        # alleles that share their first base only, so that none is trimmed further
        first = "" if ref == alt else "A"
        variants.append(
            Variant(
                "chr1",
                WINDOW.start + int(place) + 1,
                first + "C" * (ref - len(first)),
                first + "G" * (alt - len(first)),
            )
        )
    alt = rng.random((64, 1))
    np.testing.assert_allclose(
        _apply(variants, tiny_config, alt), _brute_force(variants, tiny_config, alt), rtol=1e-12
    )


def test_a_flat_signal_stays_flat(tiny_config):
    variants = [_insertion(FIRST + 1000, 333), _deletion(FIRST + 3000, 57)]
    found = _apply(variants, tiny_config, np.ones((64, 1)))
    np.testing.assert_allclose(found[~np.isnan(found)], 1, rtol=1e-12)


def test_alleles_that_share_their_end_are_trimmed_first(tiny_config):
    """CAA>CA and CA>C take away one A, wherever the row says so."""
    one = Variant("chr1", FIRST + 700, "CAA", "CA")
    same = replace(one, ref="CA", alt="C")
    np.testing.assert_array_equal(_apply([one], tiny_config), _apply([same], tiny_config))


def test_a_prediction_is_realigned_once_and_says_so(tiny_checkpoint):
    genome = open_genome("demo")
    ref = genome.fetch(Interval("demo1", 99_999, 100_300))
    deletion = Variant("demo1", 100_000, ref, ref[0])
    plain = predict(tiny_checkpoint, genome, deletion)
    found = realigned(plain)
    alignment = Alignment.of((deletion,), plain.window, tiny_checkpoint.config)
    np.testing.assert_array_equal(found.values["human"], alignment.apply(plain.values["human"]))
    assert np.isnan(found.values["human"]).any()
    assert found.provenance.options["realigned"] is True
    assert realigned(found) is found
    snv = Variant("demo1", 100_000, ref[0], "ACGT"[("ACGT".index(ref[0]) + 1) % 4])
    same = predict(tiny_checkpoint, genome, snv)
    assert realigned(same) is same
    assert realigned(predict(tiny_checkpoint, genome, deletion.interval)).variant is None
