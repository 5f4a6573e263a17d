import csv
import dataclasses
import math

import h5py
import pytest
import torch

from enformer.checkpoint import load
from enformer.errors import DataError
from enformer.tracks import TrackTable
from train.fit import fit, main
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


@pytest.mark.parametrize("stops", [(1,), (2, 2), (5,)])
def test_stopped_and_resumed_equals_uninterrupted(fit_config, tmp_path, stops) -> None:
    whole = fit_config(out=tmp_path / "whole")
    fit(whole)
    parts = fit_config(out=tmp_path / "parts")
    for steps in stops:
        fit(parts, stop_after=steps)
        assert not (parts.out / "last.safetensors").exists()
    fit(parts)
    expected, found = trained(whole), trained(parts)
    assert expected.keys() == found.keys()
    for name, value in expected.items():
        assert torch.equal(value, found[name]), name


def test_killed_between_checkpoints_it_repeats_the_lost_steps(
    fit_config, tmp_path, monkeypatch
) -> None:
    from train.loop import Trainer

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
    assert all(math.isfinite(value) for value in best.card.figures.values())
    assert best.tracks.of_head("mouse").frame["identifier"].tolist() == ["cage+", "cage-", "dnase"]


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
    with pytest.raises(SystemExit):
        main([str(path), "--root", str(tmp_path / "elsewhere")])
    assert "train.prepare" in capsys.readouterr().err
