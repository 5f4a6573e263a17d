"""The command that explains one target, on the tiny model and a toy genome."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyBigWig
import pytest

import enformer
from enformer.errors import QueryError
from enformer.genes import GeneIndex
from enformer.provenance import Provenance
from interpret.__main__ import main
from interpret.asked import Asked
from interpret.motif_files import read_motifs

LENGTH = 60_000


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> Path:
    """A genome, genes, elements and a motif."""
    folder = tmp_path_factory.mktemp("toy")
    letters = "".join(np.random.default_rng(7).choice(list("ACGT"), LENGTH))
    (folder / "toy.fa").write_text(f">chrA\n{letters}\n")
    (folder / "genes.bed").write_text(
        "chrA\t29000\t32000\tFWD\t0\t+\nchrA\t20000\t30000\tREV\t0\t-\n"
    )
    (folder / "elements.bed").write_text("chrA\t31000\t31400\te1\nchrA\t27000\t27300\te2\n")
    (folder / "motifs.pfm").write_text(
        ">M1 anything\n5 0 0 0\n0 5 0 0\n0 0 5 0\n0 0 0 5\n5 0 0 0\n"
    )
    return folder


@pytest.fixture
def ask(files: Path, tiny_checkpoint):
    genome = enformer.open_genome(files / "toy.fa")
    genes = GeneIndex.read(files / "genes.bed")

    def asked(locus: str, target: str) -> Asked:
        return Asked.read(locus, target, tiny_checkpoint, genome, genes)

    return asked


@pytest.fixture
def explain(files: Path, tiny_checkpoint, tmp_path: Path):
    def run(locus: str, target: str, *options: str) -> tuple[int, Path]:
        out = tmp_path / "out"
        where = ["--genome", str(files / "toy.fa"), "--model", str(tiny_checkpoint.source)]
        line = ["explain", locus, "--target", target, *where, "--out", str(out), "--device", "cpu"]
        return main([*line, "--genes", str(files / "genes.bed"), "--steps", "3", *options]), out

    return run


def test_a_target_is_read_in_three_ways(ask):
    whole = ask("chrA:30,001-30,100", "human/0,3@4-6:sum")
    assert str(whole.target) == "human/0,3@4-6:sum"
    assert whole.subject.window.center == 30_050
    over = ask("chrA:29,900-30,200", "human/5")
    start = over.subject.window.start + 32 * 128
    assert over.target.bins == tuple(range((29_899 - start) // 128, (30_199 - start) // 128 + 1))
    assert (over.target.head, over.target.tracks) == ("human", (5,))
    assay = ask("chrA:30,001", "dnase")
    assert (assay.target.tracks, len(assay.target.bins)) == ((4, 5, 6, 7), 1)


def test_cage_of_a_gene_is_that_of_its_strand_at_its_tss(ask):
    forward, backward = ask("FWD", "CAGE"), ask("REV", "CAGE")
    assert (forward.target.tracks, backward.target.tracks) == ((0, 2), (1, 3))
    assert forward.subject.window.center == 29_000
    assert backward.subject.window.center == 29_999
    assert len(forward.target.bins) == 3
    assert ask("chrA:29,001", "CAGE").target.tracks == (0, 1, 2, 3)


def test_a_variant_brings_its_alt(ask):
    plain = ask("chrA:30,000", "human/0").subject
    ref = plain.genome.fetch(enformer.Interval("chrA", 29_999, 30_000))
    alt = "ACGT"["ACGT".index(ref) - 1]
    subject = ask(f"chrA:30000:{ref}>{alt}", "human/0").subject
    differ = [
        i
        for i, pair in enumerate(zip(plain.sequence, subject.sequence, strict=True))
        if len(set(pair)) > 1
    ]
    assert [subject.window.start + i for i in differ] == [29_999]
    assert subject.provenance.variant is not None


@pytest.mark.parametrize(
    ("locus", "target", "why"),
    [
        ("chrA:30,000", "ATAC", "CAGE, DNASE"),
        ("chrA:30,000", "human/99", "8 tracks"),
        ("chrA:30,000", "nobody/1@3", "heads are"),
        ("chrA:30,000", "human/1@9999", "64 bins"),
        ("ACGT" * 20, "CAGE", "no place on the genome"),
        ("NOPE", "CAGE", "No gene"),
    ],
)
def test_what_cannot_be_explained_is_refused_in_words(ask, locus: str, target: str, why: str):
    with pytest.raises(QueryError, match=why):
        ask(locus, target)


def test_the_folder_holds_everything_that_was_found(explain, files: Path, capsys):
    options = ["--elements", str(files / "elements.bed"), "--motifs", str(files / "motifs.pfm")]
    status, out = explain("FWD", "CAGE", *options, "--scan", "--tile", "4096", "--shuffles", "2")
    assert status == 0, capsys.readouterr().err
    attention = pd.read_csv(out / "attention.tsv", sep="\t", comment="#")
    assert len(attention) == 128
    np.testing.assert_allclose(
        attention[["mean", "rollout", "layer0", "layer1"]].sum(), 1, atol=1e-4
    )
    arrays = np.load(out / "attention.npz")
    np.testing.assert_allclose(arrays["rows"].sum(-1), 1, atol=1e-4)
    assert len(arrays["queries"]) == 3
    heads = pd.read_csv(out / "attention_heads.tsv", sep="\t", comment="#")
    assert len(heads) == 2 * 4
    found = np.load(out / "contributions.npz")
    with pyBigWig.open(str(out / "contributions.bw")) as bigwig:
        start = int(found["start"])
        written = bigwig.values("chrA", start, start + 16_384, numpy=True)
    np.testing.assert_array_equal(written, found["contributions"].sum(1))
    evidence = pd.read_csv(out / "evidence.tsv", sep="\t", comment="#")
    assert evidence["name"].tolist() == ["e1", "e2"]
    assert np.isfinite(evidence[["attention", "mass", "effect"]]).all(axis=None)
    assert len(pd.read_csv(out / "scan.tsv", sep="\t", comment="#")) == 4
    assert {"name", "strand", "p_value"} <= set(
        pd.read_csv(out / "motifs.tsv", sep="\t", comment="#").columns
    )
    made = Provenance.from_json((out / "provenance.json").read_text())
    assert made.options["locus"] == "FWD"
    assert made.options["target"].startswith("human/0,2@")
    told = (out / "README.txt").read_text()
    assert told.strip() == capsys.readouterr().out.strip()
    assert "never trained" in told
    listed = {
        line.split()[0]
        for line in told.splitlines()
        if line.startswith("  ") and "." in line.split()[0]
    }
    assert {path.name for path in out.iterdir() if not path.name.endswith(".tsv.json")} - {
        "README.txt"
    } <= listed
    assert not list(out.glob("*.partial"))


def test_without_elements_they_are_peaks_of_accessibility(explain):
    status, out = explain("chrA:30,000-30,200", "human/5", "--shuffles", "1")
    assert status == 0
    assert "peaks of the predicted track human/4" in (out / "README.txt").read_text()
    assert len(pd.read_csv(out / "evidence.tsv", sep="\t", comment="#")) > 0
    assert not (out / "scan.tsv").exists()


def test_what_an_earlier_run_left_is_not_taken_for_this_ones(explain, files: Path, tmp_path: Path):
    (tmp_path / "out").mkdir()
    for name in ("scan.tsv", "scan.tsv.json", "motifs.tsv", "notes.md"):
        (tmp_path / "out" / name).write_text("of another target")
    options = ["--elements", str(files / "elements.bed"), "--shuffles", "1", "--replace"]
    status, out = explain("chrA:30,000-30,200", "human/5", *options)
    assert status == 0
    left = {path.name for path in out.iterdir()}
    assert left.isdisjoint({"scan.tsv", "scan.tsv.json", "motifs.tsv"})
    assert {"notes.md", "evidence.tsv"} <= left
    assert "scan.tsv" not in (out / "README.txt").read_text()


def test_an_assay_is_that_of_the_head_of_the_genomes_assembly(files: Path, tiny_checkpoint):
    """Whichever of its names the card has for it."""
    card = replace(tiny_checkpoint.card, assemblies={"human": "GRCh38", "mouse": "GRCm38"})
    genome = enformer.open_genome(files / "toy.fa")
    for assembly, head in (("hg38", "human"), ("mm10", "mouse")):
        genome.assembly = assembly
        asked = Asked.read(
            "chrA:30,001-30,100", "DNASE", replace(tiny_checkpoint, card=card), genome
        )
        assert asked.target.head == head


def test_errors_are_told_in_words(explain, files: Path, capsys):
    status, out = explain("FWD", "what")
    assert status == 1
    assert not out.exists()
    assert explain("FWD", "CAGE", "--motifs", str(files / "gone.pfm"))[0] == 1
    out.mkdir(exist_ok=True)
    (out / "README.txt").write_text("of an earlier run")
    assert explain("FWD", "CAGE")[0] == 1
    assert (out / "README.txt").read_text() == "of an earlier run"
    told = capsys.readouterr().err
    assert "head/tracks@bins" in told
    assert "gone.pfm" in told
    assert "--replace" in told
    assert "Traceback" not in told


def test_jaspar_by_name_is_the_asset(shared_data: Path, monkeypatch):
    from interpret.explain import motif_file

    monkeypatch.setenv("ENFORMER_LENS_JASPAR", str(shared_data / "JASPAR2022_vertebrates.pfm"))
    assert len(read_motifs(motif_file("jaspar"))) == 838
    monkeypatch.setenv("ENFORMER_LENS_JASPAR", str(shared_data))
    assert len(read_motifs(motif_file("jaspar"))) == 838
