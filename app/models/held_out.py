"""The held-out figures of a card as a table: a row for each assay of a head, a column for each split."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

_FIGURE = re.compile(r"mean Pearson, (?P<head>\S+) (?P<assay>[^,]+), (?P<split>.+)")


@dataclass(frozen=True, eq=False)
class HeldOut:
    """What a card says was measured on data that the model did not learn from.

    Attributes:
        pearson: mean Pearson correlations; rows are (head, assay), columns splits such as test.
        others: every other figure by name.
    """

    pearson: pd.DataFrame
    others: Mapping[str, float]

    @classmethod
    def of(cls, figures: Mapping[str, float]) -> "HeldOut":
        """The figures of a card, in its order."""
        read = {name: _FIGURE.fullmatch(name) for name in figures}
        rows = [(m["head"], m["assay"], m["split"], figures[name]) for name, m in read.items() if m]
        table = pd.DataFrame(rows, columns=["head", "assay", "split", "value"])
        index = pd.MultiIndex.from_frame(table[["head", "assay"]].drop_duplicates())
        pearson = table.pivot(index=["head", "assay"], columns="split", values="value")
        pearson = pearson.reindex(index=index, columns=list(table["split"].unique()))
        return cls(pearson, {name: figures[name] for name, m in read.items() if m is None})

    @property
    def split(self) -> str:
        """The split that counts most: test where it was scored, as it is."""
        names = list(self.pearson.columns)
        return "test" if "test" in names else names[-1]
