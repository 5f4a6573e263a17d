"""What attention heads do, by figures with a definition and a null, not by looking at maps.

A head *seeks* a set of tokens, such as those with a TSS, when it gives them more weight than its own mean
weight at the same distances makes one expect, and more than it gives to nearly all shifts of that set along
the window. It is *local* when most of its weight stays near, and *positional* when distance alone says what
it does.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float

from enformer.errors import EnformerLensError
from interpret.attention_summary import AttentionDifference, AttentionSummary
from interpret.origin import frozen

ENRICHED, FALSE = 1.5, 0.05
"""Weight over expectation from which on a head seeks a set, and the largest q-value."""
NEAR, LOCAL = 8, 0.5
"""Tokens to each side that are near, and the share of weight there that makes a head local."""
POSITIONAL = 0.8
"""Share of the variance of weights that distance explains, which makes a head positional."""


@dataclass(frozen=True)
class TokenSet:
    """Tokens that may be sought.

    Attributes:
        name: such as promoters.
        tokens: of the window.
        among: tokens it could have been: where the set is known and so are the bases.
    """

    name: str
    tokens: tuple[int, ...]
    among: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class HeadRoles:
    """What each head does.

    Attributes:
        names: of the sets.
        sizes: tokens of each.
        share: of the weight, averaged over queries, that falls on a set.
        expected: the same if weights were the head's mean weight at each distance.
        p_value: share of all shifts of the set, itself among them, with as much weight over expectation.
        q_value: over all heads and sets (Benjamini-Hochberg).
        local: share of weight at most `NEAR` tokens away.
        positional: share of the variance of weights that their distance explains.
        reach: bp of `NEAR` tokens.
    """

    names: tuple[str, ...]
    sizes: tuple[int, ...]
    share: Float[np.ndarray, "layers heads sets"]
    expected: Float[np.ndarray, "layers heads sets"]
    p_value: Float[np.ndarray, "layers heads sets"]
    q_value: Float[np.ndarray, "layers heads sets"]
    local: Float[np.ndarray, "layers heads"]
    positional: Float[np.ndarray, "layers heads"]
    reach: int

    @property
    def enrichment(self) -> Float[np.ndarray, "layers heads sets"]:
        """Share over expectation."""
        return self.share / self.expected

    def roles(self, layer: int, head: int) -> tuple[str, ...]:
        """What a head does, by the thresholds of this module; empty where it does none of it."""
        strong = self.enrichment[layer, head] >= ENRICHED
        sure = self.q_value[layer, head] <= FALSE
        found = [name for name, yes in zip(self.names, strong & sure, strict=True) if yes]
        found += ["local"] if self.local[layer, head] >= LOCAL else []
        return (*found, *(["positional"] if self.positional[layer, head] >= POSITIONAL else []))

    def table(self) -> pd.DataFrame:
        """One row a head, by layer; layers and heads are counted from 1."""
        rows = []
        for layer, head in np.ndindex(self.local.shape):
            row = {"layer": layer + 1, "head": head + 1, "does": ", ".join(self.roles(layer, head))}
            for place, name in enumerate(self.names):
                at = layer, head, place
                row |= {f"{name} share": self.share[at], f"{name} expected": self.expected[at],
                        f"{name} enrichment": self.enrichment[at],
                        f"{name} p": self.p_value[at], f"{name} q": self.q_value[at]}  # fmt: skip
            row |= {"local": self.local[layer, head], "positional": self.positional[layer, head]}
            rows.append(row)
        return pd.DataFrame(rows)


def head_roles(summary: AttentionSummary, sets: Sequence[TokenSet]) -> HeadRoles:
    """What the heads of a window do.

    Args:
        summary: of one allele.
        sets: tokens that may be sought; an empty set, or one that leaves nothing to shift to, is left out.

    Raises:
        EnformerLensError: the summary is a difference, or a set names tokens it could not have been.
    """
    if isinstance(summary, AttentionDifference):
        raise EnformerLensError(
            "What heads do is read from weights, which a difference has not.",
            read="REF minus ALT",
            do="Give the attention of one allele.",
        )
    usual = _usual(summary)
    tested = [one for one in sets if 0 < len(one.tokens) < len(one.among)]
    found = [_sought(summary.received.astype(np.float64), usual, one) for one in tested]
    shape = (summary.layers, summary.heads, len(tested))
    stacked = [
        np.stack(each, -1) if found else np.zeros(shape) for each in zip(*found, strict=True)
    ]
    share, expected, p_value = stacked or [np.zeros(shape)] * 3
    return HeadRoles(
        names=tuple(one.name for one in tested),
        sizes=tuple(len(one.tokens) for one in tested),
        share=frozen(share, np.float64),
        expected=frozen(expected, np.float64),
        p_value=frozen(p_value, np.float64),
        q_value=frozen(false_discovery(p_value), np.float64),
        local=frozen(_local(summary), np.float64),
        positional=frozen(_positional(summary), np.float64),
        reach=NEAR * summary.bin_size,
    )


def _usual(summary: AttentionSummary) -> Float[np.ndarray, "layers heads tokens"]:
    """What each key gets, mean over queries, if weights were the head's mean at each distance."""
    tokens = summary.tokens
    sums = np.pad(summary.profile.astype(np.float64), ((0, 0), (0, 0), (1, 0))).cumsum(-1)
    # a key j is met at the distances from j - (tokens - 1) to j, which the profile has from index j on
    return (sums[..., tokens:] - sums[..., :tokens]) / tokens


def _sought(
    received: Float[np.ndarray, "layers heads tokens"],
    usual: Float[np.ndarray, "layers heads tokens"],
    wanted: TokenSet,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Share, expectation, and the share of shifts that do as well."""
    among = list(wanted.among)
    places = {token: place for place, token in enumerate(among)}
    if missing := [token for token in wanted.tokens if token not in places]:
        raise EnformerLensError(
            "A set is a part of the tokens it could have been.",
            read=f"the token {missing[0]} of {wanted.name}",
            do="Name it among them.",
        )
    at = [places[token] for token in wanted.tokens]
    share, expected = (_over_shifts(values[..., among], at) for values in (received, usual))
    ratios = share / expected
    as_much = ratios >= ratios[..., :1] * (1 - 1e-9)
    return share[..., 0], expected[..., 0], as_much.mean(-1)


def _over_shifts(
    values: Float[np.ndarray, "layers heads among"], places: Sequence[int]
) -> Float[np.ndarray, "layers heads among"]:
    """The sum over a set for each circular shift of it, from none on."""
    total = np.zeros_like(values)
    for place in places:
        total += np.roll(values, -place, axis=-1)
    return total


def _counts(summary: AttentionSummary) -> np.ndarray:
    """Pairs of tokens at each distance."""
    return summary.tokens - np.abs(np.arange(1 - summary.tokens, summary.tokens))


def _local(summary: AttentionSummary) -> Float[np.ndarray, "layers heads"]:
    middle, sums = summary.tokens - 1, summary.profile * _counts(summary)
    near = slice(max(0, middle - NEAR), middle + NEAR + 1)
    return sums[..., near].sum(-1, dtype=np.float64) / summary.tokens


def _positional(summary: AttentionSummary) -> Float[np.ndarray, "layers heads"]:
    """One minus the variance around the mean at each distance over that around the mean, 1 / tokens."""
    profile = summary.profile.astype(np.float64)
    explained = (profile**2 * _counts(summary)).sum(-1) / summary.tokens
    mean = 1 / summary.tokens
    around = summary.squared - mean
    return np.where(around > 1e-12, (explained - mean) / np.maximum(around, 1e-12), 1.0)


def false_discovery(p: Float[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
    """Q-values of all these tests together (Benjamini and Hochberg 1995)."""
    flat = p.ravel()
    order = np.argsort(flat, kind="stable")
    raw = flat[order] * len(flat) / np.arange(1, len(flat) + 1)
    found = np.empty(len(flat))
    found[order] = np.minimum(np.minimum.accumulate(raw[::-1])[::-1], 1)
    return found.reshape(p.shape)
