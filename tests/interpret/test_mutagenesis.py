"""Substitutions against whole forward passes, toys with known answers, and what a result says of itself."""

import copy

import numpy as np
import pytest
import torch

import enformer
from enformer import OFFICIAL, Enformer, Interval
from enformer.errors import Cancelled, EnformerLensError, QueryError
from enformer.sequence import one_hot
from interpret import Subject, Target
from interpret.mutagenesis import first_order_mutagenesis, mutagenesis
from interpret.target import scalar

LENGTH = 16_384
TARGET = Target("human", (1, 4), (0, 31, 63))


@pytest.fixture(scope="module")
def sequence() -> torch.Tensor:
    codes = torch.randint(4, (LENGTH,), generator=torch.Generator().manual_seed(5))
    sequence = torch.nn.functional.one_hot(codes, 4).float()
    sequence[8190:8192] = 0  # N
    return sequence


@pytest.fixture(scope="module")
def model(tiny_checkpoint):
    """In float64: random weights hardly answer to one base, and float32 would round that away."""
    model = Enformer(tiny_checkpoint.config).eval().requires_grad_(False)
    model.load_state_dict(tiny_checkpoint.model.state_dict())
    return model.double()


def brute_force(model, sequence, target, start, stop) -> np.ndarray:
    """A whole pass for each base at each position, minus that of the sequence."""
    sequence = sequence.to(model.dtype)
    edited = [sequence]
    for position in range(start, stop):
        for base in range(4):
            edited.append(sequence.clone())
            edited[-1][position] = torch.eye(4)[base]
    with torch.inference_mode():
        values = [target.of(model(one[None], heads=(target.head,))[target.head]) for one in edited]
    effects = torch.cat(values[1:]) - values[0]
    return effects.reshape(stop - start, 4).numpy()


@pytest.mark.parametrize("start", [0, 8188, 9600, LENGTH - 4])
def test_every_substitution_has_the_effect_of_a_whole_pass(model, sequence, start):
    found = mutagenesis(model, sequence, TARGET, start, start + 4)
    want = brute_force(model, sequence, TARGET, start, start + 4)
    np.testing.assert_allclose(found.values, want, rtol=0, atol=1e-6 * np.abs(want).max())
    with torch.inference_mode():
        assert found.reference == pytest.approx(
            TARGET.of(model(sequence.double()[None])["human"]).item(), rel=1e-5
        )


def test_the_base_that_is_there_has_no_effect_and_n_has_four(model, sequence):
    found = mutagenesis(model, sequence, TARGET, 8188, 8194)
    letters = "".join("ACGT"[row.argmax()] if row.any() else "N" for row in sequence[8188:8194])
    assert found.letters == letters
    assert letters[2:4] == "NN"
    assert not found.values[sequence[8188:8194].numpy() == 1].any()
    assert found.values[2:4].all()


def test_the_batch_size_does_not_matter(model, sequence):
    results = [
        mutagenesis(model, sequence, TARGET, 8189, 8193, batch_size=size).values
        for size in (1, 3, 50)
    ]
    scale = np.abs(results[0]).max()
    for other in results[1:]:
        np.testing.assert_allclose(other, results[0], rtol=0, atol=1e-6 * scale)


def test_the_importance_is_minus_the_mean_effect_of_the_others(model, sequence):
    found = mutagenesis(model, sequence, TARGET, 8188, 8194)
    for place, letter in enumerate(found.letters):
        others = [found.values[place, base] for base in range(4) if "ACGT"[base] != letter]
        want = 0.0 if letter == "N" else -float(np.mean(others))
        assert found.importance[place] == pytest.approx(want, rel=1e-5)
        row = [want if base == letter else 0.0 for base in "ACGT"]
        np.testing.assert_allclose(found.logo[place], row, rtol=1e-5)


def test_only_the_motif_matters_to_a_model_that_looks_for_it(hand_model, toy_sequence, toy_target):
    """Whichever base of the motif is changed, only softplus(0) is left; others do nothing."""
    found = mutagenesis(hand_model, one_hot(toy_sequence), toy_target, 7998, 8014)
    there = one_hot(toy_sequence)[7998:8014].numpy() == 1
    inside = np.zeros_like(there)
    inside[2:14] = True
    assert found.reference > 7
    lost = found.values[inside & ~there]
    np.testing.assert_allclose(lost, np.log(2) - found.reference, rtol=1e-3)
    np.testing.assert_allclose(found.values[~inside & ~there], 0, atol=1e-3)


def test_first_order_is_exact_for_a_linear_model(linear_toy, toy_sequence, toy_target):
    x = one_hot(toy_sequence)
    found = first_order_mutagenesis(linear_toy, x, toy_target, 100, 140)
    weight = 2 * linear_toy.weight[100:140]
    want = weight - (weight * x[100:140]).sum(1, keepdim=True)
    np.testing.assert_allclose(found.values, want, rtol=1e-4, atol=1e-5)
    assert (found.exact, found.checked, found.correlation, found.largest_error) == (
        False, 0, None, None,
    )  # fmt: skip


def test_first_order_measures_its_own_error(model, sequence):
    start, stop = 8188, 8200
    found = first_order_mutagenesis(model, sequence, TARGET, start, stop, check=12)
    exact = mutagenesis(model, sequence, TARGET, start, stop)
    absent = sequence[start:stop].numpy() != 1
    rough, true = found.values[absent], exact.values[absent]
    assert found.checked == absent.sum() == 12 * 3 + 2
    assert found.correlation == pytest.approx(np.corrcoef(rough, true)[0, 1], rel=1e-3)
    assert found.largest_error == pytest.approx(np.abs(rough - true).max(), rel=1e-3)
    assert found.correlation is not None
    assert found.correlation > 0.5
    assert found.reference == pytest.approx(exact.reference, rel=1e-5)
    assert not found.values[~absent].any()
    assert exact.exact
    assert not found.exact


def test_first_order_is_the_slope(model, sequence):
    found = first_order_mutagenesis(model, sequence, TARGET, 9600, 9601, check=1)
    base = int(np.abs(found.values[0]).argmax())
    step, mixed = 1e-4, sequence.double().clone()
    mixed[9600] += step * (torch.eye(4)[base] - sequence[9600])
    with torch.no_grad():
        values = TARGET.of(model(torch.stack([sequence.double(), mixed]))["human"])
    slope = (values[1] - values[0]).item() / step
    assert found.values[0, base] == pytest.approx(slope, rel=1e-3)


@pytest.mark.parametrize("method", [mutagenesis, first_order_mutagenesis])
def test_a_result_says_where_it_is_and_how_it_was_made(method, tiny_checkpoint):
    subject = Subject.read(
        tiny_checkpoint, enformer.open_genome("demo"), Interval("demo1", 100_000, 100_001)
    )
    with torch.inference_mode():
        found = method(
            subject.model, subject.one_hot, TARGET, 8000, 8002, origin=subject.provenance
        )
    assert found.interval == subject.window
    assert found.region.start == subject.window.start + 8000
    assert found.region.length == len(found.letters) == len(found.values) == 2
    assert found.letters == subject.sequence[8000:8002]
    assert found.target == TARGET
    assert found.provenance.options["target"] == str(TARGET)
    assert ("approximate" in found.provenance.method) != found.exact
    assert not found.values.flags.writeable


def test_without_an_origin_the_window_is_a_sequence(model, sequence):
    found = first_order_mutagenesis(model, sequence, TARGET, 5, 9)
    assert (found.interval, found.region) == (
        Interval("sequence", 0, LENGTH), Interval("sequence", 5, 9),
    )  # fmt: skip
    assert found.provenance is None


def test_progress_is_told_and_cancel_ends_it(model, sequence):
    told: list[float] = []
    mutagenesis(model, sequence, TARGET, 9000, 9003, progress=lambda done, _: told.append(done))
    assert told == pytest.approx([0, 0.25, 0.5, 0.75, 1])
    first_order_mutagenesis(
        model, sequence, TARGET, 9000, 9003, check=2, progress=lambda done, _: told.append(done)
    )
    assert told[5:] == pytest.approx([0, 0.25, 0.5, 0.75, 1])
    with pytest.raises(Cancelled, match="substitutions 5 to 8 of 9"):
        mutagenesis(
            model, sequence, TARGET, 9000, 9003,
            progress=lambda done, _: told.append(done), cancel=lambda: told[-1] == 0.25,
        )  # fmt: skip


@pytest.mark.parametrize("method", [mutagenesis, first_order_mutagenesis])
@pytest.mark.parametrize(("start", "stop"), [(-1, 2), (5, 5), (6, 5), (LENGTH, LENGTH + 1)])
def test_bases_that_are_not_there_are_refused(method, model, sequence, start, stop):
    with pytest.raises(QueryError, match="lie in the window of 16,384 bp"):
        method(model, sequence, TARGET, start, stop)


@pytest.mark.parametrize("method", [mutagenesis, first_order_mutagenesis])
def test_a_batch_of_none_is_refused(method, model, sequence):
    with pytest.raises(EnformerLensError, match="at least one sequence"):
        method(model, sequence, TARGET, 0, 2, batch_size=0)


@pytest.mark.parametrize("method", [mutagenesis, first_order_mutagenesis])
def test_a_target_that_the_model_lacks_is_refused_before_anything_runs(method, model, sequence):
    with pytest.raises(QueryError, match="8 tracks"):
        method(model, sequence, Target("human", (8,), (0,)), 0, 1)


def test_model_and_sequence_stay_as_they_are(model, sequence):
    before, state = (
        sequence.clone(),
        {name: value.clone() for name, value in model.state_dict().items()},
    )
    first_order_mutagenesis(model, sequence, TARGET, 0, 2, check=1)
    assert torch.equal(sequence, before)
    assert not sequence.requires_grad
    assert all(torch.equal(value, state[name]) for name, value in model.state_dict().items())
    assert not any(parameter.grad is not None for parameter in model.parameters())


def test_the_slope_of_a_model_in_training_mode_is_that_in_evaluation(model, sequence):
    learning = copy.deepcopy(model).requires_grad_().train()
    before = {name: value.clone() for name, value in learning.state_dict().items()}
    found = first_order_mutagenesis(learning, sequence, TARGET, 9600, 9602)
    want = first_order_mutagenesis(model, sequence, TARGET, 9600, 9602)
    np.testing.assert_allclose(found.values, want.values, rtol=1e-5)
    assert all(torch.equal(value, before[name]) for name, value in learning.state_dict().items())
    assert learning.training


def test_a_trained_model_in_float32_agrees_with_whole_passes(shared_data):
    """CAGE at the start of HBB, for one base of its promoter."""
    genome = enformer.open_genome(str(shared_data / "hg38" / "hg38_partial.fa.gz"))
    subject = Subject.read(enformer.load("mini"), genome, Interval("chr11", 5_227_070, 5_227_071))
    place, target = subject.window.length // 2 - 36, Target("human", (0,), (255, 256, 257))
    found = mutagenesis(subject.model, subject.one_hot, target, place, place + 1)
    base = int(np.abs(found.values[0]).argmax())
    edited = subject.one_hot.clone()
    edited[place] = torch.eye(4)[base]
    with torch.inference_mode():
        reference, alt = (
            scalar(subject.model, one[None], target).item() for one in (subject.one_hot, edited)
        )
    assert found.values[0, base] == pytest.approx(alt - reference, rel=1e-4, abs=1e-6 * reference)


@pytest.mark.full_size
def test_at_published_size_a_substitution_has_the_effect_of_a_whole_pass():
    """Random weights, the stem's larger than drawn so that one base changes the target by 2 %."""
    torch.manual_seed(0)
    model = Enformer(OFFICIAL).eval().requires_grad_(False)
    for name, parameter in model.named_parameters():
        if name.endswith("attention.output.weight"):
            torch.nn.init.normal_(parameter, std=0.02)
        elif name == "stem.conv.weight":
            parameter.mul_(10)
    codes = torch.randint(4, (OFFICIAL.window_length,), generator=torch.Generator().manual_seed(5))
    sequence = torch.nn.functional.one_hot(codes, 4).float()
    place, target = OFFICIAL.window_length // 2, Target("human", (0, 4828), (447, 448), "sum")
    found = mutagenesis(model, sequence, target, place, place + 1)
    base = int(np.abs(found.values[0]).argmax())
    edited = sequence.clone()
    edited[place] = torch.eye(4)[base]
    with torch.inference_mode():
        alt = scalar(model, edited[None], target).item()
    assert found.values[0, base] == pytest.approx(alt - found.reference, rel=1e-4)
