"""Whole maps: those of one layer, and all of them in a file that is whole or not there."""

import h5py
import numpy as np
import pytest
import torch

import enformer
from enformer import Interval
from enformer.errors import Cancelled, EnformerLensError, QueryError
from interpret.attention import attention_maps, attention_weights, read_attention, save_attention
from interpret.origin import Subject


@pytest.fixture(scope="module")
def subject(tiny_checkpoint):
    return Subject.read(
        tiny_checkpoint, enformer.open_genome("demo"), Interval("demo1", 100_000, 100_001)
    )


@pytest.fixture(scope="module")
def weights(subject):
    """(layers, heads, tokens, tokens)."""
    layers = [attention_weights(subject.model, subject.one_hot, layer)[0] for layer in range(2)]
    return torch.stack(layers).numpy()


@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_maps_of_one_layer(subject, weights, dtype):
    told = []
    found = attention_maps(
        subject.model,
        subject.one_hot,
        0,
        dtype=dtype,
        origin=subject.provenance,
        progress=lambda *step: told.append(step),
    )
    assert found.weights.dtype == dtype
    np.testing.assert_allclose(found.weights, weights[0], rtol=1e-3, atol=1e-7)
    assert (found.layer, found.tokens, found.token_at(100_000)) == (0, 128, 64)
    assert found.provenance.method == "attention maps"
    assert found.provenance.options["layer"] == 0
    assert told[-2:] == [(7 / 8, "attention of layer 1 of 1"), (1.0, "done")]
    with pytest.raises(ValueError, match="read-only"):
        found.weights[0, 0, 0] = 1


def test_later_layers_are_not_computed(subject, weights, monkeypatch):
    def fail(*args, **kwargs):
        raise AssertionError("the second layer ran")

    monkeypatch.setattr(subject.model.transformer[1], "forward", fail)
    monkeypatch.setattr(subject.model.transformer[1].attention, "forward", fail)
    monkeypatch.setattr(subject.model.transformer[0].expand, "forward", fail)
    found = attention_maps(subject.model, subject.one_hot, 0)
    np.testing.assert_allclose(found.weights, weights[0], rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("ask", [attention_maps, attention_weights])
def test_a_layer_that_is_not_there_is_named(subject, ask):
    with pytest.raises(QueryError, match="layer 2.*layers 0 to 1"):
        ask(subject.model, subject.one_hot, 2)


def test_all_maps_in_a_file(subject, weights, tmp_path):
    path = save_attention(
        tmp_path / "maps.h5", subject.model, subject.one_hot, origin=subject.provenance
    )
    assert [each.name for each in tmp_path.iterdir()] == ["maps.h5"]
    with h5py.File(path) as file:
        maps = file["attention"]
        assert (maps.dtype, maps.shape) == (np.float16, (2, 4, 128, 128))
        np.testing.assert_array_equal(maps[()], weights.astype(np.float16))
        assert maps.attrs["axes"] == "layers, heads, queries, keys"
    found = read_attention(path, 1)
    np.testing.assert_array_equal(found.weights, weights[1].astype(np.float16))
    assert (found.layer, found.interval, found.bin_size) == (1, subject.window, 128)
    assert found.provenance.sha256 == subject.provenance.sha256
    assert found.provenance.options["layer"] == "all"
    with pytest.raises(QueryError, match="layer 2.*layers 0 to 1"):
        read_attention(path, 2)


def test_a_file_without_an_origin(subject, tmp_path):
    path = save_attention(tmp_path / "maps.h5", subject.model, subject.one_hot)
    found = read_attention(path, 0)
    assert found.provenance is None
    assert found.interval == Interval("sequence", 0, 16_384)


def test_an_interrupted_write_leaves_what_was_there(subject, tmp_path):
    path = tmp_path / "maps.h5"
    path.write_bytes(b"older")
    asked = []

    def cancel():
        asked.append(list(tmp_path.iterdir()))
        return len(asked) == 9  # when the first layer is written

    with pytest.raises(Cancelled):
        save_attention(path, subject.model, subject.one_hot, cancel=cancel)
    assert len(asked[-1]) == 2
    assert [each.name for each in tmp_path.iterdir()] == ["maps.h5"]
    assert path.read_bytes() == b"older"


@pytest.mark.parametrize("name", ["nowhere/maps.h5", "folder"])
def test_a_place_that_cannot_be_written_is_named_before_anything_runs(subject, tmp_path, name):
    told = []
    (tmp_path / "folder").mkdir()
    with pytest.raises(EnformerLensError, match=rf"{name}.*cannot be written"):
        save_attention(
            tmp_path / name,
            subject.model,
            subject.one_hot,
            progress=lambda *step: told.append(step),
        )
    assert not told


def test_too_little_room_is_named_before_anything_runs(subject, tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("Usage", (), {"free": 1000}))
    with pytest.raises(EnformerLensError, match="needs 0.3 MB and 0.0 are free"):
        save_attention(tmp_path / "maps.h5", subject.model, subject.one_hot)
    assert not list(tmp_path.iterdir())


def test_other_files_hold_no_attention(tmp_path):
    text, empty = tmp_path / "text.h5", tmp_path / "empty.h5"
    text.write_text("no HDF5")
    h5py.File(empty, "w").close()
    for path in (text, empty, tmp_path / "missing.h5"):
        with pytest.raises(EnformerLensError, match=rf"{path.name}.*(no array|holds no) "):
            read_attention(path, 0)
