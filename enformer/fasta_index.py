"""The index of a FASTA: found or made, and checked against the file that it describes."""

import hashlib
import os
import struct
import tempfile
import warnings
import zlib
from pathlib import Path

from Bio.bgzf import make_virtual_offset
from pyfaidx import BgzfBlock, Faidx, FastaIndexingError, IndexRecord

from enformer.cache import cache_dir
from enformer.errors import GenomeError

_BGZF_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
_CHECKED_CONTIGS = 100

UNREADABLE = (ValueError, OSError, LookupError, RuntimeError, struct.error, zlib.error)
"""What pyfaidx and Biopython raise where a file is damaged."""


class _Block(BgzfBlock):
    """A block that a search for its own first byte finds.

    pyfaidx takes the block before, and Biopython cannot seek to byte 65,536 of a block.
    """

    __slots__ = ()

    def __lt__(self, other: int) -> bool:
        return self.ustart <= other


def open_indexed(path: Path) -> Faidx:
    """Opens a FASTA with its index; makes one where there is none, never changes one that is there.

    Args:
        path: of a FASTA, plain or compressed with bgzip.

    Raises:
        GenomeError: it is missing, no FASTA, no bgzip, cut short, or does not fit its index.
    """
    compressed = _is_bgzip(path)
    fai, gzi = _find_or_make(path, compressed)
    try:
        faidx = _faidx(path, fai, gzi)
    except UNREADABLE as broken:
        raise _misfit(path, fai, f"it cannot be read ({broken})") from broken
    if compressed:
        faidx.gzi_index[:] = [_Block(*block) for block in faidx.gzi_index]
    try:
        wrong = _disagreement(faidx)
    except UNREADABLE as broken:
        wrong = f"reading there fails ({broken})"
    if wrong:
        faidx.close()
        raise _misfit(path, fai, wrong)
    return faidx


def _is_bgzip(path: Path) -> bool:
    """Tells bgzip from plain text, and refuses the rest before pyfaidx goes by the name alone."""
    try:
        with path.open("rb") as file:
            start = file.read(16)
            file.seek(-min(len(_BGZF_END), file.seek(0, os.SEEK_END)), os.SEEK_END)
            end = file.read()
    except OSError as missing:
        raise GenomeError(
            f"It cannot be read: {missing.strerror}.",
            read=f"the genome {str(path)!r}",
            do="Give the path of a FASTA file, or type demo or hg38.",
            example="hg38",
        ) from missing
    compressed, named = start.startswith(b"\x1f\x8b"), path.suffix.lower() in (".gz", ".bgz")
    if compressed and start[12:16] != b"BC\x02\x00":
        raise _refusal(
            path, "It is compressed with gzip, which cannot be read from the middle.",
            f"Compress it with bgzip: gunzip {path.name} && bgzip {path.stem}",
        )  # fmt: skip
    if compressed and end != _BGZF_END:
        raise _refusal(path, "It is cut short: the end mark of bgzip is missing.", "Get it again.")
    if not start:
        raise _refusal(path, "It is empty.", "Get it again.")
    if compressed != named:
        wrong = "Its name and content disagree on compression."
        raise _refusal(path, wrong, "Name bgzip files .fa.gz and plain text .fa.")
    return compressed


def _find_or_make(path: Path, compressed: bool) -> tuple[Path, Path | None]:
    names = [f"{path.name}.fai", f"{path.name}.gzi"][: 1 + compressed]
    folder = path.parent
    if not _all_in(folder, names):
        # An index of which a part is there is not completed: pyfaidx would write over that part.
        if any((folder / name).exists() for name in names) or not os.access(folder, os.W_OK):
            folder = _cache_of(path)
        if not _all_in(folder, names):
            _make(path, folder, names)
    return folder / names[0], folder / names[1] if compressed else None


def _all_in(folder: Path, names: list[str]) -> bool:
    return all((folder / name).exists() for name in names)


def _cache_of(path: Path) -> Path:
    status = path.stat()
    pin = f"{path.resolve()}\n{status.st_size}\n{status.st_mtime_ns}"
    return cache_dir("fasta-index", hashlib.sha256(pin.encode()).hexdigest()[:24])


def _make(path: Path, folder: Path, names: list[str]) -> None:
    try:
        # Made aside and moved: a killed process leaves no half index that looks like a whole one.
        with tempfile.TemporaryDirectory(dir=folder, prefix=".index-") as aside:
            made = [Path(aside, name) for name in names]
            _faidx(path, made[0], made[-1]).close()
            for file in made:
                file.replace(folder / file.name)
    except (FastaIndexingError, *UNREADABLE) as broken:
        raise _refusal(
            path, f"No index of it can be made: {broken}", "Check that it is a FASTA file of DNA."
        ) from broken


def _faidx(path: Path, fai: Path, gzi: Path | None) -> Faidx:
    with warnings.catch_warnings():
        # An index older than its file is no fault in itself: `_disagreement` looks.
        warnings.simplefilter("ignore", RuntimeWarning)
        return Faidx(
            path, indexname=fai, gzi_indexname=gzi, as_raw=True, sequence_always_upper=True,
            rebuild=False,
        )  # fmt: skip


def _disagreement(faidx: Faidx) -> str:
    """What of the index is not so in the file; empty where all is well."""
    names = list(faidx.index)
    if not any(record.rlen for record in faidx.index.values()):
        return "it lists no contig that has bases"
    step = max(1, len(names) // _CHECKED_CONTIGS)
    for name in {*names[::step], names[-1]}:
        record: IndexRecord = faidx.index[name]
        before = _raw(faidx, record.prev_bend, record.offset - record.prev_bend)
        if _header(before) != name:
            return f"{name} does not begin where it says"
    last: IndexRecord = faidx.index[names[-1]]
    if last.rlen and not str(faidx.fetch(names[-1], last.rlen, last.rlen)).isalpha():
        return f"{names[-1]} does not reach its end: the file is cut short"
    if _raw(faidx, last.bend, 64).strip():
        return f"the file goes on after {names[-1]}, the last contig listed"
    return ""


def _header(between: bytes) -> str | None:
    """The name in the last of the lines between two contigs, if the others are empty or comments."""
    *others, last = between.splitlines() or [b""]
    whole = between.endswith(b"\n") and last.startswith(b">")
    if not whole or any(line.strip() and not line.startswith(b";") for line in others):
        return None
    return last[1:].split()[0].decode() if last[1:].strip() else None


def _raw(faidx: Faidx, offset: int, size: int) -> bytes:
    if size <= 0:
        return b""
    if not hasattr(faidx, "gzi_index"):
        faidx.file.seek(offset)
    else:
        block = max((b for b in faidx.gzi_index if b.ustart <= offset), key=lambda b: b.ustart)
        faidx.file.seek(make_virtual_offset(block.cstart, offset - block.ustart))
    return bytes(faidx.file.read(size))  # pyright: ignore[reportArgumentType]: opened as bytes


def _misfit(path: Path, fai: Path, how: str) -> GenomeError:
    return _refusal(
        path, f"It and its index {fai.name} do not belong together: {how}.",
        f"If the file is whole, delete {fai} and open it again; if not, get the file again.",
    )  # fmt: skip


def _refusal(path: Path, wrong: str, do: str) -> GenomeError:
    return GenomeError(wrong, read=f"the FASTA {path.name}", do=do)
