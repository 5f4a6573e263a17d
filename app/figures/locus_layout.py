"""Axes, marks and words of the locus figure on the page."""

from collections.abc import Iterable
from typing import Any

from app.figures import locus_frame as at
from app.figures import page
from app.figures.data import LocusPicture, TrackLane
from app.figures.locus_frame import Frame, Spec, axis_key, lane_axis, pointer_axis
from app.figures.palette import Theme
from app.figures.ruler import length_text, ticks

PIXELS_PER_TICK = 80


def layout(frame: Frame, colours: Theme) -> Spec:
    """Everything but the traces."""
    notes = len(frame.picture.notes)
    return page.base_layout(colours) | _axes(frame, colours) | {
        "height": frame.total_height,
        "margin": {"l": at.LEFT, "r": at.RIGHT, "t": at.TOP, "b": at.NOTE * notes + 14},
        "hovermode": "x",
        "hoversubplots": "axis",
        "hoverdistance": -1,
        "dragmode": "select",
        "selectdirection": "h",
        "newselection": {"line": {"color": colours.accent, "width": 1, "dash": "solid"}},
        "activeselection": {"fillcolor": colours.accent, "opacity": 0.12},
        "shapes": [*_washes(frame, colours), *_strip(frame, colours), *_swatches(frame, colours)],
        "annotations": [
            *_head(frame, colours), *_mark_names(frame, colours), *_lane_names(frame, colours),
            *_notes(frame, colours),
        ],
    }  # fmt: skip


def _axes(frame: Frame, colours: Theme) -> Spec:
    picture = frame.picture
    genes_axis = {"domain": frame.gene_domain, "range": [-frame.rows, 0]}
    hidden = {"visible": False, "fixedrange": True, "anchor": "x"}
    lanes = {
        axis_key(lane_axis(place)): _value_axis(frame, place, lane, colours)
        for place, lane in enumerate(picture.lanes)
    }
    return lanes | {
        "xaxis": _ruler(frame, colours),
        "yaxis": hidden | genes_axis,
        axis_key(pointer_axis(picture)): hidden | {"domain": [0, 1], "range": [0, 1]},
    }


def _ruler(frame: Frame, colours: Theme) -> Spec:
    view = frame.picture.view
    marks = ticks(view, max(3, (frame.width - at.LEFT - at.RIGHT) // PIXELS_PER_TICK))
    return {
        "range": [view.start, view.end],
        "fixedrange": True,
        "side": "top",
        "anchor": "free",
        "position": 1,
        "tickmode": "array",
        "tickvals": [tick.x for tick in marks],
        "ticktext": [tick.label for tick in marks],
        "tickfont": {"size": page.SMALL, "color": colours.muted},
        "ticks": "outside",
        "ticklen": 4,
        "tickcolor": colours.muted,
        "showline": True,
        "linecolor": colours.muted,
        "showgrid": False,
        "zeroline": False,
        "showspikes": True,
        "spikemode": "across",
        "spikesnap": "cursor",
        "spikethickness": 1,
        "spikedash": "solid",
        "spikecolor": colours.muted,
    }


def _value_axis(frame: Frame, place: int, lane: TrackLane, colours: Theme) -> Spec:
    bottom, top = frame.picture.value_range(lane)
    return {
        "domain": frame.lane_domain(place),
        "range": [bottom, top],
        "anchor": "x",
        "fixedrange": True,
        "tickmode": "array",
        "tickvals": sorted({bottom, 0.0, top}),
        "ticktext": [f"{value:g}".replace("-", "−") for value in sorted({bottom, 0.0, top})],
        "tickfont": {"size": page.SMALL, "color": colours.muted},
        "ticks": "outside",
        "ticklen": 3,
        "tickcolor": colours.hairline,
        "showline": True,
        "linecolor": colours.hairline,
        "showgrid": False,
        "zeroline": True,
        "zerolinecolor": colours.hairline,
        "zerolinewidth": 1,
    }


def _washes(frame: Frame, colours: Theme) -> list[Spec]:
    fill = {"outside": colours.outside, "padding": colours.padding, "highlight": colours.highlight}
    shapes = []
    for mark in frame.marks:
        if mark.kind == "variant":
            middle = (mark.start + mark.end) / 2
            top = 1 - frame.marks_height / frame.height
            shapes.append(_line(middle, 0, middle, top, colours.accent, x="x", dash="dot"))
        else:
            box = _box("x", mark.start, 0, mark.end, 1, fill[mark.kind])
            shapes.append(box | {"layer": "below"})
    return shapes


def _strip(frame: Frame, colours: Theme) -> list[Spec]:
    """The whole window over the figure's width: padding, predicted region, and what is in view."""
    picture = frame.picture
    low, high = frame.above(at.STRIP_BOTTOM), frame.above(at.STRIP_TOP)
    view = [_share(picture, edge) for edge in (picture.view.start, picture.view.end)]
    parts = [(picture.window, colours.outside), (picture.region, colours.hairline)]
    parts += [(part, colours.padding) for part in picture.padding]
    boxes = [
        _box("paper", _share(picture, part.start), low, _share(picture, part.end), high, fill)
        for part, fill in parts
    ]
    seen = _box("paper", view[0], frame.above(at.STRIP_BOTTOM - 2), view[1],
                frame.above(at.STRIP_TOP + 2), "rgba(0,0,0,0)")  # fmt: skip
    seen["line"] = {"color": colours.accent, "width": 1.5}
    down = [
        _line(share, frame.above(at.STRIP_BOTTOM - 2), corner, frame.above(27), colours.hairline)
        for share, corner in zip(view, (0, 1), strict=True)
    ]
    return [*boxes, seen, *down]


def _share(picture: LocusPicture, edge: int) -> float:
    return (edge - picture.window.start) / picture.window.length


def _swatches(frame: Frame, colours: Theme) -> list[Spec]:
    """A bar in the assay's colour before each name."""
    shapes = []
    for place, lane in enumerate(frame.picture.lanes):
        low, high = frame.lane_domain(place)
        bar = _box("paper", -at.LEFT + 8, low, -at.LEFT + 12, high, colours.shades(lane.kind).fill)
        shapes.append(bar | {"xsizemode": "pixel", "xanchor": 0})
    return shapes


def _box(x: str, x0: float, y0: float, x1: float, y1: float, fill: str) -> Spec:
    return {
        "type": "rect", "xref": x, "yref": "paper", "x0": x0, "x1": x1, "y0": y0, "y1": y1,
        "fillcolor": fill, "line": {"width": 0},
    }  # fmt: skip


def _line(
    x0: float, y0: float, x1: float, y1: float, colour: str, x: str = "paper", dash: str = "solid"
) -> Spec:
    return {
        "type": "line", "xref": x, "yref": "paper", "x0": x0, "x1": x1, "y0": y0, "y1": y1,
        "line": {"color": colour, "width": 1, "dash": dash},
    }  # fmt: skip


def _text(text: str, x: float, y: float, **more: Any) -> Spec:
    return {
        "text": text, "x": x, "y": y, "xref": "paper", "yref": "paper", "showarrow": False,
        "xanchor": "left", "yanchor": "middle", "align": "left",
    } | more  # fmt: skip


def _head(frame: Frame, colours: Theme) -> list[Spec]:
    picture, middle = frame.picture, (at.STRIP_BOTTOM + at.STRIP_TOP) / 2
    title = picture.title or f"{picture.place} · {length_text(picture.place.length)}"
    small = {"font": {"size": page.SMALL, "color": colours.muted}}
    window = f"{picture.window_name}, {length_text(picture.window.length)}"
    texts = [
        _text(f"<b>{title}</b> · {picture.assembly}", 0, frame.above(77), font={"size": 14},
              xshift=8 - at.LEFT),
        _text(window, 0, frame.above(middle), xshift=8 - at.LEFT, **small),
        _text(f"Position on {picture.view.contig}", 0, frame.above(13),
              xshift=8 - at.LEFT, **small),
        _predicted(frame, middle),
    ]  # fmt: skip
    # clear of the camera button
    right = {"xanchor": "right", "align": "right", "xshift": -30}
    if not picture.trained:
        texts.append(_text(f"<b>{page.UNTRAINED}</b>", 1, frame.above(79), **right,
                           font={"color": colours.accent}))  # fmt: skip
    elif any(lane.alternative is not None for lane in picture.lanes):
        texts.append(_text(_alleles(colours), 1, frame.above(77), **right))
    return texts


def _predicted(frame: Frame, y: float) -> Spec:
    region, name = frame.picture.region, frame.picture.region_name
    middle = (_share(frame.picture, region.start) + _share(frame.picture, region.end)) / 2
    label = f"{name}, {length_text(region.length)} = {frame.picture.bins} bins"
    return _text(label, middle, frame.above(y), xanchor="center", font={"size": page.SMALL})


def _alleles(colours: Theme) -> str:
    return f"<span style='color:{colours.reference}'>━ REF</span>   ALT filled"


def _mark_names(frame: Frame, colours: Theme) -> list[Spec]:
    return [
        _text(
            f"<b>{mark.label}</b>" if mark.kind == "variant" else mark.label,
            mark.middle,
            1 - (at.MARK_ROW * (mark.row + 0.5)) / frame.height,
            xref="x",
            xanchor="center",
            font={"size": page.SMALL,
                  "color": colours.accent if mark.kind == "variant" else colours.muted},
        )
        for mark in frame.marks
        if mark.label
    ]  # fmt: skip


def _lane_names(frame: Frame, colours: Theme) -> list[Spec]:
    texts = []
    for place, lane in enumerate(frame.picture.lanes):
        name, unit = frame.name_lines(lane)
        small = f"<span style='font-size:{page.SMALL}px;color:{colours.muted}'>"
        lines = [f"<b>{line}</b>" for line in name] + [f"{small}{line}</span>" for line in unit]
        middle = sum(frame.lane_domain(place)) / 2
        texts.append(_text("<br>".join(lines), 0, middle, xshift=18 - at.LEFT,
                           hovertext=f"{lane.name}<br>{lane.unit}"))  # fmt: skip
    return [*texts, _gene_caption(frame, colours), *_truth_caption(frame, colours)]


def _gene_caption(frame: Frame, colours: Theme) -> Spec:
    hidden = frame.genes.unlabelled
    count = f"<br>{hidden} more without a name" if hidden else ""
    text = (
        f"<b>Genes</b><span style='font-size:{page.SMALL}px;color:{colours.muted}'>{count}</span>"
    )
    return _text(text, 0, frame.row_middle(0, frame.gene_rows), xshift=18 - at.LEFT)


def _truth_caption(frame: Frame, colours: Theme) -> list[Spec]:
    truth = frame.picture.truth
    if truth is None:
        return []
    lines = [f"<b style='color:{colours.truth}'>Planted truth</b>", *_small(colours, truth.caption)]
    middle = frame.row_middle(frame.gene_rows, frame.rows)
    return [_text("<br>".join(lines), 0, middle, xshift=18 - at.LEFT)]


def _small(colours: Theme, lines: Iterable[str]) -> list[str]:
    style = f"font-size:{page.SMALL}px;color:{colours.muted}"
    return [f"<span style='{style}'>{line}</span>" for line in lines]


def _notes(frame: Frame, colours: Theme) -> list[Spec]:
    return [
        _text(note, 0, -(place + 0.5) * at.NOTE / frame.height, xshift=8 - at.LEFT,
              font={"size": page.SMALL, "color": colours.muted})
        for place, note in enumerate(frame.picture.notes)
    ]  # fmt: skip
