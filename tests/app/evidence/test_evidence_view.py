"""The Evidence view, run by AppTest on tiny models and the demo genome."""

import json
from functools import partial

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app import services, state
from app.computing.methods import METHODS
from app.evidence.candidates import nearest
from app.evidence.evidence_way import MOST, EvidenceWay
from app.locus.shelf import Shelf
from app.truth.truth_tables import reading_of, true_shares
from enformer.coordinates import Interval
from enformer.errors import EnformerLensError
from enformer.planted import HEADS
from interpret.elements import Element
from tests.app.alone import finished, words

pytestmark = pytest.mark.usefixtures("offline")

QUICK = ":10:2"
"""A few steps: the machine may be shared."""
DGB1 = 301_606
"""Its start of transcription on demo1, 0-based."""


@pytest.fixture
def opened(open_view, wide_model):
    """Opens the view on the planted model."""
    return partial(open_view, "evidence", model=wide_model, evidence=QUICK)


def figure(app: AppTest) -> dict:
    (chart,) = app.get("plotly_chart")
    return json.loads(chart.proto.spec)


def titles(app: AppTest) -> list[str]:
    return [trace["name"] for trace in figure(app)["data"]]


def test_planted_enhancers_stand_beside_the_truth(opened):
    app = opened(locus="DGB1")
    assert not app.error
    assert titles(app) == ["Attention", "Contributions", "Knock-out", "Planted truth"]
    rows = figure(app)["layout"]["yaxis"]["ticktext"]
    assert sum("DLCR-HS" in row for row in rows) >= 1
    assert "Explained: **" in words(app)
    assert "NEVER TRAINED" in json.dumps(figure(app))
    table = app.dataframe[0].value
    assert len(table) == len(rows) <= MOST


def test_peaks_are_candidates_where_open_chromatin_is_predicted(opened):
    app = opened(locus="DGB1", evidence="peaks:10:2")
    assert not app.error
    assert app.session_state[state.EVIDENCE_SOURCE] == "peaks"
    assert app.session_state[state.EVIDENCE_STEPS] == 10
    assert all("peak" in row for row in figure(app)["layout"]["yaxis"]["ticktext"])


def test_a_file_is_asked_for_before_anything_is_computed(opened):
    app = opened(locus="DGB1", evidence="bed")
    assert not app.error
    assert not app.get("plotly_chart")
    assert "No candidate element" in words(app)


def test_the_link_says_how_evidence_is_gathered(opened):
    app = opened(locus="DGB1", evidence="planted:10:2")
    app.selectbox(key=state.EVIDENCE_SHUFFLES).set_value(5)
    app = finished(app.run())
    assert app.query_params["evidence"] == "planted:10:5"
    assert "evidence=planted:10:5" in app.code[-1].value


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("peaks:50:10", EvidenceWay("peaks", 50, 10)),
        ("bed", EvidenceWay("bed")),
        (":10:5", EvidenceWay(None, 10, 5)),
        ("nonsense:7:x:9", EvidenceWay()),
        ("", EvidenceWay()),
    ],
)
def test_how_evidence_is_gathered_is_read_and_written(text, way):
    assert EvidenceWay.parse(text) == way
    assert EvidenceWay.parse(str(way)) == way


def test_the_cheapest_part_comes_first():
    few, many = EvidenceWay().costs(8), EvidenceWay(steps=10, shuffles=10).costs(MOST)
    assert list(few) == ["attention", "knock-out", "contributions"]
    assert list(many) == ["attention", "contributions", "knock-out"]


def test_what_other_views_have_computed_is_taken_from_them(
    opened, open_view, wide_model, monkeypatch
):
    link = {"locus": "DGB2", "model": wide_model}  # a place that no test before has asked about
    for view, how in {"attention": {}, "contributions": {"method": "integrated:zeros:10"}}.items():
        assert not open_view(view, **link, **how).error
    monkeypatch.delitem(METHODS, "attention")
    monkeypatch.delitem(METHODS, "contributions integrated")
    app = opened(locus="DGB2", evidence="planted:10:2")
    assert not app.error
    assert titles(app) == ["Attention", "Contributions", "Knock-out", "Planted truth"]


def test_a_method_that_fails_leaves_the_others(opened, monkeypatch):
    def fails(subject, target, options, control):
        raise EnformerLensError("It cannot be done.", do="Try something else.")

    monkeypatch.setitem(METHODS, "contributions integrated", fails)
    app = opened(locus="DGB1", evidence="planted:50:2")
    assert "It cannot be done" in words(app)
    assert titles(app) == ["Attention", "Contributions", "Knock-out", "Planted truth"]
    assert "failed" in json.dumps(figure(app)["layout"]["annotations"])


def test_an_element_that_is_marked_stands_out(opened):
    app = opened(locus="DGB1", evidence="planted:10:2")
    places = app.dataframe[0].value
    chosen = places[places["name"] == "DLCR-HS2"].iloc[0]
    link = f"{chosen['start'] + 1}-{chosen['end']}"
    app = opened(locus="DGB1", evidence="planted:10:2", mark=link)
    rows = figure(app)["layout"]["yaxis"]["ticktext"]
    assert [row for row in rows if "<b>" in row] == [row for row in rows if "DLCR-HS2" in row]
    assert "Marked in all views" in words(app)


def test_where_the_truth_is_no_cage_of_a_promoter_none_is_shown(opened):
    app = opened(locus="demo1:330,001-330,100")
    assert "Planted truth" not in titles(app)


def test_true_shares_are_what_links_say():
    reading, tissues = reading_of("demo1"), ["blood", "liver"]
    row = int(np.flatnonzero(reading.promoters["tss"] == DGB1)[0])
    shares = true_shares(Interval("demo1", DGB1, DGB1 + 1), tissues)
    assert shares is not None
    lost = reading.links().query("promoter == @row")[tissues].to_numpy().sum()
    assert np.isclose(sum(shares.values()), -lost / reading.cage(tissues)[row].sum())
    assert min(shares, key=shares.__getitem__) == "DLCR-HS2"
    assert "DOUT1" not in shares  # behind a wall
    assert true_shares(Interval("demo1", DGB1 + 10, DGB1 + 11), HEADS["human"]) is None


def test_the_nearest_to_the_target_are_taken_whole_and_by_the_windows_name():
    window, target = Interval("chr1", 0, 10_000), Interval("chr1", 2_000, 2_100)
    many = [Element(Interval("1", at, at + 50), str(at)) for at in range(0, 9_900, 100)]
    outside = [Element(Interval("2", 2_000, 2_050)), Element(Interval("chr1", 9_990, 10_010))]
    taken = nearest([*many, *outside], window, target)
    assert len(taken) == MOST
    assert [one.interval.contig for one in taken] == ["chr1"] * MOST
    assert [int(one.name) for one in taken] == list(range(600, 3_600, 100))


# --- files that were brought before ---------------------------------------------------------------


@pytest.fixture
def shelf(monkeypatch):
    """A shelf of this test alone: AppTest's sessions all have one name."""
    shelf = Shelf()
    monkeypatch.setattr(services, "shelf", lambda: shelf)
    yield shelf
    shelf.close()


def asked_for(app: AppTest) -> bool:
    """Whether a file can be given here."""
    return any(one.key == state.EVIDENCE_FILE for one in app.file_uploader)


def test_a_bed_of_the_shelf_gives_candidates_without_another_upload(opened, shelf):
    shelf.upload("mine.bed", b"demo1\t310000\t310400\tmine\n1\t5\t9\telsewhere\n")
    shelf.upload("more.bed", b"demo1\t311000\t311400\n")
    shelf.upload("signal.bdg", b"demo1 310000 310400 3\n")
    app = opened(locus="DGB1", evidence="bed:10:2")
    assert not app.error
    assert app.dataframe[0].value["name"].tolist() == ["mine"]
    box = app.selectbox(key=state.EVIDENCE_OWN)
    assert box.options == ["mine, your file", "more, your file", "Another BED file"]
    assert not asked_for(app)
    app = finished(box.set_value("2").run())
    assert app.dataframe[0].value["start"].tolist() == [311_000]
    app = finished(app.selectbox(key=state.EVIDENCE_OWN).set_value("another").run())
    assert asked_for(app)
    assert not app.get("plotly_chart")


def test_a_file_that_was_removed_gives_no_more_candidates(opened, shelf):
    shelf.upload("mine.bed", b"demo1\t310000\t310400\tmine\n")
    app = opened(locus="DGB1", evidence="bed:10:2")
    shelf.remove(shelf.tracks[0].key)
    app = finished(app.run())
    assert not app.exception
    assert asked_for(app)
