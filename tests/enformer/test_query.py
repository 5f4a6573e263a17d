import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enformer.config import OFFICIAL
from enformer.coordinates import Interval, Variant
from enformer.errors import EnformerLensError, GenomeError, QueryError
from enformer.genes import Gene, GeneIndex, GeneSource, VariantLookup
from enformer.genome import Genome, open_genome
from enformer.query import LONGEST_TEXT, parse_query

DNA = "ACGTACGTACGTACGTACGTACGT"
SEQUENCES = {"chr11": "GATTACAGGGATCCTTACGT" * 500, "chr2": "CA" * 1000, "chrM": "ACGT" * 50}
GENES = GeneIndex(
    [
        Gene("HBB", "chr11", 1000, 1600, "-", "ENSG00000244734", ("beta-globin", "CD113t-C")),
        Gene("HBA1", "2", 100, 200, "+", "ENSG00000206172", ("HBA",)),
        Gene("HBA2", "2", 300, 400, "+", "ENSG00000188536", ("HBA",)),
        Gene("TWIN", "chr11", 10, 20, "+"),
        Gene("TWIN", "chr2", 10, 20, "+"),
        Gene("FAR", "chr7", 10, 20, "+"),
        Gene("BEYOND", "chr2", 1990, 2010, "+"),
        Gene("NKX2-5", "chr11", 5000, 5100, "+"),
        Gene("LCR", "chr11", 6000, 7000, "."),
    ],
    transcripts={"ENST00000335295": Gene("HBB", "chr11", 1000, 1600, "-", "ENSG00000244734")},
)


class Known(VariantLookup):
    """A lookup that knows what it is given, as an offline table would."""

    def __init__(self, known: dict[str, Variant]) -> None:
        self.known = known

    def find(self, text: str) -> Variant:
        if text not in self.known:
            raise QueryError("No such variant.", read=text)
        return self.known[text]


@pytest.fixture(scope="module")
def genome(tmp_path_factory: pytest.TempPathFactory) -> Genome:
    path: Path = tmp_path_factory.mktemp("genome") / "toy.fa"
    path.write_text("".join(f">{name}\n{bases}\n" for name, bases in SEQUENCES.items()))
    return open_genome(path)


@pytest.fixture(scope="module")
def globin(shared_data: Path) -> Genome:
    return open_genome(shared_data / "hg38/hg38_partial.fa.gz")


@pytest.mark.parametrize(
    ("text", "kind", "name", "place", "focus"),
    [
        ("chr11:1,001-2,000", "locus", "chr11:1,001-2,000", ("chr11", 1000, 2000), 1500),
        ("11 1001 2000", "locus", "chr11:1,001-2,000", ("chr11", 1000, 2000), 1500),
        ("chr11:50", "position", "chr11:50", ("chr11", 49, 50), 49),
        ("MT:5-9", "locus", "chrM:5-9", ("chrM", 4, 9), 6),
        ("HBB", "gene", "HBB", ("chr11", 1000, 1600), 1599),
        ("hbb", "gene", "HBB", ("chr11", 1000, 1600), 1599),
        ("beta-globin", "gene", "HBB", ("chr11", 1000, 1600), 1599),
        ("ENSG00000244734.5", "gene", "HBB", ("chr11", 1000, 1600), 1599),
        ("ENST00000335295", "gene", "HBB", ("chr11", 1000, 1600), 1599),
        ("HBA1", "gene", "HBA1", ("chr2", 100, 200), 100),
        ("NKX2-5", "gene", "NKX2-5", ("chr11", 5000, 5100), 5000),
        ("LCR", "gene", "LCR", ("chr11", 6000, 7000), 6000),
        ("chr11:3:T>A", "variant", "chr11:3 T>A", ("chr11", 2, 3), 2),
        ("11-3-T-A", "variant", "chr11:3 T>A", ("chr11", 2, 3), 2),
        ("chr11 3 . T A . PASS", "variant", "chr11:3 T>A", ("chr11", 2, 3), 2),
        ("NC_000011.10:g.3T>A", "variant", "chr11:3 T>A", ("chr11", 2, 3), 2),
        ("NC_000011.10:2:T:A", "variant", "chr11:3 T>A", ("chr11", 2, 3), 2),
        ("chr2:g.1999_2000del", "variant", "chr2:1 CAC>C", ("chr2", 0, 3), 0),
        ("rs7", "rsid", "rs7", ("chr11", 2, 3), 2),
        ("RS7", "rsid", "rs7", ("chr11", 2, 3), 2),
        ("NM_1.5(HBB):c.20A>T (p.Glu7Val)", "rsid", "NM_1.5:c.20A>T", ("chr11", 2, 3), 2),
        ("HBB:p.Glu7Val", "rsid", "HBB:p.Glu7Val", ("chr11", 2, 3), 2),
        ("NG_000007.3:g.70614A>T", "rsid", "NG_000007.3:g.70614A>T", ("chr11", 2, 3), 2),
    ],
)
def test_what_is_read(
    genome: Genome, text: str, kind: str, name: str, place: tuple[str, int, int], focus: int
) -> None:
    variant = Variant("11", 3, "T", "A")
    names = ("rs7", "NM_1.5:c.20A>T", "HBB:p.Glu7Val", "NG_000007.3:g.70614A>T")
    query = parse_query(text, genome, GENES, Known(dict.fromkeys(names, variant)))
    assert (query.kind, query.name, query.text) == (kind, name, text)
    assert query.interval == Interval(*place)
    assert query.focus == focus
    assert (query.variant is not None) == (kind in ("variant", "rsid"))
    assert (query.gene is not None) == (kind == "gene")


@pytest.mark.parametrize(
    "text", [DNA, f">my region\n{DNA}", f"{DNA[:12]}\n{DNA[12:]}\n", DNA.lower().replace("t", "u")]
)
def test_sequences(genome: Genome, text: str) -> None:
    query = parse_query(text, genome, GENES)
    assert query.kind == "sequence"
    assert query.sequence == DNA
    assert query.interval is None
    assert query.focus == 12
    assert "sequence of 24 bp" in query.echo(OFFICIAL, genome)
    assert ("read as T" in query.echo()) == ("u" in text)


def test_without_a_genome_names_are_those_of_ucsc_and_ref_is_not_checked() -> None:
    query = parse_query("11:5227002:T:A")
    assert query.variant == Variant("chr11", 5_227_002, "T", "A")
    assert "not checked" in query.echo()
    assert parse_query("X:5-9").interval == Interval("chrX", 4, 9)
    with pytest.raises(QueryError, match="only the genome"):
        parse_query("NC_000011.10:g.5del")


@pytest.mark.parametrize(
    ("text", "error", "reason", "example"),
    [
        ("", QueryError, "Nothing was typed", "chr11:5,001-5,002"),
        ("#CHROM\tPOS\tID", QueryError, "Nothing was typed", None),
        ("chr11:9,990-20,000", QueryError, "ends at 10,000", "chr11:9,990-10,000"),
        ("chr11:20,000", QueryError, "ends at 10,000", "chr11:1-10,000"),
        ("chr9:5-9", GenomeError, "no such contig", None),
        ("chr11", QueryError, "whole contig of 10,000", "chr11:5,001"),
        ("11", QueryError, "whole contig of 10,000", "chr11:5,001"),
        ("chr11:3:A>T", QueryError, "swap", "chr11:3:T>A"),
        ("chr11 5 9 peak 0 +", QueryError, "BED", "chr11:6-9"),
        ("HBBB", QueryError, "Is it one of these", "HBB"),
        ("QQQQQQ", QueryError, "Check the spelling", None),
        ("GATTACA", QueryError, "at least 20 letters", None),
        ("TWIN", QueryError, "Pick one", "chr11:11-20"),
        ("HBA", QueryError, "Pick one", "HBA1"),
        ("FAR", GenomeError, "no such contig", None),
        ("BEYOND", QueryError, "ends at 2,000", "chr2:1,991-2,000"),
        ("rs7", QueryError, "no service", None),
        ("HBB:c.20A>T", QueryError, "no service", None),
        ("HBB\nHBA1", QueryError, "more than one", "HBB"),
        ("chr11 3 . T A\nchr11 4 . T A", QueryError, "more than one", "chr11 3 . T A"),
        ("what is this?", QueryError, "no locus, gene", None),
        ("chr11:1-5 hg19", QueryError, "LiftOver", None),
        ("HBB hg19", QueryError, "LiftOver", None),
        (DNA + "!" + DNA, QueryError, "cannot be read as bases", DNA),
        ("A" * (LONGEST_TEXT + 1), QueryError, "no window holds", None),
    ],
)
def test_refusals(
    genome: Genome, text: str, error: type[Exception], reason: str, example: str | None
) -> None:
    with pytest.raises(error, match=reason) as caught:
        parse_query(text, genome, GENES)
    assert isinstance(caught.value, EnformerLensError)
    if example is not None and text:
        assert caught.value.example == example
    # What is offered works, on this genome too.
    for offered in caught.value.choices or (caught.value.example,):
        parse_query(offered, genome, GENES)


def test_without_genes_it_says_so(genome: Genome) -> None:
    with pytest.raises(QueryError, match="no list of genes"):
        parse_query("HBB", genome)


@pytest.mark.parametrize("mark", ["hg38", "GRCh38", "mm10"])
def test_a_genome_of_unknown_assembly_accepts_those_that_are_supported(
    genome: Genome, mark: str
) -> None:
    assert parse_query(f"chr11:5-9 {mark}", genome).interval == Interval("chr11", 4, 9)


def test_a_named_assembly_must_be_the_one_in_use(globin: Genome) -> None:
    assert parse_query("GRCh38:11:5227002", globin).kind == "position"
    for text in ("mm10 chr1:5-9", "NC_000067.6:5-9", "NC_000011.9:g.5227002T>A", "chr1_5_A_T_b37"):
        with pytest.raises(QueryError, match="hg38 is in use"):
            parse_query(text, globin)


@pytest.mark.parametrize(
    "text",
    [
        "chr11:5227002:T>A",
        "11-5227002-T-A",
        "NC_000011.10:g.5227002T>A",
        "NC_000011.10:5227001:T:A",
        "chr11_5227002_T_A_b38",
        "chr11\t5227002\trs334\tT\tA\t.\t.\tCLNSIG=5",
    ],
)
def test_the_sickle_cell_variant_on_the_real_genome(globin: Genome, text: str) -> None:
    query = parse_query(text, globin)
    assert query.variant == Variant("chr11", 5_227_002, "T", "A")
    assert query.echo(OFFICIAL, globin).startswith(
        "Read as the variant chr11:5,227,002 T>A: chr11:5,227,002-5,227,002 (1-based), "
        "[5227001, 5227002) 0-based half-open, 1 bp of hg38."
    )


def test_real_genes(globin: Genome, shared_data: Path) -> None:
    genes = GeneIndex.read(shared_data / "hg38/beta_globin_genes.bed")
    query = parse_query("HBB", globin, genes)
    assert query.interval == Interval("chr11", 5_225_463, 5_227_071)
    assert query.focus == 5_227_070


def refusal(text: str, genome: Genome) -> str:
    try:
        assert parse_query(text, genome).kind == "variant"
    except EnformerLensError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    "name", ["bcftools_norm_messy.vcf", "gatk_triple_allele.vcf", "gatk_multi-allelic.vcf"]
)
def test_rows_of_messy_vcfs_are_refused_for_a_reason(
    globin: Genome, shared_data: Path, name: str
) -> None:
    reasons = (
        "more than one", "earlier deletion", "no allele", "ALT is missing", "no such contig",
        "REF is", "unknown bases",
    )  # fmt: skip
    rows = (shared_data / "vcf" / name).read_text().splitlines()
    said = [refusal(row, globin) for row in [row for row in rows if row[0] != "#"][:100]]
    assert any(said)
    for each in filter(None, said):
        assert any(reason in each for reason in reasons), each


def test_a_gene_source_that_fails_is_heard(genome: Genome) -> None:
    class Silent(GeneSource):
        def search(self, text: str) -> list[Gene]:
            raise GenomeError("The service does not answer.")

        def suggest(self, text: str) -> list[str]:
            return []

        def overlapping(self, interval: Interval) -> list[Gene]:
            return []

    with pytest.raises(GenomeError, match="does not answer"):
        parse_query("HBB", genome, Silent())


PIECES = st.sampled_from(
    ["chr11", "11", "chr2", "NC_000011.10", "NC_000011", "X", "HBB", "rs7", "ENSG1", ":", "-", "_", " ",
     "\t", "\n", "..", "g.", "c.", "p.", "m.", "1", "3", "10,000", "0", "99999999999", "T", "A", "GATT",
     "N", ">", "/", ",", "del", "ins", "dup", "inv", "=", "*", ".", "<DEL>", "(", ")", "hg19", "b38",
     "hg38", "#", ";", "+", "٣", "\x00", "\ud800", "\u2028", "é", DNA]
)  # fmt: skip


@given(st.lists(PIECES, max_size=9).map("".join) | st.text())
def test_no_text_raises_anything_but_our_own_error(genome: Genome, text: str) -> None:
    lookup = Known({"rs7": Variant("11", 3, "T", "A")})
    for sources in ((), (genome, GENES, lookup)):
        with suppress(EnformerLensError):
            query = parse_query(text, *sources)
            assert query.echo(OFFICIAL, genome if sources else None)
            assert query.name.isprintable()
            if query.interval is not None and sources:
                assert 0 <= query.interval.start < query.interval.end


@given(st.lists(PIECES, max_size=9).map("".join))
def test_what_is_offered_can_be_read(genome: Genome, text: str) -> None:
    """Unless the genome itself has no such place, which the second answer then says."""
    try:
        parse_query(text, genome, GENES)
    except EnformerLensError as error:
        if error.choices:
            return
        with suppress(GenomeError):
            parse_query(error.example, genome, GENES)


@pytest.mark.parametrize(
    "unit", ["A", "1", " ", "\n", ":", "1-1A-", "chr1:1A>", ">", "c.1(", "(", "A1 "]
)
def test_long_text_is_answered_quickly(genome: Genome, unit: str) -> None:
    text = unit * (500_000 // len(unit))
    started = time.perf_counter()
    with suppress(EnformerLensError):
        parse_query(text, genome, GENES)
    assert time.perf_counter() - started < 5
