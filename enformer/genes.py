"""Genes: what one is, where to look one up, and the index that needs no network."""

import difflib
import logging
import re
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from jaxtyping import Int64

from enformer.coordinates import Interval, Variant
from enformer.errors import GenomeError
from enformer.files import typed_path
from enformer.references import bare

Strand = Literal["+", "-", "."]


@dataclass(frozen=True)
class Gene:
    """A gene, or a named region where the strand is `.`; 0-based half-open positions.

    Attributes:
        symbol: the name people use.
        contig: as in the source it came from; `Genome.resolve` translates.
        start: first base of the body.
        end: base after the last.
        strand: of transcription.
        gene_id: Ensembl or other stable identifier.
        aliases: other and previous symbols.
        exons: (start, end) of one transcript (MANE, canonical or longest), ascending; () if unknown.
        coding: (start, end) from the first to the last coding base of that transcript.
    """

    symbol: str
    contig: str
    start: int
    end: int
    strand: Strand
    gene_id: str = ""
    aliases: tuple[str, ...] = ()
    exons: tuple[tuple[int, int], ...] = ()
    coding: tuple[int, int] | None = None

    @property
    def tss(self) -> int:
        """0-based base where transcription starts, at the 5' end of the body."""
        return self.end - 1 if self.strand == "-" else self.start

    @property
    def interval(self) -> Interval:
        """The body."""
        return Interval(self.contig, self.start, self.end)


class GeneSource(ABC):
    """Where genes are looked up."""

    @abstractmethod
    def search(self, text: str) -> list[Gene]:
        """Genes with exactly this symbol; else alias; else identifier. Case does not matter.

        Raises:
            GenomeError: a service that had to be asked does not answer.
        """

    @abstractmethod
    def suggest(self, text: str) -> list[str]:
        """Symbols much like a text that was not found, best first."""

    @abstractmethod
    def overlapping(self, interval: Interval) -> list[Gene]:
        """Genes that share a base with the interval, by start.

        Raises:
            GenomeError: a service that had to be asked does not answer.
        """


class VariantLookup(ABC):
    """Where an rsID or a transcript notation becomes a variant on the genome."""

    @abstractmethod
    def find(self, text: str) -> Variant:
        """The variant behind an rsID or HGVS notation.

        Raises:
            QueryError: there is none, or there are several to choose from.
            GenomeError: the service does not answer.
        """


class GeneIndex(GeneSource):
    """Genes in memory."""

    def __init__(
        self, genes: Iterable[Gene], transcripts: Mapping[str, Gene] | None = None
    ) -> None:
        """Builds the lookups.

        Args:
            genes: all of them.
            transcripts: the gene of each transcript identifier.
        """
        self.genes = tuple(sorted(genes, key=lambda gene: (gene.start, gene.end)))
        symbols, aliases, ids = defaultdict(list), defaultdict(list), defaultdict(list)
        contigs: dict[str, list[Gene]] = defaultdict(list)
        for gene in self.genes:
            symbols[gene.symbol.upper()].append(gene)
            for alias in gene.aliases:
                aliases[alias.upper()].append(gene)
            ids[unversioned(gene.gene_id)].append(gene)
            contigs[bare(gene.contig)].append(gene)
        for identifier, gene in (transcripts or {}).items():
            ids[unversioned(identifier)].append(gene)
        ids.pop("", None)
        self._lookups: Sequence[Mapping[str, list[Gene]]] = (symbols, aliases, ids)
        self._contigs = {name: (there, *_bounds(there)) for name, there in contigs.items()}

    @classmethod
    def read(cls, path: str | Path) -> "GeneIndex":
        """Reads BED6, BED12, GFF3 or GTF, plain or gzip; told apart by content.

        Raises:
            GenomeError: it is none of these, holds no gene, or is of hg19.
        """
        from enformer.gene_files import read_genes

        return cls(*read_genes(typed_path(path, GenomeError)))

    def search(self, text: str) -> list[Gene]:
        """See `GeneSource.search`; never asks a service."""
        symbols, aliases, ids = self._lookups
        name = text.strip().upper()
        return list(symbols.get(name) or aliases.get(name) or ids.get(unversioned(name)) or [])

    def suggest(self, text: str) -> list[str]:
        """See `GeneSource.suggest`: symbols that begin like the text, then similar ones."""
        name = text.strip().upper()
        symbols = self._lookups[0]
        longer = sorted((known for known in symbols if name and known.startswith(name)), key=len)
        near = difflib.get_close_matches(name, symbols, n=50, cutoff=0.6)
        near.sort(key=lambda known: _shared_start(name, known), reverse=True)
        return [symbols[known][0].symbol for known in dict.fromkeys(longer[:3] + near)][:5]

    def overlapping(self, interval: Interval) -> list[Gene]:
        """See `GeneSource.overlapping`; contigs by any of their names."""
        there, starts, ends = self._contigs.get(bare(interval.contig), ([], *_bounds([])))
        inside = np.flatnonzero((starts < interval.end) & (ends > interval.start))
        return [there[i] for i in inside]


class ChainedGenes(GeneSource):
    """Several sources, asked in turn: offline ones first."""

    def __init__(self, sources: Sequence[GeneSource]) -> None:
        self._sources = tuple(sources)

    def search(self, text: str) -> list[Gene]:
        """Genes of the first source that knows the text."""
        return next((found for source in self._sources if (found := source.search(text))), [])

    def suggest(self, text: str) -> list[str]:
        """Suggestions of all sources."""
        names: dict[str, str] = {}
        for name in (name for source in self._sources for name in source.suggest(text)):
            names.setdefault(name.upper(), name)
        return list(names.values())[:5]

    def overlapping(self, interval: Interval) -> list[Gene]:
        """Genes of all sources, each symbol from the first that has it.

        A source that does not answer is logged where another one has genes there.
        """
        found: dict[str, list[Gene]] = {}
        failure: GenomeError | None = None
        for source in self._sources:
            here: dict[str, list[Gene]] = defaultdict(list)
            try:
                for gene in source.overlapping(interval):
                    here[gene.symbol.upper()].append(gene)
            except GenomeError as silent:
                failure = silent
                logging.getLogger(__name__).warning("Genes may be missing: %s", silent)
            found = here | found
        if failure is not None and not found:
            raise failure
        genes = (gene for same in found.values() for gene in same)
        return sorted(genes, key=lambda gene: (gene.start, gene.end))


def as_strand(text: str) -> Strand:
    """`+` or `-`; anything else is a region without one."""
    return "+" if text == "+" else "-" if text == "-" else "."


def unversioned(identifier: str) -> str:
    """An identifier in upper case without its version: ENSG00000244734 for ENSG00000244734.5."""
    return re.sub(r"(?<=\d)\.\d+(_PAR_Y)?$", "", identifier.strip().upper())


def _shared_start(one: str, other: str) -> int:
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))


def _bounds(
    genes: Sequence[Gene],
) -> tuple[Int64[np.ndarray, " genes"], Int64[np.ndarray, " genes"]]:
    bounds = np.array([(gene.start, gene.end) for gene in genes], dtype=np.int64).reshape(-1, 2)
    return bounds[:, 0], bounds[:, 1]
