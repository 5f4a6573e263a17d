import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from enformer.assets import main
from enformer.cache import cache_dir
from enformer.catalogue import ASSETS, Asset


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
    clean = {k: v for k, v in os.environ.items() if not k.startswith("ENFORMER_LENS_")}
    settings = clean | {
        "HF_ENDPOINT": file_server.address,
        "HF_HOME": str(tmp_path / "hf"),
        "ENFORMER_LENS_CACHE": str(tmp_path / "cache"),
    }
    command = [sys.executable, "-m", "enformer.assets", "fetch", "official"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    # A shell may have started the tests with SIGINT ignored, which the command would inherit.
    kept = signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(command, cwd=root, env=settings, **pipes) as process:
        signal.signal(signal.SIGINT, kept)
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
