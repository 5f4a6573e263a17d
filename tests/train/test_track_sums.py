import numpy as np

from train.track_sums import TrackSums


def test_sums_do_not_depend_on_how_records_come() -> None:
    targets = np.random.default_rng(0).gamma(0.3, 5, (7, 16, 3)).astype(np.float32)
    one_by_one, together = TrackSums(3), TrackSums(3)
    together.add(targets)
    for record in targets:
        one_by_one.add(record[None])
    found = together.to_dict()
    assert found == one_by_one.to_dict()
    exact = targets.astype(np.float64)
    np.testing.assert_allclose(found["train_sum"], exact.sum(axis=(0, 1)), rtol=1e-13)
    np.testing.assert_allclose(found["train_mean"], exact.mean(axis=(0, 1)), rtol=1e-13)
    np.testing.assert_array_equal(found["train_max"], exact.max(axis=(0, 1)))
    assert found["train_bins"] == 7 * 16


def test_a_small_value_after_large_ones_is_not_lost() -> None:
    sums = TrackSums(1)
    sums.add(np.full((1, 2, 1), 2.0**24, np.float32))
    sums.add(np.ones((1, 1, 1), np.float32))
    assert sums.to_dict()["train_sum"] == [2.0**25 + 1]


def test_no_records_give_zeros() -> None:
    expected = {"train_bins": 0, "train_sum": [0.0], "train_mean": [0.0], "train_max": [0.0]}
    assert TrackSums(1).to_dict() == expected
