"""Attention as lanes of the locus figure, against whole maps that are known."""

from dataclasses import replace

import numpy as np
import pytest

from app.figures.attention_lanes import attended, keenest_head, with_attention
from app.figures.locus_plotly import locus_figure
from enformer.coordinates import Interval
from interpret.attention_summary import AttentionSummary

TOKENS, LAYERS, HEADS, QUERIES, SIZE = 128, 2, 3, (60, 61), 128


@pytest.fixture(scope="module")
def maps() -> np.ndarray:
    """Random maps whose rows sum to 1; layer 2, head 3 looks at tokens 90 and 91 above all."""
    drawn = np.random.default_rng(0).gamma(0.5, 1, (LAYERS, HEADS, TOKENS, TOKENS))
    drawn[1, 2, list(QUERIES), 90:92] += 50
    return (drawn / drawn.sum(-1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def summary(maps) -> AttentionSummary:
    nothing = np.zeros((LAYERS, HEADS), dtype=np.float32)
    pooled = np.zeros((LAYERS, HEADS, 1, 1), dtype=np.float32)
    offsets = range(1 - TOKENS, TOKENS)
    return AttentionSummary(
        rows=maps[:, :, list(QUERIES)],
        columns=maps[..., :0].swapaxes(2, 3),
        pooled_mean=pooled,
        pooled_max=pooled,
        profile=np.stack([maps.diagonal(k, 2, 3).mean(-1) for k in offsets], -1),
        entropy=nothing,
        distance=nothing,
        received=maps.mean(2),
        squared=(maps**2).sum(-1).mean(-1),
        rollout_rows=maps.mean((0, 1))[list(QUERIES)],
        rollout_pooled=pooled[0, 0],
        rollout=None,
        queries=QUERIES,
        keys=(),
        tokens=TOKENS,
        bin_size=SIZE,
        pool=1,
        interval=Interval("chr11", 4_000, 4_000 + TOKENS * SIZE),
        provenance=None,
    )


def test_weights_are_means_of_the_kept_rows_and_expectations_those_of_diagonals(maps, summary):
    weight, usual = attended(summary)
    assert np.allclose(weight, maps[:, :, list(QUERIES)].mean((0, 1, 2)))
    key = 100
    by_hand = [maps.diagonal(key - query, 2, 3).mean(-1).mean() for query in QUERIES]
    assert np.isclose(usual[key], np.mean(by_hand))


def test_the_keenest_head_is_the_one_that_looks_there(summary):
    looks = keenest_head(summary, range(90, 92))
    assert (looks.layer, looks.head) == (1, 2)
    assert looks.times > 5
    assert keenest_head(summary, range(20, 22)).times < looks.times


def test_lanes_lie_over_the_bins_of_the_predicted_region(summary, picture):
    drawn = with_attention(replace(picture, lanes=()), summary, "TSS of HBB")
    weight, usual = attended(summary)
    margin = (TOKENS - picture.bins) // 2
    seen = slice(margin, margin + picture.bins)
    lane, multiple = drawn.lanes
    assert np.allclose(lane.values, weight[seen])
    assert np.allclose(multiple.values, (weight / usual)[seen])
    assert lane.label == "from the TSS of HBB"
    names = [trace.name for trace in locus_figure(drawn).data if trace.name]
    assert "Attention from the TSS of HBB" in names
    assert not any("Values are" in note for note in drawn.notes)
