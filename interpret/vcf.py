"""Variants from VCF and BCF files, read by htslib; no record is lost, whatever is wrong with it."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

import pysam

from enformer.alleles import shorten
from enformer.assemblies import assembly_marks, only_in_hg19
from enformer.errors import QueryError
from enformer.files import typed_path
from enformer.references import recognise
from interpret.vcf_text import VcfText


@dataclass(frozen=True)
class Record:
    """One row of a VCF.

    Attributes:
        number: from 1, in the order of the file.
        contig: as it stands there; "" where the row cannot be read, as for the following.
        position: 1-based; 0 where it cannot be read.
        name: its ID, or ".".
        ref: as it stands there.
        alts: each ALT as it stands there; (".",) where there is none.
        line: the row as text, without line end.
        fault: why it cannot be read; "" if it can.
    """

    number: int
    contig: str
    position: int
    name: str
    ref: str
    alts: tuple[str, ...]
    line: str
    fault: str = ""


class VcfFile:
    """A VCF (plain, gzip, bgzip) or BCF file; a context in which its records are read once.

    Attributes:
        header: lines, without line ends; the last is `#CHROM`.
        assembly: UCSC name of the assembly that the header tells of, or None.
    """

    def __init__(self, path: str | Path) -> None:
        """Opens it and reads the header.

        Raises:
            QueryError: there is no such file, or it is neither.
        """
        self._path = typed_path(path, QueryError)
        self._stack = ExitStack()
        verbosity = pysam.set_verbosity(0)  # what is wrong is told in the records, not on stderr
        self._stack.callback(pysam.set_verbosity, verbosity)
        try:
            self._text = None if _is_bcf(self._path) else VcfText(self._path)
            self._file = self._opened()
        except (OSError, EOFError, ValueError, zlib.error) as broken:
            self.close()
            raise _unreadable(self._path, broken) from broken
        lines = str(self._file.header).splitlines()
        self.header = tuple(lines) if self._text is None else self._text.header
        self.assembly = _assembly(self._file.header, self.header)

    def _opened(self) -> pysam.VariantFile:
        if self._text is None:
            return self._stack.enter_context(pysam.VariantFile(str(self._path)))
        pipe = self._stack.enter_context(self._text.open())
        return self._stack.enter_context(pysam.VariantFile(pipe))

    def __enter__(self) -> "VcfFile":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file, wherever the reading is."""
        self._stack.close()

    def __iter__(self) -> Iterator[Record]:
        """All records in order; one that htslib refuses is told of, and the reading goes on after it.

        Raises:
            QueryError: the file is cut short.
        """
        for number in count(1):
            try:
                found = next(self._file)
            except StopIteration:
                break
            except OSError as refused:
                yield self._refused(number, refused)
                continue
            line = self._text.rows.popleft() if self._text else str(found).rstrip("\n")
            yield _record(number, found, line)
        if self._text is not None and (fault := self._text.fault()):
            raise _unreadable(self._path, f"it breaks off after record {number - 1:,} ({fault})")

    def _refused(self, number: int, refused: OSError) -> Record:
        if self._text is None or not self._text.rows:  # in BCF nobody knows where the next begins
            raise _unreadable(self._path, f"record {number:,}: {refused}") from refused
        line = self._text.rows.popleft()
        return Record(number, "", 0, ".", "", (".",), line, _fault_of(line))


def _record(number: int, found: pysam.VariantRecord, line: str) -> Record:
    name, ref, alts = found.id or ".", found.ref or ".", found.alts or (".",)
    return Record(number, found.chrom, found.pos, name, ref, tuple(alts), line)


def _fault_of(line: str) -> str:
    """Why htslib does not take a row, in words."""
    cells = line.split("\t")
    if len(cells) < 5:
        why = f"it has {len(cells)} of the 5 columns that say what changes, tabs between them"
    elif not cells[1].isdecimal():
        why = f"its position {cells[1][:40]!r} is no number"
    else:
        why = "htslib refuses it"
    return f"The row cannot be read: {why}. It begins {shorten(line)!r}."


def _assembly(header: pysam.VariantHeader, lines: tuple[str, ...]) -> str | None:
    """By the lengths of chromosomes; else by a name in `##reference`, `##assembly` or `##contig`."""
    contigs = {str(name): contig.length or 0 for name, contig in header.contigs.items()}
    if found := recognise(contigs):
        return found
    if any(map(only_in_hg19, contigs)):
        return "hg19"
    told = (line for line in lines if line.startswith(("##reference", "##assembly", "##contig")))
    return next(chain.from_iterable(map(assembly_marks, told)), None)


def _is_bcf(path: Path) -> bool:
    with path.open("rb") as plain:
        packed = plain.read(2) == b"\x1f\x8b"
    with gzip.open(path, "rb") if packed else path.open("rb") as file:
        return file.read(3) == b"BCF"


def _unreadable(path: Path, why: Exception | str) -> QueryError:
    if isinstance(why, QueryError):
        return why
    if isinstance(why, FileNotFoundError):
        wrong = "There is no such file."
    elif isinstance(why, OSError):
        wrong = f"It cannot be read: {why.strerror or why}."
    elif isinstance(why, ValueError):
        wrong = "htslib cannot read its header: perhaps its columns are not apart by tabs."
    else:
        wrong = f"It cannot be read to its end: {why}."
    return QueryError(
        wrong, read=str(path), do="Give a whole VCF or BCF file, plain or compressed."
    )
