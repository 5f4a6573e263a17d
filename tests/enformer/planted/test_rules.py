import numpy as np
import pytest

from enformer.planted import planted_tracks, read, rules
from enformer.planted.factors import BY_NAME, HEADS
from enformer.sequence import reverse_complement

TATA, SP1, GATA1, HNF4A = "GTATAAAAGG", "AGGGCGGGGT", "CAGATAAGGA", "AGGACAAAGGTCA"
CTCF = "TGACCACCAGAGGGCACCA"
BLOOD, LIVER = HEADS["human"].index("blood"), HEADS["human"].index("liver")


def place(length: int, **motifs: tuple[str, int]) -> str:
    """Poly-T, in which nothing binds, with motifs at places."""
    text = "T" * length
    for motif, at in motifs.values():
        text = text[:at] + motif + text[at + len(motif) :]
    return text


@pytest.fixture
def locus() -> dict[str, tuple[str, int]]:
    """A promoter at 20,031 with one SP1 site, a blood enhancer 10 kb downstream."""
    return {"core": (TATA, 20_000), "sp1": (SP1, 19_900), "enhancer": (GATA1, 30_026)}


def test_cage_is_its_formula(locus):
    reading = read(place(60_000, **locus))
    promoter = reading.promoters.iloc[0]
    assert (promoter.tss, promoter.strand, promoter.strength) == (20_031, "+", 1.0)
    distance = 30_031 - 20_031
    expected = rules.RATE * 1.0 * (rules.BASAL + 1.0 / (1 + distance / rules.REACH))
    cage = reading.cage(HEADS["human"])[0]
    assert cage[BLOOD] == pytest.approx(expected)
    assert cage[LIVER] == pytest.approx(rules.RATE * rules.BASAL)


def test_an_enhancer_acts_in_its_tissues_and_sites_add_up(locus):
    one = read(place(60_000, **locus)).cage(["blood"])[0, 0]
    two = read(place(60_000, **locus, more=(GATA1, 30_060))).cage(["blood"])[0, 0]
    basal = rules.RATE * rules.BASAL
    assert two - basal == pytest.approx(2 * (one - basal), rel=0.01)
    other = read(place(60_000, **locus, more=(HNF4A, 30_060))).cage(HEADS["human"])[0]
    assert other[BLOOD] == pytest.approx(one)
    assert other[LIVER] > basal


def test_an_insulator_between_them_ends_it_and_elsewhere_does_not(locus):
    basal = rules.RATE * rules.BASAL
    free = read(place(60_000, **locus)).cage(["blood"])[0, 0]
    assert read(place(60_000, **locus, w=(CTCF, 25_000))).cage(["blood"])[0, 0] == pytest.approx(
        basal
    )
    for elsewhere in (10_000, 40_000):
        assert read(place(60_000, **locus, w=(CTCF, elsewhere))).cage(["blood"])[0, 0] == free


def test_the_links_add_up_to_what_cage_has_above_its_base(locus):
    reading = read(place(60_000, **locus, more=(HNF4A, 45_000), again=(GATA1, 5_000)))
    lost = reading.links()[list(HEADS["human"])].sum().to_numpy()
    above = reading.cage(HEADS["human"])[0] - rules.RATE * rules.BASAL * 1.0
    assert lost == pytest.approx(above)
    assert sorted(reading.links()["distance"]) == [10_000, 15_026, 24_975]


def test_a_promoter_without_helpers_is_faint_and_those_behind_it_do_not_help(locus):
    del locus["sp1"]
    assert read(place(60_000, **locus)).promoters["strength"].item() == rules.FAINT
    far = read(place(60_000, **locus, sp1=(SP1, 20_200)))
    assert far.promoters["strength"].item() == rules.FAINT


def test_the_other_strand_reads_the_same(locus):
    text = place(60_032, **locus, more=(HNF4A, 45_000), w=(CTCF, 50_000))
    here, there = read(text), read(reverse_complement(text))
    assert there.promoters["tss"].item() == len(text) - 1 - 20_031
    assert there.promoters["strand"].item() == "-"
    tracks = here.expected("human", 0, 469)
    assert np.allclose(tracks, there.expected("human", 0, 469)[::-1], atol=0.05)


def test_signal_is_conserved_and_lies_where_it_should(locus):
    reading = read(place(60_000, **locus, w=(CTCF, 50_000)))
    bins = 60_000 // 128
    tracks = reading.expected("human", 0, bins) - rules.BACKGROUND
    names = planted_tracks("human").frame["description"].tolist()
    by_name = dict(zip(names, tracks.T, strict=True))
    assert by_name["CAGE:blood"].sum() == pytest.approx(reading.cage(["blood"])[0, 0], rel=1e-3)
    assert by_name["CAGE:blood"].argmax() == 20_031 // 128
    assert by_name["CHIP:CTCF:liver"].argmax() == 50_009 // 128
    assert by_name["CHIP:CTCF:liver"].sum() == pytest.approx(12 * BY_NAME["CTCF"].weight, rel=1e-3)
    assert by_name["DNASE:blood"][30_031 // 128] > 1
    assert by_name["DNASE:liver"][30_031 // 128] == 0
    assert by_name["CHIP:H3K27ac:liver"].sum() == pytest.approx(
        12 * BY_NAME["SP1"].weight, rel=1e-3
    )


def test_a_part_is_part_of_the_whole(locus):
    reading = read(place(60_000, **locus))
    whole = reading.expected("mouse", 0, 400)
    assert np.allclose(reading.expected("mouse", 128 * 140, 100), whole[140:240])


def test_a_sequence_without_anything_is_background():
    reading = read("T" * 5_000)
    assert reading.promoters.empty
    assert reading.enhancers.empty
    assert reading.links().empty
    assert (reading.expected("human", 0, 39) == rules.BACKGROUND).all()


def test_decay_halves_at_its_reach():
    assert rules.decay(np.array([0.0, rules.REACH])) == pytest.approx([1, 0.5])
