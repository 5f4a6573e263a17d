"""The locus on paper: the same data as the page, in Matplotlib."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

from app.figures import paper
from app.figures.alt_text import describe
from app.figures.data import LocusPicture
from app.figures.lanes import TrackLane, headings
from app.figures.locus_sheet import (
    FOOT,
    HEADING,
    Sheet,
    finish,
    ground,
    over,
    wrapped,
    write_name,
)
from app.figures.look import PLAIN, Look
from app.figures.palette import PAPER
from app.figures.scale import value_text
from enformer.errors import EnformerLensError

MIN_LANE = 5.0
"""Mm."""


def title(picture: LocusPicture) -> str:
    """Of the document."""
    return f"{picture.place} ({picture.assembly})"


def laid_out(picture: LocusPicture, width: float, look: Look = PLAIN) -> paper.Drawing:
    """The picture at a width.

    Raises:
        EnformerLensError: more tracks than a page holds.
    """
    sheet = _checked(Sheet(picture, width, look))

    def put(page: paper.Page) -> None:
        ground(page, sheet)
        for place, (lane, group) in enumerate(
            zip(picture.lanes, headings(picture.lanes), strict=True)
        ):
            _heading(page, sheet, place, group)
            _lane(page, sheet, place, lane)
        finish(page, sheet)

    return paper.Drawing(sheet.bottom + FOOT, put, describe(picture))


def _checked(sheet: Sheet) -> Sheet:
    if sheet.lane_height < MIN_LANE:
        raise EnformerLensError(
            f"They do not fit on a page {paper.MAX_HEIGHT} mm high.",
            read=f"a figure of {len(sheet.picture.lanes)} tracks",
            do="Choose fewer tracks for paper.",
        )
    return sheet


def _heading(figure: paper.Page, sheet: Sheet, place: int, group: str) -> None:
    """The name of a group over its first lane."""
    if group:
        middle, size = sheet.lane_top(place) - HEADING / 2, sheet.look.text
        line = wrapped(group, size, sheet.names - 1.5, 1)
        paper.add_text(figure, 1.5, middle, " ".join(line), size=size, weight="bold")


def _lane(figure: paper.Page, sheet: Sheet, place: int, lane: TrackLane) -> None:
    picture, top, height = sheet.picture, sheet.lane_top(place), sheet.lane_height
    axes = over(figure, sheet, top, height)
    _steps(axes, sheet, lane)
    (low, high), scale = picture.value_range(lane), picture.scale_of(lane)
    ticks = scale.ticks(low, high)
    axes.set_ylim(scale.of(low), scale.of(high))
    axes.set_yticks([scale.of(value) for value in ticks])
    axes.set_yticklabels([value_text(value) for value in ticks])
    axes.spines["left"].set_visible(True)
    axes.axhline(0, color=PAPER.ink, lw=0.4)
    shades = sheet.look.shades(lane.kind)
    swatch = paper.add_axes(figure, 1.5, top, 0.8, height)
    swatch.set(xticks=[], yticks=[], facecolor=shades.fill)
    swatch.spines[:].set_visible(False)
    write_name(figure, top + height / 2, _lane_name(sheet, lane))


def _lane_name(sheet: Sheet, lane: TrackLane) -> list[tuple[str, float, str]]:
    """Name, then assay with its unit, as many lines as the lane is high."""
    look, column, room = sheet.look, sheet.names - 3.2, max(2, int(sheet.lane_height / 2.3))
    room -= bool(lane.remark) and room > 2
    name = wrapped(lane.label, look.text, column, min(2, room - 1))
    about = f"{lane.assay_name}{sheet.picture.scale_of(lane).name} ({lane.short_unit})"
    unit = wrapped(about, look.small, column, min(2, room - len(name)))
    unit += wrapped(lane.remark, look.small, column, 1)
    return [(line, look.text, "bold") for line in name] + [
        (line, look.small, "normal") for line in unit
    ]


def _steps(axes: Axes, sheet: Sheet, lane: TrackLane) -> None:
    """Exactly what is in view, cut at its ends, so that no clipping mask is needed."""
    picture, shown = sheet.picture, sheet.picture.bins_in_view
    if not shown:
        return
    part, shades = slice(shown.start, shown.stop), sheet.look.shades(lane.kind)
    edges = picture.edges[shown.start : shown.stop + 1]
    edges = np.clip(edges, picture.view.start, picture.view.end)
    scale = picture.scale_of(lane)
    values = scale.of(lane.values[part])
    if lane.alternative is None:
        axes.stairs(values, edges, fill=True, color=shades.fill, lw=0)
        if lane.drawn_expectation is not None:
            expected = scale.of(lane.drawn_expectation[part])
            axes.stairs(expected, edges, color=PAPER.truth, lw=0.5, baseline=None)
        return
    alternative = scale.of(lane.alternative[part])
    pale = tuple(1 - 0.45 * (1 - channel) for channel in to_rgb(shades.fill))
    axes.stairs(alternative, edges, fill=True, color=pale, lw=0)
    axes.stairs(alternative, edges, color=shades.line, lw=0.5, baseline=None)
    axes.stairs(values, edges, color=PAPER.reference, lw=0.5, baseline=None)
