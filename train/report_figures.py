"""The figures of a report: data in, Matplotlib figure out; to be called under `report_style.style()`."""

import textwrap
from collections.abc import Sequence
from itertools import groupby

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from train.density import STEP
from train.gene_scores import GeneScores
from train.head_scores import Example, HeadResult
from train.metrics import VARIANTS
from train.report_style import (
    COUNTS,
    HAIRLINE,
    INK,
    MANY,
    MUTED,
    PAGE,
    SMALL,
    TEXT,
    add_axes,
    add_heading,
    add_text,
    colour,
    new_figure,
    number,
)

LEFT, HEAD, FOOT = 11.0, 6.0, 9.0
"""Mm, as is everything here that has no other unit."""
NAMES, LANE, BETWEEN = 37.0, 7.0, 5.0


# --- Pearson by assay ------------------------------------------------------------------------------


def draw_scores(frame: pd.DataFrame) -> Figure:
    """Variants (a) and (b): a dot per track in a column per head and assay, sorted; a bar at the mean.

    Args:
        frame: head, assay, pearson and pearson_per_sequence by track.
    """
    groups = [(str(h), str(a), part) for (h, a), part in frame.groupby(["head", "assay"])]
    across = min(10.0 + 13.0 * len(groups), (PAGE - 2 * LEFT - 4) / 2)
    figure = new_figure(2 * (LEFT + across) + 4, HEAD + 48 + FOOT)
    columns = {"per_track": "pearson", "per_sequence": "pearson_per_sequence"}
    panels = []
    for place, (variant, column) in enumerate(columns.items()):
        left = LEFT + place * (across + LEFT + 2)
        known = VARIANTS[variant]
        add_heading(figure, left, 0.0, known.title.capitalize(), known.letter)
        panels.append(add_axes(figure, left, HEAD, across, 48.0))
        _columns(panels[-1], groups, column)
    low = min(axes.get_ylim()[0] for axes in panels)
    high = max(axes.get_ylim()[1] for axes in panels)
    for axes in panels:
        axes.set_ylim(low, high)
    return figure


def _columns(axes: Axes, groups: Sequence[tuple[str, str, pd.DataFrame]], column: str) -> None:
    labels = []
    for place, (head, assay, part) in enumerate(groups):
        values = np.sort(part[column].dropna().to_numpy())
        spread = np.linspace(-0.3, 0.3, len(values)) if len(values) > 1 else np.zeros(len(values))
        axes.plot(place + spread, values, "o", ms=2, mew=0, color=colour(assay),
                  zorder=3, rasterized=len(values) > MANY)  # fmt: skip
        if len(values):
            axes.hlines(values.mean(), place - 0.4, place + 0.4, color=INK, lw=1)
        labels.append(f"{head}\n{assay}\nn = {len(values):,}")
    axes.axhline(0, color=HAIRLINE, lw=0.5, zorder=0)
    axes.set_xticks(range(len(groups)), labels)
    axes.tick_params(axis="x", length=0)
    axes.set_xlim(-0.6, len(groups) - 0.4)
    axes.set_ylabel("Pearson r")


# --- all bins --------------------------------------------------------------------------------------


def draw_density(result: HeadResult) -> Figure:
    """Predicted against observed log(1 + x) of all bins, one panel per assay, on one scale of colour."""
    parts = [(str(name), part) for name, part in result.density.groupby("assay")]
    per_row, side = min(len(parts), 4), 32.0
    rows = -(-len(parts) // per_row)
    step, row_height = side + LEFT + 2, HEAD + side + FOOT
    figure = new_figure(per_row * step + 14, rows * row_height)
    norm = LogNorm(1, max(2, result.density["bins"].max()))
    for place, (assay, part) in enumerate(parts):
        down, along = divmod(place, per_row)
        left, top = LEFT + along * step, down * row_height
        add_heading(figure, left, top, f"{result.head} {assay}")
        axes = add_axes(figure, left, top + HEAD, side, side)
        _density(axes, part, norm)
    bar = add_axes(figure, per_row * step + 1, HEAD, 2.0, side)
    figure.colorbar(figure.axes[0].collections[0], cax=bar, label="Bins", format=_count)
    bar.minorticks_off()
    return figure


def _count(value: float, _: int) -> str:
    """A tick of counts, without the small print of powers."""
    return f"{value:,.0f}"


def _density(axes: Axes, part: pd.DataFrame, norm: LogNorm) -> None:
    cells = np.round(part[["predicted", "observed"]].to_numpy() / STEP).astype(int)
    size = int(cells.max()) + 1
    counts = np.zeros((size, size))
    counts[cells[:, 0], cells[:, 1]] = part["bins"]
    edges = np.arange(size + 1) * STEP
    axes.pcolormesh(
        edges, edges, np.ma.masked_equal(counts, 0), cmap=COUNTS, norm=norm, rasterized=True
    )
    _square(axes, size * STEP)


def _square(axes: Axes, limit: float) -> None:
    """The same log(1 + x) along both axes, and the line where prediction and observation are equal."""
    axes.axline((0, 0), slope=1, color=MUTED, lw=0.5, ls=(0, (4, 2)), zorder=0)
    axes.set(xlim=(0, limit), ylim=(0, limit))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(6, integer=True))
    axes.set_xlabel("Observed, log(1 + x)")
    axes.set_ylabel("Predicted, log(1 + x)")


# --- genes -----------------------------------------------------------------------------------------


def draw_genes(head: str, genes: GeneScores) -> Figure:
    """CAGE at the TSS: all genes and samples, variant (c) by sample, variant (d) by gene."""
    side = 46.0
    figure = new_figure(PAGE, HEAD + side + FOOT - 1)
    add_heading(figure, LEFT, 0.0, f"{head} CAGE at the TSS")
    scatter = add_axes(figure, LEFT, HEAD, side, side)
    pairs = _scatter(scatter, genes)
    found = {"across_genes": genes.across_genes, "across_tracks": genes.across_tracks}
    said = f"{len(genes.rows):,} genes × {len(genes.samples):,} samples\n{pairs:,} values"
    scatter.text(0.03, 0.98, said, transform=scatter.transAxes, va="top", size=SMALL)
    for place, (variant, name) in enumerate(
        (("across_genes", "sample"), ("across_tracks", "gene"))
    ):
        known = VARIANTS[variant]
        left = LEFT + side + 24 + place * 58
        add_heading(figure, left, 0.0, known.title[:1].upper() + known.title[1:], known.letter)
        axes = add_axes(figure, left, HEAD, 42.0, side)
        _distribution(axes, found[variant]["pearson"].dropna().to_numpy(), name)
    return figure


def _scatter(axes: Axes, genes: GeneScores) -> int:
    """Points, or hexagons where there would be too many; returns how many values are drawn."""
    x, y = genes.observed[genes.measured], genes.predicted[genes.measured]
    kept = np.isfinite(x) & np.isfinite(y)
    x, y = x[kept], y[kept]
    limit = 1.05 * max(1.0, float(x.max(initial=0)), float(y.max(initial=0)))
    if len(x) > MANY:
        cells = axes.hexbin(x, y, gridsize=45, extent=(0, limit, 0, limit), bins="log",
                            cmap=COUNTS, mincnt=1, lw=0)  # fmt: skip
        bar = axes.inset_axes((1.03, 0.5, 0.035, 0.5))
        axes.figure.colorbar(cells, cax=bar, label="Gene and sample pairs", format=_count)
        bar.minorticks_off()
    else:
        axes.plot(x, y, "o", ms=2, mew=0, color=colour("CAGE"), alpha=0.6, clip_on=False)
    _square(axes, limit)
    return len(x)


def _distribution(axes: Axes, values: np.ndarray, name: str) -> None:
    """How many samples or genes have which r, with the mean."""
    plural = f"{name}s" if len(values) != 1 else name
    axes.hist(values, bins=list(np.linspace(-1, 1, 41)), color=colour("CAGE"), lw=0)
    axes.set(xlim=(-1, 1), xlabel="Pearson r", ylabel=f"{name.capitalize()}s")
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.set_ylim(0, 1.18 * max(1.0, axes.get_ylim()[1]))
    said = f"{len(values):,} {plural}"
    if len(values):
        axes.axvline(values.mean(), ymax=0.86, color=INK, lw=1)
        said = f"mean {number(float(values.mean()))}, {said}"
    axes.text(0.02, 0.98, said, transform=axes.transAxes, va="top", size=SMALL)


# --- examples --------------------------------------------------------------------------------------


def draw_examples(examples: Sequence[Example]) -> Figure:
    """Predicted over observed: a column per window, a pair of lanes per track, one scale for a pair."""
    columns = [list(part) for _, part in groupby(examples, key=lambda example: example.number)]
    rows = len(columns[0])
    across = (PAGE - NAMES - 3 - 8 * (len(columns) - 1)) / len(columns)
    figure = new_figure(PAGE, HEAD + rows * (2 * LANE + BETWEEN) - BETWEEN + FOOT + 1)
    for along, column in enumerate(columns):
        left = NAMES + along * (across + 8)
        for down, example in enumerate(column):
            top = HEAD + 2 + down * (2 * LANE + BETWEEN)
            axes = [add_axes(figure, left, top + i * LANE, across, LANE - 0.6) for i in (0, 1)]
            _pair(axes, example, last=down == rows - 1)
            said = f"r = {number(example.pearson, 2)}"
            add_text(figure, left + across, top - 0.9, said, size=SMALL, ha="right", color=MUTED)
            if along == 0:
                _name(figure, top, example)
        add_text(figure, left, 2.5, str(column[0].region), size=TEXT, weight="bold")
    return figure


def _pair(axes: Sequence[Axes], example: Example, last: bool) -> None:
    region, high = example.region, float(max(example.predicted.max(), example.observed.max(), 1e-6))
    edges = np.linspace(region.start, region.end, len(example.predicted) + 1) / 1e6
    shades = (colour(str(example.track["assay"])), MUTED)
    for lane, values, shade in zip(
        axes, (example.predicted, example.observed), shades, strict=True
    ):
        lane.stairs(values, edges, fill=True, color=shade, lw=0)
        lane.set(xlim=(edges[0], edges[-1]), ylim=(0, high), xticks=[])
        lane.set_yticks([0, high], ["0", f"{high:,.0f}" if high >= 100 else f"{high:.3g}"])
        lane.get_yticklabels()[0].set_verticalalignment("bottom")
        lane.get_yticklabels()[1].set_verticalalignment("top")
    if last:
        axes[1].xaxis.set_major_locator(MaxNLocator(3, min_n_ticks=2))
        axes[1].ticklabel_format(axis="x", useOffset=False)
        axes[1].set_xlabel(f"Position on {region.contig} (Mb)")


def _name(figure: Figure, top: float, example: Example) -> None:
    """Assay and what it was measured in, beside the pair; then which lane is which."""
    assay = str(example.track["assay"])
    _, _, measured = str(example.track["description"]).partition(":")
    heading = f"{assay}, {example.track['identifier']}"
    lines = textwrap.wrap(measured, 26, max_lines=2, placeholder=" …")
    add_text(figure, 1.5, top + 1, heading, size=TEXT, weight="bold")
    for place, line in enumerate(lines):
        add_text(figure, 1.5, top + 3.6 + 2.3 * place, line, size=SMALL)
    for place, line in enumerate(textwrap.wrap(example.unit, 26, max_lines=3, placeholder=" …")):
        add_text(figure, 1.5, top + 8.6 + 2.2 * place, line, size=SMALL, color=MUTED)
    add_text(figure, NAMES - 6.5, top + LANE / 2, "pred.", size=SMALL, ha="right")
    add_text(figure, NAMES - 6.5, top + LANE * 1.5, "obs.", size=SMALL, ha="right")
