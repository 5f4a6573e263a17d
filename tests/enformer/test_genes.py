import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enformer.coordinates import Interval
from enformer.errors import GenomeError
from enformer.genes import ChainedGenes, Gene, GeneIndex, GeneSource, as_strand, unversioned

DGB1 = Gene(
    "DGB1", "chr11", 100, 200, "-", gene_id="ENSG00000000011.7", aliases=("OLDNAME", "beta-demo"),
    exons=((100, 120), (150, 200)), coding=(110, 190),
)  # fmt: skip
DGB2 = Gene("DGB2", "chr11", 150, 300, "+", gene_id="ENSG00000000012", aliases=("DGB1",))
FAR = Gene("Far", "X", 0, 10, ".")
INDEX = GeneIndex([DGB2, DGB1, FAR], transcripts={"ENST00000000091.2": DGB2})


class Silent(GeneSource):
    """A service that does not answer."""

    def search(self, text: str) -> list[Gene]:
        raise GenomeError("Nobody there.")

    def suggest(self, text: str) -> list[str]:
        return []

    def overlapping(self, interval: Interval) -> list[Gene]:
        raise GenomeError("Nobody there.")


def test_transcription_starts_at_the_five_prime_end():
    assert (DGB1.tss, DGB2.tss, FAR.tss) == (199, 150, 0)
    assert DGB1.interval == Interval("chr11", 100, 200)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("DGB1", [DGB1]),
        ("dgb1", [DGB1]),
        (" dgb2 ", [DGB2]),
        ("oldname", [DGB1]),
        ("Beta-Demo", [DGB1]),
        ("ENSG00000000011", [DGB1]),
        ("ensg00000000011.3", [DGB1]),
        ("ENSG00000000012.1", [DGB2]),
        ("ENST00000000091", [DGB2]),
        ("FAR", [FAR]),
        ("", []),
        ("DGB", []),
        ("ENSG", []),
    ],
)
def test_search_knows_symbols_then_aliases_then_identifiers(text: str, expected: list[Gene]):
    assert INDEX.search(text) == expected


def test_suggestions_begin_alike_or_look_alike():
    assert INDEX.suggest("DGB") == ["DGB1", "DGB2"]
    assert INDEX.suggest("dbg2")[0] == "DGB2"
    assert INDEX.suggest("fra") == ["Far"]
    assert INDEX.suggest("") == INDEX.suggest("qqqqqq") == []


@pytest.mark.parametrize(
    ("identifier", "plain"),
    [
        ("ensg00000000011.7", "ENSG00000000011"),
        ("ENSG00000000011.7_PAR_Y", "ENSG00000000011"),
        ("NM_000518.5", "NM_000518"),
        ("AC004.1B", "AC004.1B"),
        ("", ""),
    ],
)
def test_versions_do_not_matter(identifier: str, plain: str):
    assert unversioned(identifier) == plain


@pytest.mark.parametrize("contig", ["chr11", "11", "NC_000011.10"])
def test_overlapping_is_by_any_name_of_the_contig_and_by_start(contig: str):
    assert INDEX.overlapping(Interval(contig, 0, 1_000)) == [DGB1, DGB2]
    assert INDEX.overlapping(Interval(contig, 199, 200)) == [DGB1, DGB2]
    assert INDEX.overlapping(Interval(contig, 200, 201)) == [DGB2]
    assert INDEX.overlapping(Interval(contig, 0, 100)) == []


def test_a_contig_without_genes_has_none():
    assert INDEX.overlapping(Interval("chr5", 0, 1_000)) == []
    assert GeneIndex([]).overlapping(Interval("chr5", 0, 1_000)) == []


@given(st.integers(0, 2_000), st.integers(1, 500), st.randoms(use_true_random=False))
def test_overlapping_is_what_brute_force_finds(start: int, length: int, numbers: random.Random):
    spans = [(at, at + numbers.randint(1, 300)) for at in numbers.choices(range(2_000), k=40)]
    genes = [Gene(f"G{i}", "1", *span, "+") for i, span in enumerate(spans)]
    found = GeneIndex(genes).overlapping(Interval("chr1", start, start + length))
    expected = {g for g in genes if not (g.end <= start or g.start >= start + length)}
    assert set(found) == expected
    assert [gene.start for gene in found] == sorted(gene.start for gene in found)


def test_strands_are_three():
    assert [as_strand(text) for text in ("+", "-", ".", "?", "")] == ["+", "-", ".", ".", "."]


def test_a_chain_takes_the_first_that_knows_and_asks_no_further():
    other = Gene("DGB1", "chr2", 5, 6, "+")
    assert ChainedGenes([INDEX, Silent()]).search("dgb1") == [DGB1]
    assert ChainedGenes([GeneIndex([other]), INDEX]).search("dgb1") == [other]
    assert ChainedGenes([GeneIndex([other]), INDEX]).search("far") == [FAR]
    assert ChainedGenes([INDEX]).search("nothing") == []
    with pytest.raises(GenomeError, match="Nobody"):
        ChainedGenes([INDEX, Silent()]).search("nothing")


def test_a_chain_draws_each_symbol_once_from_the_first_that_has_it():
    same = Gene("dgb2", "chr11", 151, 299, "+")
    more = Gene("NEW", "chr11", 10, 20, "+")
    chain = ChainedGenes([INDEX, GeneIndex([same, more])])
    assert chain.overlapping(Interval("chr11", 0, 1_000)) == [more, DGB1, DGB2]
    assert chain.suggest("DGB") == ["DGB1", "DGB2"]


def test_a_silent_source_does_not_take_the_others_genes_away(caplog: pytest.LogCaptureFixture):
    chain = ChainedGenes([Silent(), INDEX])
    assert chain.overlapping(Interval("chr11", 0, 1_000)) == [DGB1, DGB2]
    assert "Nobody there" in caplog.text
    with pytest.raises(GenomeError, match="Nobody"):
        chain.overlapping(Interval("chr5", 0, 1_000))


def test_all_human_genes_are_read_and_searched(shared_data: Path):
    index = GeneIndex.read(shared_data / "hg38" / "gene_bounds.bed")
    assert len(index.genes) == 20_667
    (hbb,) = index.search("hbb")
    assert (hbb.gene_id, hbb.strand, hbb.tss) == ("ENSG00000244734", "-", 5_227_070)
    assert index.search("ENSG00000244734.4") == [hbb]
    assert "BRCA1" in index.suggest("BRAC1")
    near = [gene.symbol for gene in index.overlapping(Interval("11", 5_225_000, 5_270_000))]
    assert near == ["HBB", "HBD", "BGLT3", "HBG1", "HBG2", "HBE1"]


def test_the_globin_genes_have_exons_that_start_with_a_start_codon(shared_data: Path):
    from enformer.genome import open_genome
    from enformer.sequence import reverse_complement

    genome = open_genome(shared_data / "hg38" / "hg38_partial.fa.gz")
    index = GeneIndex.read(shared_data / "hg38" / "beta_globin_genes.bed")
    assert [gene.symbol for gene in index.genes] == ["HBB", "HBD", "HBG1", "HBG2", "HBE1"]
    for gene in index.genes:
        assert len(gene.exons) == 3
        assert gene.coding is not None
        codon = genome.fetch(Interval(gene.contig, gene.coding[1] - 3, gene.coding[1]))
        assert reverse_complement(codon) == "ATG"
