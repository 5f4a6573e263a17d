"""What a person chooses about a figure on paper: size of text, colours of assays, what is shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from matplotlib.colors import to_hex, to_rgb

from app.figures.palette import PAPER, Shades

SIZES = (5.0, 5.5, 6.0, 6.5, 7.0)
"""Pt of ordinary text; nothing on a figure is smaller than the first or larger than the last."""
LETTER = 8.0
"""Pt of the letter of a panel."""
KINDS = tuple(PAPER.assays)
"""What a colour stands for, see `palette.kind_of`."""

_BRIGHT = ("#4477aa", "#66ccee", "#228833", "#aa3377", "#ee6677", "#ccbb44", "#777777")
_MUTED = ("#332288", "#88ccee", "#117733", "#aa4499", "#cc6677", "#ddcc77", "#777777")
_GREYS = ("#262626", "#737373", "#404040", "#8c8c8c", "#595959", "#a6a6a6", "#bfbfbf")
PALETTES: Mapping[str, Mapping[str, str]] = {
    "Okabe and Ito": {kind: shades.fill for kind, shades in PAPER.assays.items()},
    "Tol, bright": dict(zip(KINDS, _BRIGHT, strict=True)),
    "Tol, muted": dict(zip(KINDS, _MUTED, strict=True)),
    "Greys": dict(zip(KINDS, _GREYS, strict=True)),
}
"""Sets of colours that colour-blind readers can tell apart, by kind of track."""


@dataclass(frozen=True)
class Look:
    """How a figure on paper looks; the default is that of a figure downloaded from its view.

    Attributes:
        text: pt of ordinary text.
        colours: `#rrggbb` by kind of track, where it is not the page's own.
        title: whether the place or the subject is written above.
        genes: whether genes are drawn.
        scale_bar: whether a length is drawn above the lanes of a locus.
        letter: of a panel; empty for a figure that stands alone.
    """

    text: float = 6.0
    colours: Mapping[str, str] = field(default_factory=dict, hash=False)
    title: bool = True
    genes: bool = True
    scale_bar: bool = True
    letter: str = ""

    @property
    def small(self) -> float:
        """Pt of units, ticks and notes."""
        return max(SIZES[0], self.text - 1)

    @property
    def large(self) -> float:
        """Pt of titles."""
        return min(SIZES[-1], self.text + 1)

    def shades(self, kind: str) -> Shades:
        """Fill and line of a kind of track."""
        known = PAPER.shades(kind)
        fill = self.colours.get(kind, known.fill)
        return known if fill == known.fill else Shades(fill, _darker(fill))


PLAIN = Look()


def _darker(colour: str) -> str:
    return to_hex([0.8 * channel for channel in to_rgb(colour)])
