"""The parts of the trunk against plain definitions."""

import pytest
import torch
import torch.nn.functional as F

from enformer import layers


def test_gelu_is_x_times_sigmoid():
    x = torch.linspace(-6, 6, 101)
    torch.testing.assert_close(layers.gelu(x), x * torch.sigmoid(1.702 * x))
    assert not torch.allclose(layers.gelu(x), F.gelu(x), atol=1e-3)


@pytest.mark.parametrize("width", [1, 5, 15])
def test_convolve_is_a_centred_correlation_with_zeros_outside(width):
    x, weight, bias = torch.randn(2, 11, 3), torch.randn(4, 3, width), torch.randn(4)
    padded = F.pad(x, (0, 0, width // 2, width // 2))
    want = torch.stack(
        [sum(padded[:, i + j] @ weight[:, :, j].T for j in range(width)) + bias for i in range(11)],
        dim=1,
    )
    torch.testing.assert_close(layers.convolve(x, weight, bias), want, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_project_is_a_matrix_product(dtype):
    x, weight, bias = (
        t.to(dtype) for t in (torch.randn(2, 5, 7), torch.randn(3, 7), torch.randn(3))
    )
    found = layers.project(x, weight, bias)
    assert found.dtype == dtype
    torch.testing.assert_close(found, F.linear(x, weight, bias), rtol=2e-2, atol=2e-2)
    if dtype == torch.float32:
        torch.testing.assert_close(found, F.linear(x, weight, bias))


def test_batch_norm_is_over_batch_and_length():
    norm, x = layers.BatchNorm(3).train(), 5 + 2 * torch.randn(4, 100, 3)
    found = norm(x)
    torch.testing.assert_close(found.mean((0, 1)), torch.zeros(3), rtol=0, atol=1e-5)
    torch.testing.assert_close(found.var((0, 1), correction=0), torch.ones(3), rtol=1e-3, atol=0)
    torch.testing.assert_close(norm.running_mean, 0.1 * x.mean((0, 1)))
    norm.eval()
    scale = (norm.running_var + 1e-5).rsqrt()
    torch.testing.assert_close(norm(x), (x - norm.running_mean) * scale)


def test_pool_is_the_softmax_over_each_pair():
    pool = layers.SoftmaxPool(6)
    torch.nn.init.normal_(pool.weight)
    x = torch.randn(2, 10, 6)
    pairs = x.unflatten(1, (5, 2))
    want = ((pairs @ pool.weight.T).softmax(2) * pairs).sum(2)
    torch.testing.assert_close(pool(x), want, rtol=1e-4, atol=1e-5)


def test_a_fresh_pool_prefers_the_larger_of_two():
    x = torch.tensor([[[0.0], [10.0]]])
    assert layers.SoftmaxPool(1)(x).item() == pytest.approx(10, abs=1e-6)


@pytest.mark.parametrize("length", [40, 64, 66, 200])
@pytest.mark.parametrize("first", [True, False])
def test_tiles_give_the_whole(monkeypatch, length, first):
    monkeypatch.setattr(layers, "TILE", 32)
    conv = layers.Conv(4, 6, 15) if first else layers.ConvBlock(4, 6, 5)
    stage = layers.ConvStage(conv, 6, 15 if first else 5).eval()
    for parameter in stage.parameters():
        torch.nn.init.normal_(parameter)
    x = torch.randn(2, length, 4)
    with torch.no_grad():
        torch.testing.assert_close(stage(x), stage._whole(x), rtol=1e-4, atol=1e-5)
    assert stage(x).requires_grad


def drawn_stage(first: bool, dtype: torch.dtype = torch.float32) -> layers.ConvStage:
    """A stage with random weights and statistics, fixed, as a checkpoint leaves it."""
    conv = layers.Conv(4, 6, 15) if first else layers.ConvBlock(4, 6, 5)
    stage = layers.ConvStage(conv, 6, 15 if first else 5).eval().requires_grad_(False)
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
@pytest.mark.parametrize(
    ("dtype", "allowed"),
    [(torch.float64, 1e-12), (torch.float32, 2e-5), (torch.bfloat16, 5e-2)],
)
def test_the_gradient_in_tiles_is_that_of_the_whole(monkeypatch, length, first, dtype, allowed):
    monkeypatch.setattr(layers, "TILE", 32)
    torch.manual_seed(length)
    stage = drawn_stage(first, dtype)
    x = torch.randn(2, length, 4, dtype=dtype)
    found, want = x.clone().requires_grad_(), x.clone().requires_grad_()
    value, whole = stage(found), stage._whole(want)
    assert "FixedStage" in value.grad_fn.name()
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


@pytest.mark.parametrize("frozen", [True, False])
def test_what_learns_goes_through_autograd(frozen):
    stage = drawn_stage(True).train(frozen)
    stage.pointwise.conv.weight.requires_grad_(not frozen)
    value = stage(torch.randn(2, 40, 4, requires_grad=True))
    assert "FixedStage" not in value.grad_fn.name()
    if not frozen:
        value.sum().backward()
        assert stage.pointwise.conv.weight.grad.abs().sum() > 0
        assert stage.pool.weight.grad is None


def test_crop_keeps_the_middle():
    x = torch.arange(10.0).view(1, 10, 1)
    assert layers.crop(x, 4).flatten().tolist() == [3, 4, 5, 6]
    assert layers.crop(x, 5).flatten().tolist() == [2, 3, 4, 5, 6]
