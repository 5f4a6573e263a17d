"""The training loop: everything that is random at step n follows from (seed, n)."""

import csv
import io
import math
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from enformer.errors import DataError
from train.dataset import Batch
from train.loss import poisson_nll
from train.settings import FitConfig


def learning_rate(config: FitConfig, step: int) -> float:
    """Linear warm-up, then constant or a cosine that ends at zero."""
    if step < config.warmup:
        return config.learning_rate * (step + 1) / config.warmup
    if config.decay == "constant":
        return config.learning_rate
    done = (step - config.warmup) / max(config.steps - config.warmup, 1)
    return config.learning_rate * 0.5 * (1 + math.cos(math.pi * min(done, 1.0)))


def make_optimizer(config: FitConfig, model: nn.Module) -> torch.optim.Optimizer:
    """Adam or AdamW; biases, norms and positional biases are never decayed."""
    parameters = [p for p in model.parameters() if p.requires_grad]
    matrices = [p for p in parameters if p.squeeze().ndim >= 2]
    rest = [p for p in parameters if p.squeeze().ndim < 2]
    decay = config.weight_decay if config.optimizer == "adamw" else 0.0
    groups = [{"params": matrices, "weight_decay": decay}, {"params": rest, "weight_decay": 0.0}]
    kind = torch.optim.AdamW if config.optimizer == "adamw" else torch.optim.Adam
    return kind([group for group in groups if group["params"]], lr=config.learning_rate)


class Trainer:
    """A model, its optimizer and its moving average, one step at a time.

    Args:
        model: on the training geometry; its parameters are updated in place.
        config: the run.
        track_weights: weight of each track in the loss, by head; absent means equal.
    """

    def __init__(
        self,
        model: nn.Module,
        config: FitConfig,
        track_weights: Mapping[str, torch.Tensor] | None = None,
    ) -> None:
        self.model, self.config = model, config
        self.track_weights = dict(track_weights or {})
        self.device = next(model.parameters()).device
        self.optimizer = make_optimizer(config, model)
        self.average = _averaged(model, config.average)
        self.step = 0
        self.best = -math.inf

    @property
    def kept(self) -> nn.Module:
        """What is validated and saved: the moving average where there is one."""
        return self.model if self.average is None else self.average.module

    def train_step(self, batch: Batch) -> tuple[float, float]:
        """One update; returns the loss and the norm of the gradient before clipping.

        Raises:
            DataError: loss or gradient is not finite; nothing was updated.
        """
        torch.manual_seed((self.config.seed << 32) + self.step)
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate(self.config, self.step)
        self.model.train()
        self.optimizer.zero_grad(set_to_none=True)
        loss = self._loss(batch)
        loss.backward()
        norm = nn.utils.clip_grad_norm_(self.model.parameters(), self.config.clip_norm)
        value, size = loss.item(), norm.item()
        self._require_finite(value, size)
        self.optimizer.step()
        if self.average is not None:
            self.average.update_parameters(self.model)
        self.step += 1
        return value, size

    def _loss(self, batch: Batch) -> torch.Tensor:
        mixed = torch.autocast(self.device.type, torch.bfloat16) if self.config.autocast else None
        with mixed or nullcontext():
            predicted = self.model(batch.one_hot.to(self.device), heads=(batch.head,))[batch.head]
        weights = self.track_weights.get(batch.head)
        return poisson_nll(predicted, batch.targets.to(self.device), weights)

    def _require_finite(self, loss: float, norm: float) -> None:
        if not (math.isfinite(loss) and math.isfinite(norm)):
            raise DataError(
                f"The loss is {loss} and the norm of its gradient {norm}.",
                read=f"step {self.step} of the training run",
                do="Lower learning_rate or lengthen warmup, then resume from the last checkpoint.",
            )

    def state(self) -> dict[str, Any]:
        """All that a resumed run needs."""
        return {
            "step": self.step,
            "best": self.best,
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


class Log:
    """A CSV file with one line per validation; a resumed run drops lines it will write again."""

    def __init__(self, path: Path, step: int) -> None:
        self.path = path
        held = io.StringIO(path.read_text() if path.is_file() else "")
        self.rows: list[dict[str, Any]] = [
            {name: value for name, value in row.items() if value}
            for row in csv.DictReader(held)
            if int(row["step"]) <= step
        ]

    def add(self, row: Mapping[str, Any]) -> None:
        """Appends a line and writes the file anew."""
        self.rows.append(dict(row))
        names = list(dict.fromkeys(name for line in self.rows for name in line))
        with self.path.open("w", newline="") as file:
            writer = csv.DictWriter(file, names)
            writer.writeheader()
            writer.writerows(self.rows)
