from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enformer.coordinates import Interval
from enformer.errors import GenomeError
from enformer.genome import Genome, open_genome

SEQUENCE = "ACGTTGCAAC" * 10


class Letters(Genome):
    """Two contigs of known letters."""

    assembly = "hg38"
    identity = "letters"
    description = "Letters."

    def __init__(self, *names: str) -> None:
        self.contigs = dict.fromkeys(names or ("chr11", "chrX"), len(SEQUENCE))

    def _read(self, contig: str, start: int, end: int) -> str:
        return SEQUENCE[start:end]


class CutShort(Letters):
    def _read(self, contig: str, start: int, end: int) -> str:
        return SEQUENCE[start : end - 1]


@pytest.mark.parametrize("name", ["chr11", "11", "Chr11", "CHR11", "NC_000011.10", "nc_000011.10"])
def test_a_contig_is_found_by_each_of_its_names(name: str):
    assert Letters().resolve(name) == "chr11"
    assert Letters("11").resolve(name) == "11"
    assert Letters("NC_000011.10").resolve(name) == "NC_000011.10"
    assert Letters().length(name) == 100


@pytest.mark.parametrize("name", ["M", "MT", "chrM", "chrMT"])
def test_the_mitochondrion_is_found_by_each_of_its_names(name: str):
    assert Letters("chrM").resolve(name) == "chrM"
    assert Letters("MT").resolve(name) == "MT"


def test_an_exact_name_wins_over_an_alias():
    genome = Letters("11", "chr11")
    assert (genome.resolve("11"), genome.resolve("chr11")) == ("11", "chr11")


def test_an_unknown_contig_is_refused_with_a_near_name():
    with pytest.raises(GenomeError, match=r"chr111.*Is it chr11\?.*chr11:1-100"):
        Letters().resolve("chr111")
    with pytest.raises(GenomeError, match="It has chr11, chrX"):
        Letters().resolve("scaffold_5")


def test_an_accession_of_another_assembly_is_refused_by_name():
    with pytest.raises(GenomeError, match=r"That is chr11 of hg19, and this genome is hg38"):
        Letters().resolve("NC_000011.9")


def test_fetch_gives_exactly_the_bases_asked_for():
    assert Letters().fetch(Interval("11", 3, 17)) == SEQUENCE[3:17]
    assert Letters().fetch(Interval("11", 0, 100)) == SEQUENCE


@given(start=st.integers(-300, 300), length=st.integers(1, 400))
def test_padding_is_what_brute_force_counts(start: int, length: int):
    genome, interval = Letters(), Interval("chr11", start, start + length)
    letters = [SEQUENCE[i] if 0 <= i < 100 else "N" for i in range(start, start + length)]
    outside = letters.count("N")
    if outside == length:
        with pytest.raises(GenomeError, match="wholly outside"):
            genome.fetch(interval, pad=True)
        return
    assert genome.fetch(interval, pad=True) == "".join(letters)
    assert sum(genome.padding(interval)) == outside
    if outside:
        with pytest.raises(GenomeError, match=f"{outside:,} bp of it lie outside"):
            genome.fetch(interval)


def test_leaving_the_contig_says_where_it_ends_and_gives_an_interval_that_works():
    with pytest.raises(GenomeError, match=r"chr11, which has 100 bp in hg38") as refused:
        Letters().fetch(Interval("11", 90, 110))
    assert refused.value.example == "chr11:81-100"
    assert Letters().fetch(Interval.parse(refused.value.example)) == SEQUENCE[80:]


def test_a_source_that_gives_too_little_is_noticed():
    with pytest.raises(GenomeError, match="Only 13 of 14 bp came back"):
        CutShort().fetch(Interval("chr11", 3, 17))


def test_words_open_the_built_in_genome():
    assert open_genome("demo").assembly == "demo"
    assert open_genome(" Demo ", assembly="demo").assembly == "demo"
    with pytest.raises(GenomeError, match="That genome is demo, not hg38"):
        open_genome("demo", assembly="hg38")


@pytest.mark.parametrize("source", ["nowhere.fa", "", "mm10", "/", Path("~/no/such/file.fa.gz")])
def test_what_is_no_genome_is_refused_with_what_to_do(source: str | Path):
    with pytest.raises(GenomeError, match="demo or hg38"):
        open_genome(source)


def test_hg19_by_name_is_refused_with_the_reason():
    with pytest.raises(GenomeError, match="trained on hg38"):
        open_genome("hg19")
