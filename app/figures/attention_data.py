"""What attention figures show, as frozen data that the page and the paper draw.

A map has one row for each token that attends (the query) and one column for each that is attended to (the
key). Layers and attention heads are counted from 0 here and from 1 wherever a person reads them.
"""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float, Int, UInt8

from app.figures.data import LocusPicture, round_up
from app.figures.ramps import BLANK, SHADES
from enformer.coordinates import Interval

Pooling = Literal["max", "mean"]
DECADES = 4
"""Powers of ten below the highest weight that colours tell apart."""
DIFFERENCE_DECADES = 3
"""The same for REF − ALT, on each side of 0."""


@dataclass(frozen=True)
class Scale:
    """How weights become colours.

    Attributes:
        low: weight of the first colour; what is less has it too.
        high: weight of the last colour.
        difference: of two alleles: symmetric about 0, linear near it and logarithmic beyond.
    """

    low: float
    high: float
    difference: bool = False

    @classmethod
    def over(cls, values: Float[np.ndarray, "..."], difference: bool = False) -> "Scale":
        """The scale that holds all of these."""
        top = float(np.abs(values).max(initial=0.0)) or 1.0
        low = -top if difference else max(top / 10**DECADES, float(values.min(initial=top)), 1e-9)
        return cls(min(low, top / 1.01), top, difference)

    def share(self, values: Float[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
        """Where values are between the first colour, 0, and the last, 1."""
        if self.difference:
            bend = self.high / 10**DIFFERENCE_DECADES
            reach = np.log10(1 + np.abs(values) / bend) / math.log10(1 + self.high / bend)
            placed = 0.5 + 0.5 * np.sign(values) * reach
        else:
            with np.errstate(divide="ignore"):
                placed = np.log10(values / self.low) / math.log10(self.high / self.low)
        return np.clip(placed, 0.0, 1.0)

    def shades(
        self, values: Float[np.ndarray, "rows columns"]
    ) -> UInt8[np.ndarray, "rows columns"]:
        """The colour of each value."""
        return np.round(self.share(values) * (SHADES - 1)).astype(np.uint8)

    @property
    def ticks(self) -> tuple[tuple[float, str], ...]:
        """Where a colour bar is labelled, from 0 to 1, and how."""
        if self.difference:
            parts = (-1.0, -0.1, -0.01, 0.0, 0.01, 0.1, 1.0)
            values = [part * self.high for part in parts]
            return self._labelled(values)
        powers = range(math.ceil(math.log10(self.low)), math.floor(math.log10(self.high)) + 1)
        values = [10.0**power for power in powers] if len(powers) > 1 else [self.low, self.high]
        return self._labelled(values)

    def _labelled(self, values: list[float]) -> tuple[tuple[float, str], ...]:
        shares = self.share(np.array(values)).tolist()
        return tuple((share, number(value)) for share, value in zip(shares, values, strict=True))

    @property
    def name(self) -> str:
        """What the colour bar is of."""
        if self.difference:
            return "REF − ALT of weight, log₁₀ scale either side of 0"
        return "attention weight, log₁₀ scale"


def number(value: float) -> str:
    """A weight in few characters."""
    if value and abs(value) < 0.001:
        lead, power = f"{value:.0e}".replace("-", "−").split("e")
        return f"{lead}e{power.replace('−0', '−')}"
    return f"{value:.2g}".replace("-", "−")


@dataclass(frozen=True, eq=False)
class AtlasPicture:
    """Every attention head of every layer as a small map.

    Attributes:
        maps: pooled weights, or REF − ALT.
        entropy: bits of the mean row's distribution over keys.
        distance: bp from a token to what it attends to, on average.
        chosen: layer and head that is marked.
        pooling: how cells were made from tokens.
        together: one colour scale for all heads, not one for each.
        difference: maps are REF − ALT.
        place: what the maps are of, in words.
        trained: false when the weights were never trained, which is then written on the figure.
    """

    maps: Float[np.ndarray, "layers heads rows columns"]
    entropy: Float[np.ndarray, "layers heads"]
    distance: Float[np.ndarray, "layers heads"]
    chosen: tuple[int, int]
    pooling: Pooling
    together: bool = True
    difference: bool = False
    place: str = ""
    trained: bool = True

    @property
    def layers(self) -> int:
        """Layers from top to bottom."""
        return self.maps.shape[0]

    @property
    def heads(self) -> int:
        """Attention heads from left to right."""
        return self.maps.shape[1]

    @cached_property
    def scale(self) -> Scale:
        """Of all heads."""
        return Scale.over(self.maps, self.difference)

    def scale_of(self, layer: int, head: int) -> Scale:
        """The scale that a head is drawn in."""
        own = not self.together
        return Scale.over(self.maps[layer, head], self.difference) if own else self.scale

    @cached_property
    def shades(self) -> UInt8[np.ndarray, "rows columns"]:
        """All maps side by side, apart from each other by blank lines."""
        rows, columns = self.maps.shape[2:]
        gap = max(1, columns // 24)
        sheet = np.full(
            (self.layers * (rows + 2 * gap), self.heads * (columns + 2 * gap)), BLANK, np.uint8
        )
        for layer, head in np.ndindex(self.layers, self.heads):
            top, left = layer * (rows + 2 * gap) + gap, head * (columns + 2 * gap) + gap
            shades = self.scale_of(layer, head).shades(self.maps[layer, head])
            sheet[top : top + rows, left : left + columns] = shades
        return sheet


@dataclass(frozen=True, eq=False)
class AttentionLane:
    """Attention from or to some tokens, along the window.

    Attributes:
        label: whose attention.
        values: one weight for each token of the window.
        expected: what is given at that distance on average, where that is known.
    """

    label: str
    values: Float[np.ndarray, " tokens"]
    expected: Float[np.ndarray, " tokens"] | None = None


@dataclass(frozen=True, eq=False)
class HeadPicture:
    """One attention head large, with the genome along both axes.

    Attributes:
        place: window, predicted region, genes, variant; its view is what keys are seen, and its
            highlights are the target's tokens.
        queries: what queries are seen.
        layer: from 0.
        head: from 0.
        weights: of cells of one or more tokens, or REF − ALT.
        row_edges: 0-based edges of the cells along queries.
        column_edges: 0-based edges of the cells along keys.
        scale: of the colours.
        cells: what a cell is, in words.
        chosen: tokens whose row or column is drawn in the lanes.
        way: whether the lanes are what the chosen tokens attend to, or who attends to them.
        lanes: from top to bottom.
        rollout: of all layers together, instead of one head.
    """

    place: LocusPicture
    queries: Interval
    layer: int
    head: int
    weights: Float[np.ndarray, "rows columns"]
    row_edges: Int[np.ndarray, " edges"]
    column_edges: Int[np.ndarray, " edges"]
    scale: Scale
    cells: str
    chosen: Interval
    way: Literal["row", "column"] = "row"
    lanes: tuple[AttentionLane, ...] = ()
    rollout: bool = False

    @property
    def name(self) -> str:
        """Layer and head, counted from 1."""
        if self.rollout:
            return "rollout through all layers"
        return f"layer {self.layer + 1}, head {self.head + 1}"

    @property
    def keys(self) -> Interval:
        """What keys are seen."""
        return self.place.view

    @cached_property
    def token_edges(self) -> Int[np.ndarray, " edges"]:
        """0-based edges of the window's tokens, as the lanes have them."""
        window, size = self.place.window, self.place.bin_size
        return np.arange(window.start, window.end + 1, size)

    @property
    def cells_in_view(self) -> tuple[slice, slice]:
        """Rows and columns of which something is seen."""
        rows = np.flatnonzero(_seen(self.row_edges, self.queries))
        columns = np.flatnonzero(_seen(self.column_edges, self.keys))
        return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)

    def in_view(self, values: Float[np.ndarray, " tokens"]) -> Float[np.ndarray, " shown"]:
        """The part of a lane whose tokens are seen."""
        return values[_seen(self.token_edges, self.keys)]

    def lane_range(self, lane: AttentionLane) -> tuple[float, float]:
        """Bottom and top of a lane's axis, by what is seen of it."""
        drawn = [lane.values] if lane.expected is None else [lane.values, lane.expected]
        shown = np.concatenate([self.in_view(values) for values in drawn])
        low, high = float(shown.min(initial=0.0)), float(shown.max(initial=0.0))
        bottom, top = 0.0 - round_up(-low), round_up(high)
        return (bottom, top) if top > bottom else (0.0, 1.0)

    def lane_ticks(self, lane: AttentionLane) -> list[float]:
        """The ends of a lane's axis and 0, without an end too near 0 to be read beside it."""
        ends = self.lane_range(lane)
        apart = 0.15 * (ends[1] - ends[0])
        return sorted({0.0, *(end for end in ends if abs(end) > apart)})

    @property
    def chosen_name(self) -> str:
        """What the lanes show, in words."""
        verb = "attended to by" if self.way == "row" else "attending to"
        return f"{verb} {self.chosen}"


def _seen(edges: Int[np.ndarray, " edges"], view: Interval) -> Bool[np.ndarray, " cells"]:
    return (edges[1:] > view.start) & (edges[:-1] < view.end)
