"""What the Variant view computes, and the files it offers, on the bundled model and the demo genome."""

import io
import json
import zipfile

import numpy as np
import pandas as pd
import pytest
import torch

import enformer
from app import result_files
from app.computing.predictions import Answer
from app.figures.mutagenesis_data import MutagenesisPicture
from app.variant import varying
from app.variant.variant_files import EffectFiles, MapFiles
from enformer import Interval, Variant, open_genome, predict
from interpret.mutagenesis import first_order_mutagenesis, mutagenesis
from interpret.origin import Subject
from interpret.stored import unpack
from interpret.target import Target

POSITION = 300_101


@pytest.fixture(scope="module")
def variant() -> Variant:
    base = open_genome("demo").fetch(Interval("demo1", POSITION - 1, POSITION))
    return Variant("demo1", POSITION, base, "A" if base != "A" else "G")


@pytest.fixture(scope="module")
def mini() -> enformer.Checkpoint:
    return enformer.load("mini")


@pytest.fixture(scope="module")
def answer(mini, variant) -> Answer:
    genome = open_genome("demo")
    alt = predict(mini, genome, variant)
    return Answer(predict(mini, genome, alt.window), alt)


@pytest.fixture(scope="module")
def found(mini, variant):
    """The map of two bases on each side, on a strong track at the variant."""
    subject = Subject.read(mini, open_genome("demo"), variant.interval)
    at, target = variant.start - subject.window.start, Target("human", (30,), (255, 256, 257))
    arguments = (mini.model, subject.one_hot, target, at - 2, at + 3)
    return [
        m(*arguments, origin=subject.provenance) for m in (mutagenesis, first_order_mutagenesis)
    ]


def test_the_map_at_the_variant_is_the_difference_of_both_predictions(answer, found, variant):
    target = found[0].target
    ref, alt = (
        target.of(torch.tensor(p.values["human"].astype(np.float32))[None])
        for p in (answer.reference, answer.alternative)
    )
    cell = found[0].values[2, "ACGT".index(variant.alt)]
    assert found[0].letters[2] == variant.ref
    assert cell == pytest.approx(float(alt - ref), rel=1e-3, abs=2e-6)
    assert abs(cell) > 1e-5


@pytest.fixture(scope="module")
def files(mini, answer) -> EffectFiles:
    effect = varying.computed_effect(mini, answer, ())
    return EffectFiles(effect, mini.tracks, "stem")


def test_percentiles_come_with_mini(files):
    assert "random single-base variants" in files.effect.background
    assert set(files.effect.percentiles) >= {"SAD", "SAX"}


def test_the_scores_of_every_track_are_written_with_their_origin(files, answer, variant):
    name, _, make = files.scores()
    text = make().decode()
    assert name == "stem_scores.tsv"
    assert variant.key in text.partition("head\t")[0]
    table = pd.read_csv(io.StringIO(text), sep="\t", comment="#")
    assert len(table) == sum(files.effect.track_counts)
    ref, alt = answer.reference.values["human"], answer.alternative.values["human"]
    difference = (alt.astype(np.float64) - ref.astype(np.float64)).mean(0)
    human = table[table["head"] == "human"]["SAD"]
    np.testing.assert_allclose(human, difference, rtol=1e-5, atol=1e-9)
    kept = unpack(files.arrays()[2]())
    np.testing.assert_array_equal(kept.scores["SAD"], files.effect.scores["SAD"])


def picture_of(found, variant) -> MutagenesisPicture:
    return MutagenesisPicture(
        region=found.region, letters=found.letters, values=found.values,
        importance=found.importance, assembly="demo", explained="a track", unit="counts",
        method=varying.method(found), variant=variant,
    )  # fmt: skip


def test_a_zip_of_the_map_holds_values_figures_and_origin(found, variant):
    files = MapFiles(found[0], picture_of(found[0], variant), "stem")
    name, _, make = result_files.everything(files, 89)
    with zipfile.ZipFile(io.BytesIO(make())) as archive:
        held = {one.rpartition(".")[2]: archive.read(one) for one in archive.namelist()}
    assert name == "stem_mutagenesis.zip"
    assert set(held) == {"svg", "pdf", "png", "tsv", "npz", "json"}
    table = pd.read_csv(io.BytesIO(held["tsv"]), sep="\t", comment="#")
    assert table["position_1based"].tolist() == list(range(POSITION - 2, POSITION + 3))
    np.testing.assert_allclose(table[list("ACGT")], found[0].values, rtol=1e-6)
    np.testing.assert_array_equal(unpack(held["npz"]).values, found[0].values)
    made = json.loads(held["json"])
    assert made["around"] == variant.key
    assert made["variant"] is None  # it is the reference that was mutated
    assert made["method"] == "mutagenesis"


def test_files_of_an_approximation_say_so(found, variant):
    files = MapFiles(found[1], picture_of(found[1], variant), "stem")
    assert result_files.table(files)[0] == "stem_mutagenesis_approximate.tsv"
    assert b"approximate" in files.write_table()
    assert json.loads(files.provenance)["exact"] is False
