"""What is marked in one view is shown in all, by AppTest on the tiny model."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.alone import finished, words

LOCUS = "demo1:300,001-304,000"
pytestmark = pytest.mark.usefixtures("offline")


def figures(app: AppTest) -> list[str]:
    return [chart.proto.spec for chart in app.get("plotly_chart")]


def click(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click()
    return finished(app.run())


@pytest.mark.parametrize("view", ["locus", "contributions"])
def test_a_mark_and_a_token_are_washed_and_named(open_view, view):
    app = open_view(view, locus=LOCUS, mark="301001-301200", token="70")
    (figure,) = figures(app)
    assert "marked" in figure
    assert "token 70" in figure
    assert "Marked in all views: demo1:301,001-301,200" in words(app)


def test_a_marked_base_is_a_line_from_afar(open_view):
    app = open_view("locus", locus=LOCUS, mark="302001-302001")
    shapes = json.loads(figures(app)[0])["layout"]["shapes"]
    assert any((one["x0"], one["x1"]) == (302_000.5, 302_000.5) for one in shapes)
    assert "Marked in all views: demo1:302,001" in words(app)


def test_the_attention_view_draws_the_mark_along_its_axes(open_view):
    bare, marked = (
        [json.loads(figure)["layout"].get("shapes", []) for figure in figures(app)]
        for app in (
            open_view("attention", locus=LOCUS),
            open_view("attention", locus=LOCUS, mark="301001-301200"),
        )
    )
    assert sum(map(len, marked)) > sum(map(len, bare))


def test_the_variant_view_draws_the_mark(open_view):
    from enformer import Interval, open_genome

    ref = open_genome("demo").fetch(Interval("demo1", 300_000, 300_001))
    link = {"locus": f"demo1:300,001 {ref}>{'A' if ref != 'A' else 'G'}", "mark": "300501-300900"}
    assert "marked" in figures(open_view("variant", **link))[0]


def test_the_part_in_view_is_marked_gone_to_and_let_go(open_view):
    app = click(open_view("locus", locus=LOCUS, zoom="301001-301400"), "Mark")
    assert app.session_state["query"].mark == (301_000, 301_400)
    assert "marked" not in figures(app)[0]  # all of the view: a wash over it would tell nothing
    app = click(click(app, "Whole window"), "Go to it")
    assert app.session_state["query"].zoom == (300_200, 302_200)
    assert "marked" in figures(app)[0]
    app = click(app, "Remove the mark")
    assert app.session_state["query"].mark is None
    assert "Marked" not in words(app)


def test_a_mark_outside_the_window_is_passed_over(open_view):
    app = open_view("locus", locus=LOCUS, mark="1-100")
    assert not app.error
    assert "Marked" not in words(app)
