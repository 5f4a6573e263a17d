"""The Figures view, run by AppTest on tiny models and the demo genome."""

import base64
import re
from functools import partial
from xml.etree import ElementTree

import pytest
from streamlit.testing.v1 import AppTest

from app import state
from app.plan import Plan
from tests.app.alone import finished, words

pytestmark = pytest.mark.usefixtures("offline")
VARIANT = "demo1:345,053 C>A"


@pytest.fixture
def opened(open_view):
    return partial(open_view, "figures")


def clicked(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click()
    return finished(app.run())


def sheet(app: AppTest) -> Plan:
    return app.session_state[state.SHEET]


def image(app: AppTest) -> str:
    """The markup of the preview."""
    (html,) = (part.proto.body for part in app.get("html") if "data:image/svg" in part.proto.body)
    return html


def written(app: AppTest) -> list[str]:
    """Every text of the preview."""
    coded = re.search(r"base64,([^\"]+)", image(app))
    assert coded is not None
    tree = ElementTree.fromstring(base64.b64decode(coded[1]))
    return ["".join(node.itertext()) for node in tree.iter("{http://www.w3.org/2000/svg}text")]


def test_an_empty_sheet_says_what_to_do(opened):
    app = opened(locus="DGB1")
    assert "The sheet is empty" in words(app)
    assert not app.get("html") or "data:image" not in str(app.get("html"))


def test_presets_make_sheets_of_the_open_question(opened):
    app = clicked(opened(locus="DGB1"), "Locus overview")
    assert not app.error
    assert [panel.kind for panel in sheet(app).panels] == ["locus", "contributions"]
    assert {panel.question.locus for panel in sheet(app).panels} == {"DGB1"}
    said = written(app)
    assert {"a", "b", "DGB1", "Contribution"} <= set(said)
    assert "width:183mm" in image(app)
