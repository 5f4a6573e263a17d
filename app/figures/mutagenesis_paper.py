"""A mutagenesis map on paper: the same data as the page, in Matplotlib."""

import textwrap
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from app.figures import logo, motif_data, paper, ramps
from app.figures.locus_sheet import names_width, write_name
from app.figures.logo import BASES
from app.figures.look import PLAIN, Look
from app.figures.motif_data import PlacedName
from app.figures.motif_paper import draw_motifs
from app.figures.mutagenesis_data import MutagenesisPicture, describe
from app.figures.palette import PAPER
from app.figures.ruler import ticks

HEAD, LOGO, GAP, LETTERS, ROW, FOOT = 8.0, 18.0, 1.4, 3.0, 3.6, 8.5
TICKS, RIGHT, BAR = 6.0, 15.0, 1.6
"""Mm, as is everything here that has no other unit."""
MOTIF_ROW = 4.0
MOTIFS_TOP = HEAD + LOGO + GAP
MAP = len(BASES) * ROW


def title(picture: MutagenesisPicture) -> str:
    """Of the document."""
    return f"{picture.title} ({picture.assembly})"


@dataclass(frozen=True)
class _Sheet:
    """Where the parts go, in mm."""

    picture: MutagenesisPicture
    width: float
    look: Look

    @property
    def names(self) -> float:
        return names_width(self.width)

    @property
    def left(self) -> float:
        return self.names + TICKS

    @property
    def across(self) -> float:
        return self.width - self.left - RIGHT

    @cached_property
    def motifs(self) -> tuple[PlacedName, ...]:
        em = self.picture.region.length / self.across * self.look.small * paper.POINT
        return motif_data.placed(self.picture.called or (), self.picture.region, em)

    @property
    def letters_top(self) -> float:
        return MOTIFS_TOP + MOTIF_ROW * motif_data.rows(self.motifs)

    @property
    def map_top(self) -> float:
        return self.letters_top + LETTERS


def laid_out(picture: MutagenesisPicture, width: float, look: Look = PLAIN) -> paper.Drawing:
    """The picture at a width."""
    sheet = _Sheet(picture, width, look)
    notes = textwrap.wrap(picture.words, int(width / (0.5 * look.small * paper.POINT)))
    bottom = sheet.map_top + MAP + FOOT

    def put(page: paper.Page) -> None:
        said = f"{picture.title} ({picture.assembly})"
        said += "" if picture.trained else ", never trained: random weights"
        paper.add_title(page, look, said)
        for draw_part in (_logo, _motifs, _letters, _map, _bar):
            draw_part(page, sheet)
        for place, line in enumerate(notes):
            paper.add_text(page, 1.5, bottom + 2.4 * place, line, size=look.small)
        paper.unmasked(page)

    return paper.Drawing(bottom + 2.4 * len(notes), put, describe(picture))


def _over(figure: paper.Page, sheet: _Sheet, top: float, height: float) -> Axes:
    axes = paper.add_axes(figure, sheet.left, top, sheet.across, height)
    region = sheet.picture.region
    axes.set(xlim=(region.start, region.end), xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    return axes


def _logo(figure: paper.Page, sheet: _Sheet) -> None:
    """One path for each base."""
    picture = sheet.picture
    axes = _over(figure, sheet, HEAD, LOGO)
    axes.set_ylim(*picture.logo_range)
    axes.set_yticks(picture.logo_ticks, [f"{t:.3g}".replace("-", "−") for t in picture.logo_ticks])
    axes.spines["left"].set_visible(True)
    axes.axhline(0, color=PAPER.ink, lw=0.4)
    for base in BASES:
        starts, heights = picture.of_base(base)
        if len(starts):
            path = Path(*logo.paper_path(base, starts, heights))
            axes.add_artist(PathPatch(path, facecolor=PAPER.bases[base], lw=0))
    _name(figure, sheet, HEAD + LOGO / 2, "Importance", "minus the mean change by the other bases")


def _motifs(figure: paper.Page, sheet: _Sheet) -> None:
    """Under the logo what the variant makes and breaks; nothing where it does neither."""
    if not sheet.motifs:
        return
    rows, region = motif_data.rows(sheet.motifs), sheet.picture.region
    axes = _over(figure, sheet, MOTIFS_TOP, MOTIF_ROW * rows)
    axes.set_ylim(-rows, 0)
    draw_motifs(axes, sheet.motifs, (region.start, region.end), sheet.look.small)
    _name(figure, sheet, MOTIFS_TOP + MOTIF_ROW * rows / 2, "Motifs", "")


def _letters(figure: paper.Page, sheet: _Sheet) -> None:
    picture = sheet.picture
    axes = _over(figure, sheet, sheet.letters_top, LETTERS)
    axes.set_ylim(0, 1)
    room = sheet.across / picture.region.length / paper.POINT
    size = min(sheet.look.text, 1.3 * room)
    for place, letter in enumerate(picture.letters):
        axes.text(picture.region.start + place + 0.5, 0.5, letter, size=size, weight="bold",
                  ha="center", va="center", color=PAPER.bases.get(letter, PAPER.muted))  # fmt: skip
    _name(figure, sheet, sheet.letters_top + LETTERS / 2, "Reference", "")


def _map(figure: paper.Page, sheet: _Sheet) -> None:
    picture = sheet.picture
    axes = _over(figure, sheet, sheet.map_top, MAP)
    colours = ListedColormap(ramps.ramp(True, dark=False) / 255)
    start, end, limit = picture.region.start, picture.region.end, picture.limit
    edges = np.arange(start, end + 1), np.arange(len(BASES) + 1)
    axes.pcolormesh(*edges, picture.values.T, cmap=colours, vmin=-limit, vmax=limit, lw=0)
    axes.set_ylim(len(BASES), 0)
    axes.set_yticks([row + 0.5 for row in range(len(BASES))], list(BASES), weight="bold")
    axes.tick_params("y", length=0)
    for label in axes.get_yticklabels():
        label.set_color(PAPER.bases[label.get_text()])
    axes.plot(*picture.reference_cells, ls="", marker="o", ms=1, mew=0, color=PAPER.muted)
    for frame in picture.outlines:
        axes.add_patch(
            Rectangle((frame.start, frame.top), frame.end - frame.start, frame.bottom - frame.top,
                      fill=False, ec=PAPER.accent, lw=1)
        )  # fmt: skip
    if (marked := picture.marked_here) is not None:
        axes.add_patch(Rectangle((marked.start, 0), marked.length, len(BASES), fill=False,
                                 ec=PAPER.shades("DNASE").line, lw=0.8))  # fmt: skip
    marks = ticks(picture.region, max(2, int(sheet.across / 14)))
    axes.set_xticks([tick.x for tick in marks], [tick.label for tick in marks])
    axes.spines["bottom"].set_visible(True)
    axes.set_xlabel(f"Position on {picture.region.contig} (bp, {picture.assembly})", labelpad=1.5)
    framed = "; frame: the variant" if picture.outlines else ""
    framed += "; column: marked" if picture.marked_here else ""
    said = f"ALT − REF of the target; dot: the reference{framed}"
    _name(figure, sheet, sheet.map_top + MAP / 2, "Each base instead", said)


def _bar(figure: paper.Page, sheet: _Sheet) -> None:
    """The colours beside the rows, their unit above."""
    picture, left = sheet.picture, sheet.width - RIGHT
    axes = paper.add_axes(figure, left + 2, sheet.map_top, BAR, MAP)
    shades = ListedColormap(ramps.ramp(True, dark=False) / 255)
    limit = picture.limit
    axes.imshow(
        np.arange(ramps.SHADES)[:, None], cmap=shades, origin="lower", aspect="auto",
        extent=(0, 1, -limit, limit), interpolation="nearest",
    )  # fmt: skip
    axes.spines[:].set_visible(False)
    at = [-limit, 0, limit]
    axes.set_yticks(at, [f"{tick:+.3g}".replace("-", "−") if tick else "0" for tick in at])
    axes.set_xticks([])
    axes.yaxis.tick_right()
    lines = [("ALT − REF", "bold"), *((x, "normal") for x in textwrap.wrap(picture.unit, 14))]
    for place, (line, weight) in enumerate(reversed(lines)):
        y = sheet.map_top - 2.4 - 2.1 * place
        paper.add_text(figure, left + 1, y, line, size=sheet.look.small, weight=weight)


def _name(figure: paper.Page, sheet: _Sheet, y: float, title: str, text: str) -> None:
    look = sheet.look
    letters = int((sheet.names - 3.2) / (0.5 * look.small * paper.POINT))
    lines = [(line, look.small, "normal") for line in textwrap.wrap(text, letters)]
    write_name(figure, y, [(title, look.text, "bold"), *lines])
