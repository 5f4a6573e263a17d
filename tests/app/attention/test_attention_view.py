"""The Attention view alone, run by AppTest on a tiny model and the demo genome, and its files."""

import io
import json
import zipfile
from functools import partial

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app.asking.question import Query
from app.attention import attending
from enformer import Interval, open_genome
from interpret.target import Target
from tests.app.alone import finished, until

LOCUS = "demo1:300,001-304,000"


pytestmark = pytest.mark.usefixtures("offline")


@pytest.fixture
def opened(open_view):
    """Opens the view with what a link asks for."""
    return partial(open_view, "attention")


def charts(app: AppTest) -> list[dict]:
    """The atlas, the distances, the head, the arcs."""
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def words(figure: dict) -> str:
    return " ".join(note["text"] for note in figure["layout"]["annotations"])


def choose(app: AppTest, key: str, value: str) -> AppTest:
    next(group for group in app.button_group if group.key == key).set_value(value)
    return finished(app.run())


@pytest.fixture
def variant() -> str:
    ref = open_genome("demo").fetch(Interval("demo1", 300_000, 300_001))
    return f"demo1:300001:{ref}>{'A' if ref != 'A' else 'G'}"


def test_a_link_opens_a_layer_and_a_head(opened):
    app = opened(locus=LOCUS, layer="2", head="3")
    atlas, distances, head, _ = charts(app)
    assert "Layer 2, head 3" in words(head)
    assert len(atlas["data"][0]["text"]) == 8  # two layers of four heads
    assert [s["x0"] for s in atlas["layout"]["shapes"]] == [2]
    assert "layer 2, head 3" in words(distances)
    assert "Rollout" in words(head)
    assert app.query_params["layer"] == "2"


def test_a_head_that_the_model_lacks_is_passed_over(opened):
    assert "Layer 1, head 1" in words(charts(opened(locus=LOCUS, layer="9", head="9"))[2])


def test_weights_that_were_never_trained_are_labelled_on_both_figures(opened, files):
    atlas, _, head, _ = charts(opened(locus=LOCUS))
    assert "NEVER TRAINED" in words(atlas)
    assert "NEVER TRAINED" in words(head)
    name, _, make = files.figures(89)[3]
    assert name.endswith("_atlas_89mm.svg")
    assert "never trained" in make().decode()


def test_it_never_calls_attention_a_cause(opened):
    app = opened(locus=LOCUS)
    (said,) = [c.value for c in app.main.caption if "causation" in c.value]
    assert "not causation" in said
    assert "contributions?locus=" in said


def test_every_head_is_in_the_table(opened):
    app = opened(locus=LOCUS)
    table = app.dataframe[0].value
    assert list(table["layer"]) == [1] * 4 + [2] * 4
    assert list(table["head"]) == [1, 2, 3, 4] * 2
    assert table["entropy"].between(0, 7).all()  # bits of 128 tokens


def test_a_variant_shows_the_difference_and_either_allele(opened, variant):
    app = opened(locus=variant)
    head = charts(app)[2]
    assert "REF − ALT" in words(head)
    app = choose(app, "attention_allele", "REF")
    assert "REF − ALT" not in words(charts(app)[2])


def test_after_an_indel_the_difference_says_that_it_compares_by_place(opened, variant):
    said = "compared by their place in the window"
    deleted = open_genome("demo").fetch(Interval("demo1", 300_000, 300_003))
    app = opened(locus=f"demo1:300001:{deleted}>{deleted[0]}")
    assert any(said in caption.value for caption in app.caption)
    app = choose(app, "attention_allele", "ALT")
    assert not any(said in caption.value for caption in app.caption)
    assert not any(said in caption.value for caption in opened(locus=variant).caption)


def test_pooling_scale_and_way_are_switched_and_said(opened):
    app = opened(locus=LOCUS)
    before = charts(app)[0]["layout"]["images"][0]["source"]
    assert "max of" in words(charts(app)[2])
    app = choose(app, "attention_pooling", "mean")
    assert "mean of" in words(charts(app)[2])
    assert charts(app)[0]["layout"]["images"][0]["source"] != before
    app = choose(app, "attention_scale", "per head")
    assert "one scale for each" in json.dumps(charts(app)[0]).replace("<br>", " ")
    app = choose(app, "attention_way", "column")
    assert "attending to" in words(charts(app)[2])


def test_every_token_on_demand_and_where_zoomed(opened):
    app = opened(locus=LOCUS)
    app.toggle(key="attention_whole").set_value(True)
    app = finished(app.run())
    assert "one token by one token" in words(charts(app)[2])
    app = opened(locus=LOCUS, zoom="300001-302000")
    head = charts(app)[2]
    assert "one token by one token" in words(head)
    assert head["layout"]["xaxis"]["range"] == [300_000, 302_000]
    whole = next(button for button in app.button if button.label == "Whole window")
    assert "max of" in words(charts(finished(whole.click().run()))[2])


def test_another_token_is_chosen_by_link_and_by_gene(opened):
    app = opened(locus=LOCUS, token="5")
    start = 300_000 + 2_000 - 8_192  # the window around the locus
    assert f"demo1:{start + 5 * 128 + 1:,}-{start + 6 * 128:,}" in words(charts(app)[2])
    box = app.selectbox(key="attention_token")
    assert box.value == "Token 5"
    box.set_value(box.options[0])
    app = finished(app.run())
    assert app.session_state["query"].token is None


def test_the_tokens_of_a_long_target_are_its_middle(tiny_config):
    few = Target("human", (0,), (10, 11, 12))
    assert attending.tokens_of(Query(), few, tiny_config) == range(42, 45)
    many = Target("human", (0,), tuple(range(64)))
    assert attending.tokens_of(Query(), many, tiny_config) == range(59, 68)
    assert attending.tokens_of(Query(token=7), many, tiny_config) == range(7, 8)
    assert attending.tokens_of(Query(token=128), few, tiny_config) == range(42, 45)


# --- files ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def files(tiny_checkpoint):
    from app.attention.attention_files import Files
    from app.figures.attention_pictures import atlas_picture, head_picture
    from app.figures.data import LocusPicture
    from enformer.coordinates import predicted_region
    from interpret.attention import attention_summary
    from interpret.origin import Subject

    subject = Subject.read(
        tiny_checkpoint, open_genome("demo"), Interval("demo1", 300_000, 300_001)
    )
    summary = attention_summary(
        subject.model, subject.one_hot, queries=(60, 61), keys=(60, 61), pool=32,
        origin=subject.provenance,
    )  # fmt: skip
    region = predicted_region(subject.window, tiny_checkpoint.config)
    place = LocusPicture(subject.window, region, 128, 600_000, subject.window, (), (), "demo")
    picture = head_picture(summary, (1, 2), place, subject.window, (60, 61))
    return Files(summary, atlas_picture(summary, (1, 2), "max", True), picture, "stem")


def test_the_table_has_every_token_and_the_provenance(files):
    lines = files.tsv().decode().splitlines()
    head = "\n".join(line[2:] for line in lines if line.startswith("#"))
    made = json.loads(head)
    assert made["assembly"] == "demo"
    assert (made["drawn"]["layer"], made["drawn"]["head"]) == (2, 3)
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    assert rows[0][:4] == ["contig", "start", "end", "Layer 2, head 3"]
    assert len(rows) == 129
    values = np.array([float(row[3]) for row in rows[1:]])
    np.testing.assert_allclose(values, files.picture.lanes[0].values, rtol=1e-5)
    assert values.sum() == pytest.approx(1, abs=1e-4)
    assert int(rows[1][1]) == files.summary.interval.start


def test_the_map_and_all_heads_as_arrays(files):
    with np.load(io.BytesIO(files.npz())) as arrays:
        np.testing.assert_array_equal(arrays["weights"], files.summary.pooled_max[1, 2])
        assert arrays["query_edges"][-1] == files.summary.interval.end
    _, _, make = files.data()[2]
    with np.load(io.BytesIO(make())) as arrays:
        assert any(arrays[name].shape == (2, 4, 32, 32) for name in arrays)


def test_a_zip_holds_figures_for_paper_with_live_text(files):
    name, _, make = files.everything(89)
    with zipfile.ZipFile(io.BytesIO(make())) as archive:
        contents = {each: archive.read(each) for each in archive.namelist()}
    assert name == "stem.zip"
    assert len(contents) == 10
    head = contents["stem_89mm.svg"].decode()
    for said in ("<text", "Layer 2, head 3", "Attended to, position on demo1", "sha256"):
        assert said in head
    assert "Attention head" in contents["stem_atlas_89mm.svg"].decode()
    assert contents["stem_89mm.pdf"].startswith(b"%PDF")
    assert b"Provenance" in contents["stem_atlas_89mm.png"]


# --- roles, rollout, arcs, a track on the locus ---------------------------------------------------


def test_heads_are_told_by_what_they_do_and_sorted_by_it(opened):
    app = until(opened(locus=LOCUS, layer="1", head="2"), "tokens of open chromatin")
    table = app.dataframe[0].value
    assert {"does", "local", "positional", "promoters", "open chromatin"} <= set(table.columns)
    assert table["local"].between(0, 100).all()
    box = app.selectbox(key="attention_role")
    assert box.options[0] == "layer and head"
    app = finished(box.set_value("local").run())
    ranked = app.dataframe[0].value
    assert ranked["local"].is_monotonic_decreasing
    assert app.session_state["query"].head == 1
    assert any("shifted along the window" in text.value for text in app.markdown)


def test_rollout_takes_the_place_of_a_head(opened):
    app = choose(opened(locus=LOCUS), "attention_what", "Rollout")
    head = charts(app)[2]
    assert "Rollout through all layers" in words(head)
    assert "mean of" in words(head)
    app = choose(app, "attention_way", "column")
    assert "Rollout through all layers" in words(charts(app)[2])
    app.toggle(key="attention_whole").set_value(True)
    assert "one token by one token" in words(charts(finished(app.run()))[2])


def test_arcs_follow_the_chosen_tokens(opened):
    app = opened(locus=LOCUS, token="40")
    arcs = charts(app)[3]
    assert "10 tokens attended to by" in words(arcs).replace("<br>", " ").replace("</span> <span", "")\
        or "Attention arcs" in words(arcs)  # fmt: skip
    (feet,) = (trace for trace in arcs["data"] if trace.get("name") == "tokens")
    assert len(feet["x"]) == 10
    app = finished(app.selectbox(key="attention_arcs").set_value(5).run())
    (feet,) = (trace for trace in charts(app)[3]["data"] if trace.get("name") == "tokens")
    assert len(feet["x"]) == 5


def test_a_slice_becomes_a_track_of_the_locus(opened, open_view):
    app = choose(opened(locus=LOCUS, layer="2", head="3", token="60"), "attention_slice", "row")
    assert app.session_state["query"].slice == "row"
    asked = {name: app.query_params[name] for name in ("locus", "layer", "head", "token", "slice")}
    asked = {name: value if isinstance(value, str) else value[0] for name, value in asked.items()}
    locus = open_view("locus", **asked)
    (chart,) = locus.get("plotly_chart")
    traces = json.loads(chart.proto.spec)["data"]
    (lane,) = (
        trace for trace in traces if str(trace.get("name", "")).startswith("Layer 2, head 3")
    )
    row = charts(app)[2]["data"]
    whole = next(trace for trace in row if trace.get("name") == "Layer 2, head 3")
    assert max(decoded(lane["y"])) <= max(decoded(whole["y"])) + 1e-6
    assert len(decoded(lane["y"])) == 64 + 2  # the predicted region's bins, and both ends
    without = next(button for button in locus.button if button.label == "Without attention")
    assert finished(without.click().run()).session_state["query"].slice == ""


def decoded(values) -> list[float]:
    """Numbers of a trace, as they travel."""
    if isinstance(values, list):
        return values
    import base64

    return np.frombuffer(base64.b64decode(values["bdata"]), values["dtype"]).tolist()
