"""REF and ALT of each track with what changes between them in a lane of its own."""

from dataclasses import replace

from app.figures.data import LocusPicture, TrackLane
from app.figures.scale import Scale

LABEL = "ALT − REF"
LOG_LABEL, LOG_UNIT = "log1p(ALT) − log1p(REF)", "natural log of a ratio"


def with_differences(picture: LocusPicture) -> LocusPicture:
    """The same figure, and under each lane with two alleles a lane of what changes.

    On linear axes that is ALT − REF. On log1p axes it is the difference of the heights above, as what one
    sees between two lines must be what the lane under them says: a log ratio, on a linear axis of its own.
    A plain difference would be as large as in a peak where the lines above nearly meet.
    """
    lanes = (part for lane in picture.lanes for part in _both(lane, picture.scale))
    return replace(picture, lanes=tuple(lanes))


def _both(lane: TrackLane, scale: Scale) -> tuple[TrackLane, ...]:
    if lane.alternative is None:
        return (lane,)
    values = scale.of(lane.alternative) - scale.of(lane.values)
    values.setflags(write=False)
    expected = None
    if lane.expected is not None and lane.expected_alternative is not None:
        expected = scale.of(lane.expected_alternative) - scale.of(lane.expected)
    label = LOG_LABEL if scale.log else LABEL
    changed = replace(
        lane, label=label, name=f"{label} of {lane.name}", values=values, alternative=None,
        unit=LOG_UNIT if scale.log else lane.unit, difference=True, expected=expected,
        expected_alternative=None,
    )  # fmt: skip
    return lane, changed
