import hashlib
import random
from pathlib import Path

import pytest

from enformer import download as module
from enformer.download import download, recorded_sha256
from enformer.errors import AssetError, Cancelled

BODY = random.Random(0).randbytes(1_000_000)
DIGEST = hashlib.sha256(BODY).hexdigest()


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "RETRY", module.RETRY.new(backoff_factor=0))


@pytest.fixture
def url(file_server) -> str:
    file_server.files["/big.bin"] = BODY
    return file_server.address + "/big.bin"


def _get(url: str, folder: Path, **changed) -> Path:
    options = {"size": len(BODY), "sha256": DIGEST} | changed
    return download(url, folder / "big.bin", **options)


def _refused(url: str, folder: Path, **changed) -> AssetError:
    with pytest.raises(AssetError) as caught:
        _get(url, folder, **changed)
    assert not (folder / "big.bin").exists()
    assert caught.value.read
    assert caught.value.do
    return caught.value


def test_a_whole_file_arrives_with_its_digest_beside_it(url: str, tmp_path: Path):
    seen: list[int] = []
    path = _get(url, tmp_path / "new", watch=seen.append)
    assert path.read_bytes() == BODY
    assert (path.parent / "big.bin.sha256").read_text() == f"{DIGEST}  big.bin\n"
    assert recorded_sha256(path) == DIGEST
    assert seen == sorted(set(seen))
    assert seen[-1] == len(BODY)
    assert len(seen) > 2
    assert sorted(p.name for p in path.parent.iterdir()) == ["big.bin", "big.bin.sha256"]


def test_a_broken_connection_is_taken_up_where_it_stopped(url: str, file_server, tmp_path: Path):
    file_server.faults["/big.bin"] = [("cut", 300_000), ("cut", 300_000)]
    assert _get(url, tmp_path).read_bytes() == BODY
    first, *later = file_server.ranges("/big.bin")
    assert first == ""
    assert len(later) == 2
    assert all(asked.startswith("bytes=") for asked in later)


def test_a_dead_connection_keeps_what_came(url: str, file_server, tmp_path: Path):
    file_server.faults["/big.bin"] = [("cut", 600_000), *[("cut", 0)] * 20]
    error = _refused(url, tmp_path)
    assert "goes on where it stopped" in error.do
    here = (tmp_path / "big.bin.part").stat().st_size
    assert 0 < here <= 600_000
    file_server.faults["/big.bin"].clear()
    assert _get(url, tmp_path).read_bytes() == BODY
    assert file_server.ranges("/big.bin")[-1] == f"bytes={here}-"


def test_who_watches_can_stop_it_and_go_on_later(url: str, file_server, tmp_path: Path):
    def stop(here: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        _get(url, tmp_path, watch=stop)
    here = (tmp_path / "big.bin.part").stat().st_size
    assert 0 < here < len(BODY)
    assert _get(url, tmp_path).read_bytes() == BODY
    assert file_server.ranges("/big.bin") == ["", f"bytes={here}-"]


def test_a_server_without_ranges_starts_again(url: str, file_server, tmp_path: Path):
    (tmp_path / "big.bin.part").write_bytes(b"x" * 500)
    file_server.faults["/big.bin"] = ["whole"]
    assert _get(url, tmp_path).read_bytes() == BODY


def test_a_complete_part_needs_no_request(url: str, file_server, tmp_path: Path):
    (tmp_path / "big.bin.part").write_bytes(BODY)
    seen: list[int] = []
    assert _get(url, tmp_path, watch=seen.append).read_bytes() == BODY
    assert seen == [len(BODY)]
    assert file_server.log == []


def test_another_digest_is_refused_and_deleted(url: str, tmp_path: Path):
    error = _refused(url, tmp_path, sha256="0" * 64)
    assert DIGEST in error.wrong
    assert list(tmp_path.iterdir()) == []


def test_a_part_of_another_file_is_refused_and_then_fetched(url: str, tmp_path: Path):
    (tmp_path / "big.bin.part").write_bytes(b"x" * 500)
    _refused(url, tmp_path)
    assert _get(url, tmp_path).read_bytes() == BODY


def test_without_a_known_digest_the_one_that_came_is_recorded(url: str, tmp_path: Path):
    assert recorded_sha256(_get(url, tmp_path, sha256=None)) == DIGEST


def test_a_file_of_another_size_is_refused_before_it_comes(url: str, tmp_path: Path):
    error = _refused(url, tmp_path, size=5_000_000)
    assert "offers 1,000,000 bytes where 5,000,000" in error.wrong
    assert list(tmp_path.iterdir()) == []


def test_a_truncated_body_without_a_length_is_refused(url: str, file_server, tmp_path: Path):
    file_server.faults["/big.bin"] = [("closed", 700_000)]
    assert "has 700,000 bytes" in _refused(url, tmp_path).wrong
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_passing_fault_of_the_server_is_tried_again(
    url: str, file_server, tmp_path: Path, status: int
):
    file_server.faults["/big.bin"] = [status, status]
    assert _get(url, tmp_path).read_bytes() == BODY
    assert len(file_server.log) == 3


@pytest.mark.parametrize(
    ("status", "tries", "do"), [(404, 1, "copy on disk"), (500, 5, "again"), (429, 5, "again")]
)
def test_a_lasting_fault_is_explained(
    url: str, file_server, tmp_path: Path, status: int, tries: int, do: str
):
    file_server.faults["/big.bin"] = [status] * 20
    error = _refused(url, tmp_path)
    assert f"answered {status}" in error.wrong
    assert do in error.do
    assert len(file_server.log) == tries


def test_no_server_is_explained(file_server, url: str, tmp_path: Path):
    assert "cannot be reached" in _refused("http://127.0.0.1:9/big.bin", tmp_path).wrong


def test_a_silent_server_is_given_up(
    url: str, file_server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "_TIMEOUT", (1, 0.05))
    file_server.faults["/big.bin"] = [("stall", 0)] * 20
    assert "in time" in _refused(url, tmp_path).wrong


def test_a_folder_that_cannot_be_written_is_explained(url: str, tmp_path: Path):
    (tmp_path / "file").write_text("")
    error = _refused(url, tmp_path / "file")
    assert "cannot be written: File exists" in error.wrong
