"""Genes of hg38 from Ensembl and UCSC, for what no file here knows."""

import html
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import quote

from enformer.assemblies import ucsc_name
from enformer.coordinates import Interval
from enformer.errors import GenomeError
from enformer.genes import Gene, GeneSource, as_strand
from enformer.references import HG38, bare
from enformer.service import ENSEMBL, UCSC, Service, ServiceError

_BLOCK = 2**18
_TRACK = "ncbiRefSeqCurated"
_JSON: Mapping[str, str | int] = {"content-type": "application/json"}
_PRIMARY = frozenset(map(bare, HG38))
_SYMBOL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,39}", re.ASCII)
_STABLE = re.compile(r"(ENS[GT]\d{11})(\.\d+)?", re.IGNORECASE | re.ASCII)
_Value = TypeVar("_Value")


class RemoteGenes(GeneSource):
    """Lookups over the network; answers are kept on disk for 90 days."""

    def __init__(
        self, ucsc: str = UCSC, ensembl: str = ENSEMBL, pace: float = 1.0, timeout: float = 15.0
    ) -> None:
        """Asks nothing yet.

        Args:
            ucsc: address of the service asked first for a region, and second for a name.
            ensembl: address of the other.
            pace: seconds between requests to one service.
            timeout: seconds without a byte.
        """
        self._ucsc = Service("UCSC", ucsc, pace, timeout)
        self._ensembl = Service("Ensembl", ensembl, pace, timeout)

    def search(self, text: str) -> list[Gene]:
        """See `GeneSource.search`. Ensembl knows symbols, aliases and identifiers; UCSC symbols."""
        name = text.strip()
        if stable := _STABLE.fullmatch(name):
            return self._either(name, lambda: self._by_id(stable[1].upper()))
        if not _SYMBOL.fullmatch(name):
            return []
        return self._either(name, lambda: self._by_symbol(name), lambda: self._by_position(name))

    def suggest(self, text: str) -> list[str]:
        """Nothing: the services know exact names only."""
        return []

    def overlapping(self, interval: Interval) -> list[Gene]:
        """See `GeneSource.overlapping`. Where UCSC fails, Ensembl gives bodies without exons."""
        places = list(_blocks(interval))
        found = self._either(
            str(interval),
            lambda: [gene for place in places for gene in self._rows(place)],
            lambda: [gene for place in places for gene in self._bodies(place)],
        )
        here = {gene for gene in found if interval.start < gene.end and gene.start < interval.end}
        return sorted(here, key=lambda gene: (gene.start, gene.end, gene.symbol))

    def _either(self, read: str, *ways: Callable[[], _Value]) -> _Value:
        """The value of the first way that a service answers."""
        reasons, last = [], None
        for way in ways:
            try:
                return way()
            except ServiceError as failed:
                reasons.append(failed.wrong.rstrip("."))
                last = failed
        raise GenomeError(
            f"Genes cannot be looked up: {'; '.join(reasons)}.",
            read=read,
            do="Check the network and try again, give a gene table (BED, GFF3 or GTF), or type positions.",
            example="chr11:5,225,000-5,310,000",
        ) from last

    def _by_symbol(self, symbol: str) -> list[Gene]:
        path = f"lookup/symbol/homo_sapiens/{quote(symbol, safe='')}"
        try:
            found = self._ensembl.ask_once(path, {**_JSON, "expand": 1, "mane": 1}, _looked_up)
        except ServiceError as failed:
            if not failed.declined:
                raise
            found = None
        return [found] if found else self._by_alias(symbol)

    def _by_alias(self, alias: str) -> list[Gene]:
        path = f"xrefs/symbol/homo_sapiens/{quote(alias, safe='')}"
        ids = self._ensembl.ask_once(path, {**_JSON, "object_type": "gene"}, _cross_references)
        genes = [gene for identifier in ids[:3] for gene in self._by_id(identifier)]
        return [replace(gene, aliases=(alias,)) for gene in genes if gene.symbol != alias]

    def _by_id(self, identifier: str) -> list[Gene]:
        """The gene of an Ensembl identifier, of a transcript too."""
        read = _parent if identifier.startswith("ENST") else _looked_up
        try:
            found = self._ensembl.ask_once(
                f"lookup/id/{identifier}", {**_JSON, "expand": 1, "mane": 1}, read
            )
        except ServiceError as failed:
            if failed.declined:
                return []
            raise
        if isinstance(found, str):
            return self._by_id(found)
        return [found] if found else []

    def _by_position(self, symbol: str) -> list[Gene]:
        """Where UCSC's search finds a symbol, the genes of that name in its track."""
        asked = {"search": symbol, "genome": "hg38"}
        place = self._ucsc.ask_once("search", asked, lambda answer: _position(answer, symbol))
        rows = self._rows(place) if place else []
        return [gene for gene in rows if gene.symbol.upper() == symbol.upper()]

    def _rows(self, place: Interval) -> list[Gene]:
        asked = {
            "genome": "hg38", "track": _TRACK, "chrom": place.contig, "start": place.start,
            "end": place.end, "maxItemsOutput": 100_000,
        }  # fmt: skip
        return self._ucsc.ask_once("getData/track", asked, _track_rows)

    def _bodies(self, place: Interval) -> list[Gene]:
        name = place.contig.removeprefix("chr").replace("M", "MT")
        path = f"overlap/region/human/{name}:{place.start + 1}-{place.end}"
        return self._ensembl.ask_once(path, {**_JSON, "feature": "gene"}, _overlap)


def _blocks(interval: Interval) -> Iterator[Interval]:
    """Blocks of 262,144 bp that cover an interval, so that neighbouring windows share answers."""
    contig = "chr" + bare(interval.contig)
    length = HG38.get(contig, 0)
    start, end = max(0, interval.start) // _BLOCK * _BLOCK, min(interval.end, length)
    for first in range(start, end, _BLOCK):
        yield Interval(contig, first, min(first + _BLOCK, length))


def _looked_up(answer: Any) -> Gene | None:
    """The gene of Ensembl's lookup with its transcripts; None off the primary chromosomes."""
    if answer["assembly_name"] != "GRCh38":
        raise ValueError(f"it is of {answer['assembly_name']}")
    if bare(answer["seq_region_name"]) not in _PRIMARY:
        return None
    transcript = min(answer.get("Transcript", ()), key=_drawn_first, default={})
    exons = sorted((exon["start"] - 1, exon["end"]) for exon in transcript.get("Exon", ()))
    translation = transcript.get("Translation")
    gene = _ensembl_gene(answer, answer.get("display_name") or answer["id"])
    coding = (translation["start"] - 1, translation["end"]) if translation else None
    return replace(gene, exons=tuple(exons), coding=coding)


def _drawn_first(transcript: Mapping[str, Any]) -> tuple[bool, bool, int]:
    mane = any(match.get("type") == "MANE_Select" for match in transcript.get("MANE", ()))
    exonic = sum(exon["end"] - exon["start"] + 1 for exon in transcript.get("Exon", ()))
    return not mane, not transcript.get("is_canonical"), -exonic


def _ensembl_gene(row: Mapping[str, Any], symbol: str) -> Gene:
    """Positions are 1-based inclusive, the strand is 1 or -1."""
    return Gene(
        symbol=symbol,
        contig=ucsc_name(row["seq_region_name"]),
        start=row["start"] - 1,
        end=row["end"],
        strand=as_strand({1: "+", -1: "-"}[row["strand"]]),
        gene_id=row["id"],
    )


def _parent(answer: Any) -> str:
    return str(answer["Parent"])


def _cross_references(answer: Any) -> list[str]:
    return [row["id"] for row in answer if row["type"] == "gene" and _STABLE.fullmatch(row["id"])]


def _overlap(answer: Any) -> list[Gene]:
    return [_ensembl_gene(row, row.get("external_name") or row["id"])
            for row in answer if row["feature_type"] == "gene"]  # fmt: skip


def _position(answer: Any, symbol: str) -> Interval | None:
    """Place of the first match whose name begins with the symbol, as in `HBB NM_000518.5`."""
    for group in answer.get("positionMatches", ()):
        for match in group["matches"]:
            words = html.unescape(match["posName"]).split()
            if words and words[0].upper() == symbol.upper():
                place = Interval.parse(match["position"])
                return place if bare(place.contig) in _PRIMARY else None
    return None


def _track_rows(answer: Any) -> list[Gene]:
    """Genes of a genePred track, which has a row a transcript: the longest coding one is drawn."""
    if answer["genome"] != "hg38":
        raise ValueError(f"it is of {answer['genome']}")
    named: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for row in answer[_TRACK]:
        named[row["name2"], row["strand"]].append(row)
    return [_refseq_gene(rows) for same in named.values() for rows in _apart(same)]


def _apart(rows: Sequence[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    """Transcripts that overlap; copies of a gene further along are another gene."""
    group: list[Mapping[str, Any]] = []
    for row in sorted(rows, key=lambda row: row["txStart"]):
        if group and row["txStart"] >= max(other["txEnd"] for other in group):
            yield group
            group = []
        group.append(row)
    yield group


def _refseq_gene(rows: Sequence[Mapping[str, Any]]) -> Gene:
    """Positions are 0-based half-open; a transcript that does not code has cdsStart = cdsEnd."""
    best = max(rows, key=lambda row: (_coding_bases(row), sum(e - s for s, e in _exons(row))))
    coding = (best["cdsStart"], best["cdsEnd"])
    return Gene(
        symbol=best["name2"],
        contig=best["chrom"],
        start=min(row["txStart"] for row in rows),
        end=max(row["txEnd"] for row in rows),
        strand=as_strand(best["strand"]),
        exons=_exons(best),
        coding=coding if coding[0] < coding[1] else None,
    )


def _exons(row: Mapping[str, Any]) -> tuple[tuple[int, int], ...]:
    starts, ends = (
        [int(n) for n in row[key].split(",") if n] for key in ("exonStarts", "exonEnds")
    )
    return tuple(zip(starts, ends, strict=True))


def _coding_bases(row: Mapping[str, Any]) -> int:
    start, end = row["cdsStart"], row["cdsEnd"]
    return sum(max(0, min(e, end) - max(s, start)) for s, e in _exons(row))
