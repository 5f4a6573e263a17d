"""Moving the view along a contig: pure steps from one interval to the next."""

from enformer.coordinates import Interval

SMALLEST = 32
"""Bp of the closest view, where the letters of a logo are as wide as they are read best."""


def place(start: float, length: float, within: Interval) -> Interval:
    """The interval of about that place and length that fits into `within`."""
    length = round(min(max(length, SMALLEST), within.length))
    start = min(max(round(start), within.start), within.end - length)
    return Interval(within.contig, start, start + length)


def scaled(view: Interval, factor: float, within: Interval) -> Interval:
    """`factor` times as long around the same middle: below 1 comes closer."""
    length = max(view.length * factor, SMALLEST)
    return place((view.start + view.end - length) / 2, length, within)


def panned(view: Interval, share: float, within: Interval) -> Interval:
    """Moved towards the contig's end by a share of the view's length."""
    return place(view.start + share * view.length, view.length, within)


def boxed(x: tuple[float, float], within: Interval) -> Interval:
    """The part a box was drawn over, in 0-based positions of the axis."""
    low, high = sorted(x)
    length = max(high - low, SMALLEST)
    return place((low + high - length) / 2, length, within)


def first_view(asked: Interval, region: Interval, exactly: bool) -> Interval:
    """What is drawn before any zoom.

    Args:
        asked: place that was typed.
        region: predicted region around it.
        exactly: whether the extent was typed; a gene, position or variant is shown with some
            of its surroundings.
    """
    if exactly:
        return place(asked.start, asked.length, region)
    length = min(max(3 * asked.length, region.length // 2), region.length)
    return place(asked.center - length / 2, length, region)
