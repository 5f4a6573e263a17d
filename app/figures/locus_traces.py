"""What the locus figure on the page draws in its lanes."""

from functools import partial

import numpy as np
from jaxtyping import Float, Int

from app.figures import page, truth_strokes
from app.figures.data import LocusPicture, TrackLane
from app.figures.gene_strokes import LABEL_Y, Path, strokes
from app.figures.locus_frame import Frame, Spec, lane_axis, pointer_axis
from app.figures.palette import Theme
from enformer.coordinates import Interval

ALT_OPACITY = 0.45


def lane_traces(picture: LocusPicture, colours: Theme) -> list[Spec]:
    """The tracks: filled, or ALT filled under REF as a grey line."""
    traces = []
    for place, lane in enumerate(picture.lanes):
        steps, shades = partial(_steps, picture, lane, lane_axis(place)), colours.shades(lane.kind)
        if lane.alternative is None:
            traces.append(steps(lane.values, shades.line) | _filled(shades.fill))
            traces += _expectation(picture, lane, lane_axis(place), colours)
            continue
        pale = _filled(page.translucent(shades.fill, ALT_OPACITY))
        traces.append(steps(lane.alternative, shades.line, "ALT") | pale)
        traces.append(steps(lane.values, colours.reference, "REF"))
    return traces


def _expectation(picture: LocusPicture, lane: TrackLane, axis: str, colours: Theme) -> list[Spec]:
    if lane.drawn_expectation is None:
        return []
    drawn = _steps(picture, lane, axis, lane.drawn_expectation, colours.truth, "planted")
    return [drawn | {"line": {"shape": "hvh", "width": 1.2, "color": colours.truth}}]


def _filled(colour: str) -> Spec:
    return {"fill": "tozeroy", "fillcolor": colour}


def _steps(
    picture: LocusPicture,
    lane: TrackLane,
    axis: str,
    values: Float[np.ndarray, " bins"],
    colour: str,
    allele: str = "",
) -> Spec:
    """A staircase whose points are the middles of the bins, so that the nearest one is the bin's."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": f"{allele} {lane.name}".strip(),
        "x": middles(picture.edges),
        "y": np.concatenate([values[:1], values, values[-1:]]),
        "yaxis": axis,
        "line": {"shape": "hvh", "width": 1.3 if allele else 1, "color": colour},
        "hoverinfo": "y",
        "hovertemplate": f"{allele} %{{y:.4~g}}<extra></extra>".strip(),
        "hoverlabel": {"bordercolor": colour},
    }


def middles(edges: Int[np.ndarray, " edges"]) -> Int[np.ndarray, " points"]:
    """Middles of the bins between the first and the last edge."""
    return np.concatenate([edges[:1], (edges[:-1] + edges[1:]) // 2, edges[-1:]])


def pointer(frame: Frame) -> Spec:
    """What the pointer says besides the values: position, bin, genes."""
    picture = frame.picture
    size, start = picture.bin_size, picture.window.start
    first, last = (picture.view.start - start) // size, -((start - picture.view.end) // size)
    spans = [Interval(picture.view.contig, start + t * size, start + (t + 1) * size)
             for t in range(first, last)]  # fmt: skip
    return {
        "type": "scatter",
        "mode": "lines",
        "x": np.array([span.center for span in spans], dtype=np.int32),
        "y": np.ones(len(spans), dtype=np.float32),
        "yaxis": pointer_axis(picture),
        "line": {"width": 0},
        "text": [_pointed(picture, span) for span in spans],
        "hoverinfo": "text",
        "hovertemplate": "%{text}<extra></extra>",
    }


def _pointed(picture: LocusPicture, span: Interval) -> str:
    number = (span.start - picture.region.start) // picture.bin_size
    where = f"bin {number}" if 0 <= number < picture.bins else "outside the predicted region"
    names = [g.symbol for g in picture.genes if g.start < span.end and span.start < g.end]
    more = ["…"] if len(names) > 3 else []
    lines = [
        " · ".join([where, *names[:3], *more]),
        *(f"planted: {one}" for one in _planted(picture, span)),
    ]
    return "<br>".join([f"<b>{span}</b>", *lines])


def _planted(picture: LocusPicture, span: Interval) -> list[str]:
    shown = () if picture.truth is None else picture.truth.drawn(picture.view)
    return [
        one.about
        for one in shown
        if one.interval.start < span.end and span.start < one.interval.end
    ]


def gene_traces(frame: Frame, colours: Theme) -> list[Spec]:
    """Bodies, exons, strand marks and names, each kind as one trace."""
    drawn = strokes(frame.genes, frame.picture.view, frame.em)
    return [
        _path(drawn.lines, {"line": {"width": 1, "color": colours.ink}}),
        _path(drawn.crowd, _area(colours.muted) | {"opacity": 0.4}),
        _path(drawn.regions, _area(colours.muted)),
        _path(drawn.exons, _area(colours.ink)),
        _path(drawn.marks, {"line": {"width": 1.2, "color": colours.ink}}),
        _path(drawn.inside, {"line": {"width": 1.2, "color": colours.background}}),
        _gene_names(frame, colours),
        *_truth_traces(frame, colours),
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


def _gene_names(frame: Frame, colours: Theme) -> Spec:
    named = [gene for gene in frame.genes.placed if gene.label]
    return {
        "type": "scatter",
        "mode": "text",
        "x": np.array([gene.anchor for gene in named], dtype=np.float64),
        "y": np.array([LABEL_Y - gene.row for gene in named], dtype=np.float32),
        "yaxis": "y",
        "text": [g.label if g.gene.strand == "." else f"<i>{g.label}</i>" for g in named],
        "textposition": ["middle left" if g.leftwards else "middle right" for g in named],
        "textfont": {"size": page.SIZE, "color": colours.ink},
        "unselected": {"textfont": {"color": colours.ink}},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }
