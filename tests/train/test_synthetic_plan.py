import numpy as np
import pytest

from enformer.demo_sequence import Dice
from train.synthetic_plan import DEAD, DOMAIN, PER_ENHANCER, PER_PROMOTER, SPACING, random_plan

LENGTH = 12_000_000


@pytest.fixture(scope="module")
def plan():
    return random_plan(LENGTH, Dice(1))


def test_the_same_dice_plan_the_same(plan):
    assert random_plan(LENGTH, Dice(1)) == plan
    assert random_plan(LENGTH, Dice(2)) != plan


def test_elements_keep_their_distance_and_stay_on_the_contig(plan):
    places = np.sort([p.tss for p in plan.promoters] + [e.start for e in plan.enhancers])
    assert np.diff(places).min() >= SPACING
    assert places.min() > 0
    assert places.max() < LENGTH


def test_domains_are_as_long_as_they_should_be(plan):
    lengths = np.diff([0, *plan.walls])
    assert lengths.min() >= DOMAIN[0] - 1
    assert lengths.max() <= DOMAIN[1] + 200
    assert 0.7 < np.exp(np.log(lengths).mean()) / np.sqrt(DOMAIN[0] * DOMAIN[1]) < 1.4


def test_densities_are_near_what_is_said(plan):
    per_bp = np.mean([1 / spacing for spacing in PER_PROMOTER])
    assert 0.6 < len(plan.promoters) / LENGTH / per_bp < 1.4
    assert 0.6 < len(plan.enhancers) * PER_ENHANCER / LENGTH < 1.6


def test_both_strands_both_cores_and_every_enhancer_factor_are_used(plan):
    assert {p.strand for p in plan.promoters} == {"+", "-"}
    assert {p.core for p in plan.promoters} == {"TATA", "YY1"}
    assert len({f.name for e in plan.enhancers for f in e.factors}) == 8
    assert any(e.broken for e in plan.enhancers)
    assert 0.7 < np.mean([p.dead for p in plan.promoters]) * DEAD < 1.4


def test_links_reach_from_one_to_eighty_kb(plan):
    walls = np.array(plan.walls)
    tss = np.array([p.tss for p in plan.promoters])
    starts = np.array([e.start for e in plan.enhancers])
    same = np.searchsorted(walls, tss)[:, None] == np.searchsorted(walls, starts)
    distance = np.abs(tss[:, None] - starts)[same]
    assert distance.min() < 2_000
    assert np.percentile(distance, 99) > 80_000
