import numpy as np
import pandas as pd
import pytest

from benchmarks.truth import average_precision
from benchmarks.truth_figure import draw_distance, recovered


def test_average_precision_of_a_known_ranking():
    scores = np.array([0.9, 0.8, 0.7, 0.6])
    positive = np.array([True, False, True, False])
    assert average_precision(scores, positive) == pytest.approx((1 / 1 + 2 / 3) / 2)
    assert average_precision(-scores, ~positive) == pytest.approx((1 / 1 + 2 / 3) / 2)


def test_ties_are_taken_together_so_that_a_constant_score_is_chance():
    positive = np.array([True, False, False, False, True])
    assert average_precision(np.zeros(5), positive) == pytest.approx(2 / 5)


def test_average_precision_does_not_depend_on_order_or_scale():
    random = np.random.default_rng(0)
    scores, positive = random.integers(0, 20, 200) / 1.0, random.random(200) < 0.2
    order = random.permutation(200)
    expected = average_precision(scores, positive)
    assert average_precision(scores[order], positive[order]) == pytest.approx(expected)
    assert average_precision(3 * scores - 7, positive) == pytest.approx(expected)


def links(share: float) -> pd.DataFrame:
    """A model that shows this share of every effect; its target is a mean over three bins."""
    distance = np.repeat([1_500, -3_000, 7_000, -25_000, 70_000], 8)
    effect = -np.linspace(1, 5, len(distance))
    return pd.DataFrame({"distance": distance, "effect": effect, "knockout": share * effect / 3})


def test_what_is_recovered_is_the_slope():
    table = recovered(links(0.7))
    assert np.allclose(table["share"], 0.7)
    assert np.allclose(table["error"], 0)
    assert table["pairs"].tolist() == [8] * 5


def test_pairs_without_a_planted_effect_do_not_count():
    table = links(0.7)
    silent = table.assign(effect=0.0, knockout=-9.0)
    assert recovered(pd.concat([table, silent])).equals(recovered(table))


def test_the_figure_draws_a_line_a_model_and_writes_its_data(tmp_path):
    figure = draw_distance({"one": links(0.9), "other": links(0.1)}, tmp_path / "d")
    axes = figure.axes[0]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["one", "other"]
    assert "kb" in axes.get_xlabel()
    table = pd.read_csv(tmp_path / "d.tsv", sep="\t")
    assert set(table["model"]) == {"one", "other"}
    assert (tmp_path / "d.png").stat().st_size > 5_000
