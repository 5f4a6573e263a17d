"""Letters of a sequence logo as outlines that both faces draw, all letters of a base as one path.

The outlines are those of DejaVu Sans Bold, which logomaker draws with, in a box of one by one; they are
written down so that the page needs no font library.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from jaxtyping import Float, Int

BASES = "ACGT"
"""In the order of the arrays."""
_OUTLINES = {
    "A": (
        "M .6927 .1822 L .3081 .1822 L .2474 0 L 0 0 L .3533 1 L .6467 1 L 1 0 L .7528 0 L .6927 "
        ".1822 Z M .3695 .3678 L .6308 .3678 L .5003 .7655 L .3695 .3678 Z"
    ),
    "C": (
        "M 1 .0717 Q .9164 .0361 .8259 .0182 Q .7354 0 .6369 0 Q .3432 0 .1716 .1347 Q 0 .2694 0 "
        ".4997 Q 0 .7308 .1716 .8653 Q .3432 1 .6369 1 Q .7354 1 .8259 .9818 Q .9164 .9639 1 "
        ".9283 L 1 .729 Q .9156 .7761 .8337 .798 Q .7518 .8199 .6614 .8199 Q .4991 .8199 .4061 "
        ".7346 Q .3134 .6495 .3134 .4997 Q .3134 .3505 .4061 .2652 Q .4991 .1801 .6614 .1801 Q "
        ".7518 .1801 .8337 .202 Q .9156 .2241 1 .2712 L 1 .0717 Z"
    ),
    "G": (
        "M 1 .0905 Q .8991 .0452 .7907 .0225 Q .6822 0 .5666 0 Q .3052 0 .1526 .1347 Q 0 .2694 0 "
        ".4997 Q 0 .7327 .1553 .8663 Q .3108 1 .5814 1 Q .6856 1 .781 .9818 Q .8767 .9639 .9615 "
        ".9283 L .9615 .729 Q .874 .7746 .7875 .7971 Q .701 .8199 .6141 .8199 Q .4532 .8199 .366 "
        ".7368 Q .2788 .654 .2788 .4997 Q .2788 .3468 .3628 .2634 Q .4469 .1801 .6015 .1801 Q "
        ".6437 .1801 .6797 .1849 Q .7158 .1898 .7445 .2002 L .7445 .3873 L .5798 .3873 L .5798 "
        ".554 L 1 .554 L 1 .0905 Z"
    ),
    "T": ("M 0 1 L 1 1 L 1 .805 L .6402 .805 L .6402 0 L .3605 0 L .3605 .805 L 0 .805 L 0 1 Z"),
}
_POINTS = {"M": 1, "L": 1, "Q": 2, "Z": 0}
_CODES = {"M": [1], "L": [2], "Q": [3, 3], "Z": [79]}
"""As Matplotlib numbers them; a Z takes a point there."""


@dataclass(frozen=True, eq=False)
class Glyph:
    """A letter in a box of one by one.

    Attributes:
        commands: of SVG: M, L, Q and Z.
        points: their points, in order; Z has the first of its outline, which Matplotlib wants.
        codes: what Matplotlib calls the points.
    """

    commands: tuple[str, ...]
    points: Float[np.ndarray, "points 2"]
    codes: Int[np.ndarray, " points"]


@cache
def glyph(base: str) -> Glyph:
    """The letter of a base."""
    words, commands, points, codes = _OUTLINES[base].split(), [], [], []
    start = (0.0, 0.0)
    while words:
        command, count = words[0], _POINTS[words[0]]
        numbers = [float(word) for word in words[1 : 1 + 2 * count]]
        found = list(zip(numbers[::2], numbers[1::2], strict=True))
        start = found[0] if command == "M" else start
        commands.append(command)
        points += found or [start]
        codes += _CODES[command]
        words = words[1 + 2 * count :]
    return Glyph(tuple(commands), np.array(points), np.array(codes, dtype=np.uint8))


def placed(
    base: str,
    starts: Float[np.ndarray, " letters"],
    heights: Float[np.ndarray, " letters"],
    bottoms: Float[np.ndarray, " letters"] | None = None,
) -> Float[np.ndarray, "letters points 2"]:
    """A base's letters, one bp wide; those with a negative height hang upside down.

    Args:
        base: A, C, G or T.
        starts: left edges, in bp.
        heights: contributions.
        bottoms: where they stand; on zero where not given.
    """
    points = glyph(base).points
    across, up = starts[:, None] + points[None, :, 0], heights[:, None] * points[None, :, 1]
    return np.stack([across, up if bottoms is None else up + bottoms[:, None]], axis=-1)


def svg_path(
    base: str,
    starts: Float[np.ndarray, " letters"],
    heights: Float[np.ndarray, " letters"],
    bottoms: Float[np.ndarray, " letters"] | None = None,
) -> str:
    """All letters of a base as one SVG path in the units of the axes, as Plotly's shapes want it."""
    # 0.001 bp is far below a pixel, and so are five digits of a height
    return " ".join(_svg(base, letter) for letter in placed(base, starts, heights, bottoms))


def _svg(base: str, letter: Float[np.ndarray, "points 2"]) -> str:
    words = []
    numbers = iter([f"{x:.3f},{y:.5g}" for x, y in letter])
    for command in glyph(base).commands:
        taken = [next(numbers) for _ in range(max(_POINTS[command], 1))]
        words.append(command if command == "Z" else f"{command}{' '.join(taken)}")
    return "".join(words)


def paper_path(
    base: str,
    starts: Float[np.ndarray, " letters"],
    heights: Float[np.ndarray, " letters"],
    bottoms: Float[np.ndarray, " letters"] | None = None,
) -> tuple[Float[np.ndarray, "points 2"], Int[np.ndarray, " points"]]:
    """All letters of a base as vertices and codes of one Matplotlib path."""
    vertices = placed(base, starts, heights, bottoms)
    return vertices.reshape(-1, 2), np.tile(glyph(base).codes, len(vertices))
