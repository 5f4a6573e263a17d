"""The Locus view alone: one's own files, scales, groups and the matrix, run by AppTest."""

import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app import services
from app.locus.shelf import Shelf
from enformer.errors import EnformerLensError
from tests.app.alone import finished, words
from tests.measured import write_bigwig

LOCUS = "demo1:300,001-304,000"
TRACKS = "human/6,human/0"
LENGTH = 600_000

pytestmark = pytest.mark.usefixtures("offline")


@pytest.fixture(autouse=True)
def shelf(monkeypatch):
    """A shelf of this test alone: AppTest's sessions all have one name."""
    shelf = Shelf()
    monkeypatch.setattr(services, "shelf", lambda: shelf)
    yield shelf
    shelf.close()


@pytest.fixture
def opened(open_view):
    return lambda **url: open_view("locus", **({"locus": LOCUS, "tracks": TRACKS} | url))


@pytest.fixture
def bigwig(tmp_path):
    """A signal over the predicted region of the tiny model, as a file."""
    rng = np.random.default_rng(5)
    runs = [(at, at + 100, float(rng.gamma(1, 3))) for at in range(295_000, 310_000, 100)]
    return write_bigwig(tmp_path / "DNASE cell 6.bw", runs, "demo1", LENGTH)


def figure(app: AppTest) -> dict:
    (chart,) = app.get("plotly_chart")
    return json.loads(chart.proto.spec)


def annotations(app: AppTest) -> list[str]:
    return [one["text"] for one in figure(app)["layout"]["annotations"]]


def upload(app: AppTest, *files: tuple[str, bytes]) -> AppTest:
    app.file_uploader[0].set_value([(name, content, "") for name, content in files])
    return finished(app.run())


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click()
    return finished(app.run())


def test_an_uploaded_bigwig_stands_over_its_track_with_r(opened, bigwig):
    app = upload(opened(), (bigwig.name, bigwig.read_bytes()))
    assert not app.exception
    names = [
        t["name"]
        for t in figure(app)["data"]
        if "human/" in t.get("name", "") or "observed" in t.get("name", "")
    ]
    assert [name.startswith("observed") for name in names] == [True, False, False]
    (said,) = [text for text in annotations(app) if "DNASE cell 6" in text and "Observed" in text]
    assert "r = " in said
    assert "32 bins" in said or "33 bins" in said  # of 4,000 bp in view
    assert "file's own units" in said
    assert any("mean of each bin of 128 bp" in text for text in annotations(app))
    app = press(app, "Remove")
    assert not [text for text in annotations(app) if "Observed" in text]


def test_how_a_file_is_shown_is_changed_and_kept(opened, bigwig):
    app = upload(opened(), (bigwig.name, bigwig.read_bytes()))
    app.text_input(key="own_name_1").set_value("My <DNase>")
    app = finished(app.run())
    app.selectbox(key="own_over_1").set_value(False)
    app = finished(app.run())
    app.selectbox(key="own_beside_1").set_value("human/0")
    app = finished(app.run())
    names = [t["name"] for t in figure(app)["data"] if t.get("fill") == "tozeroy"]
    assert [name.startswith("observed") for name in names] == [False, False, True]
    assert any("My &lt;DNase&gt;" in text for text in annotations(app))
    assert app.selectbox(key="own_beside_1").value == "human/0"


def test_intervals_become_a_lane_and_pasted_lines_highlights(opened):
    app = upload(opened(), ("peaks.bed", b"demo1\t301000\t301400\tHS2\n"))
    assert any("<b>peaks</b>" in text and "intervals" in text for text in annotations(app))
    app.text_area(key="own_lines_box").set_value("demo1\t302000\t302500\tmy enhancer")
    app = press(finished(app.run()), "Highlight")
    assert "my enhancer" in annotations(app)
    washes = [
        s for s in figure(app)["layout"]["shapes"] if s.get("xref") == "x" and s["x0"] == 302_000
    ]
    assert washes[0]["x1"] == 302_500


def test_a_bad_file_is_explained_beside_a_picture_that_stays(opened):
    app = upload(opened(), ("own.bed", b"hello\n"), ("own.bb", b"\xeb\xf2\x89\x87" + b"\0" * 50))
    assert app.get("plotly_chart")
    said = words(app)
    assert "neither bigWig, bedGraph, BED" in said
    assert "bigBedToBed" in said
    assert "chr22\t20000000\t20000128\tmy_peak" in said
    assert "Read" in said
    app = press(app, "Put away")
    assert "neither bigWig" not in words(app)
    assert "bigBedToBed" in words(app)
    assert "bigBed" not in words(upload(app, ("own.bed", b"demo1\t301000\t301400\n")))


def test_a_file_of_another_assembly_is_told_and_the_rest_is_drawn(opened, tmp_path):
    path = write_bigwig(tmp_path / "other.bw", [(10, 20, 1.0)], "demo1", 123_456)
    app = upload(opened(), ("other.bw", path.read_bytes()))
    assert "other is not drawn" in words(app)
    assert "123,456" in words(app)
    assert app.get("plotly_chart")


def test_a_file_is_opened_by_its_path_only_where_that_is_allowed(
    opened, bigwig, monkeypatch, shelf
):
    app = opened()
    app.text_input(key="own_path_box").set_value(str(bigwig))
    app = finished(app.run())
    assert any("Observed" in text for text in annotations(app))
    assert app.text_input(key="own_path_box").value == ""
    monkeypatch.setattr(services, "paths_allowed", lambda: False)
    with pytest.raises(EnformerLensError, match="open to others"):
        services.open_own(str(bigwig))
    assert len(shelf.tracks) == 1


def test_a_link_restores_log1p_shared_axes_and_groups(opened):
    app = opened(scale="log1p,shared", group="assay")
    said = annotations(app)
    assert sum("log1p axis" in text for text in said) == 2
    assert {"<b>DNase</b>", "<b>CAGE</b>"} <= set(said)
    axis = figure(app)["layout"]["yaxis2"]
    assert axis["range"][1] == pytest.approx(np.log1p(float(axis["ticktext"][-1])))
    assert app.segmented_control(key="lane_scale").value is True
    assert app.segmented_control(key="lane_group").value == "assay"


def test_scale_and_groups_are_chosen_and_go_into_the_link(opened):
    app = opened()
    app.segmented_control(key="lane_scale").set_value(True)
    app = finished(app.run())
    app.segmented_control(key="lane_group").set_value("head")
    app = finished(app.run())
    query = app.session_state["query"]
    assert (query.scale, query.group) == ("log1p", "head")
    assert "<b>human</b>" in annotations(app)
    assert "log1p" in app.query_params["scale"]


def test_ref_and_alt_are_overlaid_on_log1p_axes(opened):
    from enformer import Interval, open_genome

    ref = open_genome("demo").fetch(Interval("demo1", 300_000, 300_001))
    app = opened(locus=f"demo1:300001:{ref}>{'A' if ref != 'A' else 'G'}", scale="log1p")
    names = [trace.get("name") or "" for trace in figure(app)["data"]]
    assert sum(name.startswith("REF") for name in names) == 2
    assert sum(name.startswith("ALT") for name in names) == 2
    assert any("log1p axis" in text for text in annotations(app))


def test_the_matrix_opens_and_counts(opened):
    app = press(opened(), "Biosample × assay")
    table = app.dataframe[0].value
    assert table.loc["K562", "CAGE"] == 4
    assert "8 tracks in" in words(app)
    add = next(button for button in app.button if button.label == "Add tracks")
    assert add.disabled


def test_the_matrix_says_what_it_was_not_trained_on(opened):
    app = opened()
    app.session_state["matrix_words"] = "microglia"
    app = press(app, "Biosample × assay")
    assert "No track of tiny is of “microglia”: it was not trained on a cell type" in words(app)


def test_a_search_says_what_the_model_was_not_trained_on(opened):
    app = opened()
    app.text_input(key="track_text_box").set_value("microglia")
    app = finished(app.run())
    assert "No track of tiny is of “microglia”: it was not trained on a cell type" in words(app)
    app.text_input(key="track_text_box").set_value("K-562")
    app = finished(app.run())
    assert "Nearest names: K562. If none is meant" in words(app)
    app.text_input(key="track_text_box").set_value("K562")
    assert "not trained" not in words(finished(app.run()))


def test_a_measured_track_of_cells_without_a_prediction_is_told(opened, bigwig):
    app = upload(opened(), ("microglia_atac.bw", bigwig.read_bytes()))
    assert "No track of tiny is of “microglia”, as this file's name says" in words(app)
    app.text_input(key="own_name_1").set_value("K562 ATAC")
    assert "as this file's name says" not in words(finished(app.run()))


def test_files_and_attention_are_drawn_together(opened, bigwig):
    app = upload(opened(slice="row", layer="1", head="1"), (bigwig.name, bigwig.read_bytes()))
    for _ in range(100):
        if any("Layer 1, head 1" in text for text in annotations(app)):
            break
        app = finished(app.run())
    assert any("Observed" in text for text in annotations(app))
    assert any("Layer 1, head 1" in text for text in annotations(app))
