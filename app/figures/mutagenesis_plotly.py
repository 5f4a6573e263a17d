"""A mutagenesis map on the page, in Plotly: positions, logo, the reference's letters, substitutions."""

import textwrap
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from app.figures import locus_frame as at
from app.figures import logo, motif_data, page, ramps
from app.figures.locus_frame import Spec
from app.figures.logo import BASES
from app.figures.motif_data import PlacedName
from app.figures.motif_plotly import motif_axis, motif_traces
from app.figures.mutagenesis_data import MutagenesisPicture
from app.figures.palette import Theme
from app.figures.ruler import length_text, ticks
from app.figures.specs import box

RIGHT, TOP, NOTE = 112, 62, 18
LOGO, GAP, LETTERS, ROW = 120, 10, 24, 34
"""Px."""
MOTIF_ROW = 24
PIXELS_PER_TICK = 90
LOGO_AXIS, LETTERS_AXIS, MOTIFS_AXIS = "y2", "y3", "y4"


@dataclass(frozen=True)
class _Sheet:
    """Where the parts go, in px from the top of the logo.

    Attributes:
        motifs: under the logo, in their rows.
    """

    motifs: tuple[PlacedName, ...]

    @classmethod
    def of(cls, picture: MutagenesisPicture, across: int) -> "_Sheet":
        em = picture.region.length / max(across, 200) * page.SIZE
        return cls(motif_data.placed(picture.called or (), picture.region, em))

    @property
    def rows(self) -> int:
        return motif_data.rows(self.motifs)

    @property
    def letters(self) -> int:
        """Where the reference's letters begin, under the motifs."""
        return LOGO + GAP + MOTIF_ROW * self.rows

    @property
    def map(self) -> int:
        """Where the rows of bases begin."""
        return self.letters + LETTERS

    @property
    def height(self) -> int:
        """Of everything."""
        return self.map + len(BASES) * ROW

    def domain(self, top: float, bottom: float) -> list[float]:
        """A stretch as Plotly wants it."""
        return [1 - bottom / self.height, 1 - top / self.height]


def mutagenesis_figure(
    picture: MutagenesisPicture, *, dark: bool = False, width: int = 760
) -> go.Figure:
    """Draw a map for the page.

    Args:
        picture: what to show.
        dark: for a dark page.
        width: px the figure will have at least; ticks and letters fit from there on.
    """
    colours, across = page.theme(dark), width - at.LEFT - RIGHT
    sheet = _Sheet.of(picture, across)
    traces = [
        _map(picture, colours, dark), _dots(picture, colours), _letters(picture, colours, across),
        _pointer(picture), _cells(picture),
    ]  # fmt: skip
    traces += motif_traces(sheet.motifs, MOTIFS_AXIS, colours) if sheet.rows else []
    return go.Figure({"data": traces, "layout": _layout(picture, sheet, colours, across)})


def _layout(picture: MutagenesisPicture, sheet: _Sheet, colours: Theme, across: int) -> Spec:
    named = sheet.domain(LOGO + GAP, sheet.letters)
    motifs = {"yaxis4": motif_axis(named, sheet.rows)} if sheet.rows else {}
    return motifs | page.base_layout(colours) | {
        "height": TOP + sheet.height + NOTE + 10,
        "margin": {"l": at.LEFT, "r": RIGHT, "t": TOP, "b": NOTE + 10},
        "hovermode": "closest", "hoverdistance": -1, "clickmode": "event+select", "dragmode": False,
        "xaxis": _ruler(picture, colours, across),
        "yaxis": _rows(sheet, colours),
        "yaxis2": _logo_axis(picture, sheet, colours),
        "yaxis3": {"domain": sheet.domain(sheet.letters, sheet.map), "range": [0, 1], "visible": False,
                   "fixedrange": True, "anchor": "x"},
        "shapes": [*_logo(picture, colours), *_mark(picture, colours), *_frames(picture, colours)],
        "annotations": [*_head(picture, sheet, colours), *_names(picture, sheet, colours)],
    }  # fmt: skip


def _ruler(picture: MutagenesisPicture, colours: Theme, across: int) -> Spec:
    marks = ticks(picture.region, max(2, across // PIXELS_PER_TICK))
    return {
        "range": [picture.region.start, picture.region.end], "fixedrange": True, "side": "top",
        "anchor": "free", "position": 1, "tickmode": "array",
        "tickvals": [tick.x for tick in marks], "ticktext": [tick.label for tick in marks],
        "tickfont": {"size": page.SMALL, "color": colours.muted}, "ticks": "outside", "ticklen": 4,
        "tickcolor": colours.muted, "showline": True, "linecolor": colours.muted,
        "showgrid": False, "zeroline": False,
    }  # fmt: skip


def _rows(sheet: _Sheet, colours: Theme) -> Spec:
    """Rows of bases, A on top."""
    names = [f"<b><span style='color:{colours.bases[base]}'>{base}</span></b>" for base in BASES]
    return {
        "domain": sheet.domain(sheet.map, sheet.height), "range": [len(BASES), 0], "fixedrange": True,
        "anchor": "x", "tickmode": "array", "tickvals": [row + 0.5 for row in range(len(BASES))],
        "ticktext": names, "tickfont": {"size": page.SIZE + 1}, "ticks": "", "ticklabelstandoff": 4,
        "showgrid": False, "zeroline": False,
    }  # fmt: skip


def _logo_axis(picture: MutagenesisPicture, sheet: _Sheet, colours: Theme) -> Spec:
    return {
        "domain": sheet.domain(0, LOGO), "range": list(picture.logo_range), "fixedrange": True,
        "anchor": "x", "tickmode": "array", "tickvals": picture.logo_ticks,
        "ticktext": [f"{tick:.3g}".replace("-", "−") for tick in picture.logo_ticks],
        "tickfont": {"size": page.SMALL, "color": colours.muted}, "ticks": "outside", "ticklen": 3,
        "tickcolor": colours.hairline, "showline": True, "linecolor": colours.hairline,
        "showgrid": False, "zeroline": True, "zerolinecolor": colours.muted, "zerolinewidth": 1,
    }  # fmt: skip


def _map(picture: MutagenesisPicture, colours: Theme, dark: bool) -> Spec:
    limit, columns = picture.limit, range(picture.region.length)
    return {
        "type": "heatmap", "x": np.arange(picture.region.start, picture.region.end + 1),
        "y": np.arange(len(BASES) + 1), "z": picture.values.T.astype(np.float32),
        "zmin": -limit, "zmax": limit, "colorscale": ramps.css(ramps.ramp(True, dark)),
        "xgap": 1, "ygap": 1, "colorbar": _bar(limit, colours),
        "text": [[picture.told(column, base) for column in columns] for base in BASES],
        "hovertemplate": "%{text}<extra></extra>",
    }  # fmt: skip


def _bar(limit: float, colours: Theme) -> Spec:
    """Beside the rows."""
    at_ticks = [-limit, -limit / 2, 0, limit / 2, limit]
    labels = [f"{tick:+.3g}".replace("-", "−") if tick else "0" for tick in at_ticks]
    return {
        "lenmode": "pixels", "len": len(BASES) * ROW, "y": 0, "yanchor": "bottom", "ypad": 0,
        "x": 1, "xpad": 12, "thickness": 12, "outlinewidth": 0,
        "tickmode": "array", "tickvals": at_ticks, "ticktext": labels,
        "tickfont": {"size": page.SMALL, "color": colours.muted},
        "ticks": "outside", "ticklen": 3, "tickcolor": colours.hairline,
    }  # fmt: skip


def _dots(picture: MutagenesisPicture, colours: Theme) -> Spec:
    """One on each cell of the base that is there."""
    x, y = picture.reference_cells
    return {
        "type": "scatter", "mode": "markers", "x": x, "y": y, "hoverinfo": "skip",
        "marker": {"size": 4, "color": colours.muted},
    }  # fmt: skip


def _letters(picture: MutagenesisPicture, colours: Theme, across: int) -> Spec:
    """The sequence, one letter a column."""
    size = int(min(page.SIZE + 2, max(7, 1.3 * across / picture.region.length)))
    return {
        "type": "scatter", "mode": "text", "yaxis": LETTERS_AXIS, "hoverinfo": "skip",
        "x": picture.positions - 0.5, "y": np.full(len(picture.letters), 0.5, dtype=np.float32),
        "text": [f"<b>{letter}</b>" for letter in picture.letters],
        "textfont": {"size": size,
                     "color": [colours.bases.get(b, colours.muted) for b in picture.letters]},
    }  # fmt: skip


def _pointer(picture: MutagenesisPicture) -> Spec:
    """Letters of a logo say nothing to the pointer; points at their ends do."""
    told = [
        f"{picture.region.contig}:{place:,} {letter}<br>importance {value:.3g}".replace("-", "−")
        for place, letter, value in zip(
            picture.positions, picture.letters, picture.importance, strict=True
        )
    ]
    return {
        "type": "scatter", "yaxis": LOGO_AXIS, "x": picture.positions - 0.5,
        "y": picture.importance.astype(np.float32), "text": told,
        "hovertemplate": "%{text}<extra></extra>",
    } | page.clickable(picture.positions - 1)  # fmt: skip


def _cells(picture: MutagenesisPicture) -> Spec:
    """The middle of each cell: it is what a click chooses, which a heatmap does not tell."""
    columns, rows = (each.ravel() for each in np.indices((picture.region.length, len(BASES))))
    starts = picture.region.start + columns
    told = [
        picture.told(int(column), BASES[row]) for column, row in zip(columns, rows, strict=True)
    ]
    return {
        "type": "scatter", "x": starts + 0.5, "y": rows + 0.5, "text": told,
        "hovertemplate": "%{text}<extra></extra>",
    } | page.clickable(starts)  # fmt: skip


def _mark(picture: MutagenesisPicture, colours: Theme) -> list[Spec]:
    """A frame from top to bottom around the columns that are pointed out."""
    here = picture.marked_here
    if here is None:
        return []
    wash = box("x", here.start, 0, here.end, 1, colours.highlight) | {"layer": "below"}
    edge = {"line": {"width": 1.5, "color": colours.shades("DNASE").line}}
    return [wash, box("x", here.start, 0, here.end, 1, "rgba(0,0,0,0)") | edge]


def _logo(picture: MutagenesisPicture, colours: Theme) -> list[Spec]:
    found = {base: picture.of_base(base) for base in BASES}
    return [
        {"type": "path", "path": logo.svg_path(base, starts, heights), "xref": "x",
         "yref": LOGO_AXIS, "fillcolor": colours.bases[base], "line": {"width": 0}}
        for base, (starts, heights) in found.items() if len(starts)
    ]  # fmt: skip


def _frames(picture: MutagenesisPicture, colours: Theme) -> list[Spec]:
    return [
        {"type": "rect" if frame.end > frame.start else "line", "xref": "x", "yref": "y",
         "x0": frame.start, "x1": frame.end, "y0": frame.top, "y1": frame.bottom,
         "line": {"color": colours.accent, "width": 2.5}}
        for frame in picture.outlines
    ]  # fmt: skip


def _head(picture: MutagenesisPicture, sheet: _Sheet, colours: Theme) -> list[Spec]:
    title = f"<b>{picture.title} · {length_text(picture.region.length)}</b> · {picture.assembly}"
    small = {"size": page.SMALL, "color": colours.muted}
    found = [
        _text(title, 1 + 46 / sheet.height, font={"size": 14}, xshift=8 - at.LEFT),
        _text(f"Position on {picture.region.contig}", 1 + 13 / sheet.height, font=small),
        _text(picture.words, -NOTE / 2 / sheet.height, font=small, xshift=8 - at.LEFT),
    ]
    if not picture.trained:
        found.append(page.untrained(colours, y=1 + 46 / sheet.height, xshift=RIGHT - 36))
    return found


def _names(picture: MutagenesisPicture, sheet: _Sheet, colours: Theme) -> list[Spec]:
    """What each part is, in the column on the left; the unit above the colour bar."""
    small = f"<span style='font-size:{page.SMALL}px;color:{colours.muted}'>"

    def name(title: str, lines: list[str], top: float, bottom: float) -> Spec:
        text = "<br>".join([f"<b>{title}</b>", *(f"{small}{line}</span>" for line in lines)])
        return _text(text, sum(sheet.domain(top, bottom)) / 2)

    framed = [] if picture.variant is None or not picture.outlines else ["frame: the variant"]
    framed += ["long frame: marked"] if picture.marked_here else []
    hollow = ["hollow: lost with ALT"] if sheet.rows > 1 else []
    motifs = [name("Motifs", hollow, LOGO + GAP, sheet.letters)] if sheet.rows else []
    unit = "<br>".join(textwrap.wrap(picture.unit, 16))
    return [
        name("Importance", ["minus the mean change by", "the three other bases"], 0, LOGO),
        *motifs,
        name("Reference", [], sheet.letters, sheet.map),
        name("Each base instead", ["ALT − REF of the target", "dot: the reference", *framed],
             sheet.map, sheet.height),
        _text(f"<b>ALT − REF</b><br>{small}{unit}</span>", 1 - (sheet.map - 14) / sheet.height, x=1,
              xshift=12, yanchor="bottom"),
    ]  # fmt: skip


def _text(text: str, y: float, **more: Any) -> Spec:
    return {
        "text": text, "x": 0, "y": y, "xref": "paper", "yref": "paper", "showarrow": False,
        "xanchor": "left", "yanchor": "middle", "align": "left", "xshift": 18 - at.LEFT,
    } | more  # fmt: skip
