"""The provenance of a sheet: a file that holds all that is needed to draw the same sheet again."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from app.sheet.origins import Model, Origin, gene_of, software
from app.sheet.panels import Made
from app.sheet.plan import Plan
from enformer.errors import EnformerLensError
from enformer.genes import Gene
from enformer.provenance import CITATION

FORM = "enformer-lens sheet/1"


@dataclass(frozen=True)
class Record:
    """What a sheet was drawn from.

    Attributes:
        plan: the panels with their questions, and how they look.
        model: the weights.
        genome: the sequence.
        genes: those drawn or asked for; they are looked up nowhere else.
        results: of each panel, where its results come from.
        versions: software by name.
    """

    plan: Plan
    model: Model
    genome: Origin
    genes: tuple[Gene, ...] = ()
    results: tuple[Any, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict, hash=False)

    @classmethod
    def of(cls, plan: Plan, made: Sequence[Made], model: Model, genome: Origin) -> "Record":
        """Of a sheet whose panels are ready."""
        known = {gene: None for one in made for gene in one.genes}
        known |= {one.shown.parsed.gene: None for one in made if one.shown.parsed.gene}
        results = tuple([json.loads(part.to_json()) for part in one.origins] for one in made)
        return cls(plan, model, genome, tuple(known), results, software())

    def to_json(self) -> str:
        """As text; `from_json` restores it."""
        values = {
            "form": FORM,
            "model": asdict(self.model),
            "genome": asdict(self.genome),
            "sheet": self.plan.to_values(),
            "results": self.results,
            "genes": [asdict(gene) for gene in self.genes],
            "versions": dict(self.versions),
            "citation": CITATION,
        }
        return json.dumps(values, indent=1, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Record":
        """Restore what `to_json` wrote.

        Raises:
            EnformerLensError: the text is something else.
        """
        try:
            values = json.loads(text)
            if values.get("form") != FORM:
                raise ValueError(f"its form is {values.get('form')!r}, not {FORM!r}")
            return cls(
                Plan.from_values(values["sheet"]),
                Model(**values["model"]),
                Origin(**values["genome"]),
                tuple(map(gene_of, values["genes"])),
                tuple(values["results"]),
                dict(values["versions"]),
            )
        except (json.JSONDecodeError, ValueError, TypeError, KeyError, AttributeError) as error:
            if isinstance(error, EnformerLensError):
                raise
            raise EnformerLensError(
                f"It holds no sheet ({error}).",
                read="the provenance of a figure",
                do="Use the JSON that was downloaded with a figure, as it was.",
            ) from error
