import dataclasses
import json
import os
import subprocess
import sys

import pytest
import torch

from benchmarks.measure import MIB
from enformer.attention import RelativeAttention
from enformer.config import OFFICIAL
from enformer.errors import DataError
from enformer.model import Enformer
from enformer.stage import ConvStage
from train.memory import GIB, SLACK, need, require
from train.settings import FineTune

STEP = """
import json, sys, torch
from pathlib import Path
from benchmarks.measure import peak_memory
from enformer.config import EnformerConfig
from enformer.model import Enformer
from train.dataset import Batch
from train.loop import Trainer
from train.settings import FitConfig

geometry = EnformerConfig(**json.loads(sys.argv[1]))
config = FitConfig(Path(), Path(), steps=9, warmup=2, recompute=sys.argv[2] == "True")

def step():
    trainer = Trainer(Enformer(geometry), config)
    letters = torch.eye(4)[torch.randint(4, (1, geometry.window_length))]
    targets = torch.ones(1, geometry.target_bins, geometry.heads["human"])
    with peak_memory() as peak:
        trainer.train_step(Batch("human", letters, targets))
    return peak[0]

step()
print(step())
"""


@pytest.mark.parametrize("forgetful", [False, True])
def test_the_estimate_is_what_a_step_takes(fit_config, tiny_config, forgetful) -> None:
    """Within a tenth, in a process that hands back at once what it frees, so without `SLACK`."""
    geometry = dataclasses.replace(
        tiny_config, window_length=131_072, channels=128, target_bins=512
    )
    needed = need(fit_config(batch_size=1, recompute=forgetful, average=0.0), geometry)
    command = [sys.executable, "-c", STEP, json.dumps(geometry.to_dict()), str(forgetful)]
    handed_back = {"MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "65536"}
    ran = subprocess.run(
        command, env=os.environ | handed_back, capture_output=True, text=True, check=True
    )
    assert float(ran.stdout) == pytest.approx(needed.activations / SLACK / MIB, rel=0.1)


def test_known_parts(fit_config, tiny_config) -> None:
    config = fit_config(batch_size=2, average=0.9)
    found = need(config, tiny_config)
    model = Enformer(tiny_config)
    learning = 4 * sum(p.numel() for p in model.parameters())
    assert (found.gradients, found.moments) == (learning, 2 * learning)
    assert found.average == found.parameters >= learning
    halves = need(fit_config(batch_size=2, accumulate=2), tiny_config)
    assert found.activations == pytest.approx(2 * halves.activations, rel=0.1)
    assert need(config, tiny_config, processes=2).activations == halves.activations


@pytest.mark.parametrize(("whole", "gigabytes"), [(False, (8, 12)), (True, (14, 30))])
def test_published_size_fits_eighty_gigabytes(monkeypatch, fit_config, whole, gigabytes) -> None:
    """By tiles, as on a CPU, and whole, as on a GPU, whose tensors a torch without CUDA cannot imagine."""
    if whole:
        monkeypatch.setattr(ConvStage, "forward", ConvStage._whole)
        monkeypatch.setattr(RelativeAttention, "_gather_in_tiles", RelativeAttention._gather)
    kept = need(fit_config(batch_size=1, average=0.0), OFFICIAL)
    forgetful = need(fit_config(batch_size=1, average=0.0, recompute=True), OFFICIAL)
    least, most = gigabytes
    assert least * GIB < kept.total < most * GIB
    assert forgetful.activations < 0.8 * kept.activations


def test_too_much_is_refused_with_what_would_help(fit_config, tiny_config) -> None:
    config = fit_config(batch_size=2)
    assert require(config, tiny_config, 1, 10**12) == need(config, tiny_config)
    with pytest.raises(
        DataError, match="recompute = true, autocast = true, or a larger accumulate"
    ):
        require(config, tiny_config, 1, 10**6)


def test_nothing_without_data_stays_behind(fit_config, tiny_config) -> None:
    from enformer.positions import relative_basis

    need(fit_config(), tiny_config)
    assert type(relative_basis(tiny_config.tokens, tiny_config.position_features)) is torch.Tensor


def test_a_frozen_trunk_needs_little(fit_config, tiny_config) -> None:
    tuning = FineTune("mini", freeze="trunk")
    whole, head = (need(fit_config(finetune=t), tiny_config) for t in (None, tuning))
    assert head.activations < 0.5 * whole.activations
    assert head.gradients < 0.5 * whole.gradients
