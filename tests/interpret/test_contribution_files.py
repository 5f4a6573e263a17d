"""Contributions on disk, read back by the readers of each format."""

import io
import json
import zipfile
from dataclasses import replace

import numpy as np
import pandas as pd
import pyBigWig
import pytest

import enformer
from enformer import Interval, Variant
from enformer.errors import EnformerLensError
from enformer.provenance import Provenance
from interpret.contribution_files import FORMATS, bedgraph, bigwig, export, modisco, tsv
from interpret.contributions import Contributions, integrated_gradients

CONTIG = 16_000
"""Bp of the contig; the window begins 200 bp before it and ends 184 bp after it."""


@pytest.fixture(scope="module")
def made(tiny_checkpoint, toy_sequence) -> Contributions:
    window = Interval("chr9", -200, 16_184)
    letters = "N" * 200 + toy_sequence[200:-184] + "N" * 184
    provenance = Provenance(
        model="tiny", sha256="ab" * 32, trained=False, assembly="demo", genome="demo",
        interval=window,
    )  # fmt: skip
    from interpret import Target

    target = Target("human", (1,), (31, 32))
    return integrated_gradients(
        tiny_checkpoint.model, enformer.one_hot(letters), target, steps=1, baseline="uniform",
        origin=provenance,
    )  # fmt: skip


def on_contig(made: Contributions) -> np.ndarray:
    return made.per_position[200:-184].astype(np.float32)


def test_tsv_holds_each_position_of_the_contig(made):
    text = tsv(made, CONTIG).decode()
    table = pd.read_csv(io.StringIO(text), sep="\t", comment="#")
    assert len(table) == CONTIG
    assert table["position_0based"].tolist() == list(range(CONTIG))
    assert (table["position_1based"] == table["position_0based"] + 1).all()
    assert "".join(table["base"]) == made.letters[200:-184]
    assert np.array_equal(table["contribution"].astype(np.float32), on_contig(made))
    hypothetical = table[[f"hypothetical_{base}" for base in "ACGT"]].to_numpy(np.float32)
    assert np.array_equal(hypothetical, made.hypothetical[200:-184])
    for line in ("# sha256: " + "ab" * 32, "# target: human/1@31-32", "# baseline: uniform"):
        assert line in text.splitlines()
    assert f"# completeness gap: {made.completeness_gap:.6g}" in text
    assert "never trained" in text


def test_bedgraph_and_bigwig_agree_position_by_position(made, tmp_path):
    region = Interval("chr9", 7_900, 8_100)
    lines = bedgraph(made, CONTIG, region).decode().splitlines()
    rows = [line.split("\t") for line in lines if line.startswith("chr9")]
    assert [(int(a), int(b)) for _, a, b, _ in rows] == [(p, p + 1) for p in range(7_900, 8_100)]
    want = made.per_position[8_100:8_300].astype(np.float32)
    assert np.array_equal(np.array([row[3] for row in rows], dtype=np.float32), want)
    assert sum(line.startswith("track type=bedGraph") for line in lines) == 1
    (tmp_path / "a.bw").write_bytes(bigwig(made, CONTIG, region))
    with pyBigWig.open(str(tmp_path / "a.bw")) as file:
        assert file.chroms() == {"chr9": CONTIG}
        assert np.array_equal(np.float32(file.values("chr9", 7_900, 8_100)), want)
        assert np.isnan(file.values("chr9", 7_899, 7_900)).all()
        assert np.isnan(file.values("chr9", 8_100, 8_101)).all()


def test_a_padded_window_is_cut_to_its_contig(made, tmp_path):
    (tmp_path / "a.bw").write_bytes(bigwig(made, CONTIG))
    with pyBigWig.open(str(tmp_path / "a.bw")) as file:
        assert np.array_equal(np.float32(file.values("chr9", 0, CONTIG)), on_contig(made))


def test_modisco_reads_what_was_written(made):
    """As modisco-lite loads it: `arr_0` of both files, cut about the middle, then length before bases."""
    with zipfile.ZipFile(io.BytesIO(modisco(made, CONTIG, width=1000))) as archive:
        one_hot, scores = (
            np.load(io.BytesIO(archive.read(name)))["arr_0"] for name in ("ohe.npz", "shap.npz")
        )
        regions = archive.read("regions.bed").decode().splitlines()
        assert json.loads(archive.read("provenance.json"))["sha256"] == "ab" * 32
    assert one_hot.shape == scores.shape == (16, 4, 1000)
    assert one_hot.dtype == scores.dtype == np.float32
    assert regions[1] == "chr9\t1000\t2000"
    where = slice(1_200 + 300, 1_200 + 700)
    assert np.array_equal(scores[1][:, 300:700].T, made.hypothetical[where])
    letters = enformer.one_hot(made.letters[where]).numpy()
    assert np.array_equal(one_hot[1][:, 300:700].T, letters)
    # what it computes from them is the contribution of the base that stands there
    contributed = (scores * one_hot).sum(1).reshape(-1)
    np.testing.assert_allclose(contributed, on_contig(made), rtol=1e-4, atol=1e-9)


def test_one_sequence_for_modisco_by_default(made):
    region = Interval("chr9", 7_800, 8_200)
    with zipfile.ZipFile(io.BytesIO(modisco(made, CONTIG, region))) as archive:
        assert np.load(io.BytesIO(archive.read("shap.npz")))["arr_0"].shape == (1, 4, 400)


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_has_a_telling_name(made, form):
    file = export(made, CONTIG, form, Interval("chr9", 0, 2_000))
    assert file.name.startswith("tiny_untrained_demo_chr9-1-16184_contributions_human-1-31-32.")
    assert file.content
    if form == "bigWig":
        with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
            assert sorted(name.split(".")[-1] for name in archive.namelist()) == ["bw", "json"]


def test_nothing_is_written_where_nothing_is(made):
    for region in (Interval("chr8", 0, 100), Interval("chr9", 16_000, 16_100)):
        with pytest.raises(EnformerLensError, match="no position"):
            bigwig(made, CONTIG, region)
    with pytest.raises(EnformerLensError, match="do not fit"):
        modisco(made, CONTIG, Interval("chr9", 0, 100), width=400)
    with pytest.raises(EnformerLensError, match="no such format"):
        export(made, CONTIG, "HDF5")


def test_an_indel_is_noted(made):
    changed = replace(made.provenance, variant=Variant("chr9", 100, "A", "ACGT"))
    text = tsv(replace(made, provenance=changed), CONTIG).decode()
    assert "follow ALT, which is 3 bp longer" in text
    assert "follow ALT" not in tsv(made, CONTIG).decode()


def test_a_sequence_without_a_name_can_be_written_too(made):
    alone = replace(made, provenance=None, interval=Interval("sequence", 0, 16_384))
    text = tsv(alone, 16_384).decode()
    assert "sha256" not in text
    assert export(alone, 16_384, "TSV").name == "sequence-1-16384_contributions_human-1-31-32.tsv"
