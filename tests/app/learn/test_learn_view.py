"""The Learn view, run by AppTest on a tiny model and the demo genome."""

import json
from functools import partial

import pytest
from streamlit.testing.v1 import AppTest

from app import state
from app.asking import places
from app.learn import learn_panel
from app.learn.tours import STEPS
from tests.app.alone import finished, words

pytestmark = pytest.mark.usefixtures("offline")


@pytest.fixture
def opened(open_view, middle_model):
    """Opens the view on a planted model whose window holds the gene and the trap."""
    return partial(open_view, "learn", model=middle_model)


def figure(app: AppTest) -> dict:
    (chart,) = app.get("plotly_chart")
    return json.loads(chart.proto.spec)


def button(app: AppTest, key: str):
    return next(each for each in app.button if each.key == key)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (1, "256 tokens of 128 bp"),
        (
            2,
            "Pearson correlation with the planted expectation over the predicted region: CAGE blood",
        ),
        (3, "does not act on DGB1"),
        (4, "Planted sites that act in blood are"),
        (5, "The trap, DOUT1 (−14.6 kb)"),
        (6, "Planted: it breaks a site of NFE2 in DLCR-HS2"),
    ],
)
def test_each_step_has_its_text_its_picture_and_what_came_out(opened, number, said):
    app = opened(step=str(number))
    assert not app.error
    assert "What may I conclude?" in words(app)
    assert figure(app)["data"]
    assert said in words(app)
    step = STEPS[number - 1]
    assert button(app, f"open_{step.view}").label == f"Open it in {step.view.capitalize()}"
    assert "NEVER TRAINED" in json.dumps(figure(app))


def test_it_begins_with_the_first_step_and_goes_on_by_next_and_back(opened):
    app = opened()
    assert "step" not in app.query_params
    assert next(each for each in app.button if each.label == "Back").disabled
    app = finished(button(app, "next_step").click().run())
    assert app.query_params["step"] == "2"
    assert "**track**" in words(app)
    next(each for each in app.button if each.label == "Back").click()
    app = finished(app.run())
    assert app.query_params["step"] == "1"


def test_steps_are_chosen_in_any_order_and_the_last_has_no_next(opened):
    app = opened()
    app.button_group(key=state.LEARN_STEP).set_value(5)
    app = finished(app.run())
    assert app.query_params["step"] == "6"
    assert button(app, "next_step").disabled


def test_a_step_that_is_none_is_the_first(opened):
    assert "tokens of 128 bp" in words(opened(step="7"))
    assert "tokens of 128 bp" in words(opened(step="zero"))


def test_the_glossary_is_searched(opened):
    app = opened()
    app.button_group(key=state.LEARN_PART).set_value("glossary")
    app = app.run()
    assert not app.get("plotly_chart")
    assert "**completeness gap**" in words(app)
    app.text_input(key=state.GLOSSARY_TEXT).set_value("convergence delta")
    app = app.run()
    assert "**completeness gap**" in words(app)
    assert "**window**" not in words(app)
    app.text_input(key=state.GLOSSARY_TEXT).set_value("no such word")
    assert "No term has these words" in words(app.run())


def test_attention_is_compared_with_nearness_by_what_was_measured(opened):
    app = opened()
    app.button_group(key=state.LEARN_PART).set_value("causation")
    app = finished(app.run())
    table = next(part.value for part in app.markdown if "AUPRC |" in part.value)
    assert "| Attention | 0.86 |" in table
    assert "| Nearness alone | 0.87 |" in table
    assert "benchmarks/results/truth.md" in words(app)


def test_papers_have_a_doi(opened):
    app = opened()
    app.button_group(key=state.LEARN_PART).set_value("sources")
    assert "https://doi.org/10.1038/s41592-021-01252-x" in words(app.run())


def test_weights_that_were_never_trained_are_warned_of(opened):
    assert "This model was never trained" in words(opened())


def test_a_window_that_holds_too_little_still_has_its_steps(opened, planted_model):
    for number in range(1, 7):
        app = opened(step=str(number), model=planted_model)
        assert bool(app.get("plotly_chart")) == (number != 5)
        assert bool(app.error) == (number == 5)  # nothing to knock out, which is explained
    assert "The window holds no element" in words(opened(step="5", model=planted_model))


def test_with_hg38_open_the_tour_is_taken_at_hbb(opened, tiny_checkpoint, shared_data, monkeypatch):
    hg38 = shared_data / "hg38"
    monkeypatch.setenv(places.GENOME_VARIABLE, str(hg38 / "hg38_partial.fa.gz"))
    monkeypatch.setenv(places.GENES_VARIABLE, str(hg38 / "beta_globin_genes.bed"))
    app = opened(model=str(tiny_checkpoint.source))
    assert not app.error
    assert "Read: chr11:5,21" in words(app)
    control = app.button_group(key=state.LEARN_PLACE)
    assert control.value == learn_panel.HERE
    for step in ("2", "3", "4", "6"):
        app = opened(model=str(tiny_checkpoint.source), step=step)
        assert not app.error
        assert app.get("plotly_chart")
    assert "HBB" in words(app)
    assert "Planted" not in words(app)


def test_a_genome_that_is_gone_leaves_the_demo_genome_to_learn_at(opened, tmp_path):
    app = opened(genome=str(tmp_path / "gone.fa"))
    assert "gone.fa" in words(app) or "no such file" in words(app).lower()
    assert "Read: demo1:" in words(app)
