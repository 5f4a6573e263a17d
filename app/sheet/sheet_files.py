"""Files of a sheet: the figure, the data of every panel, provenance, draft legend and methods."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from app import downloads, state, widgets
from app.downloads import FIGURES, Format
from app.figures.composed import LETTERS
from app.sheet import legend, sheets
from app.sheet.panels import Made
from app.sheet.record import Record
from app.truth.truth_files import File


@dataclass(frozen=True, eq=False)
class Files:
    """What files are made of.

    Attributes:
        record: of the sheet.
        made: its panels, all of them ready.
    """

    record: Record
    made: Sequence[Made]

    @property
    def provenance(self) -> str:
        """JSON from which `python -m app.figure` draws the same sheet."""
        return self.record.to_json()

    @property
    def stem(self) -> str:
        """The beginning of every file name."""
        model, first = self.record.model, self.made[0].shown.parsed.name
        parts = [model.name, "" if model.trained else "untrained", self.record.genome.assembly]
        text = "_".join([*filter(None, parts), first.replace(",", ""), "figure"])
        return re.sub(r"[^A-Za-z0-9.+_-]+", "-", text).strip("-")[:120]

    def figure(self, form: Format) -> File:
        """The sheet."""

        def make() -> bytes:
            return sheets.render(self.record.plan, self.made, form, self.provenance)

        return f"{self.stem}.{form}", FIGURES[form], make

    def origin(self) -> File:
        """The provenance."""
        return f"{self.stem}.json", "application/json", self.provenance.encode

    def words(self) -> tuple[File, File]:
        """Draft legend and methods."""
        texts = {"legend": legend.legend, "methods": legend.methods}
        legend_file, methods_file = (
            (f"{self.stem}_{name}.txt", "text/plain", self._writer(write))
            for name, write in texts.items()
        )
        return legend_file, methods_file

    def _writer(self, write: legend.Write) -> Callable[[], bytes]:
        return lambda: write(self.record, self.made).encode()

    def data(self) -> tuple[File, ...]:
        """Of every panel, in a folder by its letter."""
        return tuple(
            (f"data/{letter}/{name}", mime, make)
            for letter, one in zip(LETTERS, self.made, strict=False)
            for name, mime, make in one.files
        )

    def everything(self) -> File:
        """A zip of all of them."""

        def make() -> bytes:
            files = [self.figure(form) for form in FIGURES]
            files += [*self.data(), self.origin(), *self.words()]
            return downloads.zipped({name: write() for name, _, write in files})

        return f"{self.stem}.zip", "application/zip", make


def buttons(files: Files) -> None:
    """Every file, one click each."""
    problems = state.problems()
    with st.container(horizontal=True, key="sheet_files"):
        for form in FIGURES:
            about = "450 dpi." if form == "png" else "Vectors, with live text."
            downloads.button(form.upper(), files.figure(form), about, problems)
        downloads.button("ZIP", files.everything(),
                         "Figure, data of every panel, JSON, legend, methods.", problems)  # fmt: skip
        downloads.button(
            "JSON", files.origin(), "Draws the same figure again, see below.", problems
        )
    for problem in problems:
        st.error(widgets.plain(problem), icon=":material/error:")


def texts(files: Files) -> None:
    """Draft legend and methods, and the command that draws the figure again."""
    with st.expander("Draft legend and methods", icon=":material/article:"):
        st.markdown("**Legend**")
        st.code(legend.legend(files.record, files.made), language=None, wrap_lines=True)
        st.markdown("**Methods**")
        st.code(legend.methods(files.record, files.made), language=None, wrap_lines=True)
    st.caption("The same figure, byte for byte, from the JSON:")
    st.code(f"python -m app.figure {files.stem}.json --out {files.stem}.pdf", language="bash")
