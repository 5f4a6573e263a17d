"""Genes from the rows of GFF3 and GTF: each with the exons of one transcript."""

import re
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import unquote

from enformer.genes import Gene, as_strand

_SYMBOLS = ("gene_name", "gene", "Name", "gene_id", "ID")
_ALIASES = ("Alias", "gene_synonym", "Synonym", "synonyms", "previous_symbols", "Name")

_Span = tuple[int, int]


def genes_of_features(rows: Iterable[str], gtf: bool) -> tuple[list[Gene], dict[str, Gene]]:
    """Puts genes together from features.

    The transcript drawn is MANE Select where a tag says so, else canonical, else the one with most
    exonic bases.

    Args:
        rows: of the file, without comments.
        gtf: attributes are those of GTF, not of GFF3.

    Returns:
        The genes, and the gene of each transcript identifier.
    """
    contigs: dict[str, _Features] = defaultdict(_Gtf if gtf else _Gff3)
    for row in rows:
        contigs[row.partition("\t")[0]].add(row)
    genes: list[Gene] = []
    transcripts: dict[str, Gene] = {}
    for features in contigs.values():  # an identifier may come again on another contig
        found, links = features.genes()
        genes += found
        for identifier, gene in links.items():
            transcripts.setdefault(identifier, gene)
    return genes, transcripts


class _Body(NamedTuple):
    contig: str
    start: int
    end: int
    strand: str
    attributes: str

    def widened(self, other: "_Body") -> "_Body":
        start, end = min(self.start, other.start), max(self.end, other.end)
        return self._replace(start=start, end=end)


class _Features(ABC):
    """Of one contig: bodies of genes, and exons and coding stretches by transcript."""

    def __init__(self) -> None:
        self._bodies: dict[str, _Body] = {}
        self._implied: dict[str, _Body] = {}
        self._exons: dict[str, list[_Span]] = defaultdict(list)
        self._coding: dict[str, list[_Span]] = defaultdict(list)
        self._links: dict[str, tuple[str, int]] = {}  # transcript: gene, rank

    def add(self, row: str) -> None:
        """Takes a row in."""
        contig, _, kind, start, end, _, strand, _, attributes, *_ = row.split("\t")
        body = _Body(contig, int(start) - 1, int(end), strand, attributes)
        if kind.endswith("gene"):
            self._bodies[self._gene_of(attributes) or f"{start}-{end}{strand}"] = body
        elif kind == "exon":
            self._add_part(self._exons, body)
        elif kind in ("CDS", "stop_codon"):  # GTF leaves the stop codon out of the CDS
            self._add_part(self._coding, body)
        else:
            self._add_transcript(attributes)

    @abstractmethod
    def _gene_of(self, attributes: str) -> str: ...

    @abstractmethod
    def _add_part(self, parts: dict[str, list[_Span]], body: _Body) -> None: ...

    @abstractmethod
    def _add_transcript(self, attributes: str) -> None: ...

    @abstractmethod
    def _values(self, attributes: str) -> Mapping[str, list[str]]: ...

    def genes(self) -> tuple[list[Gene], dict[str, Gene]]:
        """What was taken in, put together; without rows of genes their parts imply them."""
        drawn = self._drawn()
        genes = {
            identifier: self._gene(body, drawn.get(identifier, ""))
            for identifier, body in (self._bodies or self._implied).items()
        }
        links = ((transcript, gene) for transcript, (gene, _) in self._links.items())
        return list(genes.values()), {
            _plain(one): genes[gene] for one, gene in links if gene in genes
        }

    def _drawn(self) -> Mapping[str, str]:
        """The transcript to draw for each gene; in GFF3 a gene may hold exons itself."""
        own = {gene: (gene, 9) for gene in self._bodies}
        best: dict[str, tuple[int, int, str]] = {}
        for transcript, (gene, rank) in (own | self._links).items():
            parts = self._exons.get(transcript) or self._coding.get(transcript, ())
            if bases := sum(end - start for start, end in parts):
                choice = (rank, -bases, transcript)
                best[gene] = min(best.get(gene, choice), choice)
        return {gene: transcript for gene, (_, _, transcript) in best.items()}

    def _gene(self, body: _Body, transcript: str) -> Gene:
        values, identifier = self._values(body.attributes), self._gene_of(body.attributes)
        symbol = next((values[key][0] for key in _SYMBOLS if key in values), identifier)
        others = dict.fromkeys(name for key in _ALIASES for name in values.get(key, ()))
        coding = sorted(self._coding.get(transcript, ()))
        return Gene(
            symbol=symbol,
            contig=body.contig,
            start=body.start,
            end=body.end,
            strand=as_strand(body.strand),
            gene_id=values.get("gene_id", [_plain(identifier)])[0],
            aliases=tuple(name for name in others if name != symbol),
            exons=tuple(sorted(self._exons.get(transcript, ()))) or tuple(coding),
            coding=(coding[0][0], max(end for _, end in coding)) if coding else None,
        )


class _Gtf(_Features):
    """Every row names its gene and transcript."""

    def _gene_of(self, attributes: str) -> str:
        return _first(_GENE_ID, attributes)

    def _add_part(self, parts: dict[str, list[_Span]], body: _Body) -> None:
        transcript = _first(_TRANSCRIPT_ID, body.attributes)
        parts[transcript].append((body.start, body.end))
        if transcript not in self._links:
            self._add_transcript(body.attributes)
        if not self._bodies:
            gene = _first(_GENE_ID, body.attributes)
            self._implied[gene] = self._implied.get(gene, body).widened(body)

    def _add_transcript(self, attributes: str) -> None:
        if transcript := _first(_TRANSCRIPT_ID, attributes):
            self._links[transcript] = (_first(_GENE_ID, attributes), _rank(attributes))

    def _values(self, attributes: str) -> Mapping[str, list[str]]:
        values = defaultdict(list)
        for key, quoted, plain in re.findall(r'(\w+) (?:"([^"]*)"|([^;"\s]+))', attributes):
            if quoted or plain:
                values[key].append(quoted or plain)
        return values


class _Gff3(_Features):
    """Rows name their parents."""

    def _gene_of(self, attributes: str) -> str:
        return _first(_ID, attributes)

    def _add_part(self, parts: dict[str, list[_Span]], body: _Body) -> None:
        for parent in _first(_PARENT, body.attributes).split(","):
            parts[parent].append((body.start, body.end))

    def _add_transcript(self, attributes: str) -> None:
        self._links[_first(_ID, attributes)] = (_first(_PARENT, attributes), _rank(attributes))

    def _values(self, attributes: str) -> Mapping[str, list[str]]:
        values = defaultdict(list)
        for item in attributes.split(";"):
            key, _, text = item.strip().partition("=")
            parts: Sequence[str] = [unquote(part) for part in text.split(",") if part]
            if parts:
                values[key] += parts
        return values


_GENE_ID = re.compile(r'(?:^|;)\s*gene_id "?([^";]*)')
_TRANSCRIPT_ID = re.compile(r'(?:^|;)\s*transcript_id "?([^";]*)')
_ID = re.compile(r"(?:^|;)\s*ID=([^;]*)")
_PARENT = re.compile(r"(?:^|;)\s*Parent=([^;]*)")
_MANE = re.compile("MANE[_ ]Select")


def _first(pattern: re.Pattern[str], attributes: str) -> str:
    match = pattern.search(attributes)
    return match[1] if match else ""


def _rank(attributes: str) -> int:
    return 0 if _MANE.search(attributes) else 1 if "Ensembl_canonical" in attributes else 2


def _plain(identifier: str) -> str:
    """An identifier without what GFF3 of Ensembl and NCBI puts before it."""
    return re.sub(r"^(gene|transcript|rna)[:-]", "", identifier)
