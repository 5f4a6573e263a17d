from pathlib import Path

import pytest

from enformer.errors import DataError
from train.settings import FineTune, FitConfig, read_settings

REPOSITORY = Path(__file__).parents[2]
BASE = {"data": Path("d.h5"), "out": Path("o"), "steps": 10, "model": {}, "warmup": 1}


def test_every_shipped_configuration_is_valid() -> None:
    found = sorted((REPOSITORY / "train" / "configs").glob("*.toml"))
    assert "mini.toml" in [path.name for path in found]
    for path in found:
        config = read_settings(path)
        sizes = config.model_config({"human": 74, "mouse": 32}, 131_072, 512)
        assert sizes.tokens == 1024


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("steps", 0), ("schedule", ()), ("batch_size", 0), ("crop_bins", 3), ("learning_rate", 0.0),
        ("warmup", 11), ("decay", "linear"), ("optimizer", "sgd"), ("clip_norm", 0.0),
        ("max_shift", 5), ("average", 1.0), ("evaluate_every", 0), ("accumulate", 2),
        ("patience", -1),
    ],
)  # fmt: skip
def test_wrong_values_are_refused_by_name(name: str, value: object) -> None:
    FitConfig(**BASE)
    with pytest.raises(DataError, match=name):
        FitConfig(**{**BASE, name: value})


@pytest.mark.parametrize("model", [{"chanels": 16}, {"dropout": "high"}, {"heads": {"a": 1}}])
def test_a_faulty_network_is_refused(model: dict) -> None:
    with pytest.raises(DataError, match="no network"):
        FitConfig(**{**BASE, "model": model}).model_config({"human": 1}, 1024, 8)


def test_files_are_read_and_their_faults_named(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text(
        'data = "a.h5"\nout = "b"\nsteps = 600\nschedule = ["human"]\n[model]\ndepth = 2\n'
    )
    config = read_settings(path, tmp_path)
    assert (config.data, config.schedule) == (tmp_path / "a.h5", ("human",))
    assert config.model_config({"human": 1}, 1024, 8 - 2).depth == 2
    path.write_text('data = "a.h5"\n')
    with pytest.raises(DataError, match="lacks: model, out, steps"):
        read_settings(path)
    path.write_text('dta = "a.h5"\n')
    with pytest.raises(DataError, match="unknown names: dta"):
        read_settings(path)
    path.write_text('data = "a.h5"\nout = "b"\nsteps = "many"\n[model]\n')
    with pytest.raises(DataError, match="wrong type"):
        read_settings(path)
    path.write_text("data = \n")
    with pytest.raises(DataError, match="cannot be read"):
        read_settings(path)
    with pytest.raises(DataError, match="cannot be read"):
        read_settings(tmp_path / "none.toml")


def test_a_fine_tuning_table(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    head = 'data = "a.h5"\nout = "b"\nsteps = 600\n[finetune]\n'
    path.write_text(head + 'source = "mini"\nlayer_decay = 0.5\n')
    tuning = read_settings(path, tmp_path).finetune
    assert tuning == FineTune("mini", "nothing", True, 0.5)
    path.write_text(head + 'source = "mine.safetensors"\nfreeze = "trunk"\n')
    tuning = read_settings(path, tmp_path).finetune
    assert tuning == FineTune(str(tmp_path / "mine.safetensors"), "trunk")
    for wrong, message in (("freeze = 1", "freeze"), ("layer_decay = 0", "layer_decay"),
                           ("frozen = true", "wrong type")):  # fmt: skip
        path.write_text(f'{head}source = "mini"\n{wrong}\n')
        with pytest.raises(DataError, match=message):
            read_settings(path)
    with pytest.raises(DataError, match="start and finetune"):
        FitConfig(**BASE, start=path, finetune=FineTune("mini"))
