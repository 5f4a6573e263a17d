import base64
import json
import time
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from app.figures import page
from app.figures.data import Highlight, LocusPicture
from app.figures.locus_frame import TOP, Frame
from app.figures.locus_plotly import locus_figure, selected_interval
from app.figures.palette import DARK, LIGHT
from enformer.coordinates import Interval
from enformer.genes import Gene


def lanes_of(figure, picture):
    """The traces of the tracks, without those of the genes and the pointer."""
    names = {lane.name for lane in picture.lanes}
    return [t for t in figure.data if t.name and any(t.name.endswith(name) for name in names)]


def words(figure):
    return [annotation.text for annotation in figure.layout.annotations]


def decoded(array):
    return np.frombuffer(base64.b64decode(array["bdata"]), array["dtype"])


def test_every_number_of_the_prediction_is_drawn(picture, prediction):
    traces = lanes_of(locus_figure(picture), picture)
    for track, trace in enumerate(traces):
        np.testing.assert_array_equal(trace.y[1:-1], prediction.values["human"][:, track])
        np.testing.assert_array_equal(trace.x[1:-1], 8_096 + 64 + 128 * np.arange(64))
        assert (trace.x[0], trace.x[-1]) == (8_096, 16_288)
        assert trace.line.shape == "hvh"  # turns half-way between middles: at the bins' edges
        assert trace.fill == "tozeroy"
    assert len(traces) == 8


def test_numbers_travel_as_float32_and_positions_as_integers(picture):
    sent = json.loads(locus_figure(picture).to_json())
    trace = next(t for t in sent["data"] if t.get("name", "").startswith("ATAC"))
    assert trace["type"] == "scatter"
    assert (trace["y"]["dtype"], trace["x"]["dtype"]) == ("f4", "i4")
    np.testing.assert_array_equal(decoded(trace["y"])[1:-1], picture.lanes[1].values)


def test_positions_beyond_float32_stay_exact(picture):
    far = 248_000_000 - 8_096
    moved = replace(
        picture,
        window=picture.window.shift(far),
        region=picture.region.shift(far),
        view=picture.view.shift(far),
        contig_length=248_956_422,
    )
    trace = lanes_of(locus_figure(moved), moved)[0]
    assert list(np.diff(np.asarray(trace.x[1:-1], dtype=np.int64))) == [128] * 63


def test_one_axis_for_all_lanes_in_the_order_of_the_tracks(picture):
    figure = locus_figure(picture)
    assert {trace.xaxis or "x" for trace in figure.data} == {"x"}
    assert [axis for axis in figure.layout if axis.startswith("xaxis")] == ["xaxis"]
    tops = [
        figure.layout[t.yaxis.replace("y", "yaxis")].domain[1] for t in lanes_of(figure, picture)
    ]
    assert tops == sorted(tops, reverse=True)
    assert figure.layout.xaxis.range == (8_096, 16_288)
    assert figure.layout.dragmode == "select"


def test_lanes_share_the_height_without_overlap(picture):
    layout = locus_figure(picture).layout
    domains = sorted(layout[f"yaxis{n}"].domain for n in ("", *range(2, 10)))
    for (_, top), (bottom, _) in pairwise(domains):
        assert top < bottom
    assert domains[0][0] >= 0
    assert domains[-1][1] <= 1


@pytest.mark.parametrize(("count", "least"), [(1, 120), (5, 100), (8, 52)])
def test_a_lane_is_high_enough_for_its_words(picture, count, least):
    shown = replace(picture, lanes=picture.lanes[:count])
    figure = locus_figure(shown)
    inner = figure.layout.height - figure.layout.margin.t - figure.layout.margin.b
    low, high = figure.layout.yaxis2.domain
    assert (high - low) * inner >= least
    assert figure.layout.margin.t == TOP


def test_ten_tracks_fit_a_screen(picture):
    ten = replace(picture, lanes=(*picture.lanes, *picture.lanes[:2]))
    assert locus_figure(ten).layout.height < 900


@pytest.mark.parametrize(("dark", "theme"), [(False, LIGHT), (True, DARK)])
def test_tracks_have_the_colour_of_their_assay(picture, dark, theme):
    figure = locus_figure(picture, dark=dark)
    assert figure.layout.paper_bgcolor == theme.background
    assert figure.layout.font.color == theme.ink
    for lane, trace in zip(picture.lanes, lanes_of(figure, picture), strict=True):
        assert trace.fillcolor == theme.shades(lane.kind).fill


def test_names_and_units_stand_beside_the_lanes(picture):
    texts = [text for text in words(locus_figure(picture)) if text.startswith("<b>")]
    assert any("H3K27ac, GM12878" in t and "ChIP · mean coverage per bin" in t for t in texts)
    long = next(a for a in locus_figure(picture).layout.annotations if "CTCF" in a.text)
    assert "…" in long.text
    assert "80 years" in long.hovertext


def test_the_pointer_says_position_bin_and_gene(picture):
    pointer = locus_figure(picture).data[-1]
    assert len(pointer.x) == 64
    assert pointer.text[0] == "<b>chr11:8,097-8,224</b><br>bin 0"
    assert pointer.text[20] == "<b>chr11:10,657-10,784</b><br>bin 20 · HBB"
    assert pointer.yaxis == "y10"
    assert locus_figure(picture).layout.hoversubplots == "axis"


def test_the_pointer_knows_where_nothing_is_predicted(at_the_end):
    pointer = locus_figure(at_the_end).data[-1]
    assert len(pointer.x) == 128
    assert pointer.text[0].endswith("outside the predicted region")
    assert pointer.text[32] == "<b>chr11:1,097-1,224</b><br>bin 0"


def test_ref_is_a_grey_line_over_alt(overlaid, prediction, alternative):
    figure = locus_figure(overlaid)
    alt, ref = lanes_of(figure, overlaid)[:2]
    np.testing.assert_array_equal(alt.y[1:-1], alternative.values["human"][:, 0])
    np.testing.assert_array_equal(ref.y[1:-1], prediction.values["human"][:, 0])
    assert (ref.line.color, ref.fill) == (LIGHT.reference, None)
    assert (alt.hovertemplate[:4], ref.hovertemplate[:4]) == ("ALT ", "REF ")
    assert any("ALT filled" in text for text in words(figure))


def test_the_variant_is_a_line_at_its_base(overlaid):
    lines = [s for s in locus_figure(overlaid).layout.shapes if s.type == "line" and s.xref == "x"]
    assert [(line.x0, line.x1) for line in lines] == [(12_000.5, 12_000.5)]
    assert "<b>T>A</b>" in words(locus_figure(overlaid))


def test_washes_mark_what_was_not_predicted_the_padding_and_highlights(at_the_end):
    shown = replace(at_the_end, highlights=(Highlight(Interval("chr11", 2_000, 3_000), "HS1"),))
    figure = locus_figure(shown)
    washes = {s.fillcolor: (s.x0, s.x1) for s in figure.layout.shapes if s.xref == "x"}
    assert washes[LIGHT.padding] == (-3_000, 0)
    assert washes[LIGHT.outside] == (9_288, 13_384)
    assert washes[LIGHT.highlight] == (2_000, 3_000)
    assert {"N padding", "not predicted", "HS1"} <= set(words(figure))


def test_the_strip_shows_the_window_the_region_and_the_view(picture):
    view = Interval("chr11", 12_192, 16_288)
    shapes = locus_figure(replace(picture, view=view)).layout.shapes
    boxes = [(s.x0, s.x1) for s in shapes if s.type == "rect" and s.y0 > 1]
    assert boxes == [(0, 1), (0.25, 0.75), (0.5, 0.75)]


def test_weights_that_were_never_trained_are_called_so(picture, at_the_end):
    assert any("NEVER TRAINED" in text for text in words(locus_figure(at_the_end)))
    assert not any("NEVER TRAINED" in text for text in words(locus_figure(picture)))


def test_title_and_footer(at_the_end):
    texts = words(locus_figure(at_the_end))
    assert texts[0] == "<b>chr11:1-13,384 · 13,384 bp</b> · hg38"
    assert texts[-1] == "footer"
    assert words(locus_figure(replace(at_the_end, title="My locus")))[0].startswith(
        "<b>My locus</b>"
    )


def test_genes_are_italic_and_regions_are_not(picture):
    names = next(trace for trace in locus_figure(picture).data if trace.mode == "text")
    assert set(names.text) == {"<i>HBB</i>", "<i>ACP1</i>", "LCR"}


def test_a_locus_without_genes_or_tracks_can_be_drawn(picture):
    figure = locus_figure(replace(picture, genes=(), lanes=()))
    assert lanes_of(figure, picture) == []
    assert figure.layout.height > 100


def test_a_crowd_of_genes_says_how_many_have_no_name(picture):
    genes = tuple(Gene(f"G{i}", "chr11", 8_200 + i, 16_000 + i, "+") for i in range(40))
    shown = replace(picture, genes=genes)
    hidden = Frame(shown, 760).genes.unlabelled
    assert hidden >= 36
    assert any(
        f"{hidden} more, no room for their names" in text for text in words(locus_figure(shown))
    )


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        (9_000.2, 10_000.7, Interval("chr11", 9_000, 10_001)),
        (10_000.7, 9_000.2, Interval("chr11", 9_000, 10_001)),
        (1_000.0, 9_000.0, Interval("chr11", 8_096, 9_000)),
        (9_000.2, 9_010.0, None),
        (50_000.0, 60_000.0, None),
    ],
)
def test_a_box_becomes_whole_bases_of_the_view(picture, first, last, found):
    assert selected_interval(picture, first, last) == found


def test_the_camera_writes_svg():
    camera = page.config("locus")["toImageButtonOptions"]
    assert (camera["format"], camera["filename"]) == ("svg", "locus")


def test_a_figure_takes_less_than_a_blink(picture: LocusPicture):
    ten = replace(picture, lanes=(*picture.lanes, *picture.lanes[:2]))
    locus_figure(ten)  # Plotly loads its validators at first use

    def seconds():
        begun = time.process_time()
        locus_figure(ten)
        return time.process_time() - begun

    assert min(seconds() for _ in range(5)) < 0.05
