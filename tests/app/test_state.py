import pytest
from streamlit.testing.v1 import AppTest

from app.state import Query


def page() -> None:
    """A view that shows the query and changes it by buttons."""
    import streamlit as st

    from app import state

    state.sync("locus")
    for label, change in {
        "ask HBB": lambda: state.ask("HBB"),
        "ask chr1": lambda: state.ask(" chr1:1-10 "),
        "zoom 5-9": lambda: state.zoom_to((5, 9), (0, 100)),
        "zoom 6-7": lambda: state.zoom_to((6, 7), (5, 9)),
        "stay": lambda: state.zoom_to((5, 9), (5, 9)),
        "undo": state.undo,
        "redo": state.redo,
        "reset": state.zoom_reset,
        "model": lambda: state.choose_model("official"),
        "genome": lambda: state.choose_genome("demo", same_places=False),
        "same": lambda: state.choose_genome("hg38", same_places=True),
        "tracks": lambda: state.choose_tracks(("human/3", "human/1")),
        "target": lambda: state.choose_target("human/0@5"),
        "attention": lambda: state.choose_attention(3, 2),
        "token": lambda: state.choose_token(700),
        "method": lambda: state.choose_method("gradient"),
        "truth": lambda: state.choose_truth("blood"),
        "lanes": lambda: state.choose_lanes("log1p", "biosample"),
        "allele": lambda: state.choose_allele("difference"),
        "evidence": lambda: state.choose_evidence("peaks:20:2"),
        "mark": lambda: state.choose_mark((6, 7)),
        "compare": lambda: state.compare_with("demo"),
        "pairs": lambda: state.choose_pairs(("human/3:human/1",)),
        "swap": lambda: state.swap_models("mini"),
        "recall": lambda: state.recall(state.history()[-1]),
    }.items():
        st.button(label, on_click=change)
    state.remember(state.query())
    state.write_url()


def click(app: AppTest, *labels: str) -> AppTest:
    for label in labels:
        next(button for button in app.button if button.label == label).click()
        app.run()
    assert not app.exception
    return app


def opened(**url: str) -> AppTest:
    app = AppTest.from_function(page, default_timeout=30)
    for name, value in url.items():
        app.query_params[name] = value
    return app.run()


def url_of(app: AppTest) -> dict[str, str]:
    single = {
        name: [value] if isinstance(value, str) else value
        for name, value in app.query_params.items()
    }
    return {name: ",".join(values) for name, values in single.items()}


LINKS = [
    Query(),
    Query(locus="chr11:5,225,000-5,290,000"),
    Query(locus="HBB", model="official", genome="hg38"),
    Query(locus="chr11:5227002:T>A", tracks=("human/4828", "mouse/3"), zoom=(0, 5_290_000)),
    Query(target="human/0,3@447-449", layer=0, head=7, token=0, method="gradient"),
    Query(truth="blood", scale="log1p,shared", group="assay"),
    Query(model="folder/a model.safetensors", genome="folder/hg 38.fa.gz"),
    Query(evidence="peaks:20:2", mark=(0, 9), model_sha="0123456789ab", assembly="hg38"),
    Query(
        model="mini", other="folder/own.safetensors", pairs=("human/0:human/24", "mouse/1:human/3")
    ),
    Query(locus="DGB1", truth="blood", step=4),
]


@pytest.mark.parametrize("query", LINKS)
def test_a_link_restores_the_query(query):
    assert Query.from_url(query.to_url()) == query
    app = opened(**query.to_url())
    assert app.session_state["query"] == query


def test_positions_in_a_link_are_one_based():
    assert Query(zoom=(99, 200)).to_url() == {"zoom": "100-200"}


@pytest.mark.parametrize("sha", ["xyz", "abc", "0" * 65, "٣" * 12])
def test_a_hash_that_is_none_is_ignored(sha):
    assert Query.from_url({"model_sha": sha}) == Query()


def test_another_model_or_place_is_not_what_a_link_was_made_with():
    link = {"model_sha": "0123456789ab", "assembly": "hg38", "model": "mini", "locus": "HBB"}
    assert click(opened(**link), "zoom 5-9").session_state["query"].model_sha == "0123456789ab"
    assert click(opened(**link), "model").session_state["query"].model_sha == ""
    assert click(opened(**link), "genome").session_state["query"].assembly == ""
    assert click(opened(**link), "ask chr1").session_state["query"] == Query("chr1:1-10", "mini")


@pytest.mark.parametrize("zoom", ["", "5", "9-5", "0-5", "a-b", "-5-9", "1" * 30 + "-2", "٣-٤"])
def test_a_zoom_that_makes_no_sense_is_ignored(zoom):
    assert Query.from_url({"zoom": zoom, "unknown": "x", "tracks": " ,,"}) == Query()


def test_tracks_in_a_link_keep_their_order_and_come_once():
    query = Query.from_url({"tracks": "human/9,human/2,human/9"})
    assert query.tracks == ("human/9", "human/2")


def test_a_long_sequence_stays_out_of_the_link():
    query = Query(locus="ACGT" * 1000)
    assert query.to_url() == {}
    assert not query.fits_a_link
    assert Query(locus="HBB").fits_a_link


def test_the_url_follows_the_query():
    app = click(opened(), "ask chr1", "zoom 5-9")
    assert url_of(app) == {"locus": "chr1:1-10", "zoom": "6-9"}


def test_every_change_is_undone_and_done_again():
    app = click(opened(), "ask HBB", "zoom 5-9", "tracks", "ask chr1", "model")
    seen = [app.session_state["query"]]
    for _ in range(5):
        seen.append(click(app, "undo").session_state["query"])
    assert [query.locus for query in seen] == ["chr1:1-10", "chr1:1-10", "HBB", "HBB", "HBB", ""]
    assert [query.zoom for query in seen] == [None, None, (5, 9), (5, 9), None, None]
    assert not app.session_state["past"]
    for query in seen[-2::-1]:
        assert click(app, "redo").session_state["query"] == query
    assert not app.session_state["future"]


def test_a_new_change_after_an_undo_leaves_nothing_to_do_again():
    app = click(opened(), "ask HBB", "zoom 5-9", "undo", "zoom 6-7")
    assert app.session_state["query"].zoom == (6, 7)
    assert app.session_state["future"] == []
    assert click(app, "undo").session_state["query"] == Query("HBB")


def test_what_changes_nothing_is_no_step():
    app = click(opened(), "zoom 5-9", "stay", "ask HBB", "ask HBB", "reset")
    assert len(app.session_state["past"]) == 2


def test_a_link_that_is_followed_can_be_undone():
    app = click(opened(), "ask HBB")
    app.query_params["locus"] = "chr2:264,000"
    assert click(app.run(), "undo").session_state["query"].locus == "HBB"


def test_another_question_forgets_the_zoom_and_the_mark():
    app = click(opened(), "ask HBB", "zoom 5-9", "mark", "ask chr1")
    assert app.session_state["query"] == Query(locus="chr1:1-10")


def test_tracks_keep_the_zoom_and_a_model_drops_the_tracks():
    app = click(opened(), "ask HBB", "zoom 5-9", "tracks")
    assert app.session_state["query"] == Query("HBB", tracks=("human/3", "human/1"), zoom=(5, 9))
    assert click(app, "model").session_state["query"].tracks == ()


def test_a_genome_with_the_same_places_keeps_the_locus():
    app = click(opened(), "ask HBB", "same")
    assert app.session_state["query"] == Query("HBB", genome="hg38")
    assert click(app, "genome").session_state["query"] == Query(genome="demo")


def test_history_has_each_question_once_and_recalls_it():
    app = click(opened(), "ask HBB", "zoom 5-9", "ask chr1", "ask HBB")
    assert [query.locus for query in app.session_state["history"]] == ["HBB", "chr1:1-10", ""]
    assert click(app, "recall").session_state["query"] == Query()


def test_an_edited_url_is_taken_over():
    app = click(opened(), "ask HBB")
    app.query_params["locus"] = "chr2:264,000"
    assert app.run().session_state["query"].locus == "chr2:264,000"


def test_a_click_wins_over_a_url_that_lags_behind():
    app = click(opened(), "ask HBB")
    app.query_params["locus"] = "old"
    assert click(app, "zoom 5-9").session_state["query"] == Query("HBB", zoom=(5, 9))


def test_a_change_of_page_empties_the_url_but_not_the_query():
    app = click(opened(), "ask HBB")
    app.query_params.clear()
    app.session_state["page"] = "models"
    app.run()
    assert app.session_state["query"].locus == "HBB"
    assert url_of(app) == {"locus": "HBB"}


def test_an_address_that_lags_behind_a_change_of_page_is_no_wish_either():
    app = click(opened(), "ask HBB")
    app.query_params.clear()
    app.session_state["page"] = "models"
    app.run()
    app.query_params.clear()
    assert app.run().session_state["query"].locus == "HBB"
    app.query_params["locus"] = "chr1:1-10"
    assert app.run().session_state["query"].locus == "chr1:1-10"


def test_layers_and_heads_in_a_link_are_counted_from_one_and_tokens_from_zero():
    assert Query(layer=0, head=7, token=0).to_url() == {"layer": "1", "head": "8", "token": "0"}


@pytest.mark.parametrize("number", ["0", "-1", "x", "1.5", "1" * 9, "٣", ""])
def test_a_layer_that_makes_no_sense_is_ignored(number):
    assert Query.from_url({"layer": number, "head": number}) == Query()


EXPLAINED = ("target", "attention", "token", "method")


def test_another_place_keeps_the_layer_and_the_method_and_drops_target_and_token():
    app = click(opened(), *EXPLAINED, "ask chr1")
    assert app.session_state["query"] == Query("chr1:1-10", layer=3, head=2, method="gradient")


def test_another_model_drops_all_that_lies_within_it():
    app = click(opened(), "ask HBB", *EXPLAINED, "model")
    assert app.session_state["query"] == Query("HBB", "official", method="gradient")


def test_another_genome_drops_the_target_unless_places_are_the_same():
    app = click(opened(), *EXPLAINED, "same")
    assert app.session_state["query"].target == "human/0@5"
    assert click(app, "genome").session_state["query"].target == ""


def test_what_is_explained_is_no_other_question():
    app = click(opened(), "ask HBB", "zoom 5-9", *EXPLAINED)
    assert [query.locus for query in app.session_state["history"]] == ["HBB", ""]


def test_another_genome_drops_the_truth_and_what_belongs_to_a_model_it_chooses():
    app = click(opened(), "tracks", "attention", "truth")
    assert app.query_params["truth"] == "blood"
    assert click(app, "same").session_state["query"].truth == "blood"
    assert click(app, "genome").session_state["query"] == Query(genome="demo")
    app = click(opened(), "model", "tracks", "attention", "truth", "genome")
    kept = Query(genome="demo", model="official", tracks=("human/3", "human/1"), layer=3, head=2)
    assert app.session_state["query"] == kept


def test_another_model_in_use_drops_the_pairs_and_keeps_what_it_is_compared_with():
    app = click(opened(), "compare", "pairs")
    assert app.query_params["with"] == "demo"
    assert app.query_params["pairs"] == "human/3:human/1"
    assert click(app, "model").session_state["query"] == Query(model="official", other="demo")
    assert click(opened(), "compare", "pairs", "genome").session_state["query"] == Query(
        genome="demo", other="demo"
    )


def test_swapped_models_keep_their_pairs_the_other_way_round():
    app = click(opened(model="mini"), "ask HBB", "compare", "pairs", "tracks", "swap")
    pinned = click(opened(model="mini", model_sha="0123456789ab"), "compare", "swap")
    assert pinned.session_state["query"].model_sha == ""
    swapped = Query("HBB", model="demo", other="mini", pairs=("human/1:human/3",))
    assert app.session_state["query"] == swapped


def test_what_is_compared_is_no_other_question():
    app = click(opened(), "ask HBB", "zoom 5-9", "compare", "pairs")
    assert app.session_state["query"].zoom == (5, 9)
    assert [query.locus for query in app.session_state["history"]] == ["HBB", ""]
