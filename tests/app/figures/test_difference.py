"""REF and ALT with their difference under them, on both faces."""

import json
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.patches import StepPatch

from app.figures import paper
from app.figures.difference import LABEL, LOG_LABEL, LOG_UNIT, with_differences
from app.figures.layouts import draw
from app.figures.locus_plotly import locus_figure
from app.figures.scale import Scale


def test_each_track_is_followed_by_its_difference(overlaid):
    lanes = with_differences(overlaid).lanes
    assert [lane.label for lane in lanes[1::2]] == [LABEL] * len(overlaid.lanes)
    for both, changed, before in zip(lanes[::2], lanes[1::2], overlaid.lanes, strict=True):
        assert both is before
        assert changed.alternative is None
        assert (changed.kind, changed.unit) == (before.kind, before.unit)
        np.testing.assert_array_equal(changed.values, before.alternative - before.values)
        with pytest.raises(ValueError, match="read-only"):
            changed.values[0] = 1


def test_the_axis_of_a_difference_has_zero_in_its_middle(overlaid):
    picture = with_differences(overlaid)
    seen = slice(picture.bins_in_view.start, picture.bins_in_view.stop)
    for lane in picture.lanes[1::2]:
        low, high = picture.value_range(lane)
        assert low == -high
        assert high >= np.abs(lane.values[seen]).max() > 0.5 * high


def test_no_difference_has_an_axis_too(overlaid):
    lane = with_differences(overlaid).lanes[1]
    assert overlaid.value_range(replace(lane, values=0 * lane.values)) == (-1.0, 1.0)


def test_bins_that_alt_lacks_stay_empty(overlaid):
    lacking = overlaid.lanes[0].alternative.copy()
    lacking[30:33] = np.nan
    first = replace(overlaid.lanes[0], alternative=lacking)
    picture = with_differences(replace(overlaid, lanes=(first,)))
    assert np.flatnonzero(np.isnan(picture.lanes[1].values)).tolist() == [30, 31, 32]
    assert np.isfinite(picture.value_range(picture.lanes[1])).all()
    assert json.loads(locus_figure(picture).to_json())["data"]


def test_without_an_alternative_nothing_is_added(picture):
    assert with_differences(picture).lanes == picture.lanes


def test_both_faces_draw_the_difference(overlaid):
    picture = with_differences(overlaid)
    with paper.style():
        patches = draw(picture, 183).findobj(StepPatch)
    axes = locus_figure(picture).layout
    for place, lane in enumerate(picture.lanes):
        assert axes[f"yaxis{place + 2}"].range == picture.value_range(lane)
        assert any(patch.axes.get_ylim() == picture.value_range(lane) for patch in patches)


@pytest.fixture
def logs(overlaid):
    return with_differences(replace(overlaid, scale=Scale(log=True)))


def test_under_log1p_axes_it_is_the_difference_of_the_heights_above(overlaid, logs):
    for lane, before in zip(logs.lanes[1::2], overlaid.lanes, strict=True):
        assert (lane.label, lane.unit) == (LOG_LABEL, LOG_UNIT)
        ratio = np.log((1 + before.alternative) / (1 + before.values))
        np.testing.assert_allclose(lane.values, ratio, atol=1e-5)


def test_a_difference_of_logarithms_is_drawn_as_it_is_and_explained(logs):
    axes = locus_figure(logs).layout
    words = " ".join(note.text for note in axes.annotations)
    for place, lane in enumerate(logs.lanes):
        low, high = logs.value_range(lane)
        wanted = (low, high) if lane.difference else (low, np.log1p(high))
        assert axes[f"yaxis{place + 2}"].range == pytest.approx(wanted)
    assert words.count("log1p axis") == len(logs.lanes) / 2
    assert "ln(1 + ALT) − ln(1 + REF)" in words
    with paper.style():
        patches = draw(logs, 183).findobj(StepPatch)
    drawn = [patch.axes.get_ylim() for patch in patches]
    assert all(logs.value_range(lane) in drawn for lane in logs.lanes[1::2])


def test_the_truth_of_a_difference_is_on_the_scale_of_its_lane(overlaid):
    ref, alt = np.full(64, 1.0), np.full(64, 3.0)
    lane = replace(overlaid.lanes[0], expected=ref, expected_alternative=alt)
    changed = with_differences(replace(overlaid, lanes=(lane,), scale=Scale(log=True))).lanes[1]
    np.testing.assert_allclose(changed.expected, np.log(2), rtol=1e-6)
