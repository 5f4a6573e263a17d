"""The share of a planted effect that a model shows, against distance."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

EDGES = np.array([1.0, 2.5, 5, 10, 15, 20, 30, 40, 60, 80])
"""Kb."""
COLOURS = ("#0072B2", "#D55E00", "#009E73")
BINS_OF_TARGET = 3


def recovered(links: pd.DataFrame) -> pd.DataFrame:
    """By distance: the slope of predicted over true effect through the origin, its error, and the count.

    Args:
        links: distance in bp, effect (true, of CAGE in all) and knockout (predicted, mean over the target's
            three bins).
    """
    linked = links[links["effect"] < 0]
    bins = np.digitize(linked["distance"].abs() / 1000, EDGES)
    rows = []
    for number in range(1, len(EDGES)):
        part = linked[bins == number]
        if len(part) < 5:
            continue
        true, found = part["effect"].to_numpy(), BINS_OF_TARGET * part["knockout"].to_numpy()
        slope = (true * found).sum() / (true**2).sum()
        error = np.sqrt((((found - slope * true) * true) ** 2).sum()) / (true**2).sum()
        rows.append((np.sqrt(EDGES[number - 1] * EDGES[number]), slope, error, len(part)))
    return pd.DataFrame(rows, columns=["kb", "share", "error", "pairs"])


def draw_distance(models: Mapping[str, pd.DataFrame], path: Path) -> Figure:
    """One line a model, 89 mm wide; written as PNG and SVG, with the numbers as TSV."""
    figure = Figure(figsize=(89 / 25.4, 62 / 25.4), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    axes.axhline(1, color="0.6", linewidth=0.6, linestyle=":")
    axes.axhline(0, color="0.6", linewidth=0.6)
    tables = {name: recovered(links) for name, links in models.items()}
    for (name, table), colour in zip(tables.items(), COLOURS, strict=False):
        axes.errorbar(table["kb"], table["share"], table["error"], label=name, color=colour,
                      marker="o", markersize=3, linewidth=1, elinewidth=0.6)  # fmt: skip
    axes.set_xscale("log")
    axes.set_xticks([1, 2, 5, 10, 20, 40, 80], ["1", "2", "5", "10", "20", "40", "80"])
    axes.minorticks_off()
    axes.set_xlabel("distance from enhancer to promoter (kb)", fontsize=7)
    axes.set_ylabel("share of the planted effect\nrecovered by knock-out", fontsize=7)
    axes.tick_params(labelsize=6)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(fontsize=6, frameon=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path.with_suffix(".png"), dpi=300)
    named = [table.assign(model=name) for name, table in tables.items()]
    pd.concat(named).to_csv(path.with_suffix(".tsv"), sep="\t", index=False, float_format="%.4g")
    return figure
