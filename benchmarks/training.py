"""A training step of ours and of enformer-pytorch: same sizes, batch, loss, clipping and optimizer."""

import warnings
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import torch
from torch import Tensor, nn

from enformer.config import OFFICIAL, EnformerConfig
from enformer.model import Enformer
from train.dataset import Batch
from train.loop import Trainer
from train.loss import poisson_nll
from train.optimizer import make_optimizer
from train.settings import FitConfig

MINI = EnformerConfig(
    heads={"human": 74, "mouse": 32},
    window_length=131_072,
    target_bins=512,
    channels=128,
    depth=2,
    attention_heads=4,
    key_size=32,
    value_size=32,
    position_features=96,
    filters_divisible_by=16,
)
SIZES = {"published size": OFFICIAL, "mini size": MINI}
HEAD = "human"

Step = Callable[[], float]


@dataclass(frozen=True)
class Contestant:
    """One training step.

    Attributes:
        size: of `SIZES`.
        peer: whether it is enformer-pytorch's.
        bfloat16: matrix products in bfloat16, by autocast.
        recompute: with activation recomputation; ours only.
    """

    size: str
    peer: bool = False
    bfloat16: bool = False
    recompute: bool = False

    @property
    def name(self) -> str:
        """Such as `ours, mini size, float32`."""
        who = "enformer-pytorch" if self.peer else "ours"
        how = "bfloat16 autocast" if self.bfloat16 else "float32"
        return f"{who}, {self.size}, {how}" + ", recomputed" * self.recompute

    def build(self) -> Step:
        """The step, with its model and a random batch; every call is one update."""
        config = SIZES[self.size]
        return (_peer if self.peer else _ours)(config, self._settings(), _batch(config))

    def _settings(self) -> FitConfig:
        return FitConfig(
            Path(), Path(), steps=1000, model={}, autocast=self.bfloat16, recompute=self.recompute
        )


def _batch(config: EnformerConfig) -> Batch:
    generator = torch.Generator().manual_seed(0)
    bases = torch.randint(4, (1, config.window_length), generator=generator)
    targets = torch.rand(1, config.target_bins, config.heads[HEAD], generator=generator)
    return Batch(HEAD, nn.functional.one_hot(bases, 4).float(), targets)


def _ours(config: EnformerConfig, settings: FitConfig, batch: Batch) -> Step:
    trainer = Trainer(Enformer(config), settings)
    return lambda: trainer.train_step(batch)[0]


def _peer(config: EnformerConfig, settings: FitConfig, batch: Batch) -> Step:
    model = _peer_model(config).train()
    optimizer = make_optimizer(settings, model)

    def step() -> float:
        optimizer.zero_grad(set_to_none=True)
        mixed = torch.autocast("cpu", torch.bfloat16) if settings.autocast else nullcontext()
        with mixed:
            predicted = cast(Tensor, model(batch.one_hot, head=batch.head))
        loss = poisson_nll(predicted, batch.targets)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), settings.clip_norm)
        optimizer.step()
        return loss.item()

    return step


def _peer_model(config: EnformerConfig) -> nn.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from enformer_pytorch import Enformer as Peer
    model = cast(
        nn.Module,
        Peer.from_hparams(
            dim=config.channels,
            depth=config.depth,
            heads=config.attention_heads,
            output_heads=dict(config.heads),
            target_length=config.target_bins,
            attn_dim_key=config.key_size,
            dim_divisible_by=config.filters_divisible_by,
            use_tf_gamma=config == OFFICIAL,  # its table holds the published length only
        ),
    )
    keys = config.attention_heads * config.key_size
    for module in model.modules():
        if hasattr(module, "num_rel_pos_features"):  # not among its settings
            setattr(module, "num_rel_pos_features", config.position_features)  # noqa: B010
            module.to_rel_k = nn.Linear(config.position_features, keys, bias=False)
    return model
