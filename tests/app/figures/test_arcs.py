"""Arcs of attention: which tokens they lead to, and both faces."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.collections import LineCollection

from app.figures import paper
from app.figures.arc_data import NEAR, arc_picture, describe
from app.figures.arc_plotly import arc_figure
from app.figures.attention_data import AttentionLane, HeadPicture, Scale
from app.figures.data import Highlight, LocusPicture
from app.figures.layouts import draw, render
from app.figures.truth_strokes import arc
from enformer.coordinates import Interval
from enformer.errors import EnformerLensError

SIZE, TOKENS, START = 128, 64, 4_000
WINDOW = Interval("chr11", START, START + TOKENS * SIZE)
CHOSEN = Interval("chr11", START + 30 * SIZE, START + 32 * SIZE)
STRONG = {5: 0.2, 20: 0.1, 33: 0.5, 50: 0.05, 61: 0.02}
"""Weights by token; 33 lies beside the chosen ones."""


@pytest.fixture
def head() -> HeadPicture:
    values, usual = np.full(TOKENS, 1e-4), np.full(TOKENS, 1e-3)
    values[list(STRONG)] = list(STRONG.values())
    usual[5] = 0.4
    region = Interval("chr11", START + 8 * SIZE, WINDOW.end - 8 * SIZE)
    place = LocusPicture(
        WINDOW, region, SIZE, 135_086_622, WINDOW, (), (), "hg38",
        highlights=(Highlight(CHOSEN, "chosen tokens"),),
    )  # fmt: skip
    edges = np.arange(WINDOW.start, WINDOW.end + 1, SIZE)
    weights = np.tile(values, (TOKENS, 1))
    return HeadPicture(
        place, WINDOW, 1, 2, weights, edges, edges, Scale.over(weights), "one token", CHOSEN,
        lanes=(AttentionLane("Layer 2, head 3", values, usual),),
    )  # fmt: skip


def tokens(picture) -> list[int]:
    return [(one.token.start - START) // SIZE for one in picture.arcs]


def test_arcs_lead_to_the_strongest_tokens_but_not_to_neighbours(head):
    assert NEAR == 2
    picture = arc_picture(head, 3)
    assert tokens(picture) == [5, 20, 50]
    assert picture.shared == pytest.approx(0.35 / head.lanes[0].values.sum())
    assert [one.weight for one in picture.arcs] == [0.2, 0.1, 0.05]


def test_beyond_what_is_usual_the_order_is_another(head):
    picture = arc_picture(head, 3, beyond=True)
    assert tokens(picture) == [20, 50, 61]
    assert "over the average" in picture.ranked
    assert "100 × the average" in picture.arcs[0].about


def test_only_tokens_in_view_get_arcs(head):
    part = Interval("chr11", START + 16 * SIZE, START + 56 * SIZE)
    picture = arc_picture(replace(head, place=replace(head.place, view=part)), 2)
    assert tokens(picture) == [20, 50]
    assert picture.view == part


def test_a_difference_ranks_by_size_and_keeps_signs(head):
    values = head.lanes[0].values.copy()
    values[20] = -0.3
    scale = replace(head.scale, difference=True)
    lane = replace(head.lanes[0], values=values)
    picture = arc_picture(replace(head, scale=scale, lanes=(lane,)), 2, beyond=True)
    assert [one.weight for one in picture.arcs] == [-0.3, 0.2]
    assert (picture.beyond, picture.shared) == (False, 0.0)
    assert "REF minus ALT" in describe(picture)


def test_thicker_is_more_and_deeper_is_farther(head):
    picture = arc_picture(head, 3)
    assert [picture.width(one) for one in picture.arcs] == [5, 3, 2]
    depth = {token: min(y for _, y in picture.path(one))
             for token, one in zip(tokens(picture), picture.arcs, strict=True)}  # fmt: skip
    assert -1 <= depth[5] < depth[50] < depth[20] < 0
    ends = picture.path(picture.arcs[0])
    assert sorted((round(ends[0][0]), round(ends[-1][0]))) == [START + 5 * SIZE + 64, CHOSEN.center]


def test_an_arc_is_cut_at_the_view():
    view = Interval("chr11", 100, 200)
    path = arc(50, 150, -1.0, 0.0, view)
    assert min(x for x, _ in path) == pytest.approx(100)
    assert max(x for x, _ in path) == pytest.approx(150)


@pytest.mark.parametrize("dark", [False, True])
def test_the_page_draws_an_arc_for_each_token_and_tells_its_weight(head, dark):
    picture = arc_picture(head, 4)
    figure = arc_figure(picture, dark=dark)
    drawn = sum(np.isnan(trace.x).sum() for trace in figure.data if trace.name == "arcs")
    assert drawn == 4
    (feet,) = (trace for trace in figure.data if trace.name == "tokens")
    assert len(feet.x) == 4
    assert "weight 0.2, 0.5 × the average there" in feet.text[0]
    said = " ".join(note.text for note in figure.layout.annotations).replace("<br>", " ")
    assert "Attention arcs" in said
    assert "layer 2, head 3" in said


@pytest.mark.parametrize("width", [89, 120, 183])
def test_paper_draws_the_same_arcs(head, width):
    picture = arc_picture(head, 4)
    with paper.style():
        figure = draw(picture, width)
        arcs = [c for axes in figure.axes for c in axes.collections if isinstance(c, LineCollection)
                and len(c.get_segments()) == 1 and len(c.get_segments()[0]) > 10]  # fmt: skip
    assert len(arcs) == 4
    text = render(picture, width, "svg", "{}").decode()
    assert "Attention arcs" in text
    assert "<text" in text


def test_a_width_that_no_column_has_is_refused(head):
    with pytest.raises(EnformerLensError, match="columns of other widths"):
        render(arc_picture(head, 2), 100, "svg", "{}")


def test_no_token_to_draw_is_no_error(head):
    lane = replace(head.lanes[0], values=np.zeros(TOKENS))
    picture = arc_picture(replace(head, lanes=(lane,)), 3)
    assert picture.arcs == ()
    assert "0 tokens" in describe(picture)
    arc_figure(picture).to_json()
