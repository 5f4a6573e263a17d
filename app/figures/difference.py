"""REF and ALT of each track with what changes between them in a lane of its own."""

from dataclasses import replace

from app.figures.data import LocusPicture, TrackLane

LABEL = "ALT − REF"


def with_differences(picture: LocusPicture) -> LocusPicture:
    """The same figure, and under each lane with two alleles a lane of ALT − REF."""
    lanes = (part for lane in picture.lanes for part in _both(lane))
    return replace(picture, lanes=tuple(lanes))


def _both(lane: TrackLane) -> tuple[TrackLane, ...]:
    if lane.alternative is None:
        return (lane,)
    values = lane.alternative - lane.values
    values.setflags(write=False)
    expected = None
    if lane.expected is not None and lane.expected_alternative is not None:
        expected = lane.expected_alternative - lane.expected
    changed = replace(
        lane, label=LABEL, name=f"{LABEL} of {lane.name}", values=values, alternative=None,
        difference=True, expected=expected, expected_alternative=None,
    )  # fmt: skip
    return lane, changed
