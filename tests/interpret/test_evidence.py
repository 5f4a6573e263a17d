"""Evidence against its definitions, on results made by hand and on a model that reads one motif."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from scipy import stats

import enformer
from enformer.errors import Cancelled, QueryError
from enformer.provenance import Provenance
from interpret import Target
from interpret.attention import attention_summary, attention_weights
from interpret.contributions import Contributions, integrated_gradients
from interpret.elements import Element
from interpret.evidence import evidence, gather_evidence
from interpret.perturb import knockout
from interpret.stored import pack, unpack

WINDOW = enformer.Interval("chr11", 5_000, 5_000 + 16_384)
TARGET = Target("human", (1,), (31, 33))
QUERIES = (32 + 31, 32 + 33)
PLACES = [(300, 900), (7_936, 8_064), (8_200, 8_250), (12_000, 13_000)]


@pytest.fixture
def origin() -> Provenance:
    return Provenance("tiny", "0" * 64, True, "hg38", "toy", WINDOW)


@pytest.fixture
def sequence(toy_sequence):
    return enformer.one_hot(toy_sequence)


@pytest.fixture
def model(tiny_checkpoint):
    return tiny_checkpoint.model


def contributed(values: np.ndarray, **changed) -> Contributions:
    """Contributions of which the first base of each position has all."""
    spread = np.zeros((len(values), 4), dtype=np.float32)
    spread[:, 0] = values
    parts = {
        "interval": enformer.Interval("sequence", 0, len(values)),
        "target": TARGET,
        "provenance": None,
        "method": "integrated gradients",
        "baseline": "zeros",
        "letters": "A" * len(values),
        "values": spread,
        "gradient": spread,
        "baseline_bases": np.zeros_like(spread),
        "steps": 1,
        "value": 1.0,
        "baseline_value": 0.0,
        "reverse_complement": False,
    }
    return Contributions(**(parts | changed))


def test_attention_is_that_of_the_target_over_what_distance_explains(
    model, tiny_config, sequence, toy_target
):
    summary = attention_summary(model, sequence, queries=QUERIES)
    found = evidence(TARGET, PLACES, tiny_config, attention=summary)
    layers = [attention_weights(model, sequence.unsqueeze(0), i)[0] for i in range(2)]
    mean = torch.cat(layers).double().mean(0)
    for place, ratio in zip(PLACES, found.attention, strict=True):
        keys = range(place[0] // 128, (place[1] - 1) // 128 + 1)
        weight = np.mean([mean[q, k] for q in QUERIES for k in keys])
        usual = np.mean([mean.diagonal(k - q).mean() for q in QUERIES for k in keys])
        assert ratio == pytest.approx(weight / usual, rel=1e-4)
    assert list(found.scores) == ["attention"]
    assert np.isnan(found.effect).all()
    assert np.isnan(found.reference)


def test_mass_is_the_sum_of_absolute_contributions(tiny_config):
    values = np.arange(16_384, dtype=float) * (-1) ** np.arange(16_384)
    found = evidence(TARGET, PLACES, tiny_config, contributions=contributed(values))
    for i, (start, stop) in enumerate(PLACES):
        mass = sum(range(start, stop))
        assert found.mass[i] == pytest.approx(mass)
        assert found.mass_per_bp[i] == pytest.approx(mass / (stop - start))
        assert found.mass_share[i] == pytest.approx(mass / sum(range(16_384)))
    assert list(found.distances) == [(a + b) // 2 - (4_096 + 32 * 128 + 64) for a, b in PLACES]
    assert list(found.overlaps_target) == [False, False, False, False]


def test_the_effect_is_that_of_the_knockout_in_any_order(model, tiny_config, sequence):
    lost = knockout(model, sequence, TARGET, PLACES[::-1], shuffles=2)
    found = evidence(TARGET, PLACES, tiny_config, knockout=lost)
    np.testing.assert_array_equal(found.effect, lost.mean[::-1])
    np.testing.assert_array_equal(found.spread, lost.spread[::-1])
    np.testing.assert_array_equal(found.fold, lost.fold[::-1])
    assert found.reference == lost.reference


def test_ranks_agree_as_spearman_says(tiny_config):
    random = np.random.default_rng(0)
    found = evidence(
        TARGET, [(i * 100, i * 100 + 50) for i in range(30)], tiny_config,
        contributions=contributed(random.random(16_384)),
    )  # fmt: skip
    effect = random.integers(0, 9, 30).astype(np.float32)  # with ties
    object.__setattr__(found, "effect", -effect)
    (agreement,) = found.agreements
    assert (agreement.one, agreement.other) == ("contributions", "knock-out")
    assert agreement.rho == pytest.approx(stats.spearmanr(found.mass, effect).statistic)
    assert agreement.elements == 30


def test_known_ranks(tiny_config):
    places = [(0, 10), (20, 30), (40, 50), (60, 70), (8_150, 8_160)]
    values = np.zeros(16_384)
    for rank, (start, stop) in enumerate(places):
        values[start:stop] = rank + 1
    found = evidence(TARGET, places, tiny_config, contributions=contributed(values))
    assert list(found.overlaps_target) == [False] * 4 + [True]
    for effect, rho, count in (
        ([-1, -2, -3, -4, 0], 1.0, 4),
        ([4, 3, 2, 1, 9], -1.0, 4),
        ([1, 1, 1, 1, 9], None, 4),
        ([1, 2, np.nan, 4, 9], 1.0, 3),
        ([1, np.nan, np.nan, 4, 9], None, 2),
    ):
        object.__setattr__(found, "effect", np.array(effect, dtype=np.float32))
        (agreement,) = found.agreements
        assert (agreement.rho, agreement.elements) == (pytest.approx(rho), count)


def test_elements_know_where_they_lie(tiny_config, sequence, origin):
    sequence[:4_200] = 0
    sequence[8_100:8_128] = 0
    places = [
        Element(enformer.Interval("11", 5_100, 5_200), "left", 1.0),
        enformer.Interval("chr11", 9_000, 9_300),
        enformer.Interval("chr11", 4_900, 5_100),
        enformer.Interval("chr2", 9_000, 9_300),
    ]
    made = contributed(np.ones(16_384), interval=WINDOW, provenance=origin)
    found = evidence(TARGET, places, tiny_config, contributions=made, one_hot=sequence)
    assert found.labels == ("left", "chr11:9,001-9,300", "chr11:4,901-5,100", "chr2:9,001-9,300")
    assert list(found.inside) == [True, True, False, False]
    assert list(found.predicted) == [False, True, False, False]
    np.testing.assert_allclose(found.known, [0, 100 / 300, 0, np.nan])
    np.testing.assert_array_equal(np.isnan(found.mass), [False, False, True, True])
    assert found.window_known == pytest.approx(1 - 4_228 / 16_384)
    assert found.target_known == pytest.approx(1 - 28 / 384)
    assert found.provenance is not None
    assert found.provenance.method == "evidence"
    assert found.trained
    table = found.table()
    assert list(table["name"]) == ["left", "", "", ""]
    assert list(table["start"]) == [5_100, 9_000, 4_900, 9_000]


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"interval": WINDOW}, "different windows"),
        ({"target": Target("human", (2,), (31, 33))}, "not about human/1@31,33"),
    ],
)
def test_results_that_do_not_fit_are_refused(model, tiny_config, sequence, changed, why):
    lost = knockout(model, sequence, TARGET, PLACES, shuffles=1)
    other = contributed(np.ones(16_384), **changed)
    with pytest.raises(QueryError, match=why):
        evidence(TARGET, PLACES, tiny_config, knockout=lost, contributions=other)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"sha256": "1" * 64}, "different models"),
        ({"variant": enformer.Variant("chr11", 6_000, "A", "C")}, "different sequences"),
    ],
)
def test_results_of_two_models_or_sequences_are_refused(
    model, tiny_config, sequence, origin, changed, why
):
    lost = knockout(model, sequence, TARGET, PLACES, shuffles=1, origin=origin)
    made = contributed(np.ones(16_384), interval=WINDOW, provenance=replace(origin, **changed))
    with pytest.raises(QueryError, match=why):
        evidence(TARGET, PLACES, tiny_config, knockout=lost, contributions=made)


def test_what_is_missing_is_named(model, tiny_config, sequence):
    with pytest.raises(QueryError, match="No result is given"):
        evidence(TARGET, PLACES, tiny_config)
    lost = knockout(model, sequence, TARGET, PLACES[:2], shuffles=1)
    with pytest.raises(QueryError, match="of other regions"):
        evidence(TARGET, PLACES[2:], tiny_config, knockout=lost)
    summary = attention_summary(model, sequence, queries=QUERIES[:1])
    with pytest.raises(QueryError, match="no such query"):
        evidence(TARGET, PLACES, tiny_config, attention=summary)


def test_elements_that_were_not_knocked_out_are_unknown(model, tiny_config, sequence):
    lost = knockout(model, sequence, TARGET, PLACES[1:3], shuffles=2)
    found = evidence(TARGET, PLACES, tiny_config, knockout=lost)
    assert np.isnan(found.effect).tolist() == [True, False, False, True]
    np.testing.assert_array_equal(found.fold[1:3], lost.fold)
    assert found.reference == lost.reference


def test_before_any_result_places_and_distances_are_there(tiny_config):
    found = evidence(TARGET, PLACES, tiny_config, window=WINDOW)
    assert found.interval == WINDOW
    assert found.elements[0] == enformer.Interval("chr11", 5_300, 5_900)
    assert (np.diff(found.distances) > 0).all()
    assert found.scores == {}


@pytest.fixture
def motif_places():
    """The third holds the motif."""
    return [(1_000, 1_400), (5_000, 5_400), (7_800, 8_100), (12_000, 12_400), (14_000, 14_400)]


def test_all_methods_find_the_element_with_the_motif(
    hand_model, sequence, motif_places, origin, tiny_config
):
    told: list[float] = []
    found = gather_evidence(
        hand_model,
        sequence,
        TARGET,
        motif_places,
        steps=4,
        shuffles=2,
        origin=origin,
        progress=lambda done, _: told.append(done),
    )
    for values in found.scores.values():
        assert np.nanargmax(values) == 2
        assert values[2] > 1.5 * np.delete(values, 2).max()
    assert found.fold[2] < 0.12
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0, 1)
    alone = evidence(
        TARGET,
        motif_places,
        tiny_config,
        contributions=integrated_gradients(hand_model, sequence, TARGET, steps=4, origin=origin),
    )
    np.testing.assert_allclose(alone.mass, found.mass)


def test_the_batch_size_makes_no_difference(model, sequence):
    one, other = (
        gather_evidence(model, sequence, TARGET, PLACES, steps=2, shuffles=2, batch_size=size)
        for size in (1, 8)
    )
    np.testing.assert_allclose(one.effect, other.effect, rtol=1e-3, atol=3e-7)
    np.testing.assert_array_equal(one.mass, other.mass)


def test_what_was_stored_comes_back(model, sequence, origin):
    found = gather_evidence(model, sequence, TARGET, PLACES, steps=1, shuffles=1, origin=origin)
    assert found.provenance is not None
    made_of = found.provenance.options["made_of"]
    assert made_of["knock-out"]["shuffles"] == 1
    assert len(made_of) == 3
    back = unpack(pack(found))
    assert back.summary == found.summary
    pd.testing.assert_frame_equal(back.table(), found.table())


def test_cancel(model, sequence):
    with pytest.raises(Cancelled):
        gather_evidence(model, sequence, TARGET, PLACES, cancel=lambda: True)
