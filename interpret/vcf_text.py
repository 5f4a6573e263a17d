"""VCF text on its way to htslib: what it needs and files in the wild leave out is filled in.

htslib refuses a whole file that has no `#CHROM` line, and each row that has no INFO. Both are plain to
mend, so the text goes to it through a pipe, and every row stays known as it was written.
"""

import gzip
import os
import zlib
from collections import deque
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from threading import Thread
from typing import BinaryIO

from enformer.errors import QueryError

COLUMNS = ("#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO")
_UNREADABLE = (OSError, EOFError, zlib.error)


class VcfText:
    """The lines of a VCF file, plain, gzip or bgzip.

    Attributes:
        header: lines of the header, mended, without line ends; the last is `#CHROM`.
        rows: rows that htslib has been given and nobody has asked about yet, oldest first.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines = _lines(path)
        self.header, self._first = self._read_header()
        self.rows: deque[str] = deque()
        self._fault: Exception | None = None
        self._feeder: Thread | None = None

    def _read_header(self) -> tuple[tuple[str, ...], str | None]:
        """The mended header, and the row that followed it."""
        header: list[str] = []
        row = None
        for line in self._lines:
            if not line.startswith("#"):
                row = line
                break
            header.append(line)
        if not header:
            raise QueryError(
                "It does not begin with ##fileformat or another header line, so it is no VCF.",
                read=str(self._path),
                do="Give a VCF or BCF file, plain or compressed.",
            )
        if not header[0].startswith("##fileformat="):
            header.insert(0, "##fileformat=VCFv4.2")
        if not header[-1].startswith("#CHROM"):
            header.append("\t".join(COLUMNS))
        return tuple(header), row

    def open(self) -> BinaryIO:
        """The mended text, as a file that can be read once. Close it to stop early."""
        read, write = os.pipe()
        self._feeder = Thread(target=self._feed, args=(write,), daemon=True)
        self._feeder.start()
        return os.fdopen(read, "rb")

    def fault(self) -> str:
        """Asked when the pipe has ended: what broke off the reading of the file, "" if nothing."""
        if self._feeder is not None:
            self._feeder.join()
        if self._fault is None and self.rows:
            return f"htslib stopped before {self.rows[0][:60]!r}"
        return "" if self._fault is None else str(self._fault) or "it breaks off"

    def _feed(self, write: int) -> None:
        """Runs beside the reader, which holds it back when the pipe is full."""
        try:
            with os.fdopen(write, "w", encoding="utf-8", errors="surrogateescape") as pipe:
                pipe.writelines(f"{line}\n" for line in self.header)
                first = [] if self._first is None else [self._first]
                for row in filter(str.strip, chain(first, self._lines)):
                    self.rows.append(row)
                    pipe.write(f"{mended(row)}\n")
        except BrokenPipeError:
            pass  # the reader stopped early
        except _UNREADABLE as broken:
            self._fault = broken


def mended(row: str) -> str:
    """The row with `.` for columns left out at its end, where it has the five that say what changes."""
    missing = len(COLUMNS) - 1 - row.count("\t")
    return row + "\t." * missing if 0 < missing <= 3 else row


def _lines(path: Path) -> Iterator[str]:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    opened = gzip.open if packed else open
    with opened(path, "rt", encoding="utf-8", errors="surrogateescape", newline="\n") as lines:
        for line in lines:
            yield line.rstrip("\r\n")
