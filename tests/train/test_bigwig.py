from itertools import pairwise
from pathlib import Path

import h5py
import numpy as np
import pyBigWig
import pytest

from enformer.coordinates import Interval
from enformer.errors import DataError
from enformer.genome import open_genome
from train.bigwig import BigWigSource, known_bases, read_coverage, write_bigwig
from train.prepare import main

TARGETS = """\tidentifier\tfile\tclip\tclip_soft\tscale\tsum_stat\tstrand_pair\tdescription
0\topen\topen.bw\t40\t20\t2.0\tsum\t0\tDNASE:x
1\tmean\topen.bw\t128\t\t1.0\tmean\t1\tDNASE:y
2\tminus\tminus.bw\t128\t32\t1.0\tsum\t2\tCAGE:z
"""
LENGTH = 4096


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    random = np.random.default_rng(0)
    letters = random.choice(list("ACGT"), LENGTH)
    letters[1500:2048] = "N"
    (tmp_path / "g.fa").write_text(">chr1\n" + "".join(letters) + "\n")
    (tmp_path / "targets.txt").write_text(TARGETS)
    for name, sign in (("open", 1), ("minus", -1)):
        with pyBigWig.open(str(tmp_path / f"{name}.bw"), "w") as file:
            file.addHeader([("chr1", LENGTH)])
            values = (sign * random.gamma(0.2, 1, LENGTH - 100)).tolist()
            file.addEntries("chr1", 0, values=values, span=1, step=1)
    return tmp_path


@pytest.fixture
def source(folder: Path) -> BigWigSource:
    genome = open_genome(folder / "g.fa", "toy")
    return BigWigSource(
        folder / "targets.txt", folder, genome, ("chr1",), "aux", window_length=1024, bins=4
    )


def test_middles_tile_what_is_known(source: BigWigSource) -> None:
    windows = list(source.windows())
    middles = [(window.start + 256, window.end - 256) for window in windows]
    assert middles[0] == (0, 512)
    assert all(b - a == 512 for a, b in middles)
    assert all(first[1] <= second[0] for first, second in pairwise(middles))
    for start, end in middles:
        letters = source.genome.fetch(Interval("chr1", start, end))
        assert letters.count("N") <= 51
    assert [a for a, _ in middles] == [0, 512, 1024, 2048, 2560, 3072, 3584]


def test_coverage_by_hand(source: BigWigSource, folder: Path) -> None:
    window = next(source.windows())
    known = np.ones(512, bool)
    known[130] = False
    values = read_coverage(source, window, known)
    with pyBigWig.open(str(folder / "open.bw")) as file:
        bases = np.array(file.values("chr1", 128, 256))
    bases[2] = 0
    expected = 2 * bases.sum()
    soft = expected if expected <= 20 else min(20 + np.sqrt(expected - 20), 40)
    assert values[1, 0] == pytest.approx(soft, rel=1e-5)
    assert values[1, 1] == pytest.approx(bases.mean(), rel=1e-5)
    assert (values[:, 2] >= 0).all()
    assert values[:, 2].max() > 0


def test_large_values_are_clipped(source: BigWigSource) -> None:
    from train.bigwig import _in_units

    row = {"scale": 2.0, "clip_soft": 20.0, "clip": 40.0}
    values = np.array([1.0, 10.0, 18.0, 1e6])
    assert _in_units(values, row).tolist() == [2, 20, 24, 40]


def test_command_line_writes_a_head(folder: Path, capsys) -> None:
    with pytest.raises(SystemExit):
        main(["bigwig", str(folder / "targets.txt"), str(folder), str(folder / "g.fa"),
              str(folder / "a.h5"), "--head", "aux", "--contigs", "chr1", "--assembly", "toy"])  # fmt: skip
    assert "No window is known well enough" in capsys.readouterr().err


def test_the_file_is_what_fit_reads(source: BigWigSource, tmp_path: Path) -> None:
    from train.dataset import Windows

    assert write_bigwig(source, tmp_path / "a.h5") == 7
    windows = Windows(tmp_path / "a.h5", "aux", "train")
    assert (len(windows), windows.window_length, windows.bins) == (7, 1024, 4)
    first = next(source.windows())
    known = known_bases(source.genome.fetch(first, pad=True))
    np.testing.assert_array_equal(windows[0].one_hot.any(axis=1), known)
    np.testing.assert_array_equal(windows[0].targets, read_coverage(source, first, known[256:768]))
    with h5py.File(tmp_path / "a.h5") as file:
        assert len(file["aux/test/targets"]) == 0


def test_missing_files_are_named(source: BigWigSource, folder: Path) -> None:
    (folder / "minus.bw").rename(folder / "gone.bw")
    with pytest.raises(DataError, match=r"minus\.bw"):
        write_bigwig(source, folder / "a.h5")
    assert not (folder / "a.h5").exists()


def test_real_chromosome_22(shared_data: Path) -> None:
    genome = open_genome(shared_data / "hg38/hg38_partial.fa.gz", "hg38")
    targets = Path(__file__).parents[2] / "train/configs/chr22_targets.txt"
    source = BigWigSource(targets, shared_data / "tracks", genome, ("chr22",), "chr22")
    windows = list(source.windows())
    assert len(windows) == 88
    values = np.stack([read_coverage(source, w, np.ones(65_536, bool)) for w in windows[::10]])
    assert values.shape == (9, 512, 7)
    assert (values.max(axis=(0, 1)) > 1).all()
    assert (values >= 0).all()
