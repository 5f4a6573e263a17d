"""One training run: its data, its model and its files."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import torch
from torch.utils.data import DataLoader

from enformer.card import ModelCard
from enformer.checkpoint import Checkpoint, load, save
from enformer.config import EnformerConfig
from enformer.errors import DataError
from enformer.initial import scale_attention
from enformer.model import Enformer
from enformer.tracks import TrackTable
from train.dataset import Batch, Sampling, StepBatches, Windows
from train.engine import available_memory
from train.evaluate import score
from train.finetune import parent_of, start_from, with_sizes_of
from train.geometry import full_geometry, measure_by, training_geometry, training_windows
from train.lineage import lineage, told_of
from train.log import Board, Log
from train.loop import Trainer, weights_by_assay
from train.memory import MemoryNeed, require
from train.metrics import as_figures, summarise
from train.settings import FitConfig
from train.tokens import TokenBatches, keep_tokens

if TYPE_CHECKING:
    from lightning_fabric import Fabric


UNNAMED = {"name": "model", "title": "Unnamed model", "summary": "Nothing was said of this model."}
"""The card of a run whose configuration has none."""


class Run:
    """Data, model and files of one training run."""

    def __init__(self, config: FitConfig, fabric: "Fabric", command: str = "") -> None:
        """Builds the model from `config.seed`, and continues from `last.pt` in `config.out`.

        Raises:
            DataError: the configuration does not fit the data, the devices or the run in that folder.
        """
        self.config, self.fabric, self.command = config, fabric, command
        parent = parent_of(config)
        self.origin = told_of(config, parent)
        data, auxiliary = training_windows(config.data), training_windows(config.auxiliary)
        self.windows = {**data, **auxiliary}
        self.kept = self.windows if config.keep_auxiliary else data
        self._require_heads()
        sized = with_sizes_of(config, parent)
        self.full = full_geometry(sized, self.kept)
        training = training_geometry(sized, full_geometry(sized, self.windows))
        model = self._model(training, parent)
        self.batches = self._batches(model, self._sampling(training))
        self.memory = self._memory(training)
        self.trainer = Trainer(model, config, self._track_weights(), fabric, self.batches.name)
        self.resume()
        config.out.mkdir(parents=True, exist_ok=True)
        self.log = Log(config.out / "log.csv", self.trainer.step)
        board = config.out / "tensorboard" if config.tensorboard and self.first else None
        self.board = Board(board, self.trainer.step)

    @property
    def first(self) -> bool:
        """Whether this process is the one that validates and writes."""
        return self.fabric.is_global_zero

    @property
    def last(self) -> Path:
        """What a run that was stopped continues from."""
        return self.config.out / "last.pt"

    def _require_heads(self) -> None:
        if unknown := set(self.config.schedule) - set(self.windows):
            raise DataError(
                f"The schedule names heads that the data lack: {', '.join(sorted(unknown))}.",
                read=f"{self.config.data} with heads {', '.join(self.windows)}",
                do="Name only these in schedule.",
            )

    def _sampling(self, geometry: EnformerConfig) -> Sampling:
        config, processes = self.config, self.fabric.world_size
        if config.batch_size % (processes * config.accumulate):
            raise DataError(
                f"{processes} processes cannot share {config.batch_size} windows in "
                f"{config.accumulate} equal parts.",
                read="batch_size and accumulate, and the number of processes",
                do="Make batch_size a multiple of accumulate times the processes.",
                example=f"batch_size = {processes * config.accumulate}",
            )
        return Sampling(
            seed=config.seed,
            schedule=config.schedule,
            batch_size=config.batch_size,
            window_length=geometry.window_length,
            bins=geometry.target_bins,
            max_shift=config.max_shift,
            reverse_complement=config.reverse_complement,
            mutation_rate=config.mutation_rate,
            accumulate=config.accumulate,
            processes=processes,
            rank=self.fabric.global_rank,
        )

    def _batches(self, model: Enformer, sampling: Sampling) -> StepBatches:
        if not self.config.keeps_tokens:
            return StepBatches(self.windows, sampling)
        model.to(self.fabric.device)
        if self.first:
            self._tokens(model)
        self.fabric.barrier()
        return TokenBatches(self.windows, self._tokens(model), sampling)

    def _tokens(self, model: Enformer) -> dict[str, Any]:
        return {head: keep_tokens(model, windows) for head, windows in self.windows.items()}

    def _memory(self, geometry: EnformerConfig) -> MemoryNeed:
        device, processes = self.fabric.device, self.fabric.world_size
        available = available_memory(device) // (processes if device.type == "cpu" else 1)
        return require(self.config, geometry, processes, available, device.type)

    def _model(self, geometry: EnformerConfig, parent: Checkpoint | None) -> Enformer:
        torch.manual_seed(self.config.seed)
        model = Enformer(geometry)
        if parent is not None:
            start_from(model, parent, self.windows if self.config.finetune else None)
        scale_attention(model, self.config.attention_gain)
        measure_by(model, self.full.tokens)
        return model

    def _track_weights(self) -> dict[str, torch.Tensor]:
        weights = self.config.assay_weights
        return {
            head: weights_by_assay(windows.tracks.frame["assay"].tolist(), weights)
            for head, windows in self.windows.items()
            if weights
        }

    def steps_to(self, stop: int) -> Iterator[Batch]:
        """This process's share of the batch of each step that is left."""
        left = range(self.trainer.step, stop)
        workers = self.config.workers
        loader = DataLoader(self.batches, batch_size=None, sampler=left, num_workers=workers)
        return iter(loader)

    def resume(self) -> None:
        """Restores `last.pt` if there is one.

        Raises:
            DataError: it was made by another configuration.
        """
        if not self.last.is_file():
            return
        state = torch.load(self.last, map_location="cpu", weights_only=True)
        if state["config"] != fingerprint(self.config):
            raise DataError(
                "It belongs to a run of another configuration.",
                read=f"the checkpoint {self.last}",
                do="Give this run another folder in `out`, or remove that one.",
            )
        self.trainer.restore(state["trainer"])

    def store(self) -> None:
        """Writes `last.pt`, whole or not at all."""
        if self.first:
            partial = self.last.with_suffix(".part")
            state = {"config": fingerprint(self.config), "trainer": self.trainer.state()}
            torch.save(state, partial)
            os.replace(partial, self.last)
        self.fabric.barrier()

    def kept_model(self) -> Enformer:
        """The weights that are kept, on the geometry of the data, in evaluation mode; shared, not copied."""
        with torch.device("meta"):
            model = Enformer(self.full)
        trained = self.trainer.kept.state_dict()
        model.load_state_dict({name: trained[name] for name in model.state_dict()}, assign=True)
        return model.eval()

    def validate(
        self, model: Enformer, split: str = "valid", both_strands: bool = False
    ) -> Mapping[str, float]:
        """Mean Pearson per head and assay on a split; nothing where it holds no window."""
        held = [Windows(kept.path, head, split) for head, kept in self.kept.items()]
        frames = [score(model, windows, both_strands) for windows in held if len(windows)]
        return as_figures(summarise(pd.concat(frames))) if frames else {}

    def save_model(self, model: Enformer, name: str, card: ModelCard) -> Path:
        """Writes weights, tracks and card to `<name>.safetensors`."""
        path = self.config.out / f"{name}.safetensors"
        tracks = TrackTable.concat([windows.tracks for windows in self.kept.values()])
        save(path, model, tracks, card)
        return path

    def card(self, figures: Mapping[str, float]) -> ModelCard:
        """The card of the configuration, with what was measured and where the weights come from."""
        trainer, said = self.trainer, dict(self.config.card)
        come_from = lineage(
            self.config, self.origin, trainer.step, self.fabric.world_size, self.command
        )
        return ModelCard(
            **{**UNNAMED, **said, "lineage": come_from},
            trained=True,
            figures=figures,
            assemblies={head: held.assembly for head, held in self.kept.items()},
            history=self.log.curves(),
        )

    def best(self) -> tuple[Enformer, ModelCard]:
        """The best weights on the validation split, as they were saved."""
        path = self.config.out / "best.safetensors"
        saved = load(path, device=self.fabric.device.type, dtype="float32")
        return saved.model, saved.card


def fingerprint(config: FitConfig) -> str:
    """Two runs with the same text train the same weights; paths, the card and reports do not count.

    Settings that came later count only where they are used: a run that was begun before goes on.
    """
    ignored = {"data", "out", "start", "auxiliary", "card", "workers", "held_out"}
    ignored |= {"recompute", "patience", "tensorboard"}
    held: dict[str, Any] = {k: v for k, v in vars(config).items() if k not in ignored}
    tuning = held.pop("finetune")
    if tuning is not None:
        held["finetune"] = {k: v for k, v in vars(tuning).items() if k != "source"}
        if not tuning.keep_tokens:
            del held["finetune"]["keep_tokens"]
    for name in ("accumulate", "attention_gain"):
        if held[name] == 1:
            del held[name]
    return repr(sorted(held.items(), key=lambda item: item[0]))
