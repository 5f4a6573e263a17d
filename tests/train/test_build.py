import json
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import psutil
import pytest

from enformer.coordinates import Interval
from enformer.errors import DataError
from enformer.genome import open_genome
from tests.train.toy_genome import COLUMNS, write_bigwig
from train import build as building
from train.bigwig import targets_of
from train.blocks import Block, BlockWriter
from train.build import build
from train.dataset import Windows
from train.prepare import main
from train.records import RecordReader
from train.species import Geometry, Species
from train.windows import predicted


def test_the_file_is_what_fit_reads(toy: Species, tmp_path: Path) -> None:
    told = build([toy], tmp_path / "a.h5")
    assert told[0] == "aux: 7 train, 6 valid, 6 test windows of 4 tracks."
    assert told[1].endswith("a.h5 is complete.")
    windows = Windows(tmp_path / "a.h5", "aux", "valid")
    assert (len(windows), windows.window_length, windows.bins) == (6, 1024, 4)
    assert (windows.bin_size, windows.assembly) == (128, "toy")
    with h5py.File(tmp_path / "a.h5") as file:
        group = file["aux/train"]
        assert group["contig"].asstr()[:].tolist() == ["chr1"] * 7
        assert group["start"][:3].tolist() == [-256, 256, 768]
        letters = open_genome(toy.genome, "toy").fetch(Interval("chr1", 1024, 1536))
        stored = group["sequences"][2][256:768]
        assert "".join("ACGT"[row.argmax()] if row.any() else "N" for row in stored) == letters
        assert letters.count("N") == 36


def test_masks_reach_the_targets(toy: Species, tmp_path: Path) -> None:
    (tmp_path / "black.bed").write_text("chr2\t512\t600\n")
    (tmp_path / "lost.bed").write_text("chr2\t640\t710\n")
    species = replace(toy, blacklist=tmp_path / "black.bed", unmappable=tmp_path / "lost.bed")
    reader = RecordReader(species)
    window = Interval("chr2", 256, 1280)
    masks = reader._masks(window, reader.genome.fetch(window))
    assert np.flatnonzero(masks.blacklisted)[[0, -1]].tolist() == [0, 107]
    assert masks.unmappable.tolist() == [False, True, False, False]
    region = predicted(window, species.geometry)
    expected = targets_of(species, reader.tracks, region, masks)
    np.testing.assert_array_equal(reader.record(window)[1], expected)


def test_statistics_are_those_of_the_training_targets(toy: Species, tmp_path: Path) -> None:
    build([toy], tmp_path / "a.h5")
    with h5py.File(tmp_path / "a.h5") as file:
        found = json.loads(file["aux"].attrs["statistics"])
        targets = file["aux/train/targets"][:].astype(np.float64)
    np.testing.assert_allclose(found["train_sum"], targets.sum(axis=(0, 1)), rtol=1e-12)
    np.testing.assert_allclose(found["train_mean"], targets.mean(axis=(0, 1)), rtol=1e-12)
    np.testing.assert_array_equal(found["train_max"], targets.max(axis=(0, 1)))
    assert found["train_bins"] == 28
    assert found["records"] == {"train": 7, "valid": 6, "test": 6}


def test_several_species_share_a_file(toy: Species, tmp_path: Path) -> None:
    other = replace(toy, head="other", geometry=Geometry(512, 2), valid=(), test=("chr1", "chr2"))
    told = build([toy, other], tmp_path / "two.h5")
    assert [line.split(":")[0] for line in told[:2]] == ["aux", "other"]
    build([other], tmp_path / "one.h5")
    with h5py.File(tmp_path / "two.h5") as both, h5py.File(tmp_path / "one.h5") as alone:
        assert list(both) == ["aux", "other"]
        for name in ("train/targets", "test/sequences"):
            np.testing.assert_array_equal(both[f"other/{name}"], alone[f"other/{name}"])
        assert both["other/valid/targets"].shape == (0, 2, 4)
        assert both["other/train/sequences"].compression == "gzip"
        assert both["other/train/sequences"].chunks == (1, 512, 4)


@pytest.fixture
def long_run(tmp_path: Path) -> list[str]:
    """A command line, without --out, that takes about a second: 24 blocks of windows."""
    random, lengths = np.random.default_rng(1), {"c": 200_000}
    (tmp_path / "long.fa").write_text(">c\n" + "".join(random.choice(list("ACGT"), 200_000)) + "\n")
    write_bigwig(tmp_path / "long.bw", {"c": random.gamma(0.3, 1, 200_000)}, lengths)
    row = "0\tx\tlong.bw\t128\t32\t1\tsum\t0\tDNASE:x\n"
    (tmp_path / "long.tsv").write_text(COLUMNS + row)
    files = ["--genome", str(tmp_path / "long.fa"), "--tracks", str(tmp_path / "long.tsv")]
    lengths = ["--window", "16384", "--bins", "64", "--stride", "512"]
    return ["bigwig", *files, *lengths, "--head", "x"]


def test_a_killed_run_goes_on_and_ends_the_same(
    long_run: list[str], tmp_path: Path, root: Path, monkeypatch
) -> None:
    out, parts, written = tmp_path / "killed.h5", tmp_path / "killed.h5.parts", []
    run = [sys.executable, "-m", "train.prepare", *long_run, "--workers", "2", "--out", str(out)]
    started = subprocess.Popen(run, cwd=root, stderr=subprocess.DEVNULL)
    while started.poll() is None and not list(parts.glob("*.h5")):
        time.sleep(0.002)
    workers = psutil.Process(started.pid).children(recursive=True)
    started.send_signal(signal.SIGKILL)
    assert started.wait() == -signal.SIGKILL
    _, alive = psutil.wait_procs(workers, timeout=60)
    kept = {path.name for path in parts.glob("*.h5")}
    assert len(workers) >= 2
    assert not alive
    assert not out.exists()
    assert 0 < len(kept) < 24

    write = BlockWriter.write

    def noted(self: BlockWriter, block: Block) -> int:
        written.append(block.name)
        return write(self, block)

    monkeypatch.setattr(BlockWriter, "write", noted)
    main([*long_run, "--out", str(out)])
    assert len(written) + len(kept) == 24
    assert not kept & set(written)
    assert not parts.exists()
    main([*long_run, "--out", str(tmp_path / "whole.h5")])
    assert out.read_bytes() == (tmp_path / "whole.h5").read_bytes()


def test_the_parts_of_other_choices_are_not_mixed_in(toy: Species, tmp_path: Path) -> None:
    out = tmp_path / "a.h5"
    wanted = building.HeadPlan.of(toy).fingerprint
    building._begin(tmp_path / "a.h5.parts", {"aux": wanted})
    with pytest.raises(DataError, match=r"a\.h5\.parts.*stride of aux, .*differ.*--fresh"):
        build([replace(toy, stride=128)], out)
    assert build([toy], out)[0].startswith("aux: 7 train")


def test_a_finished_file_is_kept_unless_told(toy: Species, tmp_path: Path) -> None:
    out = tmp_path / "a.h5"
    build([toy], out)
    before = out.stat().st_mtime_ns
    assert "complete already" in build([toy], out)[-1]
    assert out.stat().st_mtime_ns == before
    with pytest.raises(DataError, match="missing of aux differ"):
        build([replace(toy, missing="median")], out)
    toy.tracks.write_text(toy.tracks.read_text().replace("DNASE:x", "DNASE:xx"))
    with pytest.raises(DataError, match="files of aux differ"):
        build([toy], out)
    build([toy], out, fresh=True)
    assert out.stat().st_mtime_ns > before


def test_an_error_leaves_no_file(toy: Species, tmp_path: Path) -> None:
    (tmp_path / "minus.bw").write_bytes((tmp_path / "minus.bw").read_bytes()[:900])
    with pytest.raises(DataError, match=r"minus\.bw"):
        build([toy], tmp_path / "a.h5")
    assert not (tmp_path / "a.h5").exists()
