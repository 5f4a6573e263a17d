"""Relative attention against its definition, and the life of the keys it keeps."""

import pytest
import torch

from enformer import Enformer
from enformer.attend import attend
from enformer.attention import RelativeAttention, relative_shift
from enformer.positions import relative_basis


@pytest.fixture
def attention(tiny_config) -> RelativeAttention:
    torch.manual_seed(0)
    layer = RelativeAttention(tiny_config).eval()
    for parameter in layer.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    return layer.requires_grad_(False)


def test_shift_puts_distance_j_minus_i_at_i_j():
    tokens = 7
    distances = torch.arange(-(tokens - 1), tokens).repeat(2, 3, tokens, 1)
    i, j = torch.meshgrid(torch.arange(tokens), torch.arange(tokens), indexing="ij")
    assert torch.equal(relative_shift(distances.float()), (j - i).float().expand(2, 3, -1, -1))


def test_weights_follow_the_formula_pair_by_pair(attention, tiny_config):
    n, size = 5, tiny_config.key_size
    x = torch.randn(1, n, tiny_config.channels)
    found = attention.weights(x)[0]
    basis = relative_basis(n, tiny_config.position_features)
    for head in range(tiny_config.attention_heads):
        part = slice(head * size, (head + 1) * size)
        q = x[0] @ attention.query.weight[part].T / size**0.5
        k = x[0] @ attention.key.weight[part].T
        r = basis @ attention.relative_key.weight[part].T
        u, v = attention.content_bias[0, head, 0], attention.position_bias[0, head, 0]
        logits = torch.stack(
            [
                torch.stack([(q[i] + u) @ k[j] + (q[i] + v) @ r[j - i + n - 1] for j in range(n)])
                for i in range(n)
            ]
        )
        torch.testing.assert_close(found[head], logits.softmax(-1), rtol=1e-5, atol=1e-6)


def test_rows_sum_to_one_before_dropout(attention, tiny_config):
    x = torch.randn(2, 9, tiny_config.channels)
    attention.train()
    attention.position_dropout.p = 0.0
    rows = attention.weights(x).sum(-1)
    torch.testing.assert_close(rows, torch.ones_like(rows))


def test_forward_mixes_values_with_the_weights(attention, tiny_config):
    x = torch.randn(2, 6, tiny_config.channels)
    values = attention.value(x).unflatten(-1, (tiny_config.attention_heads, -1))
    mixed = torch.einsum("bhqk,bkhv->bqhv", attention.weights(x), values).flatten(2)
    want = mixed @ attention.output.weight.T + attention.output.bias
    torch.testing.assert_close(attention(x), want, rtol=1e-5, atol=1e-5)


def test_kept_keys_serve_equal_lengths_and_are_dropped_when_anything_changes(
    attention, tiny_config
):
    x = torch.randn(1, 8, tiny_config.channels)
    attention.weights(x)
    kept = attention._relative_keys
    attention.weights(x + 1)
    assert attention._relative_keys is kept
    attention.weights(torch.randn(1, 9, tiny_config.channels))
    assert attention._relative_keys is not kept
    before = attention.weights(x)
    attention.relative_key.weight.mul_(2)
    assert not torch.allclose(attention.weights(x), before)
    attention.relative_key.weight.data = attention.relative_key.weight.double()
    assert attention._keys_by_distance(x.double()).dtype == torch.float64


def test_keys_kept_in_inference_mode_serve_a_backward_pass(attention, tiny_config):
    x = torch.randn(1, 8, tiny_config.channels)
    with torch.inference_mode():
        attention(x)
    x.requires_grad_(True)
    (gradient,) = torch.autograd.grad(attention(x).sum(), x)
    assert torch.isfinite(gradient).all()


def test_training_draws_position_dropout_anew_and_learns_the_keys(tiny_config):
    layer = Enformer(tiny_config).train().transformer[0].attention
    x = torch.randn(1, 8, tiny_config.channels)
    layer.position_dropout.p = 0.5
    assert not torch.equal(layer.weights(x), layer.weights(x))
    layer.weights(x)[..., 0].sum().backward()
    assert layer.relative_key.weight.grad.abs().sum() > 0


@pytest.fixture(params=[1, 3, 16])
def few_queries(request, monkeypatch) -> None:
    """Tiles of so many queries."""
    monkeypatch.setattr("enformer.attend.TILE", 1)
    monkeypatch.setattr("enformer.attend.FEWEST", request.param)


@pytest.mark.usefixtures("few_queries")
def test_tiles_change_nothing(attention, tiny_config):
    x = torch.randn(2, 11, tiny_config.channels)
    whole = attention.output(attention._gather(x, range(11), None))
    torch.testing.assert_close(attention(x), whole, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(attention(x, range(4, 10)), whole[:, 4:10], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("queries", [range(11), range(4, 10), range(10, 11)])
@pytest.mark.usefixtures("few_queries")
def test_the_gradient_by_tiles_is_that_of_autograd(attention, queries):
    attention = attention.double().train().requires_grad_()
    attention.position_dropout.p = attention.attention_dropout.p = 0.0
    x = torch.randn(2, 11, attention.query.in_features, dtype=torch.float64, requires_grad=True)
    weight = torch.randn(2, len(queries), attention.output.out_features, dtype=torch.float64)
    asked = [x, *attention.parameters()]
    whole = attention.output(attention._gather(x, queries, None))
    want = torch.autograd.grad((whole * weight).sum(), asked)
    found = torch.autograd.grad((attention(x, queries) * weight).sum(), asked)
    for one, other in zip(found, want, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-9, atol=1e-11)


@pytest.mark.usefixtures("few_queries")
def test_dropout_by_tiles_is_the_same_in_the_backward_pass(attention):
    """The gradient is that of the function that was drawn: finite differences agree with it."""
    layer = attention.double().train()
    layer.attention_dropout.p = 0.5
    x = torch.randn(1, 9, layer.query.in_features, dtype=torch.float64, requires_grad=True)

    def drawn(given):
        torch.manual_seed(3)
        return layer(given)

    assert torch.autograd.gradcheck(drawn, (x,))
    assert not torch.allclose(drawn(x), layer.eval()(x))


def test_dropout_keeps_the_mean():
    parts = [0.1 * torch.randn(1, 2, 40, 8) for _ in range(3)] + [torch.randn(1, 2, 40, 8)]
    relative = 0.1 * torch.randn(2, 79, 8)
    drawn = [attend(*parts, relative, 0, dropout=0.3) for _ in range(400)]
    torch.testing.assert_close(
        torch.stack(drawn).mean(0), attend(*parts, relative, 0), rtol=0, atol=0.05
    )


@pytest.mark.parametrize("grad", [True, False])
def test_an_inspector_sees_every_weight_once(attention, tiny_config, monkeypatch, grad):
    monkeypatch.setattr("enformer.attend.TILE", 1)
    monkeypatch.setattr("enformer.attend.FEWEST", 4)
    x = torch.randn(2, 10, tiny_config.channels)
    seen = torch.zeros(2, tiny_config.attention_heads, 10, 10)
    order = []

    def inspect(sample, head, first, weights):
        order.append((sample, head, first))
        seen[sample, head, first : first + len(weights)] += weights

    attention(x.requires_grad_(grad), range(2, 9), inspect)
    want = attention.weights(x)[:, :, 2:9]
    torch.testing.assert_close(seen[:, :, 2:9], want, rtol=1e-5, atol=1e-6)
    assert order == sorted(order)  # map by map, and there from the first query on
    assert not seen[:, :, :2].any()
    assert not seen[:, :, 9:].any()
