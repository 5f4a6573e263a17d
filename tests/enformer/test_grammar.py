import time

import pytest

from enformer.assemblies import SUPPORTED
from enformer.coordinates import Interval
from enformer.errors import QueryError
from enformer.grammar import clean, match_locus, read_locus

GLOBIN = Interval("chr11", 5_224_999, 5_310_000)


@pytest.mark.parametrize(
    "text",
    [
        "chr11:5,225,000-5,310,000",
        "11:5225000-5310000",
        "Chr11:5225000-5310000",
        " chr11 : 5,225,000 - 5,310,000 ",
        "chr11:5225000..5310000",
        "chr11:5225000...5310000",
        "chr11:5225000…5310000",
        "chr11:5,225,000–5,310,000",
        "chr11:5,225,000—5,310,000",
        "chr11:5,225,000−5,310,000",
        "chr11:5225000 to 5310000",
        "chr11:5225000 5310000",
        "chr11:5225000\t5310000",
        "chr11\t5225000\t5310000",
        "chr11 5225000 5310000",
        "chr11 5,225,000-5,310,000",
        "11 5225000 5310000",
        "chr11-5225000-5310000",
        "chr11_5225000_5310000",
        "11-5225000-5310000",
        "chr11:5225000:5310000",
        "chr11:5225000-5310000:+",
        "chr11:5225000-5310000(-)",
        "chr11:5225000\u00a0-\u00a05310000",
        "\u201cchr11:5225000-5310000\u201d",
        "\ufeffchr11:5225000-5310000",
        "chr11:5225000-5310000",
        "NC_000011.10:5225000-5310000",
        "NC_000011.10:5225000..5310000",
        "GRCh38:11:5225000-5310000",
        "hg38 chr11:5225000-5310000",
        "chr11:5225000-5310000 (GRCh38)",
    ],
)
def test_spellings_of_one_locus(text: str) -> None:
    assert Interval.parse(text) == GLOBIN


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("chr11:5227002", Interval("chr11", 5_227_001, 5_227_002)),
        ("chr11:5,227,002", Interval("chr11", 5_227_001, 5_227_002)),
        ("11 5227002", Interval("chr11", 5_227_001, 5_227_002)),
        ("X-5", Interval("chrX", 4, 5)),
        ("MT:73", Interval("chrM", 72, 73)),
        ("chr1_KI270706v1_random:10-20", Interval("chr1_KI270706v1_random", 9, 20)),
        ("chr1_KI270706v1_random_10_20", Interval("chr1_KI270706v1_random", 9, 20)),
        ("HLA-A*01:01:01:01:1-100", Interval("HLA-A*01:01:01:01", 0, 100)),
        ("XVI:10-20", Interval("XVI", 9, 20)),
        ("NC_001133.9:10-20", Interval("NC_001133.9", 9, 20)),
        ("chr1:1-1", Interval("chr1", 0, 1)),
        ("NC_000067.6:1-5", Interval("chr1", 0, 5)),
    ],
)
def test_other_loci(text: str, expected: Interval) -> None:
    assert Interval.parse(text) == expected


@pytest.mark.parametrize(
    ("text", "reason", "example"),
    [
        ("chr1:0-100", "counted from 1", "chr1:1-100"),
        ("chr1:0", "counted from 1", "chr1:1-1"),
        ("chr1:200-100", "before the start", "chr1:100-200"),
        ("chr1\t99\t200\tpeak1\t0\t+", "BED", "chr1:100-200"),
        ("NC_000011:5-9", "version", "NC_000011.10:5225000-5310000"),
        ("NC_000011.9:5-9", "hg19", "HBB"),
        ("NC_060935.1:5-9", "hs1", "HBB"),
        ("chr11:5-9, hg19", "hg19", "HBB"),
        ("GRCh37:11:5-9", "hg19", "HBB"),
        ("chr1:5-9 mm39", "mm39", "HBB"),
        ("NKX2-5", "no locus", "chr11:5,225,000-5,310,000"),
        ("chr11", "no locus", "chr11:5,225,000-5,310,000"),
        ("chr1:1,00-2,00", "no locus", "chr11:5,225,000-5,310,000"),
        ("chr1:٣-٥", "no locus", "chr11:5,225,000-5,310,000"),
        ("chr1:" + "9" * 5000, "no locus", "chr11:5,225,000-5,310,000"),
        ("", "no locus", "chr11:5,225,000-5,310,000"),
    ],
)
def test_refusals(text: str, reason: str, example: str) -> None:
    with pytest.raises(QueryError, match=reason) as caught:
        read_locus(text)
    assert caught.value.example == example


def test_other_assemblies_are_told_how_to_lift_over() -> None:
    with pytest.raises(QueryError, match="LiftOver"):
        read_locus("chr11:5-9 hg19")


def test_an_accession_of_the_genome_in_use_only() -> None:
    assert match_locus("NC_000067.6:5", ("mm10",)) == ("chr1", 4, 5, True)
    with pytest.raises(QueryError, match="mm10 is in use"):
        match_locus("NC_000011.10:5", ("mm10",))


def test_clean_leaves_plain_text_alone() -> None:
    assert clean("chr11:5-9") == "chr11:5-9"
    assert clean("T → A\u200b") == "T > A"


@pytest.mark.parametrize("unit", ["1", "1-", "1:", "1,111", "chr1_1", " 1", "1-1A", ":", "1 1A "])
def test_long_text_is_refused_quickly(unit: str) -> None:
    text = clean(unit * 100_000)
    started = time.perf_counter()
    assert match_locus(text, SUPPORTED) is None
    assert time.perf_counter() - started < 2
