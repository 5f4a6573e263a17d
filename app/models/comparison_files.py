"""Files of a comparison: both tracks over the common bins, the figures, and where both come from."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from app import downloads, result_files, state
from app.figures.comparison_data import ComparisonPicture
from app.figures.scatter_data import ScatterPicture
from app.models import comparing
from interpret.agreement import Agreement


@dataclass(frozen=True, eq=False)
class ComparisonFiles:
    """What files of the lanes are made of: a `result_files.Result`."""

    found: Agreement
    picture: ComparisonPicture
    name: str

    @property
    def provenance(self) -> str:
        """JSON of both models."""
        return comparing.provenance(self.found, self.picture)

    def write_table(self) -> bytes:
        """A row for each common bin, a column for each track."""
        lines = ["# Enformer Lens comparison of two models"]
        lines += [f"# values: {self.picture.allele or 'REF'}"]
        for letter, origin in (("A", self.found.origin_a), ("B", self.found.origin_b)):
            lines += [line.replace("# ", f"# {letter} ", 1) for line in origin.lines()]
        lines += [
            f"# pair {a} of A, {b} of B: {said}; {basis}" for a, b, said, basis in self._pairs()
        ]
        text = self.table().to_csv(sep="\t", index=False, lineterminator="\n")
        return "\n".join([*lines, text]).encode()

    def _pairs(self) -> list[tuple[str, str, str, str]]:
        found = self.found
        return list(
            zip(found.tracks_a, found.tracks_b, self.picture.said, found.bases, strict=True)
        )

    def table(self) -> pd.DataFrame:
        """Both conventions of positions, whether a bin counts for r, then A and B of each pair."""
        found, place = self.found, self.found.interval
        starts = np.arange(place.start, place.end, found.bin_size)
        columns = {
            "contig": place.contig, "start_0based": starts, "end_0based": starts + found.bin_size,
            "start_1based": starts + 1, "end_1based": starts + found.bin_size,
            "in_r": found.used.astype(int),
        }  # fmt: skip
        for number, (a, b, _, _) in enumerate(self._pairs()):
            # the shortest text from which each float32 can be read back
            columns |= {
                f"A {a}": found.a[number].astype(str),
                f"B {b}": found.b[number].astype(str),
            }
        return pd.DataFrame(columns)

    def renderer(self) -> result_files.Render:
        """Of the lanes."""
        from app.figures.comparison_paper import render

        return render


@dataclass(frozen=True, eq=False)
class ScatterFiles(ComparisonFiles):
    """The same values, drawn as the scatter of one pair."""

    scatter: ScatterPicture

    def renderer(self) -> result_files.Render:
        """Of the scatter."""
        from app.figures.scatter_paper import render

        return lambda _, width, form, origin: render(self.scatter, width, form, origin)


def menu(files: ComparisonFiles, scatter: ScatterPicture) -> None:
    """Buttons for the values, the lanes and the scatter."""
    result_files.menu(files, state.COMPARISON_WIDTH, "bin that both models predict")
    st.markdown("**Scatter** of the pair that is shown")
    points = ScatterFiles(files.found, files.picture, f"{files.name}_scatter", scatter)
    width = st.session_state[state.COMPARISON_WIDTH]
    with st.container(horizontal=True):
        for form in downloads.FIGURES:
            file = result_files.figure(points, form, width)
            downloads.button(f"Scatter {form.upper()}", file, "With live text.", state.problems())
