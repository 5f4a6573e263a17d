import copy
import pickle
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enformer.config import OFFICIAL, EnformerConfig
from enformer.coordinates import (
    Interval,
    Variant,
    bin_interval,
    bins_over,
    predicted_region,
    token_interval,
    window_around,
)
from enformer.errors import EnformerLensError, QueryError

TINY = EnformerConfig(
    heads={"human": 2},
    window_length=1280,
    target_bins=4,
    channels=24,
    depth=1,
    filters_divisible_by=4,
)

contigs = st.sampled_from(["chr1", "chr22", "chrX", "chrM", "XVI", "scaffold_12", "HLA-A*01:01"])
positions = st.integers(0, 300_000_000)


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    start = draw(positions)
    return Interval(draw(contigs), start, start + draw(st.integers(1, 1_000_000)))


@st.composite
def variants(draw: st.DrawFn) -> Variant:
    alleles = st.text("ACGTN", min_size=1, max_size=12)
    ref = draw(alleles)
    return Variant(
        draw(contigs), draw(positions) + 1, ref, draw(alleles.filter(lambda alt: alt != ref))
    )


@given(intervals())
def test_an_interval_reads_back_what_it_writes(interval: Interval) -> None:
    assert Interval.parse(str(interval)) == interval


@given(variants())
def test_a_variant_reads_back_what_it_writes(variant: Variant) -> None:
    assert Variant.parse(str(variant)) == variant
    assert Variant.parse(variant.key) == variant


@given(st.text())
def test_no_text_raises_anything_but_our_own_error(text: str) -> None:
    for parse in (Interval.parse, Variant.parse):
        with suppress(EnformerLensError):
            parse(text)


def test_an_interval_shows_one_based_positions() -> None:
    interval = Interval("chr11", 5_224_999, 5_310_000)
    assert str(interval) == "chr11:5,225,000-5,310,000"
    assert interval.length == len(interval) == 85_001
    assert interval.center == 5_267_499


@pytest.mark.parametrize(("contig", "start", "end"), [("chr1", 5, 5), ("chr1", 9, 5), ("", 1, 2)])
def test_an_empty_interval_is_refused(contig: str, start: int, end: int) -> None:
    with pytest.raises(QueryError, match="at least one base"):
        Interval(contig, start, end)


def test_arithmetic() -> None:
    interval = Interval("chr1", 10, 20)
    assert interval.shift(-15) == Interval("chr1", -5, 5)
    assert interval.resize(4) == Interval("chr1", 13, 17)
    assert interval.resize(5) == Interval("chr1", 13, 18)
    assert interval.contains(Interval("chr1", 10, 20))
    assert not interval.contains(Interval("chr1", 9, 20))
    assert not interval.contains(Interval("chr2", 12, 13))
    assert interval.intersect(Interval("chr1", 15, 99)) == Interval("chr1", 15, 20)
    assert interval.intersect(Interval("chr1", 20, 99)) is None
    assert interval.intersect(Interval("chr2", 15, 99)) is None


@given(intervals(), st.integers(1, 1_000_000))
def test_resize_keeps_the_center(interval: Interval, length: int) -> None:
    resized = interval.resize(length)
    assert (resized.center, resized.length) == (interval.center, length)


def test_values_sort_hash_copy_and_pickle() -> None:
    one, other = Interval("chr1", 1, 2), Variant("chr1", 5, "a", "t")
    assert sorted([Interval("chr1", 3, 4), one])[0] == one
    assert {one: 1}[Interval("chr1", 1, 2)] == 1
    assert pickle.loads(pickle.dumps(other)) == copy.copy(other) == Variant("chr1", 5, "A", "T")


def test_a_variant_is_one_based_and_its_interval_is_not() -> None:
    variant = Variant("chr11", 5_227_002, "T", "A")
    assert (variant.start, variant.end) == (5_227_001, 5_227_002)
    assert variant.interval == Interval("chr11", 5_227_001, 5_227_002)
    assert str(variant) == "chr11:5,227,002 T>A"
    assert variant.key == "chr11:5227002:T>A"


@pytest.mark.parametrize(
    ("ref", "alt", "kind", "is_indel"),
    [
        ("A", "C", "SNV", False),
        ("CACAG", "CACAT", "SNV", False),
        ("AC", "GT", "MNV", False),
        ("A", "AT", "insertion", True),
        ("AT", "A", "deletion", True),
        ("CAA", "CA", "deletion", True),
        ("AC", "T", "delins", True),
    ],
)
def test_kind(ref: str, alt: str, kind: str, is_indel: bool) -> None:
    variant = Variant("chr1", 5, ref, alt)
    assert (variant.kind, variant.is_indel) == (kind, is_indel)


@pytest.mark.parametrize(
    ("position", "ref", "alt"), [(0, "A", "T"), (5, "A", "A"), (5, "", "A"), (5, "A", "<DEL>")]
)
def test_an_impossible_variant_is_refused(position: int, ref: str, alt: str) -> None:
    with pytest.raises(QueryError):
        Variant("chr1", position, ref, alt)


@pytest.mark.parametrize("text", ["NC_000001.11:g.5del", "NC_000001.11:4::A", "chr1:5:AC>-"])
def test_notations_that_need_the_genome_say_so(text: str) -> None:
    with pytest.raises(QueryError, match="only the genome can tell"):
        Variant.parse(text)


def test_published_geometry() -> None:
    window = window_around(5_227_001, "chr11", OFFICIAL)
    assert window == Interval("chr11", 5_227_001 - 98_304, 5_227_001 + 98_304)
    region = predicted_region(window, OFFICIAL)
    assert (region.start, region.length) == (window.start + 40_960, 114_688)
    assert bin_interval(window, 0, OFFICIAL).start == window.start + 40_960
    assert bin_interval(window, 895, OFFICIAL).end == region.end
    assert token_interval(window, 0, OFFICIAL).start == window.start
    assert token_interval(window, 1535, OFFICIAL).end == window.end
    assert bins_over(window, region, OFFICIAL) == range(896)
    # The center lies in the second of the two middle bins (research: bin 448 starts at the center).
    center = Interval("chr11", 5_227_001, 5_227_002)
    assert bins_over(window, center, OFFICIAL) == range(448, 449)


def test_longer_windows_keep_the_middle_bins() -> None:
    window = Interval("chr1", 0, 393_216)
    assert predicted_region(window, OFFICIAL).start == 139_264


def test_bins_over_against_brute_force() -> None:
    window = Interval("chr1", 1000, 1000 + TINY.window_length)
    bins = [bin_interval(window, index, TINY) for index in range(TINY.target_bins)]
    for start in range(900, 2400, 37):
        for length in (1, 127, 128, 129, 700):
            region = Interval("chr1", start, start + length)
            expected = [i for i, each in enumerate(bins) if each.intersect(region)]
            assert list(bins_over(window, region, TINY)) == expected
    assert not bins_over(window, Interval("chr2", 1500, 1600), TINY)


@pytest.mark.parametrize("length", [1279, 1152, 256])
def test_a_window_that_does_not_fit_is_refused(length: int) -> None:
    with pytest.raises(QueryError, match="same margin"):
        predicted_region(Interval("chr1", 0, length), TINY)
