from dataclasses import replace
from pathlib import Path

import numpy as np
import pyBigWig
import pytest

from enformer.coordinates import Interval
from enformer.errors import DataError, TrackError
from enformer.genome import open_genome
from train.bigwig import (
    Masks,
    Track,
    check_values,
    coverage,
    in_units,
    pooled,
    read_tracks,
    shared_contigs,
    soft_clipped,
    targets_of,
)
from train.species import Geometry, Species

REGION = Interval("chr1", 0, 512)
PLAIN = Masks(np.ones(512, bool), np.zeros(512, bool), np.zeros(4, bool))


def track(path: Path, sum_stat: str = "sum", **changes: float) -> Track:
    return Track(path, sum_stat, **{"scale": 1.0, "clip_soft": np.nan, "clip": np.nan, **changes})


def one_track(folder: Path, entries: list[tuple[int, int, float]], length: int = 4096) -> Track:
    with pyBigWig.open(str(folder / "one.bw"), "w") as file:
        file.addHeader([("chr1", length)])
        starts, ends, values = map(list, zip(*entries, strict=True))
        file.addEntries(["chr1"] * len(starts), starts, ends=ends, values=values)
    return track(folder / "one.bw")


def test_targets_by_hand(toy: Species) -> None:
    table, tracks = read_tracks(toy)
    known = np.ones(512, bool)
    known[130] = False
    values = targets_of(toy, tracks, REGION, replace(PLAIN, known=known))
    with pyBigWig.open(str(toy.genome.parent / "open.bw")) as file:
        bases = np.array(file.values("chr1", 128, 256))
    with pyBigWig.open(str(toy.genome.parent / "minus.bw")) as file:
        minus = np.array(file.values("chr1", 128, 256))
    bases[2] = minus[2] = 0
    total = 2 * bases.sum()
    soft = total if total <= 20 else min(20 + np.sqrt(total - 20), 40)
    expected = [soft, bases.mean(), np.sqrt(1 + 0.5 * bases.sum()) - 1, -minus.min()]
    np.testing.assert_allclose(values[1], expected, rtol=1e-6)
    assert table.strand_pairs("aux").tolist() == [0, 1, 3, 2]
    assert values.dtype == np.float32


def test_each_statistic_of_a_bin() -> None:
    bases = np.array([0.0, 1, 2, 5, 0, 0, 0, 3])
    found = {kind: pooled(bases, 4, track(Path("x"), kind, scale=2.0)).tolist()
             for kind in ("sum", "mean", "max", "sum_sqrt", "mean_sqrt")}  # fmt: skip
    assert found == {
        "sum": [16, 6],
        "mean": [4, 1.5],
        "max": [10, 6],
        "sum_sqrt": [np.sqrt(17) - 1, np.sqrt(7) - 1],
        "mean_sqrt": [np.sqrt(5) - 1, np.sqrt(2.5) - 1],
    }


def test_large_values_are_clipped_softly_then_hard() -> None:
    values, either = np.array([2.0, 20.0, 36.0, 1e6]), track(Path("x"), clip_soft=20.0, clip=40.0)
    assert in_units(values, either, "enformer").tolist() == [2, 20, 24, 40]
    assert in_units(values, either, "basenji").tolist() == [2, 20, 19 + np.sqrt(17), 40]
    assert in_units(values, track(Path("x")), "enformer").tolist() == values.tolist()


@pytest.mark.parametrize("form", ["enformer", "basenji"])
def test_the_soft_clip_keeps_order_and_is_continuous(form: str) -> None:
    values = np.linspace(0, 60, 601)
    clipped = soft_clipped(values, 32.0, form)
    assert (np.diff(clipped) > 0).all()
    assert np.diff(clipped).max() < 0.32
    assert (clipped <= values + 0.26).all()


def test_sums_beyond_half_precision_survive(tmp_path: Path) -> None:
    one = one_track(tmp_path, [(0, 128, 70_000.0), (128, 130, 0.1)])
    species = Species("x", tmp_path, tmp_path, geometry=Geometry(512, 4))
    values = targets_of(species, [one], REGION, PLAIN)[:, 0]
    assert values[0] == 128 * 70_000
    assert values[1] == pytest.approx(0.2, rel=1e-6)
    assert values[2:].tolist() == [0, 0]


def test_missing_bases_are_zero_or_the_median(tmp_path: Path) -> None:
    one = one_track(tmp_path, [(0, 100, 3.0), (100, 250, 5.0)])
    species = Species("x", tmp_path, tmp_path, geometry=Geometry(512, 4))
    zero = targets_of(species, [one], REGION, PLAIN)[:, 0]
    assert zero.tolist() == [300 + 28 * 5, 122 * 5, 0, 0]
    median = targets_of(replace(species, missing="median"), [one], REGION, PLAIN)[:, 0]
    assert median.tolist() == [300 + 28 * 5, 128 * 5, 128 * 5, 128 * 5]
    nothing = targets_of(replace(species, missing="median"), [one], REGION.shift(1024), PLAIN)
    assert not nothing.any()


def test_blacklisted_bases_are_held_to_the_median(tmp_path: Path) -> None:
    one = one_track(tmp_path, [(0, 10, 900.0), (10, 256, 2.0), (256, 500, 1.0), (500, 512, 4.0)])
    species = Species("x", tmp_path, tmp_path, geometry=Geometry(512, 4))
    black = np.zeros(512, bool)
    black[:20] = black[300:310] = True
    values = targets_of(species, [one], REGION, replace(PLAIN, blacklisted=black))[:, 0]
    # The median of the region is 2: 900 comes down to it, 1 stays.
    assert values.tolist() == [256, 256, 128, 116 + 48]


def test_unmappable_bins_are_held_to_the_first_quartile(tmp_path: Path) -> None:
    one = one_track(tmp_path, [(0, 128, 4.0), (128, 256, 1.0), (256, 384, 2.0), (384, 512, 3.0)])
    species = Species("x", tmp_path, tmp_path, geometry=Geometry(512, 4))
    lost = np.array([True, True, False, False])
    values = targets_of(species, [one], REGION, replace(PLAIN, unmappable=lost))[:, 0]
    assert (values / 128).tolist() == [1.75, 1, 2, 3]


def test_what_negative_values_mean(tmp_path: Path) -> None:
    one = one_track(tmp_path, [(0, 2, -3.0), (2, 4, 5.0)])
    part = Interval("chr1", 0, 5)
    assert coverage(one, part, "absolute")[:4].tolist() == [3, 3, 5, 5]
    assert coverage(one, part, "zero")[:4].tolist() == [0, 0, 5, 5]
    assert np.isnan(coverage(one, part, "zero")[4])


def test_mixed_signs_and_empty_tracks_are_refused(toy: Species, tmp_path: Path) -> None:
    one = one_track(tmp_path, [(0, 2, -3.0), (2, 4, 5.0)])
    with pytest.raises(DataError, match=r"one\.bw.*from -3 to 5.*--negative"):
        check_values(toy, [one], ["chr1"])
    check_values(replace(toy, negative="absolute"), [one], ["chr1"])
    check_values(toy, read_tracks(toy)[1], ["chr1", "chr2"])
    with pyBigWig.open(str(tmp_path / "void.bw"), "w") as file:
        file.addHeader([("chr1", 4096), ("chr2", 3072)])
        file.addEntries(["chr2"], [0], ends=[9], values=[1.0])
    with pytest.raises(DataError, match=r"void\.bw.*no value on contigs chr1"):
        check_values(toy, [track(tmp_path / "void.bw")], ["chr1"])


def test_infinite_values_are_refused(tmp_path: Path) -> None:
    one = one_track(tmp_path, [(0, 2, float("inf")), (2, 4, 5.0)])
    species = Species("x", tmp_path, tmp_path, geometry=Geometry(512, 4))
    with pytest.raises(DataError, match=r"infinite values"):
        targets_of(species, [one], REGION, PLAIN)


def test_contigs_are_those_of_every_file_under_any_name(toy: Species, tmp_path: Path) -> None:
    genome, (_, tracks) = open_genome(toy.genome, "toy"), read_tracks(toy)
    assert shared_contigs(tracks, genome) == ["chr1", "chr2", "chr3"]
    with pyBigWig.open(str(tmp_path / "bare.bw"), "w") as file:
        file.addHeader([("3", 3072), ("1", 4096)])
        file.addEntries(["1"], [0], ends=[9], values=[1.0])
    bare = track(tmp_path / "bare.bw")
    assert shared_contigs([*tracks, bare], genome) == ["chr1", "chr3"]
    assert coverage(bare, Interval("chr1", 8, 9), "minus").tolist() == [1]
    other = one_track(tmp_path, [(0, 1, 1.0)], length=4097)
    with pytest.raises(DataError, match=r"4,097 bp there and 4,096 bp in toy"):
        shared_contigs([other], genome)


def test_a_broken_file_is_named(toy: Species, capfd) -> None:
    path = toy.genome.parent / "open.bw"
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(DataError, match=r"open\.bw.*no bigWig"):
        shared_contigs(read_tracks(toy)[1], open_genome(toy.genome, "toy"))


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ("minus.bw", "gone.bw", r"1 of 4 files are not there.*gone\.bw"),
        ("\tmax\t", "\tpeak\t", "sum_stat of minus.bw is 'peak'"),
        ("\tfile\t", "\tpath\t", "no column file"),
    ],
)
def test_wrong_tables_are_refused(toy: Species, old: str, new: str, wrong: str) -> None:
    toy.tracks.write_text(toy.tracks.read_text().replace(old, new))
    with pytest.raises(DataError, match=wrong):
        read_tracks(toy)


def test_wrong_pairs_are_refused(toy: Species) -> None:
    toy.tracks.write_text(toy.tracks.read_text().replace("sum_sqrt\t3", "sum_sqrt\t1"))
    with pytest.raises(TrackError, match="partner on the other strand"):
        read_tracks(toy)
