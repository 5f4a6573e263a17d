"""What lies where on the demo genome."""

from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

from enformer.coordinates import Interval
from enformer.demo_sequence import Dice, Strand, Writer
from enformer.genes import Gene
from enformer.planted.compose import ENHANCER_STEP
from enformer.planted.factors import BY_NAME, Factor, factors_of
from enformer.planted.plan import ISLAND, Plan, PlannedEnhancer, PlannedPromoter

LENGTHS = MappingProxyType({"demo1": 600_000, "demo2": 300_000})

# DEMO1 onwards: contig, start of transcription, strand, tissue of its enhancer and how far upstream that
# starts. The first two share one promoter.
_SCATTERED: tuple[tuple[str, int, Strand, str, int], ...] = (
    ("demo1", 40_000, "+", "liver", 9_100), ("demo1", 39_400, "-", "muscle", 12_700),
    ("demo1", 90_000, "+", "neuron", 8_300), ("demo1", 175_000, "-", "muscle", 13_900),
    ("demo1", 205_000, "+", "liver", 10_400), ("demo1", 400_000, "+", "blood", 11_600),
    ("demo1", 470_000, "-", "neuron", 9_700), ("demo1", 500_000, "+", "muscle", 12_200),
    ("demo1", 585_000, "-", "liver", 8_800), ("demo2", 30_000, "+", "blood", 13_100),
    ("demo2", 95_000, "-", "neuron", 10_900), ("demo2", 120_000, "+", "liver", 9_400),
    ("demo2", 190_000, "-", "muscle", 11_100), ("demo2", 215_000, "+", "blood", 8_600),
    ("demo2", 285_000, "-", "neuron", 12_500),
)  # fmt: skip
_HOUSEKEEPING = ("NRF1", "SP1", "SP1")
_WALLS = {
    "demo1": (125_000, 240_000, 294_000, 361_000, 440_000, 545_000),
    "demo2": (70_000, 155_000, 250_000),
}

# The cluster lies on the minus strand, so upstream is to the right: five genes, then the control region.
_CLUSTER_STARTS = (300_000, 306_400, 315_200, 320_000, 328_200)
_CLUSTER_EXONS = ((0, 262), (1_112, 1_335), (1_465, 1_607))
_CLUSTER_CODING = (133, 1_557)
_CLUSTER_HELPERS = (
    ("NFY", "SP1", "NFY"), ("NFY",), ("NFY", "SP1"), ("SP1", "NFY"), ("NFY", "NFY"),
)  # fmt: skip
_SITES = {
    340_600: ("GATA1", "NFE2"),
    345_000: ("GATA1", "NFE2", "NFE2", "GATA1", "NFE2", "GATA1"),
    349_400: ("GATA1", "NFE2", "NFE2", "GATA1", "NFE2"),
    353_400: ("NFE2", "GATA1", "GATA1"),
    358_200: ("NFE2", "GATA1"),
}
# Strong blood enhancers close to the cluster, but beyond its insulators: without effect on its genes.
_OUTSIDE = {
    287_000: ("GATA1", "NFE2", "NFE2", "GATA1"), 374_000: ("NFE2", "GATA1", "GATA1", "NFE2"),
}  # fmt: skip


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


def plan_contig(contig: str) -> Plan:
    """What the grammar is to write on a contig."""
    scattered = [PlannedPromoter(tss, strand, "YY1", _named(_HOUSEKEEPING))
                 for place, tss, strand, *_ in _SCATTERED if place == contig]  # fmt: skip
    cluster = [
        PlannedPromoter(start + _CLUSTER_EXONS[-1][1] - 1, "-", "TATA", _named(helpers))
        for start, helpers in zip(_CLUSTER_STARTS, _CLUSTER_HELPERS, strict=True)
        if contig == "demo1"
    ]
    enhancers = tuple(planned for _, place, planned in _enhancers() if place == contig)
    return Plan(LENGTHS[contig], (*scattered, *cluster), enhancers, _WALLS[contig])


def lay_genes(dice: Dice) -> list[Gene]:
    """DEMO1 to DEMO15, with random exons, and DGB1 to DGB5."""
    scattered = [
        _scattered_gene(f"DEMO{number}", contig, tss, strand, dice)
        for number, (contig, tss, strand, *_) in enumerate(_SCATTERED, start=1)
    ]
    return scattered + [_cluster_gene(f"DGB{n}", at) for n, at in enumerate(_CLUSTER_STARTS, 1)]


def lay_elements() -> tuple[Element, ...]:
    """Every promoter, enhancer and insulator and the control region, by position."""
    elements = [
        Element(f"DEMO{number}-promoter", "promoter", Interval(contig, tss - ISLAND, tss + ISLAND))
        for number, (contig, tss, *_) in enumerate(_SCATTERED, start=1)
    ]
    for number, start in enumerate(_CLUSTER_STARTS, start=1):
        tss = start + _CLUSTER_EXONS[-1][1] - 1
        around = Interval("demo1", tss - 49, tss + 250)
        elements.append(Element(f"DGB{number}-promoter", "promoter", around))
    enhancers = [Element(name, "enhancer", _extent(where, planned))
                 for name, where, planned in _enhancers()]  # fmt: skip
    sites = [element.interval for element in enhancers if element.name.startswith("DLCR")]
    control = Interval("demo1", sites[0].start, sites[-1].end)
    elements += [*enhancers, *_insulators(), Element("DLCR", "locus control region", control)]
    return tuple(sorted(elements, key=lambda element: element.interval))


def write_transcript(gene: Gene, writer: Writer) -> None:
    """Start and stop codon, and GT..AG at the ends of introns, on the gene's strand."""
    assert gene.coding is not None  # every gene made here codes
    left, right = ("ATG", "TAA") if gene.strand == "+" else ("TTA", "CAT")
    writer.write(gene.coding[0], left)
    writer.write(gene.coding[1] - 3, right)
    donor, acceptor = ("GT", "AG") if gene.strand == "+" else ("CT", "AC")
    for (_, end), (start, _) in pairwise(gene.exons):
        writer.write(end, donor)
        writer.write(start - 2, acceptor)


def _scattered_gene(symbol: str, contig: str, tss: int, strand: Strand, dice: Dice) -> Gene:
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


def _cluster_gene(symbol: str, start: int) -> Gene:
    exons = tuple((start + first, start + end) for first, end in _CLUSTER_EXONS)
    coding = (start + _CLUSTER_CODING[0], start + _CLUSTER_CODING[1])
    return Gene(symbol, "demo1", start, exons[-1][1], "-", exons=exons, coding=coding)


def _enhancers() -> list[tuple[str, str, PlannedEnhancer]]:
    """Name, contig and plan: one upstream of each scattered gene, the control region, those outside."""
    found = []
    for number, (contig, tss, strand, tissue, away) in enumerate(_SCATTERED, start=1):
        start = tss - away if strand == "+" else tss + away
        own = factors_of(tissue)
        planned = PlannedEnhancer(start, (*own, *own[: 1 + number % 3]))
        found.append((f"DEMO{number}-enhancer", contig, planned))
    for number, (start, factors) in enumerate(_SITES.items(), start=1):
        found.append((f"DLCR-HS{number}", "demo1", PlannedEnhancer(start, _named(factors))))
    for number, (start, factors) in enumerate(_OUTSIDE.items(), start=1):
        found.append((f"DOUT{number}", "demo1", PlannedEnhancer(start, _named(factors))))
    return found


def _insulators() -> list[Element]:
    """DINS1 and DINS2 bound the cluster; the rest are numbered on."""
    walls = [(contig, at) for contig, places in _WALLS.items() for at in places]
    cluster = [("demo1", 294_000), ("demo1", 361_000)]
    order = cluster + [wall for wall in walls if wall not in cluster]
    return [Element(f"DINS{number}", "insulator", Interval(contig, at - 20, at + 20))
            for number, (contig, at) in enumerate(order, start=1)]  # fmt: skip


def _extent(contig: str, planned: PlannedEnhancer) -> Interval:
    length = ENHANCER_STEP * len(planned.factors)
    return Interval(contig, planned.start, planned.start + length)


def _named(names: tuple[str, ...]) -> tuple[Factor, ...]:
    return tuple(BY_NAME[name] for name in names)
