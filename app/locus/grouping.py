"""Tracks in groups: by assay, biosample or head, in the order in which the groups first come."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.figures.data import LocusPicture
from enformer.tracks import TrackId, TrackTable

GROUPS: Mapping[str, str] = {
    "": "None",
    "assay": "Assay",
    "biosample": "Biosample",
    "head": "Head",
}
"""What tracks can be grouped by, as links write it, and as people read it."""
_ASSAYS = {"DNASE": "DNase", "CHIP": "ChIP"}


def names(tracks: Sequence[TrackId], table: TrackTable, by: str) -> list[str]:
    """The group of each track; empty where tracks are not grouped."""
    if by not in GROUPS or not by:
        return [""] * len(tracks)
    found = [str(table.row(track)[by]) for track in tracks]
    return [_ASSAYS.get(name, name) or f"no {by}" for name in found]


def ordered(tracks: Sequence[TrackId], table: TrackTable, by: str) -> tuple[TrackId, ...]:
    """The same tracks with those of a group together; inside a group their order stays."""
    groups = names(tracks, table, by)
    first = {group: place for place, group in reversed(list(enumerate(groups)))}
    pairs = sorted(zip(groups, tracks, strict=True), key=lambda pair: first[pair[0]])
    return tuple(track for _, track in pairs)


def with_groups(
    picture: LocusPicture, tracks: Sequence[TrackId], table: TrackTable, by: str
) -> LocusPicture:
    """The figure with the name of its group on each lane; its lanes are those of `tracks`."""
    pairs = zip(picture.lanes, names(tracks, table, by), strict=True)
    return replace(picture, lanes=tuple(replace(lane, group=group) for lane, group in pairs))
