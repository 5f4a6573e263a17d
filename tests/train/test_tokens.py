"""Training on kept tokens is training with frozen convolutions, only sooner."""

import numpy as np
import pytest
import torch

from enformer.checkpoint import Checkpoint, load
from enformer.errors import DataError
from enformer.sequence import reverse_complement_one_hot
from train.dataset import Sampling, StepBatches, Windows
from train.fit import fit
from train.loop import Trainer
from train.settings import FineTune
from train.tokens import OnTokens, TokenBatches, keep_tokens, tokens_path


@pytest.fixture
def parent(fit_config, tmp_path) -> Checkpoint:
    config = fit_config(out=tmp_path / "parent", steps=2, evaluate_every=2)
    fit(config)
    return load(config.out / "last.safetensors", device="cpu", dtype="float32")


@pytest.fixture
def windows(prepared) -> Windows:
    return Windows(prepared, "human", "train")


@pytest.fixture
def kept(parent, windows):
    return keep_tokens(parent.model, windows)


def sampling(windows: Windows, **changes) -> Sampling:
    values = {"seed": 3, "schedule": ("human",), "batch_size": 2, "bins": windows.bins,
              "window_length": windows.window_length, "max_shift": 0}  # fmt: skip
    return Sampling(**{**values, **changes})


def test_both_strands_of_every_window_are_kept(parent, windows, kept):
    one_hot = torch.from_numpy(windows[1].one_hot[None]).float()
    for strand, read in enumerate((one_hot, reverse_complement_one_hot(one_hot))):
        tokens = parent.model.conv_trunk(read)[0].numpy()
        assert np.allclose(kept[1, strand], tokens, rtol=2e-3, atol=2e-3)
    assert kept.shape[:2] == (len(windows), 2)


def test_what_is_there_is_not_computed_again_but_for_other_weights(parent, windows, kept):
    path = tokens_path(parent.model, windows)
    written = path.stat().st_mtime_ns
    assert np.array_equal(keep_tokens(parent.model, windows), kept)
    assert path.stat().st_mtime_ns == written
    parent.model.stem.conv.weight.data.mul_(2)
    assert tokens_path(parent.model, windows) != path
    assert not np.array_equal(keep_tokens(parent.model, windows), kept)


def test_whole_windows_give_the_models_own_predictions(parent, windows, kept):
    how = sampling(windows)
    tokens = TokenBatches({"human": windows}, {"human": kept}, how)
    bases = StepBatches({"human": windows}, how)
    for step in range(4):
        one, other = tokens[step], bases[step]
        assert one.records == other.records
        assert torch.equal(one.targets, other.targets)  # the same strand was drawn
        with torch.no_grad():
            found = OnTokens(parent.model)(one.one_hot, ("human",))["human"]
            expected = parent.model(other.one_hot, ("human",))["human"]
        assert torch.allclose(found, expected, rtol=1e-2, atol=1e-2)


def test_a_part_lies_under_its_targets(parent, windows, kept):
    bins, margin = 2, 1
    how = sampling(windows, bins=bins, window_length=(bins + 2 * margin) * windows.bin_size,
                   reverse_complement=False)  # fmt: skip
    crop = (kept.shape[2] - windows.bins) // 2
    for step in range(4):
        batch = TokenBatches({"human": windows}, {"human": kept}, how)[step]
        for tokens, targets, record in zip(*batch[1:], strict=True):
            first = next(i for i in range(windows.bins - bins + 1)
                         if np.array_equal(windows[record].targets[i : i + bins], targets))  # fmt: skip
            start = crop + first - margin
            assert np.array_equal(kept[record, 0, start : start + bins + 2 * margin], tokens)


def test_a_run_on_tokens_changes_all_but_the_convolutions(fit_config, parent, tmp_path):
    tuning = FineTune(str(parent.source), freeze="convolutions", keep_tokens=True)
    config = fit_config(finetune=tuning, model={}, max_shift=0, mutation_rate=0.0, steps=3,
                        evaluate_every=3, out=tmp_path / "tuned", average=0.0)  # fmt: skip
    fit(config)
    before, after = (
        parent.model.state_dict(),
        load(config.out / "last.safetensors").model.state_dict(),
    )
    same = {name for name in before if torch.equal(before[name], after[name])}
    assert {name for name in before if name.startswith(("stem", "conv_tower"))} <= same
    assert "transformer.0.attention.query.weight" not in same
    assert list(config.data.parent.glob("*-human-train-*.npy"))


def test_tokens_learn_as_frozen_convolutions_do(fit_config, parent, windows, kept):
    found = []
    for keep in (False, True):
        tuning = FineTune(str(parent.source), freeze="convolutions", keep_tokens=keep)
        config = fit_config(
            finetune=tuning, model={}, max_shift=0, mutation_rate=0.0, autocast=False
        )
        model = load(parent.source, device="cpu").model
        for part in model.children():
            part.requires_grad_(True)
        how = sampling(windows)
        batches = (TokenBatches({"human": windows}, {"human": kept}, how) if keep
                   else StepBatches({"human": windows}, how))  # fmt: skip
        trainer = Trainer(model, config)
        found.append([trainer.train_step(batches[step])[0] for step in range(3)])
    assert found[0] == pytest.approx(found[1], rel=1e-2)


@pytest.mark.parametrize("changes", [{"max_shift": 3}, {"mutation_rate": 0.1}])
def test_a_run_that_would_move_or_change_bases_is_refused(fit_config, changes):
    tuning = FineTune("mini", freeze="convolutions", keep_tokens=True)
    asked = {"finetune": tuning, "model": {}, "max_shift": 0, "mutation_rate": 0.0, **changes}
    with pytest.raises(DataError, match="max_shift and mutation_rate must be 0"):
        fit_config(**asked)


def test_convolutions_that_learn_leave_no_tokens_to_keep():
    with pytest.raises(DataError, match="keep_tokens needs"):
        FineTune("mini", keep_tokens=True)
