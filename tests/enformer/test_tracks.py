from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enformer.errors import EnformerLensError, TrackError
from enformer.tracks import FACETS, TrackId, TrackTable


@pytest.fixture
def toy() -> TrackTable:
    rows = {
        "identifier": ["E1", "C1+", "C1-", "E2", "E3"],
        "description": [
            "DNASE:K562", "CAGE:leukemia cell line:K562", "CAGE:leukemia cell line:K562",
            "CHIP:H3K27ac:HepG2", "DNASE:K562",
        ],
        "sum_stat": ["mean", "sum", "sum", "mean", "mean"],
    }  # fmt: skip
    mouse = {"identifier": ["E1"], "description": ["DNASE:liver"]}
    tables = [(rows, "human"), (mouse, "mouse")]
    return TrackTable.concat(TrackTable.from_rows(pd.DataFrame(r), head) for r, head in tables)


@pytest.fixture
def published(shared_data: Path) -> TrackTable:
    folder = shared_data / "tracks"
    heads = ("human", "mouse")
    return TrackTable.concat(TrackTable.read(folder / f"targets_{h}.txt", h) for h in heads)


def test_track_ids_print_as_they_are_read():
    assert str(TrackId("human", 4828)) == "human/4828"
    assert TrackId.parse(" human / 4828 ") == TrackId("human", 4828)


@pytest.mark.parametrize("text", ["", "4828", "human", "human/-1", "human/x", "human/٣", "a/1/2"])
def test_wrong_track_ids_are_refused(text: str):
    with pytest.raises(TrackError, match="human/4828"):
        TrackId.parse(text)


@given(st.text())
def test_no_text_raises_anything_but_our_own_error(text: str):
    try:
        track = TrackId.parse(text)
    except EnformerLensError:
        return
    assert TrackId.parse(str(track)) == track


def test_indices_restart_in_each_head(toy: TrackTable):
    assert [str(track) for track in toy] == [
        "human/0", "human/1", "human/2", "human/3", "human/4", "mouse/0",
    ]  # fmt: skip
    assert toy.heads == ("human", "mouse")
    assert toy.assays == ("DNASE", "CAGE", "CHIP")
    assert len(toy.of_head("mouse")) == 1
    assert TrackId("human", 4) in toy
    assert TrackId("human", 5) not in toy


def test_shared_names_are_told_apart_by_identifier(toy: TrackTable):
    names = toy.frame["name"].tolist()
    assert names[0] == "DNASE K562 · E1"
    assert names[4] == "DNASE K562 · E3"
    assert names[1:3] == ["CAGE K562 (+)", "CAGE K562 (−)"]
    assert names[5] == "DNASE liver"


def test_strand_pairs_swap_strands_only(toy: TrackTable):
    assert toy.strand_pairs("human").tolist() == [0, 2, 1, 3, 4]
    assert toy.strand_pairs("mouse").tolist() == [0]
    with pytest.raises(TrackError, match="whole table"):
        toy.search("CAGE").strand_pairs("human")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ["human/0", "human/1", "human/2", "human/3", "human/4", "mouse/0"]),
        ("k562 CAGE", ["human/1", "human/2"]),
        ("cage leukemia", ["human/1", "human/2"]),
        ("h3k27", ["human/3"]),
        ("e3", ["human/4"]),
        ("mouse/0", ["mouse/0"]),
        ("K562 liver", []),
        ("(", ["human/1", "human/2"]),
    ],
)
def test_search_wants_every_word(toy: TrackTable, text: str, found: list[str]):
    assert [str(track) for track in toy.search(text)] == found


def test_search_joins_facets(toy: TrackTable):
    assert len(toy.search(assay=("DNASE", "CHIP"))) == 4
    assert len(toy.search(assay=("DNASE",), head=("human",), biosample=("K562",))) == 2
    assert [*map(str, toy.search("hepg2", target=("H3K27ac",)))] == ["human/3"]
    assert len(toy.search(target=("CTCF",))) == 0


def test_facets_count_every_row(toy: TrackTable):
    facets = toy.facets()
    assert facets["head"] == {"human": 5, "mouse": 1}
    assert facets["assay"] == {"DNASE": 3, "CAGE": 2, "CHIP": 1}
    assert facets["target"] == {"H3K27ac": 1}
    assert facets["biosample"] == {"K562": 4, "HepG2": 1, "liver": 1}


def test_selection_keeps_the_order_asked_for(toy: TrackTable):
    wanted = [TrackId("mouse", 0), TrackId("human", 3), TrackId("human", 0)]
    assert list(toy.select(wanted)) == wanted
    assert toy.row(TrackId("human", 3))["target"] == "H3K27ac"


def test_unknown_tracks_and_heads_say_what_there_is(toy: TrackTable):
    with pytest.raises(TrackError, match=r"human/5\..*5 human tracks, 1 mouse tracks"):
        toy.row(TrackId("human", 5))
    with pytest.raises(TrackError, match=r"'rat'.*human, mouse"):
        toy.of_head("rat")


def test_both_strands_are_offered_together(toy: TrackTable):
    assert [*map(str, toy.defaults("human", 3))] == ["human/0", "human/3", "human/1", "human/2"]


def test_a_table_survives_json(toy: TrackTable):
    assert TrackTable.from_json(toy.to_json()) == toy
    assert TrackTable.from_json(toy.select([TrackId("human", 2)]).to_json()) != toy


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"columns": ["a"], "rows": [[1]]}', "null"])
def test_other_json_is_refused(text: str):
    with pytest.raises(TrackError, match="no track table"):
        TrackTable.from_json(text)


def test_a_units_column_is_kept():
    rows = pd.DataFrame({"identifier": ["a"], "description": ["ATAC:x"], "unit": ["reads"]})
    table = TrackTable.from_rows(rows, "human")
    assert TrackTable.from_json(table.to_json()).frame["unit"].tolist() == ["reads"]


def test_a_track_belongs_to_a_table_once(toy: TrackTable):
    with pytest.raises(TrackError, match="human/0 comes twice"):
        TrackTable.concat([toy, toy])
    with pytest.raises(TrackError, match="'a' is empty or comes twice"):
        TrackTable.from_rows(
            pd.DataFrame({"identifier": ["a", "a"], "description": ["x", "y"]}), "h"
        )


def test_the_published_heads(published: TrackTable):
    assert [len(published.of_head(head)) for head in published.heads] == [5313, 1643]
    assays = {head: published.of_head(head).facets()["assay"] for head in published.heads}
    assert assays["human"] == {"CHIP": 3991, "DNASE": 674, "CAGE": 638, "ATAC": 10}
    assert assays["mouse"] == {"CHIP": 1058, "CAGE": 357, "ATAC": 127, "DNASE": 101}
    assert published.row(TrackId("human", 4828))["description"].endswith("cell line:K562")
    assert [*map(str, published.search("cage k562"))] == ["human/4828", "human/5111"]
    assert published.row(TrackId("mouse", 0))["identifier"] == "ENCFF866ZTV"
    assert published.row(TrackId("mouse", 1642))["assay"] == "CAGE"
    assert published.frame["name"].where(published.frame["head"] == "human").dropna().is_unique
    for head in published.heads:
        pairs = published.strand_pairs(head)
        np.testing.assert_array_equal(pairs, np.arange(len(pairs)))
    assert TrackTable.from_json(published.to_json()) == published


def test_every_published_row_is_found_by_its_own_words(published: TrackTable):
    rows = published.frame.sample(60, random_state=0)
    for track, description in zip(rows.index, rows["description"], strict=True):
        assert published.ids[track] in published.search(description)
    for facet in FACETS[1:]:
        counted = published.facets()[facet]
        assert sum(counted.values()) == (published.frame[facet] != "").sum()


def test_published_defaults_are_the_well_known_cells(published: TrackTable):
    rows = published.select(published.defaults("human"))
    assert rows.frame["assay"].tolist() == ["DNASE", "CHIP", "CAGE", "CHIP", "CHIP"]
    assert rows.frame["target"].tolist() == ["", "H3K27ac", "", "H3K4me3", "CTCF"]
    assert set(rows.frame["biosample"]) == {"K562", "GM12878"}
    assert published.search("H3K27ac", biosample=("K562",), assay=("CHIP",)).ids == ()


@pytest.mark.parametrize(
    ("genome", "head", "tracks"), [("hg38", "human", 74), ("mm10", "mouse", 32)]
)
def test_stranded_basenji_tables(shared_data: Path, genome: str, head: str, tracks: int):
    table = TrackTable.read(shared_data / "basenji_tiny" / genome / "targets.txt", head)
    pairs, strand = table.strand_pairs(head), table.frame["strand"]
    assert len(table) == tracks
    np.testing.assert_array_equal(pairs[pairs], np.arange(tracks))
    swapped = table.frame["identifier"].iloc[pairs].str.translate({ord("+"): "-", ord("-"): "+"})
    stranded = pairs != np.arange(tracks)
    assert stranded.sum() >= 10
    assert (swapped.to_numpy() == table.frame["identifier"].to_numpy())[stranded].all()
    assert (strand[~stranded] == ".").all()
    assert (table.frame["clip_soft"] > 0).all()
