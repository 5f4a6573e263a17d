"""The planted truth of the demo genome as the app tells it, against the sequence and the formula."""

import io
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from app.asking import examples
from app.figures.data import LocusPicture, TrackLane
from app.truth import truth, truth_files
from enformer import Interval, Variant, open_genome
from enformer.demo import demo_reading
from enformer.planted import planted_tracks, read
from enformer.planted.rules import RATE, decay
from enformer.tracks import TrackId


@pytest.fixture(scope="module")
def genome():
    return open_genome("demo")


@pytest.fixture(scope="module")
def cluster():
    return truth.truth_on("demo1", "blood")


def test_the_cluster_is_driven_by_its_control_region_alone(cluster):
    for gene in ("DGB1", "DGB5"):
        acting = {link.enhancer for link in cluster.links if link.gene == gene}
        assert acting == {f"DLCR-HS{number}" for number in range(1, 6)}
    assert not [link for link in cluster.links if link.enhancer == "DOUT1"]
    acts = {one.name: one.acts for one in cluster.elements}
    assert acts["DOUT1"]
    assert not acts["DEMO7-enhancer"]


def test_a_links_effect_is_what_knocking_out_the_enhancer_takes(cluster, genome):
    whole = genome.fetch(Interval("demo1", 0, 600_000))
    reading, tss = demo_reading("demo1"), {link.gene: link.tss for link in cluster.links}
    (lost,) = [k for k in cluster.links if (k.enhancer, k.gene) == ("DLCR-HS2", "DGB1")]
    place = next(one.interval for one in cluster.elements if one.name == "DLCR-HS2")
    knocked = read(whole[: place.start] + "N" * place.length + whole[place.end :])
    cage = [dict(zip(one.promoters["tss"], one.cage(["blood"])[:, 0], strict=True))
            for one in (reading, knocked)]  # fmt: skip
    # links measure from an element's middle, sites from their own: within a few per mille
    assert cage[0][tss["DGB1"]] - cage[1][tss["DGB1"]] == pytest.approx(lost.lost, rel=5e-3)


def test_hs2_acts_in_another_tissue_by_its_factors_level():
    muscle = truth.truth_on("demo1", "muscle")
    blood = truth.truth_on("demo1", "blood")
    one, other = (
        next(
            link.lost for link in found.links if (link.enhancer, link.gene) == ("DLCR-HS2", "DGB1")
        )
        for found in (blood, muscle)
    )
    assert other / one == pytest.approx(3 * 1.4 * 0.2 / (3 * 1.4 + 3 * 1.0))


def test_a_variant_in_the_promoter_takes_the_share_of_its_site():
    effect = truth.true_effect(Variant.parse("demo1:301,689 C>A"), "blood")
    assert effect.broken == ("SP1 in DGB1-promoter",)
    assert (effect.gene, effect.made) == ("DGB1", ())
    assert effect.after / effect.before == pytest.approx(1.6 / 2.6)  # SP1 of NFY, SP1, NFY


def test_a_variant_in_an_enhancer_takes_what_the_formula_says():
    variant = Variant.parse("demo1:345,053 C>A")
    effect = truth.true_effect(variant, "blood")
    assert effect.broken == ("NFE2 in DLCR-HS2",)
    middle = (345_048 + 345_059) // 2
    lost = RATE * 2.6 * 1.4 * decay(np.array([abs(middle - 301_606.0)]))
    assert effect.before - effect.after == pytest.approx(lost[0])
    assert "breaks a site of NFE2 in DLCR-HS2" in str(effect)
    assert truth.true_effect(variant, "liver").gene == ""


def test_nothing_is_said_to_happen_where_no_site_is(genome):
    ref = genome.fetch(Interval("demo1", 298_000, 298_001))
    effect = truth.true_effect(Variant("demo1", 298_001, ref, "A" if ref != "A" else "C"), "blood")
    assert (effect.broken, effect.made, effect.gene) == ((), (), "")
    assert "touches no site" in str(effect)


def test_bases_that_move_have_no_known_effect():
    assert truth.true_effect(Variant("demo1", 345_053, "C", "CA"), "blood") is None


@pytest.mark.parametrize("example", examples.DEMO_VARIANTS, ids=lambda one: one.label)
def test_example_variants_fit_the_genome_and_break_a_site(example, genome):
    variant = Variant.parse(example.text)
    assert genome.fetch(variant.interval) == variant.ref
    effect = truth.true_effect(variant, "blood")
    assert len(effect.broken) == 1
    assert effect.after < effect.before


@pytest.fixture
def picture() -> LocusPicture:
    """Two planted tracks and one of something else, over 64 bins."""
    window = Interval("demo1", 337_920, 354_304)
    lane = TrackLane("l", "n", "CAGE", "CAGE", "events", np.zeros(64, np.float32))
    return LocusPicture(
        window, Interval("demo1", 342_016, 350_208), 128, 600_000,
        Interval("demo1", 342_016, 350_208), (), (lane, lane, lane), "demo",
    )  # fmt: skip


def test_tracks_get_the_expectation_of_the_identifier_they_carry(picture):
    known = planted_tracks("human").search("planted.human.DNASE planted")
    table = planted_tracks("human")
    dnase = next(track for track in known.ids)
    shown = truth.with_truth(picture, "blood", [dnase, TrackId("human", 0), dnase], table)
    values = demo_reading("demo1").expected("human", picture.region.start, 64)
    np.testing.assert_array_equal(shown.lanes[0].expected, values[:, dnase.index])
    np.testing.assert_array_equal(shown.lanes[1].expected, values[:, 0])
    assert shown.lanes[0].expected_alternative is None
    assert truth.with_truth(picture, "") is picture


def test_tracks_of_other_models_get_none(picture, tiny_tracks):
    tracks = [TrackId("human", 0), TrackId("human", 5), TrackId("mouse", 0)]
    shown = truth.with_truth(picture, "blood", tracks, tiny_tracks)
    assert [lane.expected for lane in shown.lanes] == [None] * 3
    assert shown.truth is not None


def test_alt_is_expected_from_the_changed_sequence(picture):
    changed = replace(picture, variant=Variant.parse("demo1:345,053 C>A"))
    dnase = TrackId("human", 4)  # DNASE blood
    lane = truth.with_truth(changed, "blood", [dnase] * 3, planted_tracks("human")).lanes[0]
    lost = lane.expected - lane.expected_alternative
    assert lost.sum() == pytest.approx(
        10 * 1.4, rel=1e-2
    )  # events per unit of weight, NFE2's weight
    assert lost.argmax() == (345_053 - picture.region.start) // 128


def test_the_tissue_is_that_of_the_tracks():
    table = planted_tracks("human")
    assert truth.tissue_of([TrackId("human", 5), TrackId("human", 2)], table) == "neuron"
    assert truth.tissue_of([TrackId("human", 5)], table) == "liver"
    assert truth.tissue_of([], table) == "blood"


def table_of(content: bytes) -> pd.DataFrame:
    assert b"planted truth, known because the genome is synthetic" in content
    return pd.read_csv(io.BytesIO(content), sep="\t", comment="#")


def test_files_hold_elements_links_and_expectation(picture, cluster):
    shown = truth.with_truth(picture, "blood", [TrackId("human", 4)] * 3, planted_tracks("human"))
    files = truth_files.files(shown, "stem")
    assert [name for name, _, _ in files.values()] == [
        "stem_truth_elements.tsv", "stem_truth_links.tsv", "stem_truth_expected.tsv",
    ]  # fmt: skip
    elements, links, expected = (table_of(make()) for _, _, make in files.values())
    hs2 = elements.set_index("name").loc["DLCR-HS2"]
    assert (hs2["start"], hs2["end"], hs2["blood"]) == (345_000, 345_278, 7.2)
    lost = {(link.enhancer, link.gene): link.lost for link in cluster.links}
    told = links[links["blood"] > 0].set_index(["enhancer", "gene"])["blood"].to_dict()
    assert told == pytest.approx(lost, rel=1e-4)
    assert len(expected) == 64
    np.testing.assert_allclose(expected["CAGE l"], shown.lanes[0].expected, rtol=1e-5)
    assert truth_files.files(picture, "stem") == {}
