"""Where the parts of the locus figure go on the page, in px from the top of the lanes."""

import textwrap
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from app.figures import genes, marks, page, truth_strokes
from app.figures.data import LocusPicture
from app.figures.genes import GeneLayout
from app.figures.lanes import TrackLane, headings
from app.figures.specs import Spec as Spec  # where other figures look for it

LEFT, RIGHT = 216, 18
TICKS = 46
"""Px for value ticks between the names and the lanes."""
STRIP_BOTTOM, STRIP_TOP = 44, 60
"""The strip that shows the whole window, above the ruler."""
TOP = 92
GENE_ROW = 30
MARK_ROW = 18
FEATURE_ROWS = 3
"""Rows of a lane of intervals; what fits in none is drawn on top of each other in one more."""
HEADING = 24
"""Px for the name of a group of tracks."""
GAP = 12
NOTE = 16
NAME_LETTERS, UNIT_LETTERS = 25, 30


@dataclass(frozen=True)
class Frame:
    """Heights and lanes of one picture at one width.

    Attributes:
        picture: what is drawn.
        width: px that the figure is expected to take; only what collides depends on it.
    """

    picture: LocusPicture
    width: int

    @property
    def em(self) -> float:
        """Bp that a font size of ordinary text takes."""
        return self.picture.view.length / max(self.width - LEFT - RIGHT, 200) * page.SIZE

    @cached_property
    def marks(self) -> tuple[marks.Mark, ...]:
        """Marks and their names' rows."""
        return marks.marks(self.picture, self.em)

    @cached_property
    def genes(self) -> genes.GeneLayout:
        """Genes and their rows."""
        return genes.layout(
            self.picture.genes, self.picture.view, self.em, focus=self.picture.focus
        )

    @property
    def marks_height(self) -> int:
        """Px for the names of marks; none when nothing is marked."""
        return MARK_ROW * max((mark.row + 1 for mark in self.marks if mark.label), default=0)

    @property
    def gene_rows(self) -> int:
        """Rows of genes; one stays where no gene is."""
        return max(self.genes.rows, 1)

    @cached_property
    def rows(self) -> float:
        """Rows of the gene lane with what was planted under the genes."""
        truth, view = self.picture.truth, self.picture.view
        under = 0 if truth is None else truth_strokes.depth(truth, view, self.em)
        return self.gene_rows + under

    @property
    def genes_height(self) -> int:
        """Px of the gene lane."""
        return round(GENE_ROW * self.rows)

    @cached_property
    def features(self) -> tuple[GeneLayout, ...]:
        """Intervals of each lane of features and their rows."""
        return tuple(
            genes.layout(lane.genes, self.picture.view, self.em, max_rows=FEATURE_ROWS)
            for lane in self.picture.features
        )

    @property
    def feature_heights(self) -> list[int]:
        """Px of each lane of features; one row stays where nothing is in view."""
        return [GENE_ROW * max(laid.rows, 1) for laid in self.features]

    @property
    def lane_height(self) -> int:
        """Px of a track's lane: tall for a few tracks, never less than three lines of text."""
        return min(150, max(52, 540 // max(len(self.picture.lanes), 1)))

    @property
    def lanes_top(self) -> int:
        """Px above the first track, or above the name of its group."""
        return self.marks_height + self.genes_height + sum(self.feature_heights) + GAP

    @cached_property
    def lane_tops(self) -> list[int]:
        """Px above each track."""
        named = accumulate(bool(group) for group in headings(self.picture.lanes))
        step = self.lane_height + GAP
        return [self.lanes_top + place * step + HEADING * n for place, n in enumerate(named)]

    @property
    def height(self) -> int:
        """Px of all lanes, without what is above and below."""
        return self.lane_tops[-1] + self.lane_height + GAP if self.lane_tops else self.lanes_top

    @property
    def total_height(self) -> int:
        """Px of the whole figure."""
        return TOP + self.height + NOTE * len(self.picture.notes) + 14

    def domain(self, top: float, bottom: float) -> list[float]:
        """A stretch of px as the share of the lanes' height, from below, as Plotly wants it."""
        return [1 - bottom / self.height, 1 - top / self.height]

    def above(self, px: float) -> float:
        """Plotly's height of a line so many px above the lanes."""
        return 1 + px / self.height

    @property
    def gene_domain(self) -> list[float]:
        """Where the gene lane is."""
        return self.domain(self.marks_height, self.marks_height + self.genes_height)

    def row_middle(self, first: float, last: float) -> float:
        """The middle of some rows of the gene lane, as the share of the lanes' height."""
        px = self.marks_height + GENE_ROW * (first + last) / 2
        return 1 - px / self.height

    def feature_domain(self, place: int) -> list[float]:
        """Where a lane of features is."""
        heights = self.feature_heights
        top = self.marks_height + self.genes_height + sum(heights[:place])
        return self.domain(top, top + heights[place])

    def lane_domain(self, place: int) -> list[float]:
        """Where the lane of a track is."""
        top = self.lane_tops[place]
        return self.domain(top, top + self.lane_height)

    def heading_middle(self, place: int) -> float:
        """The middle of a group's name over its first track."""
        return 1 - (self.lane_tops[place] - HEADING / 2 - 2) / self.height

    def name_lines(self, lane: TrackLane) -> tuple[list[str], list[str]]:
        """Name, then assay with unit and what is remarked, in as many lines as the lane holds."""
        room = self.lane_height // 15 - bool(lane.remark)
        name = _lines(lane.label, NAME_LETTERS, min(2, room - 1))
        about = f"{lane.assay_name}{self.picture.scale_of(lane).name} · {lane.short_unit}"
        unit = _lines(about, UNIT_LETTERS, min(2, room - len(name)))
        return name, unit + _lines(lane.remark, UNIT_LETTERS + 4, 1)


def _lines(text: str, width: int, at_most: int) -> list[str]:
    return textwrap.wrap(text, width, max_lines=at_most, placeholder=" …")


def lane_axis(place: int) -> str:
    """Name of the y axis of a track's lane; `y` itself is the genes'."""
    return f"y{place + 2}"


def feature_axis(picture: LocusPicture, place: int) -> str:
    """Name of the y axis of a lane of features."""
    return lane_axis(len(picture.lanes) + place)


def pointer_axis(picture: LocusPicture) -> str:
    """Name of the y axis over all lanes; the last, so that it gets the pointer."""
    return lane_axis(len(picture.lanes) + len(picture.features))


def axis_key(axis: str) -> str:
    """Where the layout describes an axis: `yaxis2` for `y2`."""
    return axis.replace("y", "yaxis")
