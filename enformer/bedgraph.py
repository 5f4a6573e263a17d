"""Reads bedGraph: contig, start, end and value of intervals, 0-based and half-open."""

import io
import re

import numpy as np
import pandas as pd

from enformer.coverage import BedGraph, Runs
from enformer.errors import TrackError
from enformer.references import bare

EXAMPLE = "chr22\t20000000\t20000128\t3.5"
_HEADER = re.compile(r"\s*(#|track\b|browser\b|$)")
_COLUMNS = ["contig", "start", "end", "value"]


def parse_bedgraph(text: str, name: str) -> BedGraph:
    """The intervals of the content of a file.

    Args:
        text: of the file.
        name: of the file, for messages.

    Raises:
        TrackError: it is no bedGraph, holds several tracks, or gives a base two values.
    """
    try:
        frame = _frame(text)
        names = {contig: bare(contig) for contig in frame["contig"].unique()}
        by_contig = frame.groupby(frame["contig"].map(names), sort=False)
        return BedGraph({str(contig): _runs(rows) for contig, rows in by_contig}, name)
    except (ValueError, pd.errors.ParserError) as wrong:
        raise TrackError(
            f"It is no bedGraph of one track: {str(wrong).strip()}.",
            read=name,
            do="Give contig, start (0-based), end and value, one interval a line.",
            example=EXAMPLE,
        ) from wrong


def _frame(text: str) -> pd.DataFrame:
    """All rows, behind the lines that say how a browser should draw them."""
    head = text[:65_536].splitlines()
    above = next((i for i, line in enumerate(head) if not _HEADER.match(line)), None)
    if above is None:
        raise ValueError("it holds no rows")
    if len(head[above].split()) != len(_COLUMNS):
        raise ValueError(f"{head[above][:60]!r} has not four columns")
    if len(tracks := re.findall(r"^track\b", text, re.MULTILINE)) > 1:
        raise ValueError(f"{len(tracks)} lines begin with 'track'")
    kinds = {"contig": str, "start": np.int64, "end": np.int64, "value": np.float64}
    return pd.read_csv(
        io.StringIO(text), sep=r"\s+", header=None, names=_COLUMNS, skiprows=above, comment="#",
        dtype=kinds, keep_default_na=False,
    )  # type: ignore[call-overload]  # fmt: skip


def _runs(rows: pd.DataFrame) -> Runs:
    rows = rows.sort_values("start", kind="stable")
    starts, ends = rows["start"].to_numpy(), rows["end"].to_numpy()
    wrong = (starts < 0) | (ends <= starts)
    wrong[1:] |= starts[1:] < ends[:-1]
    if wrong.any():
        first = rows.iloc[int(wrong.argmax())]
        raise ValueError(
            f"{first['contig']} {first['start']} {first['end']} is empty, or overlaps the interval before it"
        )
    return starts, ends, rows["value"].to_numpy()
