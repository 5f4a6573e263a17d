"""Where the parts of the contribution figure go on the page: lanes under the locus figure's head."""

from dataclasses import dataclass
from functools import cached_property

from app.figures import motif_data
from app.figures.contribution_data import ContributionPicture
from app.figures.locus_frame import Frame
from app.figures.motif_data import PlacedName

LANE, HALF, GAP, POOLED = 300, 190, 24, 84
"""Px: a single lane, each of two, between lanes, and the pooled one."""
MOTIF_ROW = 24


@dataclass(frozen=True)
class ContributionFrame(Frame):
    """Heights of one picture; a locus figure without tracks, and lanes of contributions in their place.

    Attributes:
        shown: the picture whose locus is framed.
    """

    shown: ContributionPicture

    @classmethod
    def of(cls, shown: ContributionPicture, width: int) -> "ContributionFrame":
        """The frame of a picture at a width in px."""
        return cls(shown.locus, width, shown)

    @cached_property
    def motifs(self) -> tuple[PlacedName, ...]:
        """What is named under the contributions."""
        return motif_data.placed(self.shown.motifs, self.shown.view, self.em)

    @property
    def motif_rows(self) -> int:
        """Rows of names; none where nothing is named."""
        return motif_data.rows(self.motifs)

    @property
    def lane(self) -> int:
        """Px of each lane of contributions."""
        return LANE if self.shown.second is None else HALF

    @property
    def _motifs_top(self) -> int:
        return self.lanes_top + len(self.shown.methods) * (self.lane + GAP)

    @property
    def height(self) -> int:
        """Px of all lanes, without what is above and below."""
        named = self.motif_rows * MOTIF_ROW
        return self._motifs_top + named + (GAP if named else 0) + POOLED

    def values_domain(self, place: int = 0) -> list[float]:
        """Where the contributions by a method are."""
        top = self.lanes_top + place * (self.lane + GAP)
        return self.domain(top, top + self.lane)

    @property
    def motifs_domain(self) -> list[float]:
        """Where motifs are named."""
        return self.domain(self._motifs_top, self._motifs_top + self.motif_rows * MOTIF_ROW)

    @property
    def pooled_domain(self) -> list[float]:
        """Where the pooled ones are."""
        return self.domain(self.height - POOLED, self.height)
