"""Axes, marks and words around the map of one attention head on the page."""

from typing import Any

from app.figures import page
from app.figures.attention_data import AttentionLane, HeadPicture, number
from app.figures.attention_frame import BOTTOM, LEFT, RIGHT, TOP, Sheet, Spec
from app.figures.palette import Theme
from app.figures.ruler import ticks
from app.figures.truth_data import LEGEND
from enformer.coordinates import Interval


def layout_of(sheet: Sheet, colours: Theme) -> Spec:
    """Everything but the traces and the map's picture."""
    return page.base_layout(colours) | _axes(sheet, colours) | {
        "height": TOP + BOTTOM + sheet.height,
        "margin": {"l": LEFT, "r": RIGHT, "t": TOP, "b": BOTTOM},
        "hovermode": "closest",
        "dragmode": "select",
        "newselection": {"line": {"color": colours.accent, "width": 1, "dash": "solid"}},
        "activeselection": {"fillcolor": colours.accent, "opacity": 0.12},
        "shapes": [
            *_washes(sheet, colours), *_lines(sheet, colours), *_gene_bars(sheet, colours),
        ],
        "annotations": _words(sheet, colours),
    }  # fmt: skip


def _axes(sheet: Sheet, colours: Theme) -> Spec:
    picture = sheet.picture
    plain = {"fixedrange": True, "showgrid": False, "zeroline": False}
    across = _ruler(picture.keys, 9, colours) | {"side": "top", "anchor": "free", "position": 1}
    down = _ruler(picture.queries, 9, colours) | {"domain": sheet.map}
    down["range"] = [picture.queries.end, picture.queries.start]
    genes = {"domain": sheet.genes, "range": [-sheet.frame.rows, 0]}
    axes = {
        "xaxis": plain | across,
        "yaxis": plain | genes | {"visible": False, "anchor": "x"},
        "yaxis2": plain | down | {"anchor": "x"},
    }
    for place, lane in enumerate(picture.lanes):
        axes[f"yaxis{place + 3}"] = plain | _values(sheet, place, lane, colours)
    return axes


def _ruler(view: Interval, at_most: int, colours: Theme) -> Spec:
    marks = ticks(view, at_most)
    return {
        "range": [view.start, view.end], "tickmode": "array",
        "tickvals": [tick.x for tick in marks], "ticktext": [tick.label for tick in marks],
        "tickfont": {"size": page.SMALL, "color": colours.muted},
        "ticks": "outside", "ticklen": 4, "tickcolor": colours.muted,
        "showline": True, "linecolor": colours.muted,
    }  # fmt: skip


def _values(sheet: Sheet, place: int, lane: AttentionLane, colours: Theme) -> Spec:
    marks = sheet.picture.lane_ticks(lane)
    return {
        "domain": sheet.lane(place), "range": sheet.picture.lane_range(lane),
        "anchor": "x", "tickmode": "array",
        "tickvals": marks, "ticktext": [number(mark) for mark in marks],
        "tickfont": {"size": page.SMALL, "color": colours.muted},
        "ticks": "outside", "ticklen": 3, "tickcolor": colours.hairline,
        "showline": True, "linecolor": colours.hairline,
        "zeroline": True, "zerolinecolor": colours.hairline, "zerolinewidth": 1,
    }  # fmt: skip


def _washes(sheet: Sheet, colours: Theme) -> list[Spec]:
    """Behind genes and lanes: where nothing is predicted, and where the window has left the contig."""
    fill = {"outside": colours.outside, "padding": colours.padding}
    (bottom, top), (_, genes) = sheet.map, sheet.genes
    return [
        _line("x", mark.start, mark.end, "paper", *ends)
        | {"type": "rect", "layer": "below", "fillcolor": fill[mark.kind], "line": {"width": 0}}
        for mark in sheet.frame.marks if mark.kind in fill
        for ends in ((0, bottom), (top, genes))
    ]  # fmt: skip


def _lines(sheet: Sheet, colours: Theme) -> list[Spec]:
    """Where the target and the variant are, and a frame around what is predicted.

    Lines end at the map: over it they would hide the very row and column that matter.
    """
    picture, (bottom, top) = sheet.picture, sheet.map
    marked = [(h.interval, colours.shades("DNASE").line, "solid") for h in picture.place.highlights]
    if picture.place.variant is not None:
        marked.append((picture.place.variant.interval, colours.accent, "dot"))
    shapes = [_frame(picture.place.region, colours)]
    for part, colour, dash in marked:
        middle = (part.start + part.end) / 2
        look = {"line": {"color": colour, "width": 1.2, "dash": dash}}
        if picture.keys.start <= middle <= picture.keys.end:
            shapes += [_line("x", middle, middle, "paper", *ends) | look
                       for ends in ((0, bottom), (top, sheet.genes[1]))]  # fmt: skip
        if picture.queries.start <= middle <= picture.queries.end:
            thick = {"line": {"color": colour, "width": 2}, "xsizemode": "pixel"}
            shapes += [_line("paper", *ends, "y2", middle, middle) | thick | {"xanchor": anchor}
                       for anchor, ends in ((0, (-10, -1)), (1, (1, 14)))]  # fmt: skip
    return shapes


def _frame(region: Interval, colours: Theme) -> Spec:
    ends = {"x0": region.start, "x1": region.end, "y0": region.start, "y1": region.end}
    line = {"color": colours.muted, "width": 1, "dash": "dash"}
    return {"type": "rect", "xref": "x", "yref": "y2", "line": line} | ends


def _line(xref: str, x0: float, x1: float, yref: str, y0: float, y1: float) -> Spec:
    return {"type": "line", "xref": xref, "yref": yref, "x0": x0, "x1": x1, "y0": y0, "y1": y1}


def _gene_bars(sheet: Sheet, colours: Theme) -> list[Spec]:
    """Genes along the queries, at the right edge of the map."""
    view, found = sheet.picture.queries, []
    for gene in sheet.picture.place.genes:
        part = gene.interval.intersect(view)
        if part is not None:
            found.append({
                "type": "rect", "xref": "paper", "yref": "y2", "xsizemode": "pixel",
                "xanchor": 1, "x0": 3, "x1": 7, "y0": part.start, "y1": part.end,
                "fillcolor": colours.ink, "line": {"color": colours.ink, "width": 1},
            })  # fmt: skip
    return found


def _words(sheet: Sheet, colours: Theme) -> list[Spec]:
    picture = sheet.picture
    small = {"font": {"size": page.SMALL, "color": colours.muted}}
    top = (sheet.height + 54) / sheet.height
    title = f"<b>{picture.name[:1].upper()}{picture.name[1:]}</b> · {picture.keys} · " + (
        f"{picture.place.assembly}"
    )
    words = [
        _text(title, 0, top, xshift=-LEFT + 8, font={"size": 14}),
        _text("Attended to", 0, 1 + 11 / sheet.height, xshift=-LEFT + 8, font={"size": page.SIZE}),
        _text("Attending", 0, sum(sheet.map) / 2, xshift=-LEFT + 18, textangle=-90,
              xanchor="center", font={"size": page.SIZE}),
        _text(_legend(picture), 0, -16 / sheet.height, **small),
        _text("<br>".join(sheet.scale_name), 1, sheet.map[1], xshift=14, yanchor="top",
              font={"size": page.SMALL}),
        *_marks(sheet, colours),
    ]  # fmt: skip
    if not picture.place.trained:
        words.append(page.untrained(colours, y=top, xshift=RIGHT - 36))
    for place, lane in enumerate(picture.lanes):
        more = f", {picture.chosen_name}" if place == 0 else ""
        more += "" if lane.expected is None else " · dotted: its average at that distance"
        words.append(_text(f"<b>{lane.label}</b>{more}", 0,
                           sheet.lane(place)[1] + 9 / sheet.height, xshift=2,
                           font={"size": page.SMALL, "color": colours.ink}))  # fmt: skip
    return words


def _legend(picture: HeadPicture) -> str:
    text = f"A cell: {picture.cells}. Dashed: predicted region."
    truth = picture.place.truth
    return (
        text if truth is None else f"{text} Circles: enhancer × gene in {truth.tissue}, {LEGEND}."
    )


def _marks(sheet: Sheet, colours: Theme) -> list[Spec]:
    look = {"variant": colours.accent, "highlight": colours.shades("DNASE").line}
    return [
        _text(mark.label, mark.middle, 1 - 18 * (mark.row + 0.5) / sheet.height, xref="x",
              xanchor="center",
              font={"size": page.SMALL, "color": look.get(mark.kind, colours.muted)})
        for mark in sheet.frame.marks if mark.label
    ]  # fmt: skip


def _text(text: str, x: float, y: float, **more: Any) -> Spec:
    return {
        "text": text, "x": x, "y": y, "xref": "paper", "yref": "paper", "showarrow": False,
        "xanchor": "left", "yanchor": "middle", "align": "left",
    } | more  # fmt: skip
