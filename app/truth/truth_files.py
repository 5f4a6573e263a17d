"""What was planted as files: elements and links of a contig, and the expectation under the tracks."""

from collections.abc import Callable
from io import StringIO

import numpy as np
import pandas as pd

from app.figures.data import LocusPicture
from app.figures.truth_data import LEGEND
from app.truth import truth_tables

File = tuple[str, str, Callable[[], bytes]]
"""Name, type and maker."""
_TSV = "text/tab-separated-values"


def files(picture: LocusPicture, stem: str) -> dict[str, File]:
    """Files by what they hold; none where no truth is shown.

    Args:
        picture: what is drawn.
        stem: the beginning of every file name.
    """
    if picture.truth is None:
        return {}
    contig = picture.window.contig
    found: dict[str, File] = {
        "Elements": (f"{stem}_truth_elements.tsv", _TSV, lambda: elements_tsv(contig)),
        "Links": (f"{stem}_truth_links.tsv", _TSV, lambda: links_tsv(contig)),
    }
    if any(lane.expected is not None for lane in picture.lanes):
        name = f"{stem}_truth_expected.tsv"
        found["Expectation"] = (name, _TSV, lambda: expected_tsv(picture))
    return found


ABOUT = {
    "Elements": "Promoters, enhancers and insulators of the contig, with their strengths.",
    "Links": "Each enhancer with each gene that it acts on: distance, and CAGE lost in each tissue.",
    "Expectation": "What the grammar expects of the tracks shown, without noise, a row for each bin.",
}


def elements_tsv(contig: str) -> bytes:
    """A row for each element: 0-based half-open place, strength of promoters, of enhancers by tissue."""
    return _tsv(truth_tables.element_table(contig), f"elements of {contig}")


def links_tsv(contig: str) -> bytes:
    """A row for each enhancer and gene of one domain; for each tissue the CAGE events lost without it."""
    return _tsv(truth_tables.link_table(contig), f"links of {contig}, CAGE events lost by tissue")


def expected_tsv(picture: LocusPicture) -> bytes:
    """A row for each bin, a column for each track that the grammar decides; of ALT, too, where known."""
    edges = picture.edges
    columns: dict[str, object] = {
        "contig": picture.window.contig, "start": edges[:-1], "end": edges[1:],
    }  # fmt: skip
    for lane in (lane for lane in picture.lanes if not lane.difference):
        for allele, values in (("", lane.expected), (", ALT", lane.expected_alternative)):
            if values is not None:
                columns[f"{lane.assay_name} {lane.label}{allele}"] = np.round(values, 6)
    return _tsv(pd.DataFrame(columns), f"expectation over {picture.region}")


def _tsv(table: pd.DataFrame, what: str) -> bytes:
    text = StringIO()
    text.write(
        f"# {what}: {LEGEND}\n# genome {truth_tables.identity()}; places are 0-based half-open\n"
    )
    table.to_csv(text, sep="\t", index=False, float_format="%.6g")
    return text.getvalue().encode()
