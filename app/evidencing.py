"""What the Evidence view asks for and draws from."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app import services, targets, truth
from app.explanations import Explanation, explanation
from app.figures.evidence_data import EvidencePicture, evidence_picture
from app.scene import Scene
from app.seat import Seat, Waiting
from app.truth_tables import TISSUES, true_shares
from enformer.tracks import TrackId
from interpret.elements import Element
from interpret.evidence_summary import Evidence
from interpret.target import Target

STEPS, SHUFFLES = (10, 20, 50), (2, 5, 10)


@dataclass(frozen=True)
class Effort:
    """How thoroughly methods are asked.

    Attributes:
        steps: of integrated gradients.
        shuffles: of each element.
    """

    steps: int = STEPS[1]
    shuffles: int = SHUFFLES[0]

    def passes(self, elements: int) -> int:
        """What it costs, about, in forward passes."""
        from interpret.evidence import costs  # with torch's methods: not before a job needs them

        return round(sum(costs(elements, self.steps, self.shuffles)))


def request(
    shown: Scene, target: Target, elements: Sequence[Element], effort: Effort
) -> Explanation:
    """What is asked of the services. It is the reference that is explained."""
    rows = [[one.interval.start, one.interval.end, one.name] for one in elements]
    return explanation(
        "evidence", shown.checkpoint, shown.place.genome, shown.window, None, target,
        elements=json.dumps(rows), steps=effort.steps, shuffles=effort.shuffles,
    )  # fmt: skip


def gather(asked: Explanation, shown: Scene, seat: Seat) -> Evidence | Waiting:
    """The result, or the job that is at it.

    Raises:
        EnformerLensError: it cannot be computed.
        Cancelled: this session has stopped it.
    """
    return services.explain(asked, shown.checkpoint, shown.place, seat, "Gathering evidence")


def picture(found: Evidence, shown: Scene) -> EvidencePicture:
    """What is drawn of a result, with the truth where it is known."""
    assembly, said = shown.place.genome.assembly, targets.sentence(found.target, shown)
    return evidence_picture(found, assembly, said, _truth(found.target, shown))


def _truth(target: Target, shown: Scene) -> Mapping[str, float] | None:
    """Only CAGE of planted tissues has a truth, and only at a promoter."""
    if not truth.is_known(shown):
        return None
    table = shown.checkpoint.tracks
    rows = [table.row(TrackId(target.head, track)) for track in target.tracks]
    named = [str(row["description"]).rpartition(":")[2] for row in rows if row["assay"] == "CAGE"]
    tissues = [tissue for tissue in TISSUES if tissue in named]
    if not tissues or len(named) < len(rows):
        return None
    return true_shares(targets.interval(target, shown), tissues)
