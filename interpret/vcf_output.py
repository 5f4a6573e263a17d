"""A scored VCF: every record as it came, with what was found in INFO, one value an ALT."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from urllib.parse import quote

import pysam

from interpret.score_output import Layout
from interpret.score_store import Row
from interpret.vcf import Record, VcfFile

_PREFIX = "EL"
_LEFT_OUT = ("record", "contig", "position", "id", "ref", "alt", "alt_number")


@dataclass(frozen=True)
class _Info:
    """A key of INFO, and which of a row's cells it tells."""

    key: str
    kind: str
    about: str
    cell: int

    def __str__(self) -> str:
        about = self.about.replace("\\", "").replace('"', "'")
        return f'##INFO=<ID={self.key},Number=A,Type={self.kind},Description="{about}">'


def write_vcf(
    path: Path,
    source: Path,
    rows: Iterator[Row],
    layout: Layout,
    provenance: Mapping[str, str],
) -> int:
    """Writes the input's header and records, in its order; bgzip, with a tabix index if sorted.

    Args:
        path: to write.
        source: the input, which is read again.
        rows: of the work file.
        layout: of their cells.
        provenance: for the header.

    Returns:
        How many rows were left out because they are no VCF.
    """
    infos = _infos(layout)
    order, left_out = _Order(), 0
    with VcfFile(source) as file, pysam.BGZFile(str(path), "w", None) as out:
        for line in _header(file.header, infos, provenance):
            out.write(f"{line}\n".encode())
        by_record = (list(group) for _, group in groupby(rows, key=lambda row: row.record))
        for record, alleles in zip(file, by_record, strict=True):
            if record.fault:
                left_out += 1
                continue
            order.see(record)
            cells = [layout.cells(row) for row in alleles]
            out.write(f"{_with_info(record.line, infos, cells)}\n".encode(errors="surrogateescape"))
    if order.is_sorted:
        pysam.tabix_index(str(path), preset="vcf", force=True)
    return left_out


def _infos(layout: Layout) -> list[_Info]:
    """The keys, each an allowed name: `EL_SAD_human_12` for the column `SAD:human/12`."""
    named = enumerate(layout.fields)
    return [
        _Info(
            f"{_PREFIX}_{re.sub(r'[^0-9A-Za-z_.]', '_', name)}",
            "Float" if str(kind) == "float" else "String",
            about,
            cell,
        )
        for cell, (name, kind, about) in named
        if name not in _LEFT_OUT
    ]


def _header(
    lines: Sequence[str], infos: Iterable[_Info], provenance: Mapping[str, str]
) -> Iterator[str]:
    """The header as it came, with what is new before its last line."""
    ours = {f"##INFO=<ID={info.key}," for info in infos}
    yield from (line for line in lines[:-1] if not line.startswith(tuple(ours)))
    for name, value in provenance.items():
        yield f"##enformer_lens_{name}={' '.join(value.split())}"
    yield from map(str, infos)
    yield lines[-1]


def _with_info(line: str, infos: Sequence[_Info], alleles: Sequence[Sequence[object]]) -> str:
    columns = line.split("\t")
    columns += ["."] * (8 - len(columns))
    ours = {info.key for info in infos}
    before = [part for part in columns[7].split(";") if part.split("=")[0] not in ours | {".", ""}]
    told = [(info.key, [_value(cells[info.cell]) for cells in alleles]) for info in infos]
    new = [f"{key}={','.join(values)}" for key, values in told if set(values) != {"."}]
    columns[7] = ";".join([*before, *new]) or "."
    return "\t".join(columns)


def _value(cell: object) -> str:
    """A value as INFO may hold it: `.` where there is none, percent signs for what divides fields."""
    if cell is None or cell == "":
        return "."
    if isinstance(cell, float):
        return f"{cell:.9g}"
    return quote(str(cell), safe="/:>()+-.*'?!#|[]{}@<^~`\"$&")


class _Order:
    """Whether records come as tabix wants them: contigs in one piece each, positions ascending.

    Its index ends at 2^29, and begins at 1.
    """

    def __init__(self) -> None:
        self.is_sorted, self._seen, self._last = True, set[str](), ("", 0)

    def see(self, record: Record) -> None:
        """The next record."""
        contig, position = self._last
        self.is_sorted &= 1 <= record.position < 1 << 29
        if record.contig != contig:
            self.is_sorted &= record.contig not in self._seen
            self._seen.add(record.contig)
        else:
            self.is_sorted &= position <= record.position
        self._last = (record.contig, record.position)
