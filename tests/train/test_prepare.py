import gzip
import json
from pathlib import Path

import h5py
import numpy as np
import pytest

from enformer.errors import DataError
from enformer.tracks import TrackTable
from train.basenji import BasenjiFolder, find_folders, pool_bins, write
from train.basenji_check import check
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


YEAST = """\tidentifier\tfile\tclip\tclip_soft\tscale\tsum_stat\tstrand_pair\tdescription
0\tMNase\tMNase.bw\t128\t32\t0.05\tsum\t0\tCHIP:MNase:yeast
1\tPolII\tPolII.bw\t128\t32\t0.02\tmax\t1\tCHIP:PolII:yeast
2\tScc1\tScc1.bw\t\t\t1\tmean\t2\tCHIP:Scc1:yeast
3\tRNA+\tRNA.fwd.bw\t384\t64\t0.02\tsum_sqrt\t4\tRNA:yeast
4\tRNA-\tRNA.rev.bw\t384\t64\t0.02\tsum_sqrt\t3\tRNA:yeast
"""


@pytest.fixture(scope="module")
def yeast(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the yeast genome unpacked, tracks.tsv and folds.bed."""
    folder = tmp_path_factory.mktemp("yeast")
    packed = shared_data / "yeast/Saccharomyces_cerevisiae.R64-1-1.dna.toplevel.fa.gz"
    (folder / "yeast.fa").write_bytes(gzip.decompress(packed.read_bytes()))
    (folder / "tracks.tsv").write_text(YEAST)
    rows = [
        ("II", 0, 60_000, 0),
        ("IV", 1_450_000, 1_531_933, 1),
        ("XVI", 0, 40_000, 2),
        ("V", 0, 9, 1),
    ]
    bed = [f"{contig}\t{start}\t{end}\tfold{fold}\n" for contig, start, end, fold in rows]
    (folder / "folds.bed").write_text("".join(bed))
    return folder


def test_real_yeast_by_folds(shared_data: Path, yeast: Path, tmp_path: Path, capsys) -> None:
    out = str(tmp_path / "yeast.h5")
    files = ["--genome", str(yeast / "yeast.fa"), "--tracks", str(yeast / "tracks.tsv")]
    files += ["--folder", str(shared_data / "yeast"), "--head", "yeast", "--out", out]
    splits = ["--regions", str(yeast / "folds.bed"), "--valid", "fold1", "--test", "fold2"]
    main(["bigwig", *files, *splits, "--window", "16384", "--bins", "64"])
    assert "yeast: 7 train, 9 valid, 4 test windows of 5 tracks." in capsys.readouterr().out
    main(["check", out, "--records", "6"])
    assert (
        "6 windows agree with their sources: 98,304 bases and 384 bins of 5"
        in capsys.readouterr().out
    )
    with h5py.File(out) as file:
        # The margins of the first and last windows of chromosome arms reach beyond the contig.
        assert file["yeast/train/start"][0] == -4096
        assert not file["yeast/train/sequences"][0, :4096].any()
        targets = file["yeast/train/targets"][:]
    assert (targets.max(axis=(0, 1)) > 0.5).all()
    assert (targets >= 0).all()


def test_real_chromosome_22_in_one_file_with_yeast(
    shared_data: Path, yeast: Path, root: Path, tmp_path: Path, capsys
) -> None:
    rows = [("22", 16_400_000, 16_410_000, "train"), ("22", 20_000_000, 20_010_000, "test")]
    (tmp_path / "rows.bed").write_text("".join("\t".join(map(str, row)) + "\n" for row in rows))
    (tmp_path / "both.toml").write_text(f"""
        [human]
        genome = "{shared_data}/hg38/hg38_partial.fa.gz"
        tracks = "{root}/train/configs/chr22_targets.txt"
        folder = "{shared_data}/tracks"
        blacklist = "{shared_data}/hg38/blacklist.bed"
        windows = "rows.bed"
        [yeast]
        genome = "{yeast}/yeast.fa"
        tracks = "{yeast}/tracks.tsv"
        folder = "{shared_data}/yeast"
        regions = "{yeast}/folds.bed"
        valid = "fold1"
        test = ["fold2"]
    """)
    main(["bigwig", "--species", str(tmp_path / "both.toml"), "--window", "32768", "--bins", "128",
          "--out", str(tmp_path / "both.h5")])  # fmt: skip
    told = capsys.readouterr().out
    assert "human: 1 train, 0 valid, 1 test windows of 7 tracks." in told
    main(["check", str(tmp_path / "both.h5"), "--records", "2"])
    assert capsys.readouterr().out.count("2 windows agree with their sources") == 2
    with h5py.File(tmp_path / "both.h5") as file:
        assert (file["human"].attrs["assembly"], file["human/test/start"][0]) == (
            "hg38",
            19_988_616,
        )
        human = file["human/test/targets"][0]
    assert (human >= 0).all()
    assert human[:, 3:].max() > 0


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"--genome": "gone.fa"}, "gone.fa"),
        ({"--tracks": "toy.fa"}, "toy.fa"),
        ({"--head": "a b"}, "needs a name"),
        ({"--genome": None}, "lacks the option genome"),
        ({"--valid": "chr9"}, "chr9"),
        ({"--species": "all.toml"}, "tables of a species file name the heads"),
        ({"--window": "500"}, "fit into the window"),
        ({"--folder": "elsewhere"}, "4 of 4 files are not there"),
        (
            {"--max-unknown": "0", "--window": "8192", "--bins": "32"},
            "No window is known well enough",
        ),
    ],
)
def test_mistakes_are_explained(toy, monkeypatch, capsys, changes: dict, wrong: str) -> None:
    monkeypatch.chdir(toy.genome.parent)
    usual = {"--genome": "toy.fa", "--tracks": "tracks.tsv", "--head": "aux", "--assembly": "toy",
             "--window": "1024", "--bins": "4", "--valid": "chr2", "--out": "a.h5"}  # fmt: skip
    options = [text for pair in (usual | changes).items() if pair[1] is not None for text in pair]
    with pytest.raises(SystemExit) as stopped:
        main(["bigwig", *options])
    assert stopped.value.code == 1
    assert wrong in capsys.readouterr().err
    assert not Path("a.h5").exists()


def test_a_head_without_a_name_is_called_as_its_assembly(toy, monkeypatch, capsys) -> None:
    monkeypatch.chdir(toy.genome.parent)
    (toy.genome.parent / "toy.fa").rename("R64-1-1.fa")
    main(["bigwig", "--genome", "R64-1-1.fa", "--tracks", "tracks.tsv", "--out", "new/a.h5",
          "--window", "1024", "--bins", "4"])  # fmt: skip
    assert "R64_1_1: 19 train, 0 valid, 0 test windows" in capsys.readouterr().out
    with h5py.File("new/a.h5") as file:
        assert list(file) == ["R64_1_1"]


def test_help_says_what_files_look_like(capsys) -> None:
    for kind, words in (
        ("bigwig", "[mouse]"),
        ("basenji", "--window"),
        ("check", "random windows"),
    ):
        with pytest.raises(SystemExit):
            main([kind, "--help"])
        assert words in capsys.readouterr().out
