from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest

from enformer.errors import DataError
from train.audit import audit
from train.build import build
from train.prepare import main
from train.species import Species


@pytest.fixture
def rich(toy: Species, tmp_path: Path) -> Species:
    """The toy with all that changes values."""
    (tmp_path / "black.bed").write_text("chr1\t300\t700\nchr2\t512\t600\nchr3\t0\t90\n")
    (tmp_path / "lost.bed").write_text("1\t640\t810\nchr2\t1000\t1300\n")
    return replace(
        toy, blacklist=tmp_path / "black.bed", unmappable=tmp_path / "lost.bed", missing="median"
    )


@pytest.mark.parametrize("form", ["enformer", "basenji"])
@pytest.mark.parametrize("negative", ["minus", "zero", "absolute"])
def test_another_way_gives_the_same(
    rich: Species, tmp_path: Path, form: str, negative: str
) -> None:
    build([replace(rich, soft_clip=form, negative=negative)], tmp_path / "a.h5")
    told = audit(tmp_path / "a.h5", records=99)
    assert told == [
        "aux: 18 windows agree with their sources: 18,432 bases and 72 bins of 4 tracks."
    ]
    with h5py.File(tmp_path / "a.h5") as file:
        assert (file["aux/train/targets"][:, :, 3].max() > 0) == (negative != "zero")


def test_only_some_windows_are_drawn_by_the_seed(toy: Species, tmp_path: Path) -> None:
    build([toy], tmp_path / "a.h5")
    assert "5 windows agree" in audit(tmp_path / "a.h5", records=5)[0]
    with h5py.File(tmp_path / "a.h5", "r+") as file:
        file["aux/valid/targets"][2, 1, 3] += 1
    found = []
    for seed in range(12):
        try:
            found.append(audit(tmp_path / "a.h5", 5, seed)[0])
        except DataError as error:
            found.append(str(error))
    wrong = [text for text in found if "4 of 5 windows agree" in text]
    assert 0 < len(wrong) < 12
    assert "valid record 2, chr2:769-1,792: track cage-, bin 1 is" in wrong[0]


@pytest.mark.parametrize(
    ("name", "place", "value", "wrong"),
    [
        ("sequences", (3, 300), [0, 0, 0, 0], r"train record 3.*base 301 is N there, [ACGT] in"),
        ("targets", (3, 2, 1), 77.0, r"train record 3.*track mean, bin 2 is 77 there"),
        ("targets", (0, 0, 0), np.nan, r"train record 0.*track open, bin 0 is nan there"),
        ("start", (3,), 1664, r"train record 3"),
    ],
)
def test_one_wrong_value_is_named(toy: Species, tmp_path: Path, name, place, value, wrong) -> None:
    build([toy], tmp_path / "a.h5")
    with h5py.File(tmp_path / "a.h5", "r+") as file:
        file[f"aux/train/{name}"][place] = value
        if name == "start":
            file["aux/train/end"][place] = value + 1024
    with pytest.raises(DataError, match="18 of 19 windows agree.*" + wrong):
        audit(tmp_path / "a.h5", records=99)


def test_a_base_that_two_splits_predict_is_noticed(toy: Species, tmp_path: Path) -> None:
    build([toy], tmp_path / "a.h5")
    with h5py.File(tmp_path / "a.h5", "r+") as file:
        group = file["aux/test"]
        group["contig"][0], group["start"][0], group["end"][0] = "chr2", 100, 1124
    with pytest.raises(DataError, match="test and valid both predict bases of chr2:357-868"):
        audit(tmp_path / "a.h5")


def test_files_may_have_moved(toy: Species, tmp_path: Path, capsys) -> None:
    build([toy], tmp_path / "a.h5")
    (tmp_path / "new").mkdir()
    for name in ("toy.fa", "toy.fa.fai", "tracks.tsv", "open.bw", "minus.bw"):
        (tmp_path / name).rename(tmp_path / "new" / name)
    with pytest.raises(SystemExit):
        main(["check", str(tmp_path / "a.h5")])
    assert "tracks.tsv" in capsys.readouterr().err
    now = ["--tracks", str(tmp_path / "new/tracks.tsv"), "--genome", str(tmp_path / "new/toy.fa")]
    main(["check", str(tmp_path / "a.h5"), *now])
    assert "aux: 19 windows agree" in capsys.readouterr().out
    with pytest.raises(DataError, match=r"FASTA .*toy\.fa.*--genome"):
        audit(tmp_path / "a.h5", moved={"tracks": tmp_path / "new/tracks.tsv"})


def test_basenji_records_are_all_compared(prepared: Path) -> None:
    human, mouse = audit(prepared)
    assert human.startswith("human: all 17 records agree with ")
    assert mouse.startswith("mouse: all 9 records agree with ")
    assert audit(prepared, head="mouse") == [mouse]


def test_files_without_a_source_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"gone\.h5"):
        audit(tmp_path / "gone.h5")
    with h5py.File(tmp_path / "b.h5", "w") as file:
        file.create_group("human")
    with pytest.raises(DataError, match="does not say which files"):
        audit(tmp_path / "b.h5")
    with pytest.raises(DataError, match="no group mouse"):
        audit(tmp_path / "b.h5", head="mouse")
