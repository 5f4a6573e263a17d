"""Which motifs are looked for: those of the planted grammar on its genome, JASPAR's elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import streamlit as st

from app import state, widgets
from app.asking.scene import Scene
from app.computing import fetching
from app.computing.seat import Seat
from app.truth import truth
from enformer.catalogue import ASSETS
from enformer.planted import FACTORS
from enformer.sequence import BASES
from interpret.motif_files import Motif, read_motifs

PLANTED = "the 14 factors of the planted grammar"
JASPAR = "JASPAR 2022, vertebrates"
_UNLIKELY = 0.01
"""Frequency of a base that a consensus does not allow."""
_IUPAC = {
    "A": "A", "C": "C", "G": "G", "T": "T", "R": "AG", "Y": "CT", "S": "CG", "W": "AT", "K": "GT",
    "M": "AC", "B": "CGT", "D": "AGT", "H": "ACT", "V": "ACG", "N": "ACGT",
}  # fmt: skip


@dataclass(frozen=True)
class Library:
    """Where motifs come from.

    Attributes:
        name: for people.
        path: a file; None for the planted ones.
    """

    name: str
    path: Path | None

    def motifs(self) -> Sequence[Motif]:
        """All of them; read in the thread of a job, as hundreds take a second.

        Raises:
            EnformerLensError: the file cannot be read.
        """
        return planted() if self.path is None else _read(self.path)


def library(shown: Scene) -> Library | None:
    """The library for what is shown; None where it has to be fetched first.

    Raises:
        EnformerLensError: the variable that points to it points to nothing.
    """
    if truth.is_known(shown):
        return Library(PLANTED, None)
    found = fetching.find_asset("jaspar")
    if found is None:
        return None
    return Library(JASPAR, found / ASSETS["jaspar"].files[0].name if found.is_dir() else found)


def name(shown: Scene) -> str:
    """What the library is called; empty where it has to be fetched first."""
    found = library(shown)
    return "" if found is None else found.name


def offer(why: str, seat: Seat) -> None:
    """JASPAR's motifs to fetch, folded up: a picture stands below.

    Args:
        why: they are wanted, for people.
        seat: of this session.
    """
    said = f"{why}: JASPAR's motifs are not on this machine"
    with st.expander(said, icon=":material/label_off:", expanded=state.wants_asset("jaspar")):
        widgets.offer("jaspar", seat)


@lru_cache(maxsize=2)
def _read(path: Path) -> tuple[Motif, ...]:
    return read_motifs(path)


@lru_cache(maxsize=1)
def planted() -> tuple[Motif, ...]:
    """The factors of the planted grammar, each base of a consensus letter as likely as the others."""
    return tuple(Motif(one.name, one.name, _frequencies(one.consensus)) for one in FACTORS)


def _frequencies(consensus: str) -> np.ndarray:
    allowed = np.array([[base in _IUPAC[letter] for letter in consensus] for base in BASES], float)
    weights = allowed + _UNLIKELY
    return weights / weights.sum(0)
