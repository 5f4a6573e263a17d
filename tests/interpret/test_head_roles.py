"""What heads do: maps whose answer is known, the same by brute force, and what must not matter."""

from dataclasses import replace

import numpy as np
import pytest

from enformer import Interval
from enformer.errors import EnformerLensError
from interpret.attention import AttentionSummary, difference
from interpret.head_roles import NEAR, HeadRoles, TokenSet, false_discovery, head_roles

TOKENS = 120
ALL = tuple(range(TOKENS))
SOUGHT = (7, 18, 19, 41, 52)


def rows(weights: np.ndarray) -> np.ndarray:
    return weights / weights.sum(1, keepdims=True)


def summary_of(*maps: np.ndarray) -> AttentionSummary:
    """One layer of heads with these maps."""
    every = np.stack(maps)[None]
    n = every.shape[-1]
    nothing = np.zeros((1, len(maps), 0, n))
    pooled, at = np.zeros((1, len(maps), 4, 4)), np.arange(n)
    return AttentionSummary(
        rows=nothing, columns=nothing, pooled_mean=pooled, pooled_max=pooled,
        profile=np.stack([every.diagonal(k, 2, 3).mean(-1) for k in range(1 - n, n)], -1),
        entropy=np.zeros((1, len(maps))),
        distance=(every * np.abs(at - at[:, None])).sum(-1).mean(-1) * 128,
        received=every.mean(2), squared=(every**2).sum(-1).mean(-1), rollout_rows=nothing[0, 0],
        rollout_pooled=pooled[0, 0], rollout=None, queries=(), keys=(), tokens=n, bin_size=128,
        pool=4, interval=Interval("chr1", 0, n * 128), provenance=None,
    )  # fmt: skip


def decaying(scale: float) -> np.ndarray:
    at = np.arange(TOKENS)
    return np.exp(-np.abs(at - at[:, None]) / scale)


def seeking(strength: float) -> np.ndarray:
    """Falls with distance, and gives some tokens so many times as much."""
    weights = decaying(20.0)
    weights[:, SOUGHT] *= strength
    return rows(weights)


@pytest.fixture(scope="module")
def found() -> HeadRoles:
    """A head that seeks, one of distance alone, one that is local and positional, one without a rule."""
    noise = rows(np.random.default_rng(0).gamma(0.5, 1, (TOKENS, TOKENS)))
    maps = (seeking(6.0), rows(np.ones((TOKENS, TOKENS))), rows(decaying(2.0)), noise)
    return head_roles(summary_of(*maps), [TokenSet("promoters", SOUGHT, ALL)])


def test_constructed_heads_do_what_they_were_made_to_do(found):
    assert found.roles(0, 0) == ("promoters",)
    assert found.roles(0, 1) == ("positional",)
    assert found.roles(0, 2) == ("local", "positional")
    assert found.roles(0, 3) == ()
    assert found.table()["does"].tolist() == ["promoters", "positional", "local, positional", ""]


def test_what_is_sought_stands_out_of_every_shift(found):
    assert found.p_value[0, 0, 0] == pytest.approx(1 / TOKENS)
    assert found.enrichment[0, 0, 0] > 2
    assert found.enrichment[0, 1, 0] == pytest.approx(
        1
    )  # a head of distance alone expects what it gives
    assert found.p_value[0, 1, 0] == 1


def test_shares_and_expectations_by_brute_force(found):
    weights = seeking(6.0)
    share = np.mean([sum(weights[i, j] for j in SOUGHT) for i in range(TOKENS)])
    mean = {d: np.mean([weights[i, i + d] for i in range(TOKENS) if 0 <= i + d < TOKENS])
            for d in range(1 - TOKENS, TOKENS)}  # fmt: skip
    expected = np.mean([sum(mean[j - i] for j in SOUGHT) for i in range(TOKENS)])
    assert found.share[0, 0, 0] == pytest.approx(share)
    assert found.expected[0, 0, 0] == pytest.approx(expected)
    near = [weights[i, j] for i in range(TOKENS) for j in range(TOKENS) if abs(i - j) <= NEAR]
    assert found.local[0, 0] == pytest.approx(sum(near) / TOKENS)
    left = sum((weights[i, j] - mean[j - i]) ** 2 for i in range(TOKENS) for j in range(TOKENS))
    around = ((weights - weights.mean()) ** 2).sum()
    assert found.positional[0, 0] == pytest.approx(1 - left / around)


def test_the_null_is_all_shifts_by_brute_force():
    weights = rows(np.random.default_rng(1).gamma(0.3, 1, (TOKENS, TOKENS)))
    among = tuple(range(5, 50))
    summary = summary_of(weights)
    found = head_roles(summary, [TokenSet("some", (6, 20, 33), among)])
    profile = summary.profile[0, 0]
    usual = [np.mean([profile[j - i + TOKENS - 1] for i in range(TOKENS)]) for j in range(TOKENS)]
    ratios = []
    for shift in range(len(among)):
        moved = [among[(among.index(t) + shift) % len(among)] for t in (6, 20, 33)]
        ratios.append(weights[:, moved].sum(1).mean() / sum(usual[j] for j in moved))
    assert found.p_value[0, 0, 0] == pytest.approx(np.mean(np.array(ratios) >= ratios[0] - 1e-12))


def test_chance_seldom_makes_a_role():
    rng = np.random.default_rng(2)
    maps = [rows(rng.gamma(0.5, 1, (TOKENS, TOKENS)) * decaying(15.0)) for _ in range(40)]
    sets = [TokenSet("any", tuple(sorted(rng.choice(TOKENS, 5, replace=False).tolist())), ALL)]
    found = head_roles(summary_of(*maps), sets)
    assert sum("any" in found.roles(0, head) for head in range(40)) <= 2
    assert 0.2 < found.p_value.mean() < 0.8


def test_neither_the_order_of_tokens_nor_that_of_sets_matters():
    one, two = TokenSet("a", SOUGHT, ALL), TokenSet("b", (1, 2), ALL)
    summary = summary_of(seeking(3.0), rows(decaying(5.0)))
    first = head_roles(summary, [one, two])
    other = head_roles(summary, [two, replace(one, tokens=SOUGHT[::-1])])
    np.testing.assert_allclose(first.enrichment, other.enrichment[..., ::-1])
    np.testing.assert_allclose(first.q_value, other.q_value[..., ::-1])


def test_mirrored_maps_do_the_same():
    summary = summary_of(seeking(3.0))
    mirrored = summary_of(seeking(3.0)[::-1, ::-1])
    back = tuple(TOKENS - 1 - token for token in SOUGHT)
    found = [head_roles(each, [TokenSet("s", tokens, ALL)])
             for each, tokens in ((summary, SOUGHT), (mirrored, back))]  # fmt: skip
    for name in ("share", "expected", "p_value", "local", "positional"):
        np.testing.assert_allclose(getattr(found[0], name), getattr(found[1], name))


def test_sets_without_tokens_are_left_out_and_none_is_no_error():
    found = head_roles(summary_of(seeking(3.0)), [TokenSet("none", (), ALL)])
    assert found.names == ()
    assert found.enrichment.shape == (1, 1, 0)
    assert found.roles(0, 0) == ()


def test_a_set_lies_among_what_it_could_be():
    with pytest.raises(EnformerLensError, match="part of the tokens"):
        head_roles(summary_of(seeking(3.0)), [TokenSet("s", (3,), (1, 2))])


def test_a_difference_has_no_roles():
    summary = summary_of(seeking(3.0))
    with pytest.raises(EnformerLensError, match="one allele"):
        head_roles(difference(ref=summary, alt=summary), [])


def test_q_values_rise_with_p_values_and_never_fall_below_them():
    p = np.array([0.01, 0.04, 0.03, 0.5])
    np.testing.assert_allclose(false_discovery(p), [0.04, 0.16 / 3, 0.16 / 3, 0.5])
