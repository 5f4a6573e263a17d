"""VCFs to try: one that is written for the demo genome from what was planted there, one of real variants."""

from collections.abc import Iterator

from enformer.coordinates import Interval
from enformer.genome import Genome
from enformer.planted import FACTORS

_CONTIG = "demo1"
_ELEMENTS = ("DGB1-promoter", "DLCR-HS2", "DINS2")
"""A promoter, the strongest enhancer and an insulator of the cluster."""
_OTHER = {"A": "C", "C": "A", "G": "T", "T": "G"}
_HBB = (
    (5_227_002, "rs334", "T", "A"),
    (5_227_099, "HBB_-28_A>G", "T", "C"),
    (5_227_100, "HBB_-29_A>G", "T", "C"),
    (5_227_101, "HBB_-30_T>A", "A", "T"),
    (5_227_102, "HBB_-31_A>G", "T", "C"),
    (5_227_158, "HBB_-87_C>G", "G", "C"),
    (5_227_159, "HBB_-88_C>T", "G", "A"),
    (5_227_172, "HBB_-101_C>T", "G", "A"),
)
"""On chr11: rs334, and changes of the HBB promoter that cause β-thalassaemia, by distance to its TSS."""
_ABOUT_HBB = (
    "The variant of sickle-cell disease, and seven of the HBB promoter that cause β-thalassaemia."
)
_ABOUT_DEMO = (
    "Each binding site of a promoter, an enhancer and an insulator broken, as many bases beside them, and "
    "six rows that cannot be scored."
)
Row = tuple[str, int, str, str, str]
"""Contig, position, ID, REF, ALT."""


def example(genome: Genome) -> tuple[str, bytes, str] | None:
    """Name, content and a sentence about it; None for a genome that none is written for."""
    written = {"demo": (_planted, _ABOUT_DEMO), "hg38": (lambda _: _real(), _ABOUT_HBB)}
    if genome.assembly not in written:
        return None
    rows, about = written[genome.assembly]
    return f"{genome.assembly}_example.vcf", _text(sorted(rows(genome)), genome).encode(), about


def _real() -> Iterator[Row]:
    return (("chr11", *row) for row in _HBB)


def _planted(genome: Genome) -> Iterator[Row]:
    """Sites of those elements, bases beside them, and rows of every kind that is refused."""
    from app.truth.truth_tables import (  # the demo genome is drawn when it is asked for
        Names,
        reading_of,
    )

    sites, names = reading_of(_CONTIG).sites, Names.of(_CONTIG)
    found = zip(sites.factor.tolist(), sites.start.tolist(), sites.end.tolist(), strict=True)
    named = [(names.element_over(start, end), factor, start, end) for factor, start, end in found]
    taken = {
        at for start, end in zip(sites.start, sites.end, strict=True) for at in range(start, end)
    }
    inside = [site for site in named if site[0] in _ELEMENTS]
    for element, factor, start, end in inside:
        beside = next(at for at in range(end + 14, end + 100) if at not in taken)
        yield _changed(genome, (start + end) // 2, f"breaks_{FACTORS[factor].name}_of_{element}")
        yield _changed(genome, beside, f"beside_{FACTORS[factor].name}_of_{element}")
    _, _, start, end = next(site for site in inside if site[0] == "DLCR-HS2")
    whole = genome.fetch(Interval(_CONTIG, start - 1, end))
    yield _CONTIG, start, "deletes_the_first_site_of_DLCR-HS2", whole, whole[0]
    yield from _refused(genome)


def _changed(genome: Genome, at: int, name: str) -> Row:
    """A base replaced by one that no site has in its place."""
    base = genome.fetch(Interval(_CONTIG, at, at + 1))
    return _CONTIG, at + 1, name, base, _OTHER[base]


def _refused(genome: Genome) -> Iterator[Row]:
    contig, at, _, ref, alt = _changed(genome, 300_000, "")
    yield contig, at, "wrong_REF", alt, ref
    yield contig, at + 1, "symbolic", genome.fetch(Interval(contig, at, at + 1)), "<DEL>"
    yield contig, at + 2, "star", genome.fetch(Interval(contig, at + 1, at + 2)), "*"
    yield contig, at + 3, "no_ALT", genome.fetch(Interval(contig, at + 2, at + 3)), "."
    yield contig, genome.contigs[contig] + 1, "beyond_the_end", "A", "C"
    yield "chr7", 1_000, "another_genome", "A", "C"


def _text(rows: list[Row], genome: Genome) -> str:
    """The file. Rows of one contig stand together, sorted, so that it can be indexed."""
    known = dict.fromkeys(row[0] for row in rows if row[0] in genome.contigs)
    lines = ["##fileformat=VCFv4.2", "##source=Enformer Lens"]
    lines += [f"##contig=<ID={contig},length={genome.contigs[contig]}>" for contig in known]
    lines.append("\t".join(["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"]))
    lines += ["\t".join([*map(str, row), ".", ".", "."]) for row in rows]
    return "\n".join(lines) + "\n"
