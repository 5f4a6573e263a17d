"""Files of what the Evidence view shows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import streamlit as st

from app import downloads, state, widgets
from app.downloads import FIGURES, WIDTHS, Format
from app.figures.evidence_data import EvidencePicture
from interpret.evidence_summary import Evidence
from interpret.stored import pack

File = tuple[str, str, Callable[[], bytes]]
"""Name, type and maker."""


@dataclass(frozen=True, eq=False)
class Files:
    """What files are made of.

    Attributes:
        found: the evidence.
        picture: the figure's data.
        stem: the beginning of every file name.
    """

    found: Evidence
    picture: EvidencePicture
    stem: str

    @property
    def provenance(self) -> str:
        """JSON of where it comes from."""
        return "{}" if self.found.provenance is None else self.found.provenance.to_json()

    def table(self) -> File:
        """A row for each element, under lines that say where it comes from."""
        return f"{self.stem}.tsv", "text/tab-separated-values", self._table

    def _table(self) -> bytes:
        made = self.found.provenance
        lines = ["# Enformer Lens evidence", *([] if made is None else made.lines())]
        rows = self.found.table().to_csv(sep="\t", index=False, lineterminator="\n")
        return "\n".join([*lines, rows]).encode()

    def arrays(self) -> File:
        """All of it."""
        return f"{self.stem}.npz", "application/octet-stream", lambda: pack(self.found)

    def figure(self, form: Format, width: int) -> File:
        """The figure, `width` mm wide."""

        def make() -> bytes:
            # Matplotlib is imported with the first figure: the app starts half a second sooner.
            from app.figures.evidence_paper import render

            return render(self.picture, width, form, self.provenance)

        return f"{self.stem}_{width}mm.{form}", FIGURES[form], make

    def origin(self) -> File:
        """The provenance."""
        return f"{self.stem}.json", "application/json", self.provenance.encode

    def everything(self, width: int) -> File:
        """A zip of all of them."""

        def make() -> bytes:
            files = [self.figure(form, width) for form in FIGURES]
            files += [self.table(), self.arrays(), self.origin()]
            return downloads.zipped({name: write() for name, _, write in files})

        return f"{self.stem}.zip", "application/zip", make


def menu(files: Files) -> None:
    """Buttons for every file."""
    st.markdown("**Values**")
    with st.container(horizontal=True):
        _button("TSV", files.table(), "A row for each element.")
        _button("NPZ", files.arrays(), "NumPy arrays of all that was computed.")
        _button("JSON", files.origin(), "Model, genome, interval, target, methods, versions.")
    st.markdown("**Figure**")
    width = cast(int, st.segmented_control(
        "Width", WIDTHS, default=WIDTHS[-1], format_func=lambda mm: f"{mm} mm",
        key=state.EVIDENCE_WIDTH, required=True, on_change=state.touch,
    ))  # fmt: skip
    with st.container(horizontal=True):
        for form in FIGURES:
            _button(form.upper(), files.figure(form, width), "With live text.")
    _button("ZIP", files.everything(width), "All files above.")
    for problem in state.problems():
        st.error(widgets.plain(problem), icon=":material/error:")


def _button(label: str, file: File, about: str) -> None:
    name, mime, make = file
    st.download_button(
        label, downloads.telling(make, state.problems()), name, mime, key=f"download_{label}",
        on_click="ignore", help=about,
    )  # fmt: skip
