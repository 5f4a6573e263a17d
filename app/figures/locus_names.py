"""The column of names of the locus figure on the page: genes, features, groups and tracks."""

import html
from collections.abc import Iterable

from app.figures import locus_frame as at
from app.figures import page
from app.figures.genes import GeneLayout
from app.figures.lanes import headings
from app.figures.locus_frame import Frame
from app.figures.palette import Theme
from app.figures.specs import Spec, box, line, text

LEFT = 8 - at.LEFT
"""Px from the lanes to the names that stand farthest to the left."""
INDENT = 18 - at.LEFT


def names(frame: Frame, colours: Theme) -> list[Spec]:
    """All of them."""
    return [
        *_tracks(frame, colours), *_headings(frame, colours), *_features(frame, colours),
        _genes(frame, colours), *_truth(frame, colours),
    ]  # fmt: skip


def _tracks(frame: Frame, colours: Theme) -> list[Spec]:
    texts = []
    for place, lane in enumerate(frame.picture.lanes):
        name, about = frame.name_lines(lane)
        lines = [f"<b>{_safe(part)}</b>" for part in name] + _small(colours, about)
        middle = sum(frame.lane_domain(place)) / 2
        said = "<br>".join(_safe(part) for part in (lane.name, lane.unit, lane.remark) if part)
        texts.append(text("<br>".join(lines), 0, middle, xshift=INDENT, hovertext=said))
    return texts


def _headings(frame: Frame, colours: Theme) -> list[Spec]:
    look = {"xshift": LEFT, "font": {"color": colours.muted}}
    return [
        text(f"<b>{group}</b>", 0, frame.heading_middle(place), **look)
        for place, group in enumerate(headings(frame.picture.lanes))
        if group
    ]


def _features(frame: Frame, colours: Theme) -> list[Spec]:
    texts = []
    for place, (lane, laid) in enumerate(zip(frame.picture.features, frame.features, strict=True)):
        name = shortened(lane.label, at.NAME_LETTERS)
        small = _small(colours, [lane.kind, *crowd(laid)] if laid.rows > 1 else [lane.kind])
        middle = sum(frame.feature_domain(place)) / 2
        texts.append(text("<br>".join([f"<b>{_safe(name)}</b>", *small]), 0, middle, xshift=INDENT,
                          hovertext=_safe(lane.name)))  # fmt: skip
    return texts


def shortened(name: str, letters: int) -> str:
    """A name of at most so many letters."""
    return name if len(name) <= letters else f"{name[: letters - 1]}…"


def crowd(laid: GeneLayout) -> list[str]:
    """Says how many have a name that is not written."""
    return [f"{laid.unlabelled:,} more, no room for their names"] if laid.unlabelled else []


def _genes(frame: Frame, colours: Theme) -> Spec:
    lines = ["<b>Genes</b>", *_small(colours, crowd(frame.genes))]
    return text("<br>".join(lines), 0, frame.row_middle(0, frame.gene_rows), xshift=INDENT)


def _truth(frame: Frame, colours: Theme) -> list[Spec]:
    truth = frame.picture.truth
    if truth is None:
        return []
    lines = [f"<b style='color:{colours.truth}'>Planted truth</b>", *_small(colours, truth.caption)]
    middle = frame.row_middle(frame.gene_rows, frame.rows)
    return [text("<br>".join(lines), 0, middle, xshift=INDENT)]


def _small(colours: Theme, lines: Iterable[str]) -> list[str]:
    style = f"font-size:{page.SMALL}px;color:{colours.muted}"
    return [f"<span style='{style}'>{_safe(line)}</span>" for line in lines]


def _safe(words: str) -> str:
    """Words of a file as they are, where Plotly reads tags."""
    return html.escape(words, quote=False)


def bars(frame: Frame, colours: Theme) -> list[Spec]:
    """A bar in the assay's colour before each name, and a line under the name of each group."""
    shapes = []
    for place, (lane, group) in enumerate(
        zip(frame.picture.lanes, headings(frame.picture.lanes), strict=True)
    ):
        low, high = frame.lane_domain(place)
        bar = box("paper", LEFT, low, LEFT + 4, high, colours.shades(lane.kind).fill)
        shapes.append(bar | {"xsizemode": "pixel", "xanchor": 0})
        if group:
            y = high + 3 / frame.height
            shapes.append(line(0, y, 1, y, colours.hairline))
    return shapes
