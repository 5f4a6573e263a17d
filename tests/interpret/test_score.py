"""The command: statuses, files, exit codes, and what a kill costs."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pysam
import pytest

import enformer
from interpret.score import ALL, ERROR, INTERRUPTED, NONE, SOME, main
from interpret.score_run import work_file

HEADER = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"


@pytest.fixture(scope="session")
def fasta(tmp_path_factory) -> Path:
    """chrA of 60,000 bp with 100 N in it, and chrB, far shorter than a window."""
    letters = np.random.default_rng(5).choice(list("ACGT"), 60_000)
    letters[30_000:30_100] = "N"
    chr_a = "".join(letters)
    path = tmp_path_factory.mktemp("genome") / "toy.fa"
    path.write_text(f">chrA\n{chr_a}\n>chrB\n{chr_a[:3_000]}\n")
    return path


def row(fasta: Path, position: int, alt: str, contig: str = "chrA", bases: int = 1) -> str:
    """A VCF row whose REF is the genome's; `?` stands for another base than that."""
    name = "chrA" if contig in ("A", "chrA") else "chrB"
    genome = enformer.open_genome(fasta)
    ref = genome.fetch(enformer.Interval(name, position - 1, position - 1 + bases))
    other = "ACGT"["ACGT".index(ref[0]) - 1]
    return f"{contig}\t{position}\tv{position}\t{ref}\t{alt.replace('?', other)}\t.\t.\t.\n"


def swapped(text: str) -> str:
    """The row with REF and ALT in each other's place."""
    contig, position, name, ref, alt, *rest = text.split("\t")
    return "\t".join([contig, position, name, alt, ref, *rest])


@pytest.fixture(scope="session")
def mixed(fasta: Path, tmp_path_factory) -> Path:
    """A row of every kind, in no order."""
    rows = [
        row(fasta, 41_000, "?"),
        row(fasta, 20_000, "?,<DEL>,*", contig="A"),
        row(fasta, 20_300, "."),
        row(fasta, 20_400, "R"),
        row(fasta, 20_500, "NN"),
        row(fasta, 29_990, "N", bases=20).replace("\tN\t", "\tA\t"),
        row(fasta, 1_500, "?", contig="chrB"),
        "chrZ\t5\t.\tA\tC\t.\t.\t.\n",
        "chrA\t70000\t.\tA\tC\t.\t.\t.\n",
        row(fasta, 12_000, "A", bases=5_000),
        "chrA\tabc\t.\tA\tC\t.\t.\t.\n",
        swapped(row(fasta, 20_600, "?")),
        row(fasta, 22_000, "?TTT"),
        row(fasta, 23_000, "?", bases=7),
    ]
    path = tmp_path_factory.mktemp("calls") / "mixed.vcf"
    path.write_text(HEADER + "".join(rows))
    return path


EXPECTED = [
    *("scored", "scored", "symbolic", "star", "no_alt", "not_bases", "unknown_bases"),
    *("unknown_bases", "near_end", "off_contig", "off_contig", "too_long", "unreadable"),
    *("ref_mismatch", "scored", "scored"),
]


@pytest.fixture
def score(tiny_checkpoint, fasta: Path, tmp_path: Path):
    """Runs the command on the tiny model; gives the exit status and the output's path."""

    def run(vcf: Path, out: str, *options: str) -> tuple[int, Path]:
        return main(
            command(vcf, tmp_path / out, fasta, tiny_checkpoint.source, *options)
        ), tmp_path / out

    return run


def command(vcf: Path, out: Path, fasta: Path, model: Path, *options: str) -> list[str]:
    files = [str(vcf), "--genome", str(fasta), "--model", str(model), "--out", str(out)]
    return [*files, "--device", "cpu", *options]


def table(path: Path) -> pd.DataFrame:
    if path.suffix == ".parquet":
        return pq.read_table(path).to_pandas()
    return pd.read_csv(path, sep="\t", comment="#", keep_default_na=False, na_values=[""])


def test_every_row_comes_back_in_order(score, mixed: Path, capsys):
    status, out = score(mixed, "effects.tsv")
    assert status == SOME
    found = table(out)
    assert found["status"].tolist() == EXPECTED
    assert found["record"].tolist() == [1, 2, 2, 2, *range(3, 15)]
    assert found["alt_number"].tolist() == [1, 1, 2, 3, *[1] * 12]
    refused = found["status"] != "scored"
    assert (found["reason"].notna() == refused).all()
    assert (found["SAD_top"].isna() == refused).all()
    assert found["contig"][1] == "A"
    assert found["variant"][1].startswith("chrA:20000:")
    mismatch = found[found["status"] == "ref_mismatch"].iloc[0]
    assert f"REF is {mismatch['ref']}, but toy has {mismatch['alt']}" in mismatch["reason"]
    told = capsys.readouterr().err
    assert "4 of 16 alleles scored" in told
    assert "2 unknown_bases: REF, ALT or the genome has N there" in told
    assert not work_file(out).exists()


def test_scores_are_those_of_the_library(score, mixed: Path, tiny_checkpoint, fasta: Path):
    from interpret.variants import score_variants

    options = ["--grid", "1", "--scores", "SAD,D2", "--heads", "human,mouse", "--tracks", "mouse/3"]
    _, out = score(mixed, "effects.parquet", *options, "--rc", "--shifts=0,5")
    found = table(out)
    found = found[found["status"] == "scored"].reset_index(drop=True)
    variants = [enformer.Variant.parse(text) for text in found["variant"]]
    genome = enformer.open_genome(fasta)
    effects = score_variants(
        tiny_checkpoint, genome, variants, reverse_complement=True, shifts=(0, 5)
    )
    for (_, cells), effect in zip(found.iterrows(), effects, strict=True):
        (top,) = effect.ranked("SAD", 1).itertuples()
        assert (
            cells["SAD_track"] == f"{top.head}/{top.index_ if hasattr(top, 'index_') else top[2]}"
        )
        assert cells["SAD_top"] == np.float32(top.SAD)
        assert cells["D2:mouse/3"] == np.float32(effect.of("D2", "mouse")[3])
        assays = tiny_checkpoint.tracks.frame["assay"].to_numpy()
        assert cells["D2_CAGE"] == np.float32(effect.scores["D2"][assays == "CAGE"].max())


def test_the_three_files_say_the_same(score, mixed: Path):
    _, tsv = score(mixed, "effects.tsv", "--assay", "CAGE")
    _, parquet = score(mixed, "effects.parquet", "--assay", "CAGE")
    _, vcf = score(mixed, "effects.vcf.gz", "--assay", "CAGE")
    text, binary = table(tsv), table(parquet)
    assert list(text.columns) == list(binary.columns)
    for name in text.columns:
        if binary[name].dtype == np.float32:
            np.testing.assert_array_equal(text[name].to_numpy(np.float32), binary[name])
        else:
            assert text[name].fillna("").tolist() == binary[name].fillna("").tolist()
    rows = [line for line in mixed.read_text().splitlines() if line[0] != "#" and "abc" not in line]
    with pysam.VariantFile(str(vcf)) as file:
        records = list(file)
        assert any("enformer_lens_model_sha256" in line for line in str(file.header).splitlines())
    assert [str(r).split("\t")[:7] for r in records] == [r.split("\t")[:7] for r in rows]
    told = [status for r in records for status in r.info["EL_status"]]
    assert told == [status for status in EXPECTED if status != "unreadable"]
    tops = [
        value for r in records for value in r.info.get("EL_SAD_top", [None] * len(r.alts or "."))
    ]
    expected = binary.loc[binary["status"] != "unreadable", "SAD_top"]
    np.testing.assert_array_equal(np.array(tops, np.float32), expected)
    assert b"enformer_lens.model_sha256" in pq.read_schema(parquet).metadata
    assert "# model_sha256: " in tsv.read_text()


def test_a_sorted_vcf_gets_an_index(score, fasta: Path, tmp_path: Path, mixed: Path):
    rows = [row(fasta, 20_000 + 100 * i, "?") for i in range(3)]
    calls = tmp_path / "sorted.vcf"
    calls.write_text(HEADER + "".join(rows))
    status, out = score(calls, "sorted.out.vcf.gz")
    assert status == ALL
    with pysam.VariantFile(str(out)) as file:
        assert [r.pos for r in file.fetch("chrA", 20_050, 20_150)] == [20_100]
    _, unsorted = score(mixed, "unsorted.vcf.gz")
    assert not unsorted.with_name("unsorted.vcf.gz.tbi").exists()
    assert not list(tmp_path.glob("*partial*"))
    score(mixed, "sorted.out.vcf.gz", "--restart")
    assert not out.with_name("sorted.out.vcf.gz.tbi").exists(), "an index of the file it replaced"


def test_exit_status(score, fasta: Path, tmp_path: Path, shared_data: Path, capsys):
    calls = tmp_path / "calls.vcf"
    calls.write_text(HEADER + row(fasta, 20_000, "?"))
    assert score(calls, "one.tsv")[0] == ALL
    assert score(calls, "one.tsv")[0] == ERROR
    assert "--restart" in capsys.readouterr().err
    assert score(calls, "one.tsv", "--restart")[0] == ALL
    assert score(shared_data / "vcf" / "gatk_multi-allelic.vcf", "none.tsv")[0] == NONE
    assert score(tmp_path / "gone.vcf", "gone.tsv")[0] == ERROR
    assert score(calls, "what.txt")[0] == ERROR
    assert score(calls, "no/folder.tsv")[0] == ERROR
    assert score(calls, "x.tsv", "--scores", "SAD,NOPE")[0] == ERROR
    assert score(calls, "x.tsv", "--tracks", "human/99")[0] == ERROR
    assert score(calls, "x.tsv", "--shifts", "much")[0] == ERROR
    assert score(calls, "x.tsv", "--grid", "0")[0] == ERROR
    told = capsys.readouterr().err
    assert "Traceback" not in told
    for word in ("no such file", ".parquet", "Make the folder", "NOPE", "human/99", "much", "grid"):
        assert word in told
    calls.write_text(HEADER)
    assert score(calls, "empty.tsv")[0] == ALL


def test_a_file_of_hg19_is_refused_row_by_row(score, shared_data: Path, tmp_path: Path):
    _, out = score(shared_data / "vcf" / "gatk_multi-allelic.vcf", "b37.tsv")
    found = table(out)
    assert set(found["status"]) == {"other_assembly"}
    assert found["reason"].str.contains("hg19").all()
    assert found["record"].nunique() == 7


@pytest.fixture
def many(fasta: Path, tmp_path: Path) -> Path:
    """More than are scored in a moment, on several windows, in no order."""
    places = np.random.default_rng(0).permutation(np.arange(12_000, 28_000, 160))
    path = tmp_path / "many.vcf"
    path.write_text(HEADER + "".join(row(fasta, int(place), "?") for place in places))
    return path


def scored_so_far(work: Path, copy: Path) -> int:
    """Alleles scored in a work file that another process holds: read from a copy."""
    try:
        copy.write_bytes(work.read_bytes())
        with sqlite3.connect(copy) as database:
            query = "SELECT count(*) FROM allele WHERE status = 'scored'"
            return database.execute(query).fetchone()[0]
    except (OSError, sqlite3.DatabaseError):
        return 0


def stopped(line: list[str], out: Path, root: Path, by: signal.Signals) -> tuple[int, str]:
    """Runs the command in a process of its own and ends it when something is scored."""
    settings = {**os.environ, "OMP_NUM_THREADS": "1"}
    # a shell may have started the tests with SIGINT ignored, which the command would inherit
    kept = signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(
        [sys.executable, "-m", "interpret.score", *line],
        cwd=root, env=settings, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        signal.signal(signal.SIGINT, kept)
        while process.poll() is None and not scored_so_far(work_file(out), out.with_name("copy")):
            time.sleep(0.02)
        process.send_signal(by)
        told = process.communicate()[1]
    assert "Traceback" not in told
    assert not out.exists()
    assert 0 < scored_so_far(work_file(out), out.with_name("copy")) < 100
    return process.returncode, told


def test_after_a_kill_the_same_command_goes_on(
    score, many: Path, fasta: Path, tiny_checkpoint, tmp_path: Path, root: Path
):
    out = tmp_path / "killed.tsv"
    line = command(many, out, fasta, tiny_checkpoint.source)
    assert stopped(line, out, root, signal.SIGKILL)[0] == -signal.SIGKILL
    assert main(line) == ALL
    status, whole = score(many, "whole.tsv")
    assert status == ALL
    found, expected = (
        [text for text in path.read_text().splitlines() if not text.startswith("# created")]
        for path in (out, whole)
    )
    assert found == expected


def test_ctrl_c_says_that_nothing_is_lost(
    many: Path, fasta: Path, tiny_checkpoint, tmp_path: Path, root: Path
):
    out = tmp_path / "stopped.tsv"
    line = command(many, out, fasta, tiny_checkpoint.source)
    status, told = stopped(line, out, root, signal.SIGINT)
    assert status == INTERRUPTED
    assert "the same command goes on from there" in told


def test_a_run_of_something_else_is_not_gone_on_with(
    score, many: Path, fasta: Path, tmp_path: Path, capsys, monkeypatch
):
    from interpret.score_run import Run

    def stop(self, store, tell):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Run, "score", stop)
        assert score(many, "x.tsv")[0] == INTERRUPTED
    assert "the same command goes on" in capsys.readouterr().err
    assert score(many, "x.tsv", "--rc")[0] == ERROR
    assert "reverse_complement was no, now yes" in capsys.readouterr().err
    with many.open("a") as file:
        file.write(row(fasta, 13_000, "?"))
    assert score(many, "x.tsv")[0] == ERROR
    told = capsys.readouterr().err
    assert "input_sha256 was" in told
    assert "--restart" in told


def test_the_command_on_real_eqtls(shared_data: Path, tmp_path: Path, root: Path):
    genome = shared_data / "hg38" / "hg38_partial.fa.gz"
    for name, status in (("eqtl", ALL), ("eqtl_flip", NONE)):
        files = [str(shared_data / "vcf" / f"{name}.vcf"), "--genome", str(genome)]
        out = tmp_path / f"{name}.parquet"
        done = subprocess.run(
            [sys.executable, "-m", "interpret.score", *files, "--model", "mini", "--out", str(out)],
            cwd=root, capture_output=True, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"},
        )  # fmt: skip
        assert done.returncode == status, done.stderr
        found = table(out)
        assert len(found) == 8
        if status == ALL:
            assert (found["status"] == "scored").all()
            assert np.isfinite(found["SAD_top"]).all()
            assert found["SAD_percentile"].between(0, 100).all()  # of the background of mini
        else:
            assert (found["status"] == "ref_mismatch").all()
            for ref, alt, reason in zip(found["ref"], found["alt"], found["reason"], strict=True):
                assert f"REF is {ref}, but hg38 has {alt}" in reason
