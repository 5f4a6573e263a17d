import json
from pathlib import Path

import h5py
import numpy as np
import pytest

from enformer.errors import DataError
from enformer.tracks import TrackTable
from train.basenji import BasenjiFolder, check, find_folders, pool_bins, write
from train.prepare import main


def test_the_file_holds_what_the_source_holds(species, prepared: Path) -> None:
    with h5py.File(prepared) as file:
        for head, splits in (("human", species.human), ("mouse", species.mouse)):
            for split, written in splits.items():
                group = file[f"{head}/{split}"]
                np.testing.assert_array_equal(group["sequences"], np.eye(5, 4)[written.bases])
                fine = written.targets.astype(np.float64)
                sums = fine.reshape(len(fine), 8, 4, 3).sum(axis=2)
                np.testing.assert_allclose(group["targets"], sums, rtol=1e-6)


def test_windows_reach_beyond_the_targets(prepared: Path) -> None:
    with h5py.File(prepared) as file:
        group = file["human/valid"]
        assert group["contig"].asstr()[:].tolist() == ["chr1"] * 3
        assert group["start"][:].tolist() == [0, 5000, 10000]
        assert group["end"][:].tolist() == [2048, 7048, 12048]


def test_units_say_how_stored_bins_were_pooled(species) -> None:
    units = [BasenjiFolder(species.root / "hg38", "human", size).tracks().frame["unit"].iloc[2]
             for size in (32, 128)]  # fmt: skip
    assert units[0] == "mean coverage per bin, clipped and scaled"
    assert units[1] == "mean coverage summed over 4 × 32 bp, clipped and scaled"


def test_tracks_and_statistics_are_inside(species, prepared: Path) -> None:
    with h5py.File(prepared) as file:
        tracks = TrackTable.from_json(file["human"].attrs["tracks"])
        statistics = json.loads(file["human"].attrs["statistics"])
        assert file["mouse"].attrs["assembly"] == "mm10"
    assert tracks.strand_pairs("human").tolist() == [1, 0, 2]
    mean = species.human["train"].targets.astype(np.float64).mean(axis=(0, 1)) * 4
    np.testing.assert_allclose(statistics["train_mean"], mean, rtol=1e-6)
    assert statistics["source"]["pool_width"] == 32


def test_pooling_does_not_overflow_float16() -> None:
    fine = np.full((8, 1), 60_000, np.float16)
    np.testing.assert_array_equal(pool_bins(fine, 4), np.full((2, 1), 4 * float(fine[0, 0])))


def test_a_lone_species_folder(species, tmp_path: Path, capsys) -> None:
    main(["basenji", str(species.root / "mm10"), str(tmp_path / "m.h5"), "--bin-size", "64"])
    assert "9 records agree" in capsys.readouterr().out
    with h5py.File(tmp_path / "m.h5") as file:
        assert list(file) == ["mouse"]
        assert file["mouse/train/targets"].shape == (5, 16, 3)
    (species.root / "mm10").rename(tmp_path / "fly")
    with pytest.raises(DataError, match="does not say which species"):
        find_folders(tmp_path / "fly")
    assert find_folders(tmp_path / "fly", "fly")[0].head == "fly"


@pytest.mark.parametrize(("name", "index"), [("sequences", (1, 7, 2)), ("targets", (1, 3, 1))])
def test_the_check_notices_one_changed_value(species, prepared: Path, name: str, index) -> None:
    folders = find_folders(species.root)
    assert check(folders, prepared) == 17 + 9
    with h5py.File(prepared, "r+") as file:
        file[f"human/valid/{name}"][index] += 1
    with pytest.raises(DataError, match=r"record 1 of /human/valid .*differs?|differ"):
        check(folders, prepared)


def test_wrong_counts_and_folders_are_refused(species, tmp_path: Path) -> None:
    bed = species.root / "hg38/sequences.bed"
    bed.write_text(bed.read_text() + "chr2\t0\t1024\ttest\n")
    with pytest.raises(DataError, match="2 records, 3 rows"):
        write(find_folders(species.root), tmp_path / "bad.h5")
    assert not (tmp_path / "bad.h5").exists()
    with pytest.raises(DataError, match=r"statistics\.json"):
        find_folders(tmp_path)
    with pytest.raises(DataError, match="cannot be summed"):
        _ = BasenjiFolder(species.root / "hg38", "human", 48).pool


def test_command_line_names_the_reason(tmp_path: Path, capsys) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["basenji", str(tmp_path), str(tmp_path / "x.h5")])
    assert stopped.value.code == 1
    assert "no Basenji data set" in capsys.readouterr().err


def test_real_records(shared_data: Path, tmp_path: Path) -> None:
    folders = find_folders(shared_data / "basenji_tiny")
    write(folders, tmp_path / "real.h5")
    assert check(folders, tmp_path / "real.h5") == 65 + 54
    with h5py.File(tmp_path / "real.h5") as file:
        shapes = {head: file[f"{head}/test/targets"].shape for head in file}
        one_hot = file["human/train/sequences"][0]
        length = int(file["human/train/end"][0] - file["human/train/start"][0])
    assert shapes == {"human": (10, 512, 74), "mouse": (13, 512, 32)}
    assert length == len(one_hot) == 131_072
    assert one_hot.sum(axis=1).max() == 1
