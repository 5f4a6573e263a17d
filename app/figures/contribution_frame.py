"""Where the parts of the contribution figure go on the page: two lanes under the locus figure's head."""

from dataclasses import dataclass

from app.figures.contribution_data import ContributionPicture
from app.figures.locus_frame import Frame

LANE, GAP, POOLED = 300, 24, 84
"""Px."""


@dataclass(frozen=True)
class ContributionFrame(Frame):
    """Heights of one picture; a locus figure without tracks, and two lanes in their place.

    Attributes:
        shown: the picture whose locus is framed.
    """

    shown: ContributionPicture

    @classmethod
    def of(cls, shown: ContributionPicture, width: int) -> "ContributionFrame":
        """The frame of a picture at a width in px."""
        return cls(shown.locus, width, shown)

    @property
    def height(self) -> int:
        """Px of all lanes, without what is above and below."""
        return self.lanes_top + LANE + GAP + POOLED

    @property
    def values_domain(self) -> list[float]:
        """Where the contributions are."""
        return self.domain(self.lanes_top, self.lanes_top + LANE)

    @property
    def pooled_domain(self) -> list[float]:
        """Where the pooled ones are."""
        return self.domain(self.height - POOLED, self.height)
