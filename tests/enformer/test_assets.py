import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import huggingface_hub.constants
import pytest
from filelock import FileLock

from enformer import download
from enformer.assets import fetch, locate, main
from enformer.cache import cache_dir
from enformer.catalogue import ASSETS, Asset, AssetFile
from enformer.errors import AssetError, Cancelled

REPO, REVISION = "EleutherAI/enformer-official-rough", "0" * 39 + "1"
CONFIG, WEIGHTS = b'{"dim": 1536}', random.Random(1).randbytes(900_000)


def _file(name: str, body: bytes, url: str = "") -> AssetFile:
    return AssetFile(name, len(body), hashlib.sha256(body).hexdigest(), url)


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Neither the person's settings, nor their Hugging Face cache, nor waiting."""
    for asset in ASSETS.values():
        monkeypatch.delenv(asset.variable, raising=False)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(download, "RETRY", download.RETRY.new(backoff_factor=0))


@pytest.fixture
def official(file_server, monkeypatch: pytest.MonkeyPatch) -> Asset:
    """`official` and `tracks`, small, on a local server that answers as the Hub does."""
    for name, body in (("config.json", CONFIG), ("pytorch_model.bin", WEIGHTS)):
        file_server.files[f"/{REPO}/resolve/{REVISION}/{name}"] = body
        file_server.files[f"/cdn/{REPO}/{REVISION}/{name}"] = body
    file_server.files["/targets_human.txt"] = b"table"
    table = _file("targets_human.txt", b"table", file_server.address + "/targets_human.txt")
    files = (_file("config.json", CONFIG), _file("pytorch_model.bin", WEIGHTS))
    place = {"files": files, "revision": REVISION, "endpoint": file_server.address}
    asset = replace(ASSETS["official"], **place)
    monkeypatch.setitem(ASSETS, "official", asset)
    monkeypatch.setitem(ASSETS, "tracks", replace(ASSETS["tracks"], files=(table,)))
    return asset


def test_weights_and_tables_are_fetched_from_the_pinned_commit(official: Asset, file_server):
    seen: list[tuple[int, int]] = []
    assert locate("official") is None
    folder = fetch("official", progress=lambda here, total: seen.append((here, total)))
    assert (folder / "config.json").read_bytes() == CONFIG
    assert (folder / "pytorch_model.bin").read_bytes() == WEIGHTS
    assert (cache_dir("tracks") / "targets_human.txt").read_bytes() == b"table"
    assert seen == sorted(set(seen))
    assert seen[-1] == (official.size, official.size)
    assert f"/{REPO}/resolve/{REVISION}/pytorch_model.bin" in [path for path, _ in file_server.log]
    assert locate("official") == folder == cache_dir("official")


def test_what_is_here_is_checked_and_not_fetched_again(official: Asset, file_server):
    folder = fetch("official")
    file_server.log.clear()
    assert fetch("official") == folder
    assert file_server.log == []
    (folder / "pytorch_model.bin").write_bytes(WEIGHTS[::-1])
    with pytest.raises(AssetError, match="changed or damaged"):
        fetch("official")


def test_a_cancelled_download_goes_on_from_where_it_was(official: Asset, file_server):
    asked = iter([False, False, False, False, True])
    with pytest.raises(Cancelled):
        fetch("official", cancel=lambda: next(asked))
    here = (cache_dir("official") / "pytorch_model.bin.part").stat().st_size
    assert 0 < here < len(WEIGHTS)
    folder = fetch("official", cancel=lambda: False)
    assert (folder / "pytorch_model.bin").read_bytes() == WEIGHTS
    path = f"/cdn/{REPO}/{REVISION}/pytorch_model.bin"
    assert file_server.ranges(path)[-1] == f"bytes={here}-"


def test_a_wrong_file_is_never_given_out(official: Asset, file_server):
    file_server.files[f"/cdn/{REPO}/{REVISION}/pytorch_model.bin"] = WEIGHTS[::-1]
    with pytest.raises(AssetError, match="sha256"):
        fetch("official")
    assert locate("official") is None


def test_a_missing_revision_is_explained(official: Asset, file_server):
    del file_server.files[f"/{REPO}/resolve/{REVISION}/config.json"]
    with pytest.raises(AssetError, match="answered 404"):
        fetch("official")


def test_without_a_public_digest_the_first_one_holds(
    official: Asset, file_server, monkeypatch: pytest.MonkeyPatch
):
    unknown = replace(official, files=(replace(official.files[1], sha256=None),), needs=())
    monkeypatch.setitem(ASSETS, "official", unknown)
    path = fetch("official") / "pytorch_model.bin"
    assert fetch("official") == path.parent
    path.write_bytes(WEIGHTS[::-1])
    with pytest.raises(AssetError, match="changed or damaged"):
        fetch("official")
    path.unlink()
    file_server.files[f"/cdn/{REPO}/{REVISION}/pytorch_model.bin"] = WEIGHTS[::-1]
    with pytest.raises(AssetError, match=hashlib.sha256(WEIGHTS).hexdigest()):
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


def test_a_copy_in_hugging_faces_cache_is_used_in_place(official: Asset, tmp_path: Path):
    snapshot = tmp_path / "hub" / f"models--{REPO.replace('/', '--')}" / "snapshots" / REVISION
    snapshot.mkdir(parents=True)
    (snapshot / "config.json").write_bytes(CONFIG)
    assert locate("official") is None
    (snapshot / "pytorch_model.bin").write_bytes(WEIGHTS)
    assert fetch("official") == locate("official") == snapshot
    assert not (cache_dir("official") / "pytorch_model.bin").exists()


def test_two_downloads_at_once_do_not_mix(official: Asset):
    with FileLock(cache_dir("official") / ".lock"), pytest.raises(AssetError, match="Another"):
        fetch("official")
    assert fetch("official").is_dir()


@pytest.mark.parametrize("call", [fetch, locate])
def test_unknown_names_say_what_there_is(call: Callable[[str], object]):
    with pytest.raises(AssetError, match="official, tracks"):
        call("weights")


def test_the_command_lists_and_fetches(official: Asset, capsys: pytest.CaptureFixture[str]):
    assert main(["list"]) == 0
    assert "official: not downloaded" in capsys.readouterr().out
    assert main(["fetch", "official"]) == 0
    shown = capsys.readouterr()
    assert shown.out.index("licence CC-BY-4.0") < shown.out.index("official: in ")
    assert "100%" in shown.err
    assert main(["list"]) == 0
    assert f"official: on disk in {cache_dir('official')}" in capsys.readouterr().out


def test_the_command_refuses_in_plain_words(
    official: Asset, file_server, capsys: pytest.CaptureFixture[str]
):
    file_server.files.clear()
    assert main(["fetch", "tracks"]) == 1
    error = capsys.readouterr().err
    assert "answered 404" in error
    assert "Traceback" not in error


def test_an_interrupted_command_keeps_what_came(
    file_server, shared_data: Path, tmp_path: Path, root: Path, published_config: str
):
    """The real catalogue in a process of its own: the Hub's address is the local server's."""
    real = ASSETS["official"]
    first = b"\x80" * 400_000
    bodies = {"config.json": published_config.encode(), "pytorch_model.bin": first}
    for name, body in bodies.items():
        file_server.files[f"/{real.repo}/resolve/{real.revision}/{name}"] = body
        file_server.files[f"/cdn/{real.repo}/{real.revision}/{name}"] = body
    path = f"/cdn/{real.repo}/{real.revision}/pytorch_model.bin"
    file_server.sizes[path] = real.files[1].size
    file_server.faults[path] = [("stall", len(first))]
    shutil.copytree(shared_data / "tracks", tmp_path / "cache" / "tracks", ignore=_only_tables)
    settings = {
        "HF_ENDPOINT": file_server.address,
        "HF_HOME": str(tmp_path / "hf"),
        "ENFORMER_LENS_CACHE": str(tmp_path / "cache"),
    }
    command = [sys.executable, "-m", "enformer.assets", "fetch", "official"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=root, env=os.environ | settings, **pipes) as process:
        part = tmp_path / "cache" / "official" / "pytorch_model.bin.part"
        deadline = time.monotonic() + 60
        while not part.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert "licence CC-BY-4.0" in out
    assert "goes on where it stopped" in err
    assert "Traceback" not in err
    assert part.stat().st_size <= len(first)
    assert (part.parent / "config.json").stat().st_size == 439


def _only_tables(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if not name.startswith("targets_")]
