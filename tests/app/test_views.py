"""Each view alone, run by AppTest on a tiny model and the demo genome."""

import json
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from app.asking import places
from tests.app.alone import finished, words

LOCUS = "demo1:300,001-304,000"


pytestmark = pytest.mark.usefixtures("offline")


@pytest.fixture
def opened(open_view):
    """Opens a view, the locus unless another is named, with what a link asks for."""
    return lambda view="locus", **url: open_view(view, **url)


def button(app: AppTest, label: str):
    return next(button for button in app.button if button.label == label)


def click(app: AppTest, label: str) -> AppTest:
    button(app, label).click()
    return finished(app.run())


def asked(app: AppTest, text: str) -> AppTest:
    app.text_input(key="search_box").set_value(text)
    return finished(app.run())


def figure(app: AppTest) -> dict:
    (chart,) = app.get("plotly_chart")
    return json.loads(chart.proto.spec)


def title(app: AppTest) -> str:
    return figure(app)["layout"]["annotations"][0]["text"]


def test_it_opens_on_the_demo_genome_and_says_why(opened):
    app = opened()
    assert "demo1:292,000-363,000" in app.text_input(key="search_box").value
    assert "no FASTA is configured" in words(app)
    assert "synthetic" in words(app)
    assert "demo1" in title(app)


def test_it_opens_on_the_configured_genome(opened, shared_data, monkeypatch):
    monkeypatch.setenv(places.GENOME_VARIABLE, str(shared_data / "hg38" / "hg38_partial.fa.gz"))
    genes = shared_data / "hg38" / "beta_globin_genes.bed"
    monkeypatch.setenv(places.GENES_VARIABLE, str(genes))
    app = opened(locus="HBB")
    assert "the gene HBB: chr11:5,225,464-5,227,071" in words(app)
    texts = [text for trace in figure(app)["data"] for text in trace.get("text") or []]
    assert "<i>HBB</i>" in texts
    assert [b.label for b in app.button][3:6] == ["β-globin cluster", "β-globin LCR", "HBB"]


def test_a_configured_genome_that_is_gone_is_explained(opened, monkeypatch, tmp_path):
    monkeypatch.setenv(places.GENOME_VARIABLE, str(tmp_path / "gone.fa"))
    app = opened()
    assert "gone.fa" in words(app)
    app.selectbox(key="genome_box").set_value("demo")
    assert "demo1" in title(finished(app.run()))


def test_the_echo_gives_both_forms(opened):
    said = words(opened(locus=LOCUS))
    assert "demo1:300,001-304,000 (1-based)" in said
    assert "[300000, 304000)" in said
    assert "4,000 bp" in said


def test_weights_that_were_never_trained_are_labelled_everywhere(opened):
    app = opened()
    assert "never trained" in words(app)
    assert "NEVER TRAINED" in json.dumps(figure(app))
    footer = app.main.caption[-1].value.replace("\\", "")
    assert "(never trained)" in footer


def test_the_footer_names_model_weights_assembly_interval_and_versions(opened, tiny_checkpoint):
    footer = opened(locus=LOCUS).main.caption[-1].value.replace("\\", "")
    for part in (tiny_checkpoint.sha256[:12], "demo", "demo1:293,809-310,192", "torch"):
        assert part in footer


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("nonsense", "nonsense"),
        ("demo1:700,000-710,000", "600,000"),
        ("chr99:1-10", "chr99"),
        ("demo1:300,001 N>N", "demo1"),
        ("demo9:5-10", "demo1"),
        ("*not* :red[markdown]", "not"),
    ],
)
def test_what_cannot_be_read_is_explained_with_an_example_that_works(opened, typed, said):
    app = asked(opened(), typed)
    assert len(app.error) == 1
    assert said in words(app)
    assert "What to do" in words(app)
    assert not app.get("plotly_chart")
    example = app.button(key="example_of_error_")
    app = finished(example.click().run())
    assert not app.error
    assert app.get("plotly_chart")


def test_a_wrong_reference_offers_the_right_one(opened):
    from enformer import Interval, open_genome

    ref = open_genome("demo").fetch(Interval("demo1", 300_000, 300_001))
    wrong, alt = [base for base in "ACGT" if base != ref][:2]
    app = asked(opened(), f"demo1:300,001 {wrong}>{alt}")
    assert f"demo1:300001:{ref}>{alt}" in app.button(key="example_of_error_").label.replace(
        "\\", ""
    )


def test_a_variant_shows_ref_and_alt(opened):
    from enformer import Interval, open_genome

    ref = open_genome("demo").fetch(Interval("demo1", 300_000, 300_001))
    alt = "A" if ref != "A" else "G"
    app = opened(locus=f"demo1:300001:{ref}>{alt}")
    names = [trace.get("name") or "" for trace in figure(app)["data"]]
    assert sum(name.startswith("REF") for name in names) > 0
    assert sum(name.startswith("REF") for name in names) == sum(n.startswith("ALT") for n in names)
    assert f"<b>{ref}>{alt}</b>" in json.dumps(figure(app)).replace("\\u003e", ">")


def test_a_pasted_sequence_is_predicted_on_its_own(opened):
    app = asked(opened(), "ACGTTGCA" * 500)
    assert "a sequence of 4,000 bp" in words(app)
    assert "pasted sequence" in title(app)


def test_zoom_steps_back_and_reset(opened):
    app = opened(locus=LOCUS)
    start = title(app)
    closer = title(click(app, "Zoom in"))
    assert "demo1:301,001-303,000" in closer
    assert title(click(app, "Zoom in")) != closer
    assert title(click(app, "Undo")) == closer
    assert title(click(app, "Right")) != closer
    assert title(click(app, "Reset")) == start
    assert button(app, "Reset").disabled
    assert title(click(app, "Undo")) != closer
    assert title(click(click(app, "Undo"), "Undo")) == start
    assert button(app, "Undo").disabled


def test_a_link_restores_place_tracks_and_zoom(opened):
    app = opened(locus=LOCUS, tracks="human/6,human/0", zoom="301001-302000", genome="demo")
    assert "demo1:301,001-302,000" in title(app)
    assert app.multiselect(key="tracks_box").value == ["human/6", "human/0"]
    lanes = [t for t in figure(app)["data"] if "human/" in (t.get("name") or "")]
    assert ["human/6" in lanes[0]["name"], "human/0" in lanes[1]["name"]] == [True, True]


def test_tracks_are_searched_counted_and_kept_in_order(opened):
    app = opened(locus=LOCUS)
    app.text_input(key="track_text_box").set_value("dnase cell 5")
    app = finished(app.run())
    assert "1 of 12 tracks match" in words(app)
    tracks = app.multiselect(key="tracks_box")
    shown = list(tracks.value)
    assert "human/5" in tracks.options or any("cell 5" in option for option in tracks.options)
    tracks.set_value(["human/5", *shown[:1]])
    app = finished(app.run())
    assert app.multiselect(key="tracks_box").value == ["human/5", shown[0]]
    assert app.session_state["query"].tracks == ("human/5", shown[0])


def test_facets_count_what_the_other_choices_leave(opened):
    app = opened(locus=LOCUS)
    app.multiselect(key="track_facet_head").set_value(["mouse"])
    app = finished(app.run())
    assert "4 of 12 tracks match" in words(app)
    assert "CAGE (2)" in app.multiselect(key="track_facet_assay").options
    assert "Defaults" in [b.label for b in app.button]


def test_no_track_that_matches_says_what_to_do(opened):
    app = opened(locus=LOCUS)
    app.text_input(key="track_text_box").set_value("no such words")
    said = words(finished(app.run()))
    assert "No track of tiny is of “no such words”" in said
    assert "not trained" in said


def test_an_unknown_track_in_a_link_is_explained(opened):
    app = opened(locus=LOCUS, tracks="human/99999")
    assert "human/99999" in words(app)
    assert not app.get("plotly_chart")
    app = finished(app.button(key="example_of_error_").click().run())
    assert app.multiselect(key="tracks_box").value == ["human/0"]
    assert app.get("plotly_chart")


def test_history_recalls_an_earlier_question(opened):
    app = asked(asked(opened(), LOCUS), "DGB1")
    before = title(app)
    assert [app.button(key=f"history_{n}").label for n in range(2)] == [
        "DGB1",
        "demo1\\:300,001\\-304,000",
    ]
    app = finished(app.button(key="history_1").click().run())
    assert title(app) != before
    assert app.text_input(key="search_box").value == LOCUS


def test_a_model_that_is_not_there_is_explained_and_another_one_chosen(opened, tmp_path):
    app = opened(model=str(tmp_path / "missing.safetensors"))
    assert "missing.safetensors" in words(app)
    assert not app.get("plotly_chart")
    app.selectbox(key="model_box").set_value("mini")
    assert finished(app.run()).get("plotly_chart")


def test_an_open_server_lets_nobody_name_files(opened, monkeypatch):
    from app import services

    monkeypatch.setattr(services, "paths_allowed", lambda: False)
    app = opened()
    assert "open to others" in words(app)
    assert not app.get("plotly_chart")


def test_the_model_view_shows_every_card(opened, tiny_checkpoint):
    app = opened("models")
    said = words(app)
    assert "Never trained" in said
    assert tiny_checkpoint.sha256 in said
    assert "CC-BY-4.0" in said
    assert "In use" in said
    assert any(b.label.startswith("Fetch 1,005 MB") for b in app.button)


def test_the_model_view_has_figures_curves_and_commands(opened, planted_model, tmp_path):
    import enformer

    made = enformer.load(planted_model)
    history = {"step": [1.0, 2.0], "loss": [0.5, 0.4], "human/CAGE": [0.1, 0.2]}
    card = replace(
        made.card, trained=True, history=history, figures={"mean Pearson, human CAGE, test": 0.3}
    )
    path = tmp_path / "own.safetensors"
    enformer.save(path, made.model, made.tracks, card)
    app = opened("models", model=str(path))
    charts = [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]
    assert ["loss", "human/CAGE"] in [[t.get("name") for t in chart["data"]] for chart in charts]
    assert ["CAGE"] in [chart["data"][0].get("y") for chart in charts]
    commands = [block.value for block in app.code]
    for module in ("train.prepare", "train.fit", "train.evaluate"):
        assert sum(f"python -m {module} " in command for command in commands) == 1
    assert f"{path.stat().st_size / 1e6:,.1f} MB" in words(app)


def test_a_model_that_must_be_fetched_is_offered_with_size_and_licence(
    opened, monkeypatch, tmp_path
):
    monkeypatch.delenv("ENFORMER_LENS_OFFICIAL", raising=False)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    app = opened(model="official")
    assert any(b.label == "Fetch 1,005 MB (CC-BY-4.0)" for b in app.button)
    assert not app.get("plotly_chart")
    app.selectbox(key="model_box").set_value("mini")
    assert finished(app.run()).get("plotly_chart")


def test_a_fasta_is_opened_by_its_path(opened, tmp_path):
    fasta = tmp_path / "own.fa"
    fasta.write_text(">one\n" + "ACGTTGCA" * 5_000 + "\n")
    app = opened(genome=str(fasta))
    assert "one:" in title(app)
    assert "own.fa" in words(app)
    app.text_input(key="genes_path_box").set_value(str(tmp_path / "no.bed"))
    assert "no.bed" in words(finished(app.run()))


def test_choosing_a_model_in_its_view_asks_that_model(opened):
    app = opened("models")
    app = finished(app.button(key="use_mini").click().run())
    assert app.session_state["query"].model == "mini"
