"""Files of a comparison: both tracks over the common bins, the figures, and where both come from."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from app import downloads, result_files, state
from app.downloads import Format
from app.figures.comparison_data import ComparisonPicture
from app.figures.scatter_data import ScatterPicture
from app.models import comparing
from app.sheet.single import Single, at, written
from app.truth.truth_files import File
from interpret.agreement import Agreement


@dataclass(frozen=True, eq=False)
class ComparisonFiles:
    """What files of the lanes are made of: a `result_files.Result`."""

    found: Agreement
    picture: ComparisonPicture
    name: str
    single: Single | None = None

    @property
    def provenance(self) -> str:
        """JSON of both models."""
        return written(comparing.provenance(self.found, self.picture), self.single)

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

    def scatter(self, points: ScatterPicture, form: Format, width: int) -> File:
        """The scatter of one pair."""
        origin = at(self.provenance, width, "scatter")
        return downloads.figure(f"{self.name}_scatter", points, form, width, origin)


def menu(files: ComparisonFiles, scatter: ScatterPicture) -> None:
    """Buttons for the values, the lanes and the scatter."""
    result_files.menu(files, state.COMPARISON_WIDTH, "bin that both models predict")
    st.markdown("**Scatter** of the pair that is shown")
    width = st.session_state[state.COMPARISON_WIDTH]
    with st.container(horizontal=True):
        for form in downloads.FIGURES:
            file = files.scatter(scatter, form, width)
            downloads.button(f"Scatter {form.upper()}", file, "With live text.", state.problems())
