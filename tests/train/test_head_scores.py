import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enformer.coordinates import Interval
from enformer.genes import Gene, GeneIndex
from enformer.tracks import TrackTable
from train.head_scores import HeadScores, examples_of

ROWS = pd.DataFrame(
    {
        "identifier": ["a+", "a-", "b+", "b-", "d", "e", "f"],
        "description": [*["CAGE:a"] * 2, *["CAGE:b"] * 2, "DNASE:d", "DNASE:e", "DNASE:f"],
        "strand_pair": [1, 0, 3, 2, 4, 5, 6],
    }
)
TABLE = TrackTable.from_rows(ROWS, "human")
GENES = GeneIndex([Gene(f"G{at}", "chr1", at, at + 300, "+") for at in range(1100, 9000, 250)])
RECORDS, BINS, BIN = 5, 16, 128


def record(number: int) -> tuple[int, Interval, np.ndarray, np.ndarray]:
    x, y = np.random.default_rng(number).gamma(0.5 + number, 3.0, (2, BINS, 7)).astype(np.float32)
    y[:, 6] = 0.5  # track f is constant
    start = 1500 * number
    return number, Interval("chr1", start, start + 4096), x, y


def scored(numbers: list[int]) -> HeadScores:
    scores = HeadScores(TABLE, BIN, GENES)
    for number in numbers:
        scores.update(*record(number))
    return scores


WHOLE = range(RECORDS)


@settings(max_examples=8)
@given(st.lists(st.integers(0, 2), min_size=RECORDS, max_size=RECORDS), st.permutations([0, 1, 2]))
def test_processes_in_any_split_and_order_merge_to_one_pass(
    owners: list[int], order: list[int]
) -> None:
    parts = [scored([n for n in WHOLE if owners[n] == owner]) for owner in range(3)]
    first, *rest = (parts[i] for i in order)
    for part in rest:
        first.merge(part)
    whole = scored(list(WHOLE))
    pd.testing.assert_frame_equal(first.frame(), whole.frame(), atol=1e-12)
    pd.testing.assert_frame_equal(first.density.frame("human"), whole.density.frame("human"))
    pd.testing.assert_frame_equal(
        first.genes.compute().across_tracks, whole.genes.compute().across_tracks
    )
    assert first.example_windows() == whole.example_windows()
    assert first.example_tracks() == whole.example_tracks()


def test_frame_names_constant_tracks() -> None:
    frame = scored([0, 1, 2]).frame()
    assert frame["not_scored"].tolist() == [""] * 6 + ["constant observation"]
    assert np.isnan(frame["pearson"][6])
    assert frame["sequences"].tolist() == [3] * 6 + [0]


def test_example_windows_are_ranked_by_observation_alone() -> None:
    scores, random = HeadScores(TABLE, BIN), np.random.default_rng(0)
    for number, peak in enumerate([5.0, 0.0, 100.0, 1.0, 20.0]):
        observed = np.zeros((BINS, 7), np.float32)
        observed[3] = peak
        predicted = random.gamma(1, 50, observed.shape).astype(np.float32)
        scores.update(number, Interval("chr1", 0, 4096), predicted, observed)
    assert scores.example_windows() == [2, 4, 0]  # highest, 75th percentile, median


def test_example_tracks_are_the_medians_of_their_assays() -> None:
    scores = scored(list(WHOLE))
    frame = scores.frame().dropna(subset=["pearson"])
    cage, dnase = (
        frame[frame["assay"] == name].sort_values("pearson") for name in ("CAGE", "DNASE")
    )
    assert scores.example_tracks() == [cage["index"].iloc[1], dnase["index"].iloc[0]]


def test_examples_have_the_pearson_of_their_window() -> None:
    scores = scored([0, 1])
    number, window, x, y = record(1)
    (shown,) = examples_of(scores, number, window.resize(BINS * BIN), [4], x, y)
    assert shown.pearson == pytest.approx(np.corrcoef(x[:, 4], y[:, 4])[0, 1])
    assert (shown.number, shown.track["identifier"]) == (1, "d")
    np.testing.assert_array_equal(shown.observed, y[:, 4])


def test_without_genes_or_cage_there_are_no_gene_scores() -> None:
    assert HeadScores(TABLE, BIN).genes is None
    dnase = TrackTable.from_rows(ROWS.iloc[4:].assign(strand_pair=[0, 1, 2]), "human")
    assert HeadScores(dnase, BIN, GENES).genes is None
