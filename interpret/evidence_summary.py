"""What several methods say about candidate elements, and how far they say the same."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float, Int

from enformer.coordinates import Interval
from enformer.provenance import Provenance
from interpret.target import Target


@dataclass(frozen=True)
class Agreement:
    """How alike two methods rank the elements.

    Attributes:
        one: attention, contributions or knock-out.
        other: another of them.
        rho: Spearman's rank correlation; None for fewer than three elements, or where all are alike.
        elements: how many both could rank.
    """

    one: str
    other: str
    rho: float | None
    elements: int


@dataclass(frozen=True, eq=False)
class Evidence:
    """Candidate elements side by side; NaN where a method was not asked or cannot say.

    Attributes:
        interval: the window.
        provenance: where it comes from.
        target: what is explained.
        elements: the candidates, in the order asked.
        names: of the elements; empty where nobody said.
        distances: bp from the middle of the target to that of an element; negative to the left.
        inside: whether the whole element lies in the window.
        predicted: whether it shares a base with the predicted region.
        overlaps_target: whether it shares a base with the target's own bins; it is then not ranked.
        known: share of its bases that are A, C, G or T; NaN where the sequence was not given.
        attention: mean weight from the target's tokens to the element's, over layers and attention heads,
            over the mean of all queries at the same distances: 1 is what distance alone explains.
        mass: sum of the absolute contributions of its bases.
        mass_share: the same as a share of the window's.
        mass_per_bp: the same for each bp.
        effect: on the target, of its knock-out: mean over shuffles.
        spread: standard deviation over shuffles.
        fold: the target with the knock-out over the target without.
        reference: the target of the sequence as it is; NaN without knock-out.
        trained: False for weights that were never trained.
        window_known: share of the window that is A, C, G or T; NaN where the sequence was not given.
        target_known: the same of the target's bins.
    """

    interval: Interval
    provenance: Provenance | None
    target: Target
    elements: tuple[Interval, ...]
    names: tuple[str, ...]
    distances: Int[np.ndarray, " elements"]
    inside: Bool[np.ndarray, " elements"]
    predicted: Bool[np.ndarray, " elements"]
    overlaps_target: Bool[np.ndarray, " elements"]
    known: Float[np.ndarray, " elements"]
    attention: Float[np.ndarray, " elements"]
    mass: Float[np.ndarray, " elements"]
    mass_share: Float[np.ndarray, " elements"]
    mass_per_bp: Float[np.ndarray, " elements"]
    effect: Float[np.ndarray, " elements"]
    spread: Float[np.ndarray, " elements"]
    fold: Float[np.ndarray, " elements"]
    reference: float
    trained: bool
    window_known: float
    target_known: float

    @property
    def labels(self) -> tuple[str, ...]:
        """The name of each element, or where it lies."""
        pairs = zip(self.names, self.elements, strict=True)
        return tuple(name or str(place) for name, place in pairs)

    @property
    def scores(self) -> dict[str, Float[np.ndarray, " elements"]]:
        """What each method that was asked ranks by: attention over chance, mass, size of the effect."""
        scores = {
            "attention": self.attention,
            "contributions": self.mass,
            "knock-out": np.abs(self.effect),
        }
        return {name: values for name, values in scores.items() if np.isfinite(values).any()}

    @property
    def agreements(self) -> tuple[Agreement, ...]:
        """Of each pair of methods, over elements that do not overlap the target."""
        found = []
        for (one, left), (other, right) in combinations(self.scores.items(), 2):
            both = np.stack([left, right], axis=1)
            both = both[~self.overlaps_target & np.isfinite(both).all(1)]
            found.append(Agreement(one, other, _spearman(both), len(both)))
        return tuple(found)

    @property
    def summary(self) -> str:
        """In plain sentences, what this shows and what it does not."""
        from interpret.evidence_text import sentences  # which reads this class

        return " ".join(sentences(self))

    def table(self) -> pd.DataFrame:
        """One row an element, in the order asked; positions as in BED."""
        places = {
            "contig": [place.contig for place in self.elements],
            "start": [place.start for place in self.elements],
            "end": [place.end for place in self.elements],
            "name": list(self.names),
            "distance": self.distances,
        }
        columns = (
            "attention", "mass", "mass_share", "mass_per_bp", "effect", "spread", "fold",
            "inside", "predicted", "overlaps_target", "known",
        )  # fmt: skip
        return pd.DataFrame(places | {name: getattr(self, name) for name in columns})


def _spearman(ranked: Float[np.ndarray, "elements methods"]) -> float | None:
    ranks = pd.DataFrame(ranked).rank().to_numpy()
    if len(ranks) < 3 or (ranks == ranks[0]).all(0).any():
        return None
    return float(np.corrcoef(ranks.T)[0, 1])
