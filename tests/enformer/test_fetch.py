import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock

from enformer.cache import cache_dir
from enformer.catalogue import ASSETS, Asset
from enformer.errors import AssetError, Cancelled
from enformer.fetch import fetch, locate


def test_weights_and_tables_are_fetched_from_the_pinned_commit(
    weights: bytes, official: Asset, file_server
):
    seen: list[tuple[int, int]] = []
    assert locate("official") is None
    folder = fetch("official", progress=lambda here, total: seen.append((here, total)))
    assert (folder / "config.json").read_bytes() == b"{}"
    assert (folder / "pytorch_model.bin").read_bytes() == weights
    assert (cache_dir("tracks") / "targets_human.txt").read_bytes() == b"table"
    assert seen == sorted(set(seen))
    assert seen[-1] == (official.size, official.size)
    assert f"/{official.repo}/resolve/{official.revision}/pytorch_model.bin" in [
        path for path, _ in file_server.log
    ]
    assert locate("official") == folder == cache_dir("official")


def test_what_is_here_is_checked_and_not_fetched_again(
    weights: bytes, official: Asset, file_server
):
    folder = fetch("official")
    file_server.log.clear()
    assert fetch("official") == folder
    assert file_server.log == []
    (folder / "pytorch_model.bin").write_bytes(weights[::-1])
    with pytest.raises(AssetError, match="changed or damaged"):
        fetch("official")


def test_a_cancelled_download_goes_on_from_where_it_was(
    weights: bytes, official: Asset, file_server
):
    asked = iter([False, False, False, False, True])
    with pytest.raises(Cancelled):
        fetch("official", cancel=lambda: next(asked))
    here = (cache_dir("official") / "pytorch_model.bin.part").stat().st_size
    assert 0 < here < len(weights)
    folder = fetch("official", cancel=lambda: False)
    assert (folder / "pytorch_model.bin").read_bytes() == weights
    path = f"/cdn/{official.repo}/{official.revision}/pytorch_model.bin"
    assert file_server.ranges(path)[-1] == f"bytes={here}-"


def test_a_wrong_file_is_never_given_out(weights: bytes, official: Asset, file_server):
    file_server.files[f"/cdn/{official.repo}/{official.revision}/pytorch_model.bin"] = weights[::-1]
    with pytest.raises(AssetError, match="sha256"):
        fetch("official")
    assert locate("official") is None


def test_a_missing_revision_is_explained(official: Asset, file_server):
    del file_server.files[f"/{official.repo}/resolve/{official.revision}/config.json"]
    with pytest.raises(AssetError, match="answered 404"):
        fetch("official")


def test_without_a_public_digest_the_first_one_holds(
    weights: bytes, official: Asset, file_server, monkeypatch: pytest.MonkeyPatch
):
    unknown = replace(official, files=(replace(official.files[1], sha256=None),), needs=())
    monkeypatch.setitem(ASSETS, "official", unknown)
    path = fetch("official") / "pytorch_model.bin"
    assert fetch("official") == path.parent
    path.write_bytes(weights[::-1])
    with pytest.raises(AssetError, match="changed or damaged"):
        fetch("official")
    path.unlink()
    file_server.files[f"/cdn/{official.repo}/{official.revision}/pytorch_model.bin"] = weights[::-1]
    with pytest.raises(AssetError, match=hashlib.sha256(weights).hexdigest()):
        fetch("official")


def test_the_environment_points_to_a_copy(
    official: Asset, file_server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("ENFORMER_LENS_OFFICIAL", str(tmp_path))
    assert fetch("official") == locate("official") == tmp_path
    assert file_server.log == []
    monkeypatch.setenv("ENFORMER_LENS_OFFICIAL", str(tmp_path / "absent"))
    for look in (fetch, locate):
        with pytest.raises(AssetError, match=r"ENFORMER_LENS_OFFICIAL=.*absent"):
            look("official")


def test_a_copy_in_hugging_faces_cache_is_used_in_place(
    weights: bytes, official: Asset, tmp_path: Path
):
    snapshot = (
        tmp_path
        / "hub"
        / f"models--{official.repo.replace('/', '--')}"
        / "snapshots"
        / official.revision
    )
    snapshot.mkdir(parents=True)
    (snapshot / "config.json").write_bytes(b"{}")
    assert locate("official") is None
    (snapshot / "pytorch_model.bin").write_bytes(weights)
    assert fetch("official") == locate("official") == snapshot
    assert not (cache_dir("official") / "pytorch_model.bin").exists()


def test_two_downloads_at_once_do_not_mix(official: Asset):
    with FileLock(cache_dir("official") / ".lock"), pytest.raises(AssetError, match="Another"):
        fetch("official")
    assert fetch("official").is_dir()


@pytest.mark.parametrize("call", [fetch, locate])
def test_unknown_names_say_what_there_is(weights: bytes, call: Callable[[str], object]):
    with pytest.raises(AssetError, match="official, tracks"):
        call("weights")
