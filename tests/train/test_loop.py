import math

import numpy as np
import pytest
import torch

from enformer.errors import DataError
from enformer.model import Enformer
from train.dataset import Batch
from train.loop import Trainer, weights_by_assay
from train.settings import FineTune


def tiny(config) -> Enformer:
    torch.manual_seed(0)
    return Enformer(config.model_config({"human": 3, "mouse": 3}, 2048, 8))


def batch(seed: int = 0, head: str = "human") -> Batch:
    random = np.random.default_rng(seed)
    one_hot = np.eye(4, dtype=np.float32)[random.integers(0, 4, (1, 2048))]
    return Batch(
        head, torch.from_numpy(one_hot), torch.from_numpy(random.gamma(1, 2, (1, 8, 3))).float()
    )


def test_the_gradient_is_clipped_to_the_global_norm(fit_config) -> None:
    trainer = Trainer(tiny(fit_config()), fit_config(clip_norm=1e-3))
    _, norm = trainer.train_step(batch())
    clipped = math.sqrt(
        sum(float((p.grad**2).sum()) for p in trainer.model.parameters() if p.grad is not None)
    )
    assert norm > 1e-3
    assert clipped == pytest.approx(1e-3, rel=1e-3)


def test_one_window_can_be_learned_by_heart(fit_config) -> None:
    config = fit_config(
        steps=60, warmup=5, learning_rate=1e-2, average=0.0, weight_decay=0.0, clip_norm=5.0,
        decay="constant", model={**fit_config().model, "dropout": 0.0, "attention_dropout": 0.0},
    )  # fmt: skip
    trainer, window = Trainer(tiny(config), config), batch()
    losses = [trainer.train_step(window)[0] for _ in range(60)]
    perfect = float((window.targets - torch.xlogy(window.targets, window.targets)).mean())
    assert losses[-1] - perfect < 0.25 * (losses[0] - perfect)


def test_what_is_not_finite_stops_before_anything_changes(fit_config) -> None:
    trainer = Trainer(tiny(fit_config()), fit_config(), name=lambda part: f"windows {part.records}")
    before = {name: value.clone() for name, value in trainer.model.named_parameters()}
    bad = batch()._replace(records=(7,))
    bad.targets[0, 0, 0] = math.inf
    with pytest.raises(DataError, match=r"step 0 .*windows \(7,\).*Correct the data"):
        trainer.train_step(bad)
    assert trainer.step == 0
    for name, value in trainer.model.named_parameters():
        assert torch.equal(value, before[name])
    trainer.model.heads["human"].linear.bias.data.fill_(math.nan)
    with pytest.raises(DataError, match="Lower learning_rate"):
        trainer.train_step(batch())


def test_the_average_follows_the_weights(fit_config) -> None:
    trainer = Trainer(tiny(fit_config()), fit_config(average=0.5))
    trainer.train_step(batch())
    first = trainer.model.stem.conv.weight.detach().clone()
    trainer.train_step(batch(1))
    second = trainer.model.stem.conv.weight.detach()
    torch.testing.assert_close(trainer.kept.stem.conv.weight, (first + second) / 2)
    assert Trainer(tiny(fit_config()), fit_config(average=0.0)).kept is not trainer.kept


def test_a_step_trains_only_its_head(fit_config) -> None:
    trainer = Trainer(tiny(fit_config()), fit_config(weight_decay=0.0))
    before = trainer.model.heads["human"].linear.weight.detach().clone()
    trainer.train_step(batch(head="mouse"))
    assert torch.equal(trainer.model.heads["human"].linear.weight, before)


def test_weights_by_assay_have_a_mean_of_one() -> None:
    weights = weights_by_assay(["CAGE", "RNA", "RNA", "DNASE"], {"RNA": 0.25})
    assert float(weights.mean()) == pytest.approx(1)
    assert (weights / weights[0]).tolist() == pytest.approx([1, 0.25, 0.25, 1])


def test_parts_of_a_batch_add_up_to_the_whole(fit_config) -> None:
    """Without batch normalisation over the batch, that is with its statistics kept."""
    rates = {"dropout": 0.0, "attention_dropout": 0.0, "position_dropout": 0.0}
    changes = {"model": {**fit_config().model, **rates}, "finetune": FineTune("mini")}
    whole, parts = (fit_config(batch_size=2, accumulate=n, **changes) for n in (1, 2))
    first, second = batch(0), batch(1)
    both = Batch("human", torch.cat([first.one_hot, second.one_hot]),
                 torch.cat([first.targets, second.targets]), (0, 1))  # fmt: skip
    results = []
    for config in (whole, parts):
        trainer = Trainer(tiny(config), config)
        results.append((*trainer.train_step(both), trainer.model.stem.conv.weight.grad))
    assert results[0][:2] == pytest.approx(results[1][:2], rel=1e-4)
    torch.testing.assert_close(results[0][2], results[1][2], rtol=1e-3, atol=1e-6)


def test_patience_ends_a_run_and_survives_a_stop(fit_config) -> None:
    config = fit_config(patience=2)
    trainer = Trainer(tiny(config), config)
    assert [trainer.improves(worth) for worth in (0.1, 0.3, 0.2)] == [True, True, False]
    assert not trainer.done
    again = Trainer(tiny(config), config)
    again.restore(trainer.state())
    assert not again.improves(0.3)
    assert again.done
    assert again.best == 0.3
