from pathlib import Path

import pytest

from enformer.config import OFFICIAL, EnformerConfig
from enformer.coordinates import Interval, Variant
from enformer.genes import Gene
from enformer.genome import Genome, open_genome
from enformer.parsed import ParsedQuery

PLACE = Interval("chr1", 4000, 5000)
LOCUS = ParsedQuery("locus", "chr1:4,001-5,000", "chr1:4,001-5,000", PLACE)


@pytest.fixture
def genome(tmp_path: Path) -> Genome:
    (tmp_path / "toy.fa").write_text(">chr1\n" + "ACGT" * 2500 + "\n")
    return open_genome(tmp_path / "toy.fa")


def test_both_forms_and_the_length_are_told(genome: Genome) -> None:
    read = "Read as a locus: chr1:4,001-5,000 (1-based), [4000, 5000) 0-based half-open, 1,000 bp"
    assert LOCUS.echo() == f"{read}."
    assert LOCUS.echo(genome=genome) == f"{read} of toy."


def test_bins_and_padding_are_told(genome: Genome, tiny_config: EnformerConfig) -> None:
    said = LOCUS.echo(tiny_config, genome)  # window [-3692, 12692), bins from 404 on, each 128 bp
    assert "covers 8 of the 64 bins" in said
    assert said.endswith("reaches 3,692 bp before and 2,692 bp after chr1, filled with N.")
    assert "filled" not in LOCUS.echo(tiny_config)
    inside = ParsedQuery("locus", "", "", Interval("chr1", 4900, 5100))
    short = EnformerConfig(
        heads={"human": 1}, window_length=1280, target_bins=4, channels=24, filters_divisible_by=4
    )
    assert "filled" not in inside.echo(short, genome)


def test_a_locus_wider_than_the_prediction_says_what_is_shown() -> None:
    wide = ParsedQuery("locus", "", "", Interval("chr1", 0, 500_000))
    said = wide.echo(OFFICIAL)
    assert "covers 896 of the 896 bins" in said
    assert "114,688 bp at a time: chr1:192,657-307,344 is shown first" in said
    assert "2.5 times as long as the window of 196,608 bp" in said
    assert "times as long" not in ParsedQuery("locus", "", "", Interval("chr1", 0, 190_000)).echo(
        OFFICIAL
    )


def test_focus_is_the_tss_of_a_gene_and_the_start_of_a_variant() -> None:
    gene = Gene("G", "chr1", 4000, 5000, "-")
    variant = Variant("chr1", 4501, "AC", "A")
    assert LOCUS.focus == 4500
    assert ParsedQuery("gene", "G", "G", PLACE, gene=gene).focus == 4999
    assert ParsedQuery("variant", "", "", variant.interval, variant).focus == 4500
    assert ParsedQuery("sequence", "", "", sequence="ACGTA").focus == 2


def test_notes_and_names_are_part_of_the_echo() -> None:
    gene = ParsedQuery("gene", "g", "G", PLACE, notes=("g is G.",))
    assert gene.echo().startswith("Read as the gene G: chr1:4,001-5,000")
    assert gene.echo().endswith("bp. g is G.")
    variant = Variant("chr1", 5, "A", "T")
    looked_up = ParsedQuery("rsid", "rs7", "rs7", variant.interval, variant)
    assert looked_up.echo().startswith("Read as rs7, which is chr1:5 A>T: chr1:5-5 (1-based)")
