import pytest
import torch

from enformer.model import Enformer
from train.optimizer import learning_rate, make_optimizer, set_learning_rate
from train.settings import FineTune


def tiny(config) -> Enformer:
    torch.manual_seed(0)
    return Enformer(config.model_config({"human": 3, "mouse": 3}, 2048, 8))


def test_learning_rate_rises_and_falls(fit_config) -> None:
    config = fit_config(steps=110, warmup=10, learning_rate=1.0)
    rates = [learning_rate(config, step) for step in range(110)]
    assert rates[:10] == pytest.approx([(i + 1) / 10 for i in range(10)])
    assert rates[60] == pytest.approx(0.5)
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[-1] < 1e-3
    assert learning_rate(fit_config(decay="constant", warmup=0), 5) == fit_config().learning_rate


def test_only_matrices_are_decayed(fit_config) -> None:
    model = tiny(fit_config())
    matrices, rest = make_optimizer(fit_config(weight_decay=0.1), model).param_groups
    assert (matrices["weight_decay"], rest["weight_decay"]) == (0.1, 0.0)
    decayed = {id(p) for p in matrices["params"]}
    assert id(model.stem.conv.weight) in decayed
    assert not {
        id(p) for name, p in model.named_parameters() if name.endswith("bias")
    } & decayed - {
        id(p)
        for name, p in model.named_parameters()
        if "content_bias" in name or "position_bias" in name
    }
    assert len(matrices["params"]) + len(rest["params"]) == len(list(model.parameters()))


def test_layers_learn_the_more_slowly_the_deeper_they_lie(fit_config) -> None:
    config = fit_config(finetune=FineTune("mini", layer_decay=0.5))
    model = tiny(config)
    optimizer = make_optimizer(config, model)
    set_learning_rate(optimizer, 1.0)
    rates = {p: group["lr"] for group in optimizer.param_groups for p in group["params"]}
    layers = [model.heads, model.final_pointwise, model.transformer[0], *model.conv_tower[::-1]]
    for depth, layer in enumerate([*layers, model.stem]):
        assert {rates[p] for p in layer.parameters()} == {0.5**depth}
    assert len(rates) == len(list(model.parameters()))


def test_what_is_frozen_is_not_optimised(fit_config) -> None:
    model = tiny(fit_config())
    model.stem.requires_grad_(False)
    held = {
        p for group in make_optimizer(fit_config(), model).param_groups for p in group["params"]
    }
    assert held == set(model.parameters()) - set(model.stem.parameters())
