"""REF and ALT with their difference under them, on both faces."""

import json
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.patches import StepPatch

from app.figures import paper
from app.figures.difference import LABEL, with_differences
from app.figures.layouts import draw
from app.figures.locus_plotly import locus_figure


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
