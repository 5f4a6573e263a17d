"""Positions along a contig as people read them: ticks, scale bars, lengths.

Figures draw on an axis of 0-based edges, so the 1-based base `p` has its middle at `p - 0.5`.
"""

from dataclasses import dataclass

from enformer.coordinates import Interval


@dataclass(frozen=True)
class Tick:
    """A labelled base.

    Attributes:
        x: middle of the base on the axis of 0-based edges.
        label: its 1-based position, no finer than the ticks are apart.
    """

    x: float
    label: str


def ticks(view: Interval, at_most: int = 8) -> tuple[Tick, ...]:
    """Ticks at round positions, one, two or five times a power of ten apart.

    Args:
        view: what is seen.
        at_most: the largest number of ticks that there is room for, at least 1.
    """
    step = next(step for step in _steps() if view.end // step - view.start // step <= at_most)
    first = view.start // step + 1
    return tuple(
        Tick(position - 0.5, position_text(position, step))
        for position in range(first * step, view.end + 1, step)
        if position > 0
    )


def position_text(position: int, step: int) -> str:
    """A 1-based position as precise as a step: `5.25 Mb`, `5,250 kb` or `5,250,100`."""
    if step >= 10_000:
        return f"{position / 1e6:.{_mb_decimals(step)}f} Mb"
    return f"{position // 1000:,} kb" if step >= 1000 else f"{position:,}"


def _mb_decimals(step: int) -> int:
    return max(0, 7 - len(str(step)))


def scale_bar(view: Interval, share: float = 0.25) -> int:
    """Bp of the longest round bar that takes at most this share of the view."""
    return max(
        (step for step in _steps(view.length) if step <= share * view.length), default=view.length
    )


def length_text(bp: int) -> str:
    """A length with a unit: `114,688 bp` stays exact, `20 kb` and `1 Mb` are round."""
    for size, unit in ((1_000_000, "Mb"), (1000, "kb")):
        if bp >= size and bp % size == 0:
            return f"{bp // size:,} {unit}"
    return f"{bp:,} bp"


def _steps(up_to: int = 10**10) -> list[int]:
    powers = [10**power for power in range(11) if 10**power <= up_to]
    return [lead * power for power in powers for lead in (1, 2, 5)]
