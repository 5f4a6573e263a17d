import numpy as np
import pytest

from enformer.demo_sequence import Dice
from enformer.planted import FACTORS, read
from enformer.planted.plan import write_plan
from train.synthetic_plan import (
    CROWDED,
    DEAD,
    DOMAIN,
    PER_ENHANCER,
    PER_PROMOTER,
    SITES,
    SPACING,
    practice_plan,
    random_plan,
)

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


def test_enhancers_have_from_one_to_twelve_sites(plan):
    sizes, times = np.unique([len(e.factors) for e in plan.enhancers], return_counts=True)
    assert tuple(sizes) == SITES
    assert times.min() > 0.6 * times.mean()


def test_practice_shows_every_factor_often_alone_and_away_from_its_tissue():
    length = 300_000
    plan = practice_plan(length, Dice(1))
    reading = read(write_plan(plan, Dice(2)))
    found = np.bincount(reading.sites.factor, minlength=len(FACTORS))
    assert found.min() >= 10
    planned = np.sort([e.start for e in plan.enhancers])
    assert np.diff(planned).min() >= CROWDED * 3 // 4
    lone = [e.factors[0].name for e in plan.enhancers if len(e.factors) == 1]
    assert len(set(lone)) == 8
    mixed = [{t for f in e.factors for t in f.levels} for e in plan.enhancers if len(e.factors) > 1]
    assert np.mean([len(tissues) > 1 for tissues in mixed]) > 0.5
