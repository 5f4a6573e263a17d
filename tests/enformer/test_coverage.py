import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enformer.bedgraph import parse_bedgraph
from enformer.coordinates import Interval
from enformer.coverage import BedGraph, BigWig
from enformer.errors import TrackError
from tests.measured import write_bigwig

LENGTH = 20_000
SIZE = 128


def base_by_base(runs, start, end, missing):
    """The mean of a bin, one base after the other."""
    found = [next((value for a, b, value in runs if a <= base < b), None)
             for base in range(max(start, 0), min(end, LENGTH))]  # fmt: skip
    counted = [0.0 if value is None else value for value in found
               if value is not None or missing == "zero"]  # fmt: skip
    return np.mean(counted) if counted else np.nan


RUNS = [(4_000, 4_050, 2.0), (4_050, 4_200, 8.0), (4_500, 4_501, 1024.0), (5_100, 9_000, 0.5)]
REGION = Interval("chr11", 3_968, 3_968 + 40 * SIZE)


def bedgraph(runs, name="own"):
    return parse_bedgraph("".join(f"chr11\t{a}\t{b}\t{v}\n" for a, b, v in runs), name)


@pytest.fixture(params=["bigWig", "bedGraph"])
def coverage(request, tmp_path):
    if request.param == "bedGraph":
        return bedgraph(RUNS)
    return BigWig.read(write_bigwig(tmp_path / "own.bw", RUNS), "own.bw")


@pytest.mark.parametrize("missing", ["zero", "out"])
def test_bins_are_means_over_their_bases(coverage, missing):
    found = coverage.bins(REGION, SIZE, LENGTH, missing)
    starts = range(REGION.start, REGION.end, SIZE)
    expected = [base_by_base(RUNS, start, start + SIZE, missing) for start in starts]
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    assert found.dtype == np.float32
    assert not found.flags.writeable


@pytest.mark.parametrize("contig", ["chr11", "11", "Chr11", "NC_000011.10"])
def test_contigs_are_found_by_any_of_their_names(coverage, contig):
    named = Interval(contig, REGION.start, REGION.end)
    np.testing.assert_array_equal(
        coverage.bins(named, SIZE, LENGTH), coverage.bins(REGION, SIZE, LENGTH)
    )


@pytest.mark.parametrize("place", [("chr12", 4_000), ("chr11", 12_800)])
@pytest.mark.parametrize("missing", ["zero", "out"])
def test_where_a_file_says_nothing_there_is_no_data(coverage, place, missing):
    contig, start = place
    found = coverage.bins(Interval(contig, start, start + 10 * SIZE), SIZE, LENGTH, missing)
    assert np.isnan(found).all()


def test_what_lies_off_the_contig_does_not_count(coverage):
    region = Interval("chr11", -2 * SIZE, 40 * SIZE)
    found = coverage.bins(region, SIZE, LENGTH)
    assert np.isnan(found[:2]).all()
    assert np.isfinite(found[2:]).all()
    end = Interval("chr11", LENGTH - 64, LENGTH + 64)
    whole = bedgraph([(0, LENGTH, 3.0)]).bins(end, SIZE, LENGTH)
    np.testing.assert_array_equal(whole, [3.0])


def test_a_file_of_another_assembly_is_refused(coverage):
    with pytest.raises(TrackError, match="another assembly"):
        coverage.bins(REGION, SIZE, 8_000)


def test_infinite_values_are_refused():
    with pytest.raises(TrackError, match="infinite"):
        bedgraph([(4_000, 4_100, "inf")]).bins(REGION, SIZE, LENGTH)


def test_what_is_no_bigwig_is_refused(tmp_path):
    path = tmp_path / "own.bw"
    path.write_bytes(b"\x26\xfc\x8f\x88" + b"\0" * 100)
    with pytest.raises(TrackError, match="no bigWig, or is cut short"):
        BigWig.read(path, "own.bw")
    with pytest.raises(TrackError, match="no such file"):
        BigWig.read(tmp_path / "gone.bw", "gone.bw")


def test_a_bigwig_that_is_cut_short_is_told_when_it_is_read(tmp_path):
    runs = [(n * 10, n * 10 + 10, float(n % 7)) for n in range(1_900)]
    path = write_bigwig(tmp_path / "own.bw", runs)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 3])
    with pytest.raises(TrackError, match="cut short"):
        BigWig.read(path, "own.bw").bins(REGION, SIZE, LENGTH)


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(1, 60), st.floats(-9, 9)), max_size=12))
def test_bedgraph_agrees_with_going_base_by_base(rows):
    runs, at = [], 0
    for gap, length, value in rows:
        runs.append((at + gap, at + gap + length, value))
        at += gap + length
    region = Interval("chr11", 0, 20 * SIZE)
    if not any(start < region.end for start, _, _ in runs):
        return
    found = bedgraph(runs).bins(region, SIZE, LENGTH)
    expected = [base_by_base(runs, s, s + SIZE, "zero") for s in range(0, region.end, SIZE)]
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_headers_comments_and_spaces_are_no_rows():
    text = 'browser position chr11\ntrack type=bedGraph name="x y"\n# note\n\nchr11 10 20 1.5\r\n'
    (runs,) = parse_bedgraph(text, "own").contigs.values()
    assert [column.tolist() for column in runs] == [[10], [20], [1.5]]


def test_rows_may_come_in_any_order_and_contigs_under_several_names():
    text = "chr2\t5\t6\t1\nchr11\t30\t40\t2\n11\t10\t20\t3\n"
    found = parse_bedgraph(text, "own")
    assert isinstance(found, BedGraph)
    assert {name: runs[2].tolist() for name, runs in found.contigs.items()} == {
        "2": [1.0],
        "11": [3.0, 2.0],
    }


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it holds no rows"),
        ("track type=bedGraph\n", "it holds no rows"),
        ("chr11\t1\t2\n", "not four columns"),
        ("chr11\t1\t2\tx\n", "x"),
        ("chr11\t10\t20\t1\nchr11\t15\t30\t1\n", "overlaps"),
        ("chr11\t20\t20\t1\n", "empty"),
        ("chr11\t-5\t20\t1\n", "empty"),
        ("track a\nchr11\t1\t2\t3\ntrack b\nchr11\t1\t2\t3\n", "2 lines begin with 'track'"),
    ],
)
def test_what_is_no_bedgraph_says_why_and_what_one_is(text, why):
    with pytest.raises(TrackError, match="It is no bedGraph of one track") as refused:
        parse_bedgraph(text, "own.bdg")
    assert why in refused.value.wrong
    assert refused.value.read == "own.bdg"
    assert parse_bedgraph(refused.value.example, "example").contigs
