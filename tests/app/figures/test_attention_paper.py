"""Attention on paper shows what the page shows."""

import numpy as np
import pytest
from matplotlib.image import AxesImage
from matplotlib.patches import StepPatch

from app.figures import paper, ramps
from app.figures.attention_data import AtlasPicture, AttentionLane, HeadPicture, Scale
from app.figures.data import Highlight, LocusPicture
from app.figures.layouts import draw, render
from enformer.coordinates import Interval, Variant
from enformer.errors import EnformerLensError
from enformer.genes import Gene

WINDOW = Interval("chr11", 4_000, 12_192)
RNG = np.random.default_rng(0)


def head(difference: bool = False, keys: Interval = WINDOW) -> HeadPicture:
    edges = 4_000 + (np.arange(11) * 64 // 10) * 128
    weights = RNG.gamma(0.2, 1, (10, 10)).astype(np.float32) - (0.5 if difference else 0)
    lane = RNG.gamma(0.2, 1, 64).astype(np.float32)
    place = LocusPicture(
        window=WINDOW, region=Interval("chr11", 6_048, 10_144), bin_size=128,
        contig_length=10**8, view=keys, genes=(Gene("HBB", "chr11", 7_000, 9_000, "-"),),
        lanes=(), assembly="hg38", variant=Variant("chr11", 8_001, "T", "A"),
        highlights=(Highlight(Interval("chr11", 8_000, 8_128)),),
    )  # fmt: skip
    return HeadPicture(
        place, WINDOW, 1, 2, weights, edges, edges, Scale.over(weights, difference), "cells",
        Interval("chr11", 8_000, 8_128),
        lanes=(AttentionLane("one", lane, lane / 2), AttentionLane("two", lane)),
    )  # fmt: skip


def atlas(layers: int = 2, heads: int = 4, together: bool = True) -> AtlasPicture:
    maps = RNG.gamma(0.2, 1, (layers, heads, 12, 12)).astype(np.float32)
    figures = RNG.random((layers, heads))
    return AtlasPicture(maps, figures, figures, (0, 0), "max", together, place=str(WINDOW))


@pytest.mark.parametrize("difference", [False, True])
def test_the_map_is_that_of_the_page(difference):
    picture = head(difference)
    with paper.style():
        figure = draw(picture, 120)
    image = next(i for i in figure.findobj(AxesImage) if i.get_extent()[0] == 4_000)
    assert tuple(image.get_extent()) == (4_000, 12_192, 12_192, 4_000)
    sizes = np.diff(np.arange(11) * 64 // 10)
    shades = picture.scale.shades(picture.weights).repeat(sizes, 0).repeat(sizes, 1)
    np.testing.assert_array_equal(image.get_array(), shades)
    colours = image.get_cmap()(np.arange(ramps.SHADES))[:, :3] * 255
    np.testing.assert_allclose(colours, ramps.ramp(difference, dark=False), atol=1e-6)


def test_lanes_and_their_expectation_are_those_of_the_page():
    picture = head()
    with paper.style():
        steps = draw(picture, 89).findobj(StepPatch)
    drawn = [step.get_data().values for step in steps]
    wanted = [picture.lanes[0].values, picture.lanes[0].expected, picture.lanes[1].values]
    for one, other in zip(drawn, wanted, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("width", paper.WIDTHS)
def test_it_fits_the_page(width):
    with paper.style():
        figures = [
            draw(head(), width),
            draw(atlas(11, 8), width),
            draw(atlas(), width),
        ]
    for figure in figures:
        across, down = figure.get_size_inches() / paper.MM
        assert across == pytest.approx(width)
        assert down <= paper.MAX_HEIGHT + 0.01
        sizes = {text.get_fontsize() for text in figure.findobj(lambda a: hasattr(a, "get_fontsize"))
                 if text.get_text()}  # fmt: skip
        assert min(sizes) >= paper.SMALL
        assert max(sizes) <= paper.TITLE


def test_a_width_no_column_has_is_refused():
    for refused in (lambda: draw(head(), 100), lambda: draw(atlas(), 100)):
        with pytest.raises(EnformerLensError, match="100 mm"):
            refused()


def test_files_say_what_they_show_and_where_it_comes_from():
    for form, magic in (("svg", b"<?xml"), ("pdf", b"%PDF"), ("png", b"\x89PNG")):
        made = render(head(), 89, form, '{"sha256": "abc"}')
        assert made.startswith(magic)
    svg = render(head(), 89, "svg", '{"sha256": "abc"}').decode()
    assert "sha256" in svg
    assert ">HBB</text>" in svg or "HBB" in svg
    assert "Attention over" in render(atlas(together=False), 89, "svg", "{}").decode()


def test_equal_data_gives_equal_bytes():
    picture = atlas()
    assert render(picture, 89, "pdf", "{}") == render(picture, 89, "pdf", "{}")
