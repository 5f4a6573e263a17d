"""Letters against logomaker's, and against what a path must be."""

import re

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.path import Path

from app.figures import logo

STARTS = np.array([0.0, 7.0, 1000.0])
HEIGHTS = np.array([1.0, -0.25, 2e-5])


@pytest.fixture
def logomaker():
    """Draws through pyplot, whose figures are closed again."""
    import logomaker
    import matplotlib.pyplot as plt

    yield logomaker
    plt.close("all")


@pytest.mark.parametrize("base", logo.BASES)
@pytest.mark.parametrize("height", [1.5, -0.7])
def test_geometry_is_logomakers(base, height, logomaker):
    with mpl.rc_context({"font.sans-serif": ["DejaVu Sans"]}):
        axes = Figure().add_axes((0, 0, 1, 1))
        table = pd.DataFrame([[height * (b == base) for b in logo.BASES]], columns=list("ACGT"))
        theirs = logomaker.Logo(table, ax=axes, width=1.0, flip_below=True, font_name="sans")
        (patch,) = [g.patch for g in theirs.glyph_list if g.patch is not None]
        theirs = patch.get_path()
    # their letters are centred on the position, ours start at its edge
    vertices, codes = logo.paper_path(base, np.array([-0.5]), np.array([height]))
    np.testing.assert_array_equal(codes, theirs.codes)
    drawn = codes != Path.CLOSEPOLY
    np.testing.assert_allclose(vertices[drawn], theirs.vertices[drawn], atol=1e-3)


@pytest.mark.parametrize("base", logo.BASES)
def test_letters_fill_their_box_and_hang_below_zero(base):
    placed = logo.placed(base, STARTS, HEIGHTS)
    for letter, start, height in zip(placed, STARTS, HEIGHTS, strict=True):
        np.testing.assert_allclose([letter[:, 0].min(), letter[:, 0].max()], [start, start + 1])
        np.testing.assert_allclose(
            [letter[:, 1].min(), letter[:, 1].max()], sorted((0, height)), atol=1e-12
        )


@pytest.mark.parametrize("base", logo.BASES)
def test_both_faces_draw_the_same_points(base):
    svg = logo.svg_path(base, STARTS, HEIGHTS)
    assert svg.count("M") == svg.count("Z") == len(STARTS) * (2 if base == "A" else 1)
    numbers = np.array(re.findall(r"-?[\d.]+(?:e-?\d+)?", svg), dtype=float).reshape(-1, 2)
    vertices, codes = logo.paper_path(base, STARTS, HEIGHTS)
    vertices = vertices[codes != Path.CLOSEPOLY]
    np.testing.assert_allclose(numbers[:, 0], vertices[:, 0], atol=1e-3)
    np.testing.assert_allclose(numbers[:, 1], vertices[:, 1], rtol=1e-4, atol=1e-12)


@pytest.mark.parametrize("height", [1.0, -1.0])
def test_the_hole_of_an_a_stays_open(height):
    """It runs the other way round than the outline, so that every rule of filling leaves it out."""
    vertices, codes = logo.paper_path("A", np.array([0.0]), np.array([height]))
    starts = np.flatnonzero(codes == Path.MOVETO)
    outline, hole = (signed_area(part) for part in np.split(vertices, starts[1:]))
    assert outline * hole < 0
    assert abs(hole) < abs(outline)


def signed_area(points: np.ndarray) -> float:
    x, y = points.T
    return float(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2


def test_the_letters_of_a_base_are_one_path():
    one = logo.svg_path("G", np.zeros(1), np.ones(1))
    many = logo.svg_path("G", np.arange(500.0), np.ones(500))
    assert many.count("M") == 500 * one.count("M") > 0
