"""Genomes: where sequence comes from, with bounds checked and padding explicit."""

import difflib
from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from enformer.assemblies import assembly_marks, canonical_assembly, chromosomes
from enformer.coordinates import Interval
from enformer.errors import GenomeError
from enformer.files import typed_path
from enformer.references import bare


class Genome(ABC):
    """Sequence of named contigs. A subclass sets the attributes and reads inside the bounds.

    Attributes:
        assembly: hg38, mm10, demo, or the name of a file.
        identity: a short string that pins the sequence, for cache keys and provenance.
        description: a sentence for people.
        contigs: bp of each contig by its name here.
        remote: whether sequence is fetched over the network.
    """

    assembly: str
    identity: str
    description: str
    contigs: Mapping[str, int]
    remote: bool = False

    @abstractmethod
    def _read(self, contig: str, start: int, end: int) -> str:
        """Upper-case bases of 0 <= start < end <= length, of exactly that length."""

    @cached_property
    def _by_bare_name(self) -> Mapping[str, str]:
        return {bare(name): name for name in reversed(list(self.contigs))}

    def resolve(self, contig: str) -> str:
        """The name used here of a contig given as `11`, `chr11` or `NC_000011.10`.

        Raises:
            GenomeError: there is no such contig, or the accession is of another assembly.
        """
        if contig in self.contigs:
            return contig
        self._check_accession(contig)
        if (name := self._by_bare_name.get(bare(contig))) is not None:
            return name
        near = difflib.get_close_matches(bare(contig), self._by_bare_name, n=1)
        name = self._by_bare_name[near[0]] if near else next(iter(self.contigs))
        raise GenomeError(
            f"{self.assembly} has no such contig here.",
            read=f"the contig {contig[:80]!r}",
            do=f"It has {_some(list(self.contigs))}." + (f" Is it {name}?" if near else ""),
            example=f"{name}:1-{min(self.contigs[name], 100_000):,}",
        )

    def _check_accession(self, contig: str) -> None:
        known = {place.assembly: place.contig for place in chromosomes(contig)}
        if known and self.assembly not in known:
            other, name = next(iter(known.items()))
            raise GenomeError(
                f"That is {name} of {other}, and this genome is {self.assembly}: positions differ.",
                read=f"the accession {contig}",
                do=f"Lift the position over to {self.assembly} first.",
            )

    def length(self, contig: str) -> int:
        """Bp of a contig, by any of its names."""
        return self.contigs[self.resolve(contig)]

    def padding(self, interval: Interval) -> tuple[int, int]:
        """Bp of the interval before the first and after the last base of its contig.

        Raises:
            GenomeError: no base of the interval lies on the contig.
        """
        length = self.length(interval.contig)
        left, right = max(0, -interval.start), max(0, interval.end - length)
        if left + right >= interval.length:
            raise self._outside(interval, "It lies wholly outside")
        return left, right

    def fetch(self, interval: Interval, pad: bool = False) -> str:
        """Bases of an interval, upper case.

        Args:
            interval: on a contig by any of its names.
            pad: give N for what lies outside the contig, instead of refusing.

        Raises:
            GenomeError: it leaves the contig and `pad` is False, or the sequence cannot be read.
        """
        left, right = self.padding(interval)
        if (left or right) and not pad:
            raise self._outside(interval, f"{left + right:,} bp of it lie outside")
        contig = self.resolve(interval.contig)
        start, end = interval.start + left, interval.end - right
        sequence = self._read(contig, start, end)
        if len(sequence) != end - start:
            raise GenomeError(
                f"Only {len(sequence):,} of {end - start:,} bp came back: the source is cut short.",
                read=str(interval),
                do="Get the reference again, or choose another genome.",
            )
        return "N" * left + sequence + "N" * right

    def _outside(self, interval: Interval, how: str) -> GenomeError:
        contig = self.resolve(interval.contig)
        length = self.contigs[contig]
        return GenomeError(
            f"{how} {contig}, which has {length:,} bp in {self.assembly}.",
            read=str(interval),
            do=f"Choose positions from 1 to {length:,}.",
            example=str(Interval(contig, max(0, length - interval.length), length)),
        )


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:4])
    return shown if len(names) <= 4 else f"{shown} and {len(names) - 4:,} more contigs"


def hg19_refusal(read: str) -> GenomeError:
    """Why hg19 is not opened, and what to do."""
    return GenomeError(
        "This is hg19 (GRCh37); the models were trained on hg38, and positions differ.",
        read=read,
        do="Use an hg38 FASTA, or hg38 by window, and lift your positions over.",
        example="hg38",
    )


def open_genome(source: str | Path, assembly: str | None = None) -> Genome:
    """Opens a genome.

    Args:
        source: `demo`, `hg38` (windows fetched from public services and kept on disk), or the path
            of a FASTA file, plain or compressed with bgzip.
        assembly: what a FASTA is, where its contig lengths do not tell.

    Raises:
        GenomeError: it cannot be opened, is hg19, or is not the assembly that was named.
    """
    # Imported here so that a FASTA needs no network library and a test genome no pyfaidx.
    word = str(source).strip().lower()
    if word == "demo":
        from enformer.demo import DemoGenome

        genome: Genome = DemoGenome()
    elif word in ("hg38", "grch38"):
        from enformer.remote_genome import RemoteGenome

        genome = RemoteGenome()
    else:
        path = typed_path(source, GenomeError)
        if not path.exists() and "hg19" in assembly_marks(word):
            raise hg19_refusal(f"the genome {source}")
        from enformer.fasta import FastaGenome

        return FastaGenome(path, assembly)
    if assembly is not None and canonical_assembly(assembly) != genome.assembly:
        raise GenomeError(
            f"That genome is {genome.assembly}, not {assembly}.",
            read=f"the genome {source}",
            do="Leave the assembly out, or give the path of a FASTA file.",
        )
    return genome
