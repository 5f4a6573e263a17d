"""Bookmarks in the sidebar, and what is said of links to other weights, by AppTest on the tiny model."""

import json
import re
from functools import partial

import pytest
from streamlit.testing.v1 import AppTest

from app.asking import bookmarks
from tests.app.alone import finished, words

LOCUS = "demo1:300,001-304,000"
pytestmark = pytest.mark.usefixtures("offline")


@pytest.fixture
def opened(open_view):
    """Opens the Locus view at a locus and a zoom."""
    return partial(open_view, "locus", locus=LOCUS, zoom="301001-302000")


def click(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click()
    return finished(app.run())


def names(app: AppTest) -> list[str]:
    """Of the bookmarks, from top to bottom."""
    rows = (button for button in app.button if re.fullmatch(r"bookmark_\d+", button.key or ""))
    return [button.label.replace("\\", "") for button in rows]


def saved(app: AppTest, name: str = "", note: str = "") -> AppTest:
    app.text_input(key="bookmark_name").set_value(name)
    app.text_input(key="bookmark_note").set_value(note)
    return click(app, "bookmark")


def test_what_is_shown_is_saved_under_a_name_and_recalled(opened, tiny_checkpoint):
    app = saved(saved(opened()), "The promoter", "It is strong.")
    assert names(app) == [LOCUS, "The promoter"]
    assert app.text_input(key="bookmark_name").value == ""
    kept = app.session_state["bookmarks"][1]
    assert (kept.note, kept.model_sha256) == ("It is strong.", tiny_checkpoint.sha256)
    assert kept.query.zoom == (301_000, 302_000)
    app.text_input(key="search_box").set_value("demo1:340,000")
    app = click(finished(app.run()), "bookmark_1")
    assert app.session_state["query"].zoom == (301_000, 302_000)
    assert app.text_input(key="search_box").value == LOCUS
    assert "other weights" not in words(app)


def given(app: AppTest, content: str) -> AppTest:
    """The app after a file was given."""
    app.file_uploader(key="bookmark_file").upload("mine.json", content.encode(), "application/json")
    return finished(app.run())


def test_the_same_name_twice_gets_a_number(opened):
    assert names(saved(saved(opened(), "One"), "One")) == ["One", "One (2)"]


def test_a_bookmark_is_renamed_and_deleted(opened):
    app = saved(saved(opened(), "One"), "Two")
    app.text_input(key="bookmark_name_0_One").set_value("First")
    app = finished(app.run())
    assert names(app) == ["First", "Two"]
    assert names(click(app, "bookmark_delete_0")) == ["Two"]


def test_export_and_import_give_the_same(opened):
    app = saved(opened(), "One", "Why")
    kept = app.session_state["bookmarks"]
    other = opened()
    other.file_uploader(key="bookmark_file").upload(
        "mine.json", bookmarks.write(kept).encode(), "application/json"
    )
    other = finished(other.run())
    assert other.session_state["bookmarks"] == kept
    assert names(finished(other.run())) == ["One"]
    assert names(click(other, "bookmark_delete_0")) == []


def test_a_bookmark_of_other_weights_warns(opened):
    held = json.loads(bookmarks.write(saved(opened(), "One").session_state["bookmarks"]))
    held["bookmarks"][0]["model_sha256"] = "12" * 32
    app = given(opened(), json.dumps(held))
    assert "1 of 1 bookmarks" in words(app)
    assert "saved with other weights (sha256 121212121212)" in words(click(app, "bookmark_0"))


def test_a_file_that_is_none_is_explained(opened):
    app = given(opened(), "{}")
    assert 'does not say "format"' in words(app)
    assert names(app) == []


def test_a_link_to_other_weights_or_another_assembly_says_so(opened, tiny_checkpoint):
    assert "other weights" in words(opened(model_sha="0" * 12))
    assert "was saved on hg19, but demo is open" in words(opened(assembly="hg19"))
    said = words(opened(model_sha=tiny_checkpoint.sha256[:12], assembly="demo"))
    assert "was saved" not in said
    assert f"model_sha={tiny_checkpoint.sha256[:12]}" in said  # in the link that is offered
