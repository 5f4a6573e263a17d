from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from enformer.coordinates import Interval
from enformer.errors import DataError, GenomeError
from enformer.genome import Genome, open_genome
from train import windows
from train.bed import covered, read_regions
from train.species import Geometry, Species
from train.windows import choose_windows, known_bases, predicted

CONTIGS = ["chr1", "chr2", "chr3"]


@pytest.fixture
def genome(toy: Species) -> Genome:
    return open_genome(toy.genome, "toy")


def middles(species: Species, genome: Genome, contigs=CONTIGS) -> dict[str, list[str]]:
    found = choose_windows(species, genome, contigs).windows
    return {
        split: [f"{r.contig}:{r.start}" for r in (predicted(w, species.geometry) for w in held)]
        for split, held in found.items()
    }


def write(path: Path, *rows: tuple) -> Path:
    path.write_text("".join("\t".join(map(str, row)) + "\n" for row in rows))
    return path


def test_contigs_are_split_by_name_and_tiled(toy: Species, genome: Genome) -> None:
    # Known from 2048 on again; at most 51 of 512 bases may be N.
    starts = [0, 512, 1024, 2048, 2560, 3072, 3584]
    whole = range(0, 3072, 512)
    assert middles(toy, genome) == {
        "train": [f"chr1:{start}" for start in starts],
        "valid": [f"chr2:{start}" for start in whole],
        "test": [f"chr3:{start}" for start in whole],
    }
    window = choose_windows(toy, genome, CONTIGS).windows["train"][0]
    assert window == Interval("chr1", -256, 768)


def test_contigs_that_tracks_do_not_cover_are_left_out(toy: Species, genome: Genome) -> None:
    assert middles(replace(toy, test=()), genome, ["chr1", "chr2"])["test"] == []
    with pytest.raises(DataError, match=r"chr1, chr2\. There is no chr3"):
        choose_windows(toy, genome, ["chr1", "chr2"])
    with pytest.raises(GenomeError, match="chr9"):
        choose_windows(replace(toy, valid=("chr9",)), genome, CONTIGS)


@pytest.mark.parametrize("seed", range(4))
def test_tiling_agrees_with_a_search_base_by_base(tmp_path: Path, seed: int) -> None:
    random = np.random.default_rng(seed)
    known = np.repeat(random.random(90) < 0.8, 32)[:2850]
    sequence = "".join(np.where(known, "A", "N"))
    (tmp_path / "g.fa").write_text(f">c\n{sequence}\n")
    beds = [write(tmp_path / name, *(("c", s, s + 60) for s in random.integers(0, 2700, 9).tolist()))
            for name in ("black.bed", "lost.bed")]  # fmt: skip
    species = Species("x", tmp_path / "g.fa", tmp_path / "t", geometry=Geometry(300, 8, 25),
                      stride=75, max_unknown=0.3, blacklist=beds[0], max_blacklisted=0.4,
                      unmappable=beds[1], max_unmappable=0.3)  # fmt: skip
    genome = open_genome(species.genome, "toy")
    black, lost = read_regions(beds[0], genome, 20), read_regions(beds[1], genome)
    expected, start = [], 0
    while start + 200 <= 2850:
        region = Interval("c", start, start + 200)
        shares = known[start : start + 200], covered(black, region), covered(lost, region)
        unknown, *others = 1 - shares[0].mean(), *(mask.mean() for mask in shares[1:])
        fits = known[start] and unknown <= 0.3 + 1e-9 and others[0] <= 0.4 and others[1] <= 0.3
        expected += [f"c:{start}"] if fits else []
        start += 75 if fits else 25
    assert len(expected) > 3
    assert middles(species, genome, ["c"])["train"] == expected


def test_the_size_of_pieces_does_not_matter(toy: Species, genome: Genome, monkeypatch) -> None:
    whole = middles(toy, genome)
    monkeypatch.setattr(windows, "_PIECE", 700)
    assert middles(toy, genome) == whole


def test_folds_of_a_bed_are_tiled_by_region(toy: Species, genome: Genome, tmp_path: Path) -> None:
    # Two rows of fold0 overlap and are one region; regions start on the grid of bins.
    rows = [("chr2", 100, 700, "fold0"), ("chr2", 650, 1300, "fold0"), ("chr2", 1300, 2300, "fold1"),
            ("chr3", 0, 1100, "fold2"), ("chr3", 1100, 1500, "fold1")]  # fmt: skip
    bed = write(tmp_path / "folds.bed", *rows)
    species = replace(toy, regions=bed, valid=("fold1",), test=("fold2",))
    assert middles(species, genome) == {
        "train": ["chr2:128", "chr2:640"],
        "valid": ["chr2:1408"],
        "test": ["chr3:0", "chr3:512"],
    }
    with pytest.raises(DataError, match=r"fold0, fold1, fold2\. There is no fold7"):
        choose_windows(replace(species, test=("fold7",)), genome, CONTIGS)


def test_rows_named_by_split_need_no_choice(toy: Species, genome: Genome, tmp_path: Path) -> None:
    rows = [("2", 0, 512, "test"), ("2", 1024, 1536, "valid"), ("2", 2048, 2560, "train")]
    species = replace(toy, regions=write(tmp_path / "s.bed", *rows), valid=(), test=())
    found = middles(species, genome)
    assert found == {"train": ["chr2:2048"], "valid": ["chr2:1024"], "test": ["chr2:0"]}


def test_rows_can_be_the_windows_themselves(toy: Species, genome: Genome, tmp_path: Path) -> None:
    # Centred on the row, off the grid, over N if the file says so; off the contig never.
    rows = [
        ("chr1", 1401, 2401, "train"),
        ("chr2", 2900, 3000, "train"),
        ("chr3", 37, 1037, "test"),
    ]
    species = replace(toy, windows=write(tmp_path / "w.bed", *rows), valid=(), test=())
    found = middles(species, genome)
    assert found == {"train": ["chr1:1645"], "valid": [], "test": ["chr3:281"]}


def test_no_base_is_predicted_in_two_splits(toy: Species, genome: Genome, tmp_path: Path) -> None:
    rows = [("chr2", 0, 1536, "train"), ("chr2", 1024, 2048, "valid"), ("chr2", 1536, 3072, "test")]
    species = replace(toy, regions=write(tmp_path / "s.bed", *rows), valid=(), test=(),
                      stride=128, held_out_stride=128)  # fmt: skip
    chosen = choose_windows(species, genome, CONTIGS)
    regions = {split: [predicted(w, species.geometry) for w in held]
               for split, held in chosen.windows.items()}  # fmt: skip
    assert [region.start for region in regions["test"]] == list(range(1536, 2561, 128))
    assert [region.start for region in regions["valid"]] == [1024]
    assert [region.start for region in regions["train"]] == list(range(0, 513, 128))
    assert chosen.dropped == {"train": 4, "valid": 4, "test": 0}
    # A margin of 256 bp reaches 1,024 from 384 and 512 on only.
    assert chosen.shared_context == 2


def test_training_can_be_kept_apart(toy: Species, genome: Genome, tmp_path: Path) -> None:
    rows = [("chr2", 0, 1536, "train"), ("chr2", 1536, 2048, "test")]
    species = replace(toy, regions=write(tmp_path / "s.bed", *rows), valid=(), test=(), stride=128)
    assert choose_windows(species, genome, CONTIGS).shared_context == 2
    apart = choose_windows(replace(species, apart=True), genome, CONTIGS)
    assert apart.shared_context == 0
    assert apart.dropped["train"] == 2
    assert max(window.end for window in apart.windows["train"]) == 1536


def test_neighbours_may_overlap_inside_a_split(toy: Species, genome: Genome) -> None:
    held = choose_windows(replace(toy, stride=256), genome, CONTIGS).windows
    assert {b.start - a.start for a, b in pairwise(held["train"][:3])} == {256}
    assert {b.start - a.start for a, b in pairwise(held["valid"])} == {512}


def test_nothing_left_is_an_error(toy: Species, genome: Genome) -> None:
    with pytest.raises(DataError, match="No window is known well enough"):
        choose_windows(replace(toy, geometry=Geometry(8192, 64)), genome, CONTIGS)


def test_lower_case_is_known_and_other_letters_are_not() -> None:
    assert known_bases("ACGTNRa").tolist() == [True] * 4 + [False] * 3
