"""The shapes are those of Ensembl's lookup, xrefs and overlap, and of UCSC's search and genePred tracks."""

import pytest

from enformer.coordinates import Interval
from enformer.errors import GenomeError
from enformer.genes import Gene
from enformer.remote_genes import RemoteGenes


def exon(start: int, end: int) -> dict[str, object]:
    return {
        "id": f"ENSE{start:011d}", "object_type": "Exon", "assembly_name": "GRCh38", "db_type": "core",
        "seq_region_name": "11", "species": "homo_sapiens", "start": start, "end": end, "strand": -1,
        "version": 1,
    }  # fmt: skip


MANE = {
    "id": "ENST00000000002", "Parent": "ENSG00000000001", "object_type": "Transcript", "start": 101,
    "end": 200, "strand": -1, "is_canonical": 0, "biotype": "protein_coding", "version": 4,
    "Exon": [exon(151, 200), exon(101, 120)],
    "Translation": {"id": "ENSP00000000002", "object_type": "Translation", "start": 111, "end": 190},
    "MANE": [{"type": "MANE_Select", "refseq_match": "NM_000000.1"}],
}  # fmt: skip
CANONICAL = MANE | {
    "id": "ENST00000000001",
    "is_canonical": 1,
    "Exon": [exon(101, 200)],
    "MANE": [],
}
LONGEST = MANE | {"id": "ENST00000000003", "Exon": [exon(101, 250)], "MANE": []}
LOOKUP = {
    "id": "ENSG00000000001", "display_name": "DGB1", "object_type": "Gene", "species": "homo_sapiens",
    "assembly_name": "GRCh38", "seq_region_name": "11", "start": 101, "end": 200, "strand": -1,
    "biotype": "protein_coding", "version": 5, "canonical_transcript": "ENST00000000001.2",
    "Transcript": [LONGEST, CANONICAL, MANE],
}  # fmt: skip
DGB1 = Gene(
    "DGB1", "chr11", 100, 200, "-", gene_id="ENSG00000000001",
    exons=((100, 120), (150, 200)), coding=(110, 190),
)  # fmt: skip


def row(name: str, symbol: str, start: int, end: int, **changed: object) -> dict[str, object]:
    return {
        "bin": 1, "name": name, "chrom": "chr11", "strand": "-", "txStart": start, "txEnd": end,
        "cdsStart": end, "cdsEnd": end, "exonCount": 1, "exonStarts": f"{start},",
        "exonEnds": f"{end},", "score": 0, "name2": symbol, "cdsStartStat": "none",
        "cdsEndStat": "none", "exonFrames": "-1,",
    } | changed  # fmt: skip


ROWS = [
    row("NR_1.1", "DGB1", 90, 210),
    row("NM_1.1", "DGB1", 100, 200, cdsStart=110, cdsEnd=190, exonCount=2,
        exonStarts="100,150,", exonEnds="120,200,"),
    row("NR_2.1", "DEMO2", 500, 900, strand="+"),
    row("NR_3.1", "DGB1", 5_000, 5_100),
]  # fmt: skip
FROM_UCSC = Gene("DGB1", "chr11", 90, 210, "-", exons=DGB1.exons, coding=DGB1.coding)


class Sites:
    """Answers by path; a path without an answer is declined as the real services do."""

    def __init__(self, ensembl, ucsc) -> None:
        self.ensembl, self.ucsc = ensembl, ucsc
        self.lookups: dict[str, object] = {}
        ensembl.answer, ucsc.answer = self._ensembl, self._ucsc

    def _ensembl(self, path: str, query: dict[str, str]) -> object:
        if path in self.lookups:
            return self.lookups[path]
        error = f"No valid lookup found for symbol {path.rsplit('/', 1)[1]}"
        return self.ensembl.reply(status=400, body={"error": error})

    def _ucsc(self, path: str, query: dict[str, str]) -> object:
        if path == "/search":
            names = ["DEMO2 (ENST00000000009.1)", "DGB1 &lt;b&gt; NM_1.1"]
            matches = [{"position": "chr11:101-200", "posName": name} for name in names]
            group = {"name": "knownGene", "trackName": "knownGene", "matches": matches}
            return {"genome": "hg38", "positionMatches": [group]}
        rows = [
            r for r in ROWS if r["txStart"] < int(query["end"]) and int(query["start"]) < r["txEnd"]
        ]
        return {
            "genome": "hg38",
            "track": query["track"],
            "trackType": "genePred",
            query["track"]: rows,
        }

    def break_(self, site) -> None:
        site.answer = lambda path, query: site.reply(status=503)


@pytest.fixture
def sites(first_service, second_service) -> Sites:
    return Sites(first_service, second_service)


@pytest.fixture
def genes(sites: Sites) -> RemoteGenes:
    return RemoteGenes(sites.ucsc.address, sites.ensembl.address, pace=0.0, timeout=2.0)


def test_a_symbol_gives_the_gene_with_its_mane_transcript(genes: RemoteGenes, sites: Sites):
    sites.lookups["/lookup/symbol/homo_sapiens/DGB1"] = LOOKUP
    assert genes.search(" DGB1 ") == [DGB1]
    assert sites.ensembl.asked == [
        "/lookup/symbol/homo_sapiens/DGB1?content-type=application/json&expand=1&mane=1"
    ]


def test_without_mane_the_canonical_then_the_longest_transcript_is_drawn(
    genes: RemoteGenes, sites: Sites
):
    sites.lookups["/lookup/symbol/homo_sapiens/A"] = LOOKUP | {"Transcript": [LONGEST, CANONICAL]}
    sites.lookups["/lookup/symbol/homo_sapiens/B"] = LOOKUP | {
        "Transcript": [LONGEST, CANONICAL | {"is_canonical": 0}]
    }
    assert genes.search("A")[0].exons == ((100, 200),)
    assert genes.search("B")[0].exons == ((100, 250),)


def test_an_alias_is_found_through_cross_references(genes: RemoteGenes, sites: Sites):
    sites.lookups["/xrefs/symbol/homo_sapiens/OLD1"] = [
        {"type": "gene", "id": "LRG_1"},
        {"type": "gene", "id": "ENSG00000000001"},
        {"type": "transcript", "id": "ENST00000000001"},
    ]
    sites.lookups["/lookup/id/ENSG00000000001"] = LOOKUP
    (gene,) = genes.search("OLD1")
    assert gene.symbol == "DGB1"
    assert gene.aliases == ("OLD1",)


@pytest.mark.parametrize("text", ["ENSG00000000001", "ensg00000000001.7", "ENST00000000002"])
def test_an_identifier_is_looked_up_with_or_without_version(
    genes: RemoteGenes, sites: Sites, text: str
):
    sites.lookups["/lookup/id/ENSG00000000001"] = LOOKUP
    sites.lookups["/lookup/id/ENST00000000002"] = MANE
    assert genes.search(text) == [DGB1]


def test_what_nobody_knows_is_not_found(genes: RemoteGenes, sites: Sites):
    sites.lookups["/xrefs/symbol/homo_sapiens/NOBODY"] = []
    assert genes.search("NOBODY") == []
    assert genes.search("ENSG00000000009") == []
    assert genes.suggest("NOBODY") == []


@pytest.mark.parametrize("text", ["", "   ", "../etc", "a b", "DGB1?x=1", "é", "x" * 41])
def test_what_cannot_be_a_symbol_is_never_sent(genes: RemoteGenes, sites: Sites, text: str):
    assert genes.search(text) == []
    assert sites.ensembl.asked == sites.ucsc.asked == []


def test_a_gene_off_the_primary_chromosomes_is_left_out(genes: RemoteGenes, sites: Sites):
    sites.lookups["/lookup/symbol/homo_sapiens/ALT"] = LOOKUP | {
        "seq_region_name": "HSCHR11_1_CTG1"
    }
    sites.lookups["/xrefs/symbol/homo_sapiens/ALT"] = []
    assert genes.search("ALT") == []


def test_a_gene_without_a_name_is_called_by_its_identifier(genes: RemoteGenes, sites: Sites):
    nameless = {key: value for key, value in LOOKUP.items() if key != "display_name"}
    sites.lookups["/lookup/id/ENSG00000000001"] = nameless
    assert genes.search("ENSG00000000001")[0].symbol == "ENSG00000000001"


@pytest.mark.parametrize(
    "wrong", [{"assembly_name": "GRCh37"}, {"start": None}, {"strand": 0}, {"seq_region_name": 11}]
)
def test_where_ensembl_fails_or_is_wrong_ucsc_finds_the_symbol(
    genes: RemoteGenes, sites: Sites, wrong: dict[str, object]
):
    sites.lookups["/lookup/symbol/homo_sapiens/dgb1"] = LOOKUP | wrong
    assert genes.search("dgb1") == [FROM_UCSC]
    sites.break_(sites.ensembl)
    assert genes.search("DGB1") == [FROM_UCSC]


def test_when_both_fail_each_reason_is_given(genes: RemoteGenes, sites: Sites):
    sites.break_(sites.ensembl)
    sites.break_(sites.ucsc)
    with pytest.raises(GenomeError) as refused:
        genes.search("DGB1")
    assert "Ensembl answered with error 503; UCSC answered with error 503" in refused.value.wrong
    assert "gene table" in refused.value.do
    with pytest.raises(GenomeError, match="Read ENSG00000000001"):
        genes.search("ENSG00000000001")
    with pytest.raises(GenomeError, match="Read chr11:1-100"):
        genes.overlapping(Interval("chr11", 0, 100))


def test_a_region_gives_one_transcript_a_gene_and_copies_apart(genes: RemoteGenes):
    found = genes.overlapping(Interval("11", 0, 10_000))
    assert [(gene.symbol, gene.start) for gene in found] == [
        ("DGB1", 90), ("DEMO2", 500), ("DGB1", 5_000)
    ]  # fmt: skip
    assert found[0] == FROM_UCSC
    assert found[1].coding is None
    assert found[1].strand == "+"


def test_only_what_overlaps_is_given_and_neighbours_share_answers(genes: RemoteGenes, sites: Sites):
    assert genes.overlapping(Interval("chr11", 209, 500)) == [FROM_UCSC]
    assert genes.overlapping(Interval("chr11", 210, 500)) == []
    assert sites.ucsc.asked == [
        "/getData/track?genome=hg38&track=ncbiRefSeqCurated&chrom=chr11&start=0&end=262144"
        "&maxItemsOutput=100000"
    ]


def test_a_gene_over_the_edge_of_two_blocks_is_given_once(genes: RemoteGenes, sites: Sites):
    ROWS.append(row("NR_4.1", "EDGE", 262_100, 262_200))
    try:
        (gene,) = genes.overlapping(Interval("chr11", 262_000, 262_300))
    finally:
        ROWS.pop()
    assert gene.symbol == "EDGE"
    assert len(sites.ucsc.asked) == 2


def test_blocks_end_where_the_chromosome_ends(genes: RemoteGenes, sites: Sites):
    genes.overlapping(Interval("chrM", -50, 20_000))
    assert "start=0&end=16569&" in sites.ucsc.asked[0]
    assert genes.overlapping(Interval("chrM", 17_000, 18_000)) == []
    assert genes.overlapping(Interval("chr11_KI270721v1_random", 0, 10)) == []
    assert len(sites.ucsc.asked) == 1


def test_where_ucsc_fails_ensembl_gives_bodies(genes: RemoteGenes, sites: Sites):
    sites.break_(sites.ucsc)
    sites.lookups["/overlap/region/human/MT:1-16569"] = [
        {"feature_type": "gene", "id": "ENSG00000000007", "gene_id": "ENSG00000000007",
         "external_name": "DEMO7", "assembly_name": "GRCh38", "seq_region_name": "MT", "start": 11,
         "end": 20, "strand": 1, "biotype": "protein_coding"},
        {"feature_type": "gene", "id": "ENSG00000000008", "assembly_name": "GRCh38",
         "seq_region_name": "MT", "start": 31, "end": 40, "strand": -1},
    ]  # fmt: skip
    assert genes.overlapping(Interval("MT", 0, 100)) == [
        Gene("DEMO7", "chrM", 10, 20, "+", gene_id="ENSG00000000007"),
        Gene("ENSG00000000008", "chrM", 30, 40, "-", gene_id="ENSG00000000008"),
    ]


def test_a_track_of_another_assembly_is_refused(genes: RemoteGenes, sites: Sites):
    sites.ucsc.answer = lambda path, query: {"genome": "hg19", "ncbiRefSeqCurated": []}
    with pytest.raises(GenomeError, match="it is of hg19"):
        genes.overlapping(Interval("chr11", 0, 100))
