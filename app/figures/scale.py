"""Value axes: linear or log1p, of each lane alone or shared by lanes of one assay."""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from jaxtyping import Float

Values = TypeVar("Values", float, Float[np.ndarray, " values"])
LOG1P, SHARED = "log1p", "shared"
_APART = 0.17
"""Least distance of two ticks of a log1p axis, as a share of it."""


@dataclass(frozen=True)
class Scale:
    """How values become heights.

    Attributes:
        log: log1p, the natural logarithm of 1 + value; of what is negative, that of its size, negative.
        shared: lanes of one assay and unit have one axis.
    """

    log: bool = False
    shared: bool = False

    @classmethod
    def parse(cls, text: str) -> "Scale":
        """Reads what `str` writes; words that mean nothing are passed over."""
        words = {word.strip() for word in text.split(",")}
        return cls(LOG1P in words, SHARED in words)

    def __str__(self) -> str:
        return ",".join([LOG1P] * self.log + [SHARED] * self.shared)

    @property
    def name(self) -> str:
        """What stands at an axis behind its assay; nothing for a linear one."""
        return f", {LOG1P} axis" if self.log else ""

    @property
    def note(self) -> str:
        """A sentence on axes that are not what one expects."""
        logs = (
            "Axes are log1p: heights are ln(1 + value), ticks are the values." if self.log else ""
        )
        one = "Tracks of one assay share an axis." if self.shared else ""
        return " ".join(part for part in (logs, one) if part)

    def of(self, values: Values) -> Values:
        """Heights of values."""
        if not self.log:
            return values
        heights = np.sign(values) * np.log1p(np.abs(values))
        return heights if isinstance(values, np.ndarray) else float(heights)  # type: ignore[return-value]

    def ticks(self, bottom: float, top: float) -> list[float]:
        """Values that get a tick: the ends and 0, and on a log1p axis powers of ten with room."""
        ends = sorted({bottom, 0.0, top})
        if not self.log:
            return ends
        for value in (sign * 10.0**power for power in range(8, -2, -1) for sign in (1, -1)):
            if self._room(value, ends, bottom, top):
                ends.append(value)
        return sorted(ends)

    def _room(self, value: float, taken: list[float], bottom: float, top: float) -> bool:
        """Whether a tick inside an axis meets none of those that are there."""
        apart = _APART * (self.of(top) - self.of(bottom))
        return bottom < value < top and all(abs(self.of(value) - self.of(t)) > apart for t in taken)


LINEAR = Scale()
"""Heights are values, and each lane has its own axis."""


def value_text(value: float) -> str:
    """A number at a tick, with a real minus sign."""
    return f"{value:g}".replace("-", "−")


def axis_ends(
    values: Float[np.ndarray, " values"], difference: bool = False
) -> tuple[float, float]:
    """Bottom and top of an axis: 0 and a round number above what is drawn.

    Args:
        values: all that is drawn; NaN counts for nothing.
        difference: 0 is in the middle.
    """
    values = values[np.isfinite(values)]
    low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)
    if difference:
        size = round_up(max(-low, high)) or 1.0
        return -size, size
    bottom, top = 0.0 - round_up(-low), round_up(high)
    return (bottom, top) if top > bottom else (0.0, 1.0)


def round_up(value: float) -> float:
    """The next number with one or two leading digits that makes a readable axis end; 0 below 0."""
    if not value > 0 or not np.isfinite(value):
        return 0.0
    power = 10.0 ** np.floor(np.log10(value))
    leads = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
    lead = next(lead for lead in leads if value <= lead * power * (1 + 1e-6) or lead == 10)
    return float(f"{lead * power:.12g}")
