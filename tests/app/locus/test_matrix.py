from collections import Counter

import pandas as pd
import pytest

from app.locus.matrix import MOST_ROWS, matrix
from enformer.tracks import TrackId, TrackTable


@pytest.fixture(scope="module")
def published(shared_data):
    heads = {"human": "targets_human.txt", "mouse": "targets_mouse.txt"}
    return TrackTable.concat(
        TrackTable.read(shared_data / "tracks" / name, head) for head, name in heads.items()
    )


def test_every_cell_counts_its_tracks(published):
    found = matrix(published, head="human")
    frame = published.of_head("human").frame
    assert len(found.tracks) == 5_313
    assert found.biosamples == frame["biosample"].nunique()
    assert len(found.counts) == MOST_ROWS
    counted = Counter(frame["biosample"])
    assert found.counts.sum(axis=1).to_dict() == {
        name: counted[name] for name in found.counts.index
    }
    assert list(found.counts.sum(axis=1)) == sorted(counted.values(), reverse=True)[:MOST_ROWS]
    dnase = frame[(frame["biosample"] == "K562") & (frame["assay"] == "DNASE")]
    assert found.counts.loc["K562", "DNase"] == len(dnase)


def test_chosen_cells_give_their_tracks_and_no_others(published):
    found = matrix(published, head="human")
    row = list(found.counts.index).index("K562")
    tracks = found.within([(row, "Histone ChIP"), (row, "DNase")])
    assert (
        len(tracks) == found.counts.loc["K562", "Histone ChIP"] + found.counts.loc["K562", "DNase"]
    )
    rows = published.select(tracks).frame
    assert set(rows["biosample"]) == {"K562"}
    assert set(rows["assay"]) == {"CHIP", "DNASE"}
    assert all(target.startswith("H") for target in rows[rows["assay"] == "CHIP"]["target"])


def test_words_find_biosamples_that_are_not_listed(published):
    listed = set(matrix(published, head="human").counts.index)
    found = matrix(published, "frontal cortex", "human")
    assert set(found.counts.index) - listed
    assert all("frontal cortex" in name.lower() for name in found.counts.index)


def test_a_cell_without_tracks_and_a_cell_of_another_table_give_none(published):
    found = matrix(published, "CAGE", "human")
    assert list(found.counts.columns) == ["CAGE"]
    assert found.within([(0, "DNase"), (10_000, "CAGE")]) == ()
    assert len(matrix(published, "no such words").counts) == 0


def test_tracks_without_a_biosample_have_a_row():
    rows = pd.DataFrame({"identifier": ["a", "b"], "description": ["DNASE:K562", "mystery"]})
    found = matrix(TrackTable.from_rows(rows, "human"))
    assert len(found.counts) == 2
    both = found.within([(row, c) for row in range(2) for c in found.counts.columns])
    assert set(both) == {TrackId("human", 0), TrackId("human", 1)}
