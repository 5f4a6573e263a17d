"""Two processes on a CPU train what one does: the same command, gradients and statistics all-reduced."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from enformer.layers import BatchNorm
from train.engine import Place, start
from train.fit import fit
from train.settings import FitConfig
from train.sync_norm import CpuSyncBatchNorm, synchronise

RATE = 1e-5


def toml_of(config: FitConfig) -> str:
    """The configuration as the file that a person would write."""
    plain = {"data", "out", "steps", "batch_size", "warmup", "evaluate_every", "average",
             "accumulate", "learning_rate"}  # fmt: skip
    lines = [f"{name} = {json.dumps(getattr(config, name), default=str)}" for name in sorted(plain)]
    return "\n".join([*lines, "[model]", *(f"{k} = {v}" for k, v in config.model.items())])


def run_with(processes: int, config: FitConfig, root: Path, folder: Path) -> str:
    path = folder / "run.toml"
    path.write_text(toml_of(config))
    devices = ["--accelerator", "cpu", "--devices", str(processes)]
    command = [sys.executable, "-m", "train.fit", str(path), *devices]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(root)}
    done = subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, timeout=900
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def state_of(config: FitConfig) -> dict:
    return torch.load(config.out / "last.pt", weights_only=True)["trainer"]


def test_two_processes_train_the_weights_of_one(fit_config, root, tmp_path) -> None:
    still = {"dropout": 0.0, "attention_dropout": 0.0, "position_dropout": 0.0}
    sizes = {**fit_config().model, **still}
    changes = {"batch_size": 4, "accumulate": 2, "steps": 4, "warmup": 1, "learning_rate": RATE,
               "evaluate_every": 4, "model": sizes}  # fmt: skip
    one, two = (fit_config(out=tmp_path / name, **changes) for name in ("one", "two"))
    fit(one, place=Place("cpu"))
    run_with(2, two, root, tmp_path)
    alone, shared = state_of(one), state_of(two)
    assert alone["losses"] == pytest.approx(shared["losses"], rel=1e-6)
    for name, value in alone["model"].items():
        if "running" in name:
            torch.testing.assert_close(shared["model"][name], value, rtol=1e-4, atol=4 * RATE)
    gradients = {key: moments["exp_avg"] for key, moments in alone["optimizer"]["state"].items()}
    assert len(gradients) == 85
    largest = max(float(gradient.abs().max()) for gradient in gradients.values())
    for key, expected in gradients.items():
        found = shared["optimizer"]["state"][key]["exp_avg"]
        torch.testing.assert_close(found, expected, rtol=0, atol=5e-5 * largest)
    # Adam takes a step of its full rate even from a gradient that is but rounding, as that of a bias
    # before batch normalisation is: these may differ by the rate, all others move alike.
    for name, value in alone["model"].items():
        if value.is_floating_point() and value.ndim > 1:
            torch.testing.assert_close(shared["model"][name], value, rtol=0, atol=0.05 * RATE)


def test_synchronised_normalisation_of_one_process_is_the_plain_one(tmp_path) -> None:
    torch.manual_seed(0)
    plain, x = BatchNorm(3), torch.randn(2, 5, 3)
    torch.nn.init.normal_(plain.weight)
    box = torch.nn.Sequential(BatchNorm(3))
    box.load_state_dict({f"0.{name}": value.clone() for name, value in plain.state_dict().items()})
    synchronise(box, torch.device("cpu"))
    assert isinstance(box[0], CpuSyncBatchNorm)
    store = torch.distributed.FileStore(str(tmp_path / "store"), 1)
    torch.distributed.init_process_group("gloo", store=store, rank=0, world_size=1)
    try:
        results = []
        for norm in (plain, box):
            given = x.clone().requires_grad_()
            out = norm(given)
            (out**3).sum().backward()
            results.append([out.detach(), given.grad, *(p.grad for p in norm.parameters())])
        for expected, found in zip(*results, strict=True):
            torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)
        for name, value in plain.state_dict().items():
            torch.testing.assert_close(box.state_dict()[f"0.{name}"], value)
        torch.testing.assert_close(box.eval()(x), plain.eval()(x))
    finally:
        torch.distributed.destroy_process_group()


def test_a_machine_without_gpus_says_so() -> None:
    count = torch.cuda.device_count() + 1
    with pytest.raises(ValueError, match=f"has {count - 1} CUDA devices"):
        start(Place("cuda", count))
