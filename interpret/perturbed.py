"""Results of perturbations: what the target did when the sequence was changed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float, Int

from enformer.coordinates import Interval
from enformer.provenance import Provenance
from interpret.target import Target


@dataclass(frozen=True, eq=False)
class Knockout:
    """The effect on a target of replacing regions, one at a time, by dinucleotide shuffles of themselves.

    Attributes:
        interval: the window.
        provenance: where it comes from.
        target: what was read.
        regions: what was replaced.
        names: of the regions; empty where nobody said.
        reference: the target of the sequence as it is.
        effects: edited minus reference, for each shuffle; NaN for a region that was not replaced since it
            leaves the window or has no known base.
        inside: whether the whole region lies in the window.
        known: share of its bases that are A, C, G or T; 0 where it leaves the window.
        overlaps_target: whether it shares a base with the target's own bins: an effect is then no news.
        distances: bp from the middle of the target to that of the region; negative to the left.
    """

    interval: Interval
    provenance: Provenance | None
    target: Target
    regions: tuple[Interval, ...]
    names: tuple[str, ...]
    reference: float
    effects: Float[np.ndarray, "regions shuffles"]
    inside: Bool[np.ndarray, " regions"]
    known: Float[np.ndarray, " regions"]
    overlaps_target: Bool[np.ndarray, " regions"]
    distances: Int[np.ndarray, " regions"]

    @property
    def mean(self) -> Float[np.ndarray, " regions"]:
        """Mean effect over shuffles."""
        return self.effects.mean(1)

    @property
    def spread(self) -> Float[np.ndarray, " regions"]:
        """Standard deviation over shuffles; NaN for a single one."""
        return _spread(self.effects)

    @property
    def fold(self) -> Float[np.ndarray, " regions"]:
        """Mean of the edited over the reference: 0.7 where 30 % is lost; NaN for a reference of 0."""
        return (self.reference + self.mean) / (self.reference or math.nan)

    def table(self) -> pd.DataFrame:
        """One row a region, in the order asked; positions as in BED."""
        return pd.DataFrame(
            {
                **_places(self.regions),
                "name": self.names,
                "distance": self.distances,
                "inside": self.inside,
                "known": self.known,
                "overlaps_target": self.overlaps_target,
                "effect": self.mean,
                "spread": self.spread,
                "fold": self.fold,
            }
        )


def joined(parts: Sequence[Knockout]) -> Knockout:
    """Knock-outs of one sequence for one target as one, in this order."""
    rows = {
        "regions": tuple(chain.from_iterable(part.regions for part in parts)),
        "names": tuple(chain.from_iterable(part.names for part in parts)),
    }
    columns = ("effects", "inside", "known", "overlaps_target", "distances")
    arrays = {name: np.concatenate([getattr(part, name) for part in parts]) for name in columns}
    for array in arrays.values():
        array.setflags(write=False)
    return replace(parts[0], **rows, **arrays)


@dataclass(frozen=True, eq=False)
class Sufficiency:
    """What an element adds where nothing else is left but the promoter.

    Attributes:
        interval: the window.
        provenance: where it comes from.
        target: what was read.
        element: what was kept besides.
        name: of the element.
        kept: what every context keeps; all else known is shuffled.
        reference: the target of the sequence as it is.
        context: the target in each shuffled window with only `kept`.
        with_element: the same with the element at its place.
    """

    interval: Interval
    provenance: Provenance | None
    target: Target
    element: Interval
    name: str
    kept: tuple[Interval, ...]
    reference: float
    context: Float[np.ndarray, " shuffles"]
    with_element: Float[np.ndarray, " shuffles"]

    @property
    def effects(self) -> Float[np.ndarray, " shuffles"]:
        """What the element adds to each context."""
        return self.with_element - self.context

    @property
    def mean(self) -> float:
        """Mean of the effects."""
        return float(self.effects.mean())

    @property
    def spread(self) -> float:
        """Their standard deviation; NaN for a single one."""
        return float(_spread(self.effects[None])[0])

    @property
    def normalised(self) -> float:
        """The mean effect as a share of the reference; NaN for a reference of 0."""
        return self.mean / (self.reference or math.nan)


@dataclass(frozen=True, eq=False)
class DistanceEffect:
    """What an element adds at other distances from the target.

    Attributes:
        interval: the window.
        provenance: where it comes from.
        target: what was read.
        element: where it is at home.
        name: of the element.
        kept: what nothing is put over.
        context_kind: "shuffled": all but `kept` is; "original": only the element's home is.
        reference: the target of the sequence as it is.
        distances: bp from the middle of the target to that of the element; negative to the left.
        home: the same where the element is at home.
        context: the target of each context, without the element.
        with_element: the same with the element at each distance.
    """

    interval: Interval
    provenance: Provenance | None
    target: Target
    element: Interval
    name: str
    kept: tuple[Interval, ...]
    context_kind: str
    reference: float
    distances: Int[np.ndarray, " distances"]
    home: int
    context: Float[np.ndarray, " shuffles"]
    with_element: Float[np.ndarray, "distances shuffles"]

    @property
    def effects(self) -> Float[np.ndarray, "distances shuffles"]:
        """What the element adds at each distance to each context."""
        return self.with_element - self.context

    @property
    def mean(self) -> Float[np.ndarray, " distances"]:
        """Mean effect over contexts."""
        return self.effects.mean(1)

    @property
    def spread(self) -> Float[np.ndarray, " distances"]:
        """Standard deviation over contexts; NaN for a single one."""
        return _spread(self.effects)

    @property
    def normalised(self) -> Float[np.ndarray, " distances"]:
        """Mean effects as shares of the reference; NaN for a reference of 0."""
        return self.mean / (self.reference or math.nan)

    def table(self) -> pd.DataFrame:
        """One row a distance, in the order asked."""
        columns = {"distance": self.distances, "effect": self.mean, "spread": self.spread}
        return pd.DataFrame(columns | {"normalised": self.normalised})


def _spread(effects: Float[np.ndarray, "rows shuffles"]) -> Float[np.ndarray, " rows"]:
    if effects.shape[1] < 2:
        return np.full(len(effects), math.nan, dtype=np.float32)
    return effects.std(1, ddof=1)


def _places(regions: tuple[Interval, ...]) -> dict[str, list[str] | list[int]]:
    return {
        "contig": [region.contig for region in regions],
        "start": [region.start for region in regions],
        "end": [region.end for region in regions],
    }
