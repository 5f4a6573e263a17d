"""Both faces of a contribution figure, on contributions with known numbers."""

import io
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.patches import PathPatch, StepPatch
from PIL import Image

from app.figures import page, paper
from app.figures.contribution_data import ContributionPicture, Level, Stack, describe
from app.figures.contribution_plotly import contribution_figure
from app.figures.data import Highlight, LocusPicture
from app.figures.layouts import draw, render
from app.figures.motif_data import Called
from app.figures.palette import DARK, LIGHT
from enformer.coordinates import Interval
from enformer.errors import EnformerLensError

SIZE = 128
WINDOW = Interval("chr11", 4_000, 20_384)


@pytest.fixture(scope="module")
def whole(picture: LocusPicture) -> ContributionPicture:
    """The whole window; N at its start, and one base that stands out."""
    random = np.random.default_rng(0)
    values = random.normal(0, 0.01, WINDOW.length).astype(np.float32)
    values[12_345 - WINDOW.start] = 1.5
    values[:10] = 0
    letters = "N" * 10 + "".join(random.choice(list("ACGT"), WINDOW.length - 10))
    return ContributionPicture(
        locus=replace(
            picture, lanes=(), view=WINDOW,
            highlights=(Highlight(Interval("chr11", 12_000, 12_384), "explained"),),
        ),
        sequence=letters,
        values=values,
        pooled=np.abs(values).reshape(-1, SIZE).sum(1),
        method="Integrated gradients, 50 steps from zeros",
        explained="mean of 2 CAGE tracks over 3 bins, chr11:12,001-12,384",
        gap="a gap of 0.10% at 50 steps",
    )  # fmt: skip


def seen(whole: ContributionPicture, start: int, end: int) -> ContributionPicture:
    return replace(whole, locus=replace(whole.locus, view=Interval("chr11", start, end)))


FAR, NEAR, CLOSE = (4_000, 20_384), (12_000, 14_000), (12_300, 12_400)


def test_the_level_follows_the_view(whole):
    for length, level in ((4_001, "envelope"), (4_000, "bars"), (301, "bars"), (300, "letters")):
        assert seen(whole, 10_000, 10_000 + length).level == Level(level)


def test_the_envelope_holds_every_contribution(whole):
    shape = whole.envelope
    assert len(shape.low) == len(shape.high) == len(shape.edges) - 1 == 900
    assert shape.edges[0] == WINDOW.start
    assert shape.edges[-1] == WINDOW.end
    columns = np.searchsorted(shape.edges, np.arange(WINDOW.start, WINDOW.end), side="right") - 1
    assert (shape.low[columns] <= whole.values).all()
    assert (shape.high[columns] >= whole.values).all()
    # brute force over one column
    for column in (0, 450, 899):
        part = slice(*(shape.edges[column : column + 2] - WINDOW.start))
        assert shape.high[column] == max(whole.values[part].max(), 0)
        assert shape.low[column] == min(whole.values[part].min(), 0)


def test_letters_of_each_base_stand_where_the_sequence_has_them(whole):
    picture = seen(whole, *CLOSE)
    found = {base: picture.of_base(base) for base in "ACGT"}
    assert sum(len(starts) for starts, _ in found.values()) == 100
    for base, (starts, heights) in found.items():
        for start, height in zip(starts, heights, strict=True):
            offset = int(start) - WINDOW.start
            assert whole.sequence[offset] == base
            assert height == whole.values[offset]


def test_unknown_bases_are_not_drawn(whole):
    picture = seen(whole, 4_000, 4_040)
    assert sum(len(picture.of_base(base)[0]) for base in "ACGT") == 30


def test_tokens_cover_the_view(whole):
    picture = seen(whole, 12_300, 12_400)
    assert picture.token_edges[0] <= 12_300
    assert picture.token_edges[-1] >= 12_400
    assert len(picture.pooled_in_view) == len(picture.token_edges) - 1
    assert (picture.token_edges - WINDOW.start).tolist() == [8_192 + 0, 8_320, 8_448]


@pytest.mark.parametrize("dark", [False, True])
def test_the_page_draws_each_level(whole, dark):
    colours = (DARK if dark else LIGHT).bases
    far = contribution_figure(whole, dark=dark)
    assert [t.name for t in far.data if t.name] == []
    assert max(far.data[7].y) == pytest.approx(1.5)
    near = contribution_figure(seen(whole, *NEAR), dark=dark)
    bars = {t.name: t for t in near.data if t.name}
    assert {base: t.fillcolor for base, t in bars.items()} == dict(colours)
    drawn = sum(np.isnan(t.x).sum() for t in bars.values())
    assert drawn == 2_000
    close = contribution_figure(seen(whole, *CLOSE), dark=dark)
    paths = [shape for shape in close.layout.shapes if shape.type == "path"]
    assert {shape.fillcolor for shape in paths} == set(colours.values())
    assert all(shape.yref == "y3" for shape in paths)


@pytest.mark.parametrize("view", [FAR, NEAR, CLOSE])
def test_the_page_says_what_is_explained_how_and_what_is_under_the_pointer(whole, view):
    figure = contribution_figure(seen(whole, *view))
    texts = " ".join(note.text for note in figure.layout.annotations)
    for part in ("Contribution", "Integrated gradients", "Per 128 bp", "explained", "hg38"):
        assert part in texts
    pointer = figure.data[-1]
    pointed = [t for x, t in zip(pointer.x, pointer.text, strict=True) if abs(x - 12_345.5) < 10]
    assert any("1.5" in text for text in pointed)
    assert figure.layout.xaxis.range == view


def test_only_the_visible_part_travels(whole):
    for view, limit in ((FAR, 250_000), (NEAR, 500_000), (CLOSE, 120_000)):
        assert len(contribution_figure(seen(whole, *view)).to_json()) < limit


def test_in_words(whole):
    said = describe(seen(whole, *CLOSE))
    assert "a sequence logo" in said
    base = whole.sequence[12_345 - WINDOW.start]
    assert f"highest contribution in view is 1.5, of {base} at chr11:12,346" in said
    assert "50 steps from zeros" in said
    assert "a gap of 0.10%" in said


@pytest.mark.parametrize("width", [89, 120, 183])
@pytest.mark.parametrize("view", [FAR, NEAR, CLOSE])
def test_the_paper_has_the_same_axes_as_the_page(whole, view, width):
    picture = seen(whole, *view)
    page = contribution_figure(picture)
    with paper.style():
        figure = draw(picture, width)
        lanes = [axes for axes in figure.axes if len(axes.get_yticks())]
        assert [axes.get_ylim() for axes in lanes] == [
            page.layout.yaxis3.range, page.layout.yaxis4.range,
        ]  # fmt: skip
        assert {axes.get_xlim() for axes in lanes} == {page.layout.xaxis.range}
        height = figure.get_size_inches()[1] / paper.MM
    assert height <= paper.MAX_HEIGHT
    letters = [patch for patch in lanes[0].findobj(PathPatch) if not isinstance(patch, StepPatch)]
    assert len(letters) == (4 if view == CLOSE else 0)


def test_the_file_carries_its_provenance_and_is_reproducible(whole):
    picture = seen(whole, *CLOSE)
    file = render(picture, 89, "png", '{"made": "here"}')
    assert file == render(picture, 89, "png", '{"made": "here"}')
    image = Image.open(io.BytesIO(file))
    assert image.info["Provenance"] == '{"made": "here"}'
    svg = render(picture, 183, "svg", "{}").decode()
    assert "Contribution</text>" in svg
    with pytest.raises(EnformerLensError, match="columns"):
        render(picture, 100, "png", "{}")


# --- a second method, and motifs ------------------------------------------------------------------

CALLED = (
    Called(Interval("chr11", 12_340, 12_350), "GATA1", "+", "GATA1, strand +, p 1e-06"),
    Called(Interval("chr11", 12_342, 12_352), "TAL1", "-", "TAL1, strand -"),
    Called(Interval("chr11", 12_370, 12_380), "", about="peak without a known motif"),
)


@pytest.fixture(scope="module")
def both(whole) -> ContributionPicture:
    part = seen(whole, *CLOSE)
    second = replace(part, values=-part.values / 2, pooled=part.pooled * 2, method="Another method")
    return replace(part, second=second, called=CALLED)


@pytest.mark.parametrize("dark", [False, True])
def test_the_second_method_has_a_lane_of_its_own(both, dark):
    figure = contribution_figure(both, dark=dark)
    paths = [shape for shape in figure.layout.shapes if shape.type == "path"]
    assert {shape.yref for shape in paths} == {"y3", "y5"}
    assert figure.layout.yaxis5.range[0] < 0
    assert figure.layout.yaxis3.domain[0] > figure.layout.yaxis5.domain[1]
    texts = " ".join(note.text for note in figure.layout.annotations)
    assert "Second method" in texts
    assert "Another method" in texts
    assert both.pooled_top >= 2 * both.pooled_in_view.max() * 0.99
    told = dict(zip(figure.data[-1].x, figure.data[-1].text, strict=True))
    assert "second method -0.75" in told[12_345.5]


def test_motifs_are_named_in_rows_that_do_not_collide(both):
    figure = contribution_figure(both)
    (names,) = (t for t in figure.data if t.mode == "text" and t.yaxis == "y6")
    assert list(names.text) == ["GATA1 →", "← TAL1"]
    assert len(set(names.y)) == 2
    told = dict(zip(figure.data[-1].x, figure.data[-1].text, strict=True))
    assert "p 1e-06" in told[12_345.5]
    assert "without a known motif" in told[12_375.5]
    assert "GATA1, TAL1" in describe(both)


def test_from_afar_motifs_are_not_named(both):
    far = replace(both, locus=replace(both.locus, view=WINDOW), second=None)
    assert far.motifs == ()
    assert "yaxis6" not in contribution_figure(far).to_plotly_json()["layout"]


def test_paper_draws_both_methods_and_the_names(both):
    text = render(both, 120, "svg", "{}").decode()
    for said in ("Second method", "Another method", "GATA1 →", "← TAL1", "pale: none known"):
        assert said in text
    with paper.style():
        drawn = draw(both, 183)
    letters = [
        a for axes in drawn.axes for a in axes.findobj(PathPatch) if not isinstance(a, StepPatch)
    ]
    assert len(letters) >= 8


# --- alleles of a variant -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def changed(whole) -> ContributionPicture:
    """ALT − REF: a base that is another in ALT, an insertion, and a deleted base."""
    at = 12_345 - WINDOW.start
    values = whole.values.copy()
    values[at : at + 3] = (0.7, 0.6, -0.4)
    stacks = (
        Stack(12_345, (("T", 0.5), ("C", 0.2)), "C of REF, T of ALT"),
        Stack(12_346, (("A", 0.9), ("G", -0.3)), "A of REF, AG of ALT"),
        Stack(12_347, (("G", -0.4),), "G is deleted in ALT"),
    )
    return replace(seen(whole, *CLOSE), values=values, allele="ALT − REF", stacks=stacks,
                   reference=np.full(WINDOW.length, 0.25, dtype=np.float32))  # fmt: skip


def test_letters_of_both_alleles_stand_on_each_other_and_add_up(changed):
    found = {base: changed.drawn_of(base) for base in "ACGT"}
    for start in range(12_340, 12_350):
        total = sum(heights[starts == start].sum() for starts, heights, _ in found.values())
        assert total == pytest.approx(changed.values[start - WINDOW.start])
    starts, heights, bottoms = found["C"]
    assert [(h, b) for s, h, b in zip(starts, heights, bottoms, strict=True) if s == 12_345] == [
        (0.2, 0.5)
    ]
    starts, heights, bottoms = found["G"]
    assert bottoms[starts >= 12_346].tolist()[-2:] == [0, 0]  # they hang from the axis
    low, high = changed.value_range
    assert low <= -0.4
    assert high >= 0.9


@pytest.mark.parametrize("view", [FAR, NEAR, CLOSE])
def test_both_faces_say_that_it_is_a_difference(changed, view):
    picture = seen(changed, *view)
    texts = [note.text for note in contribution_figure(picture).layout.annotations]
    assert any("<b>ALT − REF</b>" in text for text in texts)
    assert any("|ALT − REF|, summed" in text for text in texts)
    assert "ALT − REF of the contributions" in describe(picture)
    svg = render(picture, 183, "svg", "{}").decode()
    assert ">ALT − REF<" in svg
    assert "Contributions, ALT − REF, over" in svg


def test_the_pointer_tells_both_alleles_and_what_stands_there(changed):
    pointer = contribution_figure(changed).data[-1]
    told = dict(zip(pointer.x, pointer.text, strict=True))
    assert "ALT − REF 0.7" in told[12_345.5]
    assert "ALT 0.95, REF 0.25" in told[12_345.5]
    assert "C of REF, T of ALT" in told[12_345.5]
    assert "G is deleted" in told[12_347.5]


def test_alt_alone_is_called_so(whole):
    alt = replace(seen(whole, *CLOSE), allele="ALT")
    texts = [note.text for note in contribution_figure(alt).layout.annotations]
    assert any("<b>Contribution, ALT</b>" in text for text in texts)


# --- a base that is clicked -----------------------------------------------------------------------


def test_a_click_means_a_base_where_one_can_be_hit(whole):
    pointer = contribution_figure(seen(whole, *CLOSE)).data[-1]
    assert list(pointer.customdata) == list(range(*CLOSE))
    assert pointer.mode == "markers"
    assert pointer.marker.opacity == pointer.unselected.marker.opacity == 0
    assert contribution_figure(seen(whole, *NEAR)).data[-1].customdata is None


@pytest.mark.parametrize(
    ("points", "base"),
    [([], None), ([{"x": 3.5}], None), ([{"customdata": 12}], 12), ([{"customdata": [12]}], 12)],
)
def test_the_clicked_base_is_read(points, base):
    assert page.clicked_base(points) == base
