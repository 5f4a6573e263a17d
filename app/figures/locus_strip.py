"""The strip over a locus figure that shows the whole window, what is predicted and what is in view."""

from app.figures import locus_frame as at
from app.figures import page
from app.figures.data import LocusPicture
from app.figures.locus_frame import Frame
from app.figures.palette import Theme
from app.figures.ruler import length_text
from app.figures.specs import Spec, box, line, text

LEFT = 8 - at.LEFT
"""Px from the lanes to the words beside the strip."""


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


def words(frame: Frame, colours: Theme) -> list[Spec]:
    """What the strip shows, beside it: in it, words would seem to name the frame around the view."""
    picture = frame.picture
    region = f"{picture.region_name}, {length_text(picture.region.length)} = {picture.bins} bins"
    key = f"<span style='color:{colours.hairline}'>■</span> {region}"
    window = f"{picture.window_name}, {length_text(picture.window.length)}"
    look = {"xshift": LEFT, "font": {"size": page.SMALL, "color": colours.muted}}
    middle = (at.STRIP_BOTTOM + at.STRIP_TOP) / 2
    return [
        text(window, 0, frame.above(middle), **look),
        text(key, 0, frame.above(middle - 16), **look),
    ]


def _edges(picture: LocusPicture) -> tuple[int, int]:
    return picture.view.start, picture.view.end


def share(picture: LocusPicture, edge: int) -> float:
    """Where a position is in the window, from 0 to 1."""
    return (edge - picture.window.start) / picture.window.length
