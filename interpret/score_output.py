"""Files of scored variants: Parquet and TSV have a row for each ALT, VCF the records as they came.

Each is written beside its place and renamed when whole. Rows are streamed from the work file.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from enformer.errors import EnformerLensError
from interpret.score_columns import Columns
from interpret.score_store import Row

_GIVEN = (
    ("record", pa.int64(), "number of the record in the input, from 1"),
    ("contig", pa.string(), "as in the input"),
    ("position", pa.int64(), "as in the input, 1-based"),
    ("id", pa.string(), "as in the input"),
    ("ref", pa.string(), "as in the input"),
    ("alt", pa.string(), "as in the input, one of the record's ALTs"),
    ("alt_number", pa.int32(), "which of the record's ALTs, from 1"),
    ("status", pa.string(), "scored, or a word for why not"),
    ("reason", pa.string(), "why it is not scored"),
    ("variant", pa.string(), "what was scored: trimmed and left-aligned, 1-based"),
    ("window", pa.string(), "the model's input, 1-based inclusive"),
)
_GROUP = 10_000  # rows that are in memory at once


@dataclass(frozen=True, eq=False)
class Layout:
    """How rows of the work file become rows of a table.

    Attributes:
        columns: of scores.
        window_length: bp.
    """

    columns: Columns
    window_length: int

    @property
    def fields(self) -> tuple[tuple[str, pa.DataType, str], ...]:
        """Name, type and meaning of each column."""
        scores: list[tuple[str, pa.DataType, str]] = []
        for column in self.columns.described:
            if column.is_track:
                scores.append((column.name, pa.string(), column.about))
                scores.append((f"{column.name}_name", pa.string(), "what that track measures"))
            else:
                scores.append((column.name, pa.float32(), column.about))
        return (*_GIVEN, *scores)

    def cells(self, row: Row) -> list[Any]:
        """One allele's values, None where there is none."""
        return [
            *(row.record, row.contig, row.position, row.name, row.ref, row.alt, row.number),
            *(row.status, row.reason, None if row.variant is None else row.variant.key),
            self._window(row),
            *self._scores(row),
        ]

    def _window(self, row: Row) -> str | None:
        if row.variant is None or row.start is None:
            return None
        return f"{row.variant.contig}:{row.start + 1}-{row.start + self.window_length}"

    def _scores(self, row: Row) -> Iterator[Any]:
        described = self.columns.described
        numbers = row.numbers.tolist() or [math.nan] * len(described)
        for column, number in zip(described, numbers, strict=True):
            if not column.is_track:
                yield None if math.isnan(number) else number
            elif not number >= 0:
                yield from (None, None)
            else:
                track = self.columns.tracks.ids[int(number)]
                yield from (str(track), str(self.columns.names[int(number)]))


def kind_of(path: Path) -> str:
    """`parquet`, `tsv` or `vcf`, by the ending.

    Raises:
        EnformerLensError: it is another.
    """
    endings = {".parquet": "parquet", ".tsv": "tsv", ".vcf.gz": "vcf"}
    for ending, kind in endings.items():
        if path.name.endswith(ending) and path.name != ending:
            return kind
    raise EnformerLensError(
        "Its ending says which file to write.",
        read=f"the output {path.name!r}",
        do=f"End it with {', '.join(endings)}.",
        example="effects.parquet",
    )


def write_tsv(
    path: Path, rows: Iterator[Row], layout: Layout, provenance: Mapping[str, str]
) -> None:
    """Tab-separated text: `# key: value` lines, the columns with their meaning, names, then rows."""
    fields = layout.fields
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"# {name}: {_line(value)}\n" for name, value in provenance.items())
        file.writelines(f"# column {name}: {_line(about)}\n" for name, _, about in fields)
        file.write("\t".join(name for name, _, _ in fields) + "\n")
        for row in rows:
            file.write("\t".join(map(_text, layout.cells(row))) + "\n")


def write_parquet(
    path: Path, rows: Iterator[Row], layout: Layout, provenance: Mapping[str, str]
) -> None:
    """Parquet with the provenance in the file's metadata and each column's meaning in its field's."""
    fields = [
        pa.field(name, kind, metadata={"about": about}) for name, kind, about in layout.fields
    ]
    schema = pa.schema(fields, metadata={f"enformer_lens.{k}": v for k, v in provenance.items()})
    with pq.ParquetWriter(path, schema) as writer:
        while group := [layout.cells(row) for row in islice(rows, _GROUP)]:
            arrays = [
                pa.array(values, field.type)
                for values, field in zip(zip(*group, strict=True), fields, strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))


def _text(value: Any) -> str:
    """A value as a cell; a float as shortly as float32 allows."""
    if value is None:
        return ""
    return f"{value:.9g}" if isinstance(value, float) else _line(str(value))


def _line(text: str) -> str:
    return " ".join(text.split())
