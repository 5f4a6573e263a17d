import numpy as np
import pytest

from enformer.demo_sequence import Dice, Writer, background
from enformer.planted import read
from enformer.planted.compose import (
    ENHANCER_STEP,
    broken,
    draw_motif,
    scrub,
    write_enhancer,
    write_insulator,
    write_promoter,
)
from enformer.planted.factors import BY_NAME, FACTORS
from enformer.planted.sites import find_sites, letters_to_bits


@pytest.fixture
def empty() -> np.ndarray:
    codes = background(Dice(1), 20_000)
    scrub(codes, Dice(2))
    return codes


def test_scrubbing_leaves_no_site_and_changes_little():
    before = background(Dice(1), 200_000)
    after = before.copy()
    scrub(after, Dice(2))
    assert len(find_sites(1 << before).start) > 5
    assert len(find_sites(1 << after).start) == 0
    assert (before != after).sum() < 3 * len(find_sites(1 << before).start)


def test_every_drawn_motif_binds_and_no_broken_one_does():
    dice = Dice(3)
    for number, factor in enumerate(FACTORS):
        for _ in range(20):
            good, bad = draw_motif(factor, dice), broken(factor, dice)
            assert number in find_sites(letters_to_bits(good)).factor
            assert number not in find_sites(letters_to_bits(bad)).factor
            assert len(bad) == len(good)


def test_an_enhancer_reads_back(empty):
    factors = tuple(BY_NAME[name] for name in ("GATA1", "NFE2", "HNF4A", "GATA1"))
    writer = Writer(empty)
    assert write_enhancer(writer, 5_000, factors, Dice(4)) == 5_000 + 4 * ENHANCER_STEP
    reading = read(writer.text())
    assert [FACTORS[number].name for number in reading.sites.factor] == [f.name for f in factors]
    assert len(reading.enhancers) == 1


@pytest.mark.parametrize("strand", ["+", "-"])
@pytest.mark.parametrize("core", ["TATA", "YY1"])
def test_a_promoter_reads_back_at_its_base(empty, strand, core):
    helpers = tuple(BY_NAME[name] for name in ("SP1", "NFY", "NRF1"))
    writer = Writer(empty)
    text = draw_motif(BY_NAME[core], Dice(5))
    write_promoter(writer, 10_000, strand, BY_NAME[core], text, helpers, Dice(5))
    promoter = read(writer.text()).promoters.iloc[0]
    assert (promoter.tss, promoter.strand) == (10_000, strand)
    assert promoter.strength == pytest.approx(sum(helper.weight for helper in helpers))


def test_an_insulator_reads_back(empty):
    writer = Writer(empty)
    write_insulator(writer, 10_000, "-", Dice(6))
    assert read(writer.text()).walls.tolist() == [10_000 - 18 + 9]
