import dataclasses

import pytest
import torch

from benchmarks.measure import MIB, peak_memory
from enformer.config import OFFICIAL
from enformer.errors import DataError
from enformer.model import Enformer
from train.dataset import Batch
from train.loop import Trainer
from train.memory import GIB, need, require
from train.settings import FineTune


@pytest.mark.parametrize("forgetful", [False, True])
def test_the_estimate_is_what_a_step_takes(fit_config, tiny_config, forgetful) -> None:
    """Within a quarter: kernels have workspaces of their own, and the allocator keeps some back."""
    geometry = dataclasses.replace(
        tiny_config, window_length=131_072, channels=128, target_bins=512
    )
    config = fit_config(batch_size=1, recompute=forgetful, average=0.0)
    needed = need(config, geometry)
    trainer = Trainer(Enformer(geometry), config)
    one_hot = torch.eye(4)[torch.randint(4, (1, geometry.window_length))]
    batch = Batch("human", one_hot, torch.ones(1, 512, geometry.heads["human"]))
    torch.ones(256 * MIB // 4)  # what the allocator hands back must not count as there before
    with peak_memory() as peak:
        trainer.train_step(batch)
    expected = (needed.activations + needed.gradients + needed.moments) / MIB
    assert peak[0] == pytest.approx(expected, rel=0.25)


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


def test_published_size_fits_eighty_gigabytes(fit_config) -> None:
    kept = need(fit_config(batch_size=1, average=0.0), OFFICIAL)
    forgetful = need(fit_config(batch_size=1, average=0.0, recompute=True), OFFICIAL)
    assert 12 * GIB < kept.total < 24 * GIB
    assert forgetful.activations < 0.6 * kept.activations


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
