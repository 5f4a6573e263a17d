from dataclasses import replace

import numpy as np

from enformer.demo_sequence import Dice
from enformer.planted import read
from enformer.planted.factors import BY_NAME, FACTORS
from enformer.planted.plan import Plan, PlannedEnhancer, PlannedPromoter, write_plan

PLAN = Plan(
    40_000,
    (
        PlannedPromoter(10_000, "+", "TATA", (BY_NAME["SP1"],)),
        PlannedPromoter(30_000, "-", "YY1", (BY_NAME["NRF1"], BY_NAME["SP1"])),
    ),
    (PlannedEnhancer(15_000, (BY_NAME["GATA1"], BY_NAME["NFE2"]), (BY_NAME["GATA1"],)),),
    (20_000,),
)


def test_a_plan_reads_back():
    reading = read(write_plan(PLAN, Dice(1)))
    assert reading.promoters["tss"].tolist() == [10_000, 30_000]
    assert reading.promoters["domain"].tolist() == [0, 1]
    assert reading.enhancers["blood"].tolist() == [2.4]
    assert len(reading.walls) == 1
    assert len(reading.links()) == 1


def test_nothing_starts_at_a_dead_promoter():
    dead = replace(PLAN.promoters[0], dead=True)
    reading = read(write_plan(replace(PLAN, promoters=(dead, PLAN.promoters[1])), Dice(1)))
    assert reading.promoters["tss"].tolist() == [30_000]
    helpers = reading.sites.where(
        np.array([FACTORS[n].name == "SP1" for n in reading.sites.factor])
    )
    assert len(helpers.start) == 2  # its own helper is whole


def test_the_same_dice_write_the_same():
    assert write_plan(PLAN, Dice(7)) == write_plan(PLAN, Dice(7))
    assert write_plan(PLAN, Dice(7)) != write_plan(PLAN, Dice(8))


def test_housekeeping_promoters_lie_in_islands():
    text = write_plan(PLAN, Dice(2))
    assert text[29_300:30_700].count("CG") > 3 * text[9_300:10_700].count("CG")


def test_what_is_written_before_stays_and_holds_no_chance_site():
    def codon(writer):
        writer.write(10_200, "ATG")
        writer.write(35_000, "ATGACTCAGCA")

    text = write_plan(PLAN, Dice(3), codon)
    assert text[10_200:10_203] == "ATG"
    assert "ATGACTCAGCA" not in text[34_990:35_020]
    assert not (read(text).sites.start > 34_000).any()
