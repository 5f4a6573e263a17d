import copy

import pytest
import torch
from torch import nn

from enformer.model import Enformer
from train.recompute import recompute


@pytest.fixture
def pair(tiny_config) -> tuple[Enformer, Enformer]:
    """The same network twice, the second one forgetful."""
    torch.manual_seed(0)
    plain = Enformer(tiny_config).train()
    with torch.no_grad():
        for block in plain.transformer:
            block.attention.output.weight.normal_(std=0.1)
    forgetful = copy.deepcopy(plain)
    recompute(forgetful)
    return plain, forgetful


def step(model: Enformer) -> torch.Tensor:
    torch.manual_seed(1)
    one_hot = torch.eye(4)[torch.randint(4, (2, model.config.window_length))]
    out = model(one_hot, heads=("human",))["human"]
    (out * torch.randn_like(out)).sum().backward()
    return out.detach()


def test_values_gradients_and_statistics_are_those_of_keeping_all(pair) -> None:
    plain, forgetful = pair
    assert torch.equal(step(plain), step(forgetful))  # with dropout: the same numbers are drawn
    for (name, a), (_, b) in zip(
        plain.named_parameters(), forgetful.named_parameters(), strict=True
    ):
        assert (a.grad is None) == (b.grad is None), name
        if a.grad is not None:
            assert torch.equal(a.grad, b.grad), name
    for (name, a), (_, b) in zip(plain.named_buffers(), forgetful.named_buffers(), strict=True):
        assert torch.equal(a, b), name  # running means and variances moved once


def test_less_is_kept(pair) -> None:
    kept = []
    for model in pair:
        sizes: dict[int, int] = {}

        def note(x: torch.Tensor, sizes: dict[int, int] = sizes) -> torch.Tensor:
            sizes[x.untyped_storage().data_ptr()] = x.untyped_storage().nbytes()
            return x

        with torch.autograd.graph.saved_tensors_hooks(note, lambda x: x):
            one_hot = torch.zeros(1, model.config.window_length, 4)
            out = model(one_hot, heads=("human",))["human"]
        kept.append(sum(sizes.values()))
        del out
    assert kept[1] < 0.3 * kept[0]


def test_a_copy_runs_its_own_boxes(pair) -> None:
    copied = copy.deepcopy(pair[1])
    nn.init.zeros_(copied.stem.conv.weight)
    assert not torch.equal(step(copied), step(pair[1]))
    assert copied.state_dict().keys() == pair[0].state_dict().keys()
