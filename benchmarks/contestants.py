"""The published size in both implementations, with the same random weights."""

import warnings
from collections.abc import Callable
from typing import cast

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from enformer import OFFICIAL, Enformer
from enformer.eleuther import POOLS, published_names
from enformer.model import cast_weights


def ours(dtype: torch.dtype, seed: int = 0) -> Enformer:
    """Our network with seeded weights, ready for inference."""
    torch.manual_seed(seed)
    model = Enformer(OFFICIAL).eval().requires_grad_(False)
    # Sonnet starts attention's output at zero; random values make both compute with what training leaves.
    for name, parameter in model.named_parameters():
        if name.endswith("attention.output.weight"):
            nn.init.normal_(parameter, std=0.02)
    return cast_weights(model, dtype)


def peer(dtype: torch.dtype, seed: int = 0) -> nn.Module:
    """enformer-pytorch with the weights of `ours`; its table of gamma features is in use, as published."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from enformer_pytorch import Enformer as Peer
    model = cast(nn.Module, Peer.from_hparams(use_tf_gamma=True))
    names = published_names(OFFICIAL)
    tensors = {names[k]: v for k, v in ours(torch.float32, seed).state_dict().items()}
    pooled = {names[k] for k in names if k.endswith(POOLS)}
    shaped = {k: v[..., None, None] if k in pooled else v for k, v in tensors.items()}
    model.load_state_dict(shaped, strict=False)
    return model.to(dtype).eval().requires_grad_(False)


def window() -> Tensor:
    """One random window, (1, 196,608, 4)."""
    bases = torch.randint(
        4, (1, OFFICIAL.window_length), generator=torch.Generator().manual_seed(0)
    )
    return nn.functional.one_hot(bases, 4).float()


def forward(model: nn.Module, dtype: torch.dtype) -> Callable[[], dict[str, Tensor]]:
    """A forward pass of both heads, as a function without arguments."""
    x = window().to(dtype)

    def run() -> dict[str, Tensor]:
        with torch.inference_mode():
            return model(x)

    return run


CONTESTANTS: dict[str, tuple[Callable[..., nn.Module], torch.dtype]] = {
    "ours, float32": (ours, torch.float32),
    "ours, bfloat16": (ours, torch.bfloat16),
    "enformer-pytorch, float32": (peer, torch.float32),
    "enformer-pytorch, bfloat16": (peer, torch.bfloat16),
}


def needed_flop() -> float:
    """Floating-point operations of one forward pass with the half-cost pool, counted by torch."""
    with torch.device("meta"):
        model = Enformer(OFFICIAL).eval()
        x = torch.empty(1, OFFICIAL.window_length, 4)
    with torch.inference_mode(), FlopCounterMode(display=False) as counter:
        model(x)
    return float(counter.get_total_flops())
