"""Reads the files that a person brings: coverage, intervals or genes, told apart by content."""

import gzip
import io
import re
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from enformer.bedgraph import parse_bedgraph
from enformer.coordinates import Interval
from enformer.coverage import BigWig, Coverage
from enformer.errors import EnformerLensError, TrackError
from enformer.genes import Gene, GeneIndex
from interpret.elements import Element, parse_elements

Kind = Literal["signal", "intervals", "genes"]
MOST_TEXT = 500_000_000
"""Bytes of a text file, unpacked; it is held in memory."""
_BIGWIG = (b"\x26\xfc\x8f\x88", b"\x88\x8f\xfc\x26")
_BIGBED = (b"\xeb\xf2\x89\x87", b"\x87\x89\xf2\xeb")
_GENES_EXAMPLE = "chr11\t5225463\t5227071\tHBB\t0\t-"


@dataclass(frozen=True, eq=False)
class Features:
    """Intervals or genes of a file.

    Attributes:
        index: all of them; intervals have the strand `.`.
        kind: what they are.
    """

    index: GeneIndex
    kind: Kind

    def over(self, window: Interval) -> tuple[Gene, ...]:
        """Those that share a base with the window, by whatever name its contig has in the file."""
        return tuple(self.index.overlapping(window))

    def __len__(self) -> int:
        return len(self.index.genes)


Content = Coverage | Features
"""What a file holds."""


def kind_of(content: Content) -> Kind:
    """What it is."""
    return content.kind if isinstance(content, Features) else "signal"


def read_file(path: Path) -> Content:
    """Reads a bigWig, bedGraph, BED, BED12, GFF3 or GTF; text plain or gzip.

    Raises:
        EnformerLensError: it is none of these, or damaged.
    """
    try:
        with path.open("rb") as file:
            first = file.read(4)
        if first in _BIGWIG:
            return BigWig.read(path, path.name)
        if first in _BIGBED:
            raise _refusal(path.name, "It is a bigBed.", "Make a BED of it, with bigBedToBed.")
        content = _up_to(path.open, MOST_TEXT, path.name)
        text = _unpacked(content, path.name).decode("utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as broken:
        raise _refusal(path.name, f"It cannot be read: {broken}.") from broken
    return _of_text(path, content, text)


def _of_text(path: Path, content: bytes, text: str) -> Content:
    name, cells = path.name.lower().removesuffix(".gz"), _first_row(text)
    numbers = [cell.isdecimal() for cell in cells]
    if len(cells) >= 9 and numbers[3] and numbers[4]:
        return _genes(path)
    if len(cells) < 3 or not (numbers[1] and numbers[2]):
        raise _refusal(path.name, "It is neither bigWig, bedGraph, BED, BED12, GFF3 nor GTF.")
    if len(cells) == 4 and _is_number(cells[3]) and not name.endswith(".bed"):
        return parse_bedgraph(text, path.name)
    if len(cells) == 12 and _has_blocks(cells):
        return _genes(path)
    return intervals(content, path.name)


def intervals(content: bytes, name: str) -> Features:
    """Intervals of BED, of three columns or more.

    Raises:
        EnformerLensError: it is no BED.
    """
    return Features(GeneIndex(map(_as_region, parse_elements(content, name))), "intervals")


def _as_region(element: Element) -> Gene:
    place = element.interval
    return Gene(element.name, place.contig, place.start, place.end, ".")


def _genes(path: Path) -> Features:
    try:
        return Features(GeneIndex.read(path), "genes")
    except EnformerLensError as wrong:
        raise TrackError(
            wrong.wrong, read=wrong.read, do=wrong.do, example=_GENES_EXAMPLE
        ) from wrong


def _unpacked(content: bytes, name: str) -> bytes:
    if not content.startswith(b"\x1f\x8b"):
        return content
    return _up_to(lambda mode: gzip.open(io.BytesIO(content), mode), MOST_TEXT, name)


def _up_to(opened: Callable[[Any], Any], most: int, name: str) -> bytes:
    """All of a file of at most so many bytes."""
    with opened("rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise _refusal(
            name, f"It has more than {most / 1e6:,.0f} MB of text.",
            "Make a bigWig of it, which is read by window, or cut it to the contig of interest.",
        )  # fmt: skip
    return content


def _first_row(text: str) -> list[str]:
    """Cells of the first line that is no comment and no instruction to a browser."""
    for match in re.finditer(r"[^\r\n]+", text):
        line = match[0]
        if line.strip() and not re.match(r"\s*#|track\b|browser\b", line):
            return line.split("\t" if "\t" in line else None)
    return []


def _has_blocks(cells: Sequence[str]) -> bool:
    """Whether columns ten to twelve are those of BED12."""
    sizes, starts = (cells[i].strip().strip(",").split(",") for i in (10, 11))
    return cells[9].isdecimal() and len(sizes) == len(starts) == int(cells[9])


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _refusal(name: str, wrong: str, do: str = "") -> TrackError:
    return TrackError(
        wrong,
        read=f"the file {name}",
        do=do or "Give one of these; text has tabs between its columns and 0-based starts.",
        example="chr22\t20000000\t20000128\tmy_peak",
    )
