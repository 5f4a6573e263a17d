"""Files of what the Contributions view shows: values for other tools, the figure, where both come from."""

import json
import re
from dataclasses import dataclass
from typing import cast

import pandas as pd
import streamlit as st

from app import downloads, result_files, state, widgets
from app.contributions import knocking
from app.contributions.knocking import Lost
from app.downloads import FIGURES, WIDTHS, File, Format
from app.figures.contribution_data import ContributionPicture
from app.sheet.single import Single, written
from app.truth import truth_files
from interpret.allele_contributions import FILE_NAMES, AlleleContributions
from interpret.contributions import Contributions
from interpret.stored import pack

_DATA = {
    "TSV": ("tsv", "A row for each position: contribution and what each base would contribute."),
    "bedGraph": ("bedgraph", "For genome browsers; text."),
    "bigWig": ("bigwig.zip", "For genome browsers."),
    "TF-MoDISco": ("modisco.zip", "One-hot and hypothetical contributions, as TF-MoDISco-lite reads them."),
}  # fmt: skip
_MORE = {
    "Second NPZ": "The method it is compared with, as NumPy arrays.",
    "Knock-outs TSV": "A row for each part, with the effect of each shuffle.",
    "Motifs TSV": "A row for each peak in view.",
}


@dataclass(frozen=True, eq=False)
class Files:
    """What files are made of.

    Attributes:
        found: the contributions of the whole window.
        picture: the figure's data.
        second: those by the method they are compared with.
        lost: knock-outs of parts of the window.
        single: what the figure is drawn again from.
    """

    found: Contributions
    picture: ContributionPicture
    second: Contributions | None = None
    lost: tuple[Lost, ...] = ()
    single: Single | None = None

    @property
    def provenance(self) -> str:
        """JSON of where the contributions come from, how well they add up, and what is in view."""
        made, view = self.found.provenance, self.picture.view
        known = {} if made is None else json.loads(made.to_json())
        more = {
            "view": [view.start, view.end], "explained": self.picture.explained,
            "value": self.found.value, "baseline_value": self.found.baseline_value,
            "completeness_gap": self.found.completeness_gap, "allele": self.picture.allele or "REF",
        }  # fmt: skip
        if self.second is not None and self.second.provenance is not None:
            more["second"] = json.loads(self.second.provenance.to_json())
        return written(known | more, self.single)

    @property
    def stem(self) -> str:
        """The beginning of every file name."""
        made, locus = self.found.provenance, self.picture.locus
        model = "" if made is None else made.model
        parts = [model, "" if locus.trained else "untrained", locus.assembly, str(locus.view)]
        whose = []
        if isinstance(self.found, AlleleContributions):
            whose = [FILE_NAMES[self.found.allele], self.found.variant.key]
        text = "_".join([*filter(None, parts), "contributions", *whose, self.found.method])
        return re.sub(r"[^A-Za-z0-9.+_-]+", "-", text.replace(",", "")).strip("-")[:150]

    @property
    def forms(self) -> tuple[str, ...]:
        """What values can be written as; TF-MoDISco reads the bases of one sequence."""
        alleles = isinstance(self.found, AlleleContributions)
        return tuple(form for form in _DATA if not (alleles and form == "TF-MoDISco"))

    def data(self, form: str) -> File:
        """The contributions of the whole window in a format."""

        def make() -> bytes:
            from interpret.contribution_files import export

            return export(self.found, self.picture.locus.contig_length, form).content

        return f"{self.stem}.{_DATA[form][0]}", "application/octet-stream", make

    def arrays(self) -> File:
        """All that was computed, as arrays."""
        name = f"{self.stem}.npz"
        return name, "application/octet-stream", lambda: pack(self.found)

    def more(self) -> dict[str, File]:
        """What else was computed, by what its button says: the second method, the knock-outs."""
        found: dict[str, File] = {}
        if (second := self.second) is not None:
            name = f"{self.stem}_second.npz"
            found["Second NPZ"] = (name, "application/octet-stream", lambda: pack(second))
        if self.lost:
            found["Knock-outs TSV"] = knocking.file(self.lost, self.stem)
        if self.picture.motifs:
            name = f"{self.stem}_motifs.tsv"
            found["Motifs TSV"] = (name, "text/tab-separated-values", self._motifs)
        return found

    def _motifs(self) -> bytes:
        rows = [
            [one.interval.contig, one.interval.start, one.interval.end, one.name, one.strand, one.about]
            for one in self.picture.motifs
        ]  # fmt: skip
        columns = ["contig", "start", "end", "motif", "strand", "about"]
        title = "motifs under the peaks in view"
        return result_files.tsv(pd.DataFrame(rows, columns=columns), title, self.found.provenance)

    def figure(self, form: Format, width: int) -> File:
        """The figure, `width` mm wide."""
        return downloads.figure(self.stem, self.picture, form, width, self.provenance)

    @property
    def truth(self) -> dict[str, File]:
        """Files of what was planted, where that is shown."""
        return truth_files.files(self.picture.locus, self.stem)

    def origin(self, width: int) -> File:
        """The provenance, with the width of the figure."""
        return downloads.origin(self.stem, self.provenance, width)

    def everything(self, width: int) -> File:
        """A zip with the figure, its data and its provenance."""

        def make() -> bytes:
            files = [self.figure(form, width) for form in FIGURES]
            files += [
                *map(self.data, self.forms),
                self.arrays(),
                self.origin(width),
                *self.truth.values(),
            ]
            files += self.more().values()
            return downloads.zipped({name: write() for name, _, write in files})

        return f"{self.stem}.zip", "application/zip", make


def menu(files: Files) -> None:
    """Buttons for every file."""
    problems = state.problems()

    def button(label: str, file: File, about: str = "") -> None:
        downloads.button(label, file, about, problems)

    st.markdown("**Values**, the whole window")
    with st.container(horizontal=True):
        for form in files.forms:
            button(form, files.data(form), _DATA[form][1])
        button("NPZ", files.arrays(), "NumPy arrays of all that was computed.")
        for label, file in files.more().items():
            button(label, file, _MORE[label])
    downloads.truth_buttons(files.truth, problems)
    st.markdown("**Figure**, the part in view")
    width = st.segmented_control(
        "Width", WIDTHS, default=WIDTHS[-1], format_func=lambda mm: f"{mm} mm",
        key=state.PAPER_WIDTH, required=True, on_change=state.touch,
    )  # fmt: skip
    with st.container(horizontal=True):
        for form in FIGURES:
            button(form.upper(), files.figure(form, cast(int, width)))
    st.markdown("**Everything**, with the provenance")
    with st.container(horizontal=True):
        button("ZIP", files.everything(cast(int, width)), "All files above and the JSON.")
        button("JSON", files.origin(cast(int, width)), downloads.ORIGIN)
    for problem in problems:
        st.error(widgets.plain(problem), icon=":material/error:")
