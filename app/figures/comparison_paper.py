"""Two models on paper: the same data as the page, in Matplotlib."""

from app.figures import locus_paper, paper
from app.figures.comparison_data import ComparisonPicture, describe
from app.figures.locus_sheet import Sheet
from app.figures.look import PLAIN, Look
from app.figures.palette import PAPER


def title(picture: ComparisonPicture) -> str:
    """Of the document."""
    return f"{' and '.join(picture.names)}, {picture.locus.place} ({picture.locus.assembly})"


def laid_out(picture: ComparisonPicture, width: float, look: Look = PLAIN) -> paper.Drawing:
    """The picture at a width.

    Raises:
        EnformerLensError: more tracks than a page holds.
    """
    sheet = Sheet(picture.locus, width, look)
    lanes = locus_paper.laid_out(picture.locus, width, look)
    pale = {"facecolor": PAPER.background, "alpha": 0.8, "edgecolor": "none", "pad": 0.5}

    def put(page: paper.Page) -> None:
        lanes.put(page)
        for pair, said in enumerate(picture.said):
            right, top = sheet.left + sheet.across, sheet.lane_top(2 * pair)
            paper.add_text(page, right, top + 1.1, said, size=look.small, ha="right", bbox=pale)

    return paper.Drawing(lanes.height, put, describe(picture))
