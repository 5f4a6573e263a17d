"""Results for panels without the app: what is kept is taken, anything else computed here and now."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.asking.places import Place
from app.asking.scene import Scene, scene
from app.computing.explanations import Explanation, explain_each_work, explain_work
from app.computing.job import Control
from app.computing.predictions import Answer, answer_from, requests_for, work_for
from app.computing.results import ResultStore
from app.sheet.plan import Panel
from enformer.cache import cache_dir
from enformer.checkpoint import Checkpoint
from enformer.coordinates import Interval, Variant
from enformer.genes import Gene
from enformer.genome import Genome
from enformer.query import parse_query


@dataclass(frozen=True, eq=False)
class Computed:
    """A `panels.Source` that needs no server and no session.

    Attributes:
        checkpoint: the model.
        place: the genome with its genes.
        store: the results that the app keeps, too.
    """

    checkpoint: Checkpoint
    place: Place
    store: ResultStore = field(default_factory=lambda: ResultStore(cache_dir("results")))

    def scene(self, panel: Panel) -> Scene:
        """What a panel's question resolves to.

        Raises:
            EnformerLensError: it means nothing on this genome.
        """
        place, asked = self.place, panel.question
        parsed = parse_query(asked.locus, place.genome, place.genes, place.variants)
        return scene(self.checkpoint, place, parsed, asked.zoom)

    def answer(self, shown: Scene) -> Answer:
        """The predictions."""
        return self.predicted(shown.window, shown.parsed.variant, shown.place.genome)

    def predicted(
        self, window: Interval, variant: Variant | None, genome: Genome | None = None
    ) -> Answer:
        """The predictions of a window, by default of this place's genome."""
        genome = genome or self.place.genome
        requests = requests_for(self.checkpoint, genome, window, variant)
        work = work_for(requests, self.checkpoint, genome, self.store)
        return answer_from(work(_Told("Predicting")))

    def explain(self, request: Explanation, shown: Scene, title: str) -> Any:
        """The result of an explanation."""
        work = explain_work(request, self.checkpoint, shown.place.genome, self.store)
        return work(_Told(title))

    def explain_each(
        self, requests: Sequence[Explanation], shown: Scene, title: str
    ) -> Mapping[Explanation, Any]:
        """The results of several explanations of one kind, by request."""
        work = explain_each_work(requests, self.checkpoint, shown.place.genome, self.store)
        return work(_Told(title))

    def genes(self, shown: Scene) -> tuple[Gene, ...]:
        """Genes over the window."""
        return tuple(shown.place.genes.overlapping(shown.window))


class _Told(Control):
    """Says once what is being computed; what is kept is silent."""

    def __init__(self, title: str) -> None:
        super().__init__(batch=1)
        self._title = title

    def progress(self, fraction: float, doing: str) -> None:
        """Tell."""
        super().progress(fraction, doing)
        if self._title:
            print(f"{self._title} …", file=sys.stderr)
            self._title = ""
