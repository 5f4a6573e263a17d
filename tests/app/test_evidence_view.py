"""The Evidence view, run by AppTest on tiny models and the demo genome."""

import json
from functools import partial

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app import state
from app.candidates import MOST, nearest
from app.truth_tables import reading_of, true_shares
from enformer.coordinates import Interval
from enformer.planted import HEADS
from interpret.elements import Element
from tests.app.alone import finished, words

pytestmark = pytest.mark.usefixtures("offline")

DGB1 = 301_606
"""Its start of transcription on demo1, 0-based."""


@pytest.fixture
def opened(open_view, wide_model):
    """Opens the view on the planted model."""
    return partial(open_view, "evidence", model=wide_model)


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
    app = opened(locus="DGB1")
    app.session_state[state.EVIDENCE_SOURCE] = "peaks"
    app = finished(app.run())
    assert not app.error
    assert all("peak" in row for row in figure(app)["layout"]["yaxis"]["ticktext"])


def test_a_file_is_asked_for_before_anything_is_computed(opened):
    app = opened(locus="DGB1")
    app.session_state[state.EVIDENCE_SOURCE] = "bed"
    app = finished(app.run())
    assert not app.error
    assert not app.get("plotly_chart")
    assert "No candidate element" in words(app)


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
