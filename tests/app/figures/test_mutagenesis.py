"""Both faces of a mutagenesis map, on effects with known numbers."""

import io
import json
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.collections import QuadMesh
from matplotlib.patches import PathPatch, Rectangle
from PIL import Image

from app.figures import paper
from app.figures.layouts import draw, render
from app.figures.mutagenesis_data import MutagenesisPicture, Outline, describe, number
from app.figures.mutagenesis_plotly import mutagenesis_figure
from app.figures.palette import DARK, LIGHT
from enformer.coordinates import Interval, Variant
from enformer.errors import EnformerLensError

LETTERS = "GGACTNAC"
REGION = Interval("chr11", 5_226_998, 5_227_006)  # 1-based from 5,226,999; T is 5,227,003


@pytest.fixture(scope="module")
def picture() -> MutagenesisPicture:
    random = np.random.default_rng(0)
    values = random.normal(0, 0.02, (len(LETTERS), 4)).astype(np.float32)
    for place, letter in enumerate(LETTERS):
        if letter != "N":
            values[place, "ACGT".index(letter)] = 0
    values[4, 0] = -0.123
    known = np.array([letter != "N" for letter in LETTERS])
    return MutagenesisPicture(
        region=REGION, letters=LETTERS, values=values,
        importance=np.where(known, -values.sum(1) / 3, 0).astype(np.float32),
        assembly="hg38", explained="CAGE K562 (human/0) over 3 bins", unit="counts",
        method="Exact: each substitution predicted",
        variant=Variant("chr11", 5_227_003, "T", "A"),
    )  # fmt: skip


def test_a_cell_is_told_with_its_place_alleles_and_sign(picture):
    assert picture.told(4, "A") == "chr11:5,227,003 T>A −0.123"
    assert picture.told(4, "T").startswith("chr11:5,227,003 T, the reference: importance")
    assert picture.told(5, "G").startswith("chr11:5,227,004 N>G ")


def test_numbers_have_three_digits_and_their_sign():
    assert [number(v) for v in (-0.12345, 0.5, 0.0, 1.2e-7)] == ["−0.123", "+0.5", "0", "+1.2e−07"]


def test_the_scale_is_symmetric_and_holds_every_effect(picture):
    assert picture.limit == 0.15
    assert np.abs(picture.values).max() <= picture.limit
    assert replace(picture, values=0 * picture.values).limit == 1.0


@pytest.mark.parametrize(
    ("position", "ref", "alt", "framed"),
    [
        (5_227_003, "T", "A", [Outline(5_227_002, 5_227_003, 0, 1)]),
        (5_227_002, "CT", "CC", [Outline(5_227_002, 5_227_003, 1, 2)]),
        (5_227_001, "ACT", "GCG", [Outline(5_227_000, 5_227_001, 2, 3),
                                   Outline(5_227_002, 5_227_003, 2, 3)]),
        (5_227_000, "GAC", "G", [Outline(5_227_000, 5_227_002, 0, 4)]),
        (5_227_001, "A", "AGG", [Outline(5_227_001, 5_227_001, 0, 4)]),
        (5_227_005, "ACGTACGT", "A", [Outline(5_227_005, 5_227_006, 0, 4)]),
        (5_230_000, "A", "G", []),
    ],
)  # fmt: skip
def test_what_the_variant_changes_is_framed(picture, position, ref, alt, framed):
    shown = replace(picture, variant=Variant("chr11", position, ref, alt))
    assert list(shown.outlines) == framed
    accent = LIGHT.accent
    drawn = [s for s in mutagenesis_figure(shown).layout.shapes if s.line.color == accent]
    assert [(s.x0, s.x1, s.y0, s.y1) for s in drawn] == [
        (f.start, f.end, f.top, f.bottom) for f in framed
    ]


def test_both_faces_draw_the_same_numbers(picture):
    heat = mutagenesis_figure(picture).data[0]
    with paper.style():
        figure = draw(picture, 183)
    (mesh,) = figure.findobj(QuadMesh)
    np.testing.assert_array_equal(heat.z, picture.values.T)
    np.testing.assert_array_equal(np.asarray(mesh.get_array()).reshape(4, -1), heat.z)
    assert (heat.zmin, heat.zmax) == (-picture.limit, picture.limit) == mesh.get_clim()
    letters = [path for path in figure.findobj(PathPatch) if path.get_path().codes is not None]
    shapes = [s for s in mutagenesis_figure(picture).layout.shapes if s.type == "path"]
    assert len(letters) == len(shapes) == 4
    frames = [p for p in figure.findobj(Rectangle) if not p.get_fill() and p.get_width() == 1]
    assert [(p.get_x(), p.get_y()) for p in frames] == [(5_227_002, 0)]


def test_reference_cells_are_marked_where_they_are_known(picture):
    x, y = picture.reference_cells
    assert len(x) == len(LETTERS) - 1
    assert (REGION.start + 0.5, 2.5) == (x[0], y[0])
    dots = mutagenesis_figure(picture).data[1]
    np.testing.assert_array_equal(dots.x, x)


def test_rows_are_in_the_order_of_the_arrays_with_a_on_top(picture):
    layout = mutagenesis_figure(picture).layout
    assert layout.yaxis.range == (4, 0)
    assert [text[-12] for text in layout.yaxis.ticktext] == list("ACGT")
    rows = mutagenesis_figure(picture).data[0].text
    assert rows[3][0].startswith("chr11:5,226,999 G>T ")


def test_words_say_what_how_and_in_what_unit(picture):
    said = json.dumps(mutagenesis_figure(picture).to_plotly_json()["layout"]["annotations"])
    for part in ("CAGE K562", "Exact", "counts", "ALT \\u2212 REF", "5,226,999-5,227,006", "hg38"):
        assert part in said
    assert "Largest loss: chr11:5,227,003 T>A −0.123" in describe(picture)


def test_untrained_weights_are_called_so_on_both_faces(picture):
    shown = replace(picture, trained=False)
    assert "NEVER TRAINED" in mutagenesis_figure(shown).to_json()
    assert b"never trained" in render(shown, 120, "svg", "{}")
    assert "never trained" in describe(shown)


@pytest.mark.parametrize("dark", [False, True])
def test_it_follows_the_page(picture, dark):
    layout = mutagenesis_figure(picture, dark=dark).layout
    assert layout.paper_bgcolor == (DARK if dark else LIGHT).background


@pytest.mark.parametrize("width", paper.WIDTHS)
def test_paper_of_each_width_keeps_text_and_provenance(picture, width):
    svg = render(picture, width, "svg", '{"made": "here"}').decode()
    assert "<text" in svg
    assert "clip-path" not in svg
    assert "made" in svg
    png = Image.open(io.BytesIO(render(picture, width, "png", "{}")))
    assert png.width == pytest.approx(width / 25.4 * paper.DPI, abs=1)
    assert render(picture, width, "pdf", "{}")[:5] == b"%PDF-"


def test_a_width_that_no_column_has_is_refused(picture):
    with pytest.raises(EnformerLensError, match="other widths"):
        render(picture, 100, "svg", "{}")


def test_a_marked_base_is_framed_from_top_to_bottom_on_both_faces(picture):
    marked = replace(picture, marked=Interval("chr11", 5_227_000, 5_227_001))
    bare, drawn = (len(mutagenesis_figure(one).layout.shapes) for one in (picture, marked))
    assert drawn == bare + 2
    assert "long frame: marked" in mutagenesis_figure(marked).to_json()
    with paper.style():
        frames = [
            patch for patch in draw(marked, 183).findobj(Rectangle)
            if not patch.get_fill() and (patch.get_x(), patch.get_height()) == (5_227_000, 4)
        ]  # fmt: skip
    assert len(frames) == 1
    assert replace(picture, marked=Interval("chr11", 0, 5)).marked_here is None
    assert replace(picture, marked=REGION).marked_here is None


def test_every_cell_can_be_clicked_and_tells_its_base(picture):
    cells = mutagenesis_figure(picture).data[4]
    assert len(cells.x) == 4 * len(LETTERS)
    told = dict(zip(zip(cells.x, cells.y, strict=True), cells.text, strict=True))
    assert told[5_227_002.5, 0.5] == "chr11:5,227,003 T>A −0.123"
    assert set(cells.customdata) == set(range(REGION.start, REGION.end))
    np.testing.assert_array_equal(np.floor(cells.x), cells.customdata)
