"""Fine-tuning: a trained trunk under new heads, and what of it stays as it was."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from torch import nn

from enformer.checkpoint import Checkpoint, load
from enformer.errors import DataError
from enformer.model import Enformer
from train.dataset import Windows
from train.settings import FineTune, FitConfig

FROM_DATA = {"heads", "window_length", "target_bins"}
"""Sizes that the data give, not the parent."""
MIXING = ("transformer.", "dilated.")
"""What carries signals between tokens: layers that no other trunk can use."""


def parent_of(config: FitConfig) -> Checkpoint | None:
    """The model that a run starts from, float32 on the CPU, or none."""
    source = config.finetune.source if config.finetune else config.start
    return None if source is None else load(source, device="cpu", dtype="float32")


def with_sizes_of(config: FitConfig, parent: Checkpoint | None) -> FitConfig:
    """A fine-tuning run with the sizes of its parent, and what [model] says otherwise."""
    if config.finetune is None or parent is None:
        return config
    sizes = {k: v for k, v in parent.config.to_dict().items() if k not in FROM_DATA}
    return replace(config, model={**sizes, **config.model})


def start_from(
    model: Enformer, parent: Checkpoint, windows: Mapping[str, Windows] | None = None
) -> None:
    """Copies the weights of a checkpoint; heads and a trunk that only the model has stay fresh.

    Args:
        model: changed in place.
        parent: the checkpoint.
        windows: the data of each head, where its heads are wanted for the same tracks only.

    Raises:
        DataError: the sizes differ.
    """
    own, held = model.state_dict(), parent.model.state_dict()
    if windows is not None:
        left = tuple(f"heads.{h}." for h in parent.config.heads if not _fits(parent, windows, h))
        held = {name: value for name, value in held.items() if not name.startswith(left)}
        if model.config.trunk != parent.config.trunk:
            held = {name: value for name, value in held.items() if not name.startswith(MIXING)}
    if any(name not in own or own[name].shape != value.shape for name, value in held.items()):
        raise DataError(
            "Its weights do not fit the network of this configuration.",
            read=f"the checkpoint {parent.source}",
            do="Give both the same [model] and data.",
        )
    model.load_state_dict(own | held)


def _fits(parent: Checkpoint, windows: Mapping[str, Windows], head: str) -> bool:
    if head not in windows:
        return False
    theirs, ours = parent.tracks.of_head(head), windows[head].tracks
    return theirs.frame["identifier"].tolist() == ours.frame["identifier"].tolist()


def freeze(model: nn.Module, tuning: FineTune | None) -> None:
    """Frozen parts get no gradient."""
    for part in _frozen(model, tuning):
        part.requires_grad_(False)


def set_mode(model: nn.Module, tuning: FineTune | None) -> None:
    """Training mode, but for parts that are frozen and statistics that are kept."""
    model.train()
    for part in _frozen(model, tuning):
        part.eval()
    if tuning is not None and tuning.freeze_statistics:
        for module in model.modules():
            if isinstance(module, nn.modules.batchnorm._BatchNorm):
                module.eval()


def _frozen(model: nn.Module, tuning: FineTune | None) -> Iterator[nn.Module]:
    kept: dict[str, Any] = dict(model.named_children())
    frozen = {
        "nothing": set(),
        "convolutions": {"stem", "conv_tower"},
        "trunk": kept.keys() - {"heads"},
    }
    names = frozen[tuning.freeze] if tuning else set()
    return (part for name, part in kept.items() if name in names)
