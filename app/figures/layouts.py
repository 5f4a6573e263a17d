"""Every kind of picture on paper: how it is laid out, what its document is called, its file."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from matplotlib.figure import Figure

from app.figures import (
    arc_paper,
    attention_paper,
    comparison_paper,
    contribution_paper,
    evidence_paper,
    locus_paper,
    mutagenesis_paper,
    paper,
    scatter_paper,
)
from app.figures.arc_data import ArcPicture
from app.figures.attention_data import AtlasPicture, HeadPicture
from app.figures.comparison_data import ComparisonPicture
from app.figures.contribution_data import ContributionPicture
from app.figures.data import LocusPicture
from app.figures.evidence_data import EvidencePicture
from app.figures.locus_sheet import check_width
from app.figures.look import PLAIN, Look
from app.figures.mutagenesis_data import MutagenesisPicture
from app.figures.scatter_data import ScatterPicture

Picture = (
    LocusPicture | ContributionPicture | HeadPicture | AtlasPicture | MutagenesisPicture
    | ArcPicture | EvidencePicture | ComparisonPicture | ScatterPicture
)  # fmt: skip


class _Kind(NamedTuple):
    laid_out: Callable[[Any, float, Look], paper.Drawing]
    title: Callable[[Any], str]


_KINDS: Mapping[type, _Kind] = {
    LocusPicture: _Kind(locus_paper.laid_out, locus_paper.title),
    ContributionPicture: _Kind(contribution_paper.laid_out, contribution_paper.title),
    HeadPicture: _Kind(attention_paper.laid_out_head, attention_paper.title_head),
    AtlasPicture: _Kind(attention_paper.laid_out_atlas, attention_paper.title_atlas),
    ArcPicture: _Kind(arc_paper.laid_out, arc_paper.title),
    MutagenesisPicture: _Kind(mutagenesis_paper.laid_out, mutagenesis_paper.title),
    EvidencePicture: _Kind(evidence_paper.laid_out, evidence_paper.title),
    ComparisonPicture: _Kind(comparison_paper.laid_out, comparison_paper.title),
    ScatterPicture: _Kind(scatter_paper.laid_out, scatter_paper.title),
}


def laid_out(picture: Picture, width: float, look: Look = PLAIN) -> paper.Drawing:
    """The picture at a width in mm.

    Raises:
        EnformerLensError: more tracks or elements than a page holds.
    """
    return _KINDS[type(picture)].laid_out(picture, width, look)


def draw(picture: Picture, width_mm: int) -> Figure:
    """The figure itself; to be called under `paper.style()`, see `render`.

    Raises:
        EnformerLensError: as `render`.
    """
    check_width(width_mm)
    return paper.alone(laid_out(picture, width_mm), width_mm)


def render(picture: Picture, width_mm: int, form: paper.Format, provenance: str) -> bytes:
    """A file for a paper.

    Args:
        picture: what to show.
        width_mm: 89, 120 or 183.
        form: of the file.
        provenance: JSON that goes inside.

    Raises:
        EnformerLensError: a width that no column has, or more tracks or elements than a page holds.
    """
    check_width(width_mm)
    drawing = laid_out(picture, width_mm)
    return paper.written(
        lambda: paper.alone(drawing, width_mm), form, _KINDS[type(picture)].title(picture),
        drawing.text, provenance,
    )  # fmt: skip
