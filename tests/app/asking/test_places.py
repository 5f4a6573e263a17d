import os

import pytest

from app.asking import places
from app.asking.places import PlaceName, open_place, pasted_place
from enformer import Interval
from enformer.errors import GenomeError

FASTA = ">chr1\nACGTACGTAC\n>chr2\nGGGGCCCC\n"


@pytest.fixture
def fasta(tmp_path):
    path = tmp_path / "own.fa"
    path.write_text(FASTA)
    return path


@pytest.fixture(autouse=True)
def nothing_configured(monkeypatch):
    for variable in (places.GENOME_VARIABLE, places.GENES_VARIABLE):
        monkeypatch.delenv(variable, raising=False)


def test_the_demo_genome_brings_its_own_genes():
    place = open_place(PlaceName.of("demo", "", online=False))
    assert place.genome.assembly == "demo"
    assert place.genes.search("dgb1")[0].symbol == "DGB1"
    assert place.variants is None


def test_a_fasta_by_path_with_genes_from_a_file(fasta, tmp_path):
    bed = tmp_path / "genes.bed"
    bed.write_text("chr1\t2\t8\tMINE\t0\t+\n")
    place = open_place(PlaceName.of(str(fasta), str(bed), online=False))
    assert place.genome.fetch(Interval("chr2", 2, 6)) == "GGCC"
    assert [gene.symbol for gene in place.genes.overlapping(Interval("chr1", 0, 5))] == ["MINE"]
    assert "genes.bed" in place.about


def test_the_configured_genome_is_known_by_its_file_name(fasta, tmp_path, monkeypatch):
    bed = tmp_path / "genes.bed"
    bed.write_text("chr1\t2\t8\tMINE\t0\t+\n")
    monkeypatch.setenv(places.GENOME_VARIABLE, str(fasta))
    monkeypatch.setenv(places.GENES_VARIABLE, str(bed))
    assert places.genome_names() == ("own.fa", "hg38", "demo")
    name = PlaceName.of("own.fa", "", online=False)
    assert (name.source, name.gene_files) == (str(fasta), (str(bed),))
    assert open_place(name).genes.search("MINE")


def test_a_changed_file_is_another_place(fasta):
    before = PlaceName.of(str(fasta), "", online=False)
    assert before == PlaceName.of(str(fasta), "", online=False)
    fasta.write_text(FASTA + ">chr3\nAAAA\n")
    assert before != PlaceName.of(str(fasta), "", online=False)


def test_genes_of_another_file_are_another_key(fasta, tmp_path):
    bed = tmp_path / "genes.bed"
    bed.write_text("chr1\t2\t8\tMINE\t0\t+\n")
    with_genes = open_place(PlaceName.of(str(fasta), str(bed), online=False))
    without = open_place(PlaceName.of(str(fasta), "", online=False))
    assert with_genes.key != without.key
    assert "No genes" in without.about


def test_of_several_gene_files_the_first_counts(fasta, tmp_path):
    for name, start in {"a": 2, "b": 3}.items():
        (tmp_path / f"{name}.bed").write_text(
            f"chr1\t{start}\t8\tMINE\t0\t+\nchr2\t{start}\t5\t{name}\t0\t+\n"
        )
    files = os.pathsep.join(str(tmp_path / name) for name in ("a.bed", "b.bed"))
    place = open_place(PlaceName.of(str(fasta), files, online=False))
    assert [gene.start for gene in place.genes.search("MINE")] == [2]
    assert place.genes.search("b")[0].start == 3
    assert "a.bed, then b.bed" in place.about


def test_what_is_no_genome_is_refused_in_words(tmp_path):
    with pytest.raises(GenomeError) as refusal:
        open_place(PlaceName.of(str(tmp_path / "missing.fa"), "", online=False))
    assert "missing.fa" in refusal.value.read
    assert refusal.value.do


def test_a_pasted_sequence_is_a_place_without_genes():
    place = pasted_place("ACGT" * 10)
    assert list(place.genome.contigs.values()) == [40]
    assert place.genes.overlapping(Interval("sequence", 0, 40)) == []
