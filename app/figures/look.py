"""What a person chooses about a figure on paper: size of text, colours of assays, what is shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from matplotlib.colors import to_hex, to_rgb

from app.figures.palette import PAPER, Shades

SIZES = (5.0, 5.5, 6.0, 6.5, 7.0)
"""Pt of ordinary text; nothing on a figure is smaller than the first or larger than the last."""
LETTER = 8.0
"""Pt of the letter of a panel."""
KINDS = tuple(kind for kind in PAPER.assays if kind != "observed")
"""What a colour of a prediction stands for, see `palette.kind_of`."""

_OWN = ("blue", "sky blue", "green", "pink", "vermilion", "orange", "slate")
SWATCHES: Mapping[str, Mapping[str, str]] = {
    "Okabe and Ito": {
        name: PAPER.assays[kind].fill for name, kind in zip(_OWN, KINDS, strict=True)
    },
    "Tol, bright": {
        "blue": "#4477aa", "cyan": "#66ccee", "green": "#228833", "purple": "#aa3377",
        "red": "#ee6677", "yellow": "#ccbb44", "grey": "#777777",
    },
    "Tol, muted": {
        "indigo": "#332288", "cyan": "#88ccee", "green": "#117733", "purple": "#aa4499",
        "rose": "#cc6677", "sand": "#ddcc77", "grey": "#777777",
    },
    "Greys": {
        f"{level} % black": colour
        for level, colour in zip(
            (85, 55, 75, 45, 65, 35, 25),
            ("#262626", "#737373", "#404040", "#8c8c8c", "#595959", "#a6a6a6", "#bfbfbf"),
            strict=True,
        )
    },
}  # fmt: skip
"""Sets of colours that colour-blind readers can tell apart, by name. Tol: personal.sron.nl/~pault."""
PALETTES: Mapping[str, Mapping[str, str]] = {
    name: dict(zip(KINDS, colours.values(), strict=True)) for name, colours in SWATCHES.items()
}
"""The same by kind of track."""


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
    def compact(self) -> bool:
        """Whether lanes are no higher than reads well: a panel shares its page with others."""
        return bool(self.letter)

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
    red, green, blue = (0.8 * channel for channel in to_rgb(colour))
    return to_hex((red, green, blue))
