"""Example VCFs: what they say is so."""

import pysam

from app.truth.truth_tables import reading_of
from app.vcf.vcf_examples import example
from enformer import Interval, open_genome
from interpret.vcf import VcfFile


def written(genome, tmp_path) -> list[pysam.VariantRecord]:
    found = example(genome)
    assert found is not None
    path = tmp_path / found[0]
    path.write_bytes(found[1])
    pysam.tabix_index(str(path), preset="vcf", keep_original=True)  # refuses what is not sorted
    with pysam.VariantFile(str(path)) as file:
        return list(file)


def test_that_of_the_demo_genome_breaks_sites_and_bases_beside_them(tmp_path):
    records = written(open_genome("demo"), tmp_path)
    sites = reading_of("demo1").sites
    inside = {at for s, e in zip(sites.start, sites.end, strict=True) for at in range(s, e)}
    broken = [r for r in records if r.id.startswith("breaks")]
    beside = [r for r in records if r.id.startswith("beside")]
    assert len(broken) == len(beside) == 11
    assert all(r.start in inside for r in broken)
    assert not any(r.start in inside for r in beside)


def test_real_variants_have_the_ref_of_hg38(tmp_path, shared_data):
    genome = open_genome(shared_data / "hg38" / "hg38_partial.fa.gz")
    records = written(genome, tmp_path)
    assert len(records) == 8
    assert all(genome.fetch(Interval("chr11", r.start, r.stop)) == r.ref for r in records)
    with VcfFile(tmp_path / "hg38_example.vcf") as file:
        assert file.assembly == "hg38"


def test_other_genomes_have_none(tmp_path):
    path = tmp_path / "mine.fa"
    path.write_text(">one\n" + "ACGT" * 100 + "\n")
    assert example(open_genome(path)) is None
