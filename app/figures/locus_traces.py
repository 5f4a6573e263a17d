"""What the locus figure on the page draws in its lanes."""

import html
from collections import defaultdict
from functools import partial

import numpy as np
from jaxtyping import Float, Int

from app.figures import page
from app.figures.data import LocusPicture
from app.figures.lanes import TrackLane
from app.figures.locus_frame import Frame, lane_axis, pointer_axis
from app.figures.palette import Theme
from app.figures.specs import Spec
from enformer.coordinates import Interval

ALT_OPACITY = 0.45
MOST_NAMES = 3
"""Names of genes, and of intervals, that the pointer tells at once."""


def lane_traces(picture: LocusPicture, colours: Theme) -> list[Spec]:
    """The tracks: filled, or ALT filled under REF as a grey line."""
    traces = []
    for place, lane in enumerate(picture.lanes):
        steps, shades = partial(_steps, picture, lane, lane_axis(place)), colours.shades(lane.kind)
        if lane.alternative is None:
            measured = "observed" if lane.observed else ""
            traces.append(steps(lane.values, shades.line, measured) | _filled(shades.fill))
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
    points = np.concatenate([values[:1], values, values[-1:]])
    heights = picture.scale_of(lane).of(points)
    told = {} if heights is points else {"customdata": points}
    said = "customdata" if told else "y"
    return {
        "type": "scatter",
        "mode": "lines",
        "name": f"{allele} {lane.name}".strip(),
        "x": middles(picture.edges),
        "y": heights,
        "yaxis": axis,
        "line": {"shape": "hvh", "width": 1.3 if allele in ("REF", "ALT") else 1, "color": colour},
        "hoverinfo": "y",
        "hovertemplate": f"{allele} %{{{said}:.4~g}}<extra></extra>".strip(),
        "hoverlabel": {"bordercolor": colour},
    } | told


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
    named = _named(picture)
    return {
        "type": "scatter",
        "mode": "lines",
        "x": np.array([span.center for span in spans], dtype=np.int32),
        "y": np.ones(len(spans), dtype=np.float32),
        "yaxis": pointer_axis(picture),
        "line": {"width": 0},
        "text": [_pointed(picture, span, named.get(span.start, [])) for span in spans],
        "hoverinfo": "text",
        "hovertemplate": "%{text}<extra></extra>",
    }


def _named(picture: LocusPicture) -> dict[int, list[str]]:
    """Names of intervals of files over each bin in view, by the bin's start."""
    size, start, view = picture.bin_size, picture.window.start, picture.view
    found: dict[int, list[str]] = defaultdict(list)
    for lane in picture.features:
        for gene in (gene for gene in lane.genes if gene.symbol):
            low, high = max(gene.start, view.start), min(gene.end, view.end)
            for place in range((low - start) // size, -((start - high) // size)):
                found[start + place * size].append(f"{lane.label}: {gene.symbol}")
    return found


def _pointed(picture: LocusPicture, span: Interval, features: list[str]) -> str:
    number = (span.start - picture.region.start) // picture.bin_size
    where = f"bin {number}" if 0 <= number < picture.bins else "outside the predicted region"
    names = [g.symbol for g in picture.genes if g.start < span.end and span.start < g.end]
    more = ["…"] if len(names) > MOST_NAMES else []
    lines = [
        " · ".join([where, *names[:MOST_NAMES], *more]),
        *(f"planted: {one}" for one in _planted(picture, span)),
        *(html.escape(name, quote=False) for name in features[:MOST_NAMES]),
    ]
    return "<br>".join([f"<b>{span}</b>", *lines])


def _planted(picture: LocusPicture, span: Interval) -> list[str]:
    shown = () if picture.truth is None else picture.truth.drawn(picture.view)
    return [
        one.about
        for one in shown
        if one.interval.start < span.end and span.start < one.interval.end
    ]
