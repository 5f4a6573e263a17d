"""Tracks of two models that measure the same thing, two by two.

What is measured is the assay, its target, the biosample and the strand; among tracks that share them
those of the same species go together, and among these those with the same identifier.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from enformer.assemblies import canonical_assembly
from enformer.checkpoint import Checkpoint
from enformer.tracks import TrackId, TrackTable

SAME = "same assay, target and biosample"
ACROSS = "same assay, target and biosample, other species"
ASSAY = "same assay and target, other biosample"
CHOSEN = "chosen by hand"
_MEASURED = ["assay", "target", "biosample", "strand"]
# Each pass takes what the passes before have left.
_PASSES = (
    (SAME, ["species", "identifier", *_MEASURED]),
    (SAME, ["species", *_MEASURED]),
    (ACROSS, _MEASURED),
)
_SPECIES = {"hg38": "human", "mm10": "mouse"}


@dataclass(frozen=True)
class TrackPair:
    """A track of model A and one of model B.

    Attributes:
        a: of the first.
        b: of the second.
        basis: why they stand together, in words.
    """

    a: TrackId
    b: TrackId
    basis: str = CHOSEN

    def __str__(self) -> str:
        return f"{self.a}:{self.b}"

    @classmethod
    def parse(cls, text: str) -> "TrackPair":
        """Read `human/0:human/24`.

        Raises:
            TrackError: it is no two tracks.
        """
        a, _, b = text.partition(":")
        return cls(TrackId.parse(a), TrackId.parse(b))


def species_of(checkpoint: Checkpoint) -> Mapping[str, str]:
    """The species of each head: by its assembly where that is a known one, else the head's name."""
    names = checkpoint.card.assemblies
    return {
        head: _SPECIES.get(canonical_assembly(names.get(head, "")), head)
        for head in checkpoint.config.heads
    }


def match_tracks(a: Checkpoint, b: Checkpoint) -> tuple[TrackPair, ...]:
    """Every track of A that has a partner in B, in A's order; no track is used twice."""
    ours, theirs = _rows(a), _rows(b)
    found: list[tuple[int, int, str]] = []
    for basis, columns in _PASSES:
        both = _joined(ours, theirs, columns)
        found += [(one, other, basis) for one, other in both]
        ours = ours[~ours["place"].isin([one for one, _ in both])]
        theirs = theirs[~theirs["place"].isin([other for _, other in both])]
    return _pairs(sorted(found), a.tracks, b.tracks)


def match_assays(a: Checkpoint, b: Checkpoint) -> tuple[TrackPair, ...]:
    """One pair for each assay and target that both have, whatever the biosample: the first tracks."""
    kind = ["species", "assay", "target"]
    ours, theirs = (_rows(model).drop_duplicates(kind) for model in (a, b))
    found = [(one, other, ASSAY) for one, other in _joined(ours, theirs, kind)]
    return _pairs(sorted(found), a.tracks, b.tracks)


def unmatched(tracks: TrackTable, taken: Sequence[TrackId]) -> TrackTable:
    """The tracks that are in no pair."""
    known = set(taken)
    return tracks.select(track for track in tracks if track not in known)


def _rows(model: Checkpoint) -> pd.DataFrame:
    """What is compared of each track; upper and lower case make no difference."""
    frame, species = model.tracks.frame, species_of(model)
    rows = frame[["identifier", *_MEASURED]].apply(lambda column: column.str.lower())
    return rows.assign(species=frame["head"].map(dict(species)), place=range(len(frame)))


def _joined(ours: pd.DataFrame, theirs: pd.DataFrame, columns: list[str]) -> list[tuple[int, int]]:
    """Places of rows that agree in the columns: the first with the first, the second with the second."""
    turns = [rows.assign(turn=rows.groupby(columns).cumcount()) for rows in (ours, theirs)]
    left, right = (rows[[*columns, "turn", "place"]] for rows in turns)
    both = left.merge(right, on=[*columns, "turn"], suffixes=("_a", "_b"))
    return list(zip(both["place_a"].tolist(), both["place_b"].tolist(), strict=True))


def _pairs(
    found: Sequence[tuple[int, int, str]], a: TrackTable, b: TrackTable
) -> tuple[TrackPair, ...]:
    return tuple(TrackPair(a.ids[one], b.ids[other], basis) for one, other, basis in found)
