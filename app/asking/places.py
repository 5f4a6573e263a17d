"""A genome with what is known on it: genes, and where variants are looked up."""

import os
from dataclasses import dataclass
from pathlib import Path

from app.asking.pasted import PastedGenome
from enformer.genes import ChainedGenes, GeneIndex, GeneSource, VariantLookup
from enformer.genome import Genome, open_genome

GENOME_VARIABLE, GENES_VARIABLE = "ENFORMER_LENS_GENOME", "ENFORMER_LENS_GENES"
OFFLINE_VARIABLE = "ENFORMER_LENS_OFFLINE"
"""Set to anything, it keeps the app from looking for services on the network."""
BUILT_IN = {
    "hg38": "hg38, fetched by window from UCSC or Ensembl",
    "demo": "demo, synthetic and offline",
}
"""Genomes that can always be chosen, with what people read."""


@dataclass(frozen=True, eq=False)
class Place:
    """A genome and its surroundings.

    Attributes:
        key: pins all of it, for caches.
        genome: the sequence.
        genes: where genes are looked up, offline sources first.
        variants: where rsIDs and transcript notations are looked up; None without the network.
        genes_from: for people, where genes come from; empty when from nowhere.
    """

    key: str
    genome: Genome
    genes: GeneSource
    variants: VariantLookup | None = None
    genes_from: str = ""

    @property
    def about(self) -> str:
        """What it is, for people."""
        genes = f"Genes from {self.genes_from}." if self.genes_from else "No genes are known on it."
        return f"{self.genome.description} {genes}"


@dataclass(frozen=True)
class PlaceName:
    """What decides a place; small, for cache keys.

    Attributes:
        source: hg38, demo, or the path of a FASTA.
        gene_files: BED, GFF or GTF; of a gene in several, the first counts.
        online: whether services on the network may be asked about genes and variants.
        stamps: size and time of the files, so that changed ones are opened again.
    """

    source: str
    gene_files: tuple[str, ...]
    online: bool
    stamps: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, name: str, gene_files: str, online: bool) -> "PlaceName":
        """A place by what people type.

        Args:
            name: of `genome_names`, or a path.
            gene_files: paths apart by `os.pathsep`, as in PATH; empty for the configured ones.
            online: as in the class.
        """
        configured = configured_genome()
        source = str(configured) if configured is not None and name == configured.name else name
        typed = gene_files.strip() or os.environ.get(GENES_VARIABLE, "")
        files = tuple(path.strip() for path in typed.split(os.pathsep) if path.strip())
        return cls(source, files, online, (stamp(source), *map(stamp, files)))


def stamp(path: str | Path) -> tuple[int, ...]:
    """Size and time of a file; empty for what is no file."""
    try:
        status = Path(path).expanduser().stat()
    except OSError:
        return ()
    return (status.st_size, status.st_mtime_ns)


def configured_genome() -> Path | None:
    """The FASTA that `ENFORMER_LENS_GENOME` points to."""
    given = os.environ.get(GENOME_VARIABLE, "").strip()
    return Path(given).expanduser() if given else None


def genome_names() -> tuple[str, ...]:
    """Genomes that can be chosen by name, the configured one first."""
    configured = configured_genome()
    return (*([configured.name] if configured else []), *BUILT_IN)


def open_place(name: PlaceName) -> Place:
    """Open the genome, read the genes, and add what the network knows.

    Raises:
        GenomeError: one of the files cannot be used.
    """
    genome = open_genome(name.source)
    sources: list[tuple[str, GeneSource]] = []
    variants: VariantLookup | None = None
    if genome.assembly == "demo":
        from enformer.demo import demo_genes

        sources.append(("the demo genome's own", demo_genes()))
    else:
        files = [Path(path).expanduser() for path in name.gene_files]
        sources += [(file.name, GeneIndex.read(file)) for file in files]
    if genome.assembly == "hg38" and name.online:
        # Network libraries are imported only where they are used: the app starts without them.
        from enformer.remote_genes import RemoteGenes
        from enformer.remote_variants import RemoteVariants

        sources.append(("UCSC and Ensembl", RemoteGenes()))
        variants = RemoteVariants()
    return Place(
        key=f"{genome.identity}|{name.gene_files}|{name.stamps[1:]}|{name.online}",
        genome=genome,
        genes=ChainedGenes([source for _, source in sources]),
        variants=variants,
        genes_from=", then ".join(title for title, _ in sources),
    )


def pasted_place(bases: str) -> Place:
    """A pasted sequence as a place of its own, without genes."""
    genome = PastedGenome(bases)
    return Place(genome.identity, genome, GeneIndex([]))
