"""Downloads that the app offers: what it says before, and where there is no network."""

from pathlib import Path

import pytest

from app.asking import places
from app.computing import fetching
from app.computing.seat import Seat, Waiting
from app.jobs import JobQueue
from enformer import assets
from enformer.cache import cache_dir
from enformer.errors import AssetError


@pytest.fixture
def seat(monkeypatch, tmp_path):
    monkeypatch.delenv("ENFORMER_LENS_OFFICIAL", raising=False)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    queue = JobQueue()
    yield Seat(queue)
    queue.close()


def ended(seat: Seat) -> Path:
    while isinstance(asked := fetching.fetch_asset("official", seat), Waiting):
        pass
    return asked


def test_offline_nothing_is_asked_and_another_way_is_told(seat, monkeypatch):
    monkeypatch.setenv(places.OFFLINE_VARIABLE, "1")
    monkeypatch.setattr(assets, "fetch", lambda *args: pytest.fail("the network was asked"))
    with pytest.raises(AssetError) as caught:
        fetching.fetch_asset("official", seat)
    assert places.OFFLINE_VARIABLE in caught.value.wrong
    assert "ENFORMER_LENS_OFFICIAL" in caught.value.do
    assert caught.value.example == "python -m enformer.assets fetch official"


def test_a_network_that_fails_is_told_with_another_way(seat, monkeypatch):
    monkeypatch.delenv(places.OFFLINE_VARIABLE, raising=False)

    def fails(*args: object) -> None:
        raise AssetError("The server cannot be reached.", read="http://x", do="Check the network.")

    monkeypatch.setattr(assets, "fetch", fails)
    with pytest.raises(AssetError, match="cannot be reached") as caught:
        ended(seat)
    assert caught.value.read == "http://x"
    assert caught.value.do.startswith("Check the network. Or fetch it on another machine")


def test_what_arrived_before_is_counted(seat):
    assert fetching.arrived("official") == 0
    (cache_dir("official") / "pytorch_model.bin.part").write_bytes(b"x" * 1_000)
    (cache_dir("official") / "config.json").write_bytes(b"x" * 439)
    assert fetching.arrived("official") == 1_439
