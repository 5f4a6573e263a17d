"""How evidence is gathered: what a link says, what widgets say, and what it costs."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, cast

import streamlit as st

from app import state
from app.asking.scene import Scene
from app.truth import truth

Source = Literal["planted", "peaks", "bed"]
SOURCES: Mapping[Source, str] = {
    "planted": "Planted enhancers",
    "peaks": "Predicted open chromatin",
    "bed": "BED file",
}
STEPS, SHUFFLES = (10, 20, 50), (2, 5, 10)
MOST = 30
"""Elements at once: each is knocked out several times, and has a row in the figure."""


@dataclass(frozen=True)
class EvidenceWay:
    """Written `peaks:20:2`; without a source, the first that there is.

    Attributes:
        source: of the candidate elements; None for the app's choice.
        steps: of integrated gradients.
        shuffles: of each element.
    """

    source: Source | None = None
    steps: int = STEPS[1]
    shuffles: int = SHUFFLES[0]

    @classmethod
    def parse(cls, text: str) -> "EvidenceWay":
        """Reads what `str` writes; what makes no sense is left to the app."""
        source, steps, shuffles, *_ = [*text.split(":"), "", "", ""]
        known = cast(Source, source) if source in SOURCES else None
        default = cls()
        return cls(
            known,
            int(steps) if steps in map(str, STEPS) else default.steps,
            int(shuffles) if shuffles in map(str, SHUFFLES) else default.shuffles,
        )

    def __str__(self) -> str:
        return f"{self.source or ''}:{self.steps}:{self.shuffles}"

    def on(self, shown: Scene) -> "EvidenceWay":
        """With a source that there is here."""
        offered = _offered(shown)
        return self if self.source in offered else replace(self, source=offered[0])

    def costs(self, elements: int) -> Mapping[str, float]:
        """About how many forward passes each method takes, cheapest first."""
        from interpret.evidence import costs  # with torch's methods: not before they are needed

        names = ("knock-out", "attention", "contributions")
        found = zip(names, costs(elements, self.steps, self.shuffles), strict=True)
        return dict(sorted(found, key=lambda pair: pair[1]))


def _offered(shown: Scene) -> tuple[Source, ...]:
    """Planted elements are offered where they are known."""
    return tuple(name for name in SOURCES if name != "planted" or truth.is_known(shown))


def choose(way: EvidenceWay, shown: Scene) -> None:
    """Widgets, in the container around."""
    session = st.session_state
    session[state.EVIDENCE_SOURCE], session[state.EVIDENCE_STEPS] = way.source, way.steps
    session[state.EVIDENCE_SHUFFLES] = way.shuffles
    st.segmented_control(
        "Candidate elements", _offered(shown), key=state.EVIDENCE_SOURCE, required=True,
        format_func=SOURCES.__getitem__, on_change=_changed,
        help=f"At most {MOST}; of more, those nearest to the target.",
    )  # fmt: skip
    st.selectbox(
        "Shuffles", SHUFFLES, key=state.EVIDENCE_SHUFFLES, on_change=_changed, width=110,
        help="An element is knocked out by so many dinucleotide shuffles of itself.",
    )  # fmt: skip
    st.selectbox(
        "Steps", STEPS, key=state.EVIDENCE_STEPS, on_change=_changed, width=100,
        help="Of integrated gradients.",
    )  # fmt: skip


def _changed() -> None:
    session = st.session_state
    way = EvidenceWay(
        session[state.EVIDENCE_SOURCE], session[state.EVIDENCE_STEPS], session[state.EVIDENCE_SHUFFLES]
    )  # fmt: skip
    state.choose_evidence(str(way))
