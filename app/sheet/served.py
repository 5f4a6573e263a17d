"""Results for panels from the services of the app, a job each where they are not there yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import streamlit as st

from app import services, state, widgets
from app.asking.places import Place
from app.asking.question import Query
from app.asking.scene import Scene, scene
from app.computing.explanations import Explanation
from app.computing.predictions import Answer
from app.computing.seat import Seat, Waiting
from app.sheet import panels
from app.sheet.panels import Made
from app.sheet.plan import Panel, Plan
from enformer.checkpoint import Checkpoint
from enformer.errors import Cancelled, EnformerLensError, GenomeError
from enformer.genes import Gene

T = TypeVar("T")


class Missing(Exception):
    """A job is still at it."""

    def __init__(self, job: str) -> None:
        self.job = job
        super().__init__(job)


@dataclass(frozen=True)
class Unmade:
    """A panel that is not ready: a job is at it, it was stopped, or it cannot be made.

    Attributes:
        seat: from which it was asked for.
        job: that is at it.
        error: why it cannot be made.
    """

    seat: Seat
    job: str = ""
    error: EnformerLensError | None = None

    @property
    def words(self) -> str:
        """In place of the picture."""
        if self.error is not None:
            return "cannot be drawn: see its settings"
        return "being computed" if self.job else "stopped"


@dataclass(frozen=True, eq=False)
class Served:
    """A `panels.Source` of one panel.

    Attributes:
        checkpoint: the model.
        place: the genome with its genes.
        seat: of the panel alone, so that panels wait beside each other.
    """

    checkpoint: Checkpoint
    place: Place
    seat: Seat

    def scene(self, panel: Panel) -> Scene:
        """What its question resolves to."""
        parsed = _there(services.parse(panel.question.locus, self.place, self.seat))
        return scene(self.checkpoint, self.place, parsed, panel.question.zoom)

    def answer(self, shown: Scene) -> Answer:
        """The predictions."""
        return _there(
            services.answer(self.checkpoint, shown.place, shown.window, shown.parsed, self.seat)
        )

    def explain(self, request: Explanation, shown: Scene, title: str) -> Any:
        """The result of an explanation."""
        return _there(services.explain(request, self.checkpoint, shown.place, self.seat, title))

    def explain_each(
        self, requests: Sequence[Explanation], shown: Scene, title: str
    ) -> Mapping[Explanation, Any]:
        """The results of several explanations of one kind, by request."""
        asked = (requests, self.checkpoint, shown.place, self.seat, title)
        found, waiting = services.explain_each(*asked)
        if waiting is not None:
            raise Missing(waiting.job)
        return found

    def genes(self, shown: Scene) -> tuple[Gene, ...]:
        """Genes over the window; a picture without them is better than none."""
        try:
            return _there(services.genes_over(shown.window, shown.place, self.seat))
        except GenomeError as error:
            st.caption(f":material/warning: {widgets.plain(str(error))}")
            return ()


def _there(opened: T | Waiting) -> T:
    if isinstance(opened, Waiting):
        raise Missing(opened.job)
    return opened


def genome(query: Query, seat: Seat) -> Place:
    """The genome of the question, also where that pasted a sequence of its own."""
    online = services.online() is True
    return widgets.ready(services.place(query.genome, state.gene_file(), online, seat), seat)


def made(plan: Plan, checkpoint: Checkpoint, place: Place) -> Sequence[Made | Unmade]:
    """Every panel that is ready, and of the others why not."""
    return [_made(number, panel, checkpoint, place) for number, panel in enumerate(plan.panels)]


def _made(number: int, panel: Panel, checkpoint: Checkpoint, place: Place) -> Made | Unmade:
    nothing = Unmade(services.panel_seat(number))
    try:
        return panels.made(panel, Served(checkpoint, place, nothing.seat))
    except Missing as missing:
        return replace(nothing, job=missing.job)
    except EnformerLensError as error:
        return replace(nothing, error=error)
    except Cancelled:
        return nothing
