"""Files of what the Variant view shows: scores of all tracks, and the map around the variant."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import pandas as pd
import streamlit as st

from app import downloads, state, widgets
from app.downloads import FIGURES, WIDTHS, Format
from app.figures.mutagenesis_data import MutagenesisPicture
from enformer.provenance import Provenance
from enformer.sequence import BASES
from enformer.tracks import TrackTable
from interpret.effects import VariantEffect
from interpret.mutagenesis import Mutagenesis
from interpret.stored import pack

File = tuple[str, str, Callable[[], bytes]]
"""Name, type and maker."""
_TEXT, _ARRAYS = "text/tab-separated-values", "application/octet-stream"


@dataclass(frozen=True, eq=False)
class EffectFiles:
    """What files of the scores are made of.

    Attributes:
        effect: of the variant.
        tracks: the model's.
        stem: the beginning of every file name.
    """

    effect: VariantEffect
    tracks: TrackTable
    stem: str

    def scores(self) -> File:
        """A row for each track with all its scores."""
        return (
            f"{self.stem}_scores.tsv", _TEXT,
            lambda: _tsv(self.effect.table(self.tracks), "variant effect", self.effect.provenance),
        )  # fmt: skip

    def genes(self) -> File:
        """A row for each gene and CAGE track."""
        return (
            f"{self.stem}_genes.tsv", _TEXT,
            lambda: _tsv(self.effect.gene_table(), "genes", self.effect.provenance),
        )  # fmt: skip

    def arrays(self) -> File:
        """All of it."""
        return f"{self.stem}_effect.npz", _ARRAYS, lambda: pack(self.effect)


@dataclass(frozen=True, eq=False)
class MapFiles:
    """What files of the map are made of.

    Attributes:
        found: effects of the substitutions.
        picture: the figure's data.
        stem: the beginning of every file name.
    """

    found: Mutagenesis
    picture: MutagenesisPicture
    stem: str

    @property
    def name(self) -> str:
        """The beginning of this map's files."""
        return f"{self.stem}_mutagenesis" + ("" if self.found.exact else "_approximate")

    @property
    def provenance(self) -> str:
        """JSON of where the effects come from; the variant, which is only framed, by itself."""
        made, variant = self.found.provenance, self.picture.variant
        known = {} if made is None else json.loads(made.to_json())
        more = {
            "region": [self.found.region.start, self.found.region.end],
            "explained": self.picture.explained, "reference": self.found.reference,
            "exact": self.found.exact, "around": None if variant is None else variant.key,
        }  # fmt: skip
        return json.dumps(known | more, indent=2, ensure_ascii=False)

    def table(self) -> File:
        """A row for each position: its base, the effect of each other one, its importance."""
        return f"{self.name}.tsv", _TEXT, self._table

    def _table(self) -> bytes:
        rows = {
            "contig": self.found.region.contig,
            "position_0based": self.picture.positions - 1,
            "position_1based": self.picture.positions,
            "base": list(self.found.letters),
            "importance": self.found.importance,
        }
        effects = dict(zip(BASES, self.found.values.T, strict=True))
        said = f"{'exact' if self.found.exact else 'approximate'} mutagenesis of the reference"
        return _tsv(pd.DataFrame(rows | effects), said, self.found.provenance)

    def arrays(self) -> File:
        """All of it."""
        return f"{self.name}.npz", _ARRAYS, lambda: pack(self.found)

    def figure(self, form: Format, width: int) -> File:
        """The figure, `width` mm wide."""

        def make() -> bytes:
            # Matplotlib is imported with the first figure: the app starts half a second sooner.
            from app.figures.mutagenesis_paper import render

            return render(self.picture, width, form, self.provenance)

        return f"{self.name}_{width}mm.{form}", FIGURES[form], make

    def origin(self) -> File:
        """The provenance."""
        return f"{self.name}.json", "application/json", self.provenance.encode

    def everything(self, width: int) -> File:
        """A zip of all of them."""

        def make() -> bytes:
            files = [self.figure(form, width) for form in FIGURES]
            files += [self.table(), self.arrays(), self.origin()]
            return downloads.zipped({name: write() for name, _, write in files})

        return f"{self.name}.zip", "application/zip", make


def _tsv(table: pd.DataFrame, title: str, made: Provenance | None) -> bytes:
    """A table under lines that say where it comes from."""
    lines = [f"# Enformer Lens {title}", *([] if made is None else made.lines())]
    text = table.to_csv(sep="\t", index=False, lineterminator="\n")
    return "\n".join([*lines, text]).encode()


def effect_menu(shown: downloads.Shown, files: EffectFiles) -> None:
    """Predictions and figure as the Locus view has them, then the scores."""
    downloads.menu(shown)
    st.markdown("**Scores** of all tracks")
    with st.container(horizontal=True):
        _button("Scores TSV", files.scores(), "A row for each track, with REF, ALT and all scores.")
        _button("Genes TSV", files.genes(), "CAGE at each TSS, a row for each gene and track.")
        _button("Scores NPZ", files.arrays(), "NumPy arrays of all that was computed.")


def map_menu(files: MapFiles) -> None:
    """Downloads of the map."""
    save = st.popover(
        "Download map", icon=":material/download:", on_change="rerun", key="download_map"
    )
    if not save.open:
        return
    with save:
        st.markdown("**Values**")
        with st.container(horizontal=True):
            _button("Map TSV", files.table(), "A row for each position.")
            _button("Map NPZ", files.arrays(), "NumPy arrays of all that was computed.")
            _button("Map JSON", files.origin(), "Model, genome, interval, target, versions.")
        st.markdown("**Figure**")
        width = cast(int, st.segmented_control(
            "Width", WIDTHS, default=WIDTHS[-1], format_func=lambda mm: f"{mm} mm",
            key=state.MAP_WIDTH, required=True, on_change=state.touch,
        ))  # fmt: skip
        with st.container(horizontal=True):
            for form in FIGURES:
                _button(f"Map {form.upper()}", files.figure(form, width), "With live text.")
        _button("Map ZIP", files.everything(width), "All files above.")
        for problem in state.problems():
            st.error(widgets.plain(problem), icon=":material/error:")


def _button(label: str, file: File, about: str) -> None:
    name, mime, make = file
    st.download_button(
        label, downloads.telling(make, state.problems()), name, mime, key=f"download_{label}",
        on_click="ignore", help=about,
    )  # fmt: skip
