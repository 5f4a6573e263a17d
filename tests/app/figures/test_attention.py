"""Attention figures of made-up weights whose every number is known."""

import itertools
import json
from dataclasses import replace

import numpy as np
import pytest

from app.figures import ramps
from app.figures.atlas import atlas_figure, chosen_head
from app.figures.attention_data import Scale, number
from app.figures.attention_pictures import atlas_picture, expected, head_picture, lanes
from app.figures.attention_plotly import head_figure, selected
from app.figures.attention_words import describe_atlas, describe_head
from app.figures.data import Highlight, LocusPicture
from app.figures.profile import profile_figure, profile_picture
from enformer.coordinates import Interval, Variant
from enformer.genes import Gene
from interpret.attention_summary import AttentionSummary, difference

SIZE = 128


def attended(layers=2, heads=3, tokens=64, pool=10, queries=(30, 31), seed=0, start=4_000):
    """A summary of random maps, each figure found the plain way."""
    maps = np.random.default_rng(seed).gamma(0.2, 1, (layers, heads, tokens, tokens))
    maps = (maps / maps.sum(-1, keepdims=True)).astype(np.float32)
    edges = np.arange(pool + 1) * tokens // pool
    blocks = [[maps[..., a:b, c:d] for c, d in itertools.pairwise(edges)]
              for a, b in itertools.pairwise(edges)]  # fmt: skip
    pooled = {
        how: np.stack([np.stack([getattr(block, how)((-2, -1)) for block in row], -1)
                       for row in blocks], -2)
        for how in ("max", "mean")
    }  # fmt: skip
    at = np.arange(tokens)
    profile = np.stack([maps.diagonal(k, 2, 3).mean(-1) for k in range(1 - tokens, tokens)], -1)
    summary = AttentionSummary(
        rows=maps[:, :, list(queries)],
        columns=maps[..., list(queries)].swapaxes(2, 3),
        pooled_mean=pooled["mean"],
        pooled_max=pooled["max"],
        profile=profile,
        entropy=-(maps * np.log2(maps + 1e-30)).sum(-1).mean(-1),
        distance=(maps * np.abs(at - at[:, None])).sum(-1).mean(-1) * SIZE,
        received=maps.mean(2),
        squared=(maps**2).sum(-1).mean(-1),
        rollout_rows=maps.mean((0, 1))[list(queries)],
        rollout_pooled=pooled["mean"].mean((0, 1)),
        rollout=None,
        queries=tuple(queries),
        keys=tuple(queries),
        tokens=tokens,
        bin_size=SIZE,
        pool=pool,
        interval=Interval("chr11", start, start + tokens * SIZE),
        provenance=None,
    )
    return summary, maps


def around(summary, view=None, variant=None) -> LocusPicture:
    window = summary.interval
    margin = 16 * SIZE
    return LocusPicture(
        window=window,
        region=Interval("chr11", window.start + margin, window.end - margin),
        bin_size=SIZE,
        contig_length=135_086_622,
        view=view or window,
        genes=(Gene("HBB", "chr11", 7_000, 9_000, "-"),),
        lanes=(),
        assembly="hg38",
        variant=variant,
        highlights=(Highlight(summary.token_interval(30), "chosen tokens"),),
    )


@pytest.fixture(scope="module")
def summary():
    return attended()[0]


@pytest.fixture(scope="module")
def maps():
    return attended()[1]


@pytest.fixture
def picture(summary):
    return head_picture(summary, (1, 2), around(summary), summary.interval, (30, 31))


# --- numbers --------------------------------------------------------------------------------------


def test_weights_are_coloured_by_their_logarithm():
    scale = Scale(1e-4, 1.0)
    given = np.array([[0.0, 1e-5, 1e-4, 1e-2, 1.0, 2.0]])
    np.testing.assert_allclose(scale.share(given), [[0, 0, 0, 0.5, 1, 1]], atol=1e-9)
    assert scale.shades(given).tolist() == [[0, 0, 0, 127, 254, 254]]
    assert scale.ticks == ((0.0, "1e−4"), (0.25, "0.001"), (0.5, "0.01"), (0.75, "0.1"), (1.0, "1"))


def test_differences_are_coloured_alike_on_both_sides_of_0():
    scale = Scale.over(np.array([[-0.5, 0.25]]), difference=True)
    assert (scale.low, scale.high) == (-0.5, 0.5)
    given = np.array([-0.5, -0.01, 0.0, 0.01, 0.5])
    shares = scale.share(given)
    np.testing.assert_allclose(shares + shares[::-1], 1.0)
    assert shares[0] == 0.0
    assert shares[2] == 0.5
    assert [label for _, label in scale.ticks][::3] == ["−0.5", "0", "0.5"]


@pytest.mark.parametrize("values", [np.zeros((2, 2)), np.full((2, 2), 0.25), np.ones((1, 1))])
def test_a_scale_of_equal_weights_still_colours(values):
    for change in (False, True):
        scale = Scale.over(values, change)
        assert scale.low < scale.high
        assert np.isfinite(scale.share(values)).all()
        assert len(scale.ticks) > 1


def test_numbers_are_short():
    assert [number(v) for v in (0, 0.25, 1, 1.2e-5, -3e-4)] == ["0", "0.25", "1", "1e−5", "−3e−4"]


def test_lanes_are_rows_or_columns_of_the_tokens(summary, maps):
    rows = lanes(summary, (1, 2), (30, 31), "row")
    np.testing.assert_allclose(rows[0].values, maps[1, 2, [30, 31]].mean(0))
    np.testing.assert_allclose(rows[1].values, maps[1, :, [30, 31]].mean((0, 1)), rtol=1e-5)
    np.testing.assert_allclose(rows[2].values, maps[:, :, [30, 31]].mean((0, 1, 2)), rtol=1e-5)
    assert [lane.label for lane in rows] == [
        "Layer 2, head 3", "Layer 2, mean of 3 heads", "Mean of all 2 layers and heads",
        "Rollout through all layers",
    ]  # fmt: skip
    columns = lanes(summary, (1, 2), (31,), "column")
    np.testing.assert_allclose(columns[0].values, maps[1, 2, :, 31])
    assert len(columns) == 3  # the rollout's columns are not kept


@pytest.mark.parametrize("way", ["row", "column"])
def test_expected_by_distance_is_the_mean_of_the_diagonals(summary, maps, way):
    found = expected(summary, (0, 1), (30,), way)
    for other in (0, 29, 30, 63):
        step = other - 30 if way == "row" else 30 - other
        assert found[other] == pytest.approx(maps[0, 1].diagonal(step).mean(), rel=1e-5)


# --- one head -------------------------------------------------------------------------------------


def drawn(figure) -> np.ndarray:
    """Shades of the map's picture."""
    import base64
    import io

    from PIL import Image

    source = figure.layout.images[0].source.partition(",")[2]
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(source))))


def test_the_map_lies_on_its_genomic_positions(picture, summary):
    figure = head_figure(picture)
    image = figure.layout.images[0]
    assert (image.x, image.y) == (4_000, 4_000)
    assert (image.sizex, image.sizey) == (64 * SIZE, 64 * SIZE)
    assert figure.layout.xaxis.range == (4_000, 12_192)
    assert figure.layout.yaxis2.range == (12_192, 4_000)  # queries run down
    per_token = drawn(figure)[:: drawn(figure).shape[0] // 64, :: drawn(figure).shape[1] // 64]
    edges = np.arange(11) * 64 // 10
    cells = picture.scale.shades(summary.pooled_max[1, 2]).repeat(np.diff(edges), 0)
    np.testing.assert_array_equal(per_token, cells.repeat(np.diff(edges), 1))


def test_a_part_shows_its_own_tokens_at_full_resolution(summary, maps):
    keys, queries = Interval("chr11", 5_000, 6_000), Interval("chr11", 7_900, 8_000)
    seen = head_picture(
        summary, (0, 0), around(summary, keys), queries, (30,), whole=maps[0, 0]
    )  # fmt: skip
    figure = head_figure(seen)
    image, shades = figure.layout.images[0], drawn(figure)
    first = (5_000 - 4_000) // SIZE
    assert image.x == 4_000 + first * SIZE
    assert image.y == 4_000 + 30 * SIZE
    assert image.sizey == 2 * SIZE  # tokens 30 and 31
    wanted = seen.scale.shades(maps[0, 0][30:32, first : first + 9])
    np.testing.assert_array_equal(shades[:: shades.shape[0] // 2, :: shades.shape[1] // 9], wanted)
    hover = next(trace for trace in figure.data if trace.type == "heatmap")
    np.testing.assert_allclose(hover.z, maps[0, 0][30:32, first : first + 9])
    assert "strongest" not in hover.hovertemplate


def test_what_the_pointer_meets_is_the_strongest_of_many_cells():
    summary, maps = attended(1, 1, tokens=256, pool=16)
    seen = head_picture(
        summary, (0, 0), around(summary), summary.interval, (30,), whole=maps[0, 0]
    )  # fmt: skip
    hover = next(trace for trace in head_figure(seen).data if trace.type == "heatmap")
    assert hover.z.shape == (86, 86)
    assert hover.z.max() == maps.max()
    assert hover.z[0, 0] == maps[0, 0, :3, :3].max()
    assert (len(hover.x), hover.x[-1]) == (87, summary.interval.end)


def test_target_variant_region_and_genes_are_marked(summary):
    variant = Variant("chr11", 8_001, "T", "A")
    place = around(summary, variant=variant)
    figure = head_figure(head_picture(summary, (0, 0), place, summary.interval, (30, 31)))
    frame = next(s for s in figure.layout.shapes if s.line.dash == "dash")
    assert (frame.x0, frame.x1, frame.y0, frame.y1) == (6_048, 10_144, 6_048, 10_144)
    across = [s for s in figure.layout.shapes if s.line.dash == "dot" and s.xref == "x"]
    assert {s.x0 for s in across} == {8_000.5}
    words = " ".join(note.text for note in figure.layout.annotations)
    for said in ("Layer 1, head 1", "T>A", "chosen tokens", "Attended to", "Attending",
                 "max of 6.4 × 6.4 tokens"):  # fmt: skip
        assert said in words
    assert any("<i>HBB</i>" in (trace.text or ()) for trace in figure.data if trace.mode == "text")


def test_a_box_over_the_map_is_keys_and_queries(picture):
    box = {"xref": "x", "yref": "y2", "x": [5_000.2, 6_000.4], "y": [9_000.0, 8_000.0]}
    keys, queries = selected(picture, box) or (None, None)
    assert keys == Interval("chr11", 5_000, 6_001)
    assert queries == Interval("chr11", 8_000, 9_000)
    assert selected(picture, box | {"x": [5_000, 5_010]}) is None
    assert selected(picture, box | {"yref": "y3"}) is None


def test_a_difference_diverges_from_0():
    one, other = attended(seed=0)[0], attended(seed=1)[0]
    change = difference(ref=one, alt=other)
    picture = head_picture(change, (0, 0), around(one), one.interval, (30, 31))
    assert picture.scale.low == -picture.scale.high
    figure = head_figure(picture)
    said = " ".join(note.text for note in figure.layout.annotations).replace("<br>", " ")
    assert "REF − ALT of weight" in said
    assert figure.layout.yaxis3.range[0] < 0
    assert "REF minus ALT" in describe_head(picture)
    atlas = atlas_picture(change, (0, 0), "mean", together=True)
    np.testing.assert_array_equal(atlas.maps, one.pooled_mean - other.pooled_mean)
    assert atlas.scale.low == -atlas.scale.high


def test_lanes_share_the_axis_of_the_map(picture):
    figure = head_figure(picture)
    filled = [t for t in figure.select_traces({"type": "scatter"}) if t.fill == "tozeroy"]
    assert len(filled) == 4
    for trace, lane in zip(filled, picture.lanes, strict=True):
        np.testing.assert_array_equal(trace.x, 4_000 + SIZE * np.arange(65))
        np.testing.assert_array_equal(trace.y[:-1], lane.values)
        assert (trace.xaxis or "x") == "x"
    assert sum(trace.name == "expected" for trace in figure.data) == 1


# --- the atlas ------------------------------------------------------------------------------------


def test_each_head_is_at_its_place_in_the_atlas(summary):
    picture = atlas_picture(summary, (1, 0), "mean", together=True)
    sheet = picture.shades
    assert sheet.shape == (2 * 12, 3 * 12)  # ten cells and a blank on each side
    wanted = picture.scale.shades(summary.pooled_mean[1, 2])
    np.testing.assert_array_equal(sheet[13:23, 25:35], wanted)
    assert (sheet == ramps.BLANK).sum() == 6 * (144 - 100)


def test_heads_share_a_scale_or_have_their_own(summary):
    strong = replace(summary, pooled_max=summary.pooled_max * np.array([1, 10, 1])[:, None, None])
    shared = atlas_picture(strong, (0, 0), "max", together=True)
    own = atlas_picture(strong, (0, 0), "max", together=False)
    assert shared.scale_of(0, 0) == shared.scale_of(1, 1) == shared.scale
    assert own.scale_of(0, 0).high == strong.pooled_max[0, 0].max()
    said = [trace.marker.colorbar.title.text for p in (shared, own)
            for trace in atlas_figure(p).data if trace.marker.showscale]  # fmt: skip
    assert "one scale for each head" not in said[0]
    assert "one scale for each head" in said[1].replace("<br>", " ")


def test_the_pointer_meets_figures_and_a_click_chooses(summary):
    figure = atlas_figure(atlas_picture(summary, (1, 2), "max", together=True))
    points = figure.data[0]
    assert len(points.text) == 6
    assert "layer 2, head 3" in points.text[5]
    assert f"{summary.entropy[1, 2]:.2f} bits" in points.text[5]
    assert f"{summary.distance[1, 2] / 1000:.1f} kb" in points.text[5]
    for place in range(6):
        clicked = [{"x": points.x[place], "y": points.y[place]}]
        assert chosen_head(clicked) == divmod(place, 3)
    assert chosen_head([]) is None
    assert figure.layout.yaxis.range == (2, 0)
    assert list(figure.layout.yaxis.ticktext) == ["layer 1", "layer 2"]
    assert (figure.layout.shapes[0].x0, figure.layout.shapes[0].y0) == (2, 1)


def test_in_words(summary, picture):
    said = describe_atlas(atlas_picture(summary, (1, 2), "max", together=True))
    assert "2 layers by 3 heads" in said
    assert "Chosen: layer 2, head 3" in said
    said = describe_head(picture)
    assert "layer 2, head 3" in said
    best = int(picture.lanes[0].values.argmax())
    assert f"chr11:{4_000 + best * SIZE + 1:,}-" in said


def test_the_profile_has_kb_and_both_lines(summary):
    figure = profile_figure(profile_picture(summary, (1, 2)))
    np.testing.assert_allclose(figure.data[1].x[[0, -1]], [-63 * 0.128, 63 * 0.128], rtol=1e-6)
    np.testing.assert_array_equal(figure.data[1].y, summary.profile[1, 2])
    assert figure.layout.yaxis.type == "log"


# --- the published size ---------------------------------------------------------------------------


def test_the_published_size_is_small_and_quick():
    rng, shape = np.random.default_rng(0), (11, 8)
    maps = rng.gamma(0.2, 1e-3, (*shape, 96, 96)).astype(np.float32)
    slices = rng.gamma(0.2, 1e-3, (*shape, 3, 1536)).astype(np.float32)
    whole = rng.gamma(0.2, 1e-3, (1536, 1536)).astype(np.float32)
    summary = AttentionSummary(
        slices, slices, maps, maps, rng.random((*shape, 3071), np.float32),
        rng.random(shape), rng.random(shape) * 1e5, slices[:, :, 0], rng.random(shape), slices[0, 0],
        maps[0, 0], None,
        (767, 768, 769), (767, 768, 769), 1536, SIZE, 96, Interval("chr11", 0, 196_608), None,
    )  # fmt: skip
    place = around(summary)
    atlas = atlas_figure(atlas_picture(summary, (0, 0), "max", together=True)).to_json()
    pooled = head_picture(summary, (0, 0), place, summary.interval, summary.queries)
    small = head_figure(pooled).to_json()
    large = head_figure(replace(pooled, weights=whole, row_edges=summary.edges,
                                column_edges=summary.edges)).to_json()  # fmt: skip
    print(f"atlas {len(atlas):,} B, pooled {len(small):,} B, all {len(large):,} B")
    assert len(atlas) < 1.5e6
    assert len(small) < 1e6
    assert len(large) < 4e6
    assert json.loads(atlas)["layout"]["width"] <= 440
