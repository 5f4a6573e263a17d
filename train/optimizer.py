"""The optimizer of a run: which weights decay, which layers learn more slowly, and when."""

import math
from collections.abc import Iterator

import torch
from torch import nn

from train.settings import FitConfig


def learning_rate(config: FitConfig, step: int) -> float:
    """Linear warm-up, then constant or a cosine that ends at zero."""
    if step < config.warmup:
        return config.learning_rate * (step + 1) / config.warmup
    if config.decay == "constant":
        return config.learning_rate
    done = (step - config.warmup) / max(config.steps - config.warmup, 1)
    return config.learning_rate * 0.5 * (1 + math.cos(math.pi * min(done, 1.0)))


def set_learning_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Gives each group its part of the rate."""
    for group in optimizer.param_groups:
        group["lr"] = rate * group.get("scale", 1.0)


def make_optimizer(config: FitConfig, model: nn.Module) -> torch.optim.Optimizer:
    """Adam or AdamW; biases, norms and positional biases are never decayed.

    A group holds the weights of one learning rate, `scale` times that of the heads, and one decay.
    """
    decay = config.weight_decay if config.optimizer == "adamw" else 0.0
    scales = _scales(model, config.finetune.layer_decay if config.finetune else 1.0)
    parameters = [p for p in model.parameters() if p.requires_grad]
    groups: dict[tuple[bool, float], list[nn.Parameter]] = {}
    for parameter in sorted(parameters, key=_is_vector):
        groups.setdefault((_is_vector(parameter), scales[parameter]), []).append(parameter)
    kind = torch.optim.AdamW if config.optimizer == "adamw" else torch.optim.Adam
    return kind(
        [
            {"params": held, "weight_decay": 0.0 if vectors else decay, "scale": scale}
            for (vectors, scale), held in groups.items()
        ],
        lr=config.learning_rate,
    )


def _is_vector(parameter: nn.Parameter) -> bool:
    return parameter.squeeze().ndim < 2


def _scales(model: nn.Module, slower: float) -> dict[nn.Parameter, float]:
    """Part of the learning rate that each parameter has."""
    return {
        parameter: slower**depth
        for depth, layer in enumerate(layers_from_heads(model))
        for parameter in layer.parameters()
    }


def layers_from_heads(model: nn.Module) -> list[nn.Module]:
    """All layers, those that stand last in the figure first: heads, final pointwise, ... stem."""
    return list(_layers(model))[::-1]


def _layers(model: nn.Module) -> Iterator[nn.Module]:
    for child in model.children():
        yield from child if isinstance(child, nn.ModuleList) else (child,)
