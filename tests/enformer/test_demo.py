import hashlib
import re

import pytest

from enformer.coordinates import Interval
from enformer.demo import DemoGenome, demo_elements, demo_genes, demo_reading
from enformer.sequence import reverse_complement

SHA256 = {
    "demo1": "84efc47d6ebebd4e70f10282d017c0c753cb08d76acb2c6049595c13cb77fab9",
    "demo2": "46cbfec18823807bcc275e3e637f9a13f2bcda2f669691429b8b27ac70f03dd5",
}


def whole(contig: str) -> str:
    genome = DemoGenome()
    return genome.fetch(Interval(contig, 0, genome.length(contig)))


def upstream(contig: str, tss: int, strand: str, length: int) -> str:
    """Bases before the start of transcription, read in the gene's direction."""
    if strand == "+":
        return DemoGenome().fetch(Interval(contig, tss - length, tss))
    return reverse_complement(DemoGenome().fetch(Interval(contig, tss + 1, tss + 1 + length)))


@pytest.mark.parametrize(("contig", "expected"), SHA256.items())
def test_the_sequence_is_the_same_with_every_version_of_numpy(contig: str, expected: str):
    assert hashlib.sha256(whole(contig).encode()).hexdigest() == expected


def test_it_names_itself():
    genome = DemoGenome()
    assert genome.assembly == "demo"
    assert re.fullmatch(r"demo:[0-9a-f]{16}", genome.identity)
    assert genome.identity == DemoGenome().identity
    assert dict(genome.contigs) == {"demo1": 600_000, "demo2": 300_000}
    assert "synthetic" in genome.description


def test_every_gene_lies_on_its_contig_with_ordered_exons():
    genes = demo_genes().genes
    transcribed = [gene for gene in genes if gene.strand != "."]
    assert len(transcribed) == 20
    assert {gene.strand for gene in transcribed} == {"+", "-"}
    for gene in transcribed:
        edges = [edge for exon in gene.exons for edge in exon]
        assert edges == sorted(set(edges))
        assert (gene.start, gene.end) == (edges[0], edges[-1])
        assert 0 <= gene.start < gene.end <= DemoGenome().length(gene.contig)
        assert gene.coding is not None
        assert gene.exons[0][0] < gene.coding[0] < gene.exons[0][1]
        assert gene.exons[-1][0] < gene.coding[1] < gene.exons[-1][1]


def test_transcripts_start_stop_and_splice_on_their_strand():
    for gene in demo_genes().genes:
        if gene.coding is None:
            continue
        introns = zip(gene.exons, gene.exons[1:], strict=False)
        pieces = [(gene.coding[0], gene.coding[1]), *((a[1], b[0]) for a, b in introns)]
        texts = [DemoGenome().fetch(Interval(gene.contig, *piece)) for piece in pieces]
        if gene.strand == "-":
            texts = [reverse_complement(text) for text in texts]
        assert texts[0].startswith("ATG")
        assert texts[0].endswith("TAA")
        assert all(text.startswith("GT") and text.endswith("AG") for text in texts[1:])


def test_promoters_hold_their_motifs_in_the_genes_direction():
    for gene in demo_genes().genes:
        if gene.strand == ".":
            continue
        before = upstream(gene.contig, gene.tss, gene.strand, 200)
        motif = "[CG]TATA[AT]A" if gene.symbol.startswith("DGB") else "[CT]GCGCA[CT]GCGC"
        assert re.search(motif, before), gene.symbol


def test_islands_are_rich_in_cpg_and_the_background_is_poor():
    text = whole("demo1")
    islands = "".join(
        DemoGenome().fetch(element.interval)
        for element in demo_elements()
        if element.kind == "promoter" and element.name.startswith("DEMO")
    )

    def observed_over_expected(dna: str) -> float:
        return dna.count("CG") * len(dna) / (dna.count("C") * dna.count("G"))

    assert observed_over_expected(text) < 0.35
    assert observed_over_expected(islands) > 0.75
    assert 0.38 < (text.count("G") + text.count("C")) / len(text) < 0.44


def test_the_cluster_has_its_control_region_10_to_60_kb_upstream_of_every_gene():
    index = demo_genes()
    sites = [index.search(f"DLCR-HS{i}")[0] for i in range(1, 6)]
    for number in range(1, 6):
        (gene,) = index.search(f"DGB{number}")
        assert gene.strand == "-"
        for site in sites:
            assert 10_000 <= site.start - gene.tss <= 60_000
    (region,) = index.search("dlcr")
    assert region.interval.contains(sites[0].interval)
    assert region.interval.contains(sites[4].interval)


def test_the_grammar_reads_every_gene_and_every_element():
    for contig in DemoGenome().contigs:
        reading = demo_reading(contig)
        genes = {gene.tss for gene in demo_genes().genes if gene.contig == contig and gene.coding}
        assert set(reading.promoters["tss"]) == genes
        elements = [element for element in demo_elements() if element.interval.contig == contig]
        enhancers = [e.interval for e in elements if e.kind == "enhancer"]
        found = reading.enhancers[["start", "end"]].itertuples(index=False)
        assert all(
            any(e.start <= start and end <= e.end for e in enhancers) for start, end in found
        )
        assert len(reading.enhancers) == len(enhancers)
        walls = sum(element.kind == "insulator" for element in elements)
        assert len(reading.walls) == walls


def test_the_control_region_drives_the_cluster_and_its_strong_neighbours_do_not():
    reading = demo_reading("demo1")
    (first,) = demo_genes().search("DGB1")
    promoter = reading.promoters.index[reading.promoters["tss"] == first.tss].item()
    links = reading.links().query("promoter == @promoter")
    linked = reading.enhancers.loc[links["enhancer"]]
    assert len(linked) == 5
    assert linked["start"].between(340_600, 358_700).all()
    without = reading.cage(["liver"])[promoter, 0]
    assert reading.cage(["blood"])[promoter, 0] > 10 * without


def test_a_published_window_around_the_cluster_needs_no_padding():
    (gene,) = demo_genes().search("DGB3")
    assert DemoGenome().padding(gene.interval.resize(196_608)) == (0, 0)
