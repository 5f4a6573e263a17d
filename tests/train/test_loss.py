import torch

from train.loss import EPSILON, poisson_nll


def test_equals_torch() -> None:
    torch.manual_seed(0)
    rate, count = torch.rand(2, 5, 3) + 0.1, torch.rand(2, 5, 3).round(decimals=1)
    expected = torch.nn.functional.poisson_nll_loss(rate, count, log_input=False, eps=EPSILON)
    torch.testing.assert_close(poisson_nll(rate, count), expected)


def test_finite_at_a_rate_of_zero() -> None:
    rate = torch.zeros(1, 2, 1, requires_grad=True)
    loss = poisson_nll(rate, torch.tensor([[[0.0], [300.0]]]))
    loss.backward()
    assert loss.isfinite()
    assert rate.grad is not None
    assert rate.grad.isfinite().all()


def test_least_where_the_rate_is_the_count() -> None:
    count = torch.tensor([[[0.5], [3.0]]])
    rate = count.clone().requires_grad_()
    poisson_nll(rate, count).backward()
    assert rate.grad is not None
    torch.testing.assert_close(rate.grad, torch.zeros_like(rate), atol=1e-6, rtol=0)


def test_bfloat16_predictions_are_summed_in_float32() -> None:
    rate = torch.full((1, 4096, 1), 1.01, dtype=torch.bfloat16)
    loss = poisson_nll(rate, torch.zeros(1, 4096, 1))
    assert loss.dtype == torch.float32
    torch.testing.assert_close(loss, rate[0, 0, 0].float())


def test_weights_scale_tracks() -> None:
    rate, count = torch.rand(1, 4, 2) + 0.1, torch.rand(1, 4, 2)
    alone = [poisson_nll(rate[..., i : i + 1], count[..., i : i + 1]) for i in (0, 1)]
    both = poisson_nll(rate, count, torch.tensor([0.5, 1.5]))
    torch.testing.assert_close(both, (0.5 * alone[0] + 1.5 * alone[1]) / 2)
