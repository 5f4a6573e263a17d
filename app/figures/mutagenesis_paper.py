"""A mutagenesis map on paper: the same data as the page, in Matplotlib."""

import textwrap

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from app.figures import logo, motif_data, paper, ramps
from app.figures.locus_sheet import NAMES, check_width, write_name
from app.figures.logo import BASES
from app.figures.motif_data import PlacedName
from app.figures.motif_paper import draw_motifs
from app.figures.mutagenesis_data import MutagenesisPicture, describe
from app.figures.palette import PAPER
from app.figures.ruler import ticks

HEAD, LOGO, GAP, LETTERS, ROW, FOOT = 8.0, 18.0, 1.4, 3.0, 3.6, 8.5
TICKS, RIGHT, BAR = 6.0, 15.0, 1.6
"""Mm, as is everything here that has no other unit."""
MOTIF_ROW = 4.0
MAP = len(BASES) * ROW


def render(
    picture: MutagenesisPicture, width_mm: int, form: paper.Format, provenance: str
) -> bytes:
    """A file for a paper.

    Args:
        picture: what to show.
        width_mm: 89, 120 or 183.
        form: of the file.
        provenance: JSON that goes inside.

    Raises:
        EnformerLensError: a width that no column has.
    """
    with paper.style():
        title = f"{picture.title} ({picture.assembly})"
        figure = draw(picture, width_mm)
        return paper.encode(
            figure, form, title=title, text=describe(picture), provenance=provenance
        )


def draw(picture: MutagenesisPicture, width_mm: int) -> Figure:
    """The figure itself; to be called under `paper.style()`, see `render`."""
    check_width(width_mm)
    letters = int(width_mm / (0.5 * paper.SMALL * paper.POINT))
    notes = textwrap.wrap(picture.words, letters)
    motifs = _placed(picture, width_mm)
    letters_top = HEAD + LOGO + GAP + MOTIF_ROW * motif_data.rows(motifs)
    map_top = letters_top + LETTERS
    bottom = map_top + MAP + FOOT
    figure = paper.new_figure(width_mm, bottom + 2.4 * len(notes))
    said = f"{picture.title} ({picture.assembly})"
    said += "" if picture.trained else ", never trained: random weights"
    paper.add_text(figure, 1.5, 2.4, said, size=paper.TITLE, weight="bold")
    _logo(figure, picture, width_mm)
    _motifs(figure, picture, width_mm, motifs)
    _letters(figure, picture, width_mm, letters_top)
    _map(figure, picture, width_mm, map_top)
    _bar(figure, picture, width_mm, map_top)
    for place, line in enumerate(notes):
        paper.add_text(figure, 1.5, bottom + 2.4 * place, line, size=paper.SMALL)
    for artist in figure.findobj():
        artist.set_clip_on(False)
    return figure


def _over(
    figure: Figure, picture: MutagenesisPicture, width: int, top: float, height: float
) -> Axes:
    left = NAMES[width] + TICKS
    axes = paper.add_axes(figure, left, top, width - left - RIGHT, height)
    axes.set(xlim=(picture.region.start, picture.region.end), xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    return axes


def _logo(figure: Figure, picture: MutagenesisPicture, width: int) -> None:
    """One path for each base."""
    axes = _over(figure, picture, width, HEAD, LOGO)
    axes.set_ylim(*picture.logo_range)
    axes.set_yticks(picture.logo_ticks, [f"{t:.3g}".replace("-", "−") for t in picture.logo_ticks])
    axes.spines["left"].set_visible(True)
    axes.axhline(0, color=PAPER.ink, lw=0.4)
    for base in BASES:
        starts, heights = picture.of_base(base)
        if len(starts):
            path = Path(*logo.paper_path(base, starts, heights))
            axes.add_artist(PathPatch(path, facecolor=PAPER.bases[base], lw=0))
    _name(figure, width, HEAD + LOGO / 2, "Importance", "minus the mean change by the other bases")


def _placed(picture: MutagenesisPicture, width: int) -> tuple[PlacedName, ...]:
    across = width - NAMES[width] - TICKS - RIGHT
    em = picture.region.length / across * paper.SMALL * paper.POINT
    return motif_data.placed(picture.called or (), picture.region, em)


def _motifs(
    figure: Figure, picture: MutagenesisPicture, width: int, motifs: tuple[PlacedName, ...]
) -> None:
    """Under the logo what the variant makes and breaks; nothing where it does neither."""
    if not motifs:
        return
    rows = motif_data.rows(motifs)
    axes = _over(figure, picture, width, HEAD + LOGO + GAP, MOTIF_ROW * rows)
    axes.set_ylim(-rows, 0)
    draw_motifs(axes, motifs, (picture.region.start, picture.region.end))
    _name(figure, width, HEAD + LOGO + GAP + MOTIF_ROW * rows / 2, "Motifs", "")


def _letters(figure: Figure, picture: MutagenesisPicture, width: int, top: float) -> None:
    axes = _over(figure, picture, width, top, LETTERS)
    axes.set_ylim(0, 1)
    room = (width - NAMES[width] - TICKS - RIGHT) / picture.region.length / paper.POINT
    size = min(paper.TEXT, 1.3 * room)
    for place, letter in enumerate(picture.letters):
        axes.text(picture.region.start + place + 0.5, 0.5, letter, size=size, weight="bold",
                  ha="center", va="center", color=PAPER.bases.get(letter, PAPER.muted))  # fmt: skip
    _name(figure, width, top + LETTERS / 2, "Reference", "")


def _map(figure: Figure, picture: MutagenesisPicture, width: int, top: float) -> None:
    axes = _over(figure, picture, width, top, MAP)
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
    across = width - NAMES[width] - TICKS - RIGHT
    marks = ticks(picture.region, max(2, int(across / 14)))
    axes.set_xticks([tick.x for tick in marks], [tick.label for tick in marks])
    axes.spines["bottom"].set_visible(True)
    axes.set_xlabel(f"Position on {picture.region.contig} (bp, {picture.assembly})", labelpad=1.5)
    framed = "; frame: the variant" if picture.outlines else ""
    said = f"ALT − REF of the target; dot: the reference{framed}"
    _name(figure, width, top + MAP / 2, "Each base instead", said)


def _bar(figure: Figure, picture: MutagenesisPicture, width: int, top: float) -> None:
    """The colours beside the rows, their unit above."""
    axes = paper.add_axes(figure, width - RIGHT + 2, top, BAR, MAP)
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
        y = top - 2.4 - 2.1 * place
        paper.add_text(figure, width - RIGHT + 1, y, line, size=paper.SMALL, weight=weight)


def _name(figure: Figure, width: int, y: float, title: str, text: str) -> None:
    letters = int((NAMES[width] - 3.2) / (0.5 * paper.SMALL * paper.POINT))
    lines = [(line, paper.SMALL, "normal") for line in textwrap.wrap(text, letters)]
    write_name(figure, y, [(title, paper.TEXT, "bold"), *lines])
