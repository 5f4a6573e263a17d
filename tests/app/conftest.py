"""The app as a person meets it: a server on a free port and headless Chromium."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import torch
from playwright.sync_api import Browser, Page, expect, sync_playwright
from streamlit.testing.v1 import AppTest

from app.asking import places
from enformer.config import EnformerConfig
from tests.app.alone import finished
from tests.app.server import Server, serve
from tests.app.story import Story

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


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
    assert running.faults() == []


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
def new_story(new_page, request, root: Path, tmp_path: Path) -> Callable[[str, str], Story]:
    """Begins a story by its name and colour scheme, in a page of its own."""

    def begin(name: str, scheme: str) -> Story:
        page = new_page(1280, scheme)
        page.set_viewport_size({"width": 1280, "height": 1100})
        wanted = request.config.getoption("--update-screenshots")
        return Story(page, name, scheme, tmp_path, root / "docs" / "stories" if wanted else None)

    return begin


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
