from pathlib import Path

import numpy as np
import pytest

from enformer.coordinates import Interval
from enformer.errors import DataError
from enformer.genome import open_genome
from train.bed import covered, merged, read_bed, read_regions, touches


def bed(folder: Path, text: str) -> Path:
    (folder / "some.bed").write_text(text)
    return folder / "some.bed"


def test_reads_what_browsers_write(tmp_path: Path) -> None:
    text = "track name=x\n# a comment\nchr1\t0\t10\tfold0\t0\t+\n\nchr2\t5\t6\n"
    assert read_bed(bed(tmp_path, text)).to_numpy().tolist() == [
        ["chr1", 0, 10, "fold0"],
        ["chr2", 5, 6, ""],
    ]


@pytest.mark.parametrize("row", ["chr1\t5\t5", "chr1\t9\t5", "chr1\tx\t5", "chr1\t-1\t5", "chr1"])
def test_a_row_that_is_no_region_is_named(tmp_path: Path, row: str) -> None:
    with pytest.raises(DataError, match=r"some\.bed.*no region"):
        read_bed(bed(tmp_path, f"chr1\t0\t10\n{row}\n"))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"gone\.bed"):
        read_bed(tmp_path / "gone.bed")


def test_merging_agrees_with_a_mask_of_bases() -> None:
    random = np.random.default_rng(0)
    for _ in range(20):
        starts = random.integers(0, 80, 12)
        rows = [(int(start), int(start + random.integers(1, 9))) for start in starts]
        mask = np.zeros(100, bool)
        for start, end in rows:
            mask[start:end] = True
        regions = {"c": merged(rows)}
        assert (np.diff(regions["c"].ravel()) > 0).all()
        part = Interval("c", 20, 60)
        np.testing.assert_array_equal(covered(regions, part), mask[20:60])
        assert touches(regions, part) == mask[20:60].any()


def test_regions_take_the_names_of_the_genome(toy, tmp_path: Path) -> None:
    genome = open_genome(toy.genome, "toy")
    path = bed(tmp_path, "1\t100\t200\nchr1\t190\t300\nchrUn\t0\t9\n2\t5\t9\n")
    found = read_regions(path, genome, around=20)
    assert {name: rows.tolist() for name, rows in found.items()} == {
        "chr1": [[80, 320]],
        "chr2": [[0, 29]],
    }
    assert read_regions(None, genome) == {}
    assert not covered(found, Interval("chr3", 0, 50)).any()
