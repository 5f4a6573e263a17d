"""Trains an Enformer from a configuration file; stops and resumes without changing the result.

python -m train.fit CONFIG.toml
python -m train.fit CONFIG.toml --devices 8                 (one machine with eight GPUs)
python -m train.fit CONFIG.toml --devices 8 --nodes 4       (the same on each of four machines, with
    MASTER_ADDR, MASTER_PORT and NODE_RANK set, or under SLURM with a task for each device)
torchrun --nproc-per-node 8 -m train.fit CONFIG.toml        (torchrun says how many)

The processes share each batch of batch_size windows: weights do not depend on their number, but for
dropout and rounding. All machines see the same files under data and out.
"""

import argparse
import dataclasses
import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

from enformer.errors import EnformerLensError
from train.dataset import Batch
from train.engine import Place, over_processes, start
from train.interrupt import Interruption, Stopped
from train.run import Run
from train.settings import FitConfig, read_settings


def fit(
    config: FitConfig,
    stop_after: int | None = None,
    place: Place | None = None,
    command: str = "",
) -> Path:
    """Trains to `config.steps`, or for `stop_after` more steps; returns the best checkpoint's path.

    Writes to `config.out`: last.pt (to resume), best.safetensors, last.safetensors, log.csv.

    Args:
        config: the run.
        stop_after: steps after which to store and return.
        place: devices and machines; by default one GPU, or the CPU where there is none.
        command: for the lineage on the card.

    Raises:
        Stopped: a signal came; what was done is stored.
        DataError: data, configuration and devices do not fit, or the loss is not finite.
    """
    fabric = start(place or Place(), config.autocast)
    run = Run(config, fabric, command)
    if run.first:
        tqdm.write(f"Memory: about {run.memory}")
    with Interruption() as interruption:
        _train(run, stop_after, interruption)
    best = config.out / "best.safetensors"
    if run.trainer.done and run.first:
        _finish(run)
        tqdm.write(f"The best weights are in {best}.")
    fabric.barrier()
    return best


def _train(run: Run, stop_after: int | None, interruption: Interruption) -> None:
    config, trainer = run.config, run.trainer
    first = trainer.step
    stop = config.steps if stop_after is None else min(first + stop_after, config.steps)
    batches = run.steps_to(stop)
    with tqdm(
        initial=first, total=config.steps, desc="train", unit="step", disable=not run.first
    ) as bar:
        while trainer.step < stop and not trainer.done:
            loss, norm = _step(run, next(batches))
            bar.set_postfix(loss=f"{loss:.4f}", norm=f"{norm:.2f}", refresh=False)
            bar.update()
            if signal := over_processes(run.fabric, interruption.number, "max"):
                run.store()
                raise Stopped(int(signal), trainer.step)
    run.store()


def _step(run: Run, batch: Batch) -> tuple[float, float]:
    trainer, rate = run.trainer, run.trainer.rate
    loss, norm = trainer.train_step(batch)
    run.board.add(trainer.step, {"loss": loss, "gradient norm": norm, "learning rate": rate})
    if trainer.step % run.config.evaluate_every == 0 or trainer.step == run.config.steps:
        _evaluate(run)
    return loss, norm


def _evaluate(run: Run) -> None:
    """Validates, logs, and keeps the weights: the last always, the best if they are."""
    row: dict[str, Any] = {"step": run.trainer.step, "loss": run.trainer.mean_loss()}
    model = run.kept_model()
    figures = run.validate(model) if run.first else {}
    asked = (figures.get(name, math.nan) for name in run.config.choose_by)
    chosen = [figure for figure in asked if math.isfinite(figure)]
    worth = run.fabric.broadcast(sum(chosen) / len(chosen) if chosen else -row["loss"])
    if run.first:
        _report(run, {**row, "chosen_by": worth, **figures}, figures)
    if run.trainer.improves(worth) and run.first:
        run.save_model(model, "best", run.card(_named(figures, "valid")))
    run.store()


def _report(run: Run, row: Mapping[str, Any], figures: Mapping[str, float]) -> None:
    run.log.add(row)
    run.board.add(row["step"], {f"valid/{name}": value for name, value in figures.items()})
    run.board.flush()
    shown = "  ".join(f"{name} {value:.3f}" for name, value in figures.items())
    worth = f"valid Pearson: {shown}" if shown else "no validation window: the loss chooses"
    tqdm.write(f"step {row['step']:,}  loss {row['loss']:.4f}  {worth}")


def _finish(run: Run) -> None:
    """Saves the last weights; scores the best ones once on the held-out split, for their card."""
    run.save_model(run.kept_model(), "last", run.card({}))
    if run.config.held_out:
        model, card = run.best()
        figures = {**card.figures, **held_out_figures(run, model)}
        history = run.log.curves()
        run.save_model(model, "best", dataclasses.replace(card, figures=figures, history=history))


def held_out_figures(run: Run, model: Any) -> dict[str, float]:
    """What the card says of the held-out split: one strand as it is, and the mean of both."""
    split = run.config.held_out
    both = _named(run.validate(model, split, both_strands=True), split)
    return {
        **_named(run.validate(model, split), split),
        **{f"{name}, both strands": value for name, value in both.items()},
    }


def _named(figures: Mapping[str, float], split: str) -> dict[str, float]:
    """From `human/CAGE` to `mean Pearson, human CAGE, test`."""
    return {
        f"mean Pearson, {name.replace('/', ' ')}, {split}": round(value, 4)
        for name, value in figures.items()
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m train.fit",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("configs", type=Path, nargs="+", help="TOML files, trained in turn")
    parser.add_argument("--root", type=Path, help="folder the paths in them start from (here)")
    parser.add_argument("--accelerator", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--devices", type=int, default=1, help="processes on each machine")
    parser.add_argument("--nodes", type=int, default=1, help="machines")
    parser.add_argument(
        "--precision",
        choices=("float32", "bf16"),
        help="bf16 for matrix products, in place of what autocast in the file says",
    )
    return parser


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line: `python -m train.fit CONFIG.toml ...`; run it again to resume."""
    parser = _parser()
    given = parser.parse_args(arguments)
    place = Place(given.accelerator, given.devices, given.nodes)
    words = sys.argv[1:] if arguments is None else arguments
    # A card is handed on: no folder of this machine.
    named = [Path(word).name if Path(word).is_absolute() else word for word in words]
    command = " ".join(["python -m train.fit", *named])
    try:
        for config in given.configs:
            settings = read_settings(config, given.root)
            if given.precision:
                settings = dataclasses.replace(settings, autocast=given.precision == "bf16")
            fit(settings, place=place, command=command)
    except Stopped as stopped:
        parser.exit(128 + stopped.number, f"{stopped}\n")
    except (EnformerLensError, OSError) as error:
        parser.exit(1, f"{error}\n")


if __name__ == "__main__":
    main()
