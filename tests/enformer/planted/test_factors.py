import re

from enformer.planted.factors import ASSAYS, FACTORS, HEADS, factors_of, planted_tracks


def test_names_are_unique_and_consensuses_are_iupac():
    assert len({factor.name for factor in FACTORS}) == len(FACTORS)
    assert all(re.fullmatch("[ACGTRYSWKMBDHVN]{9,20}", factor.consensus) for factor in FACTORS)


def test_tissues_differ_in_their_enhancer_factors_only():
    for factor in FACTORS:
        levels = [factor.level(tissue) for tissue in HEADS["human"]]
        if factor.role == "enhancer":
            assert max(levels) == 1
            assert levels.count(1.0) == 1
        else:
            assert set(levels) == {1.0}
    own = [factors_of(tissue) for tissue in HEADS["human"]]
    assert all(own)
    assert len({factor.name for group in own for factor in group}) == sum(map(len, own))


def test_the_mouse_has_some_of_the_human_tissues():
    assert set(HEADS["mouse"]) < set(HEADS["human"])


def test_every_assay_is_a_track_of_every_tissue_in_order():
    table = planted_tracks("human")
    assert len(table) == len(ASSAYS) * len(HEADS["human"])
    assert list(table.frame["assay"][:4]) == ["CAGE"] * 4
    assert list(table.frame["biosample"][:4]) == list(HEADS["human"])
    assert list(table.strand_pairs("human")) == list(range(16))
    assert table.frame["unit"].eq("events per bin").all()
