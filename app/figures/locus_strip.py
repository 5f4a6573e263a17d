"""The strip over a locus figure that shows the whole window, what is predicted and what is in view."""

from itertools import pairwise

from app.figures import locus_frame as at
from app.figures import page
from app.figures.data import LocusPicture
from app.figures.locus_frame import Frame
from app.figures.palette import Theme
from app.figures.ruler import length_text
from app.figures.specs import Spec, box, line, text

LETTER = 0.5
"""Width of a letter of running text in ems, on average."""


def strip(frame: Frame, colours: Theme) -> list[Spec]:
    """The whole window over the figure's width: padding, predicted region, and what is in view."""
    picture = frame.picture
    low, high = frame.above(at.STRIP_BOTTOM), frame.above(at.STRIP_TOP)
    parts = [(picture.window, colours.outside), (picture.region, colours.hairline)]
    parts += [(part, colours.padding) for part in picture.padding]
    boxes = [
        box("paper", share(picture, part.start), low, share(picture, part.end), high, fill)
        for part, fill in parts
    ]
    return [*boxes, *_seen(frame, colours)]


def _seen(frame: Frame, colours: Theme) -> list[Spec]:
    """A frame around what is in view, and lines from it down to the ends of the ruler."""
    view = [share(frame.picture, edge) for edge in _edges(frame.picture)]
    low, high = frame.above(at.STRIP_BOTTOM - 2), frame.above(at.STRIP_TOP + 2)
    seen = box("paper", view[0], low, view[1], high, "rgba(0,0,0,0)")
    seen["line"] = {"color": colours.accent, "width": 1.5}
    down = [
        line(edge, low, corner, frame.above(27), colours.hairline)
        for edge, corner in zip(view, (0, 1), strict=True)
    ]
    return [seen, *down]


def predicted(frame: Frame) -> list[Spec]:
    """The predicted region's name, in the widest part of it that the frame around the view leaves whole.

    As much of it is said as has room there.
    """
    picture, lanes = frame.picture, max(frame.width - at.LEFT - at.RIGHT, 200)
    region = picture.region
    cuts = [edge for edge in _edges(picture) if region.start < edge < region.end]
    ends = [region.start, *cuts, region.end]
    start, end = max(pairwise(ends), key=lambda part: part[1] - part[0])
    room = (end - start) / picture.window.length * lanes
    said = next((s for s in _names(picture) if len(s) * LETTER * page.SMALL < room - 8), "")
    middle = (share(picture, start) + share(picture, end)) / 2
    y = frame.above((at.STRIP_BOTTOM + at.STRIP_TOP) / 2)
    look = {"xanchor": "center", "font": {"size": page.SMALL}}
    return [text(said, middle, y, **look)] if said else []


def _names(picture: LocusPicture) -> tuple[str, ...]:
    """The name with more and with less in it."""
    long, name = length_text(picture.region.length), picture.region_name
    short = name.partition(" ")[0]
    return (f"{name}, {long} = {picture.bins} bins", f"{short}, {long}", short)


def _edges(picture: LocusPicture) -> tuple[int, int]:
    return picture.view.start, picture.view.end


def share(picture: LocusPicture, edge: int) -> float:
    """Where a position is in the window, from 0 to 1."""
    return (edge - picture.window.start) / picture.window.length
