from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from enformer.errors import TrackError
from enformer.track_file import pairs_of, read_targets

EIGHT = """index\tgenome\tidentifier\tfile\tclip\tscale\tsum_stat\tdescription
5313\t1\tENCFF1NA\t/x\t32\t2\tmean\tDNASE:"quoted
5314\t1\tCNhs2\t/y\t384\t1\tsum\tCAGE:liver, adult
"""
NINE = """\tidentifier\tfile\tclip\tclip_soft\tscale\tsum_stat\tstrand_pair\tdescription
34\tA+\t/x\t384\t64\t0.3\tsum_sqrt\t35\tRNA:NA
35\tA-\t/x\t384\t64\t0.3\tsum_sqrt\t34\tRNA:NA
36\tB\t/y\t32\t\t2\tmean\t36\tDNASE:B
"""


def _write(folder: Path, text: str) -> Path:
    path = folder / "targets.txt"
    path.write_text(text)
    return path


def test_eight_columns(tmp_path: Path):
    rows = read_targets(_write(tmp_path, EIGHT))
    assert rows["identifier"].tolist() == ["ENCFF1NA", "CNhs2"]
    assert rows["description"].tolist() == ['DNASE:"quoted', "CAGE:liver, adult"]
    assert rows["clip"].tolist() == [32.0, 384.0]


def test_nine_columns_count_strand_pairs_from_the_first_row(tmp_path: Path):
    rows = read_targets(_write(tmp_path, NINE))
    assert rows["strand_pair"].tolist() == [1.0, 0.0, 2.0]
    assert rows["description"].tolist() == ["RNA:NA", "RNA:NA", "DNASE:B"]
    np.testing.assert_array_equal(rows["clip_soft"], [64, 64, np.nan])
    assert pairs_of(rows).tolist() == [1, 0, 2]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "no tab-separated table"),
        ("index\tidentifier\n0\tA\n", "no column clip, scale, sum_stat, description"),
        (EIGHT.splitlines()[0] + "\n", "no rows"),
        (EIGHT.replace("5314", "5315"), "jumps to '5315' at row 2"),
        (EIGHT.replace("5313", "first"), "index of row 1 is 'first', not a number"),
        (EIGHT.replace("5313", ""), "jumps to '' at row 1"),
        (EIGHT.replace("384", "much"), "clip of row 2 is 'much', not a number"),
        (EIGHT.replace("5313", "inf"), "index of row 1 is 'inf', not a number"),
        (EIGHT.replace("5313", "0.5").replace("5314", "1.5"), "jumps to '0.5' at row 1"),
        (
            EIGHT.replace("quoted\n", "quoted\tmore\n").replace("adult\n", "adult\tmore\n"),
            "more columns than its header",
        ),
        (EIGHT + "5315\t1\tC\t/z\t32\n", "Row 3 has no description"),
        (EIGHT + "5315\t1\tC\t/z\t32\t2\tmean\ta\tb\tc\td\n", "no tab-separated table"),
    ],
)
def test_wrong_files_are_refused_with_the_reason(tmp_path: Path, text: str, wrong: str):
    with pytest.raises(TrackError) as caught:
        read_targets(_write(tmp_path, text))
    assert wrong in caught.value.wrong
    assert "targets.txt" in caught.value.read
    assert caught.value.do


def test_missing_and_binary_files_are_refused(tmp_path: Path):
    with pytest.raises(TrackError, match="cannot be opened"):
        read_targets(tmp_path / "absent.txt")
    (tmp_path / "binary.txt").write_bytes(b"\x1f\x8b\xff\xfe\x00")
    with pytest.raises(TrackError, match="no tab-separated table"):
        read_targets(tmp_path / "binary.txt")


def test_strands_without_a_pair_column_are_joined_by_identifier():
    rows = pd.DataFrame({"identifier": ["A-", "B", "A+", "C+"]})
    assert pairs_of(rows).tolist() == [2, 1, 0, 3]


@pytest.mark.parametrize(
    ("identifiers", "pairs"),
    [
        (["A+", "A-"], [1, 1]),
        (["A+", "A-"], [1, 2]),
        (["A+", "A-"], [-1, 0]),
        (["A+", "B+"], [1, 0]),
        (["A", "B"], [1, 0]),
        (["A+", "A-"], [0.5, 1]),
        (["A+", "A-"], [1e30, 0]),
    ],
)
def test_pairs_that_are_no_pairs_are_refused(identifiers: list[str], pairs: list[float]):
    with pytest.raises(TrackError, match="partner on the other strand"):
        pairs_of(pd.DataFrame({"identifier": identifiers, "strand_pair": pairs}))
