"""The Variant view, run by AppTest on a tiny model and the demo genome, and its files."""

import io
import json
import threading
import zipfile
from collections.abc import Iterator
from functools import partial

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from app import services
from app.asking import places, toolbar
from app.computing.job import Control
from app.computing.methods import METHODS
from app.locus.shelf import Shelf
from app.variant import variant_files
from enformer import Interval, Variant, open_genome, predict
from enformer.coordinates import window_around
from tests.app.alone import finished, until
from tests.app.alone import words as said

POSITION = 300_001


pytestmark = pytest.mark.usefixtures("offline")


@pytest.fixture(scope="module")
def bases() -> str:
    return open_genome("demo").fetch(Interval("demo1", POSITION - 1, POSITION + 3))


@pytest.fixture(scope="module")
def variant(bases: str) -> Variant:
    return Variant("demo1", POSITION, bases[0], "A" if bases[0] != "A" else "G")


@pytest.fixture
def opened(open_view):
    """Opens the view with what a link asks for."""
    return partial(open_view, "variant")


def figures(app: AppTest) -> list[dict]:
    """The locus, and the map where it is there."""
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def notes(figure: dict) -> str:
    return " ".join(note["text"] for note in figure["layout"]["annotations"])


def choose(app: AppTest, key: str, value: object) -> AppTest:
    widgets = [*app.button_group, *app.selectbox]
    next(widget for widget in widgets if widget.key == key).set_value(value)
    return finished(app.run())


def tables(app: AppTest) -> list[pd.DataFrame]:
    """The tables of tracks and of genes."""
    return [t.value for t in app.main.dataframe if {"REF", "logSED"} & set(t.value.columns)]


def test_without_a_variant_it_offers_some_that_work_on_this_genome(opened):
    app = opened(locus="DGB1")
    assert "DGB1 is no variant" in said(app)
    offered = [b for b in app.button if (b.key or "").startswith("variant_")]
    kinds = [b.label.partition("\\:")[0] for b in offered]
    known = ["Broken site in DLCR\\-HS2", "Broken site at DGB1"]
    assert kinds == [*known, "Substitution", "Deletion of 3 bp", "Insertion of 4 bp"]
    for number, kind in enumerate(("SNV", "SNV", "SNV", "Deletion", "Insertion")):
        again = opened(locus="DGB1")
        again.button(key=f"variant_{number}").click()
        again = finished(again.run())
        assert not again.error
        assert f"{kind} at demo1:" in said(again)
        assert len(figures(again)) == 2


def test_known_variants_are_offered_where_the_genome_has_their_ref(
    opened, shared_data, monkeypatch
):
    monkeypatch.setenv(places.GENOME_VARIABLE, str(shared_data / "hg38" / "hg38_partial.fa.gz"))
    app = opened(locus="chr11:5,226,900-5,227,100")
    labels = [b.label for b in app.button if (b.key or "").startswith("variant_")]
    assert labels[0] == "rs334, sickle cell"
    assert len(labels) == 6


def test_a_link_opens_alleles_difference_tables_and_map(opened, variant):
    app = opened(locus=variant.key)
    locus, around = figures(app)
    assert notes(locus).count("ALT − REF") == 3
    assert f"{variant.ref}>{variant.alt}" in notes(locus)
    assert "demo1:299,991-300,011" in notes(around)
    assert "Exact" in notes(around)
    tracks, genes = tables(app)
    assert tracks["SAD"].abs().is_monotonic_decreasing
    assert {"gene", "distance", "logSED_mean", "logSED", "track"} == set(genes.columns)
    assert "63 in all" in said(app)
    assert "python -m interpret.background" in said(app)
    assert "attention?locus=demo1" in said(app)
    assert "contributions?locus=demo1" in said(app)


def test_the_score_the_order_and_how_many_lanes_are_chosen(opened, variant):
    app = choose(opened(locus=variant.key), "variant_score", "SAX")
    app = choose(choose(app, "variant_order", "up"), "variant_lanes", 2)
    (tracks, _), (locus, _) = tables(app), figures(app)
    assert tracks["SAX"].is_monotonic_decreasing
    assert "SAD" not in tracks.columns
    assert notes(locus).count("ALT − REF") == 2
    drawn = [t["name"] for t in locus["data"] if t.get("name", "").startswith("REF")]
    assert all(name in one for name, one in zip(tracks["name"], drawn, strict=False))


def test_tracks_of_a_link_are_drawn(opened, variant):
    app = opened(locus=variant.key, tracks="human/2")
    assert notes(figures(app)[0]).count("ALT − REF") == 1
    app = choose(app, "variant_tracks", "Most changed")
    assert notes(figures(app)[0]).count("ALT − REF") == 3


def test_an_indel_is_realigned_and_said_so(opened, bases):
    app = opened(locus=f"demo1:{POSITION}:{bases}>{bases[0]}")
    assert "ALT's bins were realigned over the reference's bases" in said(app)
    (locus, around) = figures(app)
    assert "ALT is 3 bp shorter" in notes(locus)
    assert len(around["data"][0]["text"][0]) == 21


def test_more_bases_around_it(opened, variant):
    app = choose(opened(locus=variant.key), "variant_flank", 20)
    assert "demo1:299,981-300,021" in notes(figures(app)[1])
    assert "123 in all" in said(app)


@pytest.fixture
def gate(monkeypatch) -> Iterator[threading.Event]:
    """Holds exact maps back until it is set."""
    gate, exact = threading.Event(), METHODS["mutagenesis"]

    def held(subject, target, options, control: Control):
        while not gate.wait(0.01):
            control.progress(0.1, "held back")
        return exact(subject, target, options, control)

    monkeypatch.setitem(METHODS, "mutagenesis", held)
    yield gate
    gate.set()


def under_way(app: AppTest) -> AppTest:
    """Runs until the approximate map is drawn."""
    for _ in range(100):
        if len(figures(app)) == 2:
            return app
        app.run()
    raise AssertionError("nothing was drawn meanwhile")


@pytest.fixture
def waiting(root, tiny_checkpoint, variant, gate):
    """Opens a target whose exact map is held back."""

    def waiting(target: str) -> AppTest:
        app = AppTest.from_file(str(root / "app" / "views" / "variant.py"), default_timeout=60)
        asked = {"model": str(tiny_checkpoint.source), "locus": variant.key, "target": target}
        for name, value in asked.items():
            app.query_params[name] = value
        return under_way(app.run())

    return waiting


def test_the_first_order_map_is_drawn_while_the_exact_one_is_computed(waiting, gate):
    app = waiting("human/3@30-34")
    assert "Approximate" in notes(figures(app)[1])
    assert "first-order approximation is drawn meanwhile" in said(app)
    gate.set()
    assert "Exact" in notes(figures(finished(app.run()))[1])


def test_an_exact_map_that_is_stopped_leaves_the_first_order_one(waiting, gate):
    app = waiting("human/3@29-34")
    next(button for button in app.button if button.label == "Cancel").click()
    app = finished(app.run())
    assert "Stopped." in said(app)
    assert "Approximate" in notes(figures(app)[1])
    gate.set()
    next(button for button in app.button if button.label == "Run again").click()
    assert "Exact" in notes(figures(finished(app.run()))[1])


def test_the_target_of_a_link_is_mutated(opened, variant):
    app = opened(locus=variant.key, target="human/1@31-33")
    assert "human/1" in notes(figures(app)[1])


def test_a_target_that_there_is_not_is_explained_under_the_alleles(opened, variant):
    app = opened(locus=variant.key, target="human/999@31")
    assert len(figures(app)) == 1
    assert app.error


def test_weights_that_were_never_trained_are_labelled_on_both_figures(opened, variant):
    for figure in figures(opened(locus=variant.key)):
        assert "NEVER TRAINED" in notes(figure)


def test_motifs_made_and_broken_are_listed(opened):
    """In the TATA box of DGB1, whose motif the grammar knows."""
    app = opened(locus="demo1:301635:A>G")
    app = until(app, "Motifs made or broken")
    tables = [table.value for table in app.dataframe if "ref_score" in table.value.columns]
    (table,) = tables
    row = table.set_index("name").loc["TATA"]
    assert row["effect"] == "lost"
    assert row["change"] < -1
    drawn = app.get("plotly_chart")[-1].proto.spec
    assert "TATA" in drawn


# --- what it shares with Locus --------------------------------------------------------------------


@pytest.fixture
def shelf(monkeypatch):
    """A shelf of this test alone: AppTest's sessions all have one name."""
    shelf = Shelf()
    monkeypatch.setattr(services, "shelf", lambda: shelf)
    yield shelf
    shelf.close()


def test_log1p_groups_and_shared_axes_are_of_the_link(opened, variant):
    app = opened(
        locus=variant.key, tracks="human/6,human/0,human/5", scale="log1p,shared", group="assay"
    )
    locus = figures(app)[0]
    said = notes(locus)
    assert said.count("log1p(ALT) − log1p(REF)") == 3
    assert said.count("log1p axis") == 3
    assert "ln(1 + ALT) − ln(1 + REF)" in said
    assert said.count("<b>DNase</b>") == said.count("<b>CAGE</b>") == 1
    ranges = [locus["layout"][f"yaxis{place}"]["range"] for place in range(2, 8)]
    assert ranges[0] == ranges[2] != ranges[4]  # the two of DNase, then CAGE
    assert ranges[1] == ranges[3]
    assert ranges[1][0] == -ranges[1][1]


def test_scale_and_groups_are_chosen(opened, variant):
    app = choose(opened(locus=variant.key), "lane_scale", True)
    app = choose(app, "lane_group", "assay")
    assert "log1p(ALT) − log1p(REF)" in notes(figures(app)[0])
    assert (app.query_params["scale"], app.query_params["group"]) == ("log1p", "assay")


def test_a_brought_signal_stands_over_ref_and_alt_with_r_of_ref(
    opened, variant, shelf, tiny_checkpoint
):
    rng = np.random.default_rng(5)
    rows = "".join(
        f"demo1 {at} {at + 100} {rng.gamma(1, 3):.3f}\n" for at in range(295_000, 310_000, 100)
    )
    shelf.upload("own.bdg", rows.encode())
    shelf.upload("peaks.bed", b"demo1\t300100\t300400\tHS2\n")
    shelf.upload("mine.bed", b"demo1\t299000\t299400\tMINE\t0\t+\t299000\t299400\t0\t1\t400,\t0,\n")
    signal, peaks, _ = shelf.tracks
    shelf.change(signal.key, beside="human/6")
    shelf.change(peaks.key, use="highlights")
    app = opened(locus=variant.key, tracks="human/6,human/0")
    locus = figures(app)[0]
    drawn = [
        trace["name"].partition(" ")[0]
        for trace in locus["data"]
        if "hvh" in str(trace.get("line"))
    ]
    assert drawn == ["observed", "ALT", "REF", "ALT", "ALT", "REF", "ALT"]
    said = notes(locus)
    assert "HS2" in said
    assert "<b>mine</b>" in said
    assert "REF's, beside them" in said
    genome = open_genome("demo")
    window = window_around(variant.start, "demo1", tiny_checkpoint.config)
    ref = predict(tiny_checkpoint, genome, window)
    view = locus["layout"]["xaxis"]["range"]
    edges = np.arange(ref.region.start, ref.region.end, 128)
    seen = (edges + 128 > view[0]) & (edges < view[1])
    own = signal.content.bins(ref.region, 128, genome.length("demo1"), "zero")
    expected = np.corrcoef(own[seen], ref.values["human"][seen, 6])[0, 1]
    assert f"r = {expected:.2f}, {seen.sum()} bins".replace("-", "−") in said


def test_its_downloads_hold_the_files(opened, variant, shelf, monkeypatch):
    shelf.upload("own.bdg", b"demo1 300000 300100 3\n")
    kept = []
    monkeypatch.setattr(variant_files, "effect_menu", lambda files, scores: kept.append(files))
    monkeypatch.setattr(toolbar, "menus", lambda files, query: files())
    opened(locus=variant.key, tracks="human/6", scale="log1p", group="assay")
    with zipfile.ZipFile(io.BytesIO(kept[-1].data("TSV")[2]())) as archive:
        tables = {name[:3]: archive.read(name).decode() for name in archive.namelist()}
    assert {"REF", "ALT"} == set(tables)
    assert all("own/own" in table for table in tables.values())
    known = json.loads(kept[-1].provenance)
    asked = known["figure"]["question"]
    assert (known["scale"], asked["scale"], asked["group"]) == ("log1p", "log1p", "assay")
    assert shelf.tracks[0].sha256 in known["own"]["own/own"]
    svg = kept[-1].figure("svg", 183)[2]().decode()
    for text in ("Observed", "log1p(ALT)", "r = "):
        assert text in svg


def test_a_search_for_cells_it_was_not_trained_on_is_told(opened, variant):
    app = opened(locus=variant.key, tracks="human/6")
    app.text_input(key="track_text_box").set_value("microglia")
    assert "No track of tiny is of “microglia”" in said(finished(app.run()))
