"""The demo genome: small, synthetic, the same everywhere, with genes of its own.

The sequence is drawn from a seed: a background poor in CpG, CpG islands, and binding motifs where
promoters, enhancers and insulators are. One cluster has the layout of a globin locus. Nothing is real.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from enformer.coordinates import Interval
from enformer.demo_sequence import Dice, Strand, Writer, background, island
from enformer.genes import Gene, GeneIndex
from enformer.genome import Genome

_SEED = 20_260_901
_LENGTHS = {"demo1": 600_000, "demo2": 300_000}

# contig, start of transcription, strand; DEMO1 onwards. The first two share one promoter.
_SCATTERED: tuple[tuple[str, int, Strand], ...] = (
    ("demo1", 40_000, "+"), ("demo1", 39_400, "-"), ("demo1", 90_000, "+"),
    ("demo1", 175_000, "-"), ("demo1", 205_000, "+"), ("demo1", 400_000, "+"),
    ("demo1", 470_000, "-"), ("demo1", 500_000, "+"), ("demo1", 585_000, "-"),
    ("demo2", 30_000, "+"), ("demo2", 95_000, "-"), ("demo2", 120_000, "+"),
    ("demo2", 190_000, "-"), ("demo2", 215_000, "+"), ("demo2", 285_000, "-"),
)  # fmt: skip

# The cluster lies on the minus strand, so upstream is to the right: five genes, then the LCR.
_CLUSTER_STARTS = (300_000, 306_400, 315_200, 320_000, 328_200)
_CLUSTER_EXONS = ((0, 262), (1_112, 1_335), (1_465, 1_607))
_CLUSTER_CODING = (133, 1_557)
_SITES = (340_600, 345_000, 349_400, 353_400, 358_200)
_SITE_LENGTH = 500

_ISLAND = 700
_HOUSEKEEPING = {
    -45: "GGGGCGGGG", -72: "GCGCATGCGC", -110: "CCGGAAGTG", -160: "GGGGCGGGG", 12: "CAAGATGGCGGC",
}  # fmt: skip
_TISSUE = {-31: "TATAAAAG", -76: "GGCCAATC", -92: "CCACACCCT", -118: "CCACACCCT", -190: "AGATAAGG"}
_ENHANCER = ("AGATAAGG", "TGCTGAGTCAT", "CCACACCCT", "CAGCTGTTATCT", "TGACTCA", "CCGGAAGTG")
_INSULATOR = "TGGCCACCAGGGGGCGCTA"


@dataclass(frozen=True)
class Element:
    """A regulatory element of the demo genome.

    Attributes:
        name: such as DEMO3-promoter or DLCR-HS2.
        kind: promoter, enhancer, insulator or locus control region.
        interval: where it lies.
    """

    name: str
    kind: str
    interval: Interval


@dataclass(frozen=True)
class _Built:
    sequences: Mapping[str, str]
    genes: tuple[Gene, ...]
    elements: tuple[Element, ...]


class DemoGenome(Genome):
    """The synthetic genome: contigs demo1 (600 kb) and demo2 (300 kb)."""

    assembly = "demo"
    contigs = MappingProxyType(_LENGTHS)
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
def _build() -> _Built:
    dice = Dice(_SEED)
    writers = {name: Writer(background(dice, length)) for name, length in _LENGTHS.items()}
    genes, elements = [], []
    for number, (contig, tss, strand) in enumerate(_SCATTERED, start=1):
        genes.append(_scattered(f"DEMO{number}", contig, tss, strand, dice))
        # All islands before any motif: two promoters share one.
        writers[contig].put(tss - _ISLAND, island(dice, 2 * _ISLAND))
    for gene in genes:
        elements.append(_housekeeping(gene, writers[gene.contig]))
        elements.append(_enhancer(gene, writers[gene.contig], dice))
    for number, start in enumerate(_CLUSTER_STARTS, start=1):
        genes.append(_globin_like(f"DGB{number}", start))
        elements.append(_tissue(genes[-1], writers["demo1"]))
    elements += _control_region(writers["demo1"], dice)
    for gene in genes:
        _write_transcript(gene, writers[gene.contig])
    sequences = {name: writer.text() for name, writer in writers.items()}
    order = sorted(elements, key=lambda element: element.interval)
    return _Built(MappingProxyType(sequences), tuple(genes), tuple(order))


def _scattered(symbol: str, contig: str, tss: int, strand: Strand, dice: Dice) -> Gene:
    """Three to eight exons of 90-240 bp, introns of 0.4-3.4 kb."""
    pieces, at = [], 0
    for _ in range(dice.integer(3, 9)):
        length = dice.integer(90, 241)
        pieces.append((at, at + length))
        at += length + dice.integer(400, 3_401)
    if strand == "-":
        pieces = [(1 - end, 1 - start) for start, end in reversed(pieces)]
    exons = tuple((tss + start, tss + end) for start, end in pieces)
    coding = (exons[0][0] + 40, exons[-1][1] - 40)
    return Gene(symbol, contig, exons[0][0], exons[-1][1], strand, exons=exons, coding=coding)


def _globin_like(symbol: str, start: int) -> Gene:
    exons = tuple((start + first, start + end) for first, end in _CLUSTER_EXONS)
    coding = (start + _CLUSTER_CODING[0], start + _CLUSTER_CODING[1])
    return Gene(symbol, "demo1", start, exons[-1][1], "-", exons=exons, coding=coding)


def _housekeeping(gene: Gene, writer: Writer) -> Element:
    for offset, motif in _HOUSEKEEPING.items():
        writer.motif(gene.tss, offset, motif, gene.strand)
    around = Interval(gene.contig, gene.tss - _ISLAND, gene.tss + _ISLAND)
    return Element(f"{gene.symbol}-promoter", "promoter", around)


def _tissue(gene: Gene, writer: Writer) -> Element:
    for offset, motif in _TISSUE.items():
        writer.motif(gene.tss, offset, motif, gene.strand)
    around = Interval(gene.contig, gene.tss - 49, gene.tss + 250)
    return Element(f"{gene.symbol}-promoter", "promoter", around)


def _enhancer(gene: Gene, writer: Writer, dice: Dice) -> Element:
    """Six motifs in 400 bp, 8-14 kb upstream."""
    away = dice.integer(8_000, 14_001)
    start = gene.tss - away if gene.strand == "+" else gene.tss + away
    where = Interval(gene.contig, start, start + 400)
    _scatter_motifs(where, writer, dice)
    return Element(f"{gene.symbol}-enhancer", "enhancer", where)


def _scatter_motifs(where: Interval, writer: Writer, dice: Dice) -> None:
    step = len(where) // len(_ENHANCER)
    for number, motif in enumerate(_ENHANCER):
        at = where.start + number * step + dice.integer(0, step - len(motif))
        strand = "+-"[dice.integer(0, 2)]
        writer.motif(at if strand == "+" else at + len(motif) - 1, 0, motif, strand)


def _control_region(writer: Writer, dice: Dice) -> list[Element]:
    """Five sites 10 to 60 kb upstream of every gene of the cluster, and an insulator on either side."""
    sites = [Interval("demo1", start, start + _SITE_LENGTH) for start in _SITES]
    for site in sites:
        _scatter_motifs(site, writer, dice)
    ends = (Interval("demo1", 294_000, 294_100), Interval("demo1", 361_000, 361_100))
    for end, strand in zip(ends, "+-", strict=True):
        writer.motif(end.start + 40, 0, _INSULATOR, strand)
    return [
        Element("DLCR", "locus control region", Interval("demo1", sites[0].start, sites[-1].end)),
        *(Element(f"DLCR-HS{i}", "enhancer", site) for i, site in enumerate(sites, start=1)),
        *(Element(f"DINS{i}", "insulator", end) for i, end in enumerate(ends, start=1)),
    ]


def _write_transcript(gene: Gene, writer: Writer) -> None:
    """Start and stop codon, and GT..AG at the ends of introns, on the gene's strand."""
    assert gene.coding is not None  # every gene made here codes
    left, right = ("ATG", "TAA") if gene.strand == "+" else ("TTA", "CAT")
    writer.write(gene.coding[0], left)
    writer.write(gene.coding[1] - 3, right)
    donor, acceptor = ("GT", "AG") if gene.strand == "+" else ("CT", "AC")
    for (_, end), (start, _) in zip(gene.exons, gene.exons[1:], strict=False):
        writer.write(end, donor)
        writer.write(start - 2, acceptor)
