"""The shape is that of Ensembl's variant_recoder: a list of objects by allele."""

import pytest

from enformer.coordinates import Variant
from enformer.errors import GenomeError, QueryError
from enformer.remote_variants import RemoteVariants


def allele(text: str, *vcf: str) -> dict[str, object]:
    return {"input": text, "id": [text], "hgvsg": [], "spdi": [], "vcf_string": list(vcf)}


@pytest.fixture
def ensembl(first_service):
    return first_service


@pytest.fixture
def variants(ensembl) -> RemoteVariants:
    return RemoteVariants(ensembl.address, pace=0.0, timeout=0.5)


def answer_with(ensembl, *entries: dict[str, object]) -> None:
    ensembl.answer = lambda path, query: list(entries)


def test_one_allele_is_the_variant(variants: RemoteVariants, ensembl):
    answer_with(ensembl, {"A": allele("NM_000518.5:c.20A>T", "11-5227002-T-A")})
    assert variants.find(" NM_000518.5:c.20A>T ") == Variant("chr11", 5_227_002, "T", "A")
    assert ensembl.asked == [
        "/variant_recoder/human/NM_000518.5:c.20A>T?content-type=application/json&vcf_string=1"
    ]


def test_several_alleles_are_listed_to_choose_from(variants: RemoteVariants, ensembl):
    entry = {base: allele("rs334", f"11-5227002-T-{base}") for base in "ACG"}
    answer_with(ensembl, entry)
    with pytest.raises(QueryError) as refused:
        variants.find("rs334")
    assert refused.value.wrong == "It stands for 3 variants."
    assert refused.value.do == (
        "Choose one: chr11:5227002:T>A, chr11:5227002:T>C, chr11:5227002:T>G."
    )
    assert Variant.parse(refused.value.example) == Variant("chr11", 5_227_002, "T", "A")
    assert len(variants.find_all("rs334")) == 3
    assert len(ensembl.asked) == 1


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"A": {"vcf_string": "X-5-G-GA"}}, Variant("chrX", 5, "G", "GA")),
        ({"A": allele("x", "MT-5-G-A")}, Variant("chrM", 5, "G", "A")),
        ({"warnings": ["take care"], "A": allele("x", "1-5-G-A")}, Variant("chr1", 5, "G", "A")),
        ({"A": allele("x", "LRG_1-9-A-G", "1-5-G-A", "1-5-G-A")}, Variant("chr1", 5, "G", "A")),
        ({"A": allele("x", "GL000220.1-9-A-G", "1-5-G-A")}, Variant("chr1", 5, "G", "A")),
        ({"A": {"id": []}, "T": allele("x", "1-5-G-T")}, Variant("chr1", 5, "G", "T")),
    ],
)
def test_only_chromosomes_count_and_doubles_do_not(
    variants: RemoteVariants, ensembl, entry: dict[str, object], expected: Variant
):
    answer_with(ensembl, entry)
    assert variants.find("rs1") == expected


@pytest.mark.parametrize(
    "entries", [[], [{"warnings": ["nothing"]}], [{"A": allele("x", "LRG_1-9-A-G")}]]
)
def test_no_place_on_a_chromosome_is_said(variants: RemoteVariants, ensembl, entries: list):
    answer_with(ensembl, *entries)
    with pytest.raises(QueryError, match=r"Read rs1\. Ensembl knows no place"):
        variants.find("rs1")


def test_a_decline_is_told_in_the_services_words(variants: RemoteVariants, ensembl):
    words = "Unable to parse HGVS notation 'NM_000518.5:c.20C>T': (C) does not match reference (A)"
    ensembl.fail(status=400, body={"error": words})
    with pytest.raises(QueryError, match=r"does not match reference.*For example"):
        variants.find("NM_000518.5:c.20C>T")


@pytest.mark.parametrize(
    "failure", [{"status": 500}, {"delay": 0.8}, {"body": b"<html>"}, {"body": {"error": "odd"}}]
)
def test_a_failing_service_is_no_verdict_on_the_variant(
    variants: RemoteVariants, ensembl, failure: dict
):
    for _ in range(3):
        ensembl.fail(**failure)
    with pytest.raises(GenomeError, match=r"cannot be looked up.*type the position and alleles"):
        variants.find("rs334")


@pytest.mark.parametrize("text", ["", "rs", "two words", "../x", "rs1?y=2", "é1", "r" * 300])
def test_what_cannot_be_one_is_never_sent(variants: RemoteVariants, ensembl, text: str):
    ensembl.answer = lambda path, query: []
    with pytest.raises(QueryError):
        variants.find(text)
    assert ensembl.asked == [] or text == "rs"
