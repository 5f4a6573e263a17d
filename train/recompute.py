"""Activation recomputation: a box of the network keeps its input only, and runs again backwards."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from enformer.model import TransformerBlock
from enformer.stage import ConvStage


def recompute(model: nn.Module) -> None:
    """Makes conv stages and transformer blocks forget what lies inside them while they train.

    Their `forward` is replaced on the instance, so that names of weights stay. Dropout draws the same
    numbers again, and running statistics of batch normalisation move once.
    """
    for module in model.modules():
        if isinstance(module, ConvStage | TransformerBlock):
            # partial, for a copy of the model must run its own boxes
            again = partial(_forgetful, module, type(module).forward)
            module.forward = again  # pyright: ignore[reportAttributeAccessIssue]


def _forgetful(
    stage: nn.Module, forward: Callable[..., Tensor], x: Tensor, *rest: object
) -> Tensor:
    if not (stage.training and torch.is_grad_enabled()):
        return forward(stage, x, *rest)
    norms = [m for m in stage.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    return checkpoint(  # pyright: ignore[reportReturnType]
        forward, stage, x, *rest,
        use_reentrant=False, context_fn=lambda: (nullcontext(), _statistics_held(norms)),
    )  # fmt: skip


@contextmanager
def _statistics_held(norms: Iterable[nn.modules.batchnorm._BatchNorm]) -> Iterator[None]:
    """Batch normalisation as in training, whose running statistics move by nothing and are not counted."""
    before = [(norm, norm.momentum, norm.num_batches_tracked) for norm in norms]
    for norm, _, _ in before:
        norm.momentum, norm.num_batches_tracked = 0.0, None
    try:
        yield
    finally:
        for norm, momentum, count in before:
            norm.momentum, norm.num_batches_tracked = momentum, count
