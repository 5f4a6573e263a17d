"""Two models on paper: the same data as the page, in Matplotlib."""

from matplotlib.figure import Figure

from app.figures import locus_paper, paper
from app.figures.comparison_data import ComparisonPicture, describe
from app.figures.locus_sheet import Sheet
from app.figures.palette import PAPER


def render(picture: ComparisonPicture, width_mm: int, form: paper.Format, provenance: str) -> bytes:
    """A file for a paper.

    Args:
        picture: what to show.
        width_mm: 89, 120 or 183.
        form: of the file.
        provenance: JSON that goes inside.

    Raises:
        EnformerLensError: a width that no column has, or more tracks than a page holds.
    """
    title = f"{' and '.join(picture.names)}, {picture.locus.place} ({picture.locus.assembly})"
    return paper.written(
        lambda: draw(picture, width_mm), form, title, describe(picture), provenance
    )


def draw(picture: ComparisonPicture, width_mm: int) -> Figure:
    """The figure itself; to be called under `paper.style()`, see `render`."""
    figure = locus_paper.draw(picture.locus, width_mm)
    sheet = Sheet(picture.locus, width_mm)
    pale = {"facecolor": PAPER.background, "alpha": 0.8, "edgecolor": "none", "pad": 0.5}
    for pair, said in enumerate(picture.said):
        right, top = sheet.left + sheet.across, sheet.lane_top(2 * pair)
        paper.add_text(figure, right, top + 1.1, said, size=paper.SMALL, ha="right", bbox=pale)
    return figure
