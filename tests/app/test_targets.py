import pytest
from streamlit.testing.v1 import AppTest

from app import targets
from app.asking.places import Place
from app.asking.scene import scene
from app.state import Query
from enformer import Interval, open_genome
from enformer.demo import demo_genes
from enformer.errors import QueryError
from enformer.query import parse_query
from enformer.tracks import TrackId
from interpret.target import Target

DNASE = (TrackId("human", 6), TrackId("mouse", 0))


@pytest.fixture
def show(tiny_checkpoint):
    genome, genes = open_genome("demo"), demo_genes()
    place = Place("demo", genome, genes)

    def show(text: str, zoom=None):
        return scene(tiny_checkpoint, place, parse_query(text, genome, genes), zoom)

    return show


def test_of_a_gene_cage_of_its_strand_at_its_start(show):
    shown = show("DGB1")
    target = targets.target_of(Query(), shown, DNASE)
    gene = shown.parsed.gene
    assert gene.strand == "-"
    assert target == Target("human", (1, 3), (31, 32, 33))
    assert targets.interval(target, shown).start <= gene.tss < targets.interval(target, shown).end
    where = targets.interval(target, shown)
    assert targets.sentence(target, shown) == f"mean of 2 CAGE tracks over 3 bins, {where}"


def test_of_a_place_the_first_track_shown_of_the_trained_head(show):
    target = targets.target_of(Query(), show("demo1:300,001-304,000"), DNASE)
    assert target == Target("human", (6,), (31, 32, 33))
    assert targets.target_of(Query(), show("demo1:302,001"), DNASE[1:]).head == "mouse"


def test_what_a_link_asks_for_comes_first_and_is_checked(show):
    shown = show("DGB1")
    assert targets.target_of(Query(target="mouse/1@5"), shown, DNASE) == Target("mouse", (1,), (5,))
    for text in ("human/8@5", "rat/0@5", "human/0@64", "nonsense"):
        with pytest.raises(QueryError):
            targets.target_of(Query(target=text), shown, DNASE)


def test_one_track_is_named(show):
    shown = show("demo1:302,001")
    said = targets.sentence(Target("human", (6,), (31, 32)), shown)
    assert said.startswith("DNASE cell 6 (human/6), mean over 2 bins, demo1:")
    assert targets.sentence(Target("human", (6,), (32,)), shown).count("over 1 bin, ") == 1


def page(model: str) -> None:
    """The widgets alone, on a scene of the demo genome."""
    import streamlit as st

    import enformer
    from app import state, targets
    from app.asking.places import Place
    from app.asking.scene import scene
    from enformer.demo import demo_genes
    from enformer.query import parse_query
    from enformer.tracks import TrackId

    query = state.sync("page")
    genome, genes = enformer.open_genome("demo"), demo_genes()
    parsed = parse_query("DGB1", genome, genes)
    shown = scene(enformer.load(model), Place("demo", genome, genes), parsed, query.zoom)
    tracks = (TrackId("human", 6), TrackId("mouse", 0))
    target = targets.target_of(query, shown, tracks)
    targets.choose(target, shown, tracks)
    st.caption(str(target))
    state.write_url()


@pytest.fixture
def widgets(tiny_checkpoint):
    app = AppTest.from_function(page, args=(str(tiny_checkpoint.source),), default_timeout=30)
    app = app.run()
    assert not app.exception
    return app


def chosen(app: AppTest) -> Target:
    assert not app.exception
    return Target.parse(app.caption[0].value)


def test_tracks_are_chosen_from_those_shown_and_cage_as_one(widgets):
    box = widgets.multiselect(key="target_tracks_box")
    assert box.value == ["CAGE"]
    assert "CAGE, all 2 tracks" in box.options
    app = box.set_value(["CAGE", "human/6"]).run()
    assert chosen(app).tracks == (1, 3, 6)
    app = app.multiselect(key="target_tracks_box").set_value(["human/6"]).run()
    assert chosen(app) == Target("human", (6,), (31, 32, 33))
    assert app.multiselect(key="target_tracks_box").value == ["human/6"]
    app = app.multiselect(key="target_tracks_box").set_value(["human/6", "mouse/0"]).run()
    assert chosen(app) == Target("mouse", (0,), (31, 32, 33))
    app = app.multiselect(key="target_tracks_box").set_value([]).run()
    assert chosen(app).tracks == (1, 3)


def test_bins_are_those_of_the_start_or_of_the_view(widgets):
    box = widgets.selectbox(key="target_bins_box")
    assert box.value == "TSS of DGB1, 3 bins"
    app = box.set_value("All bins in view").run()
    assert chosen(app).bins == tuple(range(6, 45))
    assert app.selectbox(key="target_bins_box").value == "All bins in view"
    app.query_params["target"] = "human/6@1-2"
    app = app.run()
    assert app.selectbox(key="target_bins_box").value == "As chosen before"


def test_the_middle_is_three_bins_around_what_was_asked(show):
    shown = show("demo1:302,001")
    assert targets.middle(shown) == Interval("demo1", 301_872, 302_129)
