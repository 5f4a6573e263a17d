"""What was planted, as drawn: geometry with known answers, and both faces of the figure."""

from dataclasses import replace

import numpy as np
import pytest

from app.figures import paper, truth_strokes
from app.figures.data import LocusPicture
from app.figures.difference import with_differences
from app.figures.layouts import draw, render
from app.figures.locus_frame import Frame
from app.figures.locus_plotly import locus_figure
from app.figures.truth_data import LEGEND, Link, Planted, Truth
from enformer.coordinates import Interval

EM = 10.0


def planted(name: str, kind, start: int, end: int, **more) -> Planted:
    return Planted(name, kind, Interval("chr11", start, end), about=name, **more)


TRUTH = Truth(
    "blood",
    (
        planted("G-promoter", "promoter", 11_900, 11_901, strand="-"),
        planted("E1", "enhancer", 13_000, 13_200),
        planted("E2", "enhancer", 14_000, 14_200, acts=False),
        planted("INS", "insulator", 15_000, 15_001),
    ),
    (planted("GATA1", "site", 13_010, 13_020), planted("NFE2", "site", 13_100, 13_111)),
    (Link("E1", "G", 13_100, 11_900, 4.0), Link("E9", "H", 40_000, 50_000, 8.0)),
)
VIEW = Interval("chr11", 10_000, 16_000)


@pytest.fixture
def shown(picture: LocusPicture) -> LocusPicture:
    expected = np.linspace(0, 99, picture.bins)
    lanes = (replace(picture.lanes[0], expected=expected), *picture.lanes[1:3])
    return replace(picture, view=VIEW, lanes=lanes, truth=TRUTH)


def test_links_are_drawn_where_an_end_is_in_view_and_measured_against_the_strongest():
    (link,) = TRUTH.links_in(VIEW)
    assert (link.enhancer, TRUTH.share(link)) == ("E1", 0.5)
    assert TRUTH.links_in(Interval("chr11", 12_000, 13_000)) == ()
    assert TRUTH.pairs(VIEW, Interval("chr11", 10_000, 11_000)) == ()
    assert TRUTH.pairs(VIEW, VIEW) == (link,)


def test_from_afar_there_are_elements_and_from_close_by_sites():
    assert [one.name for one in TRUTH.drawn(VIEW)] == ["G-promoter", "E1", "E2", "INS"]
    assert [one.name for one in TRUTH.drawn(Interval("chr11", 13_000, 13_050))] == ["GATA1"]


def test_an_arc_goes_from_the_enhancer_to_the_gene_and_stays_in_view():
    drawn = truth_strokes.strokes(TRUTH, VIEW, EM, top=2)
    ((path,),) = drawn.arcs.values()
    assert path[0] == pytest.approx((13_100, -2 - truth_strokes.ARCS))
    assert path[-1] == pytest.approx((11_900, -2 - truth_strokes.ARCS))
    assert max(y for _, y in path) < -2
    cut = truth_strokes.strokes(TRUTH, Interval("chr11", 12_500, 16_600), EM, top=2)
    ((path,),) = cut.arcs.values()
    assert min(x for x, _ in path) == pytest.approx(12_500)


def test_what_does_not_act_is_hollow_and_names_do_not_collide():
    drawn = truth_strokes.strokes(TRUTH, VIEW, EM, top=2)
    assert [min(x for x, _ in box) for box in drawn.filled] == [13_000]
    assert [min(x for x, _ in box) for box in drawn.hollow] == [14_000]
    assert {name.text for name in drawn.names} == {"E1", "E2", "INS"}
    crowded = truth_strokes.strokes(TRUTH, VIEW, 400.0, top=2).names
    for one in crowded:
        for other in crowded:
            apart = abs(one.x - other.x) >= 400 * truth_strokes.LETTER * min(
                len(one.text), len(other.text)
            )
            assert one is other or one.y != other.y or apart


def test_the_tip_of_a_promoter_points_along_its_strand():
    ((*_, tip, _),) = truth_strokes.strokes(TRUTH, VIEW, EM, top=2).promoters
    assert tip[0] < 11_900


def test_the_gene_lane_grows_by_what_is_drawn_under_it(shown):
    with_it, without = Frame(shown, 760), Frame(replace(shown, truth=None), 760)
    assert with_it.rows - without.rows == pytest.approx(
        truth_strokes.depth(TRUTH, VIEW, with_it.em)
    )
    assert with_it.height > without.height


@pytest.mark.parametrize("dark", [False, True])
def test_the_page_has_arcs_names_expectation_and_legend(shown, dark):
    figure = locus_figure(shown, dark=dark)
    names = [text for trace in figure.data if trace.text is not None for text in trace.text]
    assert {"E1", "E2", "INS"} <= set(names)
    (line,) = [trace for trace in figure.data if (trace.name or "").startswith("planted DNASE")]
    np.testing.assert_allclose(line.y[1:-1], np.linspace(0, 99, shown.bins))
    words = " ".join(note.text for note in figure.layout.annotations)
    assert LEGEND in words.lower()
    assert "hollow ones do not" in words
    assert "without noise" in words
    assert sum("planted: E1" in text for text in names) == 2  # 200 bp touch two bins


def test_the_axis_reaches_the_expectation(shown):
    assert shown.value_range(shown.lanes[0])[1] >= 60
    assert shown.value_range(shown.lanes[1])[1] < 60


def test_the_paper_says_the_same(shown):
    svg = render(shown, 183, "svg", "{}").decode()
    for text in ("Planted truth", "known because the genome", "E1", "INS", "line: expectation"):
        assert f">{text}" in svg
    with paper.style():
        assert (
            draw(shown, 183).get_figheight() > draw(replace(shown, truth=None), 183).get_figheight()
        )


def test_a_difference_has_the_difference_of_expectations(overlaid):
    ref, alt = np.full(overlaid.bins, 2.0), np.full(overlaid.bins, 5.0)
    lane = replace(overlaid.lanes[0], expected=ref, expected_alternative=alt)
    both, change = with_differences(replace(overlaid, lanes=(lane,))).lanes
    assert both.drawn_expectation is None
    np.testing.assert_allclose(change.drawn_expectation, 3.0)
    (_, unknown) = with_differences(replace(overlaid, lanes=overlaid.lanes[:1])).lanes
    assert unknown.drawn_expectation is None
