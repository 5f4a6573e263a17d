"""The Figures view, run by AppTest on tiny models and the demo genome."""

import base64
import re
from dataclasses import replace
from functools import partial
from xml.etree import ElementTree

import pytest
from streamlit.testing.v1 import AppTest

from app import services, state
from app.asking.question import Query
from app.locus.shelf import Shelf
from app.sheet.plan import PICTURES, Bed, Panel, Plan
from app.sheet.presets import PRESETS
from enformer.coordinates import Interval
from enformer.errors import EnformerLensError
from interpret.elements import Element
from tests.app.alone import finished, words

pytestmark = pytest.mark.usefixtures("offline")
VARIANT = "demo1:345,053 C>A"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def opened(open_view, planted_model):
    return partial(open_view, "figures", model=planted_model)


def button(app: AppTest, label: str):
    return next(button for button in app.button if button.label == label)


def clicked(app: AppTest, label: str) -> AppTest:
    button(app, label).click()
    return finished(app.run())


def sheet(app: AppTest) -> Plan:
    return app.session_state[state.SHEET]


def with_sheet(app: AppTest, plan: Plan) -> AppTest:
    app.session_state[state.SHEET] = plan
    return finished(app.run())


def image(app: AppTest) -> str:
    """The markup of the preview."""
    found = [part.proto.body for part in app.get("html") if "data:image/svg" in part.proto.body]
    (html,) = found
    return html


def written(app: AppTest) -> list[str]:
    """Every text of the preview."""
    coded = re.search(r"base64,([^\"]+)", image(app))
    assert coded is not None
    tree = ElementTree.fromstring(base64.b64decode(coded[1]))
    return ["".join(node.itertext()) for node in tree.iter(f"{SVG}text")]


def test_an_empty_sheet_says_what_to_do(opened):
    app = opened(locus="DGB1")
    assert "The sheet is empty" in words(app)
    assert button(app, "Variant effect").disabled
    assert not [one for one in app.get("html") if "data:image" in one.proto.body]


def test_a_preset_makes_a_sheet_of_the_open_question(opened):
    app = clicked(opened(locus="DGB1"), "Locus overview")
    assert not app.error
    assert [panel.kind for panel in sheet(app).panels] == ["locus", "contributions"]
    assert {panel.question.locus for panel in sheet(app).panels} == {"DGB1"}
    assert {"a", "b", "DGB1", "Contribution"} <= set(written(app))
    assert "width:183mm" in image(app)
    assert "a, Predicted" in words(app)
    assert "python -m app.figure" in words(app)


def test_tracks_have_the_scale_and_the_groups_of_the_question(opened):
    plain, asked = opened(locus="DGB1"), opened(locus="DGB1", scale="log1p", group="assay")
    texts = [" ".join(written(clicked(app, "Locus overview"))) for app in (plain, asked)]
    assert "log1p" not in texts[0]
    assert "log1p" in texts[1]


def test_the_logo_is_near_enough_for_letters(opened):
    app = clicked(opened(locus="DGB1"), "Contribution logo")
    far, near = (panel.question.zoom for panel in sheet(app).panels)
    assert far is None
    assert near[1] - near[0] == 120
    assert "letters as high as" in " ".join(written(app))


def test_what_a_variant_does_is_one_click_away(opened):
    app = clicked(opened(locus=VARIANT), "Variant effect")
    assert not app.error
    assert {"ALT − REF", "Each base instead"} <= set(written(app))
    names = [box.label for box in app.text_input if box.label.startswith("Name of")]
    assert len(names) == sheet(app).panels[0].lanes == 3


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_fit_a_page(opened, preset):
    app = clicked(opened(locus=VARIANT), preset)
    assert not app.error
    assert not any("higher than" in one.value for one in app.warning)


@pytest.mark.parametrize("kind", ["head", "atlas", "arcs"])
def test_attention_becomes_a_panel(opened, kind):
    app = opened(locus=VARIANT)
    app.session_state[state.SHEET_KIND] = kind
    app = clicked(app, "Add to sheet")
    assert not app.error
    assert sheet(app).panels[0].allele == "REF − ALT"
    assert any("layer" in text.lower() for text in written(app))


def test_contributions_of_a_panel_are_of_the_allele_it_was_added_with(opened):
    app = opened(locus=VARIANT, allele="difference", zoom="345001-345100")
    app.session_state[state.SHEET_KIND] = "contributions"
    app = clicked(app, "Add to sheet")
    assert not app.error
    assert sheet(app).panels[0].allele == "ALT − REF"
    assert "ALT − REF" in written(app)
    assert "ALT − REF of the contribution of each base, demo1:345,053 C>A" in words(app)
    choice = app.segmented_control(key="panel_0_allele_box")
    assert choice.options == ["REF", "ALT", "ALT − REF"]
    app = finished(choice.set_value("ALT").run())
    assert "Contribution, ALT" in written(app)


def test_a_sheet_of_old_shows_the_reference_as_it_did(opened):
    """Panels of contributions once held the allele of attention, which decided nothing."""
    app = opened(locus=VARIANT)
    question = Query(locus=VARIANT, zoom=(345_000, 345_100))
    panel = Panel("contributions", question, allele="REF − ALT")
    app = with_sheet(app, Plan(panels=(panel,)))
    assert "Contribution" in written(app)
    assert app.segmented_control(key="panel_0_allele_box").value == "REF"


def test_panels_keep_the_question_they_were_added_with(opened):
    app = clicked(opened(locus="DGB1"), "Add to sheet")
    app.query_params["locus"] = "DGB3"
    app = clicked(finished(app.run()), "Add to sheet")
    assert [panel.question.locus for panel in sheet(app).panels] == ["DGB1", "DGB3"]
    assert {"DGB1", "DGB3"} <= set(written(app))


def test_width_names_and_colours_change_the_preview(opened):
    app = clicked(opened(locus="DGB1"), "Add to sheet")
    app = clicked(app, "89 mm")
    assert "width:89mm" in image(app)
    box = next(box for box in app.text_input if box.label.startswith("Name of"))
    app = finished(box.set_value("My promoter").run())
    assert "My promoter" in written(app)
    box = next(box for box in app.selectbox if box.label == "Colours")
    app = finished(box.set_value("Greys").run())
    drawn = base64.b64decode(image(app).split("base64,")[1].split('"')[0]).decode()
    assert "#262626" in drawn or "#595959" in drawn
    assert "#d55e00" not in drawn


def test_a_sheet_higher_than_a_page_is_warned_of(opened):
    app = clicked(clicked(opened(locus="DGB1"), "Add to sheet"), "Add to sheet")
    assert "shown at true size" in words(app)
    assert not any("higher than" in one.value for one in app.warning)
    app = clicked(clicked(app, "Add to sheet"), "Add to sheet")
    assert any("higher than the 170 mm" in one.value for one in app.warning)


def test_a_panel_moves_and_goes(opened):
    question = Query(locus="DGB1")
    plan = Plan(183, (Panel("locus", question), Panel("contributions", question)))
    app = with_sheet(opened(locus="DGB1"), plan)
    app = clicked(app, "Later")
    assert [panel.kind for panel in sheet(app).panels] == ["contributions", "locus"]
    app = clicked(app, "Remove")
    assert [panel.kind for panel in sheet(app).panels] == ["locus"]


def test_a_panel_that_cannot_be_drawn_says_why_and_the_others_are_drawn(opened):
    good = Panel("locus", Query(locus="DGB1"))
    plan = Plan(
        183, (good, replace(good, question=Query(locus="NOGENE")), replace(good, kind="map"))
    )
    app = with_sheet(opened(locus="DGB1"), plan)
    said = " ".join(one.value for one in app.error)
    assert "No gene has that symbol" in said
    assert PICTURES["map"] in said
    assert "DGB1" in written(app)
    assert not any(one.label == "ZIP" for one in app.get("download_button"))


# --- elements of a file ---------------------------------------------------------------------------


@pytest.fixture
def shelf(monkeypatch):
    """A shelf of this test alone, with a BED: AppTest's sessions all have one name."""
    shelf = Shelf()
    shelf.upload("mine.bed", b"demo1\t303000\t303400\tmine\nchr9\t5\t9\telsewhere\n")
    monkeypatch.setattr(services, "shelf", lambda: shelf)
    yield shelf
    shelf.close()


@pytest.fixture
def evidence(open_view, middle_model):
    """Opens the view with a panel of evidence."""

    def evidence(way: str) -> AppTest:
        app = open_view("figures", model=middle_model, locus="DGB1", evidence=way)
        app.session_state[state.SHEET_KIND] = "evidence"
        return clicked(app, "Add to sheet")

    return evidence


def test_a_panel_takes_the_elements_of_the_evidence_view_and_keeps_them(evidence, shelf):
    app = evidence("bed:10:2")
    assert not app.error
    (panel,) = sheet(app).panels
    assert panel.bed == Bed(
        "mine.bed", shelf.tracks[0].sha256, (Element(Interval("demo1", 303_000, 303_400), "mine"),)
    )
    assert "mine" in " ".join(written(app))
    assert "Elements: mine.bed." in words(app)
    shelf.remove(shelf.tracks[0].key)
    app = finished(app.run())
    assert "mine" in " ".join(written(app))
    box = next(box for box in app.selectbox if box.label == "Candidate elements")
    assert box.options == ["Planted, or predicted open", "mine.bed, kept in the sheet"]


def test_a_file_is_chosen_in_the_settings_of_the_panel(evidence, shelf):
    app = evidence("planted:10:2")
    assert sheet(app).panels[0].bed is None
    assert "mine" not in " ".join(written(app))
    box = next(box for box in app.selectbox if box.label == "Candidate elements")
    app = finished(box.set_value(shelf.tracks[0].sha256).run())
    assert "mine" in " ".join(written(app))
    box = next(box for box in app.selectbox if box.label == "Candidate elements")
    app = finished(box.set_value("").run())
    assert sheet(app).panels[0].bed is None


@pytest.mark.parametrize(
    "rows", [[["demo1", 5, 3, ""]], [["demo1", 1, 2]], "no rows", [["c", 1, 2, ""]] * 31]
)
def test_elements_that_make_no_sense_are_refused(rows):
    plan = Plan(183, (Panel("evidence"),)).to_values()
    plan["panels"][0]["bed"] = {"file": "mine.bed", "sha256": "ab", "elements": rows}
    with pytest.raises(EnformerLensError, match="no sheet of panels"):
        Plan.from_values(plan)


def test_a_sheet_of_before_elements_were_kept_is_read():
    plan = Plan(183, (Panel("evidence"),))
    values = plan.to_values()
    del values["panels"][0]["bed"]
    assert Plan.from_values(values) == plan
