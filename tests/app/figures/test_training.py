"""Training curves and held-out bars on the page."""

import pandas as pd
import pytest

from app.figures.palette import DARK, LIGHT
from app.figures.training import bars_figure, training_figure

HISTORY = {
    "step": [100, 200, 300],
    "loss": [1.0, 0.5, 0.4],
    "chosen_by": [0.1, 0.2, 0.3],
    "human/CAGE": [0.1, 0.2, 0.3],
    "mouse/CAGE": [0.05, None, 0.2],
    "human/CHIP:H3K27ac": [0.4, 0.5, 0.6],
}


@pytest.mark.parametrize(("dark", "theme"), [(False, LIGHT), (True, DARK)])
def test_each_measure_is_a_line_over_the_steps(dark, theme):
    figure = training_figure(HISTORY, dark=dark)
    lines = {trace.name: trace for trace in figure.data}
    assert list(lines) == ["loss", "human/CAGE", "mouse/CAGE", "human/CHIP:H3K27ac"]
    assert list(lines["mouse/CAGE"].y) == [0.05, None, 0.2]
    assert list(lines["loss"].x) == [100, 200, 300]
    assert (lines["loss"].yaxis, lines["human/CAGE"].yaxis) == ("y", "y2")
    assert lines["human/CAGE"].line.color == lines["mouse/CAGE"].line.color
    assert lines["human/CAGE"].line.dash != lines["mouse/CAGE"].line.dash
    assert lines["human/CHIP:H3K27ac"].line.color == theme.shades("CHIP histone").line
    legend = figure.layout.annotations[1].text
    assert "CAGE" in legend
    assert "human solid, mouse dotted" in legend


def test_bars_are_labelled_and_coloured_by_assay():
    index = pd.MultiIndex.from_tuples([("human", "CAGE"), ("mouse", "CHIP:CTCF")])
    (bars,) = bars_figure(pd.Series([0.5, -0.1], index=index)).data
    assert list(bars.y) == ["human CAGE", "mouse CHIP:CTCF"]
    assert list(bars.text) == ["0.50", "-0.10"]
    assert list(bars.marker.color) == [
        LIGHT.shades("CAGE").fill,
        LIGHT.shades("CHIP factor").fill,
    ]


def test_one_head_needs_no_name():
    index = pd.MultiIndex.from_tuples([("human", "CAGE")])
    assert list(bars_figure(pd.Series([0.5], index=index)).data[0].y) == ["CAGE"]
