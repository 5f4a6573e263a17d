"""Candidate elements: stretches of DNA that may act on a target, such as those of a BED file."""

import csv
import gzip
import io
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from enformer.assemblies import only_in_hg19
from enformer.coordinates import Interval
from enformer.errors import EnformerLensError
from enformer.files import typed_path
from enformer.references import bare


@dataclass(frozen=True)
class Element:
    """A stretch that may act on a target.

    Attributes:
        interval: its bases.
        name: what people call it; empty where nobody said.
        score: of its source, such as the fifth column of BED or the height of a peak.
    """

    interval: Interval
    name: str = ""
    score: float | None = None

    @property
    def label(self) -> str:
        """Its name, or where it lies."""
        return self.name or str(self.interval)


Region = Element | Interval | tuple[int, int]
"""What a method takes for an element; a pair of numbers is start and stop in the window, from 0."""


def as_element(region: Region, window: Interval) -> Element:
    """A region as an element, with the window's name of the contig."""
    if isinstance(region, tuple):
        start, stop = region
        region = Interval(window.contig, window.start + start, window.start + stop)
    element = region if isinstance(region, Element) else Element(region)
    place = element.interval
    if bare(place.contig) != bare(window.contig):
        return element
    return Element(Interval(window.contig, place.start, place.end), element.name, element.score)


def read_elements(path: str | Path) -> tuple[Element, ...]:
    """Elements of a BED file, of 3 to 12 columns or with more as narrowPeak; plain or gzip.

    Raises:
        EnformerLensError: it cannot be read, or is no BED of a supported assembly.
    """
    path = typed_path(path, EnformerLensError)
    try:
        content = path.read_bytes()
    except OSError as broken:
        raise _refusal(path.name, f"It cannot be read: {broken}.") from broken
    return parse_elements(content, path.name)


def parse_elements(content: bytes, name: str) -> tuple[Element, ...]:
    """The same of the content of a file; `name` is for the message.

    Raises:
        EnformerLensError: it is no BED of a supported assembly.
    """
    try:
        lines = [line for line in _text(content).splitlines() if not _is_header(line)]
        frame = _columns(lines)
        return tuple(_element(row) for row in frame.itertuples(index=False, name=None))
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as broken:
        raise _refusal(name, f"It cannot be read: {broken}.") from broken
    except (ValueError, pd.errors.ParserError) as wrong:
        raise _refusal(name, f"It is no BED: {str(wrong).strip()}.") from wrong


def _text(content: bytes) -> str:
    content = gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content
    return content.decode("utf-8-sig")  # Windows may put a mark first


def _is_header(line: str) -> bool:
    """An empty line, a comment, `track name=...` or `browser position ...`."""
    first = next(iter(line.split()), "#")
    return first.startswith("#") or first in ("track", "browser")


def _columns(lines: Sequence[str]) -> pd.DataFrame:
    """Contig, start, end, name and score as text, empty where there is no such column."""
    if not lines:
        raise ValueError("it holds no rows")
    tabs = "\t" in lines[0]
    width = max(5, len(lines[0].split("\t" if tabs else None)))
    frame = pd.read_csv(
        io.StringIO("\n".join(lines)),
        sep="\t" if tabs else r"\s+",
        header=None,
        names=range(width),
        dtype=str,
        keep_default_na=False,
        quoting=csv.QUOTE_NONE,
    )
    return frame[[0, 1, 2, 3, 4]].fillna("")


def _element(row: tuple[str, str, str, str, str]) -> Element:
    contig, start, end, name, score = row
    where = f"{contig} {start} {end}"[:80]
    if not (contig and start.isdecimal() and end.isdecimal() and int(start) < int(end) < 10**12):
        raise ValueError(f"a row begins {where!r}, not with contig, start and a later end")
    if only_in_hg19(contig):
        raise ValueError(f"{contig} is of hg19 (GRCh37), whose positions differ from hg38")
    try:
        number = float(score) if score not in ("", ".") else None
    except ValueError as wrong:
        raise ValueError(f"the score of {where} is {score[:20]!r}") from wrong
    return Element(Interval(contig, int(start), int(end)), "" if name == "." else name, number)


def _refusal(name: str, wrong: str) -> EnformerLensError:
    return EnformerLensError(
        wrong,
        read=f"the elements in {name}",
        do="Give BED: contig, start (0-based), end, and if you like name and score.",
        example="chr11\t5280547\t5281017\tHS2",
    )
