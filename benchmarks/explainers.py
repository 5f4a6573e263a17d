"""What `python -m benchmarks interpret` times: each explanation at published size, ours and the peer's."""

from collections.abc import Callable

import torch
from captum.attr import IntegratedGradients
from torch import Tensor, nn

from benchmarks.contestants import forward, ours, peer, window
from enformer.config import OFFICIAL
from enformer.model import Enformer
from interpret.attention import attention_summary
from interpret.contributions import integrated_gradients
from interpret.incremental import Edit, Incremental
from interpret.target import Target

Run = Callable[[], object]
MIDDLE = OFFICIAL.window_length // 2
TARGET = Target("human", (4828,), (447, 448, 449))
"""CAGE of one track at the middle bins, as for a gene in the middle of its window."""


def substitution() -> Edit:
    """One base beside the middle, 20 kb off the target's bins."""
    place = MIDDLE + 20_000
    return Edit(place, window()[0, place].roll(1).unsqueeze(0))


def known_reference(model: Enformer) -> dict[str, Run]:
    """One substitution once REF is known: the target alone, and all human bins and tracks."""
    with torch.inference_mode():
        kept, edit = Incremental(model, window()), substitution()
    return {
        "one SNV, the target": lambda: kept.scalar([[edit]], TARGET),
        "one SNV, all human tracks": lambda: kept.heads([[edit]], ("human",)),
    }


def naive_substitution(model: nn.Module) -> Run:
    """The same substitution by a whole pass, as tools without kept activations do it."""
    edit, x = substitution(), window()
    x[0, edit.start] = edit.bases[0]

    def run() -> Tensor:
        with torch.inference_mode():
            return model(x.to(next(model.parameters()).dtype))["human"]

    return run


def gradient_steps(model: Enformer, steps: int) -> Run:
    """Integrated gradients of so many steps, with the two passes that measure the completeness gap."""
    return lambda: integrated_gradients(model, window()[0], TARGET, steps=steps)


def peer_gradient_steps(model: nn.Module, steps: int) -> Run:
    """Captum on enformer-pytorch, one step at a time, as its documentation advises for large inputs."""

    def target(x: Tensor) -> Tensor:
        bins, tracks = list(TARGET.bins), list(TARGET.tracks)
        return model(x)["human"][:, bins][:, :, tracks].mean((1, 2))

    explain = IntegratedGradients(target, multiply_by_inputs=True)
    return lambda: explain.attribute(window(), n_steps=steps, internal_batch_size=1)


def all_attention(model: Enformer) -> Run:
    """Rows, columns, pooled maps, profiles, entropy and rollout of every layer and head, in one pass."""
    tokens = TARGET.tokens(OFFICIAL)
    return lambda: attention_summary(model, window()[0], queries=tuple(tokens), keys=tuple(tokens))


CONTESTANTS: dict[str, Callable[[], Run]] = {
    "forward": lambda: forward(ours(torch.float32), torch.float32),
    "integrated gradients, 1 steps": lambda: gradient_steps(ours(torch.float32), 1),
    "integrated gradients, 3 steps": lambda: gradient_steps(ours(torch.float32), 3),
    "attention": lambda: all_attention(ours(torch.float32)),
    "enformer-pytorch, Captum, 1 step": lambda: peer_gradient_steps(peer(torch.float32), 1),
}
"""What is measured for memory, each in a process of its own."""
