import pytest

from enformer.assemblies import ACCESSIONS
from enformer.references import LENGTHS, bare, contradictions, recognise


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("chr11", "11"),
        ("Chr11", "11"),
        ("11", "11"),
        ("NC_000011.10", "11"),
        ("chrMT", "M"),
        ("MT", "M"),
        ("chrI", "I"),
        ("chrUn_KI270302v1", "UN_KI270302V1"),
    ],
)
def test_names_of_one_contig_compare_equal(name: str, expected: str):
    assert bare(name) == expected


@pytest.mark.parametrize(
    ("contigs", "assembly"),
    [
        ({"chr1": 248_956_422}, "hg38"),
        ({"22": 50_818_468, "phiX": 5_386}, "hg38"),
        ({"NC_000011.10": 135_086_622}, "hg38"),
        ({"1": 249_250_621, "MT": 16_569}, "hg19"),
        ({"chr1": 195_471_971}, "mm10"),
        ({"chr1": 195_154_279}, "mm39"),
        ({"chr1": 248_387_328}, "hs1"),
        ({"I": 230_218}, None),
        ({"chr1": 1_000}, None),
        ({"chr2": 248_956_422}, None),
    ],
)
def test_lengths_tell_the_assembly(contigs: dict[str, int], assembly: str | None):
    assert recognise(contigs) == assembly


def test_no_chromosome_has_the_same_length_in_two_assemblies():
    claimed = [(name, bp) for lengths in LENGTHS.values() for name, bp in lengths.items()]
    assert len(claimed) == len(set(claimed))


@pytest.mark.parametrize("assembly", ["hg38", "hg19", "mm10"])
def test_every_nuclear_chromosome_with_an_accession_has_a_length(assembly: str):
    assert set(ACCESSIONS[assembly].values()) - {"chrM"} == set(LENGTHS[assembly])


def test_a_contradiction_names_both_lengths():
    contigs = {"1": 1_000, "chr2": 242_193_529, "other": 5}
    assert list(contradictions(contigs, "hg38")) == [("1", 1_000, 248_956_422)]
    assert list(contradictions(contigs, "yeast")) == []
