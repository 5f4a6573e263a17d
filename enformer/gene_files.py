"""Reads gene tables that a person has: BED, GFF3 and GTF, plain or gzip, told apart by content."""

import gzip
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from enformer.assemblies import only_in_hg19
from enformer.errors import GenomeError
from enformer.gene_features import genes_of_features
from enformer.genes import Gene, as_strand

_ID_COLUMNS = {"ensembl_id", "ensembl", "gene_id", "geneid"}
_ALIAS_COLUMNS = {"alias", "aliases", "synonyms", "previous_symbols", "prev_symbol", "alias_symbol"}
_ENSEMBL_GENE = re.compile(r"ENS[A-Z]*G\d{11}(\.\d+)?")


def read_genes(path: Path) -> tuple[list[Gene], dict[str, Gene]]:
    """Reads a gene table.

    Returns:
        The genes, and the gene of each transcript identifier (GFF3 and GTF only).

    Raises:
        GenomeError: it cannot be read, is no gene table, or its contigs are those of hg19.
    """
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        opened = gzip.open if packed else open
        with opened(path, "rt", encoding="utf-8-sig") as lines:  # Windows may put a mark first
            genes, transcripts = _genes(iter(lines))
        _check(genes)
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as broken:
        raise _refusal(path, f"It cannot be read: {broken}.") from broken
    except (ValueError, KeyError, IndexError) as wrong:
        raise _refusal(path, f"It holds no genes that can be used: {wrong}.") from wrong
    return genes, transcripts


def _genes(lines: Iterator[str]) -> tuple[list[Gene], dict[str, Gene]]:
    names = ""
    for first in _whole(lines):
        if not first.startswith("#"):
            break
        names = first
    else:
        raise ValueError("it is empty")
    rows = (line for line in chain([first], _whole(lines)) if not line.startswith("#"))
    cells = _cells(first)
    if len(cells) >= 9 and cells[3].isdigit() and cells[4].isdigit():
        return genes_of_features(rows, gtf=re.search(r'\w "', cells[8]) is not None)
    if len(cells) >= 4 and cells[1].isdigit() and cells[2].isdigit():
        return list(_bed(map(_cells, rows), cells, names.strip("# ").split("\t"))), {}
    raise ValueError("it is neither BED with names, nor GFF3, nor GTF")


def _whole(lines: Iterator[str]) -> Iterator[str]:
    """Lines that say something, up to the sequence that may follow in GFF3."""
    for line in lines:
        if line.startswith("##FASTA"):
            return
        if line.strip() and not line.startswith(("track ", "browser ")):
            yield line.rstrip("\r\n")


def _cells(line: str) -> list[str]:
    return line.split("\t" if "\t" in line else None)


def _bed(rows: Iterable[list[str]], first: Sequence[str], names: Sequence[str]) -> Iterator[Gene]:
    width = len(first)
    columns = [name.strip().lower() for name in names] if len(names) == width else [""] * width
    ids = [i for i in range(6, width)
           if columns[i] in _ID_COLUMNS or _ENSEMBL_GENE.fullmatch(first[i])]  # fmt: skip
    aliases = [i for i in range(6, width) if columns[i] in _ALIAS_COLUMNS]
    for row in rows:
        if len(row) != width:
            raise ValueError(f"{len(row)} columns instead of {width} in {' '.join(row)[:60]!r}")
        yield _bed_gene(row, ids, aliases)


def _bed_gene(row: list[str], ids: Sequence[int], aliases: Iterable[int]) -> Gene:
    """Blocks are read from twelve columns, if the seventh is the position BED has there."""
    start = int(row[1])
    exons, coding = _blocks(row, start) if len(row) >= 12 and 6 not in ids else ((), None)
    return Gene(
        symbol=row[3],
        contig=row[0],
        start=start,
        end=int(row[2]),
        strand=as_strand(row[5] if len(row) > 5 else "."),
        gene_id=row[ids[0]] if ids else "",
        aliases=tuple(name for i in aliases for name in re.split(r"[,;|]\s*", row[i]) if name),
        exons=exons,
        coding=coding,
    )


def _blocks(
    row: list[str], start: int
) -> tuple[tuple[tuple[int, int], ...], tuple[int, int] | None]:
    sizes, starts = ([int(n) for n in row[i].split(",") if n.strip()] for i in (10, 11))
    exons = tuple((start + at, start + at + size) for at, size in zip(starts, sizes, strict=False))
    if not len(sizes) == len(starts) == int(row[9]) or any(exon[1] > int(row[2]) for exon in exons):
        raise ValueError(f"the blocks of {row[3]} do not fit its body or their count")
    coding = int(row[6]), int(row[7])
    return exons, coding if coding[0] < coding[1] else None


def _check(genes: Sequence[Gene]) -> None:
    if not genes:
        raise ValueError("there are none")
    for gene in genes:
        if not gene.symbol or not gene.contig or not 0 <= gene.start < gene.end < 10**12:
            where = f"{gene.contig} {gene.start} {gene.end}"
            raise ValueError(f"{gene.symbol or 'a row without a name'} lies at {where}")
    for contig in {gene.contig for gene in genes}:
        if only_in_hg19(contig):
            raise ValueError(f"{contig} is of hg19 (GRCh37), whose positions differ from hg38")


def _refusal(path: Path, wrong: str) -> GenomeError:
    return GenomeError(
        wrong,
        read=f"the gene table {path.name}",
        do="Give BED with names (4, 6 or 12 columns), GFF3 or GTF of the genome's assembly.",
    )
