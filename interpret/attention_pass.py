"""One forward pass that shows attention while it is there."""

from collections.abc import Callable
from typing import cast

import torch
from jaxtyping import Float
from torch import Tensor

from enformer.attend import Inspect
from enformer.errors import QueryError
from enformer.model import Enformer, TransformerBlock
from interpret.gradients import still
from interpret.origin import Cancel, Progress, Steps


def show_attention(
    model: Enformer,
    one_hot: Float[Tensor, "batch length 4"],
    inspector: Callable[[int], Inspect | None],
    stop: int | None = None,
    steps: Steps | None = None,
) -> None:
    """One forward pass that shows attention while it is there, and computes nothing that comes after it.

    Args:
        model: left as it is; answers as in evaluation mode.
        one_hot: on the model's device.
        inspector: given a layer, who is shown its weights.
        stop: layers to go through; all by default.
        steps: told each stage.
    """
    model = still(model)
    steps = stages_of(model, stop, None, None) if steps is None else steps
    layers = _layers(model)[:stop]
    with torch.no_grad():
        x = model.conv_trunk(one_hot, steps.start)
        for layer, block in enumerate(layers):
            steps.start(f"attention of layer {layer + 1} of {len(layers)}")
            if layer + 1 < len(layers):
                x = block(x, inspect=inspector(layer))
            else:
                block.attention(block.attention_norm(x), inspect=inspector(layer))


def stages_of(
    model: Enformer, stop: int | None, progress: Progress | None, cancel: Cancel | None
) -> Steps:
    """Steps for `show_attention`."""
    layers = len(_layers(model)[:stop])
    return Steps(1 + len(model.conv_tower) + layers, progress, cancel)


def tokens_of(model: Enformer, length: int) -> int:
    """Tokens of a sequence of so many bp.

    Raises:
        EnformerLensError: the model cannot take it.
    """
    model.check_length(length)
    return length // model.config.bin_size


def check_layer(model: Enformer, layer: int) -> None:
    """Refuse a layer that the model does not have.

    Raises:
        QueryError: naming those it has.
    """
    layers = len(_layers(model))
    if not 0 <= layer < layers:
        raise QueryError(
            f"This model has the layers 0 to {layers - 1}.",
            read=f"the layer {layer}",
            do="Choose one of them.",
        )


def _layers(model: Enformer) -> list[TransformerBlock]:
    """The layers that attend; there are none in a dilated trunk."""
    if not len(model.transformer):
        raise QueryError(
            "This model has no attention: dilated convolutions carry its signals.",
            read=f"a model with the trunk {model.config.trunk!r}",
            do="Choose a model with a transformer, or ask for contributions or a knock-out.",
        )
    return cast(list[TransformerBlock], list(model.transformer))
