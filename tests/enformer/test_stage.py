"""The conv stage: by tiles as over the whole length, its gradients too."""

import copy

import pytest
import torch

from enformer import layers, tiles
from enformer.stage import ConvStage


@pytest.mark.parametrize("length", [40, 64, 66, 200])
@pytest.mark.parametrize("first", [True, False])
def test_tiles_give_the_whole(monkeypatch, length, first):
    monkeypatch.setattr(tiles, "TILE", 32)
    conv = layers.Conv(4, 6, 15) if first else layers.ConvBlock(4, 6, 5)
    stage = ConvStage(conv, 6, 15 if first else 5).eval()
    for parameter in stage.parameters():
        torch.nn.init.normal_(parameter)
    x = torch.randn(2, length, 4)
    with torch.no_grad():
        torch.testing.assert_close(stage(x), stage._whole(x), rtol=1e-4, atol=1e-5)
    assert stage(x).requires_grad


def drawn_stage(first: bool, dtype: torch.dtype = torch.float32) -> ConvStage:
    """A stage with random weights and statistics, fixed, as a checkpoint leaves it."""
    conv = layers.Conv(4, 6, 15) if first else layers.ConvBlock(4, 6, 5)
    stage = ConvStage(conv, 6, 15 if first else 5).eval().requires_grad_(False)
    for name, tensor in stage.state_dict().items():
        if tensor.is_floating_point():
            torch.nn.init.uniform_(tensor, 0.5, 2) if "var" in name else torch.nn.init.normal_(
                tensor
            )
    for module in stage.modules():
        if dtype == torch.float64 or not isinstance(module, layers.BatchNorm):
            module._apply(lambda t: t.to(dtype) if t.is_floating_point() else t, recurse=False)
    return stage


@pytest.mark.parametrize("length", [8, 30, 32, 40, 64, 66, 200])
@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize(("dtype", "allowed"), [(torch.float64, 1e-12), (torch.float32, 2e-5)])
def test_the_gradient_in_tiles_is_that_of_the_whole(monkeypatch, length, first, dtype, allowed):
    monkeypatch.setattr(tiles, "TILE", 32)
    torch.manual_seed(length)
    stage = drawn_stage(first, dtype)
    x = torch.randn(2, length, 4, dtype=dtype)
    found, want = x.clone().requires_grad_(), x.clone().requires_grad_()
    value, whole = stage(found), stage._whole(want)
    assert "Mix" in value.grad_fn.name()
    weights = torch.randn_like(whole)
    (gradient,) = torch.autograd.grad(value, found, weights)
    (wanted,) = torch.autograd.grad(whole, want, weights)
    assert (value - whole).abs().max() <= allowed * whole.abs().max()
    assert (gradient - wanted).abs().max() <= allowed * wanted.abs().max()
    assert gradient.dtype == dtype


def test_the_gradient_in_tiles_can_be_asked_twice():
    stage, x = drawn_stage(False), torch.randn(1, 40, 4, requires_grad=True)
    value = stage(x).sum((0, 1))
    first, again = (torch.autograd.grad(value[0], x, retain_graph=True)[0] for _ in range(2))
    assert torch.equal(first, again)


def trained(first: bool, dtype: torch.dtype) -> ConvStage:
    """The same stage whenever it is asked for, in training, its weights to be learnt."""
    torch.manual_seed(1)
    return drawn_stage(first, dtype).train().requires_grad_()


@pytest.mark.parametrize("length", [8, 30, 32, 40, 64, 66, 200])
@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("fixed", [True, False], ids=["of weights only", "of its input too"])
@pytest.mark.parametrize(("dtype", "allowed"), [(torch.float64, 1e-12), (torch.float32, 1e-4)])
def test_training_in_tiles_is_that_of_the_whole(monkeypatch, length, first, fixed, dtype, allowed):
    monkeypatch.setattr(tiles, "TILE", 32)
    ours, whole = trained(first, dtype), trained(first, dtype)
    x = torch.randn(2, length, 4, dtype=dtype)
    found, want = (x.clone().requires_grad_(not fixed) for _ in range(2))
    value, wanted = ours(found), whole._whole(want)
    weights = torch.randn_like(wanted)
    value.backward(weights)
    wanted.backward(weights)
    pairs = [(value, wanted)] if fixed else [(value, wanted), (found.grad, want.grad)]
    pairs += [(a.grad, b.grad) for a, b in zip(ours.parameters(), whole.parameters(), strict=True)]
    pairs += list(zip(ours.buffers(), whole.buffers(), strict=True))
    for one, other in pairs:
        assert (one - other).abs().max() <= allowed * other.abs().max() + allowed


@pytest.mark.parametrize("learns", [True, False])
def test_bfloat16_loses_no_more_by_tiles(monkeypatch, learns):
    monkeypatch.setattr(tiles, "TILE", 512)
    torch.manual_seed(0)
    stage = ConvStage(layers.ConvBlock(32, 48, 5), 48, 5).train(learns).requires_grad_(learns)
    torch.nn.init.normal_(stage.pool.weight)
    x, weights = torch.randn(1, 2048, 32), torch.randn(1, 1024, 48)

    def gradients(forward, mixed):
        stage.zero_grad()
        given = x.clone().requires_grad_()
        with torch.autocast("cpu", torch.bfloat16, enabled=mixed):
            value = forward(given)
        (value.float() * weights).sum().backward()
        return [value.float(), given.grad, *(p.grad for p in stage.parameters() if learns)]

    exact = gradients(stage._whole, mixed=False)
    for by_tiles, whole, truth in zip(
        gradients(stage, mixed=True), gradients(stage._whole, mixed=True), exact, strict=True
    ):
        lost, usual = ((found - truth).norm() / truth.norm() for found in (by_tiles, whole))
        assert by_tiles.dtype == torch.float32
        assert 1e-4 < lost < 1.5 * usual + 1e-2


@pytest.mark.parametrize("first", [True, False])
def test_bfloat16_weights_lose_no_more_by_tiles(monkeypatch, first):
    monkeypatch.setattr(tiles, "TILE", 512)
    torch.manual_seed(0)
    conv = layers.Conv(4, 48, 15) if first else layers.ConvBlock(4, 48, 5)
    stage = ConvStage(conv, 48, 15 if first else 5).eval().requires_grad_(False)
    for module in stage.modules():
        if not isinstance(module, layers.BatchNorm):
            module._apply(lambda tensor: tensor.bfloat16(), recurse=False)
    exact = copy.deepcopy(stage).double()
    x, weights = torch.randn(1, 2048, 4).bfloat16(), torch.randn(1, 1024, 48)

    def gradients(forward, dtype):
        given = x.to(dtype, copy=True).requires_grad_()
        value = forward(given)
        (value * weights.to(dtype)).sum().backward()
        assert value.dtype == given.grad.dtype == dtype
        return value.double(), given.grad.double()

    for by_tiles, whole, truth in zip(
        gradients(stage, torch.bfloat16),
        gradients(stage._whole, torch.bfloat16),
        gradients(exact._whole, torch.float64),
        strict=True,
    ):
        lost, usual = ((found - truth).norm() / truth.norm() for found in (by_tiles, whole))
        assert 1e-4 < lost < 1.5 * usual + 2e-3


@pytest.mark.parametrize("frozen", [True, False])
def test_what_is_frozen_has_no_gradient(frozen):
    stage = drawn_stage(True).train()
    stage.pointwise.conv.bias.requires_grad_(not frozen)
    value = stage(torch.randn(2, 40, 4, requires_grad=True))
    value.square().sum().backward()
    assert stage.pool.weight.grad is None
    assert frozen == (stage.pointwise.conv.bias.grad is None)
    assert frozen or stage.pointwise.conv.bias.grad.abs().min() > 0
