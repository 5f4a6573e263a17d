"""The parts of the trunk against plain definitions."""

import pytest
import torch
import torch.nn.functional as F

from enformer import layers, tiles


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


@pytest.mark.parametrize("inputs", [3, layers.NARROW + 1])
@pytest.mark.parametrize("width", [1, 5])
def test_the_gradient_of_a_kernel_is_that_of_autograd(inputs, width):
    x, weight = torch.randn(2, 11, inputs), torch.randn(4, inputs, width, requires_grad=True)
    gradient, beyond = torch.randn(2, 11, 4), width // 2
    (want,) = torch.autograd.grad(layers.convolve(x, weight), weight, gradient)
    found = layers.weight_gradient(F.pad(x, (0, 0, beyond, beyond)), gradient)
    torch.testing.assert_close(found, want, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
@pytest.mark.parametrize("training", [True, False])
def test_a_normalisation_is_its_affine(monkeypatch, training, dtype):
    monkeypatch.setattr(tiles, "TILE", 32)
    torch.manual_seed(0)
    wide = torch.float64 if dtype == torch.float64 else torch.float32
    norm, other = (layers.BatchNorm(3).to(wide).train(training) for _ in range(2))
    x = (5 + 2 * torch.randn(4, 100, 3)).to(dtype).requires_grad_()
    same = x.detach().clone().requires_grad_()
    weights = torch.randn(4, 100, 3)
    scale, shift = norm.as_affine(x)
    found, want = x * scale + shift, other(same)
    (found * weights).sum().backward()
    (want * weights).sum().backward()
    near = 1e-12 if dtype == torch.float64 else 3e-2
    torch.testing.assert_close(found.to(dtype), want, rtol=near, atol=near)
    torch.testing.assert_close(x.grad, same.grad, rtol=near, atol=near)
    for ours, theirs in zip(norm.buffers(), other.buffers(), strict=True):
        torch.testing.assert_close(ours, theirs)


def test_crop_keeps_the_middle():
    x = torch.arange(10.0).view(1, 10, 1)
    assert layers.crop(x, 4).flatten().tolist() == [3, 4, 5, 6]
    assert layers.crop(x, 5).flatten().tolist() == [2, 3, 4, 5, 6]
