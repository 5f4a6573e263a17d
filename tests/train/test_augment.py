import numpy as np
import pytest
import torch

from enformer.sequence import reverse_complement_one_hot
from train.augment import Augmentation, augment, draw, mutate, shift_sequence

PAIRS = np.array([1, 0, 2])


def example() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    one_hot = np.eye(5, 4, dtype=np.uint8)[random.integers(0, 5, 16)]
    return one_hot, random.random((4, 3)).astype(np.float32)


def test_nothing_asked_nothing_changed() -> None:
    one_hot, targets = example()
    changed = augment(one_hot, targets, Augmentation(), PAIRS)
    np.testing.assert_array_equal(changed[0], one_hot)
    np.testing.assert_array_equal(changed[1], targets)


@pytest.mark.parametrize("shift", [-4, -1, 0, 1, 4])
def test_a_shift_moves_the_sequence_and_not_the_targets(shift: int) -> None:
    one_hot, targets = example()
    moved, same = augment(one_hot, targets, Augmentation(shift), PAIRS)
    expected = [one_hot[i - shift] if 0 <= i - shift < 16 else np.zeros(4) for i in range(16)]
    np.testing.assert_array_equal(moved, expected)
    np.testing.assert_array_equal(same, targets)


def test_reverse_complement_of_a_known_word() -> None:
    one_hot = np.eye(5, 4, dtype=np.uint8)[[0, 0, 1, 4]]  # AACN -> NGTT
    targets = np.array([[1, 2, 3], [4, 5, 6]], np.float32)
    flipped, strands = augment(one_hot, targets, Augmentation(0, True), PAIRS)
    np.testing.assert_array_equal(flipped, np.eye(5, 4)[[4, 2, 3, 3]])
    np.testing.assert_array_equal(strands, [[5, 4, 6], [2, 1, 3]])


def test_twice_the_other_strand_is_the_same_and_agrees_with_the_models_own() -> None:
    one_hot, targets = example()
    once = augment(one_hot, targets, Augmentation(0, True), PAIRS)
    own = reverse_complement_one_hot(torch.from_numpy(one_hot).float())
    np.testing.assert_array_equal(once[0], own.numpy())
    back = augment(*once, Augmentation(0, True), PAIRS)
    np.testing.assert_array_equal(back[0], one_hot)
    np.testing.assert_array_equal(back[1], targets)


def test_shift_there_and_back_loses_only_the_ends() -> None:
    one_hot, _ = example()
    back = shift_sequence(shift_sequence(one_hot, 3), -3)
    np.testing.assert_array_equal(back[:-3], one_hot[:-3])
    assert not back[-3:].any()


def test_draws_cover_all_shifts_and_both_strands() -> None:
    random = np.random.default_rng(0)
    drawn = [draw(random, 4, True) for _ in range(300)]
    assert {change.shift for change in drawn} == set(range(-4, 5))
    assert 100 < sum(change.reverse_complement for change in drawn) < 200
    assert not any(draw(random, 0, False).reverse_complement for _ in range(20))


def test_mutations_hit_their_share_of_known_bases_and_leave_valid_rows() -> None:
    one_hot = np.eye(5, 4, dtype=np.uint8)[np.arange(50_000) % 5]  # every fifth is N
    mutated = mutate(one_hot, 0.1, np.random.default_rng(0))
    changed = (mutated != one_hot).any(axis=1)
    assert not changed[4::5].any()
    # A base drawn anew is the same one in a quarter of the cases.
    assert changed.sum() == pytest.approx(0.1 * 0.75 * 40_000, rel=0.1)
    np.testing.assert_array_equal(mutated.sum(axis=1), one_hot.sum(axis=1))


def test_no_mutations_give_the_same_array() -> None:
    one_hot = np.eye(4, dtype=np.uint8)
    assert mutate(one_hot, 0.0, np.random.default_rng(0)) is one_hot
