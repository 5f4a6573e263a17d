"""What an effect holds: its table and ranking, scores of genes, predictions; kept and restored."""

from dataclasses import replace

import numpy as np
import pytest

import enformer
from enformer import Interval, TrackTable, Variant
from enformer.coordinates import window_around
from enformer.errors import EnformerLensError
from enformer.genes import Gene
from enformer.provenance import REALIGNED
from interpret import stored
from interpret.realign import realigned
from interpret.scores import SCORES
from interpret.variants import WindowScorer

MIDDLE = 100_000
"""0-based, on the demo genome's first contig."""


@pytest.fixture(scope="module")
def genome():
    return enformer.open_genome("demo")


@pytest.fixture(scope="module")
def contig(genome) -> str:
    return next(iter(genome.contigs))


@pytest.fixture(scope="module")
def scorer(tiny_checkpoint, genome, contig):
    return WindowScorer(
        tiny_checkpoint, genome, window_around(MIDDLE, contig, tiny_checkpoint.config)
    )


@pytest.fixture(scope="module")
def snv(genome, contig) -> Variant:
    ref = genome.fetch(Interval(contig, MIDDLE, MIDDLE + 1))
    return Variant(contig, MIDDLE + 1, ref, "A" if ref != "A" else "C")


@pytest.fixture
def deletion(genome, contig):
    """Of so many bases after the middle one."""

    def deleted(count: int) -> Variant:
        ref = genome.fetch(Interval(contig, MIDDLE, MIDDLE + 1 + count))
        return Variant(contig, MIDDLE + 1, ref, ref[0])

    return deleted


def test_the_table_and_its_ranking(scorer, tiny_checkpoint, snv):
    effect = scorer.score(snv)
    table = effect.table(tiny_checkpoint.tracks)
    assert len(table) == 12
    assert list(table["head"]) == ["human"] * 8 + ["mouse"] * 4
    assert list(table["index"]) == [*range(8), *range(4)]
    assert {"name", "assay", "REF", "ALT", "SAX_bin", *SCORES} <= set(table)
    np.testing.assert_allclose(table["ALT"] - table["REF"], table["SAD"], atol=1e-9)
    sizes = effect.ranked("SAR", n=5)["SAR"].abs()
    assert len(sizes) == 5
    assert sizes.is_monotonic_decreasing
    assert sizes.iloc[0] == np.abs(effect.scores["SAR"]).max()
    assert effect.ranked(by="up")["SAD"].is_monotonic_decreasing
    assert effect.ranked(by="down")["SAD"].is_monotonic_increasing
    with pytest.raises(EnformerLensError, match="no such order"):
        effect.ranked(by="size")


def test_an_effect_can_be_stored(scorer, tiny_checkpoint, deletion):
    effect = scorer.score(deletion(3), keep_predictions=True)
    again = stored.unpack(stored.pack(effect))
    assert again.variants == effect.variants
    assert again.provenance == effect.provenance
    for name in SCORES:
        np.testing.assert_array_equal(again.scores[name], effect.scores[name])
    assert again.predictions(tiny_checkpoint)[1].values.keys() == {"human", "mouse"}
    with pytest.raises(ValueError, match="read-only"):
        effect.scores["SAD"][0] = 1
    with pytest.raises(EnformerLensError, match="Only its scores were kept"):
        replace(effect, values={}).predictions(tiny_checkpoint)


def test_predictions_of_an_effect_say_what_they_are(scorer, tiny_checkpoint, deletion):
    """ALT was put back over the reference's bases once, and is not again; REF has no variant."""
    variant = deletion(300)
    ref, alt = scorer.score(variant, keep_predictions=True).predictions(tiny_checkpoint)
    assert (ref.variant, ref.provenance.variant) == (None, None)
    assert alt.variant == alt.provenance.variant == variant
    assert realigned(alt) is alt
    assert not ref.provenance.options.get(REALIGNED)


def test_genes_are_scored_on_cage_of_their_strand(scorer, tiny_checkpoint, contig, snv):
    plus = Gene("plus", contig, MIDDLE + 1000, MIDDLE + 9000, "+")
    minus = Gene("minus", "1" if contig == "chr1" else contig, MIDDLE - 9000, MIDDLE - 1000, "-")
    outside = Gene("outside", contig, MIDDLE - 9000, MIDDLE + 9000, "+")
    effect = scorer.score(snv, [plus, minus, outside], keep_predictions=True)
    assert effect.genes == ("plus", "minus")
    assert effect.gene_tss == (plus.tss, minus.tss)
    frame = tiny_checkpoint.tracks.frame
    for row, gene in enumerate((plus, minus)):
        scored = (frame["assay"] == "CAGE") & (frame["strand"] == gene.strand)
        np.testing.assert_array_equal(~np.isnan(effect.gene_scores[row]), scored)
        middle = (gene.tss - effect.region.start) // 128
        ref, alt = (
            effect.values[f"{a}/human"][middle - 1 : middle + 2].astype(float).sum(0)
            for a in ("REF", "ALT")
        )
        want = np.log2((alt + 1) / (ref + 1))
        got = effect.gene_scores[row][:8]
        np.testing.assert_allclose(got[~np.isnan(got)], want[~np.isnan(got)], rtol=1e-6, atol=1e-9)
    rows = effect.gene_table()
    assert set(rows["gene"]) == {"plus", "minus"}
    assert set(rows["tss"]) == {plus.tss + 1, minus.tss + 1}


def test_a_gene_whose_tss_is_deleted_has_no_score(scorer, contig, deletion):
    gene = Gene("gone", contig, MIDDLE + 300, MIDDLE + 9000, "+")
    effect = scorer.score(deletion(800), [gene])
    assert effect.genes == ("gone",)
    assert np.isnan(effect.gene_scores).all()


def test_a_gene_of_a_strand_without_cage_has_no_score(tiny_checkpoint, genome, contig, snv):
    """And does not keep others from theirs."""
    tables = []
    for head, count in tiny_checkpoint.config.heads.items():
        rows = tiny_checkpoint.tracks.of_head(head).frame[["identifier", "description"]].copy()
        rows["description"] = ["CAGE:K562"] + ["DNASE:K562"] * (count - 1)
        rows["strand"] = ["+"] + ["."] * (count - 1)
        tables.append(TrackTable.from_rows(rows, head))
    checkpoint = replace(tiny_checkpoint, tracks=TrackTable.concat(tables))
    window = window_around(MIDDLE, contig, checkpoint.config)
    genes = [
        Gene("plus", contig, MIDDLE + 1000, MIDDLE + 9000, "+"),
        Gene("minus", contig, MIDDLE - 9000, MIDDLE - 1000, "-"),
    ]
    effect = WindowScorer(checkpoint, genome, window, ("human",)).score(snv, genes)
    assert np.isfinite(effect.gene_scores[:, 0]).tolist() == [True, False]
