import gzip
import io
import json

import numpy as np
import pandas as pd
import pytest

from app.computing.predictions import Answer
from app.downloads import Shown
from app.figures.data import locus_picture
from app.figures.scale import Scale
from app.locus import grouping
from app.locus.own_lanes import GROUP, MOST_WASHED, bring, partner, with_own
from app.locus.shelf import BESIDE_NOTHING, Shelf
from enformer import Interval, TrackId, open_genome, predict
from tests.measured import write_bigwig

TRACKS = (TrackId("human", 6), TrackId("human", 0))
WINDOW = Interval("demo1", 300_000, 316_384)
VIEW = Interval("demo1", 306_000, 309_000)
LENGTH = 600_000
SIZE = 128


@pytest.fixture(scope="module")
def reference(tiny_checkpoint):
    return predict(tiny_checkpoint, open_genome("demo"), WINDOW)


@pytest.fixture
def picture(reference):
    return locus_picture(reference, TRACKS, (), LENGTH, VIEW)


@pytest.fixture
def shelf():
    shelf = Shelf()
    yield shelf
    shelf.close()


@pytest.fixture
def runs():
    """A value for every second stretch of 40 bp, different from place to place."""
    rng = np.random.default_rng(3)
    return [(at, at + 40, round(float(value), 3)) for at, value in
            zip(range(303_000, 314_000, 80), rng.gamma(1, 4, 138), strict=True)]  # fmt: skip


def means(runs, region):
    """Mean of each bin with bases that are not listed as 0, one run after the other."""
    bases = np.zeros(WINDOW.end)
    for start, end, value in runs:
        bases[start:end] = value
    return bases[region.start : region.end].reshape(-1, SIZE).mean(axis=1)


def drawn(shelf, picture, tiny_checkpoint):
    return with_own(picture, bring(shelf.tracks, picture, TRACKS, tiny_checkpoint.tracks), TRACKS)


@pytest.mark.parametrize("form", ["bw", "bedgraph", "bdg.gz"])
@pytest.mark.parametrize("log", [False, True])
def test_observed_stands_over_predicted_with_its_correlation_in_view(
    shelf, picture, reference, runs, tmp_path, tiny_checkpoint, form, log
):
    if form == "bw":
        path = write_bigwig(tmp_path / "own.bw", runs, "demo1", LENGTH)
        shelf.upload(path.name, path.read_bytes())
    else:
        text = "".join(f"demo1\t{a}\t{b}\t{v}\n" for a, b, v in runs).encode()
        shelf.upload(f"own.{form}", gzip.compress(text) if form.endswith("gz") else text)
    (own,) = shelf.tracks
    shelf.change(own.key, beside="human/0")
    scaled = locus_picture(reference, TRACKS, (), LENGTH, VIEW, scale=Scale(log=log))
    lanes = drawn(shelf, scaled, tiny_checkpoint).lanes
    assert [lane.observed for lane in lanes] == [False, True, False]
    np.testing.assert_allclose(lanes[1].values, means(runs, picture.region), rtol=1e-5)
    seen = [b for b in range(64) if picture.bin_interval(b).intersect(VIEW)]
    pair = [lanes[1].values[seen], reference.values["human"][seen, 0]]
    expected = np.corrcoef(np.log1p(pair) if log else pair)[0, 1]
    assert lanes[1].remark == f"r = {expected:.2f}, {len(seen)} bins".replace("-", "−")


def test_it_goes_under_or_alone_when_that_is_chosen(shelf, picture, runs, tiny_checkpoint):
    shelf.upload("own.bdg", "".join(f"demo1 {a} {b} {v}\n" for a, b, v in runs).encode())
    (own,) = shelf.tracks
    shelf.change(own.key, beside="human/6", over=False)
    assert [lane.observed for lane in drawn(shelf, picture, tiny_checkpoint).lanes] == [
        False, True, False,
    ]  # fmt: skip
    shelf.change(own.key, beside=BESIDE_NOTHING)
    lanes = drawn(shelf, picture, tiny_checkpoint).lanes
    assert [lane.observed for lane in lanes] == [False, False, True]
    assert lanes[-1].remark == ""


def test_its_partner_is_the_track_its_name_fits_best(shelf, tiny_checkpoint):
    shelf.upload("DNASE cell 6.bdg", b"demo1 1 2 3\n")
    shelf.upload("cage_K562_rep1.bdg", b"demo1 1 2 3\n")
    shelf.upload("acc.K562.bdg", b"demo1 1 2 3\n")
    named, other, open_chromatin = shelf.tracks
    tracks = tuple(TrackId("human", index) for index in (0, 5, 6))
    assert partner(named, tracks, tiny_checkpoint.tracks) == TrackId("human", 6)
    assert partner(other, tracks, tiny_checkpoint.tracks) == TrackId("human", 0)
    assert partner(open_chromatin, tracks, tiny_checkpoint.tracks).index in (5, 6)
    assert partner(named, (), tiny_checkpoint.tracks) is None


def test_a_partner_that_is_not_shown_leaves_a_lane_of_its_own(shelf, picture, tiny_checkpoint):
    shelf.upload("own.bdg", b"demo1 306000 306100 3\n")
    shelf.change(shelf.tracks[0].key, beside="mouse/1")
    lane = drawn(shelf, picture, tiny_checkpoint).lanes[-1]
    assert (lane.observed, lane.remark) == (True, "mouse/1 is not shown")


def test_no_data_is_told_and_what_cannot_be_drawn_leaves_the_rest(shelf, picture, tiny_checkpoint):
    shelf.upload("elsewhere.bdg", b"chr9 10 20 3\n")
    shelf.upload("beyond.bdg", f"demo1 {LENGTH} {LENGTH + 5} 3\n".encode())
    brought = bring(shelf.tracks, picture, TRACKS, tiny_checkpoint.tracks)
    (lane,) = [lane for lane in with_own(picture, brought, TRACKS).lanes if lane.observed]
    assert lane.remark == "no data here"
    ((name, problem),) = brought.problems
    assert name == "beyond"
    assert "another assembly" in str(problem)


def test_intervals_are_a_lane_highlights_or_both(shelf, picture, tiny_checkpoint):
    shelf.upload("peaks.bed", b"demo1\t306500\t306700\tHS2\ndemo1\t100\t200\tfar\n")
    (own,) = shelf.tracks
    found = {}
    for use in ("lane", "highlights", "both"):
        shelf.change(own.key, use=use)
        shown = drawn(shelf, picture, tiny_checkpoint)
        found[use] = (len(shown.features), [(h.label, h.interval) for h in shown.highlights])
    washed = [("HS2", Interval("demo1", 306_500, 306_700))]
    assert found == {"lane": (1, []), "highlights": (0, washed), "both": (1, washed)}


def test_more_highlights_than_can_be_told_apart_are_counted(shelf, picture, tiny_checkpoint):
    rows = "".join(f"demo1\t{at}\t{at + 5}\n" for at in range(306_000, 308_500, 10))
    shelf.paste(rows)
    shown = drawn(shelf, picture, tiny_checkpoint)
    assert len(shown.highlights) == MOST_WASHED
    assert "200 of the 250 highlights in view" in " ".join(shown.notes)


def test_genes_of_a_file_are_one_more_lane(shelf, picture, tiny_checkpoint):
    row = "demo1\t306000\t306400\tMINE\t0\t+\t306000\t306400\t0\t2\t100,100,\t0,300,\n"
    shelf.upload("mine.bed", row.encode())
    (lane,) = drawn(shelf, picture, tiny_checkpoint).features
    assert (lane.kind, lane.genes[0].exons) == ("genes", ((306_000, 306_100), (306_300, 306_400)))


def test_files_come_into_the_table_and_the_provenance(
    shelf, picture, reference, runs, tiny_checkpoint
):
    shelf.upload("own.bdg", "".join(f"demo1 {a} {b} {v}\n" for a, b, v in runs).encode())
    shelf.upload("peaks.bed", b"demo1\t306500\t306700\tHS2\n")
    brought = bring(shelf.tracks, picture, TRACKS, tiny_checkpoint.tracks)
    drawn = with_own(picture, brought, TRACKS)
    shown = Shown(Answer(reference), drawn, TRACKS, LENGTH, brought.columns, brought.about)
    content = shown.data("TSV")[2]()
    rows = pd.read_csv(io.BytesIO(content), sep="\t", comment="#")
    assert list(rows.columns[-3:]) == ["human/6", "human/0", "own/own"]
    np.testing.assert_allclose(rows["own/own"], means(runs, picture.region), rtol=1e-5)
    assert "# own/own: own.bdg (sha256 " in content.decode()
    own = json.loads(shown.provenance)["own"]
    assert shelf.tracks[0].sha256 in own["own/own"]
    assert "file's own units" in own["own/own"]
    assert own["own/peaks"].startswith(f"peaks.bed (sha256 {shelf.tracks[1].sha256}), intervals")
    svg = shown.figure("svg", 183)[2]().decode()
    for said in ("own", "Observed (file's own units)", "r = ", "peaks", "HS2"):
        assert said in svg
    for form in ("NPZ", "bedGraph", "bigWig"):
        assert shown.data(form)[2]()


# --- groups ---------------------------------------------------------------------------------------


def test_groups_keep_the_order_in_which_they_come_and_of_their_tracks(tiny_checkpoint):
    ids = [TrackId("mouse", 3), TrackId("human", 0), TrackId("human", 6), TrackId("mouse", 0)]
    found = grouping.ordered(ids, tiny_checkpoint.tracks, "head")
    assert list(map(str, found)) == ["mouse/3", "mouse/0", "human/0", "human/6"]
    found = grouping.ordered(ids, tiny_checkpoint.tracks, "assay")
    assert list(map(str, found)) == ["mouse/3", "human/6", "human/0", "mouse/0"]
    assert grouping.names(found, tiny_checkpoint.tracks, "assay") == ["DNase"] * 2 + ["CAGE"] * 2


@pytest.mark.parametrize("by", ["", "colour"])
def test_without_a_group_that_there_is_nothing_moves(picture, tiny_checkpoint, by):
    assert grouping.ordered(TRACKS, tiny_checkpoint.tracks, by) == TRACKS
    same = grouping.with_groups(picture, TRACKS, tiny_checkpoint.tracks, by)
    assert [lane.group for lane in same.lanes] == ["", ""]


def test_measured_lanes_stand_in_the_group_of_their_partner(shelf, picture, tiny_checkpoint):
    shelf.upload("a.bdg", b"demo1 306000 306100 3\n")
    shelf.upload("b.bdg", b"demo1 306000 306100 3\n")
    first, second = shelf.tracks
    shelf.change(first.key, beside="human/0")
    shelf.change(second.key, beside=BESIDE_NOTHING)
    grouped = grouping.with_groups(picture, TRACKS, tiny_checkpoint.tracks, "assay")
    lanes = drawn(shelf, grouped, tiny_checkpoint).lanes
    assert [lane.group for lane in lanes] == ["DNase", "CAGE", "CAGE", GROUP]
