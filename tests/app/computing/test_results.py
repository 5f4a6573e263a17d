from dataclasses import replace

import numpy as np
import pytest

from app.computing.results import ResultStore
from app.computing.stored_predictions import from_bytes, reader, to_bytes
from enformer import Interval, Variant, open_genome, predict

WHERE = Interval("demo1", 300_000, 310_000)


@pytest.fixture(scope="module")
def prediction(tiny_checkpoint):
    genome = open_genome("demo")
    ref = genome.fetch(Interval("demo1", 305_000, 305_001))
    variant = Variant("demo1", 305_001, ref, "A" if ref != "A" else "C")
    return predict(tiny_checkpoint, genome, variant)


@pytest.fixture
def store(tmp_path):
    store = ResultStore(tmp_path / "results")
    yield store
    store.close()


def same(one, other) -> bool:
    return (
        (one.window, one.region, one.variant, one.provenance)
        == (other.window, other.region, other.variant, other.provenance)
        and one.tracks == other.tracks
        and one.values.keys() == other.values.keys()
        and all(np.array_equal(one.values[head], other.values[head]) for head in one.values)
    )


def test_bytes_bring_back_the_whole_prediction(prediction, tiny_checkpoint):
    again = from_bytes(to_bytes(prediction), tiny_checkpoint)
    assert same(again, prediction)
    assert not any(values.flags.writeable for values in again.values.values())


def test_a_result_is_found_after_a_restart(prediction, tiny_checkpoint, tmp_path):
    first = ResultStore(tmp_path / "results")
    assert first.get("key", reader(tiny_checkpoint)) is None
    assert first.put("key", to_bytes(prediction))
    first.close()
    second = ResultStore(tmp_path / "results")
    assert same(second.get("key", reader(tiny_checkpoint)), prediction)
    second.close()


def test_nothing_on_disk_is_a_pickle(prediction, store, tmp_path):
    store.put("key", to_bytes(prediction))
    files = list((tmp_path / "results").rglob("*.val"))
    assert files
    assert all(path.read_bytes().startswith(b"PK") for path in files)  # NPZ is a zip


def test_another_model_gets_nothing(prediction, tiny_checkpoint, store):
    store.put("key", to_bytes(prediction))
    assert store.get("key", reader(replace(tiny_checkpoint, sha256="0" * 64))) is None


def test_a_damaged_result_is_dropped_and_not_an_error(
    prediction, tiny_checkpoint, store, tmp_path, caplog
):
    store.put("key", to_bytes(prediction))
    (file,) = (tmp_path / "results").rglob("*.val")
    file.write_bytes(file.read_bytes()[:1000])
    assert store.get("key", reader(tiny_checkpoint)) is None
    assert "cannot be read" in caplog.text
    assert store.put("key", to_bytes(prediction))
    assert same(store.get("key", reader(tiny_checkpoint)), prediction)


def test_the_least_used_goes_first(prediction, tiny_checkpoint, tmp_path):
    size, count = len(to_bytes(prediction)), 60
    store = ResultStore(tmp_path / "small", size_limit=50_000 + 20 * size)
    for number in range(count):
        store.put(f"key {number}", to_bytes(prediction))
        assert store.get("key 0", reader(tiny_checkpoint)) is not None  # used each time
    kept = [n for n in range(count) if store.get(f"key {n}", reader(tiny_checkpoint)) is not None]
    assert {0, count - 1} <= set(kept)
    assert 1 not in kept
    assert len(kept) <= 24
    store.close()


def test_a_full_disk_does_not_lose_the_result(prediction, store, monkeypatch, caplog):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store._cache, "set", full)
    assert store.put("key", to_bytes(prediction)) is False
    assert "could not be kept" in caplog.text
