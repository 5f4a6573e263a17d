import time

import pytest

from enformer.assemblies import SUPPORTED
from enformer.coordinates import Variant
from enformer.errors import QueryError
from enformer.grammar import clean
from enformer.notation import Edit, first_columns, match_variant, read_variant

SICKLE = Variant("chr11", 5_227_002, "T", "A")


@pytest.mark.parametrize(
    "text",
    [
        "chr11:5227002:T>A",
        "chr11:5,227,002 T>A",
        "chr11:5227002T>A",
        "chr11:5227002 T > A",
        "chr11:5227002 T→A",
        "chr11:5227002 T->A",
        "chr11:5227002 T/A",
        "chr11:5227002:T/A",
        "chr11:5227002-T-A",
        "chr11:5227002_T/A",
        "chr11:5227002 T A",
        "chr11:5227002:t>a",
        "chr11:g.5227002T>A",
        "11:5227002:T:A",
        "11-5227002-T-A",
        "11–5227002–T–A",
        "11_5227002_T_A",
        "11 5227002 T A",
        "11_5227002_T/A",
        "chr11\t5227002\tT\tA",
        "chr11_5227002_T_A_b38",
        "chr11_5227002_T_A_GRCh38",
        "hg38:chr11:5227002:T:A",
        "chr11\t5227002\trs334\tT\tA",
        "chr11\t5227002\trs334\tT\tA\t.\tPASS\tAC=1;OLD=hg19",
        "chr11 5227002 . T A . .",
        "chr11 5227002 334 T A",
        "11\t5227002\tchr11_5227002_T_A_b38\tT\tA\t.\t.",
        "NC_000011.10:g.5227002T>A",
        "nc_000011.10:g.5227002t>a",
        "NC_000011.10:5227001:T:A",
        "NC_000011.10:g.5227002delTinsA",
    ],
)
def test_spellings_of_one_variant(text: str) -> None:
    assert Variant.parse(text) == SICKLE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("chr1:5:AC>A", ("chr1", 4, 6, "AC", "A")),
        ("chr1:5:AC>-", ("chr1", 4, 6, "AC", "")),
        ("chr1_KI270706v1_random_100_A_T", ("chr1_KI270706v1_random", 99, 100, "A", "T")),
        ("HLA-A*01:01:5:A>T", ("HLA-A*01:01", 4, 5, "A", "T")),
        ("NC_000001.11:4:AC:", ("chr1", 4, 6, "AC", "")),
        ("NC_000001.11:4:2:", ("chr1", 4, 6, None, "")),
        ("NC_000001.11:4::GG", ("chr1", 4, 4, "", "GG")),
        ("NC_000001.11:4:0:GG", ("chr1", 4, 4, None, "GG")),
        ("NC_000001.11:g.5del", ("chr1", 4, 5, None, "")),
        ("NC_000001.11:g.5delA", ("chr1", 4, 5, "A", "")),
        ("NC_000001.11:g.5_6delAC", ("chr1", 4, 6, "AC", "")),
        ("NC_000001.11:g.5_6delinsTTT", ("chr1", 4, 6, None, "TTT")),
        ("NC_000001.11:g.5_6insTTT", ("chr1", 5, 5, "", "TTT")),
        ("chr1:5_6del", ("chr1", 4, 6, None, "")),
        ("NC_012920.1:m.73del", ("chrM", 72, 73, None, "")),
    ],
)
def test_edits_are_zero_based(text: str, expected: tuple) -> None:
    assert read_variant(text)[:5] == expected


def test_duplication_and_inversion() -> None:
    assert read_variant("NC_000001.11:g.5_6dup") == Edit(
        "chr1", 4, 6, None, "", "duplicate", "genomic HGVS"
    )
    assert read_variant("NC_000001.11:g.5_6dupAC").ref == "AC"
    assert read_variant("NC_000001.11:g.5_6inv").change == "invert"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("chr1:5:T:<DEL>", "kind of change"),
        ("chr1 5 . T <DUP:TANDEM>", "kind of change"),
        ("chr1:5:T:*", "earlier deletion"),
        ("4 25 . T *", "earlier deletion"),
        ("20 59 . AG . 999 PASS", "ALT is missing"),
        ("chr1 5 . T G]17:198982]", "breakend"),
        ("4\t37\t.\tC\tI", "no allele"),
        ("chr1:5:T>R", "more than one base"),
        ("chr1:5:T>T", "the same"),
        ("chr1:5:->A", "empty REF"),
        ("chr1:0:T>A", "counted from 1"),
        ("chr11_5227002_T_A_b37", "hg19"),
        ("NC_000011.9:g.5227002T>A", "hg19"),
        ("NC_000011.9:5227001:T:A", "hg19"),
        ("NC_000011:g.5227002T>A", "version"),
        ("NC_000001.11:4::", "Nothing is deleted"),
        ("NC_000001.11:4:X:A", "no sequence"),
        ("NC_000001.11:g.5=", "nothing changes"),
        ("NC_000001.11:g.9_5del", "rise"),
        ("NC_000001.11:g.5_6delA", "span 2 bp"),
        ("NC_000001.11:g.5_9insA", "neighbouring"),
        ("NC_000001.11:g.5insA", "neighbouring"),
        ("NC_000001.11:g.5A[12]", "cannot be used"),
        ("NC_000001.11:g.(5_9)_(20_30)del", "cannot be used"),
        ("NC_000001.11:g.5_6insN", "no sequence"),
        ("chr1:5-9", "no variant"),
        ("HBB", "no variant"),
        ("rs334", "no variant"),
    ],
)
def test_refusals(text: str, reason: str) -> None:
    with pytest.raises(QueryError, match=reason) as caught:
        read_variant(text)
    assert caught.value.example


@pytest.mark.parametrize(
    ("text", "choices"),
    [
        ("chr1 5 . TC TTCC,TTC", ("chr1:5 TC>TTCC", "chr1:5 TC>TTC")),
        ("chr1:5,000:T>A, G", ("chr1:5,000 T>A", "chr1:5,000 T>G")),
        ("chr1:5 T/A/C", ("chr1:5 T>A", "chr1:5 T>C")),
        ("chr1 5 . T A,<NON_REF>", ("chr1:5 T>A",)),
        ("chr1 5 . T A,*,TG", ("chr1:5 T>A", "chr1:5 T>TG")),
    ],
)
def test_of_several_alleles_one_is_to_be_picked(text: str, choices: tuple[str, ...]) -> None:
    with pytest.raises(QueryError, match="one can be shown") as caught:
        read_variant(text)
    assert caught.value.choices == choices
    assert caught.value.example == choices[0]
    for choice in choices:
        assert str(Variant.parse(choice)) == choice


def test_first_columns_of_other_lines_are_the_line() -> None:
    assert first_columns("chr1 5 . A T . PASS x") == "chr1 5 . A T"
    assert first_columns("chr1 5 9 name 0 +") == "chr1 5 9 name 0 +"


@pytest.mark.parametrize(
    "unit", ["1", "1-", "1-1A-", "1:1A>", "1 1A ", "A", "chr1:1del", "c_1_", "NC_000011.10:1:A:"]
)
def test_long_text_is_refused_quickly(unit: str) -> None:
    text = clean(unit * 50_000) + " ?"
    started = time.perf_counter()
    with pytest.raises(QueryError):
        read_variant(text)
    assert time.perf_counter() - started < 2


def test_a_long_allele_is_read() -> None:
    inserted = "ACGT" * 30_000
    edit = match_variant(f"chr1:5:A>{inserted}", SUPPORTED)
    assert edit is not None
    assert edit.alt == inserted
