"""The app as a person meets it: a server on a free port and headless Chromium."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[2]
STARTS_WITHIN = 60  # seconds
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@dataclass(frozen=True)
class Server:
    """A running app: where it is, what it wrote, and when it was started."""

    url: str
    log: Path
    started: float


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return probe.getsockname()[1]


def _healthy(url: str) -> bool:
    try:
        with urlopen(f"{url}/_stcore/health", timeout=1) as answer:
            return answer.status == 200
    except (URLError, OSError):
        return False


def serve(folder: Path, **environment: str) -> Iterator[Server]:
    """`streamlit run app/main.py`, as typed in the root, with a cache of its own."""
    url, log, started = f"http://localhost:{_free_port()}", folder / "server.log", time.monotonic()
    clean = {k: v for k, v in os.environ.items() if not k.startswith("ENFORMER_LENS_")}
    environment = {"ENFORMER_LENS_CACHE": str(folder / "cache")} | environment
    command = [Path(sys.executable).with_name("streamlit"), "run", "app/main.py"]
    command += [f"--server.port={url.rpartition(':')[2]}", "--server.headless=true"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=clean | environment, stdout=output, stderr=output
        )
        try:
            while not _healthy(url):
                assert process.poll() is None, log.read_text()
                assert time.monotonic() - started < STARTS_WITHIN, log.read_text()
                time.sleep(0.05)
            yield Server(url, log, started)
        finally:
            process.terminate()
            process.wait(20)
