"""What several methods say of candidate elements, as rows and panels: for the page and for paper."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from jaxtyping import Bool, Float

from enformer.coordinates import Interval
from interpret.evidence_summary import Evidence


@dataclass(frozen=True, eq=False)
class Panel:
    """One method: a bar for each row.

    Attributes:
        title: of the method.
        unit: of its values.
        values: NaN where it cannot say.
        nothing: the value that means none, where bars begin.
        spread: standard deviation of each value, or none known.
        truth: whether it is what was planted, and no method's.
        note: how much of it is there, where something is missing.
    """

    title: str
    unit: str
    values: Float[np.ndarray, " rows"]
    nothing: float = 0.0
    spread: Float[np.ndarray, " rows"] | None = None
    truth: bool = False
    note: str = ""

    @property
    def limits(self) -> tuple[float, float]:
        """The range that shows every bar with its whiskers, and some room."""
        whiskers = 0.0 if self.spread is None else np.nan_to_num(self.spread)
        ends = np.concatenate([self.values - whiskers, self.values + whiskers, [self.nothing]])
        low, high = float(np.nanmin(ends)), float(np.nanmax(ends))
        if low == high:
            return low, high + 1.0
        room = 0.06 * (high - low)
        return low - room * (low < self.nothing), high + room * (high > self.nothing)


@dataclass(frozen=True, eq=False)
class EvidencePicture:
    """Candidate elements from left to right, and what each method says of them.

    Attributes:
        window: the model's input.
        assembly: of the genome.
        explained: the target, in words.
        places: of the elements.
        labels: of the elements: name and distance.
        panels: from left to right.
        unranked: elements that overlap the target, drawn pale.
        trained: False for weights that were never trained.
        marked: rows that are pointed out.
    """

    window: Interval
    assembly: str
    explained: str
    places: tuple[Interval, ...]
    labels: tuple[str, ...]
    panels: tuple[Panel, ...]
    unranked: Bool[np.ndarray, " rows"]
    trained: bool
    marked: tuple[int, ...] = ()

    def with_mark(self, mark: Interval | None) -> "EvidencePicture":
        """The same with the elements that overlap a region pointed out."""
        rows = [row for row, place in enumerate(self.places) if mark and mark.intersect(place)]
        return replace(self, marked=tuple(rows))


def evidence_picture(
    found: Evidence,
    assembly: str,
    explained: str,
    truth: Mapping[str, float] | None = None,
    notes: Mapping[str, str] = MappingProxyType({}),
) -> EvidencePicture:
    """What is drawn of evidence.

    Args:
        found: with at least one method, or a note.
        assembly: of the genome.
        explained: the target, in words.
        truth: by element, the share of the target that its loss truly changes, where that is known.
        notes: by method, how much of it is there; such a panel keeps its place though it may be empty.
    """
    order = np.argsort([place.start for place in found.elements], kind="stable")
    share = 100 / abs(found.reference) if found.reference else np.nan
    panels = [
        Panel("Attention", "× expected at its distance", found.attention[order], nothing=1.0),
        Panel("Contributions", "% of the window's", 100 * found.mass_share[order]),
        Panel("Knock-out", "% change", share * found.effect[order], spread=share * found.spread[order]),
    ]  # fmt: skip
    panels = [replace(panel, note=notes.get(panel.title.lower(), "")) for panel in panels]
    labels = [found.labels[row] for row in order]
    if truth is not None:
        known = np.array([100 * truth.get(label, 0.0) for label in labels])
        panels.append(Panel("Planted truth", "% change", known, truth=True))
    said = (
        f"{name} {_kb(int(found.distances[row]))}" for name, row in zip(labels, order, strict=True)
    )
    return EvidencePicture(
        window=found.interval,
        assembly=assembly,
        explained=explained,
        places=tuple(found.elements[row] for row in order),
        labels=tuple(said),
        panels=tuple(panel for panel in panels if panel.note or np.isfinite(panel.values).any()),
        unranked=found.overlaps_target[order],
        trained=found.trained,
    )


def _kb(distance: int) -> str:
    return f"{distance / 1000:+.1f} kb".replace("-", "−")


def describe(picture: EvidencePicture) -> str:
    """The figure in words, for those who cannot see it."""
    said = [f"{len(picture.labels)} candidate elements of {picture.explained}."]
    said += [f"{panel.title} {panel.note}." for panel in picture.panels if panel.note]
    said += [f"Marked: {picture.labels[row]}." for row in picture.marked]
    for panel in picture.panels:
        sizes = np.where(picture.unranked, np.nan, np.abs(panel.values - panel.nothing))
        if np.isfinite(sizes).any():
            most = int(np.nanargmax(sizes))
            said.append(
                f"{panel.title}: most at {picture.labels[most]}, {panel.values[most]:.3g} {panel.unit}."
            )
    return " ".join(said)
