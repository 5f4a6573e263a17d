"""Two models in one figure, on the page and on paper, from values made by hand."""

import io
import json
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.patches import StepPatch
from PIL import Image

from app.figures import layouts, paper
from app.figures.comparison_data import DIFFERENCE, Side, comparison_picture, describe
from app.figures.comparison_plotly import comparison_figure
from app.figures.scatter_data import LOG, has_log, scatter_picture
from app.figures.scatter_plotly import scatter_figure
from enformer.coordinates import Interval
from interpret.agreement import agreement
from interpret.track_pairs import ASSAY, SAME, TrackPair
from tests.app.figures.conftest import HBB, predicted

CONTIG = 135_086_622


@pytest.fixture
def found(prediction, alternative, ids):
    """DNASE, CAGE and, of two assays, two tracks in different cells."""
    pairs = [TrackPair(ids[0], ids[0], SAME), TrackPair(ids[2], ids[2], SAME),
             TrackPair(ids[1], ids[3], ASSAY)]  # fmt: skip
    return agreement(prediction, replace(alternative, variant=None), pairs)


@pytest.fixture
def sides(prediction):
    table, window = prediction.tracks, prediction.window
    return Side("A one", table, window), Side("B two", table, window.shift(128).resize(20_000))


@pytest.fixture
def picture(found, sides):
    return comparison_picture(found, sides, [HBB], CONTIG, found.interval)


def test_lanes_are_a_over_b_pair_by_pair(picture, found):
    assert [lane.label for lane in picture.locus.lanes[:4]] == ["A one: K562 · T0", "B two: K562 · T0",
                                                              "A one: K562", "B two: K562"]  # fmt: skip
    for place, lane in enumerate(picture.locus.lanes):
        assert np.array_equal(lane.values, (found.a, found.b)[place % 2][place // 2])
    assert picture.said[0] == f"r = {found.r[0]:.3f}, n = 64 bins".replace("-", "−")
    assert picture.said[2].endswith("; other biosample")
    assert picture.locus.genes[0].contig == "chr11"


def test_two_of_one_unit_share_a_scale_and_others_do_not(picture):
    locus, lanes = picture.locus, picture.locus.lanes
    assert locus.value_range(lanes[0]) == locus.value_range(lanes[1])
    top = max(lanes[0].values.max(), lanes[1].values.max())
    assert locus.value_range(lanes[0])[1] >= top
    other = replace(lanes[1], unit="something else", values=lanes[1].values * 100)
    mixed = replace(locus, lanes=(lanes[0], other))
    assert mixed.value_range(lanes[0])[1] < mixed.value_range(other)[1]


def test_differences_have_zero_in_the_middle(found, sides):
    drawn = comparison_picture(found, sides, [], CONTIG, found.interval, allele=DIFFERENCE)
    low, high = drawn.locus.value_range(drawn.locus.lanes[0])
    assert low == -high


def test_the_strip_says_both_and_the_words_say_all(picture):
    figure = comparison_figure(picture)
    texts = [note.text for note in figure.layout.annotations]
    assert any("predicted by both, 8,192 bp = 64 bins" in text for text in texts)
    assert any(text.startswith("Both windows") for text in texts)
    assert all(said in texts for said in picture.said)
    assert sum(trace.fill == "tozeroy" for trace in figure.data) == 6
    assert picture.said[1] in describe(picture)


def test_untrained_weights_are_named(found, sides, picture):
    assert "NEVER TRAINED" not in comparison_figure(picture).to_json()
    drawn = comparison_picture(
        found, (sides[0], replace(sides[1], trained=False)), [], CONTIG, found.interval
    )
    assert "NEVER TRAINED" in comparison_figure(drawn).to_json()
    assert drawn.locus.lanes[1].label.startswith("B two (never trained)")
    assert not drawn.locus.lanes[0].label.startswith("A one (never")
    assert "NEVER TRAINED" in scatter_figure(scatter_picture(found, drawn, 0)).to_json()


@pytest.mark.parametrize("width", [89, 183])
def test_paper_draws_the_same_values_and_says_the_same(picture, width):
    with paper.style():
        figure = layouts.draw(picture, width)
    steps = figure.findobj(StepPatch)
    assert len(steps) == 6
    for patch, lane in zip(steps, picture.locus.lanes, strict=True):
        assert np.array_equal(patch.get_data().values, lane.values)
    drawn = layouts.render(picture, width, "svg", '{"method": "comparison"}')
    text = "".join(ElementTree.fromstring(drawn).itertext())
    assert all(said in text for said in picture.said)
    assert drawn == layouts.render(picture, width, "svg", '{"method": "comparison"}')
    image = Image.open(io.BytesIO(layouts.render(picture, width, "png", "{}")))
    assert image.width == pytest.approx(width / 25.4 * 450, abs=1)
    assert image.info["Provenance"] == "{}"


def test_scatter_has_a_point_a_bin_on_both_faces(picture, found):
    points = scatter_picture(found, picture, 1)
    (trace,) = scatter_figure(points).data
    assert np.array_equal(trace.x, found.a[1])
    assert np.array_equal(trace.y, found.b[1])
    assert "chr11:8,097-8,224" in trace.text[0]
    with paper.style():
        axes = layouts.draw(points, 89).axes[0]
    assert np.allclose(
        axes.collections[0].get_offsets(), np.stack([found.a[1], found.b[1]], axis=1)
    )
    assert axes.get_xlabel().replace("\n", " ") == points.axis_titles[0]
    assert len(axes.lines) == 1  # of equal values, as the units are the same


def test_scatter_on_a_logarithmic_scale_says_so_and_keeps_r(picture, found):
    assert has_log(found, 0)
    assert not has_log(replace(found, a=found.a - 1), 0)
    points = scatter_picture(found, picture, 0, LOG)
    (trace,) = scatter_figure(points).data
    assert np.allclose(trace.x, np.log10(1 + found.a[0]))
    assert points.r == found.r[0]
    assert all("log10" in title for title in points.axis_titles)


def test_units_that_differ_have_no_line_of_equal_values(picture, found):
    points = replace(scatter_picture(found, picture, 0), units=("reads", "coverage"))
    assert points.diagonal is None
    assert not scatter_figure(points).layout.shapes


def test_points_are_those_that_count_for_r(prediction, alternative, ids, sides):
    part = Interval("chr11", 9_000, 10_000)
    pairs = [TrackPair(ids[0], ids[0], SAME)]
    found = agreement(prediction, replace(alternative, variant=None), pairs, within=part)
    points = scatter_picture(found, comparison_picture(found, sides, [], CONTIG, part), 0)
    assert len(points.x) == found.count == 8
    assert points.starts[0] <= 9_000 < points.starts[0] + 128


def test_a_constant_track_is_said_to_have_no_r(sides, ids):
    window = Interval("chr11", 4_000, 20_384)
    flat = predicted(0, window)
    still = replace(flat, values={"human": np.zeros_like(flat.values["human"])})
    found = agreement(flat, still, [TrackPair(ids[0], ids[0], SAME)])
    drawn = comparison_picture(found, sides, [], CONTIG, found.interval)
    assert drawn.said == ("r undefined (constant), n = 64 bins",)
    assert json.loads(comparison_figure(drawn).to_json())["data"]
