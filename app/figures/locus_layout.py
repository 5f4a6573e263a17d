"""Axes, marks and words of the locus figure on the page."""

from app.figures import locus_frame as at
from app.figures import page
from app.figures.lanes import TrackLane
from app.figures.locus_frame import Frame, axis_key, feature_axis, lane_axis, pointer_axis
from app.figures.locus_names import LEFT, bars, names
from app.figures.locus_strip import strip, words
from app.figures.palette import Theme
from app.figures.ruler import length_text, ticks
from app.figures.scale import value_text
from app.figures.specs import Spec, box, line, text

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
        "shapes": [*_washes(frame, colours), *strip(frame, colours), *bars(frame, colours)],
        "annotations": [
            *_head(frame, colours), *_mark_names(frame, colours), *names(frame, colours),
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
    features = {
        axis_key(feature_axis(picture, place)): hidden
        | {"domain": frame.feature_domain(place), "range": [-max(laid.rows, 1), 0]}
        for place, laid in enumerate(frame.features)
    }
    return (
        lanes
        | features
        | {
            "xaxis": _ruler(frame, colours),
            "yaxis": hidden | genes_axis,
            axis_key(pointer_axis(picture)): hidden | {"domain": [0, 1], "range": [0, 1]},
        }
    )


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
    (bottom, top), scale = frame.picture.value_range(lane), frame.picture.scale_of(lane)
    values = scale.ticks(bottom, top)
    return {
        "domain": frame.lane_domain(place),
        "range": [scale.of(bottom), scale.of(top)],
        "anchor": "x",
        "fixedrange": True,
        "tickmode": "array",
        "tickvals": [scale.of(value) for value in values],
        "ticktext": [value_text(value) for value in values],
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
            shapes.append(line(middle, 0, middle, top, colours.accent, x="x", dash="dot"))
        else:
            wash = box("x", mark.start, 0, mark.end, 1, fill[mark.kind])
            shapes.append(wash | {"layer": "below"})
            if mark.is_line(frame.em):
                middle = (mark.start + mark.end) / 2
                edge = line(middle, 0, middle, 1, colours.shades("DNASE").line, x="x")
                shapes.append(edge | {"layer": "below"})
    return shapes


def _head(frame: Frame, colours: Theme) -> list[Spec]:
    picture = frame.picture
    title = picture.title or f"{picture.place} · {length_text(picture.place.length)}"
    small = {"font": {"size": page.SMALL, "color": colours.muted}, "xshift": LEFT}
    texts = [
        text(f"<b>{title}</b> · {picture.assembly}", 0, frame.above(77), font={"size": 14},
             xshift=LEFT),
        text(f"Position on {picture.view.contig}", 0, frame.above(13), **small),
        *words(frame, colours),
    ]  # fmt: skip
    # clear of the camera button
    right = {"xanchor": "right", "align": "right", "xshift": -30}
    if not picture.trained:
        texts.append(text(f"<b>{page.UNTRAINED}</b>", 1, frame.above(79), **right,
                          font={"color": colours.accent}))  # fmt: skip
    elif any(lane.alternative is not None for lane in picture.lanes):
        texts.append(text(_alleles(colours), 1, frame.above(77), **right))
    return texts


def _alleles(colours: Theme) -> str:
    return f"<span style='color:{colours.reference}'>━ REF</span>   ALT filled"


def _mark_names(frame: Frame, colours: Theme) -> list[Spec]:
    return [
        text(
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


def _notes(frame: Frame, colours: Theme) -> list[Spec]:
    return [
        text(note, 0, -(place + 0.5) * at.NOTE / frame.height, xshift=LEFT,
             font={"size": page.SMALL, "color": colours.muted})
        for place, note in enumerate(frame.picture.notes)
    ]  # fmt: skip
