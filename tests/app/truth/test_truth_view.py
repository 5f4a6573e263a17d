"""The switch that shows the planted truth, in every view, run by AppTest on a tiny model."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.alone import finished, words

LOCUS, VARIANT = "demo1:342,001-348,000", "demo1:345,053 C>A"


pytestmark = pytest.mark.usefixtures("offline")


@pytest.fixture
def opened(open_view, planted_model):
    """Opens a view with what a link asks for."""

    def opened(view: str = "locus", **url: str) -> AppTest:
        return open_view(view, **{"model": planted_model, "locus": LOCUS} | url)

    return opened


def figure(app: AppTest) -> dict:
    charts = [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]
    return next(chart for chart in charts if "planted truth" in json.dumps(chart).lower())


def shows_truth(app: AppTest) -> bool:
    told = [
        c.proto.spec for c in app.get("plotly_chart") if "planted truth" in c.proto.spec.lower()
    ]
    traces = [trace for spec in told for trace in json.loads(spec)["data"]]
    return any("DLCR-HS2" in (trace.get("text") or ()) for trace in traces)


def test_the_switch_draws_the_truth_and_writes_the_link(opened):
    app = opened()
    assert not shows_truth(app)
    app.toggle(key="truth_toggle").set_value(True)
    app = finished(app.run())
    assert shows_truth(app)
    assert app.query_params["truth"] == "blood"
    assert "Planted truth, known because the genome is synthetic" in words(app)
    app.toggle(key="truth_toggle").set_value(False)
    app = finished(app.run())
    assert not shows_truth(app)
    assert "truth" not in app.query_params


def test_the_tissue_is_chosen_and_kept_by_a_link(opened):
    app = opened(truth="liver")
    assert "act in liver" in json.dumps(figure(app))
    assert app.session_state["query"].truth == "liver"
    app.button_group(key="truth_tissue").set_value("muscle")
    assert "act in muscle" in json.dumps(figure(finished(app.run())))


def test_the_expectation_lies_over_each_planted_track(opened):
    app = opened(truth="blood", tracks="human/0,human/4")
    names = [trace.get("name") or "" for trace in figure(app)["data"]]
    assert sum(name.startswith("planted CAGE blood") for name in names) == 1
    assert sum(name.startswith("planted DNASE blood") for name in names) == 1


def test_it_is_offered_on_the_demo_genome_alone(opened, tmp_path):
    fasta = tmp_path / "own.fa"
    fasta.write_text(">one\n" + "ACGTTGCA" * 5_000 + "\n")
    app = opened(genome=str(fasta), locus="one:10,001-12,000", truth="blood")
    assert app.get("plotly_chart")
    assert not [toggle for toggle in app.toggle if toggle.key == "truth_toggle"]
    assert not shows_truth(app)


@pytest.mark.parametrize("view", ["attention", "contributions"])
def test_explanations_are_drawn_over_the_truth(opened, view):
    app = opened(view, truth="blood")
    assert shows_truth(app)
    if view == "attention":
        names = [trace.get("name") for trace in figure(app)["data"]]
        assert names.count("planted links") == 2


def test_a_variants_true_effect_is_told_beside_the_predicted_one(opened):
    app = opened("variant", locus=VARIANT, truth="blood")
    assert "it breaks a site of NFE2 in DLCR-HS2. CAGE of DGB1 in blood: 34.5 → 32.3" in words(app)
    names = [trace.get("name") or "" for trace in figure(app)["data"]]
    assert any(name.startswith("planted ALT − REF") for name in names)
    assert not any(name.startswith("planted DNASE") for name in names)
    app = opened("variant", locus="demo1:345,053 C>CA", truth="blood")
    assert "told for substitutions only" in words(app)


def test_variants_of_the_demo_genome_are_suggested(opened):
    assert "Broken site at DGB1" in [b.label for b in opened("variant", locus="DGB1").button]


def test_every_view_offers_files_of_the_truth(opened):
    app = opened(truth="blood")
    app.session_state["download"] = True
    labels = [b.label for b in app.run().get("download_button")]
    assert {"Elements TSV", "Links TSV", "Expectation TSV"} <= set(labels)
