"""Files of the Contributions view, read back as a person would use them."""

import io
import json
import zipfile

import numpy as np
import pytest

from app import contributing
from app.contribution_downloads import Files
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
