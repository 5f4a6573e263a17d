"""Files as somebody who measures makes them."""

from collections.abc import Sequence
from pathlib import Path

import pyBigWig


def write_bigwig(
    path: Path,
    runs: Sequence[tuple[int, int, float]],
    contig: str = "chr11",
    length: int = 20_000,
) -> Path:
    """A bigWig of (start, end, value), as its own library writes it."""
    file = pyBigWig.open(str(path), "w")
    file.addHeader([(contig, length)])
    starts, ends, values = zip(*runs, strict=True)
    file.addEntries(
        [contig] * len(runs), list(starts), ends=list(ends), values=list(map(float, values))
    )
    file.close()
    return path
