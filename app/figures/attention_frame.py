"""Where the parts of the figure of one attention head go on the page."""

import textwrap
from typing import Any

from app.figures.attention_data import HeadPicture
from app.figures.locus_frame import LEFT as USUAL_LEFT
from app.figures.locus_frame import RIGHT as USUAL_RIGHT
from app.figures.locus_frame import Frame

LEFT, RIGHT, TOP, BOTTOM = 108, 104, 66, 44
MAP, LANE, GAP, EDGE = 560, 74, 26, 8
"""Px: the map's height, a lane's, above each lane, and between genes and map."""

Spec = dict[str, Any]
"""A part of a Plotly figure."""


class Sheet:
    """Where the parts go, as shares of the height from below, as Plotly wants them.

    Args:
        picture: what is drawn.
        width: px that the figure is expected to take.
    """

    def __init__(self, picture: HeadPicture, width: int) -> None:
        self.picture = picture
        self.frame = Frame(picture.place, width - LEFT - RIGHT + USUAL_LEFT + USUAL_RIGHT)
        self.map_top = self.frame.marks_height + self.frame.genes_height + EDGE
        self.height = self.map_top + MAP + len(picture.lanes) * (LANE + GAP)

    def domain(self, top: float, bottom: float) -> list[float]:
        """A stretch of px from above."""
        return [1 - bottom / self.height, 1 - top / self.height]

    def lane(self, place: int) -> list[float]:
        """Where a lane is."""
        top = self.map_top + MAP + place * (LANE + GAP) + GAP
        return self.domain(top, top + LANE)

    @property
    def genes(self) -> list[float]:
        """Where genes are."""
        top = self.frame.marks_height
        return self.domain(top, top + self.frame.genes_height)

    @property
    def map(self) -> list[float]:
        """Where the map is."""
        return self.domain(self.map_top, self.map_top + MAP)

    @property
    def scale_name(self) -> list[str]:
        """Lines above the colour bar."""
        return textwrap.wrap(self.picture.scale.name, 16)

    @property
    def bar_top(self) -> float:
        """Where the colour bar begins, below its name."""
        return self.map[1] - (15 * len(self.scale_name) + 12) / self.height
