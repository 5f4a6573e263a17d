"""Trains an Enformer from a configuration file; stops and resumes without changing the result.

python -m train.fit CONFIG.toml
"""

import argparse
import dataclasses
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from torch.utils.data import DataLoader
from tqdm import tqdm

from enformer.card import ModelCard
from enformer.checkpoint import load, save
from enformer.config import EnformerConfig
from enformer.errors import DataError, EnformerLensError
from enformer.model import Enformer
from enformer.tracks import TrackTable
from train.dataset import Sampling, StepBatches, Windows, heads_of
from train.evaluate import score
from train.loop import Log, Trainer, weights_by_assay
from train.metrics import as_figures, summarise
from train.settings import FitConfig, read_settings


class Run:
    """Data, model and files of one training run."""

    def __init__(self, config: FitConfig, device: torch.device) -> None:
        """Builds the model from `config.seed`, and continues from `last.pt` in `config.out`."""
        self.config = config
        data, auxiliary = _training_windows(config.data), _training_windows(config.auxiliary)
        self.windows = {**data, **auxiliary}
        self.kept = self.windows if config.keep_auxiliary else data
        unknown = set(config.schedule) - set(self.windows)
        if unknown:
            raise DataError(
                f"The schedule names heads that the data lack: {', '.join(sorted(unknown))}.",
                read=f"{config.data} with heads {', '.join(self.windows)}",
                do="Name only these in schedule.",
            )
        self.full = full_geometry(config, self.kept)
        self.training = training_geometry(config, full_geometry(config, self.windows))
        torch.manual_seed(config.seed)
        model = Enformer(self.training)
        if config.start is not None:
            start_from(model, config.start)
        self.trainer = Trainer(model.to(device), config, self._track_weights(device))
        config.out.mkdir(parents=True, exist_ok=True)
        self.resume()
        self.log = Log(config.out / "log.csv", self.trainer.step)

    @property
    def last(self) -> Path:
        """What a killed run continues from."""
        return self.config.out / "last.pt"

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
        partial = self.last.with_suffix(".part")
        state = {"config": fingerprint(self.config), "trainer": self.trainer.state()}
        torch.save(state, partial)
        os.replace(partial, self.last)

    def kept_model(self) -> Enformer:
        """The weights that are kept, on the geometry of the data, in evaluation mode."""
        model = Enformer(self.full).to(self.trainer.device)
        trained = self.trainer.kept.state_dict()
        model.load_state_dict({name: trained[name] for name in model.state_dict()})
        return model.eval()

    def validate(
        self, model: Enformer, split: str = "valid", both_strands: bool = False
    ) -> Mapping[str, float]:
        """Mean Pearson per head and assay on a split."""
        held = [Windows(kept.path, head, split) for head, kept in self.kept.items()]
        frame = pd.concat([score(model, windows, both_strands) for windows in held if len(windows)])
        return as_figures(summarise(frame))

    def save_model(self, model: Enformer, name: str, figures: Mapping[str, float]) -> Path:
        """Writes weights, tracks and card to `<name>.safetensors`."""
        path = self.config.out / f"{name}.safetensors"
        tracks = TrackTable.concat([windows.tracks for windows in self.kept.values()])
        save(path, model, tracks, make_card(self.config, self.kept, figures))
        return path

    def _track_weights(self, device: torch.device) -> dict[str, torch.Tensor]:
        weights = self.config.assay_weights
        return {
            head: weights_by_assay(windows.tracks.frame["assay"].tolist(), weights).to(device)
            for head, windows in self.windows.items()
            if weights
        }


def _training_windows(path: Path | None) -> dict[str, Windows]:
    return {} if path is None else {head: Windows(path, head, "train") for head in heads_of(path)}


def start_from(model: Enformer, source: Path) -> None:
    """Copies all weights of a checkpoint into the model; heads that only the model has stay fresh.

    Raises:
        DataError: the sizes differ.
    """
    held = load(source, device="cpu", dtype="float32").model.state_dict()
    own = model.state_dict()
    if any(name not in own or own[name].shape != value.shape for name, value in held.items()):
        raise DataError(
            "Its weights do not fit the network of this configuration.",
            read=f"the checkpoint {source}",
            do="Give both the same [model] and data.",
        )
    model.load_state_dict(own | held)


def full_geometry(config: FitConfig, windows: Mapping[str, Windows]) -> EnformerConfig:
    """The network on whole windows of the data.

    Raises:
        DataError: the heads' windows or bins differ.
    """
    lengths = {(held.window_length, held.bins, held.bin_size) for held in windows.values()}
    if len(lengths) != 1:
        raise DataError(
            "All heads need the same window, bins and bin size.",
            read=f"{config.data} with {sorted(lengths)}",
            do="Prepare the species with the same lengths.",
        )
    ((window_length, bins, bin_size),) = lengths
    model = config.model_config({h: len(w.tracks) for h, w in windows.items()}, window_length, bins)
    if model.bin_size != bin_size:
        raise DataError(
            f"The network has bins of {model.bin_size} bp and the data of {bin_size} bp.",
            read=f"{config.data} and the downsamples of the model",
            do="Change downsamples, or --bin-size of train.prepare.",
        )
    return model


def training_geometry(config: FitConfig, full: EnformerConfig) -> EnformerConfig:
    """The same network on the shorter windows it is trained on; the weights fit both."""
    bins = config.crop_bins or full.target_bins
    margin = full.crop_bins if config.crop_margin < 0 else config.crop_margin
    length = (bins + 2 * margin) * full.bin_size
    return dataclasses.replace(full, window_length=length, target_bins=bins)


def fingerprint(config: FitConfig) -> str:
    """Two runs with the same text train the same weights; paths and the card do not count."""
    ignored = {"data", "out", "start", "auxiliary", "card", "workers", "held_out"}
    held = {k: v for k, v in vars(config).items() if k not in ignored}
    return repr(sorted(held.items(), key=lambda item: item[0]))


def make_card(
    config: FitConfig, windows: Mapping[str, Windows], figures: Mapping[str, float]
) -> ModelCard:
    """The card of the configuration, with what was measured."""
    assemblies = {head: held.assembly for head, held in windows.items()}
    return ModelCard(
        **{"name": "model", "title": "Unnamed model", **config.card},
        trained=True,
        figures={name: round(value, 4) for name, value in figures.items()},
        assemblies=assemblies,
    )


def fit(config: FitConfig, stop_after: int | None = None) -> Path:
    """Trains to `config.steps`, or for `stop_after` more steps; returns the best checkpoint's path.

    Writes to `config.out`: last.pt (to resume), best.safetensors, last.safetensors, log.csv.
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    run = Run(config, device)
    trainer, first = run.trainer, run.trainer.step
    stop = config.steps if stop_after is None else min(first + stop_after, config.steps)
    batches = StepBatches(run.windows, _sampling(config, run.training))
    loader = DataLoader(
        batches, batch_size=None, sampler=range(first, stop), num_workers=config.workers
    )
    total, since = 0.0, 0
    bar = tqdm(loader, "train", initial=first, total=config.steps, unit="step")
    for batch in bar:
        loss, norm = trainer.train_step(batch)
        total, since = total + loss, since + 1
        bar.set_postfix(loss=f"{loss:.4f}", norm=f"{norm:.2f}", refresh=False)
        if trainer.step % config.evaluate_every == 0 or trainer.step == config.steps:
            _evaluate(run, {"step": trainer.step, "loss": total / since})
            total, since = 0.0, 0
    run.store()
    if trainer.step == config.steps:
        _finish(run)
    return config.out / "best.safetensors"


def _sampling(config: FitConfig, geometry: EnformerConfig) -> Sampling:
    return Sampling(
        seed=config.seed,
        schedule=config.schedule,
        batch_size=config.batch_size,
        window_length=geometry.window_length,
        bins=geometry.target_bins,
        max_shift=config.max_shift,
        reverse_complement=config.reverse_complement,
        mutation_rate=config.mutation_rate,
    )


def _evaluate(run: Run, row: dict[str, Any]) -> None:
    """Validates, logs, and keeps the weights: the last always, the best if they are."""
    model = run.kept_model()
    figures = run.validate(model)
    chosen = [figures[name] for name in run.config.choose_by if name in figures]
    worth = sum(chosen) / len(chosen) if chosen else -row["loss"]
    if worth > run.trainer.best:
        run.trainer.best = worth
        run.save_model(model, "best", _named(figures, "valid"))
    run.log.add({**row, "chosen_by": worth, **figures})
    run.store()
    shown = "  ".join(f"{name} {value:.3f}" for name, value in figures.items())
    tqdm.write(f"step {row['step']:,}  loss {row['loss']:.4f}  valid Pearson: {shown}")


def _finish(run: Run) -> None:
    """Saves the last weights; scores the best ones once on the held-out split, for their card."""
    run.save_model(run.kept_model(), "last", {})
    if run.config.held_out:
        best = load(run.config.out / "best.safetensors", device=run.trainer.device.type)
        run.save_model(
            best.model, "best", {**best.card.figures, **held_out_figures(run, best.model)}
        )


def held_out_figures(run: Run, model: Enformer) -> dict[str, float]:
    """What the card says of the held-out split: one strand as it is, and the mean of both."""
    split = run.config.held_out
    both = _named(run.validate(model, split, both_strands=True), split)
    return {
        **_named(run.validate(model, split), split),
        **{f"{name}, both strands": value for name, value in both.items()},
    }


def _named(figures: Mapping[str, float], split: str) -> dict[str, float]:
    """From `human/CAGE` to `mean Pearson, human CAGE, test`."""
    return {f"mean Pearson, {n.replace('/', ' ')}, {split}": v for n, v in figures.items()}


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line: `python -m train.fit CONFIG.toml ...`; run it again to resume."""
    parser = argparse.ArgumentParser("python -m train.fit", description=__doc__)
    parser.add_argument("configs", type=Path, nargs="+", help="TOML files, trained in turn")
    parser.add_argument("--root", type=Path, help="folder the paths in them start from (here)")
    given = parser.parse_args(arguments)
    try:
        for config in given.configs:
            path = fit(read_settings(config, given.root))
            print(f"The best weights on the validation split are in {path}.")
    except (EnformerLensError, OSError) as error:
        parser.exit(1, f"{error}\n")


if __name__ == "__main__":
    main()
