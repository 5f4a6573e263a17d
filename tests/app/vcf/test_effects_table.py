"""Which rows of a table of effects are looked at, in which order."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from app.vcf import effects_table
from app.vcf.effects_table import Wish, choices, chosen, shown
from enformer.errors import QueryError
from enformer.tracks import TrackId
from interpret.score_columns import Columns

SAD = Wish("SAD")


@pytest.fixture
def table() -> pd.DataFrame:
    """Four alleles by contigs of either spelling; the last is not scored."""
    return pd.DataFrame(
        {
            "contig": ["chr2", "2", "chr1", "chr1"],
            "position": [500, 100, 300, 200],
            "id": ["a", ".", "c", "d"],
            "ref": ["A", "AC" + 98 * "G", "A", "A"],
            "alt": ["C", "A", "G", "<DEL>"],
            "status": ["scored", "scored", "scored", "symbolic"],
            "reason": ["", "", "", "It has no sequence."],
            "SAD_top": [0.1, -0.5, 0.2, np.nan],
            "SAD_percentile": [50.0, 99.0, 97.0, np.nan],
            "SAD_track_name": ["x", "y", "z", None],
        }
    )


def places(table: pd.DataFrame, **wish: object) -> list[int]:
    return chosen(table, replace(SAD, **wish)).index.tolist()


def test_order(table):
    assert places(table) == [1, 2, 0, 3]
    assert places(table, order="file") == [0, 1, 2, 3]
    assert places(table, order="position") == [1, 3, 2, 0]


@pytest.mark.parametrize(
    ("region", "found"),
    [
        ("chr2", {0, 1}),
        ("2", {0, 1}),
        ("chr1:200-299", {3}),
        ("chr1:201-300", {2}),
        ("2:199", {1}),  # the last base of its REF
        ("2:200", set()),
        ("chr2:99", set()),
        ("chrX", set()),
    ],
)
def test_region(table, region, found):
    assert set(places(table, region=region)) == found


def test_a_region_that_cannot_be_read_is_refused(table):
    with pytest.raises(QueryError):
        places(table, region="chr1:5-x")


def test_size_percentile_and_status(table):
    assert places(table, least=0.2) == [1, 2]
    assert places(table, percentile=98.0) == [1]
    assert places(table, statuses=("symbolic",)) == [3]


def test_what_people_read(table):
    rows = shown(chosen(table, SAD), SAD)
    assert rows["SAD"].tolist()[:3] == [-0.5, 0.2, 0.1]
    assert rows["ID"].tolist() == ["", "c", "a", "d"]
    assert len(rows["REF"][0]) < 100
    assert rows["Reason"].tolist()[-1] == "It has no sequence."
    scored = replace(SAD, statuses=("scored",))
    assert "Reason" not in shown(chosen(table, scored), scored)


def test_more_rows_than_a_browser_is_sent_are_cut(table, monkeypatch):
    monkeypatch.setattr(effects_table, "MOST_ROWS", 2)
    assert shown(chosen(table, SAD), SAD)["SAD"].tolist() == [-0.5, 0.2]


def test_columns_are_those_of_the_file(tiny_tracks):
    human = tiny_tracks.of_head("human")
    columns = Columns.of(human, ["SAD", "D2"], [TrackId("human", 2)], percentiles=["SAD"])
    names = {column.name for column in columns.described}
    wishes = [Wish(score, of) for score in columns.scores for of in choices(columns)]
    assert [wish.of for wish in wishes[:4]] == ["", "CAGE", "DNASE", "human/2"]
    for wish in wishes:
        added = set(wish.columns(columns)) - set(effects_table.GIVEN)
        assert added <= names | {f"{wish.score}_track_name"}
        assert (wish.ranked in added) == (wish.score == "SAD" and wish.of in ("", "human/2"))
