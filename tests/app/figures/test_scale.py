from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.figures import paper
from app.figures.layouts import draw
from app.figures.locus_plotly import locus_figure
from app.figures.scale import LINEAR, Scale, value_text

LOG = Scale(log=True)


def on_paper(picture):
    with paper.style():
        return draw(picture, 183)


def value_axes(figure):
    return [
        axes for axes in figure.axes if axes.spines["left"].get_visible() and axes.get_yticks().size
    ]


@pytest.mark.parametrize("text", ["", "log1p", "shared", "log1p,shared"])
def test_a_scale_is_read_back_from_its_text(text):
    assert str(Scale.parse(text)) == text


def test_words_that_mean_nothing_are_passed_over():
    assert Scale.parse("cubic, shared,") == Scale(shared=True)


@given(st.floats(-1e6, 1e6))
def test_log1p_keeps_sign_order_and_zero(value):
    height = LOG.of(value)
    assert np.sign(height) == np.sign(value)
    assert np.expm1(abs(height)) == pytest.approx(abs(value), rel=1e-9, abs=1e-9)
    assert LINEAR.of(value) == value


@given(st.floats(0, 1e7), st.sampled_from([0.0, 0.01, 0.5, 3, 80]))
def test_ticks_are_inside_the_axis_and_apart(top, below):
    bottom, top = -below, top + 0.1
    ticks = LOG.ticks(bottom, top)
    assert {bottom, top, 0.0} <= set(ticks)
    assert ticks == sorted(ticks)
    heights = [LOG.of(tick) for tick in ticks]
    inner = [
        b - a for a, b in pairwise(heights) if {a, b} - {LOG.of(0.0), LOG.of(top), LOG.of(bottom)}
    ]
    assert all(gap >= 0.17 * (heights[-1] - heights[0]) for gap in inner)


def test_a_high_axis_has_powers_of_ten():
    assert LOG.ticks(0.0, 3_000.0) == [0.0, 10.0, 100.0, 3_000.0]
    assert value_text(-2.5) == "−2.5"


def test_both_faces_draw_log1p_with_ticks_that_are_values(picture):
    logged = replace(picture, scale=LOG)
    layout, sheet = locus_figure(logged).layout, value_axes(on_paper(logged))
    for place, lane in enumerate(logged.lanes):
        bottom, top = logged.value_range(lane)
        axis = layout[f"yaxis{place + 2}"]
        assert axis.range == (np.log1p(bottom), np.log1p(top))
        assert axis.ticktext[-1] == f"{top:g}"
        assert axis.tickvals[-1] == np.log1p(top)
        assert sheet[place].get_ylim() == pytest.approx(axis.range)
        assert [label.get_text() for label in sheet[place].get_yticklabels()] == list(axis.ticktext)


def test_the_pointer_reads_the_value_whatever_the_scale(picture):
    traces = [t for t in locus_figure(replace(picture, scale=LOG)).data if t.fill == "tozeroy"]
    for lane, trace in zip(picture.lanes, traces, strict=True):
        np.testing.assert_allclose(trace.y[1:-1], np.log1p(lane.values), rtol=1e-6)
        np.testing.assert_array_equal(trace.customdata[1:-1], lane.values)
        assert "customdata" in trace.hovertemplate
        assert trace.y.dtype == np.float32


def test_ref_and_alt_and_their_hover_follow_log1p(overlaid):
    logged = replace(overlaid, scale=LOG)
    figure = locus_figure(logged)
    for name, attribute in (("REF", "values"), ("ALT", "alternative")):
        traces = [t for t in figure.data if (t.name or "").startswith(name)]
        for trace, lane in zip(traces, logged.lanes, strict=True):
            values = getattr(lane, attribute)
            np.testing.assert_allclose(trace.y[1:-1], np.log1p(values), rtol=1e-6)
            np.testing.assert_array_equal(trace.customdata[1:-1], values)
            top = max(lane.values.max(), lane.alternative.max())
            assert max(trace.y) <= np.log1p(top) + 1e-6


def test_the_axis_says_which_scale_it_has(picture):
    logged = replace(picture, scale=Scale(log=True, shared=True))
    names = [
        a.text for a in locus_figure(logged).layout.annotations if "log1p axis" in (a.text or "")
    ]
    assert len(names) == len(picture.lanes)
    assert any("log1p axis" in text.get_text() for text in on_paper(logged).texts)
    assert "Tracks of one assay share an axis." in " ".join(logged.notes)
    assert "ln(1 + value)" in " ".join(logged.notes)
    assert "log1p" not in " ".join(picture.notes)


def test_tracks_of_one_assay_share_an_axis_and_others_do_not(picture):
    shared = replace(picture, scale=Scale(shared=True))
    ranges = [shared.value_range(lane) for lane in shared.lanes]
    alone = [picture.value_range(lane) for lane in picture.lanes]
    for lane, found in zip(shared.lanes, ranges, strict=True):
        of_assay = [
            one
            for other, one in zip(picture.lanes, alone, strict=True)
            if other.assay == lane.assay
        ]
        assert found == (min(low for low, _ in of_assay), max(high for _, high in of_assay))
    assert ranges[0] == ranges[6]  # both DNase


def test_what_was_measured_has_an_axis_of_its_own(picture):
    lanes = [replace(lane, observed=True) for lane in (picture.lanes[0], picture.lanes[6])]
    shared = replace(picture, lanes=tuple(lanes), scale=Scale(shared=True))
    assert [shared.value_range(lane) for lane in lanes] == [
        picture.value_range(lane) for lane in lanes
    ]
