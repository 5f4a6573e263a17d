"""The app as a person meets it: a server on a free port and headless Chromium."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

import pandas as pd
import pytest
import torch
from playwright.sync_api import Browser, Page, expect, sync_playwright
from streamlit.testing.v1 import AppTest

from app import places
from enformer.config import EnformerConfig
from tests.app.alone import finished

ROOT = Path(__file__).parents[2]
STARTS_WITHIN = 60  # seconds
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@dataclass(frozen=True)
class Server:
    """A running app: where it is, what it wrote, when it was started on both clocks."""

    url: str
    log: Path
    started: float
    began: float

    def link(self, **parameters: str) -> str:
        """An address with parameters."""
        return f"{self.url}/?{urlencode(parameters)}"


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


@contextmanager
def serve(folder: Path, **environment: str) -> Iterator[Server]:
    """`streamlit run app/main.py`, as typed in the root, with a cache in the folder."""
    port, log = _free_port(), folder / "server.log"
    url, started, began = f"http://localhost:{port}", time.monotonic(), time.time()
    clean = {k: v for k, v in os.environ.items() if not k.startswith("ENFORMER_LENS_")}
    clean |= {"ENFORMER_LENS_CACHE": str(folder / "cache"), "ENFORMER_LENS_OFFLINE": "1"}
    clean |= {"STREAMLIT_SERVER_PORT": str(port), "STREAMLIT_SERVER_HEADLESS": "true"}
    command = [str(Path(sys.executable).with_name("streamlit")), "run", "app/main.py"]
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=clean | environment, stdout=output, stderr=output
        )
        try:
            while not _healthy(url):
                assert process.poll() is None, log.read_text()
                assert time.monotonic() - started < STARTS_WITHIN, log.read_text()
                time.sleep(0.05)
            yield Server(url, log, started, began)
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture(scope="session")
def serve_app() -> Callable[..., AbstractContextManager[Server]]:
    """Starts the app with a folder and an environment of one's own."""
    return serve


@pytest.fixture(scope="session")
def real_genome(shared_data: Path) -> dict[str, str]:
    """Environment that points to real sequence and genes."""
    hg38 = shared_data / "hg38"
    genes = [str(hg38 / name) for name in ("beta_globin_genes.bed", "gene_bounds.bed")]
    return {
        "ENFORMER_LENS_GENOME": str(hg38 / "hg38_partial.fa.gz"),
        "ENFORMER_LENS_GENES": os.pathsep.join(genes),
    }


@pytest.fixture(scope="session")
def server(real_genome: dict[str, str], tmp_path_factory) -> Iterator[Server]:
    """The app on real sequence, with the bundled model."""
    with serve(tmp_path_factory.mktemp("server"), **real_genome) as running:
        yield running
    assert "Traceback" not in running.log.read_text()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Headless Chromium: the system's, or the one in `CHROMIUM`."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chrome")
    if path is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("no chromium found")
    expect.set_options(timeout=30_000)  # the machine may be shared
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Opens pages of a given width and colour scheme; errors in a page's console fail the test."""
    contexts, errors = [], []

    def new_page(width: int = 1280, scheme: str = "light") -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 1000},
            color_scheme=scheme,  # type: ignore[arg-type]
            accept_downloads=True,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield new_page
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def offline(monkeypatch) -> None:
    """No network, and neither a genome nor genes of one's own: the demo genome."""
    monkeypatch.setenv(places.OFFLINE_VARIABLE, "1")
    for variable in (places.GENOME_VARIABLE, places.GENES_VARIABLE):
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def open_view(root: Path, tiny_checkpoint, offline) -> Callable[..., AppTest]:
    """Runs a view with what a link asks for; the tiny model unless it asks for another."""

    def opened(view: str, **url: str) -> AppTest:
        app = AppTest.from_file(str(root / "app" / "views" / f"{view}.py"), default_timeout=60)
        for name, value in ({"model": str(tiny_checkpoint.source)} | url).items():
            app.query_params[name] = value
        return finished(app.run())

    return opened


@pytest.fixture(scope="session")
def planted_model(tiny_config, tmp_path_factory) -> str:
    """Path of a tiny model with the tracks of the planted grammar, never trained."""
    return _planted(tiny_config, tmp_path_factory.mktemp("planted") / "planted.safetensors")


@pytest.fixture(scope="session")
def wide_model(tiny_config, tmp_path_factory) -> str:
    """The same with the published window, which holds enhancers and the genes they act on."""
    config = replace(tiny_config, window_length=196_608, target_bins=896)
    return _planted(config, tmp_path_factory.mktemp("wide") / "wide.safetensors")


@pytest.fixture(scope="session")
def middle_model(tiny_config, tmp_path_factory) -> str:
    """The same with a window of 32 kb: quicker, and still with an enhancer beside the gene DGB1."""
    config = replace(tiny_config, window_length=32_768, target_bins=224)
    return _planted(config, tmp_path_factory.mktemp("middle") / "middle.safetensors")


def _planted(config: EnformerConfig, path: Path) -> str:
    import enformer
    from enformer.card import untrained_card
    from enformer.planted import HEADS, planted_tracks

    tracks = enformer.TrackTable.concat([planted_tracks(head) for head in HEADS])
    config = replace(config, heads={head: len(tracks.of_head(head)) for head in HEADS})
    torch.manual_seed(0)
    card = untrained_card(path.stem, {"human": "demo", "mouse": "demo-mouse"})
    enformer.save(path, enformer.Enformer(config), tracks, card)
    return str(path)


@pytest.fixture(scope="session")
def slow_model(tmp_path_factory) -> str:
    """Path of an untrained model that takes many seconds on a few cores."""
    import enformer
    from enformer.card import untrained_card

    config = enformer.EnformerConfig(
        heads={"human": 4},
        channels=768,
        depth=11,
        key_size=64,
        value_size=96,
        position_features=96,
        filters_divisible_by=64,
    )
    rows = {"identifier": list("abcd"), "description": [f"DNASE:cell {i}" for i in range(4)]}
    tracks = enformer.TrackTable.from_rows(pd.DataFrame(rows), "human")
    path = tmp_path_factory.mktemp("slow") / "slow.safetensors"
    torch.manual_seed(0)
    enformer.save(
        path, enformer.Enformer(config), tracks, untrained_card("slow", {"human": "hg38"})
    )
    return str(path)
