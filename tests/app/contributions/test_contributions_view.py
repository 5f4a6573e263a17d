"""The Contributions view, run by AppTest on a tiny model and the demo genome."""

import json
import re
from functools import partial

import pytest
from streamlit.testing.v1 import AppTest

from enformer import Interval, open_genome
from tests.app.alone import finished, until, words

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


def snv() -> str:
    ref = open_genome("demo").fetch(Interval("demo1", 300_000, 300_001))
    return f"demo1:300001:{ref}>{'A' if ref != 'A' else 'G'}"


def deletion() -> str:
    ref = open_genome("demo").fetch(Interval("demo1", 300_000, 300_004))
    return f"demo1:300001:{ref}>{ref[0]}"


def test_a_variant_is_marked_and_the_reference_explained(opened):
    app = opened(locus=snv())
    assert "The reference is explained" in words(app)
    change = snv().rpartition(":")[2]
    assert f"<b>{change}</b>" in json.dumps(figure(app)).replace("\\u003e", ">")
    assert app.segmented_control(key="contribution_allele").value == "REF"


def test_the_allele_is_chosen_and_kept_in_the_link(opened):
    close = {"zoom": "299951-300050"}
    app = opened(locus=snv(), **close)
    ref = json.dumps(figure(app), ensure_ascii=False)
    app = finished(app.segmented_control(key="contribution_allele").set_value("ALT − REF").run())
    assert app.session_state["query"].allele == "difference"
    assert app.query_params["allele"] in ("difference", ["difference"])
    drawn = json.dumps(figure(app), ensure_ascii=False)
    assert "<b>ALT − REF</b>" in drawn
    assert "Both alleles are explained" in words(app)
    ref_base, alt_base = snv().rpartition(":")[2].split(">")
    assert f"{ref_base} of REF, {alt_base} of ALT" in drawn
    alt = opened(locus=snv(), allele="alt", **close)
    assert "<b>Contribution, ALT</b>" in json.dumps(figure(alt), ensure_ascii=False)
    assert json.dumps(figure(alt), ensure_ascii=False) != ref


def test_without_a_variant_there_is_no_allele_to_choose(opened):
    app = opened(locus=LOCUS, allele="difference")
    assert not app.segmented_control
    assert "<b>Contribution</b>" in json.dumps(figure(app), ensure_ascii=False)


def test_the_difference_tells_how_it_adds_up(opened):
    app = opened(locus=snv(), allele="difference", method="integrated:zeros:10")
    assert "ALT − REF of all bases adds up to" in words(app)
    assert not any("meanwhile" in caption.value for caption in app.caption)


def test_bases_of_an_indel_stay_where_the_reference_has_them(opened):
    app = opened(locus=deletion(), allele="difference", zoom="299951-300050")
    assert "Positions are the reference's" in words(app)
    drawn = json.dumps(figure(app), ensure_ascii=False)
    assert drawn.count("is deleted in ALT") == 3
    assert not app.error


def test_bins_that_alt_does_not_have_are_told(opened):
    bases = open_genome("demo").fetch(Interval("demo1", 300_000, 300_300))
    app = opened(locus=f"demo1:300001:{bases}>{bases[0]}", allele="alt")
    assert "has no value for the bin" in words(app)
    assert not app.get("plotly_chart")


def test_knock_outs_stay_with_the_reference_and_say_so(opened):
    app = opened(locus=snv(), allele="difference", zoom="300001-300200", knockouts="300101-300150")
    assert not app.dataframe
    button = app.button(key="knock_out")
    assert button.disabled
    assert "choose REF" in button.help


def test_both_alleles_are_kept_apart(opened):
    """Results of REF are never taken for ALT's: only what an allele lacks is computed anew."""
    kept = {}
    for allele in ("", "alt", "difference"):
        app = opened(locus=snv(), allele=allele, zoom="299951-300050")
        kept[allele] = json.dumps(figure(app))
    assert len(set(kept.values())) == 3


def test_a_pasted_sequence_is_explained(opened):
    app = opened()
    app.text_input(key="search_box").set_value("ACGTTGCA" * 500)
    app = finished(app.run())
    assert not app.error
    assert "pasted sequence" in figure(app)["layout"]["annotations"][0]["text"]


# --- a second method ------------------------------------------------------------------------------


def test_a_second_method_is_drawn_and_compared(opened):
    assert "yaxis5" not in figure(opened(locus=LOCUS, zoom="301001-302000"))["layout"]
    app = opened(locus=LOCUS, zoom="301001-302000", method="gradient~integrated:zeros:10")
    assert "yaxis5" in figure(app)["layout"]
    said = json.dumps(figure(app), ensure_ascii=False)
    assert "Second method" in said
    assert "second method" in said  # the pointer and the pooled lane
    table = app.dataframe[0].value
    assert list(table["over"]) == ["whole window", "in view"]
    assert list(table["bases"]) == [16_384, 1_000]
    assert table["pearson"].between(-1, 1).all()
    assert (
        "Second: Integrated gradients, 10 steps from zeros. The contributions add up to"
        in words(app)
    )


def test_the_second_method_is_switched_on_changed_and_off(opened):
    app = opened(locus=LOCUS)
    app = finished(app.toggle(key="compared_toggle").set_value(True).run())
    assert app.session_state["query"].method == "gradient~integrated:zeros:50"
    app = finished(app.selectbox(key="second_steps_box").set_value(10).run())
    assert app.session_state["query"].method == "gradient~integrated:zeros:10"
    app = finished(app.selectbox(key="method_box").set_value("centred").run())
    assert app.session_state["query"].method == "centred~integrated:zeros:10"
    app = finished(app.toggle(key="compared_toggle").set_value(False).run())
    assert app.session_state["query"].method == "centred"


# --- a part knocked out ---------------------------------------------------------------------------


def test_what_is_in_view_is_knocked_out_and_told_beside_its_contribution(opened):
    app = opened(locus=LOCUS, zoom="301001-301200")
    button = app.button(key="knock_out")
    assert button.label == "Knock out 200 bp"
    app = finished(button.click().run())
    assert app.session_state["query"].knockouts == ((301_000, 301_200),)
    row = app.dataframe[0].value.iloc[0]
    assert (row["region"], row["bp"]) == ("demo1:301,001-301,200", 200)
    assert row["spread"] > 0
    assert "no experiment" in words(app)


def test_a_link_brings_its_knock_outs_washed_and_named_on_the_figure(opened):
    app = opened(locus=LOCUS, knockouts="301001-301100,302001-302050,1-100000")
    table = app.dataframe[0].value
    assert list(table["bp"]) == [
        100,
        50,
    ]  # what is no element, or not in the window, is passed over
    assert "knock-out " in json.dumps(figure(app))
    assert app.query_params["knockouts"] in ("301001-301100,302001-302050,1-100000",
                                             ["301001-301100,302001-302050,1-100000"])  # fmt: skip
    clear = next(button for button in app.button if button.label == "Clear")
    assert not finished(clear.click().run()).dataframe


def test_a_knock_out_is_that_of_the_method_itself(opened, tiny_checkpoint):
    import interpret
    from enformer import Interval, open_genome
    from interpret.target import Target

    app = opened(locus=LOCUS, target="human/6@31-33", knockouts="301001-301100")
    row = app.dataframe[0].value.iloc[0]
    subject = interpret.Subject.read(
        tiny_checkpoint, open_genome("demo"), Interval("demo1", 300_000, 304_000)
    )
    part = Interval("demo1", 301_000, 301_100)
    target = Target.parse("human/6@31-33")
    found = interpret.knockout(
        subject.model, subject.one_hot, target, [part], shuffles=10, origin=subject.provenance
    )
    assert row["change"] == pytest.approx(float(found.mean[0]), rel=1e-5)
    assert row["spread"] == pytest.approx(float(found.spread[0]), rel=1e-5)
    assert row["share"] == pytest.approx(
        100 * float(found.mean[0]) / abs(found.reference), rel=1e-5
    )
    gradient = interpret.input_gradient(subject.model, subject.one_hot, target)
    start = 301_000 - subject.window.start
    total = gradient.per_position[start : start + 100].sum()
    assert row["contribution"] == pytest.approx(float(total), rel=1e-4, abs=1e-9)


def test_too_long_a_view_cannot_be_knocked_out(opened):
    app = opened(locus="demo1:298,001-306,000")
    assert app.button(key="knock_out").disabled


# --- motifs ---------------------------------------------------------------------------------------


def test_peaks_in_view_are_named_from_close_by_and_not_from_afar(opened):
    app = until(opened(locus=LOCUS, zoom="301001-303000"), " in view")
    assert re.search(r"Motifs: \d+ of (1 peak|\d+ peaks) in view|No motif is named", words(app))
    afar = words(opened(locus="demo1:298,001-306,000"))
    assert "named from 4,000 bp in view on" in afar
