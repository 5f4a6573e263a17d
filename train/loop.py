"""The training loop: everything that is random at step n follows from (seed, n)."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from enformer.errors import DataError
from enformer.model import Enformer
from train.dataset import Batch
from train.engine import Place, over_processes, start, without_sync
from train.finetune import freeze, set_mode
from train.loss import poisson_nll
from train.optimizer import learning_rate, make_optimizer, set_learning_rate
from train.recompute import recompute
from train.settings import FitConfig
from train.sync_norm import synchronise
from train.tokens import OnTokens

if TYPE_CHECKING:
    from lightning_fabric import Fabric


def prepare(model: nn.Module, config: FitConfig) -> None:
    """Makes a model what the run trains: frozen and forgetful as asked, in place."""
    freeze(model, config.finetune)
    if config.recompute:
        recompute(model)


class Trainer:
    """A model, its optimizer and its moving average, one step at a time.

    Args:
        model: on the training geometry; its parameters are updated in place.
        config: the run.
        track_weights: weight of each track in the loss, by head; absent means equal.
        fabric: the processes that train together; this one alone by default.
        name: tells a person which windows a batch holds.
    """

    def __init__(
        self,
        model: Enformer,
        config: FitConfig,
        track_weights: Mapping[str, torch.Tensor] | None = None,
        fabric: "Fabric | None" = None,
        name: Callable[[Batch], str] | None = None,
    ) -> None:
        self.model, self.config = model, config
        self.fabric = fabric or start(Place("cpu"), config.autocast)
        self.name = name or (lambda batch: f"head {batch.head}, records {batch.records}")
        self.device = self.fabric.device
        if self.fabric.world_size > 1:
            synchronise(model, self.device)
        prepare(model, config)
        model.to(self.device)
        self.average = _averaged(model, config.average)
        called = OnTokens(model) if config.keeps_tokens else model
        self.module, self.optimizer = self.fabric.setup(called, make_optimizer(config, model))
        weights = track_weights or {}
        self.track_weights = {head: held.to(self.device) for head, held in weights.items()}
        self.step, self.best, self.without_gain = 0, -math.inf, 0
        self.losses: tuple[float, int] = (0.0, 0)

    @property
    def kept(self) -> nn.Module:
        """What is validated and saved: the moving average where there is one."""
        return self.model if self.average is None else self.average.module

    @property
    def rate(self) -> float:
        """Learning rate of this step, of the heads."""
        return learning_rate(self.config, self.step)

    def train_step(self, batch: Batch) -> tuple[float, float]:
        """One update; returns the loss and the norm of the gradient before clipping.

        With several processes each gives its share of the batch, and both figures are of all.

        Raises:
            DataError: loss or gradient is not finite; no weight was updated.
        """
        draws = self.fabric.global_rank * self.config.steps + self.step
        torch.manual_seed((self.config.seed << 32) + draws)
        set_learning_rate(self.optimizer, self.rate)
        set_mode(self.model, self.config.finetune)
        self.optimizer.zero_grad(set_to_none=True)
        parts = batch.split(self.config.accumulate)
        losses = [self._backward(part, last=part is parts[-1]) for part in parts]
        norm = self._clipped()
        loss = float(over_processes(self.fabric, sum(losses) / len(losses), "mean"))
        if not (math.isfinite(loss) and math.isfinite(norm)):
            raise self._not_finite(parts, losses, norm)
        self.optimizer.step()
        if self.average is not None:
            self.average.update_parameters(self.model)
        self.step += 1
        self.losses = self.losses[0] + loss, self.losses[1] + 1
        return loss, norm

    def _backward(self, part: Batch, last: bool) -> float:
        with without_sync(self.fabric, self.module, not last):
            one_hot, targets = part.one_hot.to(self.device), part.targets.to(self.device)
            predicted = self.module(one_hot, heads=(part.head,))[part.head]
            loss = poisson_nll(predicted, targets, self.track_weights.get(part.head))
            self.fabric.backward(loss / self.config.accumulate)
        return loss.item()

    def _clipped(self) -> float:
        norm = self.fabric.clip_gradients(
            self.module, self.optimizer, max_norm=self.config.clip_norm, error_if_nonfinite=False
        )
        assert norm is not None
        return norm.item()

    def _not_finite(
        self, parts: Sequence[Batch], losses: Sequence[float], norm: float
    ) -> DataError:
        wrong = [p for p, loss in zip(parts, losses, strict=True) if not math.isfinite(loss)]
        targets = all(bool(torch.isfinite(part.targets).all()) for part in parts)
        return DataError(
            f"The loss is {losses if len(losses) > 1 else losses[0]} and the norm of its gradient {norm}; "
            f"the targets are {'finite' if targets else 'not finite'}.",
            read=f"step {self.step} of the training run with "
            + "; ".join(self.name(part) for part in wrong or parts),
            do="Lower learning_rate or lengthen warmup, then resume from the last checkpoint."
            if targets
            else "Correct the data of these windows and prepare them again.",
        )

    def mean_loss(self) -> float:
        """Mean loss of the steps since this was last asked."""
        total, count = self.losses
        self.losses = (0.0, 0)
        return total / max(count, 1)

    def improves(self, worth: float) -> bool:
        """Takes note of a validation; whether it is the best so far."""
        better = worth > self.best
        self.best = worth if better else self.best
        self.without_gain = 0 if better else self.without_gain + 1
        return better

    @property
    def done(self) -> bool:
        """Whether all steps are done, or further ones have long brought nothing."""
        patience = self.config.patience
        return self.step >= self.config.steps or bool(patience and self.without_gain >= patience)

    def state(self) -> dict[str, Any]:
        """All that a resumed run needs."""
        return {
            "step": self.step,
            "best": self.best,
            "without_gain": self.without_gain,
            "losses": list(self.losses),
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "average": None if self.average is None else self.average.state_dict(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Continues from `state()` of an earlier run of the same configuration."""
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        if self.average is not None:
            self.average.load_state_dict(state["average"])
        self.step, self.best = int(state["step"]), float(state["best"])
        self.without_gain = int(state.get("without_gain", 0))
        total, count = state.get("losses", (0.0, 0))
        self.losses = float(total), int(count)


def _averaged(model: nn.Module, decay: float) -> AveragedModel | None:
    if not decay:
        return None
    return AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(decay), use_buffers=True)


def weights_by_assay(
    assays: Sequence[str], weights: Mapping[str, float]
) -> Float[Tensor, " tracks"]:
    """Weight of each track in the loss, scaled to a mean of 1; an assay that is not named has 1."""
    values = torch.tensor([float(weights.get(assay, 1.0)) for assay in assays])
    return values / values.mean()
