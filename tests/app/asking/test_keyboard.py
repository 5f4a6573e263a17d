"""Keys without a browser: every key presses something that is there, and the help lists it."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from app.asking.commands import NOTATIONS
from app.asking.keyboard import KEYS
from tests.app.alone import finished, words

pytestmark = pytest.mark.usefixtures("offline")
LOCUS = "demo1:300,001-304,000"


def widget_keys(app: AppTest) -> set[str]:
    return {widget.key for widget in [*app.button, *app.text_input] if widget.key}


@pytest.mark.parametrize("view", ["locus", "contributions"])
def test_every_key_presses_what_is_there(open_view, view):
    app = open_view(view, locus=LOCUS)
    pressed = {re.search(r"st-key-(\w+)", key.presses)[1] for key in KEYS}  # type: ignore[index]
    assert pressed <= widget_keys(app)
    assert len({name for key in KEYS for name in key.keys}) == sum(len(key.keys) for key in KEYS)


def test_the_listener_is_told_what_to_press(open_view):
    listener, _folder = open_view("locus", locus=LOCUS).get("bidi_component")
    assert ".st-key-icon_zoom_in button" in str(listener.proto)


def test_help_lists_all_keys_and_notations(open_view):
    app = open_view("locus", locus=LOCUS)
    app = finished(app.button(key="icon_help").click().run())
    said = words(app)
    for key in KEYS:
        assert f"`{key.label}`" in said
        assert key.about in said
    for text in NOTATIONS:
        assert f"`{text}`" in said


@pytest.mark.parametrize(
    "text", [text for text in NOTATIONS if text not in ("HBB", "rs334", "ACGT…")]
)
def test_what_help_says_can_be_typed_is_read(text, shared_data):
    import enformer
    from enformer.query import parse_query

    genome = enformer.open_genome(str(shared_data / "hg38" / "hg38_partial.fa.gz"))
    assert parse_query(text, genome).interval is not None
