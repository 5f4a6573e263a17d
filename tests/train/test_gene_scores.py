import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import pearsonr

from enformer.config import EnformerConfig
from enformer.coordinates import Interval
from enformer.genes import Gene, GeneIndex
from enformer.tracks import TrackTable
from interpret.target import Target
from train.gene_scores import GeneScores, GeneTable, Samples

BINS, BIN, LENGTH = 16, 128, 4096
ROWS = pd.DataFrame(
    {
        "identifier": ["a+", "a-", "d", "b", "c+", "c-", "e+", "e-"],
        "description": ["CAGE:a", "CAGE:a", "DNASE:d", "CAGE:b", *["CAGE:c"] * 2, *["CAGE:e"] * 2],
        "strand_pair": [1, 0, 2, 3, 5, 4, 7, 6],
    }
)
TABLE = TrackTable.from_rows(ROWS, "human")
SAMPLES = Samples.of(TABLE, "human")


def gene(name: str, tss: int, strand: str = "+", contig: str = "chr1") -> Gene:
    start, end = (tss - 499, tss + 1) if strand == "-" else (tss, tss + 500)
    return Gene(name, contig, start, end, strand)


def record(start: int, seed: int = 0) -> tuple[Interval, np.ndarray, np.ndarray]:
    x, y = np.random.default_rng([seed, start]).gamma(1.0, 4.0, (2, BINS, len(ROWS)))
    return Interval("chr1", start, start + LENGTH), x.astype(np.float32), y.astype(np.float32)


def scored(genes: list[Gene], starts: list[int]) -> GeneScores:
    table = GeneTable(SAMPLES, GeneIndex(genes), BIN)
    for start in starts:
        table.update(*record(start))
    return table.compute()


def test_a_pair_is_one_sample_and_other_assays_are_none() -> None:
    assert SAMPLES.names == ("a+/a-", "b", "c+/c-", "e+/e-")
    assert SAMPLES.tracks("+").tolist() == [0, 3, 4, 6]
    assert SAMPLES.tracks("-").tolist() == [1, 3, 5, 7]


def test_a_lone_stranded_track_reads_its_own_strand_only() -> None:
    rows = pd.DataFrame({"identifier": ["a-", "b"], "description": ["CAGE:a", "CAGE:b"]})
    samples = Samples.of(TrackTable.from_rows(rows, "human"), "human")
    assert samples.tracks("+").tolist() == [-1, 1]
    assert samples.tracks("-").tolist() == [0, 1]
    table = GeneTable(samples, GeneIndex([gene("P", 2000), gene("M", 2500, "-")]), BIN)
    window, x, y = record(0)
    table.update(window, x[:, :2], y[:, :2])
    assert [row.gene.symbol for row in table.compute().rows] == ["P", "M"]
    assert table.compute().measured.tolist() == [[False, True], [True, True]]
    assert np.isnan(table.compute().observed).sum() == 1


@pytest.mark.parametrize("strand", ["+", "-"])
def test_bins_and_tracks_are_those_that_explanations_take(strand: str) -> None:
    config = dataclasses.replace(
        EnformerConfig(heads={"human": len(ROWS)}), window_length=LENGTH, target_bins=BINS
    )
    here, (window, x, _) = gene("G", 2222, strand), record(64)
    target = Target.of_gene(here, window, config, TABLE, "human")
    found = scored([here], [64])
    part = x[list(target.bins)][:, list(target.tracks)].astype(np.float64)
    np.testing.assert_allclose(found.predicted[0], np.log1p(part.mean(axis=0)))


def test_genes_count_where_all_three_bins_are_predicted() -> None:
    region = (LENGTH - BINS * BIN) // 2  # 1,024 to 3,072
    edges = [region + BIN - 1, region + BIN, 3072 - BIN - 1, 3072 - BIN]
    genes = [gene(f"G{at}", at, strand) for at in edges for strand in "+-"]
    found = scored([*genes, gene("away", 2000, contig="chr2")], [0])
    assert sorted(row.gene.symbol for row in found.rows) == ["G1152"] * 2 + ["G2943"] * 2


def test_regions_without_a_strand_are_no_genes() -> None:
    region = Gene("LCR", "chr1", 2000, 2500, ".")
    assert not scored([region], [0]).rows


def test_a_gene_in_several_records_counts_once_from_the_most_central() -> None:
    here = gene("G", 2100)
    for starts in ([0, 128, 512], [512, 0, 128], [128, 512, 0]):
        found = scored([here], starts)
        (row,) = found.rows
        assert row.window.start == 0  # its middle is 2,048
        assert found.seen == 3


def test_ties_go_to_the_first_record() -> None:
    here = gene("G", 2098)  # 50.5 bp from the middle of either window
    for starts in ([0, 101], [101, 0]):
        (row,) = scored([here], starts).rows
        assert row.window.start == 0


def test_correlations_are_scipys_on_log1p() -> None:
    genes = [gene(f"G{i}", 1200 + 150 * i, "+-"[i % 2]) for i in range(10)]
    found = scored(genes, [0])
    across_genes, across_tracks = found.across_genes, found.across_tracks
    for column, r in enumerate(across_genes["pearson"]):
        expected = pearsonr(found.predicted[:, column], found.observed[:, column]).statistic
        assert r == pytest.approx(expected, abs=1e-12)
    for place, row in across_tracks.iterrows():
        expected = pearsonr(found.predicted[place], found.observed[place]).statistic
        assert row["pearson"] == pytest.approx(expected, abs=1e-12)
    assert across_genes["genes"].tolist() == [10] * 4
    assert across_tracks["samples"].tolist() == [4] * 10
    assert sorted(across_tracks["gene"]) == sorted(g.symbol for g in genes)


def test_depth_alone_raises_across_tracks_but_not_centred() -> None:
    """A model that knows only how deep each sample is."""
    genes = [gene(f"G{i}", 1200 + 15 * i) for i in range(100)]
    depth = np.array([1, 1, 1, 10, 100, 100, 1000, 1000], np.float32)
    random = np.random.default_rng(0)
    table = GeneTable(SAMPLES, GeneIndex(genes), BIN)
    x, y = (depth * random.gamma(5, 0.2, (BINS, 8)).astype(np.float32) for _ in range(2))
    table.update(Interval("chr1", 0, LENGTH), x, y)
    found = table.compute().across_tracks
    assert found["pearson"].min() > 0.9
    assert abs(found["centred"].mean()) < 0.5


def test_constant_or_few_is_named_and_has_no_correlation() -> None:
    table = GeneTable(SAMPLES, GeneIndex([gene("A", 1500), gene("B", 2500)]), BIN)
    window, x, y = record(0)
    y[:] = 3
    table.update(window, x, y)
    found = table.compute()
    assert found.across_genes["not_scored"].tolist() == ["fewer than 3 points"] * 4
    assert found.across_tracks["not_scored"].tolist() == ["constant observation"] * 2
    assert found.across_genes["pearson"].isna().all()
    assert found.across_tracks["pearson"].isna().all()


@settings(max_examples=20)
@given(st.permutations([0, 300, 600, 1500, 9000]), st.integers(0, 5))
def test_any_split_and_order_gives_one_pass(order: list[int], cut: int) -> None:
    genes = [gene(f"G{at}", at, "+-"[at % 2]) for at in range(1100, 12_000, 377)]
    one, other = (GeneTable(SAMPLES, GeneIndex(genes), BIN) for _ in range(2))
    for table, starts in ((one, order[:cut]), (other, order[cut:])):
        for start in starts:
            table.update(*record(start))
    other.merge(one)
    whole, merged = scored(genes, [0, 300, 600, 1500, 9000]), other.compute()
    pd.testing.assert_frame_equal(merged.across_tracks, whole.across_tracks)
    pd.testing.assert_frame_equal(merged.across_genes, whole.across_genes)
    assert merged.seen == whole.seen
