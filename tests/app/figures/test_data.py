from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.figures.data import locus_picture, round_up
from enformer.coordinates import Interval, Variant
from enformer.errors import QueryError, TrackError
from enformer.tracks import TrackId


def test_lanes_hold_the_prediction_in_the_order_asked_for(prediction):
    asked = [TrackId("human", 4), TrackId("human", 0)]
    lanes = locus_picture(prediction, asked, [], 135_086_622).lanes
    for lane, track in zip(lanes, asked, strict=True):
        np.testing.assert_array_equal(lane.values, prediction.values["human"][:, track.index])
        assert lane.values.dtype == np.float32
        assert not lane.values.flags.writeable


def test_names_are_readable_and_never_the_same(picture):
    assert [(lane.assay_name, lane.label) for lane in picture.lanes] == [
        ("DNase", "K562 · T0"),
        ("ATAC", "MCF-7 treated with 100 nM estradiol for 1 hour"),
        ("CAGE", "K562"),
        ("ChIP", "H3K27ac, GM12878"),
        ("ChIP", "CTCF, frontal cortex female adult (67 years) and female adult (80 years)"),
        ("RNA", "liver"),
        ("DNase", "K562 · T6"),
        ("ChIP", "POLR2A, HepG2"),
    ]
    assert picture.lanes[0].name == "DNASE K562 · T0 (human/0, T0)"


def test_edges_and_bins(picture):
    assert picture.region == Interval("chr11", 8_096, 16_288)
    assert (picture.edges[0], picture.edges[-1], picture.bins) == (8_096, 16_288, 64)
    assert picture.bin_interval(63) == Interval("chr11", 16_160, 16_288)


@given(start=st.integers(4_000, 20_383), length=st.integers(1, 16_384))
def test_bins_in_view_are_those_that_overlap_it(picture, start, length):
    view = Interval("chr11", start, min(start + length, 20_384))
    seen = replace(picture, view=view)
    brute = [b for b in range(64) if seen.bin_interval(b).intersect(view)]
    assert list(seen.bins_in_view) == brute


def test_padding_and_what_is_not_predicted(picture, at_the_end):
    assert picture.padding == ()
    assert at_the_end.padding == (Interval("chr11", -3_000, 0),)
    assert at_the_end.outside == (
        Interval("chr11", -3_000, 1_096),
        Interval("chr11", 9_288, 13_384),
    )
    right = replace(picture, contig_length=20_000)
    assert right.padding == (Interval("chr11", 20_000, 20_384),)
    assert at_the_end.place == Interval("chr11", 0, 13_384)


def test_the_scale_follows_the_values_in_view_or_those_of_the_region(picture):
    lane = replace(picture.lanes[0], values=np.arange(64, dtype=np.float32))
    view = picture.bin_interval(7)
    assert replace(picture, view=view).value_range(lane) == (0, 8)
    assert replace(picture, view=view, zoomed_scale=False).value_range(lane) == (0, 80)


def test_the_scale_holds_both_alleles_and_values_below_zero(picture):
    flat = np.zeros(64, dtype=np.float32)
    lane = replace(picture.lanes[0], values=flat)
    assert picture.value_range(lane) == (0, 1)
    assert picture.value_range(replace(lane, alternative=flat + 3.3)) == (0, 4)
    assert picture.value_range(replace(lane, alternative=flat - 3.3)) == (-4, 0)
    assert picture.value_range(replace(lane, values=flat * np.nan)) == (0, 1)


@given(st.floats(1e-6, 1e9))
def test_round_up_is_above_but_not_far(value):
    assert value <= round_up(value) * (1 + 1e-5) <= value * 2


def test_notes_say_how_values_were_treated_and_how_an_indel_moves_bins(
    prediction, alternative, ids
):
    snv = locus_picture(prediction, ids[:1], [], 10**8, alt=alternative)
    assert snv.notes == ("Values are clipped and scaled.", snv.footer)
    insertion = replace(snv, variant=Variant("chr11", 12_001, "T", "TACG"))
    assert "ALT is 3 bp longer; its bins are drawn over" in insertion.notes[1]
    assert "toy abababababab" in snv.footer


def test_contigs_of_genes_follow_the_window(picture):
    assert {gene.contig for gene in picture.genes} == {"chr11"}


def test_a_view_outside_the_window_is_refused(prediction, ids):
    with pytest.raises(QueryError, match="Look inside the window"):
        locus_picture(prediction, ids, [], 10**8, Interval("chr11", 30_000, 40_000))


def test_alleles_of_different_windows_are_refused(prediction, alternative, ids):
    elsewhere = replace(alternative, region=Interval("chr11", 8_224, 16_416))
    with pytest.raises(QueryError, match="same window"):
        locus_picture(prediction, ids, [], 10**8, alt=elsewhere)


def test_a_head_that_was_not_predicted_is_refused(prediction, picture):
    tracks = prediction.tracks
    mouse = type(tracks)(tracks.frame.assign(head="mouse"))
    with pytest.raises(TrackError, match="Predict it too"):
        locus_picture(replace(prediction, tracks=mouse), [TrackId("mouse", 0)], [], 10**8)


def test_a_picture_cannot_be_changed(picture):
    with pytest.raises(FrozenInstanceError):
        picture.assembly = "mm10"
