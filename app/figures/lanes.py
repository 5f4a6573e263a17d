"""What goes into the lanes of a locus figure: tracks, predicted or measured, and intervals with names."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from enformer.genes import Gene


@dataclass(frozen=True, eq=False)
class TrackLane:
    """One track along the predicted region.

    Attributes:
        label: short name beside the lane.
        name: full name with the track's id.
        assay: as the track table writes it.
        kind: what its colour stands for.
        unit: what the values are.
        values: the prediction, or REF's where a variant is shown; read-only.
        alternative: ALT's prediction; read-only.
        difference: the values are ALT − REF; their axis is as high as it is deep.
        expected: what the planted grammar makes of the sequence, without noise; of REF as `values` is.
        expected_alternative: of ALT.
        group: lanes of one group that follow each other stand under its name; empty for none.
        observed: the values were measured, in a file of the person who looks; they have an axis of their own.
        remark: a line beside the lane, such as how well a prediction agrees.
    """

    label: str
    name: str
    assay: str
    kind: str
    unit: str
    values: Float[np.ndarray, " bins"]
    alternative: Float[np.ndarray, " bins"] | None = None
    difference: bool = False
    expected: Float[np.ndarray, " bins"] | None = None
    expected_alternative: Float[np.ndarray, " bins"] | None = None
    group: str = ""
    observed: bool = False
    remark: str = ""

    @property
    def drawn(self) -> tuple[Float[np.ndarray, " bins"], ...]:
        """All that its axis has to hold."""
        more = (self.alternative, self.drawn_expectation)
        return self.values, *(part for part in more if part is not None)

    @property
    def drawn_expectation(self) -> Float[np.ndarray, " bins"] | None:
        """The expectation where it is drawn: two alleles have no room for it, their difference has."""
        return self.expected if self.alternative is None else None

    @property
    def assay_name(self) -> str:
        """The assay as biologists write it."""
        return {"DNASE": "DNase", "CHIP": "ChIP"}.get(self.assay, self.assay)

    @property
    def short_unit(self) -> str:
        """The unit without how the values were treated."""
        return self.unit.partition(",")[0].strip()

    def shares_axis(self, other: "TrackLane") -> bool:
        """Whether both may be drawn on one axis: the same assay, unit and sign, and neither was measured."""
        same = (self.assay, self.unit, self.difference) == (
            other.assay,
            other.unit,
            other.difference,
        )
        return self is other or (same and not self.observed and not other.observed)


@dataclass(frozen=True, eq=False)
class FeatureLane:
    """Intervals or genes of a file, in a lane of their own under the genes.

    Attributes:
        label: what people call it.
        name: where it comes from.
        kind: what they are, in words.
        genes: those over the window; intervals have the strand `.`.
    """

    label: str
    name: str
    kind: str
    genes: tuple[Gene, ...]


def headings(lanes: Sequence[TrackLane]) -> list[str]:
    """The name that stands above each track: that of its group where one begins, else empty."""
    before = ["", *(lane.group for lane in lanes)]
    return [
        lane.group if lane.group != last else "" for lane, last in zip(lanes, before, strict=False)
    ]
