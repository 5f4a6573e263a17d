"""Parts knocked out in the Contributions view: what is asked, what it did, beside what was contributed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from app import result_files, services
from app.asking.scene import Scene
from app.computing.explanations import Explanation, explanation
from app.computing.seat import Seat, Waiting
from app.figures.data import Highlight
from app.truth.truth_files import File
from enformer.coordinates import Interval
from enformer.errors import Cancelled, EnformerLensError
from interpret.contributions import Contributions
from interpret.perturbed import Knockout
from interpret.target import Target

SMALLEST, LARGEST = 4, 5_000
"""Bp that can be knocked out: with fewer there is nothing to shuffle, and more is no element."""
SHUFFLES = (5, 10, 20)


@dataclass(frozen=True, eq=False)
class Lost:
    """One part that was knocked out.

    Attributes:
        found: the knock-out, of this part alone.
        contribution: sum over the part, by the method that is shown.
    """

    found: Knockout
    contribution: float

    @property
    def region(self) -> Interval:
        """What was replaced."""
        return self.found.regions[0]

    @property
    def effect(self) -> float:
        """Mean change of the target over shuffles."""
        return float(self.found.mean[0])

    @property
    def spread(self) -> float:
        """Standard deviation over shuffles."""
        return float(self.found.spread[0])

    @property
    def share(self) -> float:
        """The change as a share of the target; NaN where that is 0."""
        return self.effect / (abs(self.found.reference) or np.nan)

    @property
    def label(self) -> str:
        """A few words for the figure."""
        return "knock-out" if np.isnan(self.share) else f"knock-out {signed(self.share)}"


def signed(share: float) -> str:
    """A share with its sign: `−34 %`."""
    return f"{100 * share:+.2g} %".replace("-", "−") if abs(share) < 1 else (
        f"{100 * share:+.0f} %".replace("-", "−")
    )  # fmt: skip


def fits(view: Interval) -> bool:
    """Whether so long a part can be knocked out."""
    return SMALLEST <= view.length <= LARGEST


def parts(asked: Sequence[tuple[int, int]], shown: Scene) -> tuple[Interval, ...]:
    """Those of a link that lie in the window and are of a length that can be knocked out."""
    found = (Interval(shown.window.contig, *part) for part in asked)
    return tuple(part for part in found if fits(part) and shown.window.contains(part))


def request(shown: Scene, target: Target, part: Interval, shuffles: int) -> Explanation:
    """What is asked of the services, as the Evidence view asks it. It is the reference that is changed."""
    return explanation(
        "knock-out", shown.checkpoint, shown.place.genome, shown.window, None, target,
        start=part.start, end=part.end, shuffles=shuffles,
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Outcome:
    """What became of the parts that were asked for.

    Attributes:
        wanted: all of them.
        done: those knocked out.
        waiting: for the job that is at the next one.
        problem: why there is no next one.
    """

    wanted: tuple[Interval, ...]
    done: tuple[Lost, ...]
    waiting: Waiting | None = None
    problem: EnformerLensError | Cancelled | None = None


def outcome(
    wanted: tuple[Interval, ...],
    found: Contributions,
    shown: Scene,
    seat: Seat,
    shuffles: int,
    ready: bool,
) -> Outcome:
    """The knock-outs that are there; the first that is not is asked for where the view is `ready` for it."""
    done: list[Lost] = []
    for part in wanted:
        asked = request(shown, found.target, part, shuffles)
        made = services.kept_explanation(asked)
        if made is None and ready:
            title = f"Knock-out of {part}, {shuffles} shuffles"
            try:
                made = services.explain(asked, shown.checkpoint, shown.place, seat, title)
            except (EnformerLensError, Cancelled) as problem:
                return Outcome(wanted, tuple(done), problem=problem)
            if isinstance(made, Waiting):
                return Outcome(wanted, tuple(done), made)
        if made is not None:
            done.append(Lost(made, contributed(found, part)))
    return Outcome(wanted, tuple(done))


def contributed(found: Contributions, part: Interval) -> float:
    """The sum of contributions over a part of the window."""
    start = found.interval.start
    return float(found.per_position[part.start - start : part.end - start].sum(dtype=np.float64))


def marks(done: Sequence[Lost], view: Interval) -> tuple[Highlight, ...]:
    """Washes over the parts; none over one that fills the view, which would tell nothing."""
    return tuple(Highlight(one.region, one.label) for one in done if not one.region.contains(view))


def table(done: Sequence[Lost]) -> pd.DataFrame:
    """A row for each part: what it contributed, and what is lost without it."""
    rows = [
        {
            "region": str(one.region), "bp": one.region.length,
            "distance": int(one.found.distances[0]), "contribution": one.contribution,
            "change": one.effect, "spread": one.spread, "share": 100 * one.share,
            "remark": _remark(one.found),
        }
        for one in done
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _remark(found: Knockout) -> str:
    said = ["holds the bins explained"] if found.overlaps_target[0] else []
    known = float(found.known[0])
    return ", ".join([*said, *([f"{1 - known:.0%} unknown bases"] if known < 1 else [])])


def file(done: Sequence[Lost], stem: str) -> File:
    """The knock-outs with every shuffle, 0-based half-open as in BED."""
    return f"{stem}_knockouts.tsv", "text/tab-separated-values", lambda: _written(done)


def _written(done: Sequence[Lost]) -> bytes:
    rows = []
    for one in done:
        row = one.found.table().drop(columns=["name"]).iloc[0].to_dict()
        effects = one.found.effects[0]
        row |= {"target": one.found.reference, "contribution": one.contribution}
        row |= {f"shuffle_{number + 1}": value for number, value in enumerate(effects)}
        rows.append(row)
    made = done[0].found.provenance
    return result_files.tsv(pd.DataFrame(rows), "knock-outs of parts of a window", made)
