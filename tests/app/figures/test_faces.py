"""The page and the paper draw the same data."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.patches import StepPatch

from app.figures import paper
from app.figures.gene_strokes import strokes
from app.figures.layouts import draw
from app.figures.locus_frame import Frame
from app.figures.locus_plotly import locus_figure
from app.figures.palette import PAPER
from enformer.coordinates import Interval


def on_paper(picture):
    with paper.style():
        return draw(picture, 183)


@pytest.mark.parametrize("view", [(8_096, 16_288), (9_000, 12_345), (4_000, 20_384)])
def test_the_same_numbers_at_the_same_places(picture, view):
    seen = replace(picture, view=Interval("chr11", *view))
    page_lanes = [t for t in locus_figure(seen).data if t.fill == "tozeroy"]
    paper_lanes = on_paper(seen).findobj(StepPatch)
    shown = seen.bins_in_view
    for trace, patch in zip(page_lanes, paper_lanes, strict=True):
        np.testing.assert_array_equal(
            trace.y[1:-1][shown.start : shown.stop], patch.get_data().values
        )
        inside = trace.x[1:-1][shown.start : shown.stop]
        edges = patch.get_data().edges
        assert np.all((edges[:-1] <= inside + 64) & (inside - 64 <= edges[1:]))


def test_the_same_scales_and_colours(picture):
    figure, sheet = locus_figure(picture), on_paper(picture)
    patches = sheet.findobj(StepPatch)
    for place, (lane, patch) in enumerate(zip(picture.lanes, patches, strict=True)):
        assert patch.axes.get_ylim() == figure.layout[f"yaxis{place + 2}"].range
        assert patch.axes.get_xlim() == figure.layout.xaxis.range
        np.testing.assert_allclose(
            patch.get_facecolor()[:3],
            [int(PAPER.shades(lane.kind).fill[i : i + 2], 16) / 255 for i in (1, 3, 5)],
        )


def test_the_same_genes(picture):
    frame = Frame(picture, 760)
    names = next(t for t in locus_figure(picture).data if t.mode == "text")
    shown = {text.removeprefix("<i>").removesuffix("</i>") for text in names.text}
    written = {text.get_text() for axes in on_paper(picture).axes for text in axes.texts}
    assert shown <= written
    exons = strokes(frame.genes, picture.view, frame.em).exons
    trace = locus_figure(picture).data[3]
    assert sum(np.isnan(trace.x)) == len(exons) == 7
