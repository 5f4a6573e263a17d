"""The Models view with two models, run by AppTest on tiny models and the demo genome."""

import json
import re
import threading
import time
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

import enformer
from app import services, state
from app.asking import places
from enformer import assets
from enformer.cache import cache_dir
from enformer.errors import Cancelled
from enformer.tracks import TrackId
from tests.app.alone import finished, words
from tests.conftest import scramble

pytestmark = pytest.mark.usefixtures("offline")

LOCUS = "demo1:300,001-304,000"


@pytest.fixture(scope="session")
def child(tiny_checkpoint, tmp_path_factory) -> str:
    """Path of a model with a shorter window, the tracks of the tiny one, and other weights."""
    config = replace(tiny_checkpoint.config, window_length=8_192, target_bins=40)
    torch.manual_seed(3)
    model = enformer.Enformer(config)
    scramble(model)
    path = tmp_path_factory.mktemp("child") / "child.safetensors"
    enformer.save(path, model, tiny_checkpoint.tracks, replace(tiny_checkpoint.card, name="child"))
    return str(path)


@pytest.fixture
def opened(open_view, child):
    """Opens the comparison of the tiny model with its child."""
    return partial(open_view, "models", **{"with": child, "genome": "demo", "locus": LOCUS})


def charts(app: AppTest) -> list[dict]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def lanes(app: AppTest) -> list[str]:
    return [t["name"] for t in charts(app)[0]["data"] if t.get("fill") == "tozeroy"]


def notes(figure: dict) -> list[str]:
    return [note["text"] for note in figure["layout"]["annotations"]]


def test_a_link_opens_the_comparison_of_both_over_the_same_bins(opened, tiny_checkpoint, child):
    app = opened()
    assert not app.error
    assert len(lanes(app)) == 6
    assert [name[:2] for name in lanes(app)] == ["A ", "B "] * 3
    assert any("predicted by both, 5,120 bp = 40 bins" in text for text in notes(charts(app)[0]))
    assert "A tiny, the model in use, reads 16,384 bp and B child reads 8,192 bp" in words(app)
    assert "12 pairs agree" in words(app)


def test_r_is_that_of_numpy_over_the_bins_in_view(opened, tiny_checkpoint, child):
    app = opened()
    genome, place = enformer.open_genome("demo"), enformer.Interval.parse(LOCUS)
    a, b = (enformer.predict(one, genome, place)
            for one in (tiny_checkpoint, enformer.load(child, device="cpu")))  # fmt: skip
    track = TrackId.parse(re.findall(r"human/\d+", lanes(app)[0])[0])
    bins = range(b.region.start, b.region.end, 128)
    seen = [n for n, start in enumerate(bins) if start < place.end and start + 128 > place.start]
    skipped = (b.region.start - a.region.start) // 128
    one = a.values["human"][:, track.index][skipped:][seen]
    other = b.values["human"][:, track.index][seen]
    r = np.corrcoef(one, other)[0, 1]
    expected = f"r = {r:.3f}, n = {len(seen)} bins".replace("-", "−")
    assert expected in notes(charts(app)[0])
    assert f"<b>{expected}</b>" in notes(charts(app)[1])


def test_pairs_are_picked_by_link_and_by_hand(opened, child):
    app = opened(pairs="human/5:human/6,mouse/3:mouse/3")
    names = lanes(app)
    assert ["human/5" in names[0], "human/6" in names[1], "mouse/3" in names[2]] == [True] * 3
    assert len(names) == 4
    app.selectbox(key=state.PAIR_OF_A).set_value("human/7")
    app.selectbox(key=state.PAIR_OF_B).set_value("mouse/0")
    app = finished(app.run())
    next(b for b in app.button if b.label == "Add as a pair").click()
    app = finished(app.run())
    assert app.session_state["query"].pairs[0] == "human/7:mouse/0"
    assert "mouse/0" in lanes(app)[1]
    assert len(lanes(app)) == 6


def test_a_pair_that_is_none_is_said_and_passed_over(opened):
    app = opened(pairs="human/99:human/0,nonsense")
    assert not app.error
    assert "no such pair: human/99:human/0, nonsense" in words(app)
    assert len(lanes(app)) == 6


def test_the_summary_has_a_row_for_each_assay(opened):
    app = opened()
    table = next(d.value for d in app.dataframe if "Median r" in d.value.columns)
    assert table[["Head of A", "Assay", "Pairs"]].to_numpy().tolist() == [
        ["human", "CAGE", 4], ["human", "DNASE", 4], ["mouse", "CAGE", 2], ["mouse", "DNASE", 2],
    ]  # fmt: skip
    assert (table["Lowest r"] <= table["Median r"]).all()


def test_models_that_measure_nothing_alike_are_paired_by_assay_and_say_so(opened, wide_model):
    app = opened(model=wide_model)
    assert not app.error
    assert "No two tracks measure the same in the same cells" in words(app)
    assert any("other biosample" in text for text in notes(charts(app)[0]))
    (facts,) = app.table
    assert facts.value.loc["Window"].tolist() == ["196,608 bp", "8,192 bp"]


def test_a_variant_compares_its_effect(opened):
    ref = enformer.open_genome("demo").fetch(enformer.Interval("demo1", 300_000, 300_001))
    app = opened(locus=f"demo1:300001:{ref}>{'A' if ref != 'A' else 'G'}")
    before = notes(charts(app)[0])
    app.segmented_control(key=state.COMPARED_ALLELE).set_value("ALT − REF")
    app = finished(app.run())
    assert not app.error
    assert notes(charts(app)[0]) != before
    low, high = charts(app)[0]["layout"]["yaxis2"]["range"]
    assert low == -high != 0


def test_one_model_is_not_compared_with_itself(opened, tiny_checkpoint):
    app = opened(**{"with": str(tiny_checkpoint.source)})
    assert "A and B are one model" in words(app)
    assert not app.get("plotly_chart")


def test_a_model_b_that_is_not_there_is_explained_and_another_one_chosen(opened, tmp_path):
    app = opened(**{"with": str(tmp_path / "gone.safetensors")})
    assert "gone.safetensors" in words(app)
    assert not app.get("plotly_chart")
    app.selectbox(key=state.OTHER_MODEL).set_value("mini")
    app = finished(app.run())
    assert not app.error
    assert len(lanes(app)) == 6
    assert app.session_state["query"].other == "mini"


def test_the_official_model_is_offered_before_it_is_compared(opened, monkeypatch, tmp_path):
    monkeypatch.delenv("ENFORMER_LENS_OFFICIAL", raising=False)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    app = opened(**{"with": "official"})
    fetch = next(b for b in app.button if b.label == "Fetch 1,005 MB (CC-BY-4.0)")
    assert not app.get("plotly_chart")
    app = finished(fetch.click().run())
    assert "started offline" in words(app)
    assert "ENFORMER_LENS_OFFICIAL" in words(app)


def test_swapping_keeps_the_pairs(opened, tiny_checkpoint, child):
    app = opened(pairs="human/5:human/6")
    next(b for b in app.button if b.label == "Swap A and B").click()
    app = finished(app.run())
    query = app.session_state["query"]
    assert (query.model, query.other) == (child, str(tiny_checkpoint.source))
    assert query.pairs == ("human/6:human/5",)
    assert lanes(app)[0].startswith("A child")


def test_cards_and_comparison_are_two_parts_of_one_view(open_view, tiny_checkpoint):
    app = open_view("models", genome="demo", locus=LOCUS)
    assert app.segmented_control(key=state.MODELS_PART).value == "Cards"
    assert not app.text_input(key=state.MODEL_SEEN).value
    app.segmented_control(key=state.MODELS_PART).set_value("Compare two")
    app = finished(app.run())
    assert not app.error
    assert app.session_state["query"].other == "demo"
    app.segmented_control(key=state.MODELS_PART).set_value("Cards")
    app = finished(app.run())
    assert app.session_state["query"].other == ""
    assert "No model is shown without its card" in words(app)


def test_a_checkpoint_of_ones_own_shows_its_card_before_it_is_used(open_view, child, tmp_path):
    app = open_view("models", genome="demo", model="mini")
    app.text_input(key=state.MODEL_SEEN).set_value(child)
    app = finished(app.run())
    assert enformer.load(child, device="cpu").sha256 in words(app)
    assert app.session_state["query"].model == "mini"
    app.text_input(key=state.MODEL_SEEN).set_value(str(tmp_path / "gone"))
    app = finished(app.run())
    assert "There is no such model" in words(app)
    recent = app.button(key="recent_0")
    app = finished(recent.click().run())
    assert app.text_input(key=state.MODEL_SEEN).value == child
    app = finished(app.button(key=f"use_{child}").click().run())
    assert app.session_state["query"].model == child


def test_an_open_server_offers_no_paths(open_view, monkeypatch):
    monkeypatch.setattr(services, "paths_allowed", lambda: False)
    app = open_view("models", genome="demo", model="mini")
    assert not any(box.key == state.MODEL_SEEN for box in app.text_input)
    app = open_view("models", genome="demo", model="mini", locus=LOCUS, **{"with": "/etc/passwd"})
    assert "open to others" in words(app)


def test_a_download_shows_how_far_it_is_and_can_be_stopped_and_taken_up(
    open_view, monkeypatch, tmp_path
):
    monkeypatch.delenv("ENFORMER_LENS_OFFICIAL", raising=False)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    app = open_view("models", genome="demo", model="mini")
    monkeypatch.delenv(places.OFFLINE_VARIABLE)
    monkeypatch.setattr(services, "online", lambda patience=0.0: False)
    stopped = threading.Event()

    def fetch(name: str, progress, cancel) -> None:
        (cache_dir(name) / "pytorch_model.bin.part").write_bytes(b"x" * 2_000_000)
        while not cancel():
            progress(2_000_000, 1_000_000_000)
            time.sleep(0.02)
        stopped.set()
        raise Cancelled

    monkeypatch.setattr(assets, "fetch", fetch)
    app = next(b for b in app.button if b.label.startswith("Fetch 1,005 MB")).click().run()
    assert "2 of 1,000 MB" in app.get("progress")[0].proto.text
    app = next(b for b in app.button if b.label == "Cancel").click().run()
    assert stopped.wait(30)
    assert "Stopped." in words(app)
    assert any(b.label == "Run again" for b in app.button)
    app = open_view("models", genome="demo", model="mini")
    assert any(b.label.startswith("Go on fetching, 2 of 1,005 MB") for b in app.button)
