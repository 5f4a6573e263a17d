"""The layout of EleutherAI/enformer-official-rough: a directory of weights and config.json."""

import json

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

import enformer
from enformer import OFFICIAL, Enformer, EnformerLensError
from enformer.eleuther import POOLS, published_names
from enformer.errors import CheckpointError
from enformer.published import read_config, read_tracks, rename
from tests.vectors.seeded import published_tensors

CONFIG = {
    "architectures": ["Enformer"],
    "attn_dim_key": 16,
    "attn_dropout": 0.05,
    "depth": 2,
    "dim": 96,
    "dim_divisible_by": 32,
    "dropout_rate": 0.4,
    "heads": 4,
    "model_type": "enformer",
    "num_downsamples": 7,
    "output_heads": {"human": 8, "mouse": 4},
    "pos_dropout": 0.01,
    "target_length": 64,
    "torch_dtype": "float32",
    "transformers_version": "4.16.2",
    "use_checkpointing": False,
    "window_length": 16_384,
}


@pytest.fixture
def folder(tmp_path):
    """A directory with config.json and a pytorch_model.bin that repeats the trunk, as published."""
    (tmp_path / "config.json").write_text(json.dumps(CONFIG))
    tensors = published_tensors(read_config(tmp_path / "config.json"))
    trunk = {f"_trunk.1.{k.removeprefix('stem.')}": v for k, v in tensors.items() if "stem" in k}
    torch.save({**tensors, **trunk}, tmp_path / "pytorch_model.bin")
    return tmp_path


def test_both_forms_of_the_weights_give_the_same_model(folder, tmp_path_factory):
    from_bin = enformer.load(folder, device="cpu")
    other = tmp_path_factory.mktemp("safetensors")
    (other / "config.json").write_text((folder / "config.json").read_text())
    save_file(published_tensors(from_bin.config), other / "model.safetensors")
    from_safetensors = enformer.load(other, device="cpu")
    for name, tensor in from_bin.model.state_dict().items():
        assert torch.equal(from_safetensors.model.state_dict()[name], tensor)
    assert from_bin.sha256 != from_safetensors.sha256
    assert dict(from_bin.config.heads) == {"human": 8, "mouse": 4}


def test_names_and_shapes_are_the_published_ones(golden):
    shapes = json.loads((golden / "state_dict_full.json").read_text())
    with torch.device("meta"):
        ours = Enformer(OFFICIAL).state_dict()
    names = published_names(OFFICIAL)
    assert set(names) == set(ours)
    assert set(names.values()) == set(shapes)
    for name, published in names.items():
        shape = list(ours[name].shape) + [1, 1] * name.endswith(POOLS)
        assert shape == shapes[published], name


def test_tracks_are_numbered_where_no_table_is_and_named_where_one_is(folder):
    assert enformer.load(folder).tracks.frame["description"].iloc[0] == "human track 0"
    rows = [f"{i}\tid{i}\tfile\t32\t2.0\tmean\tDNASE:cell {i}" for i in range(8)]
    header = "index\tidentifier\tfile\tclip\tscale\tsum_stat\tdescription"
    (folder / "targets_human.txt").write_text("\n".join([header, *rows]) + "\n")
    tracks = enformer.load(folder).tracks
    assert tracks.frame["description"].iloc[3] == "DNASE:cell 3"
    assert tracks.frame["description"].iloc[8] == "mouse track 0"


def test_a_table_of_another_size_is_refused(folder):
    header = "index\tidentifier\tfile\tclip\tscale\tsum_stat\tdescription"
    row = "0\tid0\tfile\t32\t2.0\tmean\tDNASE:cell"
    (folder / "targets_human.txt").write_text(f"{header}\n{row}\n")
    with pytest.raises(CheckpointError, match=r"describes {'human': 1, 'mouse': 4}, its heads"):
        enformer.load(folder)


def test_the_published_tables_name_no_other_heads(folder, shared_data, monkeypatch):
    monkeypatch.setenv("ENFORMER_LENS_TRACKS", str(shared_data / "tracks"))
    assert enformer.load(folder).tracks.frame["description"].iloc[0] == "human track 0"
    assert read_tracks(folder, OFFICIAL).frame["description"].iloc[0].startswith("DNASE:")


def test_real_track_tables_fit_the_published_heads(folder, shared_data):
    for head, count in OFFICIAL.heads.items():
        table = enformer.TrackTable.read(shared_data / "tracks" / f"targets_{head}.txt", head)
        assert len(table) == count


def test_missing_and_surplus_tensors_are_refused(folder):
    config = read_config(folder / "config.json")
    tensors = published_tensors(config)
    tensors["other"] = tensors.pop("stem.0.bias")
    with pytest.raises(
        CheckpointError, match=r"lacks \['stem.0.bias'\] and has the unknown \['other'\]"
    ):
        rename(tensors, config, "test")


class Planted:
    """An object that would do something if it were unpickled."""

    def __reduce__(self):
        return (print, ("unpickled!",))


@pytest.mark.parametrize(
    "content", [{"x": Planted()}, [torch.zeros(1)], {"x": [1, 2]}, {1: torch.zeros(1)}, Planted()]
)
def test_pickled_objects_are_refused_and_never_run(folder, content, capsys):
    torch.save(content, folder / "pytorch_model.bin")
    with pytest.raises(CheckpointError, match="plain tensors|dictionary of tensors"):
        enformer.load(folder)
    assert "unpickled!" not in capsys.readouterr().out


@pytest.mark.parametrize("keep", [0, 100, 50_000, -1000])
def test_truncated_weights_are_refused(folder, keep):
    path = folder / "pytorch_model.bin"
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(CheckpointError, match="plain tensors"):
        enformer.load(folder)


@pytest.mark.parametrize(
    "text",
    ["", "{", "{}", '{"dim": 96}', "[]", '{"dim": "x", "heads": 4}', '{"dim": 96, "heads": 0}'],
)
def test_a_broken_configuration_is_refused(folder, text):
    (folder / "config.json").write_text(text)
    with pytest.raises(EnformerLensError, match="config.json"):
        enformer.load(folder)


def test_a_configuration_that_is_no_text_is_refused(folder):
    (folder / "config.json").write_bytes(b"\xff\xfe")
    with pytest.raises(CheckpointError, match="config.json"):
        enformer.load(folder)


def test_a_pool_without_its_axes_is_refused(folder):
    tensors = published_tensors(read_config(folder / "config.json"))
    tensors["stem.2.to_attn_logits.weight"] = torch.zeros(())
    save_file(tensors, folder / "model.safetensors")
    with pytest.raises(CheckpointError, match=r"another shape: stem.pool.weight \(\)"):
        enformer.load(folder)


def test_missing_files_are_refused(folder):
    (folder / "pytorch_model.bin").unlink()
    with pytest.raises(CheckpointError, match="neither model.safetensors nor pytorch_model.bin"):
        enformer.load(folder)
    (folder / "config.json").unlink()
    with pytest.raises(CheckpointError, match="config.json"):
        enformer.load(folder)


def test_official_is_found_where_the_environment_says(folder, monkeypatch):
    monkeypatch.setenv("ENFORMER_LENS_OFFICIAL", str(folder))
    checkpoint = enformer.load("official")
    assert checkpoint.card.summary.startswith("Weights without a card")
    values = checkpoint.model(torch.zeros(1, 16_384, 4))["human"]
    assert np.isfinite(values.numpy()).all()
