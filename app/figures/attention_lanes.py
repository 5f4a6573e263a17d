"""Attention from a target as lanes of the locus figure, beside genes and elements."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float

from app.figures.data import LocusPicture, TrackLane
from interpret.attention_summary import AttentionSummary

KIND = "DNASE"
"""Whose shades the lanes have, as those of the Attention view."""


def with_attention(picture: LocusPicture, summary: AttentionSummary, source: str) -> LocusPicture:
    """The same place with two lanes: the mean weight of all heads, and its multiple of what is usual.

    Args:
        picture: of the same window.
        summary: with the rows of the target's tokens.
        source: whose tokens they are, such as the TSS of a gene.
    """
    margin = (picture.region.start - picture.window.start) // picture.bin_size
    seen = slice(margin, margin + picture.bins)
    weight, usual = (row[seen] for row in attended(summary))
    lanes = (
        _lane(f"from the {source}", "mean weight of all heads", weight),
        _lane("over the usual at that distance", "multiple", weight / usual),
    )
    return replace(picture, lanes=lanes)


def attended(
    summary: AttentionSummary,
) -> tuple[Float[np.ndarray, " tokens"], Float[np.ndarray, " tokens"]]:
    """What the kept queries give each token, and any query at those distances; means of all heads."""
    weight = summary.rows.mean((0, 1, 2))
    profile, tokens = summary.profile.mean((0, 1)), np.arange(summary.tokens)
    shifts = [tokens - query + summary.tokens - 1 for query in summary.queries]
    return weight, np.mean([profile[shift] for shift in shifts], axis=0)


@dataclass(frozen=True)
class Looks:
    """How much an attention head gives some tokens, as a multiple of what it gives at that distance.

    Attributes:
        layer: from 0.
        head: from 0.
        times: the multiple.
    """

    layer: int
    head: int
    times: float


def keenest_head(summary: AttentionSummary, keys: range) -> Looks:
    """The head of the kept queries that gives some tokens, at least one, most of what is usual there."""
    own, tokens = summary.rows[..., list(keys)].sum((2, 3)), np.array(keys)
    shifts = [tokens - query + summary.tokens - 1 for query in summary.queries]
    times = own / np.sum([summary.profile[..., shift].sum(-1) for shift in shifts], axis=0)
    layer, head = np.unravel_index(int(times.argmax()), times.shape)
    return Looks(int(layer), int(head), float(times[layer, head]))


def _lane(label: str, unit: str, values: Float[np.ndarray, " bins"]) -> TrackLane:
    values = values.astype(np.float32)
    values.setflags(write=False)
    return TrackLane(label, f"Attention {label}", "Attention", KIND, unit, values)
