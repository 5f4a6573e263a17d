"""Where things lie as seen from a target: its own bases, its promoter, distances to it."""

from enformer.config import EnformerConfig
from enformer.coordinates import Interval, bins_over, predicted_region
from interpret.target import Target

PROMOTER = 2_048
"""Bp around a target that are kept where all else is shuffled, so that there is something to read."""


def span(target: Target, window: Interval, config: EnformerConfig) -> Interval:
    """From the first base of a target's first bin to the last base of its last."""
    start = predicted_region(window, config).start
    first, last = target.bins[0], target.bins[-1] + 1
    return Interval(window.contig, start + first * config.bin_size, start + last * config.bin_size)


def in_bins(place: Interval, target: Target, window: Interval, config: EnformerConfig) -> bool:
    """Whether a place shares a base with one of a target's bins."""
    return not set(target.bins).isdisjoint(bins_over(window, place, config))


def distance(place: Interval, target: Target, window: Interval, config: EnformerConfig) -> int:
    """Bp from the middle of a target to that of a place; negative where positions are lower."""
    return place.center - span(target, window, config).center


def promoter(target: Target, window: Interval, config: EnformerConfig) -> Interval:
    """All bins of a target, and at least `PROMOTER` bp around its middle, within the window."""
    bins = span(target, window, config)
    wide = bins.resize(max(PROMOTER, bins.length))
    return Interval(window.contig, max(wide.start, window.start), min(wide.end, window.end))
