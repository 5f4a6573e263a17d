"""Knock-out against full passes over edited sequences, and on a model that reads one motif."""

import dataclasses

import numpy as np
import pytest
import torch

import enformer
from enformer.errors import Cancelled, EnformerLensError, QueryError
from enformer.provenance import Provenance
from interpret import Target
from interpret.elements import Element
from interpret.perturb import knockout, knockout_scan, knockouts, tiles
from interpret.perturbed import joined
from interpret.shuffle import dinucleotide_shuffles
from interpret.target import scalar

WINDOW = enformer.Interval("chr11", 5_000, 5_000 + 16_384)
MOTIF_TILE = 7  # of 1,024 bp: it holds the motif, at 8,000


@pytest.fixture
def origin() -> Provenance:
    return Provenance("tiny", "0" * 64, False, "hg38", "toy", WINDOW)


@pytest.fixture
def sequence(toy_sequence):
    return enformer.one_hot(toy_sequence)


@pytest.fixture
def model(tiny_checkpoint):
    return tiny_checkpoint.model


def test_each_effect_is_that_of_a_full_pass(model, sequence, toy_target):
    places = [(0, 700), (8_000, 8_300), (15_000, 16_384)]
    result = knockout(model, sequence, toy_target, places, shuffles=3, seed=2)
    reference = scalar(model, sequence.unsqueeze(0), toy_target)
    for (start, stop), effects in zip(places, result.effects, strict=True):
        edited = sequence.repeat(3, 1, 1)
        edited[:, start:stop] = dinucleotide_shuffles(sequence[start:stop], 3, seed=2)
        expected = (scalar(model, edited, toy_target) - reference).detach()
        torch.testing.assert_close(torch.tensor(effects), expected, rtol=1e-3, atol=3e-7)
    assert result.reference == pytest.approx(reference.item(), rel=1e-5)
    np.testing.assert_allclose(result.mean, result.effects.mean(1))
    np.testing.assert_allclose(result.spread, result.effects.std(1, ddof=1))
    np.testing.assert_allclose(result.fold, 1 + result.mean / result.reference)


def test_only_the_tile_with_the_motif_matters(hand_model, sequence, toy_target):
    scan = knockout_scan(hand_model, sequence, toy_target, tile=1_024, shuffles=3)
    assert len(scan.regions) == 16
    assert scan.mean[MOTIF_TILE] == pytest.approx(0.69 - 7.6, abs=0.2)
    assert np.abs(np.delete(scan.mean, MOTIF_TILE)).max() < 0.05
    assert scan.spread[MOTIF_TILE] < 0.05
    assert scan.fold[MOTIF_TILE] == pytest.approx(0.69 / 7.6, abs=0.02)


@pytest.mark.parametrize("batch_size", [1, 3, 100])
def test_the_batch_size_makes_no_difference(model, sequence, toy_target, batch_size):
    places = [(100, 900), (5_000, 6_000)]
    one, other = (
        knockout(model, sequence, toy_target, places, shuffles=2, batch_size=size)
        for size in (2, batch_size)
    )
    np.testing.assert_allclose(one.effects, other.effects, rtol=1e-3, atol=3e-7)


def test_a_region_has_the_same_effect_in_any_company(model, sequence, toy_target):
    places = [(100, 900), (5_000, 6_000), (7_000, 7_100)]
    whole = knockout(model, sequence, toy_target, places, shuffles=2).effects
    turned = knockout(model, sequence, toy_target, places[::-1], shuffles=2).effects
    alone = knockout(model, sequence, toy_target, places[1:2], shuffles=3).effects
    np.testing.assert_allclose(turned[::-1], whole, rtol=1e-3, atol=3e-7)
    np.testing.assert_allclose(alone[0, :2], whole[1], rtol=1e-3, atol=3e-7)


def test_each_region_comes_as_soon_as_it_is_there(model, sequence, toy_target):
    places, told = [(100, 900), (5_000, 6_000), (7_000, 7_100)], []
    each = knockouts(
        model, sequence, toy_target, places, shuffles=2, batch_size=2,
        progress=lambda fraction, doing: told.append(fraction),
    )  # fmt: skip
    first = next(each)
    assert first.regions[0].start == 100
    assert max(told) < 0.5
    whole = knockout(model, sequence, toy_target, places, shuffles=2, batch_size=2)
    for name, part in vars(joined([first, *each])).items():
        np.testing.assert_array_equal(part, getattr(whole, name))
    assert max(told) == 1.0


def test_a_region_tells_where_it_lies(model, sequence, toy_target, origin):
    sequence[2_000:3_000] = 0
    places = [
        Element(enformer.Interval("11", 13_100, 13_200), "promoter", 3.0),
        enformer.Interval("chr11", 4_000, 6_000),
        enformer.Interval("chr2", 13_100, 13_200),
        (2_100, 2_900),
        (1_500, 2_500),
    ]
    result = knockout(model, sequence, toy_target, places, shuffles=1, origin=origin)
    assert result.regions[0] == enformer.Interval("chr11", 13_100, 13_200)
    assert result.names[:2] == ("promoter", "")
    np.testing.assert_array_equal(result.inside, [True, False, False, True, True])
    np.testing.assert_allclose(result.known, [1, 0, 0, 0, 0.5])
    np.testing.assert_array_equal(result.overlaps_target, [True, False, False, False, False])
    np.testing.assert_array_equal(np.isnan(result.mean), [False, True, True, True, False])
    assert np.isnan(result.spread).all()
    # the target's bins are 31 and 32 of 64, in the middle of the window
    assert result.distances[0] == 13_150 - WINDOW.center
    assert list(result.table()["name"]) == list(result.names)
    assert result.table().loc[3, "start"] == 5_000 + 2_100


def test_a_target_of_scattered_bins_is_overlapped_by_its_bins_only(model, sequence):
    target = Target("human", (0,), (0, 63))
    margin = 32 * 128
    places = [(margin, margin + 10), (8_000, 8_010), (16_384 - margin - 1, 16_384 - margin + 5)]
    result = knockout(model, sequence, target, places, shuffles=1)
    assert list(result.overlaps_target) == [True, False, True]
    assert list(result.distances) == [margin + 5 - 8_192, 8_005 - 8_192, margin + 2 - 8_192 + 8_192]


def test_what_was_done_can_be_done_again(model, sequence, toy_target, origin):
    result = knockout(model, sequence, toy_target, [(0, 50)], shuffles=2, seed=9, origin=origin)
    assert result.interval == WINDOW
    assert result.provenance is not None
    options = result.provenance.options
    assert (options["seed"], options["shuffles"]) == (9, 2)
    assert options["target"] == str(toy_target)
    with pytest.raises(ValueError, match="read-only"):
        result.effects[0, 0] = 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.reference = 0.0  # type: ignore[misc]


def test_progress_and_cancel(model, sequence, toy_target):
    told: list[float] = []

    def run(cancel):
        return knockout(
            model,
            sequence,
            toy_target,
            [(0, 50), (60, 99)],
            shuffles=3,
            batch_size=2,
            progress=lambda done, _: told.append(done),
            cancel=cancel,
        )

    run(lambda: False)
    np.testing.assert_allclose(told, [0, 0.25, 0.5, 0.75, 1])
    told.clear()
    with pytest.raises(Cancelled):
        run(lambda: len(told) == 2)
    assert len(told) == 2


@pytest.mark.parametrize(
    ("region", "tile", "step", "expected"),
    [
        ((0, 40), 10, 10, [(0, 10), (10, 20), (20, 30), (30, 40)]),
        ((0, 25), 10, 10, [(0, 10), (10, 20), (20, 25)]),
        ((5, 30), 10, 5, [(5, 15), (10, 20), (15, 25), (20, 30)]),
        ((0, 25), 5, 10, [(0, 5), (10, 15), (20, 25)]),
        ((0, 20), 5, 10, [(0, 5), (10, 15)]),
        ((0, 7), 10, 10, [(0, 7)]),
    ],
)
def test_tiles_cover_a_region(region, tile, step, expected):
    found = tiles(enformer.Interval("c", *region), tile, step)
    assert [(each.start, each.end) for each in found] == expected


def test_a_scan_is_a_knockout_of_tiles_of_a_region(model, sequence, toy_target, origin):
    place = enformer.Interval("chr11", 4_000, 7_500)
    scan = knockout_scan(
        model, sequence, toy_target, tile=1_000, region=place, shuffles=1, origin=origin
    )
    assert [region.start for region in scan.regions] == [5_000, 6_000, 7_000]
    assert scan.regions[-1].end == 7_500
    one = knockout(model, sequence, toy_target, [(1_000, 2_000)], shuffles=1)
    np.testing.assert_allclose(scan.effects[1], one.effects[0], rtol=1e-3, atol=3e-7)


@pytest.mark.parametrize("regions", [[], [(16_000, 17_000)], [enformer.Interval("chr2", 10, 20)]])
def test_regions_that_all_lie_elsewhere_are_refused(model, sequence, toy_target, regions):
    with pytest.raises(QueryError, match="None of them lies in the window"):
        knockout(model, sequence, toy_target, regions)


@pytest.mark.parametrize("options", [{"shuffles": 0}, {"batch_size": 0}])
def test_numbers_that_make_no_sense_are_refused(model, sequence, toy_target, options):
    with pytest.raises(EnformerLensError, match="at least one"):
        knockout(model, sequence, toy_target, [(0, 50)], **options)


@pytest.mark.parametrize("options", [{"tile": 0}, {"step": -1}])
def test_tiles_that_make_no_sense_are_refused(model, sequence, toy_target, options):
    with pytest.raises(EnformerLensError, match="at least one bp"):
        knockout_scan(model, sequence, toy_target, **options)
