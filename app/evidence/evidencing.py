"""What the Evidence view asks for and draws from: one part for each method, drawn as they come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from app import services, targets
from app.asking.scene import Scene
from app.computing.explanations import Explanation, explanation
from app.computing.seat import Seat, Waiting
from app.contributions.ways import Way
from app.evidence.evidence_way import EvidenceWay
from app.figures.evidence_data import EvidencePicture, evidence_picture
from app.truth import truth
from app.truth.truth_tables import TISSUES, true_shares
from enformer.coordinates import Interval
from enformer.errors import Cancelled, EnformerLensError
from enformer.sequence import one_hot
from enformer.tracks import TrackId
from interpret.elements import Element
from interpret.evidence_summary import Evidence
from interpret.target import Target

ATTENTION, CONTRIBUTIONS, KNOCKOUT = "attention", "contributions", "knock-out"
"""Methods, as `Evidence.scores` names them."""
PATIENCE = 0.5
"""Seconds that the first part may take before all that is there is drawn without it."""


@dataclass(frozen=True, eq=False)
class Asked:
    """Elements of a target, and how they are asked about. It is the reference that is explained.

    Attributes:
        shown: the place.
        target: what is explained.
        elements: the candidates, whole in the window.
        way: how thoroughly methods are asked.
    """

    shown: Scene
    target: Target
    elements: Sequence[Element]
    way: EvidenceWay

    @property
    def attention(self) -> Explanation:
        """That of the target's tokens: for a target of a few, what the Attention view asks for."""
        tokens = self.target.tokens(self.shown.checkpoint.config)
        return self._explanation("attention", None, first=tokens[0], last=tokens[-1])

    @property
    def contributions(self) -> Explanation:
        """What the Contributions view asks for by integrated gradients of so many steps."""
        return Way("integrated", steps=self.way.steps).request(self.shown, self.target)

    @property
    def knockouts(self) -> tuple[Explanation, ...]:
        """One for each element, so that other candidates beside it change nothing."""
        return tuple(self._knockout(element.interval) for element in self.elements)

    def _knockout(self, place: Interval) -> Explanation:
        return self._explanation(
            "knock-out", self.target,
            start=place.start, end=place.end, shuffles=self.way.shuffles,
        )  # fmt: skip

    def _explanation(self, kind: str, target: Target | None, **options: int) -> Explanation:
        shown = self.shown
        return explanation(
            kind, shown.checkpoint, shown.place.genome, shown.window, None, target, **options
        )

    @property
    def passes(self) -> int:
        """What it costs, about, in forward passes."""
        return round(sum(self.way.costs(len(self.elements)).values()))


@dataclass(frozen=True, eq=False)
class Parts:
    """What methods have said so far.

    Attributes:
        results: by method; of knock-outs, those of the elements that are done.
        jobs: by method, those under way.
        troubles: by method, why it says nothing more.
        done: elements that were knocked out.
    """

    results: Mapping[str, Any]
    jobs: Mapping[str, str]
    troubles: Mapping[str, Exception]
    done: int

    def notes(self, elements: int) -> dict[str, str]:
        """Why the part of a method is missing, or how much of it is there."""
        said = dict.fromkeys(self.jobs, "pending")
        said |= {
            method: "stopped" if isinstance(trouble, Cancelled) else "failed"
            for method, trouble in self.troubles.items()
        }
        if KNOCKOUT in said and self.done:
            said[KNOCKOUT] = f"{self.done} of {elements}"
        return said


def gather(asked: Asked, seat: Seat) -> Parts:
    """What is there; jobs are asked for the rest, the cheapest first, as one device does one at a time."""
    results: dict[str, Any] = {}
    jobs: dict[str, str] = {}
    troubles: dict[str, Exception] = {}
    for method in asked.way.costs(len(asked.elements)):
        try:
            found, waiting = _ask(method, asked, seat, 0.0 if jobs else PATIENCE)
        except (EnformerLensError, Cancelled) as trouble:
            troubles[method], waiting = trouble, None
            found = kept(asked) if method == KNOCKOUT else None
        if waiting is not None:
            jobs[method] = waiting.job
        if found:
            results[method] = found
    return Parts(results, jobs, troubles, len(results.get(KNOCKOUT, ())))


def kept(asked: Asked) -> dict[Explanation, Any]:
    """Knock-outs that are there."""
    return services.kept_explanations(asked.knockouts)


def _ask(method: str, asked: Asked, seat: Seat, patience: float) -> tuple[Any, Waiting | None]:
    """What is there of a method, and the job that is at the rest."""
    where = (asked.shown.checkpoint, asked.shown.place, seat, method.capitalize(), patience)
    if method == KNOCKOUT:
        return services.explain_each(asked.knockouts, *where)
    request = asked.attention if method == ATTENTION else asked.contributions
    found = services.explain(request, *where)
    return (None, found) if isinstance(found, Waiting) else (found, None)


def evidence_of(asked: Asked, results: Mapping[str, Any]) -> Evidence:
    """Results side by side, as `Parts` has them: by method, knock-outs of the elements that are done.

    Raises:
        EnformerLensError: they do not fit together.
    """
    from interpret.evidence import evidence  # with torch's methods: not before they are needed
    from interpret.perturbed import joined

    lost, made_of = results.get(KNOCKOUT), results.get(CONTRIBUTIONS)
    found = evidence(
        asked.target, asked.elements, asked.shown.checkpoint.config,
        attention=results.get(ATTENTION), contributions=made_of,
        knockout=joined(list(lost.values())) if lost else None,
        one_hot=one_hot(made_of.letters) if made_of else None, window=asked.shown.window,
    )  # fmt: skip
    return replace(found, trained=asked.shown.checkpoint.card.trained)


def picture(
    found: Evidence,
    shown: Scene,
    notes: Mapping[str, str] = MappingProxyType({}),
    mark: Interval | None = None,
) -> EvidencePicture:
    """What is drawn of a result, with the truth where it is known."""
    assembly, said = shown.place.genome.assembly, targets.sentence(found.target, shown)
    drawn = evidence_picture(
        found, assembly, said, true_shares_of(found.target, shown), notes=notes
    )
    return drawn.with_mark(mark)


def true_shares_of(target: Target, shown: Scene) -> Mapping[str, float] | None:
    """By element, the share that its loss truly changes: known of CAGE of planted tissues at a promoter."""
    if not truth.is_known(shown):
        return None
    table = shown.checkpoint.tracks
    rows = [table.row(TrackId(target.head, track)) for track in target.tracks]
    named = [str(row["description"]).rpartition(":")[2] for row in rows if row["assay"] == "CAGE"]
    tissues = [tissue for tissue in TISSUES if tissue in named]
    if not tissues or len(named) < len(rows):
        return None
    return true_shares(targets.interval(target, shown), tissues)
