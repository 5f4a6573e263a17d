"""The evidence figure, on the page and on paper, from values made by hand."""

import io
import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from app.figures import layouts
from app.figures.evidence_data import EvidencePicture, Panel, describe, evidence_picture
from app.figures.evidence_plotly import evidence_figure
from enformer.coordinates import Interval
from enformer.errors import EnformerLensError
from interpret.evidence_summary import Evidence
from interpret.target import Target

WINDOW = Interval("chr1", 0, 100_000)


@pytest.fixture
def found() -> Evidence:
    """Three elements, not in order; the last lies on the target."""
    places = (
        Interval("chr1", 70_000, 70_200),
        Interval("chr1", 20_000, 20_200),
        Interval("chr1", 49_900, 50_100),
    )
    flags, full = np.ones(3, dtype=bool), np.ones(3)
    return Evidence(
        interval=WINDOW, provenance=None, target=Target("human", (0,), (5,)), elements=places,
        names=("right", "left", ""), distances=np.array([20_100, -29_900, 0]), inside=flags,
        predicted=flags, overlaps_target=np.array([False, False, True]), known=full,
        attention=np.array([3.0, 0.5, 9.0]), mass=np.array([2.0, 1.0, 5.0]),
        mass_share=np.array([0.2, 0.1, 0.5]), mass_per_bp=np.array([0.01, 0.005, 0.025]),
        effect=np.array([-1.0, 0.2, -3.0]), spread=np.array([0.1, 0.4, 0.2]),
        fold=np.array([0.75, 1.05, 0.25]), reference=4.0, trained=True, window_known=1.0, target_known=1.0,
    )  # fmt: skip


@pytest.fixture
def picture(found) -> EvidencePicture:
    return evidence_picture(found, "hg38", "CAGE of x", {"right": -0.3})


def test_rows_go_from_left_to_right_in_per_cent_of_the_target(picture):
    assert picture.labels == ("left −29.9 kb", "chr1:49,901-50,100 +0.0 kb", "right +20.1 kb")
    values = {panel.title: panel.values for panel in picture.panels}
    assert values["Attention"].tolist() == [0.5, 9.0, 3.0]
    assert np.allclose(values["Contributions"], [10, 50, 20])
    assert np.allclose(values["Knock-out"], [5, -75, -25])
    assert np.allclose(picture.panels[2].spread, [10, 5, 2.5])
    assert np.allclose(values["Planted truth"], [0, 0, -30])
    assert picture.unranked.tolist() == [False, True, False]


def test_what_was_not_asked_has_no_panel(found):
    nothing = np.full(3, np.nan)
    less = replace(found, attention=nothing, mass_share=nothing)
    assert [panel.title for panel in evidence_picture(less, "hg38", "x").panels] == ["Knock-out"]


def test_a_part_that_is_missing_keeps_its_place_and_says_why(found):
    nothing = np.full(3, np.nan)
    less = replace(found, attention=nothing, effect=np.array([-1.0, np.nan, np.nan]))
    notes = {"attention": "pending", "knock-out": "1 of 3"}
    picture = evidence_picture(less, "hg38", "x", notes=notes)
    assert [panel.title for panel in picture.panels] == ["Attention", "Contributions", "Knock-out"]
    assert picture.panels[0].limits == (1.0, 2.0)
    figure = json.loads(evidence_figure(picture).to_json())
    heads = [note["text"] for note in figure["layout"]["annotations"]]
    assert ["pending" in heads[0], "<span" in heads[1], "1 of 3" in heads[2]] == [
        True,
        False,
        True,
    ]
    assert figure["data"][2]["x"] == [None, None, -25.0]
    assert "Attention pending. Knock-out 1 of 3." in describe(picture)


def test_a_marked_element_is_bold_and_washed(picture):
    marked = picture.with_mark(Interval("chr1", 70_100, 70_101))
    assert marked.marked == (2,)
    layout = json.loads(evidence_figure(marked).to_json())["layout"]
    assert layout["yaxis"]["ticktext"][2] == "<b>right +20.1 kb</b>"
    washes = [shape for shape in layout["shapes"] if shape["type"] == "rect"]
    assert [(wash["y0"], wash["y1"]) for wash in washes] == [(1.5, 2.5)]
    assert "Marked: right +20.1 kb." in describe(marked)
    assert picture.with_mark(None).marked == ()


def test_limits_hold_every_whisker_and_the_line_of_nothing():
    panel = Panel("a", "b", np.array([2.0, 5.0, np.nan]), 1.0, np.array([0.5, 1.0, np.nan]))
    low, high = panel.limits
    assert low == 1.0
    assert 6.0 < high < 7.0


def test_words_name_the_most_of_each_method_but_not_on_the_target(picture):
    said = describe(picture)
    assert "Knock-out: most at right +20.1 kb, -25 % change." in said
    assert "49,901" not in said


def test_bars_begin_at_nothing_and_whiskers_are_the_spread(picture):
    figure = json.loads(evidence_figure(picture).to_json())
    attention, _, knockout, truth = figure["data"]
    assert np.allclose(np.add(attention["x"], attention["base"]), [0.5, 9.0, 3.0])
    assert np.allclose(knockout["error_x"]["array"], [10, 5, 2.5])
    assert "error_x" not in truth
    assert knockout["marker"]["opacity"] == [1.0, 0.35, 1.0]
    assert figure["layout"]["yaxis"]["ticktext"][0] == "left −29.9 kb"
    assert "NEVER TRAINED" not in json.dumps(figure)
    assert "NEVER TRAINED" in evidence_figure(replace(picture, trained=False)).to_json()


@pytest.mark.parametrize("width", [89, 183])
def test_paper_has_its_width_and_text_that_stays_text(picture, width):
    image = Image.open(io.BytesIO(layouts.render(picture, width, "png", "{}")))
    assert image.width == pytest.approx(width / 25.4 * 450, abs=1)
    assert image.info["Provenance"] == "{}"
    drawn = layouts.render(picture, width, "svg", "{}").decode()
    assert "right +20.1 kb" in drawn
    assert drawn == layouts.render(picture, width, "svg", "{}").decode()


def test_too_many_elements_for_a_page_are_refused(picture):
    panel = Panel("a", "b", np.arange(80.0))
    many = replace(picture, labels=("x",) * 80, panels=(panel,), unranked=np.zeros(80, dtype=bool))
    with pytest.raises(EnformerLensError, match="80 elements"):
        layouts.render(many, 89, "pdf", "{}")
