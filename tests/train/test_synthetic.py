"""The synthetic genomes: data, files and truth agree with each other."""

import subprocess
import sys

import h5py
import numpy as np
import pandas as pd
import pyBigWig
import pysam
import pytest

from enformer.config import OFFICIAL
from enformer.demo_sequence import Dice
from enformer.genes import GeneIndex
from enformer.genome import open_genome
from enformer.planted import HEADS, read, rules
from enformer.sequence import one_hot
from train.dataset import Windows
from train.synthetic import write_data
from train.synthetic_contig import Contig, draw_contig, draw_counts, window_starts
from train.synthetic_files import write_files
from train.synthetic_truth import (
    KINDS,
    draw_variants,
    effect,
    kind_of,
    link_table,
    tables,
    with_base,
)

TISSUES = list(HEADS["human"])


@pytest.fixture(scope="module")
def contig() -> Contig:
    return draw_contig(5, "human", "test", 0)


@pytest.fixture(scope="module")
def variants(contig) -> pd.DataFrame:
    return draw_variants(contig, 3, Dice(1))


@pytest.fixture(scope="module")
def files(contig, tmp_path_factory):
    folder = tmp_path_factory.mktemp("synthetic")
    write_files(folder, [contig], "human", 5, variants=2)
    return folder


def test_a_contig_depends_on_its_own_name_and_seed_only(contig):
    assert draw_contig(5, "human", "test", 0).sequence == contig.sequence
    others = [(6, "human", "test", 0), (5, "mouse", "test", 0)]
    assert all(draw_contig(*other).sequence != contig.sequence for other in others)


def test_counts_scatter_about_the_expectation_as_poisson_does(contig):
    counts = draw_counts(contig, "human", 5)
    expected = contig.reading.expected("human", 0, len(counts))
    strong = expected > 5
    deviation = ((counts - expected)[strong] ** 2 / expected[strong]).mean()
    assert deviation == pytest.approx(1, abs=0.1)
    assert np.array_equal(counts, draw_counts(contig, "human", 5))


def test_windows_tile_the_predicted_regions(contig):
    starts = window_starts()
    assert set(np.diff(starts)) == {OFFICIAL.target_bins * OFFICIAL.bin_size}
    assert starts[-1] + OFFICIAL.window_length <= len(contig.sequence)


def test_the_data_hold_what_the_contigs_hold(tmp_path):
    counts = {"mouse": {"train": 1, "valid": 0, "test": 1}}
    write_data(tmp_path / "data.h5", 5, counts)
    windows = Windows(tmp_path / "data.h5", "mouse", "test")
    contig = draw_contig(5, "mouse", "test", 0)
    assert len(windows) == len(window_starts())
    record, place = windows[2], windows.intervals[2]
    assert np.array_equal(record.one_hot, one_hot(contig.sequence[place.start : place.end]).numpy())
    first = place.start // 128 + OFFICIAL.crop_bins
    assert np.array_equal(record.targets, draw_counts(contig, "mouse", 5)[first : first + 896])
    assert windows.assembly == "demo-mouse"
    with h5py.File(tmp_path / "data.h5") as file:
        assert set(file["mouse"]) == {"train", "valid", "test"}


def test_two_processes_draw_what_one_does(tmp_path, root):
    counts = {"mouse": {"train": 2, "test": 1}}
    write_data(tmp_path / "one.h5", 5, counts)
    # A process of its own: a fresh interpreter runs the main module again, and pytest's is not ours.
    code = f"from pathlib import Path; from train.synthetic import write_data; " \
           f"write_data(Path({str(tmp_path / 'two.h5')!r}), 5, {counts}, workers=2)"  # fmt: skip
    subprocess.run([sys.executable, "-c", code], cwd=root, check=True)
    assert (tmp_path / "two.h5").read_bytes() == (tmp_path / "one.h5").read_bytes()


def test_links_add_up_to_cage(contig):
    lost = link_table(contig).groupby("promoter", sort=False)[TISSUES].sum()
    promoters = tables([contig])["promoters"].set_index("name")
    above = promoters[TISSUES].sub(rules.RATE * rules.BASAL * promoters["strength"], axis=0)
    # CAGE counts from each site, a link from the middle of its enhancer
    assert np.allclose(above.loc[lost.index], lost, rtol=0.02, atol=1e-3)


def test_variants_of_every_kind_do_what_they_say(contig, variants):
    assert set(variants["kind"]) == set(KINDS)
    assert variants["position"].is_monotonic_increasing
    for row in variants.to_dict("records"):
        at = row["position"] - 1
        assert contig.sequence[at] == row["ref"]
        assert kind_of(contig.sequence, at, row["alt"]) == row["kind"]
        alt = read(contig.sequence[:at] + row["alt"] + contig.sequence[at + 1 :])
        for ours, whole in zip(with_base(contig, at, row["alt"]).sites, alt.sites, strict=True):
            assert np.array_equal(ours, whole)
        changed = (
            alt.expected("human", 0, 7_812) != contig.reading.expected("human", 0, 7_812)
        ).any()
        assert changed == (row["kind"] != "neutral")
    assert (variants.query("kind == 'neutral'")[TISSUES] == 0).all(axis=None)
    assert (variants.query("kind == 'core'")[TISSUES] < 0).all(axis=None)
    helpers = variants.query("kind == 'promoter'")[TISSUES]
    assert (helpers <= 0).all(axis=None)  # 0 beside a dead core
    assert (helpers < 0).any(axis=None)
    assert (variants.query("kind == 'gain'")[TISSUES] >= 0).all(axis=None)


def test_a_broken_core_silences_its_promoter(contig, variants):
    row = variants.query("kind == 'core'").iloc[0]
    name, *change = effect(contig, int(row["position"]) - 1, row["alt"])
    promoter = tables([contig])["promoters"].set_index("name").loc[name]
    assert np.allclose(change, -promoter[TISSUES].astype(float))


def test_other_programs_read_the_genome_and_the_genes(contig, files):
    genome = open_genome(str(files / "genome.fa"), "demo")
    assert pysam.FastaFile(str(files / "genome.fa")).fetch(contig.name) == contig.sequence
    assert genome.length(contig.name) == len(contig.sequence)
    genes = GeneIndex.read(files / "genes.bed").genes
    assert sorted(gene.tss for gene in genes) == contig.reading.promoters["tss"].tolist()


def test_tracks_and_expectation_are_those_of_the_contig(contig, files):
    targets = pd.read_csv(files / "targets.txt", sep="\t")
    counts, expected = draw_counts(contig, "human", 5), contig.reading.expected("human", 0, 7_812)
    for index in (0, 7, 15):
        name = targets["identifier"][index]
        for kind, values in (("tracks", counts), ("truth/expected", expected)):
            with pyBigWig.open(str(files / kind / f"{name}.bw")) as file:
                found = file.values(contig.name, 0, 7_812 * 128, numpy=True)[::128]
            assert np.allclose(found, values[:, index], rtol=1e-6)


def test_the_vcf_tells_the_truth(contig, files):
    with pysam.VariantFile(str(files / "truth" / "variants.vcf.gz")) as file:
        records = list(file)
    assert {record.info["KIND"] for record in records} == set(KINDS)
    for record in records:
        assert contig.sequence[record.start] == record.ref
        assert len(record.info["DCAGE"]) == len(TISSUES)
        assert ("PROMOTER" in record.info) == any(record.info["DCAGE"])


def test_preparing_the_bigwigs_gives_the_data_back(contig, files, tmp_path):
    from train.prepare import main

    out = tmp_path / "again.h5"
    main(["bigwig", "--genome", str(files / "genome.fa"), "--tracks", str(files / "targets.txt"),
          "--head", "human", "--assembly", "demo", "--train", contig.name, "--out", str(out)])  # fmt: skip
    windows = Windows(out, "human", "train")
    counts = draw_counts(contig, "human", 5)
    for record, place in zip(windows, windows.intervals, strict=True):
        first = place.start // 128 + OFFICIAL.crop_bins
        if place.start % 128 == 0:
            assert np.allclose(record.targets, counts[first : first + 896], rtol=1e-5)
