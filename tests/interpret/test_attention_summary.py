"""Where tokens and cells lie on the genome, against a case counted by hand."""

import numpy as np
import pytest

from enformer import Interval
from enformer.coordinates import token_interval, window_around
from enformer.errors import QueryError
from interpret.attention import AttentionSummary, tokens_over

WINDOW = Interval("chr1", -128, 1152)  # ten tokens, the first beyond the contig


@pytest.fixture
def summary():
    """Ten tokens in four cells: 2, 3, 2 and 3."""
    values = np.zeros((1, 2, 0, 10), np.float32)
    pooled, figure = np.zeros((1, 2, 4, 4), np.float32), np.zeros((1, 2), np.float32)
    return AttentionSummary(
        rows=values,
        columns=values,
        pooled_mean=pooled,
        pooled_max=pooled,
        profile=np.zeros((1, 2, 19), np.float32),
        entropy=figure,
        distance=figure,
        received=np.zeros((1, 2, 10), np.float32),
        squared=figure,
        rollout_rows=values[0, 0],
        rollout_pooled=pooled[0, 0],
        rollout=None,
        queries=(),
        keys=(),
        tokens=10,
        bin_size=128,
        pool=4,
        interval=WINDOW,
        provenance=None,
    )


def test_tokens_cover_the_whole_window(summary):
    assert summary.token_interval(0) == Interval("chr1", -128, 0)
    assert summary.token_interval(9) == Interval("chr1", 1024, 1152)
    assert summary.edges.tolist() == [*range(-128, 1153, 128)]
    assert (summary.layers, summary.heads) == (1, 2)


@pytest.mark.parametrize(
    ("position", "token"), [(-128, 0), (-1, 0), (0, 1), (127, 1), (128, 2), (1151, 9)]
)
def test_a_position_is_in_one_token(summary, position, token):
    assert summary.token_at(position) == token
    assert summary.tokens_over(Interval("chr1", position, position + 1)) == range(token, token + 1)


@pytest.mark.parametrize("position", [-129, 1152])
def test_a_position_outside_is_named(summary, position):
    with pytest.raises(QueryError, match=f"chr1:{position + 1:,}"):
        summary.token_at(position)


@pytest.mark.parametrize(
    ("region", "tokens"),
    [
        (Interval("chr1", 127, 129), range(1, 3)),
        (Interval("chr1", 128, 256), range(2, 3)),
        (Interval("chr1", -5000, 5000), range(10)),
        (Interval("chr1", 1152, 1200), range(0)),
        (Interval("chr2", 128, 256), range(0)),
    ],
)
def test_a_region_has_the_tokens_it_shares_a_base_with(region, tokens):
    assert tokens_over(WINDOW, region, 128) == tokens


def test_cells_cut_the_window_into_nearly_equal_runs(summary):
    found = [summary.cell_interval(cell) for cell in range(4)]
    assert [each.length // 128 for each in found] == [2, 3, 2, 3]
    assert summary.cell_edges.tolist() == [each.start for each in found] + [1152]
    assert found[0].start == -128


def test_tokens_are_those_of_the_model(summary, tiny_config):
    window = window_around(100_000, "chr1", tiny_config)
    for token in (0, 5, 127):
        place = token_interval(window, token, tiny_config)
        assert tokens_over(window, place, 128) == range(token, token + 1)


def test_a_row_that_was_not_kept_is_named(summary):
    with pytest.raises(QueryError, match="no such query; it has none"):
        summary.row(3)
    with pytest.raises(QueryError, match="no such key; it has none"):
        summary.column(3)
