"""Files of what the Variant view shows: scores of all tracks, and the map around the variant."""

import json
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from app import downloads, result_files, state
from app.figures.mutagenesis_data import MutagenesisPicture
from app.sheet.single import Single, written
from app.truth.truth_files import File
from enformer.sequence import BASES
from enformer.tracks import TrackTable
from interpret.effects import VariantEffect
from interpret.motif_change import MotifChanges
from interpret.mutagenesis import Mutagenesis
from interpret.stored import pack

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
        return f"{self.stem}_scores.tsv", _TEXT, self._scores

    def _scores(self) -> bytes:
        rows = self.effect.table(self.tracks)
        return result_files.tsv(rows, "variant effect", self.effect.provenance)

    def genes(self) -> File:
        """A row for each gene and CAGE track."""
        return (
            f"{self.stem}_genes.tsv", _TEXT,
            lambda: result_files.tsv(self.effect.gene_table(), "genes", self.effect.provenance),
        )  # fmt: skip

    def arrays(self) -> File:
        """All of it."""
        return f"{self.stem}_effect.npz", _ARRAYS, lambda: pack(self.effect)


@dataclass(frozen=True, eq=False)
class MapFiles:
    """What files of the map are made of: a `result_files.Result`.

    Attributes:
        found: effects of the substitutions.
        picture: the figure's data.
        stem: the beginning of every file name of the variant.
        motifs: those that the variant makes or breaks, where that is known.
        single: what the figure is drawn again from.
    """

    found: Mutagenesis
    picture: MutagenesisPicture
    stem: str
    motifs: MotifChanges | None = None
    single: Single | None = None

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
        return written(known | more, self.single)

    def write_table(self) -> bytes:
        """A row for each position: its base, the effect of each other one, its importance."""
        rows = {
            "contig": self.found.region.contig,
            "position_0based": self.picture.positions - 1,
            "position_1based": self.picture.positions,
            "base": list(self.found.letters),
            "importance": self.found.importance,
        }
        effects = dict(zip(BASES, self.found.values.T, strict=True))
        said = f"{'exact' if self.found.exact else 'approximate'} mutagenesis of the reference"
        return result_files.tsv(pd.DataFrame(rows | effects), said, self.found.provenance)

    def motif_table(self) -> tuple[File, ...]:
        """A row for each motif made or broken, where that is known."""
        changes = self.motifs
        if changes is None:
            return ()

        def write() -> bytes:
            return result_files.tsv(changes.table(), "motifs made and broken", changes.provenance)

        return ((f"{self.stem}_motifs.tsv", _TEXT, write),)


def effect_menu(shown: downloads.Shown, files: EffectFiles) -> None:
    """Predictions and figure as the Locus view has them, then the scores."""
    downloads.menu(shown)
    st.markdown("**Scores** of all tracks")
    with st.container(horizontal=True):
        for label, file, about in (
            ("Scores TSV", files.scores(), "A row for each track, with REF, ALT and all scores."),
            ("Genes TSV", files.genes(), "CAGE at each TSS, a row for each gene and track."),
            ("Scores NPZ", files.arrays(), "NumPy arrays of all that was computed."),
        ):
            downloads.button(label, file, about, state.problems())


def map_menu(files: MapFiles) -> None:
    """Downloads of the map."""
    save = st.popover(
        "Download map", icon=":material/download:", on_change="rerun", key="download_map"
    )
    if save.open:
        with save:
            result_files.menu(files, state.MAP_WIDTH, "position", "Map ")
            for table in files.motif_table():
                about = "A row for each motif that the variant makes or breaks."
                downloads.button("Motifs TSV", table, about, state.problems())
