"""The toys of this directory are what their docstrings say."""

import pytest
import torch

import enformer
from enformer.layers import crop
from interpret.target import scalar


def edited(sequence: str, at: int, letter: str) -> torch.Tensor:
    return enformer.one_hot(sequence[:at] + letter + sequence[at + 1 :]).unsqueeze(0)


@pytest.mark.parametrize("name", ["linear_toy", "motif_toy", "near_motif_toy", "hand_model"])
def test_every_way_to_read_a_toy_agrees(request, name, toy_sequence, toy_target):
    model = request.getfixturevalue(name)
    x = enformer.one_hot(toy_sequence).unsqueeze(0)
    by_scalar = scalar(model, x, toy_target)
    torch.testing.assert_close(toy_target.of(model(x)["human"]), by_scalar)
    bins = crop(model.tokens(x), model.config.target_bins)
    values = model.read(bins, "human", range(8))
    torch.testing.assert_close(toy_target.of(values), by_scalar)


def test_the_linear_toy_is_its_weight(linear_toy, toy_sequence, toy_target):
    x = enformer.one_hot(toy_sequence).unsqueeze(0).requires_grad_()
    value = scalar(linear_toy, x, toy_target)
    torch.testing.assert_close(value, 2 * (linear_toy.weight * x[0]).sum().view(1))
    (gradient,) = torch.autograd.grad(value, x)
    torch.testing.assert_close(gradient[0], 2 * linear_toy.weight)


def test_the_motif_toy_reads_its_motif(motif_toy, toy_sequence, toy_target):
    def ask(x):
        return scalar(motif_toy, x, toy_target).item()

    whole, broken = edited(toy_sequence, 100, "A"), edited(toy_sequence, 8000, "N")
    assert ask(whole) == pytest.approx(2 * (1 - 2.718281828**-1))
    assert ask(broken) == pytest.approx(2 * (1 - 2.718281828**-0.5))
    assert ask(edited(toy_sequence, 8011, "C")) == pytest.approx(ask(broken))
    assert ask(enformer.one_hot("ACGT" * 4096).unsqueeze(0)) == 0


def test_a_motif_counts_less_with_distance(near_motif_toy, toy_sequence):
    x = enformer.one_hot(toy_sequence).unsqueeze(0)
    matches = -torch.log1p(-near_motif_toy.tokens(x)[0, :, 0])
    apart = (torch.arange(128) - 8000 // 128).abs()
    torch.testing.assert_close(matches, torch.exp(-apart / 8), rtol=1e-4, atol=1e-6)


def test_the_hand_model_finds_its_motif_by_attention(hand_model, toy_sequence):
    x = enformer.one_hot(toy_sequence).unsqueeze(0)
    without = edited(toy_sequence, 8005, "N")
    found, missing = (hand_model(each)["human"] for each in (x, without))
    assert found.min() > 7.5
    assert missing.max() < 0.7
    trunk = hand_model.stem(x)
    for stage in hand_model.conv_tower:
        trunk = stage(trunk)
    assert trunk[0, :, 0].argmax() == (8000 + 5) // 128
    assert trunk[0, :, 0].max() == pytest.approx(4, abs=0.05)
    assert trunk[0, :, 0].sort().values[-2] < 0.01
