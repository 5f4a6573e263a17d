"""The sets of tokens that heads may seek, where genes and peaks are known."""

import numpy as np
import pytest

from app.asking.places import PlaceName, open_place
from app.asking.scene import Scene, scene
from app.attention import attention_roles
from app.attention.attention_roles import CTCF, OPEN, PROMOTERS, REGIONS, sets_of, tracks_of
from enformer import load, predict
from enformer.genes import Gene
from enformer.query import parse_query
from interpret.head_roles import HeadRoles


@pytest.fixture(scope="module")
def planted(wide_model) -> Scene:
    """The published window of the demo genome around DGB1, before a model with all assays."""
    place = open_place(PlaceName.of("demo", "", False))
    parsed = parse_query("DGB1", place.genome, place.genes, place.variants)
    return scene(load(wide_model), place, parsed, None)


def test_promoters_are_the_tokens_of_starts(planted):
    genes = tuple(planted.place.genes.overlapping(planted.window))
    promoters, *_ = sets_of(planted, genes, None)
    assert promoters.name == PROMOTERS
    start = planted.window.start
    want = {
        (g.tss - start) // 128 for g in genes if planted.window.start <= g.tss < planted.window.end
    }
    assert set(promoters.tokens) <= want
    assert len(promoters.among) <= 1536


def test_regions_of_a_gene_file_without_a_strand_are_a_set_of_their_own(planted):
    start = planted.window.start
    region = Gene("LCR", "1", start + 1_280, start + 1_536, ".")
    promoters, regions = sets_of(planted, (region,), None)
    assert (promoters.tokens, regions.name, regions.tokens) == ((), REGIONS, (10, 11))


def test_peaks_are_sought_in_the_predicted_region_and_open_chromatin_is_not_at_promoters(planted):
    genes = tuple(planted.place.genes.overlapping(planted.window))
    found = predict(planted.checkpoint, planted.place.genome, planted.window)
    sets = {one.name: one for one in sets_of(planted, genes, found)}
    assert set(sets) == {PROMOTERS, REGIONS, OPEN, CTCF}
    first = (planted.region.start - planted.window.start) // 128
    for name in (OPEN, CTCF):
        assert min(sets[name].among) >= first
        assert set(sets[name].tokens) <= set(sets[name].among)
    near = {t + step for t in sets[PROMOTERS].tokens for step in (-1, 0, 1)}
    assert not near & set(sets[OPEN].tokens)


def test_tracks_are_those_of_the_head(planted):
    table = planted.checkpoint.tracks
    found = tracks_of(table, "human")
    assert {table.row(track)["assay"] for track in found.values()} == {"DNASE", "CHIP"}
    assert table.row(found[CTCF])["target"] == "CTCF"


def test_heads_are_ordered_by_what_they_do():
    share = np.array([[[0.1], [0.4]], [[0.3], [0.2]]])
    one = np.ones((2, 2, 1))
    roles = HeadRoles(("promoters",), (3,), share, 0.1 * one, one, one,
                      np.array([[0.1, 0.2], [0.9, 0.3]]), np.zeros((2, 2)), 1024)  # fmt: skip
    assert attention_roles.order(roles, "promoters") == [1, 2, 3, 0]
    assert attention_roles.order(roles, "local") == [2, 3, 1, 0]
    assert attention_roles.order(roles, "layer and head") == [0, 1, 2, 3]
    assert "3 tokens of promoters" in attention_roles.said(roles)
