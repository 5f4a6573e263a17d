"""Genes, features and what was planted, as the figures on the page draw them."""

import html

import numpy as np

from app.figures import page, truth_strokes
from app.figures.gene_strokes import LABEL_Y, Path, strokes
from app.figures.genes import GeneLayout, PlacedGene
from app.figures.locus_frame import Frame, feature_axis
from app.figures.palette import Theme
from app.figures.specs import Spec


def gene_traces(frame: Frame, colours: Theme) -> list[Spec]:
    """The gene lane with what was planted under it, and the lanes of features."""
    features = [
        trace | {"yaxis": feature_axis(frame.picture, place)}
        for place, laid in enumerate(frame.features)
        for trace in _bodies(laid, frame, colours)
    ]
    return [*_bodies(frame.genes, frame, colours), *_truth_traces(frame, colours), *features]


def _bodies(laid: GeneLayout, frame: Frame, colours: Theme) -> list[Spec]:
    """Bodies, exons, strand marks and names, each kind as one trace."""
    drawn = strokes(laid, frame.picture.view, frame.em)
    return [
        _path(drawn.lines, {"line": {"width": 1, "color": colours.ink}}),
        _path(drawn.crowd, _area(colours.muted) | {"opacity": 0.4}),
        _path(drawn.regions, _area(colours.muted)),
        _path(drawn.exons, _area(colours.ink)),
        _path(drawn.marks, {"line": {"width": 1.2, "color": colours.ink}}),
        _path(drawn.inside, {"line": {"width": 1.2, "color": colours.background}}),
        _gene_names(laid, colours),
    ]


def _truth_traces(frame: Frame, colours: Theme) -> list[Spec]:
    """What was planted: arcs from enhancers to genes, elements on a line, names."""
    truth, view = frame.picture.truth, frame.picture.view
    if truth is None:
        return []
    drawn = truth_strokes.strokes(truth, view, frame.em, frame.gene_rows)
    line = {"line": {"width": 1, "color": colours.truth}}
    hollow = line | {"fill": "toself", "fillcolor": colours.background}
    arcs = [
        _path(
            paths, {"line": {"width": 0.8 * kind, "color": page.translucent(colours.truth, 0.55)}}
        )
        for kind, paths in drawn.arcs.items()
    ]
    return [
        *arcs,
        _path([drawn.line], {"line": {"width": 1, "color": colours.hairline}}),
        _path(drawn.walls, {"line": {"width": 2.5, "color": colours.truth}}),
        _path(drawn.hollow, hollow),
        _path([*drawn.filled, *drawn.promoters], _area(colours.truth)),
        _truth_names(drawn, colours),
    ]


def _truth_names(drawn: truth_strokes.TruthStrokes, colours: Theme) -> Spec:
    small = {"size": page.SMALL, "color": colours.truth}
    return {
        "type": "scatter", "mode": "text", "x": [name.x for name in drawn.names],
        "y": [name.y for name in drawn.names], "yaxis": "y",
        "text": [name.text for name in drawn.names], "textposition": "middle center",
        "textfont": small, "unselected": {"textfont": {"color": colours.truth}},
        "hoverinfo": "skip", "cliponaxis": False,
    }  # fmt: skip


def _area(colour: str) -> Spec:
    """Filled, with a line that keeps exons below a pixel visible."""
    return {"fill": "toself", "fillcolor": colour, "line": {"width": 1, "color": colour}}


def _path(parts: list[Path], look: Spec) -> Spec:
    """Strokes as one trace, apart from each other by gaps."""
    gap = [(np.nan, np.nan)]
    points = np.array([point for part in parts for point in (*part, *gap)], dtype=np.float64)
    points = points.reshape(-1, 2)
    return {"type": "scatter", "mode": "lines", "x": points[:, 0], "y": points[:, 1],
            "yaxis": "y", "hoverinfo": "skip"} | look  # fmt: skip


def _gene_names(laid: GeneLayout, colours: Theme) -> Spec:
    named = [gene for gene in laid.placed if gene.label]
    return {
        "type": "scatter",
        "mode": "text",
        "x": np.array([gene.anchor for gene in named], dtype=np.float64),
        "y": np.array([LABEL_Y - gene.row for gene in named], dtype=np.float32),
        "yaxis": "y",
        "text": [_written(gene) for gene in named],
        "textposition": ["middle left" if g.leftwards else "middle right" for g in named],
        "textfont": {"size": page.SIZE, "color": colours.ink},
        "unselected": {"textfont": {"color": colours.ink}},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def _written(placed: PlacedGene) -> str:
    """Names of genes are italic, those of regions are not; tags in the names of a file mean nothing."""
    name = html.escape(placed.label, quote=False)
    return name if placed.gene.strand == "." else f"<i>{name}</i>"
