"""What was planted where a scene looks: known on the demo genome, and nowhere else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

import numpy as np
import pandas as pd
from jaxtyping import Float64

from app.asking.scene import Scene
from app.figures.data import LocusPicture, TrackLane
from app.truth.truth_tables import TISSUES, Names, reading_of, sequence_of, truth_on
from enformer.coordinates import Variant
from enformer.planted import FACTORS, HEADS, Reading, planted_tracks, read
from enformer.tracks import TrackId, TrackTable


def is_known(shown: Scene) -> bool:
    """Whether the truth of what is shown is known."""
    return shown.place.genome.assembly == "demo"


def tissue_of(tracks: Sequence[TrackId], table: TrackTable) -> str:
    """The tissue that tracks are mostly about, CAGE first; the first there is for other tracks."""
    rows = sorted((table.row(track) for track in tracks), key=lambda row: row["assay"] != "CAGE")
    words = [str(row["description"]).rpartition(":")[2] for row in rows]
    return next((word for word in words if word in TISSUES), TISSUES[0])


def with_truth(
    picture: LocusPicture,
    tissue: str,
    tracks: Sequence[TrackId] = (),
    table: TrackTable | None = None,
) -> LocusPicture:
    """The same figure with what was planted, and with the expectation of tracks that it decides.

    Args:
        picture: over the demo genome; its lanes are those of `tracks`.
        tissue: whose enhancers act; empty leaves the figure as it is.
        tracks: of the lanes.
        table: of the model.
    """
    if not tissue:
        return picture
    contig = picture.window.contig
    ref = _expected(reading_of(contig), picture, tracks, table)
    alt = _expected(altered(picture.variant), picture, tracks, table) if picture.variant else {}
    lanes = tuple(
        _with_expectation(lane, ref.get(track), alt.get(track))
        for lane, track in zip(picture.lanes, tracks, strict=True)
    )
    return replace(picture, lanes=lanes, truth=truth_on(contig, tissue))


def _with_expectation(lane: TrackLane, ref: np.ndarray | None, alt: np.ndarray | None) -> TrackLane:
    return replace(lane, expected=ref, expected_alternative=alt)


def _expected(
    reading: Reading | None,
    picture: LocusPicture,
    tracks: Sequence[TrackId],
    table: TrackTable | None,
) -> Mapping[TrackId, Float64[np.ndarray, " bins"]]:
    """The noiseless values of those tracks that are planted ones, by the identifier they carry."""
    if reading is None or table is None:
        return {}
    where = {head: _columns(head) for head in {track.head for track in tracks} & set(HEADS)}
    start, found = picture.region.start, {}
    for head, columns in where.items():
        values = reading.expected(head, start, picture.bins, picture.bin_size)
        for track in tracks:
            column = columns.get(str(table.row(track)["identifier"]))
            if track.head == head and column is not None:
                found[track] = values[:, column]
    return found


@cache
def _columns(head: str) -> Mapping[str, int]:
    return {name: place for place, name in enumerate(planted_tracks(head).frame["identifier"])}


# --- a variant ------------------------------------------------------------------------------------


@lru_cache(maxsize=32)
def altered(variant: Variant) -> Reading | None:
    """The contig with a substitution in it; None where bases move, and bins with them."""
    if len(variant.ref) != len(variant.alt):
        return None
    whole = sequence_of(variant.contig)
    return read(whole[: variant.start] + variant.alt + whole[variant.end :])


@dataclass(frozen=True)
class TrueEffect:
    """What a substitution does.

    Attributes:
        broken: sites that it takes, as people read them.
        made: sites that it makes.
        gene: whose CAGE changes most; empty where none does.
        before: expected CAGE events of that gene in the tissue.
        after: the same with ALT.
    """

    broken: tuple[str, ...]
    made: tuple[str, ...]
    gene: str = ""
    before: float = 0.0
    after: float = 0.0

    def __str__(self) -> str:
        done = [f"it {verb} a site of {' and of '.join(sites)}"
                for verb, sites in (("breaks", self.broken), ("makes", self.made)) if sites]  # fmt: skip
        return " and ".join(done) or "it touches no site and changes nothing"


def true_effect(variant: Variant, tissue: str) -> TrueEffect | None:
    """What a variant truly does in a tissue; None for insertions and deletions."""
    after = altered(variant)
    if after is None:
        return None
    before = reading_of(variant.contig)
    here, there = _names_of_sites(variant.contig, before), _names_of_sites(variant.contig, after)
    lost, made = (tuple(one[at] for at in sorted(one.keys() - other.keys()))
                  for one, other in ((here, there), (there, here)))  # fmt: skip
    cage = [pd.Series(reading.cage([tissue])[:, 0], index=reading.promoters["tss"].to_numpy())
            for reading in (before, after)]  # fmt: skip
    change = cage[1].sub(cage[0], fill_value=0.0)
    most = int(change.index.to_numpy()[change.abs().to_numpy().argmax()])
    if abs(change[most]) < 1e-9:
        return TrueEffect(lost, made)
    names = Names.of(variant.contig)
    values = [float(one.get(most, 0.0)) for one in cage]
    return TrueEffect(lost, made, names.gene_at(most), *values)


def _names_of_sites(contig: str, reading: Reading) -> dict[tuple[int, int, bool], str]:
    names, found = Names.of(contig), {}
    for number, start, end, reverse in zip(*(c.tolist() for c in reading.sites), strict=True):
        where = names.element_over(start, end)
        found[(number, start, reverse)] = FACTORS[number].name + (f" in {where}" if where else "")
    return found
