"""Integrated gradients and input x gradient, where the answer is known and against Captum's own."""

import copy

import numpy as np
import pytest
import torch
from captum.attr import IntegratedGradients

import enformer
from enformer.errors import Cancelled, EnformerLensError, QueryError
from enformer.sequence import reverse_complement, reverse_complement_one_hot
from interpret import Target
from interpret.contributions import (
    CENTRED,
    INPUT_GRADIENT,
    INTEGRATED,
    input_gradient,
    integrated_gradients,
)
from interpret.origin import Subject
from interpret.stored import pack, unpack
from interpret.target import scalar

MOTIF = slice(8000, 8012)


@pytest.fixture(scope="module")
def tiny(tiny_checkpoint):
    return tiny_checkpoint.model


@pytest.fixture(scope="module")
def x(toy_sequence):
    return enformer.one_hot(toy_sequence)


def close(found, want, rtol=1e-4):
    found, want = np.asarray(found), np.asarray(want)
    assert np.abs(found - want).max() <= rtol * np.abs(want).max()


@pytest.mark.parametrize("steps", [1, 7])
@pytest.mark.parametrize("baseline", ["zeros", "uniform", "shuffles", "given"])
def test_a_linear_model_is_explained_exactly(linear_toy, x, toy_target, baseline, steps):
    given = torch.rand(x.shape, generator=torch.Generator().manual_seed(5))
    found = integrated_gradients(
        linear_toy, x, toy_target, steps=steps, baseline=given if baseline == "given" else baseline
    )
    assert (found.baseline, found.method, found.steps) == (baseline, INTEGRATED, steps)
    weight, start = 2 * linear_toy.weight.numpy(), found.baseline_bases
    close(found.gradient, weight)
    close(found.values, weight * (x.numpy() - start))
    assert found.value == pytest.approx((weight * x.numpy()).sum(), rel=1e-4)
    assert found.baseline_value == pytest.approx((weight * start).sum(), rel=1e-3, abs=1e-2)
    assert found.relative_gap < 1e-3
    for base in range(4):
        stands = np.eye(4)[base] - start
        close(found.hypothetical[:, base], (weight * stands).sum(1))


def test_a_motif_has_all_the_mass(motif_toy, x, toy_target):
    # it answers with a kink at 10 of 12 bases of the way
    found = integrated_gradients(motif_toy, x, toy_target, steps=100, batch_size=5)
    assert found.per_position[MOTIF].min() > 0
    close(found.per_position[MOTIF], np.full(12, found.per_position[MOTIF].mean()))
    assert found.per_position[MOTIF].sum() == pytest.approx(np.abs(found.values).sum())
    assert found.per_position.sum() == pytest.approx(2 * (1 - np.exp(-1)), rel=0.02)
    pooled = found.pooled(reduce="sum")
    assert pooled.argmax() == 8000 // 128
    close(found.pooled(), pooled / 128)


def test_the_hand_model_is_explained_by_its_motif(hand_model, x, toy_target):
    found = input_gradient(hand_model, x, toy_target)
    assert found.pooled().argmax() == 8005 // 128
    assert np.abs(found.per_position[MOTIF]).sum() > 0.9 * np.abs(found.values).sum()


@pytest.mark.parametrize("batch_size", [1, 3, 8])
def test_streamed_steps_are_those_of_captum_at_once(tiny, x, toy_target, batch_size):
    start = torch.full_like(x, 0.25)
    whole = IntegratedGradients(lambda points: scalar(tiny, points, toy_target))
    want = whole.attribute(x[None], start[None], n_steps=8)[0].detach().numpy()
    found = integrated_gradients(
        tiny, x, toy_target, steps=8, baseline="uniform", batch_size=batch_size
    )
    close(found.values, want)


def test_contributions_add_up(tiny, x, toy_target):
    for baseline in ("zeros", "uniform", "shuffles"):
        found = integrated_gradients(tiny, x, toy_target, steps=30, baseline=baseline, batch_size=6)
        assert found.relative_gap < 0.01
        difference = found.value - found.baseline_value
        assert found.completeness_gap == pytest.approx(found.values.sum() - difference, abs=1e-5)
        standing = (found.hypothetical * x.numpy()).sum(1)
        close(standing, found.per_position)


@pytest.mark.parametrize("method", [integrated_gradients, input_gradient])
def test_both_strands_say_the_same(tiny, tiny_tracks, x, method):
    target = Target("human", (0, 3), (20, 31))  # tracks of a stranded pair each
    kwargs = {"steps": 4} if method is integrated_gradients else {}
    kwargs |= {"reverse_complement": True, "tracks": tiny_tracks}
    there = method(tiny, x, target, **kwargs)
    back = target.mirrored(tiny.config, tiny_tracks)
    assert back.tracks == (1, 2)
    here = method(tiny, reverse_complement_one_hot(x), back, **kwargs)
    close(here.values[::-1, ::-1], there.values)
    assert here.value == pytest.approx(there.value, rel=1e-5)
    assert here.letters == reverse_complement(there.letters)
    kwargs["reverse_complement"] = False
    one = method(tiny, x, target, **kwargs)
    other = method(tiny, reverse_complement_one_hot(x), back, **kwargs)
    close((one.gradient + other.gradient[::-1, ::-1]) / 2, there.gradient)


@pytest.mark.parametrize("baseline", ["zeros", "uniform", "shuffles"])
def test_what_is_no_base_contributes_nothing(tiny, toy_sequence, toy_target, baseline):
    padded = "N" * 300 + toy_sequence[300:9000] + "RN" + toy_sequence[9002:-100].lower() + "n" * 100
    found = integrated_gradients(
        tiny, enformer.one_hot(padded), toy_target, steps=2, baseline=baseline
    )
    no_base = np.array([letter not in "ACGT" for letter in padded.upper()])
    assert not found.values[no_base].any()
    assert (found.values[~no_base] != 0).any(1).mean() > 0.99
    assert found.letters == padded.upper().replace("R", "N")


def test_lower_case_is_the_same_sequence(tiny, toy_sequence, toy_target):
    upper, lower = (
        input_gradient(tiny, enformer.one_hot(text), toy_target)
        for text in (toy_sequence, toy_sequence.lower())
    )
    assert np.array_equal(upper.values, lower.values)


def test_the_ends_of_the_window_are_explained_too(linear_toy, tiny, x, toy_target):
    ends = [0, 1, -2, -1]
    found = input_gradient(linear_toy, x, toy_target)
    close(found.per_position[ends], 2 * (linear_toy.weight * x).sum(1)[ends])
    assert input_gradient(tiny, x, Target("human", (0,), (0, 63))).gradient[ends].all()


def test_the_input_gradient_is_that_of_autograd(tiny, x, toy_target):
    asked = x[None].clone().requires_grad_()
    (want,) = torch.autograd.grad(scalar(tiny, asked, toy_target).sum(), asked)
    want = want[0].numpy()
    plain, centred = (input_gradient(tiny, x, toy_target, centred=c) for c in (False, True))
    close(plain.gradient, want)
    close(plain.values, want * x.numpy())
    assert plain.method == INPUT_GRADIENT
    assert np.array_equal(plain.hypothetical, plain.gradient)
    close(centred.gradient, want - want.mean(1, keepdims=True))
    close(centred.values, centred.gradient * x.numpy())
    assert centred.method == CENTRED
    assert np.abs(centred.hypothetical.sum(1)).max() < 1e-6
    assert plain.completeness_gap is plain.relative_gap is plain.baseline_value is None


def test_bfloat16_says_about_the_same(tiny, x, toy_target):
    rough = enformer.model.cast_weights(copy.deepcopy(tiny), torch.bfloat16)
    exact, found = (
        integrated_gradients(model, x, toy_target, steps=4).values for model in (tiny, rough)
    )
    assert found.dtype == np.float32
    assert np.corrcoef(exact.ravel(), found.ravel())[0, 1] > 0.98


@pytest.mark.parametrize("training", [False, True])
def test_the_model_stays_as_it_is(tiny, x, toy_target, training):
    model = copy.deepcopy(tiny).requires_grad_(training).train(training)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    for method in (integrated_gradients, input_gradient):
        found = method(model, x, toy_target, **({"steps": 2} if method != input_gradient else {}))
        want = method(tiny, x, toy_target, **({"steps": 2} if method != input_gradient else {}))
        close(found.values, want.values)
    assert model.training is training
    assert all(p.grad is None and p.requires_grad is training for p in model.parameters())
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())


def test_parameters_that_learn_cost_no_gradient(tiny, x, toy_target):
    """The stages see fixed parameters, so autograd keeps nothing for theirs."""
    from interpret.gradients import still

    learning = copy.deepcopy(tiny).requires_grad_(True)
    fixed = still(learning)
    assert still(tiny) is tiny
    assert not any(p.requires_grad for p in fixed.parameters())
    for mine, theirs in zip(fixed.parameters(), learning.parameters(), strict=True):
        assert mine.data_ptr() == theirs.data_ptr()


def test_it_works_where_gradients_are_off(tiny, x, toy_target):
    want = input_gradient(tiny, x, toy_target).values
    with torch.inference_mode():
        found = input_gradient(tiny, x * 1, toy_target).values
    assert np.array_equal(found, want)


def test_progress_is_told_and_cancel_obeyed_at_each_step(linear_toy, x, toy_target):
    told: list[float] = []
    integrated_gradients(
        linear_toy, x, toy_target, steps=6, progress=lambda done, what: told.append(done)
    )
    assert told == pytest.approx([i / 8 for i in range(9)])
    calls = iter([False] * 4 + [True])
    with pytest.raises(Cancelled):
        integrated_gradients(linear_toy, x, toy_target, steps=6, cancel=lambda: next(calls))
    assert next(calls, None) is None


def test_a_result_carries_where_it_comes_from(tiny_checkpoint, toy_target):
    genome = enformer.open_genome("demo")
    contig = next(iter(genome.contigs))
    where = enformer.Interval(contig, 20_000, 20_001)
    subject = Subject.read(tiny_checkpoint, genome, where)
    found = integrated_gradients(
        subject.model, subject.one_hot, toy_target, steps=1, baseline="shuffles", shuffles=3,
        seed=4, origin=subject.provenance,
    )  # fmt: skip
    assert found.interval == subject.window
    assert found.provenance.method == INTEGRATED
    wanted = {"target": str(toy_target), "steps": 1, "baseline": "shuffles", "shuffles": 3}
    assert wanted.items() <= found.provenance.options.items()
    again = unpack(pack(found))
    assert np.array_equal(again.values, found.values)
    assert again.completeness_gap == found.completeness_gap
    with pytest.raises(ValueError, match="read-only"):
        found.values[0] = 1


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"baseline": "nothing"}, "no such baseline"),
        ({"baseline": torch.zeros(5, 4)}, "finite numbers"),
        ({"steps": 0}, "steps"),
        ({"batch_size": 0}, "batch_size"),
        ({"one_hot": torch.zeros(16_384, 5)}, "one sequence"),
    ],
)
def test_what_cannot_be_used_is_refused(tiny, x, toy_target, wrong, says):
    given = {"one_hot": x} | wrong
    with pytest.raises(EnformerLensError, match=says):
        integrated_gradients(tiny, given.pop("one_hot"), toy_target, **given)


def test_a_target_the_model_has_not_is_refused(tiny, x):
    with pytest.raises(QueryError, match="heads are"):
        input_gradient(tiny, x, Target("rat", (0,), (0,)))


def test_pools_must_fit(linear_toy, x, toy_target):
    found = input_gradient(linear_toy, x, toy_target)
    assert found.pooled(16_384, "sum") == pytest.approx(np.abs(found.per_position).sum(), rel=1e-4)
    with pytest.raises(EnformerLensError, match="cannot be cut"):
        found.pooled(100)
