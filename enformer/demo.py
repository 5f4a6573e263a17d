"""The demo genome: small, synthetic, the same everywhere, with genes of its own.

Drawn from a seed and written in the grammar of `enformer.planted`, so that what every base does is known.
One cluster has the layout of a globin locus. Nothing is real, and no model was trained on these contigs.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from enformer.demo_layout import (
    LENGTHS,
    Element,
    lay_elements,
    lay_genes,
    plan_contig,
    write_transcript,
)
from enformer.demo_sequence import Dice, Writer
from enformer.genes import Gene, GeneIndex
from enformer.genome import Genome
from enformer.planted import Reading, read
from enformer.planted.plan import write_plan

_SEED = 20_261_125


@dataclass(frozen=True)
class _Built:
    sequences: Mapping[str, str]
    genes: tuple[Gene, ...]
    elements: tuple[Element, ...]


class DemoGenome(Genome):
    """The synthetic genome: contigs demo1 (600 kb) and demo2 (300 kb)."""

    assembly = "demo"
    contigs = LENGTHS
    description = (
        "A synthetic genome made for demonstration: two contigs, 900 kb, with invented genes, "
        "promoters and enhancers. Nothing in it is real, and it needs no network."
    )

    def __init__(self) -> None:
        self._sequences = _build().sequences
        content = "".join(self._sequences.values()).encode()
        self.identity = f"demo:{hashlib.sha256(content).hexdigest()[:16]}"

    def _read(self, contig: str, start: int, end: int) -> str:
        return self._sequences[contig][start:end]


def demo_genes() -> GeneIndex:
    """The genes DEMO1 to DEMO15 and DGB1 to DGB5, and as strandless regions DLCR and its sites."""
    control = [
        Gene(
            element.name, element.interval.contig, element.interval.start, element.interval.end, "."
        )
        for element in demo_elements()
        if element.name.startswith("DLCR")
    ]
    return GeneIndex([*_build().genes, *control])


def demo_elements() -> tuple[Element, ...]:
    """Every promoter, enhancer and insulator, by position."""
    return _build().elements


@cache
def demo_reading(contig: str) -> Reading:
    """The truth of a contig: every site, promoter, domain and link."""
    return read(_build().sequences[contig])


@cache
def _build() -> _Built:
    dice = Dice(_SEED)
    genes, elements = lay_genes(dice), lay_elements()
    sequences = {contig: _write(contig, genes, dice) for contig in LENGTHS}
    return _Built(MappingProxyType(sequences), tuple(genes), elements)


def _write(contig: str, genes: list[Gene], dice: Dice) -> str:
    own = [gene for gene in genes if gene.contig == contig]

    def transcripts(writer: Writer) -> None:
        for gene in own:
            write_transcript(gene, writer)

    return write_plan(plan_contig(contig), dice, transcripts)
