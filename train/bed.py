"""BED files: rows by contig, merged regions, and the bases of an interval that they cover."""

import gzip
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from jaxtyping import Bool, Int

from enformer.coordinates import Interval
from enformer.errors import DataError, GenomeError
from enformer.genome import Genome

_COMMENT = re.compile(r"#|(?:track|browser)\b")

Regions = Mapping[str, Int[np.ndarray, "regions 2"]]
"""Start and end of disjoint regions of each contig, 0-based, half-open, in order."""


def read_bed(path: Path) -> pd.DataFrame:
    """Contig, start, end (0-based, half-open) and name ("" where there is none) of each row.

    Args:
        path: of the file, plain or compressed with gzip.

    Raises:
        DataError: the file cannot be read, or a row is no region.
    """
    try:
        with (gzip.open if path.suffix == ".gz" else open)(path, "rt") as file:
            lines = [line.rstrip("\n") for line in file]
    except (OSError, UnicodeDecodeError, EOFError) as error:
        raise _refusal(path, f"It cannot be read: {error}.") from error
    rows = [_row(path, line) for line in lines if line.strip() and not _COMMENT.match(line)]
    return pd.DataFrame(rows, columns=["contig", "start", "end", "name"])


def _row(path: Path, line: str) -> tuple[str, int, int, str]:
    contig, start, end, name, *_ = [*line.split("\t" if "\t" in line else None), "", "", "", ""]
    if not (start.isdecimal() and end.isdecimal() and int(start) < int(end)):
        raise _refusal(path, f"{line[:80]!r} is no region.")
    return contig, int(start), int(end), name


def _refusal(path: Path, wrong: str) -> DataError:
    return DataError(
        wrong,
        read=f"the BED file {path}",
        do="Give tab-separated contig, start and end, 0-based and half-open.",
        example="chr8<tab>0<tab>145138636<tab>fold3",
    )


def merged(rows: Iterable[tuple[int, int]]) -> Int[np.ndarray, "regions 2"]:
    """Regions of one contig in order, those that overlap or touch made one."""
    joined: list[list[int]] = []
    for start, end in sorted(rows):
        if joined and start <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([start, end])
    return np.array(joined, np.int64).reshape(-1, 2)


def read_regions(path: Path | None, genome: Genome, around: int = 0) -> Regions:
    """The regions of a BED file under the genome's names; contigs it lacks are left out.

    Args:
        path: of the file, or None for no regions.
        genome: whose contigs count.
        around: bp added on both sides.

    Raises:
        DataError: the file is no BED.
    """
    if path is None:
        return {}
    found: dict[str, list[tuple[int, int]]] = {}
    for contig, rows in read_bed(path).groupby("contig"):
        try:
            name = genome.resolve(str(contig))
        except GenomeError:
            continue
        places = zip(rows["start"] - around, rows["end"] + around, strict=True)
        found.setdefault(name, []).extend((max(0, start), end) for start, end in places)
    return {name: merged(rows) for name, rows in found.items()}


def touches(regions: Regions, interval: Interval) -> bool:
    """Whether an interval shares a base with the regions."""
    return len(_over(regions, interval)) > 0


def covered(regions: Regions, interval: Interval) -> Bool[np.ndarray, " length"]:
    """True at the bases of an interval that lie in the regions."""
    mask = np.zeros(interval.length, bool)
    for start, end in _over(regions, interval) - interval.start:
        mask[max(0, start) : end] = True
    return mask


def _over(regions: Regions, interval: Interval) -> Int[np.ndarray, "some 2"]:
    """The regions that share a base with an interval."""
    rows = regions.get(interval.contig, np.empty((0, 2), np.int64))
    first = np.searchsorted(rows[:, 1], interval.start, side="right")
    return rows[first : np.searchsorted(rows[:, 0], interval.end, side="left")]
