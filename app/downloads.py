"""Files of what is shown: data for other tools, the figure for a paper, and where both come from.

Files are made when they are asked for, in a thread of their own; what goes wrong is told in words.
"""

import io
import json
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast
from urllib.parse import urlencode

import streamlit as st

from app import state
from app.computing.predictions import Answer
from app.figures.data import LocusPicture
from app.sheet.single import Single, at, written
from app.truth import truth_files
from app.truth.truth_files import File
from app.widgets import plain
from enformer.errors import EnformerLensError
from enformer.export import FORMATS, Column, export
from enformer.tracks import TrackId

Format = Literal["svg", "pdf", "png"]
FIGURES: dict[Format, str] = {
    "svg": "image/svg+xml", "pdf": "application/pdf", "png": "image/png",
}  # fmt: skip
WIDTHS = (89, 120, 183)
"""Mm, as `app.figures.paper` has them."""
ORIGIN = (
    "Where it comes from: model, genome, interval, versions. `python -m app.figure` draws it again."
)
_ABOUT = {
    "TSV": "A table, one row for each bin.",
    "bedGraph": "For genome browsers; text.",
    "bigWig": "For genome browsers; one file for each track, in a zip.",
    "NPZ": "NumPy arrays.",
}


@dataclass(frozen=True, eq=False)
class Shown:
    """What files are made of.

    Attributes:
        answer: predictions, ALT's too where a variant was asked for.
        picture: the figure's data.
        tracks: those drawn, from top to bottom.
        contig_length: bp.
        measured: values of files beside them.
        own: what each file is that was drawn with them, by its name.
        single: what the figure is drawn again from.
    """

    answer: Answer
    picture: LocusPicture
    tracks: tuple[TrackId, ...]
    contig_length: int
    measured: tuple[Column, ...] = ()
    own: Mapping[str, str] = field(default_factory=dict)
    single: Single | None = None

    @property
    def provenance(self) -> str:
        """JSON of what is shown; of ALT where there is one, which names the variant."""
        made = (self.answer.alternative or self.answer.reference).provenance
        picture = self.picture
        view: dict[str, Any] = {
            "view": [picture.view.start, picture.view.end],
            "focus": picture.focus,
            "truth": "" if picture.truth is None else picture.truth.tissue,
            "differences": any(lane.difference for lane in picture.lanes),
        }
        if scale := str(picture.scale):
            view["scale"] = scale
        if self.own:
            view["own"] = dict(self.own)
        text = json.loads(made.with_tracks(tuple(map(str, self.tracks))).to_json())
        return written(text | view, self.single)

    @property
    def stem(self) -> str:
        """The beginning of every file name."""
        made, view = self.answer.reference.provenance, self.picture.view
        parts = [made.model, "" if made.trained else "untrained", made.assembly, str(view)]
        if self.picture.variant is not None:
            parts.append(self.picture.variant.key)
        text = "_".join(part.replace(",", "") for part in parts if part)
        return re.sub(r"[^A-Za-z0-9.+_-]+", "-", text).strip("-")[:150]

    def data(self, form: str) -> File:
        """Name, type and maker of the predicted values in one of the `FORMATS`."""
        alleles = {"REF": self.answer.reference, "ALT": self.answer.alternative}
        made = {name: prediction for name, prediction in alleles.items() if prediction is not None}

        def files() -> dict[str, bytes]:
            written = {
                allele: export(one, self.tracks, self.contig_length, form, self.measured)
                for allele, one in made.items()
            }
            return {f"{allele}/{file.name}": file.content for allele, file in written.items()}

        if len(made) > 1:
            return f"{self.stem}.{form.lower()}.zip", "application/zip", lambda: zipped(files())
        endings = {"TSV": "tsv", "bedGraph": "bedgraph", "NPZ": "npz"}
        one = len(self.tracks) == 1
        ending = endings.get(form, "bw" if one else "bigwig.zip")
        return f"{self.stem}.{ending}", "application/octet-stream", lambda: _only(files())

    def figure(self, form: Format, width: int) -> File:
        """Name, type and maker of the figure, `width` mm wide."""
        return figure(self.stem, self.picture, form, width, self.provenance)

    def origin(self, width: int) -> File:
        """Name, type and maker of the provenance, with the width of the figure."""
        return origin(self.stem, self.provenance, width)

    @property
    def truth(self) -> dict[str, File]:
        """Files of what was planted, where that is shown."""
        return truth_files.files(self.picture, self.stem)

    def everything(self, width: int) -> File:
        """Name, type and maker of a zip with the figure, its data and its provenance."""

        def make() -> bytes:
            parts = [self.figure(form, width) for form in FIGURES]
            parts += [*(self.data(form) for form in FORMATS), *self.truth.values()]
            parts.append(self.origin(width))
            return zipped({name: write() for name, _, write in parts})

        return f"{self.stem}.zip", "application/zip", make


def figure(stem: str, picture: Any, form: Format, width: int, provenance: str) -> File:
    """Name, type and maker of a figure.

    Args:
        stem: the beginning of its name.
        picture: what it shows, of `app.figures.layouts`.
        form: of the file.
        width: mm.
        provenance: JSON that goes inside, with the width.
    """

    def make() -> bytes:
        # Matplotlib is imported with the first figure: the app starts half a second sooner.
        from app.figures.layouts import render

        return render(picture, width, form, at(provenance, width))

    return f"{stem}_{width}mm.{form}", FIGURES[form], make


def origin(stem: str, provenance: str, width: int) -> File:
    """Name, type and maker of the JSON that is inside of a figure of that width."""
    return f"{stem}.json", "application/json", at(provenance, width).encode


def _only(files: dict[str, bytes]) -> bytes:
    (content,) = files.values()
    return content


def zipped(files: dict[str, bytes]) -> bytes:
    """A zip of files by name, the same for the same content."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return packed.getvalue()


def telling(make: Callable[[], bytes], problems: list[str]) -> Callable[[], bytes]:
    """The same maker, whose failures are also written where the page shows them."""

    def checked() -> bytes:
        problems.clear()
        try:
            return make()
        except EnformerLensError as error:
            problems.append(str(error))
            raise

    return checked


def button(label: str, file: File, about: str, problems: list[str]) -> None:
    """A file to save, made when it is asked for; `about` is told over the button."""
    name, mime, make = file
    st.download_button(
        label, telling(make, problems), name, mime,
        key=f"download_{label}", on_click="ignore", help=about or None,
    )  # fmt: skip


def menu(shown: Shown) -> None:
    """Buttons for every file."""
    problems = state.problems()
    st.markdown("**Values**, all bins of the shown tracks")
    with st.container(horizontal=True):
        for form in FORMATS:
            button(form, shown.data(form), _ABOUT[form], problems)
    truth_buttons(shown.truth, problems)
    st.markdown("**Figure**, the part in view")
    width = st.segmented_control(
        "Width", WIDTHS, default=WIDTHS[-1], format_func=lambda mm: f"{mm} mm",
        key=state.PAPER_WIDTH, required=True, on_change=state.touch,
    )  # fmt: skip
    with st.container(horizontal=True):
        for form in FIGURES:
            button(form.upper(), shown.figure(form, cast(int, width)), "", problems)
    st.markdown("**Everything**, with the provenance")
    with st.container(horizontal=True):
        button("ZIP", shown.everything(cast(int, width)), "All files above and the JSON.", problems)
        button("JSON", shown.origin(cast(int, width)), ORIGIN, problems)
    _problems(problems)


def truth_buttons(files: dict[str, File], problems: list[str]) -> None:
    """Buttons for the files of what was planted; nothing where there are none."""
    if not files:
        return
    st.markdown("**Planted truth**, the whole contig")
    with st.container(horizontal=True):
        for label, (name, mime, make) in files.items():
            st.download_button(
                f"{label} TSV", telling(make, problems), name, mime,
                key=f"download_truth_{label}", on_click="ignore", help=truth_files.ABOUT[label],
            )  # fmt: skip


@st.fragment(run_every=1.0)
def _problems(problems: list[str]) -> None:
    for problem in problems:
        st.error(plain(problem), icon=":material/error:")


def link(query: state.Query) -> str:
    """The address that opens what is shown."""
    base = (st.context.url or "").partition("?")[0]
    return f"{base}?{urlencode(query.to_url(), safe=':,/')}"
