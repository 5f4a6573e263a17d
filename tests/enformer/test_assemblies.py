import pytest

from enformer.assemblies import (
    ACCESSIONS,
    SUPPORTED,
    accession_of,
    assembly_marks,
    canonical_assembly,
    chromosomes,
    ucsc_name,
    without_marks,
)


@pytest.mark.parametrize(
    ("accession", "expected"),
    [
        ("NC_000001.11", [("hg38", "chr1")]),
        ("NC_000011.10", [("hg38", "chr11")]),
        ("nc_000011.10", [("hg38", "chr11")]),
        ("NC_000014.9", [("hg38", "chr14")]),
        ("NC_000023.11", [("hg38", "chrX")]),
        ("NC_000024.10", [("hg38", "chrY")]),
        ("NC_000011.9", [("hg19", "chr11")]),
        ("NC_000021.8", [("hg19", "chr21")]),
        ("NC_060925.1", [("hs1", "chr1")]),
        ("NC_060948.1", [("hs1", "chrY")]),
        ("NC_000067.6", [("mm10", "chr1")]),
        ("NC_000068.7", [("mm10", "chr2")]),
        ("NC_000087.7", [("mm10", "chrY")]),
        ("NC_000068.8", [("mm39", "chr2")]),
        ("NC_000086.8", [("mm39", "chrX")]),
        ("NC_005089.1", [("mm10", "chrM"), ("mm39", "chrM")]),
        ("NC_012920.1", [("hg38", "chrM"), ("hg19", "chrM"), ("hs1", "chrM")]),
        ("NC_000011.77", []),
        ("NM_000518.5", []),
    ],
)
def test_chromosome_of_an_accession(accession: str, expected: list) -> None:
    assert chromosomes(accession) == expected


def test_no_nuclear_accession_belongs_to_two_assemblies() -> None:
    names = [name for table in ACCESSIONS.values() for name, to in table.items() if to != "chrM"]
    assert len(names) == len(set(names)) == 3 * 24 + 2 * 21


@pytest.mark.parametrize("assembly", SUPPORTED)
def test_accession_of_inverts_chromosomes(assembly: str) -> None:
    for accession, contig in ACCESSIONS[assembly].items():
        assert accession_of(assembly, contig) == accession
    assert accession_of(assembly, "chrUn") is None


@pytest.mark.parametrize(
    ("typed", "name"),
    [("11", "chr11"), ("chr11", "chr11"), ("CHR11", "chr11"), ("01", "chr1"), ("x", "chrX"),
     ("MT", "chrM"), ("chrMT", "chrM"), ("XVI", "XVI"), ("HBB", "HBB"), ("chr1_random", "chr1_random"),
     ("٣", "٣")],
)  # fmt: skip
def test_ucsc_name(typed: str, name: str) -> None:
    assert ucsc_name(typed) == name
    assert ucsc_name(name) == name


@pytest.mark.parametrize(
    ("text", "marks", "rest"),
    [
        ("chr11_5227002_T_A_b38", ["hg38"], "chr11_5227002_T_A"),
        ("chr11_5227002_T_A_b37", ["hg19"], "chr11_5227002_T_A"),
        ("chr11:1-5, hg19", ["hg19"], "chr11:1-5"),
        ("chr11:1-5 (GRCh37.p13)", ["hg19"], "chr11:1-5"),
        ("GRCh38:11:1-5", ["hg38"], "11:1-5"),
        ("hg38 chr11:1-5", ["hg38"], "chr11:1-5"),
        ("mm10-chr1-5-A-T", ["mm10"], "chr1-5-A-T"),
        ("chr11:1-5 T2T-CHM13v2.0", ["hs1"], "chr11:1-5"),
        ("HBB NCBI36", ["hg18"], "HBB"),
        ("chr1:5:T>- hg38", ["hg38"], "chr1:5:T>-"),
        ("HS1", [], "HS1"),
        ("HG38X", [], "HG38X"),
        ("chrb38:5", [], "chrb38:5"),
    ],
)
def test_marks_are_found_and_taken_off(text: str, marks: list[str], rest: str) -> None:
    assert assembly_marks(text) == marks
    assert without_marks(text) == rest


@pytest.mark.parametrize(
    ("name", "expected"),
    [("GRCh38", "hg38"), ("GRCh38.p14", "hg38"), ("Homo_sapiens.GRCh38.dna", "hg38"),
     ("hg38_partial", "hg38"), ("mm10", "mm10"), ("demo", "demo")],
)  # fmt: skip
def test_canonical_assembly(name: str, expected: str) -> None:
    assert canonical_assembly(name) == expected
