import csv
import dataclasses
import math
import os
import signal

import h5py
import pytest
import torch

from enformer.checkpoint import load
from enformer.errors import DataError
from enformer.tracks import TrackTable
from train.fit import fit, main
from train.interrupt import Stopped
from train.lineage import identity
from train.loop import Trainer
from train.run import Run
from train.settings import FitConfig

TOML = """
data = "{data.name}"
out = "{out}"
steps = 2
warmup = 1
[model]
channels = 16
depth = 1
attention_heads = 2
key_size = 4
value_size = 4
position_features = 6
filters_divisible_by = 2
[card]
name = "tiny"
title = "Tiny"
summary = "For tests."
"""


def rows_of(config: FitConfig) -> list[dict[str, str]]:
    return list(csv.DictReader((config.out / "log.csv").read_text().splitlines()))


def trained(config: FitConfig) -> dict[str, torch.Tensor]:
    return load(config.out / "last.safetensors").model.state_dict()


@pytest.mark.parametrize(
    ("stops", "changes"),
    [
        ((1,), {}),
        ((2, 2), {"accumulate": 2, "patience": 5}),
        ((5,), {"recompute": True, "mutation_rate": 0.1}),
    ],
)
def test_stopped_and_resumed_equals_uninterrupted(fit_config, tmp_path, stops, changes) -> None:
    whole = fit_config(out=tmp_path / "whole", **changes)
    fit(whole)
    parts = fit_config(out=tmp_path / "parts", **changes)
    for steps in stops:
        fit(parts, stop_after=steps)
        assert not (parts.out / "last.safetensors").exists()
    fit(parts)
    expected, found = trained(whole), trained(parts)
    assert expected.keys() == found.keys()
    for name, value in expected.items():
        assert torch.equal(value, found[name]), name
    assert [row["loss"] for row in rows_of(whole)] == [row["loss"] for row in rows_of(parts)]


def test_a_signal_is_answered_between_two_steps(fit_config, tmp_path, monkeypatch) -> None:
    whole, stopped = fit_config(out=tmp_path / "whole"), fit_config(out=tmp_path / "stopped")
    fit(whole)
    step, handler = Trainer.train_step, signal.getsignal(signal.SIGTERM)

    def asked_at_two(trainer: Trainer, batch):
        if trainer.step == 1:
            os.kill(os.getpid(), signal.SIGTERM)
        return step(trainer, batch)

    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "train_step", asked_at_two)
        with pytest.raises(Stopped, match="after step 2") as caught:
            fit(stopped)
    assert caught.value.number == signal.SIGTERM
    assert signal.getsignal(signal.SIGTERM) is handler
    assert torch.load(stopped.out / "last.pt", weights_only=True)["trainer"]["step"] == 2
    fit(stopped)
    for name, value in trained(whole).items():
        assert torch.equal(value, trained(stopped)[name]), name


def test_a_run_ends_when_nothing_is_gained(fit_config, monkeypatch) -> None:
    def worse_and_worse(run: Run, model, split="valid", both_strands=False):
        return {"human/CAGE": 1 / run.trainer.step}

    monkeypatch.setattr(Run, "validate", worse_and_worse)
    config = fit_config(steps=50, evaluate_every=1, patience=2)
    for _ in range(2):  # once more changes nothing
        fit(config)
        assert [row["step"] for row in rows_of(config)] == ["1", "2", "3"]
    assert "1 of 50" in load(config.out / "best.safetensors").card.lineage
    assert "3 of 50" in load(config.out / "last.safetensors").card.lineage


def test_a_run_begun_before_settings_were_added_goes_on(fit_config, tmp_path) -> None:
    whole, older = fit_config(out=tmp_path / "whole"), fit_config(out=tmp_path / "older")
    fit(whole)
    fit(older, stop_after=3)
    state = torch.load(older.out / "last.pt", weights_only=True)
    assert not {"accumulate", "finetune", "recompute"} & set(state["config"].split("'"))
    del state["trainer"]["losses"], state["trainer"]["without_gain"]
    for group in state["trainer"]["optimizer"]["param_groups"]:
        del group["scale"]
    torch.save(state, older.out / "last.pt")
    fit(older)
    for name, value in trained(whole).items():
        assert torch.equal(value, trained(older)[name]), name


def test_a_window_that_cannot_be_learned_from_is_named(fit_config, prepared) -> None:
    with h5py.File(prepared, "r+") as file:
        file["human/train/targets"][4, 3, 1] = math.nan
    with pytest.raises(DataError, match=r"head human, chr1:[\d,]+-[\d,]+ \(record") as caught:
        fit(fit_config(steps=40))
    assert "(record 4)" in str(caught.value)
    assert "Correct the data of these windows" in str(caught.value)


def test_curves_for_tensorboard(fit_config) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    config = fit_config(tensorboard=True)
    fit(config, stop_after=4)
    fit(config)
    curves = EventAccumulator(str(config.out / "tensorboard")).Reload()
    assert [point.step for point in curves.Scalars("loss")] == [1, 2, 3, 4, 5, 6]
    assert [point.step for point in curves.Scalars("valid/human/CAGE")] == [3, 6]


def test_the_card_tells_the_lineage(fit_config, prepared, tmp_path) -> None:
    config = fit_config(clip_norm=0.5)
    fit(config, command="python -m train.fit tiny.toml")
    told = load(config.out / "last.safetensors").card.lineage.splitlines()
    assert told[0] == "command: python -m train.fit tiny.toml"
    assert told[1] == "steps: 6 of 6, each on 2 windows, by 1 process"
    assert "clip_norm 0.5" in told[2]
    assert told[3] == f"data: tiny.h5 (contents {identity(prepared)})"
    assert told[4] == "started from: weights drawn anew, seed 0"
    assert "torch" in told[5]
    assert str(tmp_path) not in "".join(told)
    before = identity(prepared)
    with h5py.File(prepared, "r+") as file:
        file["human/train/start"][0] += 1
    assert identity(prepared) != before


def test_killed_between_checkpoints_it_repeats_the_lost_steps(
    fit_config, tmp_path, monkeypatch
) -> None:
    whole, killed = fit_config(out=tmp_path / "whole"), fit_config(out=tmp_path / "killed")
    fit(whole)
    step = Trainer.train_step

    def dies_at_five(trainer: Trainer, batch):
        if trainer.step == 4:
            raise KeyboardInterrupt
        return step(trainer, batch)

    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "train_step", dies_at_five)
        with pytest.raises(KeyboardInterrupt):
            fit(killed)
    fit(killed)
    for name, value in trained(whole).items():
        assert torch.equal(value, trained(killed)[name]), name
    logs = [rows_of(run) for run in (whole, killed)]
    assert [row["step"] for row in logs[1]] == ["3", "6"]
    keys = [name for name in logs[0][0] if name != "seconds"]
    assert [[row[k] for k in keys] for row in logs[0]] == [
        [row[k] for k in keys] for row in logs[1]
    ]


def test_training_lowers_the_loss_and_logs_each_assay(fit_config) -> None:
    config = fit_config(steps=40, warmup=2, learning_rate=5e-3, evaluate_every=10, held_out="test")
    best = load(fit(config))
    rows = rows_of(config)
    assert [int(row["step"]) for row in rows] == [10, 20, 30, 40]
    assert float(rows[-1]["loss"]) < float(rows[0]["loss"])
    assert {"human/CAGE", "human/DNASE", "mouse/CAGE", "mouse/DNASE"} <= set(rows[0])
    chosen = [(float(row["human/CAGE"]) + float(row["human/DNASE"])) / 2 for row in rows]
    assert [float(row["chosen_by"]) for row in rows] == pytest.approx(chosen)
    assert "mean Pearson, human DNASE, test" in best.card.figures
    assert "mean Pearson, human DNASE, test, both strands" in best.card.figures
    assert "mean Pearson, mouse CAGE, valid" in best.card.figures
    assert best.card.trained
    assert best.card.assemblies == {"human": "hg38", "mouse": "mm10"}
    assert best.card.history["step"] == [10, 20, 30, 40]
    assert best.card.history["loss"] == pytest.approx(
        [float(row["loss"]) for row in rows], rel=1e-5
    )
    assert all(math.isfinite(value) for value in best.card.figures.values())
    assert best.tracks.of_head("mouse").frame["identifier"].tolist() == ["cage+", "cage-", "dnase"]


def test_without_validation_windows_the_loss_chooses(
    fit_config, prepared, tmp_path, capsys
) -> None:
    data = tmp_path / "train_only.h5"
    with h5py.File(prepared) as source, h5py.File(data, "w") as file:
        source.copy("human", file)
        for name, values in [*file["human/valid"].items()]:
            del file["human/valid"][name]
            file["human/valid"].create_dataset(name, data=values[:0])
    config = fit_config(data=data, schedule=("human",), steps=4, evaluate_every=2)
    assert fit(config).is_file()
    assert "no validation window: the loss chooses" in capsys.readouterr().out
    assert all(float(row["chosen_by"]) == -float(row["loss"]) for row in rows_of(config))


def test_short_windows_train_weights_for_the_whole_one(fit_config) -> None:
    config = fit_config(crop_bins=4, crop_margin=1, steps=3, evaluate_every=3)
    best = load(fit(config))
    assert (best.config.window_length, best.config.target_bins) == (2048, 8)


def test_auxiliary_heads_train_the_trunk_and_are_not_kept(fit_config, prepared, tmp_path) -> None:
    auxiliary = tmp_path / "auxiliary.h5"
    with h5py.File(prepared) as source, h5py.File(auxiliary, "w") as file:
        source.copy("mouse", file, "extra")
        table = TrackTable.from_json(source["mouse"].attrs["tracks"]).frame
        columns = ["identifier", "description", "strand_pair"]
        file["extra"].attrs["tracks"] = TrackTable.from_rows(table[columns], "extra").to_json()
    plain = fit_config(out=tmp_path / "plain")
    joint = fit_config(out=tmp_path / "joint", auxiliary=auxiliary, schedule=("human", "extra"))
    fit(plain), fit(joint)
    assert list(load(joint.out / "last.safetensors").config.heads) == ["human", "mouse"]
    assert not torch.equal(trained(plain)["stem.conv.weight"], trained(joint)["stem.conv.weight"])
    kept = dataclasses.replace(joint, out=tmp_path / "kept", keep_auxiliary=True)
    fit(kept)
    assert torch.equal(trained(kept)["stem.conv.weight"], trained(joint)["stem.conv.weight"])
    assert "heads.extra.linear.weight" in trained(kept)
    again = dataclasses.replace(joint, out=tmp_path / "again", start=kept.out / "last.safetensors")
    fit(again)
    assert list(load(again.out / "last.safetensors").config.heads) == ["human", "mouse"]


def test_a_run_starts_from_the_weights_of_another(fit_config, tmp_path) -> None:
    first = fit_config(out=tmp_path / "first")
    fit(first)
    # A step too small to move a weight: what comes out is what went in.
    second = fit_config(out=tmp_path / "second", start=first.out / "last.safetensors", steps=1,
                        warmup=1, learning_rate=1e-30, average=0.0, weight_decay=0.0)  # fmt: skip
    fit(second)
    for name, value in trained(first).items():
        if "running" not in name and "batches" not in name:
            assert torch.equal(value, trained(second)[name]), name
    wide = {**first.model, "channels": 32}
    with pytest.raises(DataError, match="do not fit"):
        fit(fit_config(out=tmp_path / "third", start=first.out / "last.safetensors", model=wide))


def test_another_configuration_does_not_continue_a_run(fit_config) -> None:
    fit(fit_config(), stop_after=1)
    with pytest.raises(DataError, match="another configuration"):
        fit(fit_config(learning_rate=1e-4))


def test_heads_that_the_data_lack_are_named(fit_config) -> None:
    with pytest.raises(DataError, match="yeast"):
        fit(fit_config(schedule=("human", "yeast")))


def test_command_line(prepared, tmp_path, capsys) -> None:
    path = tmp_path / "tiny.toml"
    path.write_text(TOML.format(data=prepared, out="run"))
    main([str(path), "--root", str(tmp_path)])
    assert "best.safetensors" in capsys.readouterr().out
    lineage = load(tmp_path / "run" / "best.safetensors").card.lineage
    assert lineage.startswith("command: python -m train.fit tiny.toml --root")
    assert str(tmp_path) not in lineage
    with pytest.raises(SystemExit):
        main([str(path), "--root", str(tmp_path / "elsewhere")])
    assert "train.prepare" in capsys.readouterr().err
