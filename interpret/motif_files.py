"""Collections of motifs from files: MEME, and the forms in which JASPAR gives its counts."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float

from enformer.errors import EnformerLensError
from enformer.files import typed_path
from enformer.sequence import BASES

PSEUDOCOUNT = 0.1
"""Added to the counts of each position, shared by the four bases: FIMO's own default."""
# `>MA0004.1 Arnt` as JASPAR has it, `>MA0004.1_MA0004.1.Arnt` as gimmemotifs writes it
_JASPAR_ID = re.compile(r"[A-Z]{2}\d{4}\.\d+")


@dataclass(frozen=True, eq=False)
class Motif:
    """A motif.

    Attributes:
        id: such as MA0035.4.
        name: such as GATA1; the id where there is no other.
        frequencies: of A, C, G, T at each position; they sum to 1.
    """

    id: str
    name: str
    frequencies: Float[np.ndarray, "bases width"]

    @property
    def width(self) -> int:
        """Bp."""
        return self.frequencies.shape[1]


def read_motifs(path: str | Path) -> tuple[Motif, ...]:
    """Reads MEME, or JASPAR counts: with `A [...]` rows, four rows, or four columns; told by content.

    Raises:
        EnformerLensError: there is no such file, or it holds no motif.
    """
    place = typed_path(path, EnformerLensError)
    try:
        text = place.read_text(encoding="utf-8-sig")
        meme = re.search(r"^MOTIF\s", text, re.MULTILINE)
        motifs = tuple(_meme(place) if meme else _jaspar(text))
    except OSError as broken:
        raise _refusal(place, f"It cannot be read: {broken.strerror}.") from broken
    except (ValueError, IndexError, KeyError) as wrong:
        raise _refusal(place, f"It holds no motifs that can be read: {wrong}.") from wrong
    if not motifs:
        raise _refusal(place, "It holds no motif.")
    return motifs


def _meme(path: Path) -> Iterator[Motif]:
    from memelite.io import read_meme  # brings in numba: only who reads motifs waits for it

    for title, frequencies in read_meme(str(path)).items():
        yield _motif(title, frequencies)


def _jaspar(text: str) -> Iterator[Motif]:
    from Bio import motifs

    lines = [line for line in text.splitlines() if line.strip() and line.lstrip()[0] != "#"]
    if not lines or not lines[0].startswith(">"):
        raise ValueError("it begins neither with MOTIF nor with >")
    titles = [line[1:].strip() for line in lines if line.startswith(">")]
    found = motifs.parse(io.StringIO("\n".join(lines)), _form(lines))
    for title, motif in zip(titles, found, strict=True):
        counts = np.array([motif.counts[base] for base in BASES], dtype=np.float64)
        yield _motif(title, counts + PSEUDOCOUNT / len(BASES))


def _form(lines: list[str]) -> str:
    """The name that Biopython has for the form, told from the first motif."""
    later = (i for i, line in enumerate(lines[1:], start=1) if line.startswith(">"))
    first = lines[1 : next(later, len(lines))]
    if first and first[0].lstrip()[0].upper() == "A":
        return "jaspar"
    if len(first) == 4 and len(first[0].split()) != 4:
        return "pfm-four-rows"
    return "pfm-four-columns"


def _motif(title: str, weights: Float[np.ndarray, "bases width"]) -> Motif:
    if weights.shape[1] == 0 or not (weights >= 0).all() or not (weights.sum(0) > 0).all():
        raise ValueError(f"{title} has a position without weights")
    identity, name = _named(title)
    return Motif(identity, name, weights / weights.sum(0))


def _named(title: str) -> tuple[str, str]:
    """Id and name of a title."""
    match = _JASPAR_ID.match(title)
    identity = match[0] if match else title.split(maxsplit=1)[0] if title else ""
    rest = title[len(identity) :].lstrip(" \t_").removeprefix(f"{identity}.").strip()
    return identity, rest or identity


def _refusal(path: Path, wrong: str) -> EnformerLensError:
    return EnformerLensError(
        wrong,
        read=f"the motifs in {path.name}",
        do="Give a MEME file, or counts as JASPAR writes them.",
        example=">MA0035.4 GATA1",
    )
