"""Dinucleotide shuffles against counting, and against all shuffles of a sequence short enough to list."""

from collections import Counter
from itertools import pairwise, permutations

import pytest
import torch

from enformer.errors import EnformerLensError
from enformer.sequence import BASES, one_hot
from interpret.shuffle import dinucleotide_shuffles


def letters(rows: torch.Tensor) -> str:
    return "".join(BASES[int(row.argmax())] if row.any() else "N" for row in rows)


def shuffles(sequence: str, count: int, seed: int = 0) -> list[str]:
    return [letters(rows) for rows in dinucleotide_shuffles(one_hot(sequence), count, seed)]


def dinucleotides(sequence: str) -> Counter[tuple[str, str]]:
    return Counter(pairwise(sequence))


def random_sequence(length: int, seed: int = 3) -> str:
    drawn = torch.randint(4, (length,), generator=torch.Generator().manual_seed(seed))
    return "".join(BASES[i] for i in drawn)


def test_every_dinucleotide_is_kept_and_little_else():
    sequence = random_sequence(2_000)
    for shuffled in shuffles(sequence, 5):
        assert dinucleotides(shuffled) == dinucleotides(sequence)
        assert shuffled[0] == sequence[0]
        assert shuffled[-1] == sequence[-1]
        same = sum(a == b for a, b in zip(sequence, shuffled, strict=True))
        assert same < 0.35 * len(sequence)


@pytest.mark.parametrize("sequence", ["ACAGATCAGA", "AACCAGACA", "ACGTACGGT", "AAAAAAAACAG"])
def test_all_shuffles_are_equally_likely(sequence):
    inner = set(permutations(sequence[1:-1]))
    whole = {sequence[0] + "".join(middle) + sequence[-1] for middle in inner}
    possible = {text for text in whole if dinucleotides(text) == dinucleotides(sequence)}
    draws = 200 * len(possible)
    seen = Counter(shuffles(sequence, draws))
    assert set(seen) == possible
    chi_square = sum((seen[text] - 200) ** 2 / 200 for text in possible)
    freedom = len(possible) - 1
    assert chi_square < freedom + 5 * (2 * freedom) ** 0.5


def test_what_is_unknown_stays_where_it_is():
    sequence = "NN" + random_sequence(50) + "NNN" + random_sequence(40, seed=4) + "N"
    for shuffled in shuffles(sequence, 3):
        for part in (slice(0, 2), slice(52, 55), slice(95, 96)):
            assert set(shuffled[part]) == {"N"}
        for part in (slice(2, 52), slice(55, 95)):
            assert dinucleotides(shuffled[part]) == dinucleotides(sequence[part])
            assert shuffled[part] != sequence[part]


def test_a_row_that_is_no_base_stays_as_it_is():
    rows = one_hot(random_sequence(60))
    rows[20:30] = 0.25
    shuffled = dinucleotide_shuffles(rows, 2)
    assert (shuffled[:, 20:30] == 0.25).all()
    assert (shuffled.sum(-1) == 1).all()


@pytest.mark.parametrize("sequence", ["A", "AC", "ACG", "N", "NNAN", "A" * 30, "A" * 20 + "C"])
def test_where_there_is_one_order_it_comes_back(sequence):
    assert shuffles(sequence, 2) == [sequence] * 2


def test_a_rare_way_out_is_taken_at_once():
    """Drawn last steps that must be refused until they fit would take 100,000 draws here."""
    sequence = "A" * 100_000 + "CGT"
    assert dinucleotides(shuffles(sequence, 1)[0]) == dinucleotides(sequence)


def test_a_shuffle_depends_on_its_seed_and_place_alone():
    sequence = random_sequence(300)
    first = shuffles(sequence, 4, seed=7)
    assert shuffles(sequence, 2, seed=7) == first[:2]
    assert len(set(first)) == 4
    assert shuffles(sequence, 1, seed=8)[0] not in first


def test_the_sequence_and_the_random_state_are_left_alone():
    rows = one_hot(random_sequence(100))
    before, state = rows.clone(), torch.get_rng_state()
    dinucleotide_shuffles(rows, 2)
    assert torch.equal(rows, before)
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_dtype_is_kept(dtype):
    rows = one_hot(random_sequence(100))
    shuffled = dinucleotide_shuffles(rows.to(dtype), 2)
    assert shuffled.dtype == dtype
    assert torch.equal(shuffled.float(), dinucleotide_shuffles(rows, 2))


@pytest.mark.parametrize(("count", "seed"), [(0, 0), (-1, 0), (1, -1)])
def test_numbers_that_make_no_sense_are_refused(count, seed):
    with pytest.raises(EnformerLensError, match="at least one shuffle"):
        dinucleotide_shuffles(one_hot("ACGT"), count, seed)
