"""Files of the Contributions view, read back as a person would use them."""

import io
import json
import zipfile

import numpy as np
import pytest

from app.contributions import contributing
from app.contributions.contribution_downloads import Files
from app.figures.contribution_data import ContributionPicture
from app.figures.data import LocusPicture
from enformer import Interval, open_genome
from enformer.coordinates import predicted_region
from interpret.contributions import integrated_gradients
from interpret.origin import Subject
from interpret.stored import unpack
from interpret.target import Target

TARGET = Target("human", (6,), (31, 32, 33))


@pytest.fixture(scope="module")
def files(tiny_checkpoint) -> Files:
    genome = open_genome("demo")
    subject = Subject.read(tiny_checkpoint, genome, Interval("demo1", 300_000, 300_001))
    found = integrated_gradients(
        subject.model, subject.one_hot, TARGET, steps=3, origin=subject.provenance
    )
    locus = LocusPicture(
        window=subject.window, region=predicted_region(subject.window, tiny_checkpoint.config),
        bin_size=128, contig_length=genome.length("demo1"),
        view=Interval("demo1", 299_900, 300_100), genes=(), lanes=(), assembly="demo",
        trained=False,
    )  # fmt: skip
    picture = ContributionPicture(
        locus, found.letters, found.per_position, found.pooled(128, "sum"),
        contributing.method(found), "the target", contributing.gap(found),
    )  # fmt: skip
    return Files(found, picture)


@pytest.fixture(scope="module")
def more(files, tiny_checkpoint) -> Files:
    """The same with a second method, a part knocked out and a peak named."""
    from dataclasses import replace

    from app.contributions.knocking import Lost, contributed
    from app.figures.motif_data import Called
    from interpret.contributions import input_gradient
    from interpret.perturb import knockout

    subject = Subject.read(
        tiny_checkpoint, open_genome("demo"), Interval("demo1", 300_000, 300_001)
    )
    asked = {"origin": subject.provenance}
    second = input_gradient(subject.model, subject.one_hot, TARGET, **asked)
    part = Interval("demo1", 300_010, 300_060)
    lost = knockout(subject.model, subject.one_hot, TARGET, [part], shuffles=3, **asked)
    named = (Called(Interval("demo1", 300_020, 300_030), "GATA1", "+", "p 1e-06"),)
    done = (Lost(lost, contributed(files.found, part)),)
    return Files(files.found, replace(files.picture, called=named), second, done)


def test_knock_outs_are_written_with_every_shuffle(more):
    _, _, make = more.more()["Knock-outs TSV"]
    lines = [line for line in make().decode().splitlines() if not line.startswith("#")]
    row = dict(zip(lines[0].split("\t"), lines[1].split("\t"), strict=True))
    assert (row["contig"], row["start"], row["end"]) == ("demo1", "300010", "300060")
    shuffles = [float(row[f"shuffle_{i}"]) for i in (1, 2, 3)]
    assert float(row["effect"]) == pytest.approx(np.mean(shuffles), rel=1e-4)
    assert float(row["spread"]) == pytest.approx(np.std(shuffles, ddof=1), rel=1e-4)
    start = more.found.interval.start
    total = more.found.per_position[300_010 - start : 300_060 - start].sum()
    assert float(row["contribution"]) == pytest.approx(float(total), rel=1e-4)


def test_the_second_method_and_motifs_are_files_too(more):
    files = more.more()
    assert unpack(files["Second NPZ"][2]()).method == "input x gradient"
    assert "GATA1\t+\tp 1e-06" in files["Motifs TSV"][2]().decode()
    assert json.loads(more.provenance)["second"]["method"] == "input x gradient"
    with zipfile.ZipFile(io.BytesIO(more.everything(89)[2]())) as archive:
        endings = {entry.removeprefix(more.stem) for entry in archive.namelist()}
    assert {"_second.npz", "_knockouts.tsv", "_motifs.tsv"} <= endings


def test_names_say_model_place_and_method(files):
    assert files.stem.startswith("tiny_untrained_demo_demo1-299901-300100_contributions_integrated")


def test_the_provenance_says_what_was_explained_and_how_well_it_adds_up(files):
    made = json.loads(files.provenance)
    assert made["method"] == "integrated gradients"
    assert made["options"]["target"] == str(TARGET)
    assert made["options"]["steps"] == 3
    assert made["view"] == [299_900, 300_100]
    assert made["completeness_gap"] == pytest.approx(files.found.completeness_gap)


def test_the_gap_is_told_in_numbers_and_large_ones_are_called_so(files):
    said = contributing.gap(files.found)
    assert "at 3 steps" in said
    assert ("too few" in said) == (files.found.relative_gap > 0.05)


def test_arrays_come_back_whole(files):
    _, _, make = files.arrays()
    np.testing.assert_array_equal(unpack(make()).values, files.found.values)


def test_everything_is_in_the_zip(files):
    name, mime, make = files.everything(89)
    assert (name, mime) == (f"{files.stem}.zip", "application/zip")
    with zipfile.ZipFile(io.BytesIO(make())) as archive:
        endings = {entry.removeprefix(files.stem) for entry in archive.namelist()}
        assert endings == {
            "_89mm.svg", "_89mm.pdf", "_89mm.png", ".tsv", ".bedgraph", ".bigwig.zip",
            ".modisco.zip", ".npz", ".json",
        }  # fmt: skip
        table = archive.read(f"{files.stem}.tsv").decode()
    rows = [line for line in table.splitlines() if not line.startswith("#")]
    assert len(rows) == 1 + 16_384
    first = dict(zip(rows[0].split("\t"), rows[1].split("\t"), strict=True))
    assert float(first["contribution"]) == pytest.approx(files.found.per_position[0], abs=1e-9)


def test_a_difference_says_so_in_name_data_and_provenance(files, tiny_checkpoint):
    from dataclasses import replace

    from app.contributions import alleles
    from enformer import Variant
    from interpret.allele_contributions import difference

    genome = open_genome("demo")
    ref = genome.fetch(Interval("demo1", 300_000, 300_001))
    variant = Variant("demo1", 300_001, ref, "A" if ref != "A" else "G")
    subject = Subject.read(tiny_checkpoint, genome, files.found.interval, variant)
    alt = integrated_gradients(
        subject.model, subject.one_hot, TARGET, steps=3, origin=subject.provenance
    )
    found = difference(files.found, alt, variant)
    picture = replace(files.picture, values=found.per_position, stacks=alleles.stacks(found),
                      allele=alleles.name_of(found), reference=files.found.per_position)  # fmt: skip
    both = Files(found, picture)
    assert "ALT-minus-REF_demo1-300001" in both.stem
    made = json.loads(both.provenance)
    assert made["allele"] == made["options"]["allele"] == "ALT − REF"
    assert made["variant"]["alt"] == variant.alt
    assert made["value"] == pytest.approx(alt.value - files.found.value)
    assert "TF-MoDISco" not in both.forms
    assert "ALT_minus_REF" in both.data("TSV")[2]().decode()
    again = unpack(both.arrays()[2]())
    np.testing.assert_array_equal(again.alt.values, alt.values)
    with zipfile.ZipFile(io.BytesIO(both.everything(89)[2]())) as archive:
        assert not any("modisco" in name for name in archive.namelist())
    (stack,) = picture.stacks
    total = sum(height for _, height in stack.letters)
    assert total == pytest.approx(found.per_position[300_000 - found.interval.start], abs=1e-6)
    assert json.loads(files.provenance)["allele"] == "REF"
