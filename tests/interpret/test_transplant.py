"""Sufficiency and distance against full passes, and on models that read one motif."""

import copy

import numpy as np
import pytest
import torch

import enformer
from enformer.errors import Cancelled, EnformerLensError, QueryError
from enformer.provenance import Provenance
from interpret.shuffle import dinucleotide_shuffles
from interpret.target import scalar
from interpret.transplant import distance_effect, sufficiency

WINDOW = enformer.Interval("chr11", 5_000, 5_000 + 16_384)
ELEMENT, PROMOTER = slice(3_000, 3_400), slice(8_192 - 1_024, 8_192 + 1_024)


@pytest.fixture
def origin() -> Provenance:
    return Provenance("tiny", "0" * 64, False, "hg38", "toy", WINDOW)


@pytest.fixture
def sequence(tiny_config):
    drawn = torch.randint(4, (16_384,), generator=torch.Generator().manual_seed(5))
    return torch.eye(4)[drawn]


@pytest.fixture
def model(tiny_checkpoint):
    return tiny_checkpoint.model


def contexts(sequence, seed=2):
    shuffled = dinucleotide_shuffles(sequence, 2, seed)
    shuffled[:, PROMOTER] = sequence[PROMOTER]
    return shuffled


def ask(model, sequences, target):
    return scalar(model, sequences, target).detach().numpy()


def same(values, expected):
    np.testing.assert_allclose(values, expected, rtol=1e-5)


def moved_motif(toy_sequence):
    """The motif at 3,100: outside the promoter, which is kept."""
    motif = toy_sequence[8_000:8_012]
    letters = toy_sequence[:8_000] + "A" * 12 + toy_sequence[8_012:]
    return enformer.one_hot(letters[:3_100] + motif + letters[3_112:])


def test_sufficiency_is_two_full_passes_a_context(model, sequence, toy_target):
    result = sufficiency(model, sequence, toy_target, (3_000, 3_400), shuffles=2, seed=2)
    without = contexts(sequence)
    within = without.clone()
    within[:, ELEMENT] = sequence[ELEMENT]
    same(result.context, ask(model, without, toy_target))
    same(result.with_element, ask(model, within, toy_target))
    assert result.reference == pytest.approx(ask(model, sequence[None], toy_target)[0], rel=1e-5)
    assert result.mean == pytest.approx(result.effects.mean())
    assert result.spread == pytest.approx(result.effects.std(ddof=1))
    assert result.normalised == pytest.approx(result.mean / result.reference)
    assert result.kept == (enformer.Interval("sequence", PROMOTER.start, PROMOTER.stop),)


def test_an_element_with_the_motif_is_sufficient_and_another_is_not(
    hand_model, toy_sequence, toy_target
):
    with_motif = moved_motif(toy_sequence)
    able = sufficiency(hand_model, with_motif, toy_target, (3_000, 3_400), shuffles=2)
    unable = sufficiency(hand_model, with_motif, toy_target, (4_000, 4_400), shuffles=2)
    assert able.mean == pytest.approx(able.reference - 0.69, abs=0.2)
    assert able.normalised > 0.85
    assert abs(unable.normalised) < 0.01


def test_what_is_kept_can_be_said(model, sequence, toy_target):
    result = sufficiency(
        model, sequence, toy_target, (3_000, 3_400), keep=[(100, 200), (8_000, 8_400)], shuffles=1
    )
    context = dinucleotide_shuffles(sequence, 1)
    for kept in (slice(100, 200), slice(8_000, 8_400)):
        context[:, kept] = sequence[kept]
    same(result.context, ask(model, context, toy_target))
    bare = sufficiency(model, sequence, toy_target, (3_000, 3_400), keep=(), shuffles=1)
    alone = ask(model, dinucleotide_shuffles(sequence, 1), toy_target)
    same(bare.context, alone)


@pytest.mark.parametrize("context", ["shuffled", "original"])
def test_a_moved_element_is_a_full_pass_over_it(model, sequence, toy_target, context):
    distances = [-7_000, 5_000]
    result = distance_effect(
        model, sequence, toy_target, (3_000, 3_400), distances, context=context, shuffles=2, seed=2
    )
    without = contexts(sequence)
    if context == "original":
        without = sequence.repeat(2, 1, 1)
        without[:, ELEMENT] = dinucleotide_shuffles(sequence[ELEMENT], 2, seed=2)
    same(result.context, ask(model, without, toy_target))
    for bp, values in zip(distances, result.with_element, strict=True):
        within, start = without.clone(), 8_192 + bp - 200
        within[:, start : start + 400] = sequence[ELEMENT]
        same(values, ask(model, within, toy_target))
    assert result.home == 3_200 - 8_192
    assert list(result.table()["distance"]) == distances
    np.testing.assert_allclose(result.table()["effect"], result.effects.mean(1))


def test_at_home_in_a_shuffled_window_an_element_is_as_sufficient(model, sequence, toy_target):
    alone = sufficiency(model, sequence, toy_target, (3_000, 3_400), shuffles=2)
    home = distance_effect(model, sequence, toy_target, (3_000, 3_400), [3_200 - 8_192], shuffles=2)
    np.testing.assert_allclose(home.effects[0], alone.effects, rtol=1e-3, atol=3e-7)


@pytest.mark.parametrize("context", ["shuffled", "original"])
def test_a_model_that_reads_at_any_distance(hand_model, toy_sequence, toy_target, context):
    distances = [-7_800, -5_000, -1_500, 2_000, 7_900]
    result = distance_effect(
        hand_model,
        moved_motif(toy_sequence),
        toy_target,
        (3_000, 3_400),
        distances,
        context=context,
        shuffles=2,
    )
    np.testing.assert_allclose(result.normalised, 0.9, atol=0.05)
    assert result.spread.max() < 0.1


@pytest.mark.parametrize("batch_size", [1, 2, 50])
def test_the_batch_size_makes_no_difference(model, sequence, toy_target, batch_size):
    one, other = (
        distance_effect(
            model,
            sequence,
            toy_target,
            (3_000, 3_400),
            [-2_000, 3_000],
            shuffles=2,
            batch_size=size,
        )
        for size in (3, batch_size)
    )
    np.testing.assert_allclose(one.with_element, other.with_element, rtol=1e-5)
    np.testing.assert_allclose(one.context, other.context, rtol=1e-5)


def test_what_was_done_can_be_done_again(model, sequence, toy_target, origin):
    place = enformer.Interval("11", 8_000, 8_400)
    alone = sufficiency(model, sequence, toy_target, place, shuffles=1, seed=4, origin=origin)
    moved = distance_effect(
        model, sequence, toy_target, place, [2_000], shuffles=1, seed=4, origin=origin
    )
    for result in (alone, moved):
        assert result.element == enformer.Interval("chr11", 8_000, 8_400)
        assert result.provenance is not None
        options = result.provenance.options
        assert (options["seed"], options["shuffles"]) == (4, 1)
        assert options["keep"] == ["chr11:12,169-14,216"]
        assert options["element"] == "chr11:8,001-8,400"
    assert alone.provenance != moved.provenance


def test_progress_and_cancel(model, sequence, toy_target):
    told: list[float] = []

    def run(cancel):
        return distance_effect(
            model, sequence, toy_target, (3_000, 3_400), [-2_000, 3_000, 4_000], shuffles=2,
            batch_size=2, progress=lambda done, _: told.append(done), cancel=cancel,
        )  # fmt: skip

    run(lambda: False)
    np.testing.assert_allclose(told, np.arange(6) / 5)
    with pytest.raises(Cancelled):
        run(lambda: True)


@pytest.mark.parametrize(
    ("distances", "why"),
    [([8_100], "leaves the window"), ([-8_100], "leaves the window"), ([1_100], "is kept")],
)
def test_distances_that_do_not_fit_are_refused(model, sequence, toy_target, distances, why):
    with pytest.raises(QueryError, match=why):
        distance_effect(model, sequence, toy_target, (3_000, 3_400), distances)


@pytest.mark.parametrize(
    ("element", "why"),
    [
        ((16_000, 16_500), "does not lie in the window"),
        ((8_000, 8_100), "what every context keeps"),
        ((100, 200), "No base of it is known"),
    ],
)
def test_elements_that_tell_nothing_are_refused(model, sequence, toy_target, element, why):
    sequence[100:200] = 0
    with pytest.raises(QueryError, match=why):
        sufficiency(model, sequence, toy_target, element)


def test_no_shuffles_are_refused(model, sequence, toy_target):
    with pytest.raises(EnformerLensError, match="at least one shuffle"):
        sufficiency(model, sequence, toy_target, (3_000, 3_400), shuffles=0)


def test_a_model_in_training_mode_is_refused_and_left_as_it_was(model, sequence, toy_target):
    learning = copy.deepcopy(model).train()
    before = {name: value.clone() for name, value in learning.state_dict().items()}
    with pytest.raises(EnformerLensError, match="training mode"):
        sufficiency(learning, sequence, toy_target, (3_000, 3_400))
    assert all(torch.equal(value, before[name]) for name, value in learning.state_dict().items())
