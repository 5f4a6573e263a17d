"""The Contributions view, run by AppTest on a tiny model and the demo genome."""

import json
from functools import partial

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.alone import finished, words

LOCUS = "demo1:300,001-304,000"


pytestmark = pytest.mark.usefixtures("offline")


@pytest.fixture
def opened(open_view):
    """Opens the view with what a link asks for."""
    return partial(open_view, "contributions")


def click(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click()
    return finished(app.run())


def figure(app: AppTest) -> dict:
    (chart,) = app.get("plotly_chart")
    return json.loads(chart.proto.spec)


def letters(app: AppTest) -> int:
    return sum(shape["type"] == "path" for shape in figure(app)["layout"]["shapes"])


def test_it_opens_with_the_quick_method_on_the_gene(opened):
    app = opened(locus="DGB1")
    assert not app.error
    said = words(app)
    assert "Explained: **mean of 2 CAGE tracks over 3 bins, demo1:" in said
    assert app.selectbox(key="method_box").value == "gradient"
    assert "Input × gradient" in json.dumps(figure(app), ensure_ascii=False)
    assert "NEVER TRAINED" in json.dumps(figure(app))
    assert "(never trained)" in said


def test_from_afar_an_envelope_then_bars_then_letters(opened):
    app = opened(locus="demo1:298,001-306,000")
    names = [trace.get("name") for trace in figure(app)["data"]]
    assert "A" not in names
    assert letters(app) == 0
    app = opened(locus="demo1:300,001-302,000")
    names = [trace.get("name") for trace in figure(app)["data"]]
    assert {"A", "C", "G", "T"} <= set(names)
    app = opened(locus="demo1:300,001-300,120")
    assert letters(app) == 4
    assert "demo1:300,001-300,120" in figure(app)["layout"]["annotations"][0]["text"]


def test_integrated_gradients_tell_their_gap(opened):
    app = opened(locus=LOCUS, method="integrated:zeros:10")
    said = words(app)
    assert "The contributions add up to" in said
    assert "at 10 steps" in said
    assert "10 steps" in json.dumps(figure(app))
    assert not any("meanwhile" in caption.value for caption in app.caption)


def test_the_method_and_its_options_are_chosen_and_kept_in_the_link(opened):
    app = opened(locus=LOCUS)
    app = finished(app.selectbox(key="method_box").set_value("centred").run())
    assert app.session_state["query"].method == "centred"
    app = finished(app.selectbox(key="method_box").set_value("integrated").run())
    app = finished(app.selectbox(key="steps_box").set_value(10).run())
    app = finished(app.selectbox(key="baseline_box").set_value("uniform").run())
    app = finished(app.toggle(key="both_strands_toggle").set_value(True).run())
    assert app.session_state["query"].method == "integrated:uniform:10:both"
    assert "both strands" in json.dumps(figure(app))
    assert app.query_params["method"] in (
        "integrated:uniform:10:both",
        ["integrated:uniform:10:both"],
    )


def test_the_target_of_a_link_is_explained(opened):
    app = opened(locus=LOCUS, target="mouse/2@10-12")
    assert "(mouse/2), mean over 3 bins" in words(app)
    app = opened(locus=LOCUS, target="human/99@10")
    assert "human has 8 tracks" in words(app)
    assert not app.get("plotly_chart")


def test_the_zoom_is_that_of_the_other_views(opened):
    app = opened(locus=LOCUS, zoom="301001-301200")
    assert letters(app) == 4
    closer = click(app, "Zoom in")
    assert closer.session_state["query"].zoom == (301_050, 301_150)
    assert letters(closer) == 4


def test_a_variant_is_marked_and_the_reference_explained(opened):
    from enformer import Interval, open_genome

    ref = open_genome("demo").fetch(Interval("demo1", 300_000, 300_001))
    alt = "A" if ref != "A" else "G"
    app = opened(locus=f"demo1:300001:{ref}>{alt}")
    assert "The reference is explained" in words(app)
    assert f"<b>{ref}>{alt}</b>" in json.dumps(figure(app)).replace("\\u003e", ">")


def test_a_pasted_sequence_is_explained(opened):
    app = opened()
    app.text_input(key="search_box").set_value("ACGTTGCA" * 500)
    app = finished(app.run())
    assert not app.error
    assert "pasted sequence" in figure(app)["layout"]["annotations"][0]["text"]
