"""The card of a model: what it is, what it learned from, how well, and what it is good for."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from enformer.errors import CheckpointError

ENFORMER_CITATION = (
    "Avsec, Ž. et al. Effective gene expression prediction from sequence by integrating long-range "
    "interactions. Nature Methods 18, 1196-1203 (2021). doi:10.1038/s41592-021-01252-x"
)


@dataclass(frozen=True)
class ModelCard:
    """No model is shown without one; it travels inside the checkpoint file.

    Attributes:
        name: short, for lists and file names.
        title: one line for a person.
        trained: False as long as the weights are only initial; then every view and export says so.
        summary: plain sentences on what it is good for, and what it is not.
        data: what it was trained on, and where that comes from.
        split: how training, validation and test data were kept apart.
        figures: held-out figures by name, such as "mean Pearson, human DNASE, test".
        licence: of the weights.
        citation: what to cite.
        assemblies: genome assembly of each head, such as {"human": "hg38"}.
        lineage: what it was made from and by what command.
        history: training curves as columns of equal length: "step", and by name what was measured there,
            None where it was not. Older files have none.
    """

    name: str
    title: str
    trained: bool
    summary: str
    data: str = ""
    split: str = ""
    figures: Mapping[str, float] = field(default_factory=dict)
    licence: str = ""
    citation: str = ENFORMER_CITATION
    assemblies: Mapping[str, str] = field(default_factory=dict)
    lineage: str = ""
    history: Mapping[str, Sequence[float | None]] = field(default_factory=dict)

    def _check(self) -> None:
        for item in fields(self):
            kind, value = type(getattr(_EXAMPLE, item.name)), getattr(self, item.name)
            if not isinstance(value, kind):
                raise TypeError(f"{item.name} is {value!r}")
        if self.history and (
            "step" not in self.history or len(set(map(len, self.history.values()))) > 1
        ):
            raise ValueError("history has no step, or columns of several lengths")

    def to_json(self) -> str:
        """JSON text, for a checkpoint; `from_json` restores it."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "ModelCard":
        """Restore what `to_json` wrote.

        Raises:
            CheckpointError: the text is no card.
        """
        try:
            values: dict[str, Any] = json.loads(text)
            card = cls(**values)
            card._check()
            return card
        except (ValueError, TypeError) as error:
            raise CheckpointError(
                f"It holds no model card ({error}).",
                read="the card of a checkpoint",
                do="Save the model again with this version.",
            ) from error


_EXAMPLE = ModelCard(name="", title="", trained=False, summary="")
"""Its values have the types that a card's must have."""


def untrained_card(name: str, assemblies: Mapping[str, str] | None = None) -> ModelCard:
    """The card of a network whose weights were never trained."""
    return ModelCard(
        name=name,
        title="Never trained",
        trained=False,
        summary="The weights are random. What it shows is the shape of results, not biology.",
        assemblies=assemblies or {},
    )
