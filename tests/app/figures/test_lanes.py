"""Groups, measured tracks and lanes of intervals, on both faces."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from matplotlib.text import Text

from app.figures import paper
from app.figures.agreement import agreement
from app.figures.alt_text import describe
from app.figures.data import Highlight
from app.figures.genes import CROWD
from app.figures.lanes import FeatureLane, headings
from app.figures.layouts import draw
from app.figures.locus_frame import HEADING, Frame
from app.figures.locus_plotly import locus_figure
from enformer.coordinates import Interval
from enformer.genes import Gene


def on_paper(picture):
    with paper.style():
        figure = draw(picture, 183)
        figure.draw_without_rendering()
        return figure


def words(figure):
    return [annotation.text for annotation in figure.layout.annotations]


def written(figure):
    return [text.get_text() for text in figure.findobj(Text)]


@pytest.fixture
def grouped(picture):
    names = ["one", "one", "two", "two", "two", "one", "", ""]
    pairs = zip(picture.lanes, names, strict=True)
    return replace(picture, lanes=tuple(replace(lane, group=name) for lane, name in pairs))


@pytest.fixture
def with_peaks(picture):
    peaks = (Gene("peak 1", "chr11", 9_000, 9_400, "."), Gene("", "chr11", 12_000, 12_100, "."))
    return replace(
        picture, features=(FeatureLane("mine", "mine.bed, 2 in all", "intervals", peaks),)
    )


def test_a_name_stands_where_a_group_begins(grouped):
    assert headings(grouped.lanes) == ["one", "", "two", "", "", "one", "", ""]
    assert [text for text in words(locus_figure(grouped)) if text in ("<b>one</b>", "<b>two</b>")] == [
        "<b>one</b>", "<b>two</b>", "<b>one</b>",
    ]  # fmt: skip
    assert written(on_paper(grouped)).count("one") == 2


def test_names_of_groups_take_room_and_lanes_do_not_overlap(grouped, picture):
    plain, frame = Frame(picture, 760), Frame(grouped, 760)
    assert frame.height == plain.height + 3 * HEADING
    bottoms = [frame.lane_domain(place) for place in range(8)]
    assert all(low > top for (low, _), (_, top) in pairwise(bottoms))
    assert bottoms[1][0] > frame.heading_middle(2) > bottoms[2][1]
    sheet = on_paper(grouped)
    assert sheet.get_size_inches()[1] * 25.4 <= paper.MAX_HEIGHT + 1e-6


def test_intervals_have_a_lane_under_the_genes_on_both_faces(with_peaks, picture):
    figure, sheet = locus_figure(with_peaks), on_paper(with_peaks)
    names = [list(t.text) for t in figure.data if t.mode == "text"]
    assert ["peak 1"] in names
    assert figure.data[-1].yaxis == "y11"  # the pointer's is the last
    lane = figure.layout.yaxis10.domain
    assert figure.layout.yaxis.domain[0] >= lane[1] > lane[0] > figure.layout.yaxis2.domain[1]
    assert any("<b>mine</b>" in text and "intervals" in text for text in words(figure))
    assert {"mine", "intervals", "peak 1"} <= set(written(sheet))
    assert Frame(with_peaks, 760).features[0].unlabelled == 0  # one has no name to write
    assert "mine: 2 intervals" in describe(with_peaks)


def test_the_pointer_names_the_intervals_under_it(with_peaks):
    said = {text.split("<br>")[0]: text for text in locus_figure(with_peaks).data[-1].text}
    bins = [with_peaks.bin_interval(b) for b in range(with_peaks.bins)]
    over = [f"<b>{one}</b>" for one in bins if one.start < 9_400 and one.end > 9_000]
    assert [place for place, text in said.items() if "mine: peak 1" in text] == over


def test_a_crowd_of_intervals_is_drawn_at_once_and_counted(picture):
    many = tuple(Gene(f"p{i}", "chr11", 8_200 + i, 8_300 + i, ".") for i in range(CROWD + 1))
    shown = replace(picture, features=(FeatureLane("mine", "mine.bed", "intervals", many),))
    (laid,) = Frame(shown, 760).features
    assert (laid.rows, laid.unlabelled, len(laid.overflow)) == (1, CROWD + 1, CROWD + 1)
    assert locus_figure(shown).data


def test_names_of_files_are_words_and_no_tags(picture):
    lane = replace(picture.lanes[0], label="<a href='x'>me</a>", observed=True, remark="a < b")
    shown = replace(picture, lanes=(lane,))
    assert any(
        "&lt;a href='x'&gt;" in text and "a &lt; b" in text for text in words(locus_figure(shown))
    )


def test_many_highlights_leave_room_for_the_lanes(picture):
    close = tuple(
        Highlight(Interval("chr11", 9_000 + i, 9_100 + i), f"a long name {i}") for i in range(60)
    )
    frame = Frame(replace(picture, highlights=close), 760)
    assert len(frame.marks) == 60
    assert 0 < sum(bool(mark.label) for mark in frame.marks) < 60
    assert frame.marks_height <= 80


def test_a_remark_stands_beside_its_lane_on_both_faces(picture):
    lane = replace(picture.lanes[0], label="mine", assay="Observed", kind="observed",
                   unit="file's own units", observed=True, remark="r = 0.71, 64 bins")  # fmt: skip
    shown = replace(picture, lanes=(lane, picture.lanes[0]))
    (said,) = [text for text in words(locus_figure(shown)) if "mine" in text]
    assert "Observed · file's own units" in said
    assert "r = 0.71, 64 bins" in said
    assert "r = 0.71, 64 bins" in written(on_paper(shown))


def test_agreement_is_pearson_over_the_bins_where_both_are_known():
    rng = np.random.default_rng(0)
    observed, predicted = rng.normal(size=(2, 50)).astype(np.float32)
    observed[[3, 7]] = np.nan
    known = np.isfinite(observed)
    a, b = observed[known] - observed[known].mean(), predicted[known] - predicted[known].mean()
    found = agreement(observed, predicted)
    assert found.bins == 48
    assert found.r == pytest.approx((a * b).sum() / np.sqrt((a**2).sum() * (b**2).sum()), rel=1e-5)
    assert str(found) == f"r = {found.r:.2f}, 48 bins".replace("-", "−")


@pytest.mark.parametrize(
    ("observed", "predicted", "said"),
    [
        ([np.nan] * 4, [1, 2, 3, 4], "no r: no data here"),
        ([5, 5, 5, 5], [1, 2, 3, 4], "no r: observed is constant"),
        ([0, 0, 0, 0], [1, 2, 3, 4], "no r: observed is constant"),
        ([1, 2, 3, 4], [7, 7, 7, 7], "no r: predicted is constant"),
        ([1, 2, np.nan, np.nan], [1, 2, 3, 4], "no r: only 2 of 3 bins"),
        ([1, 2, 4], [-1, -2, -4], "r = −1.00, 3 bins"),
    ],
)
def test_without_a_correlation_it_says_why(observed, predicted, said):
    assert str(agreement(np.array(observed, np.float32), np.array(predicted, np.float32))) == said


def test_the_predicted_region_is_named_beside_the_strip_whatever_is_in_view(picture):
    for view in ((8_096, 16_288), (11_500, 12_500)):
        shown = replace(picture, view=Interval("chr11", *view))
        (label,) = [a for a in locus_figure(shown).layout.annotations if "predicted" in a.text]
        assert label.text.endswith("■</span> predicted, 8,192 bp = 64 bins")
        assert label.x == 0
        assert label.xshift < 0
