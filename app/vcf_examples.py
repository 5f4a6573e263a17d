"""VCFs to try: one that is written for the demo genome from what was planted there, one of real variants."""

from collections.abc import Iterator

from enformer.coordinates import Interval
from enformer.genome import Genome
from enformer.planted import FACTORS

_CLUSTER = Interval("demo1", 285_000, 365_000)
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
    (5_248_232, "rs334_at_its_hg19_position", "T", "A"),
)
"""Known variants of the HBB promoter on chr11 of hg38, which cause β-thalassaemia, and rs334."""
Row = tuple[str, int, str, str, str]
"""Contig, position, ID, REF, ALT."""


def example(genome: Genome) -> tuple[str, bytes, str] | None:
    """Name, content and a sentence about it; None for a genome that none is written for."""
    if genome.assembly == "demo":
        rows, about = _planted(genome), "Every binding site of the cluster broken, one at a time, "
        about += "as many bases beside them, and six rows that cannot be scored."
    elif genome.assembly == "hg38":
        rows, about = (("chr11", *row) for row in _HBB), "Known variants of the HBB promoter, and "
        about += "one at its hg19 position."
    else:
        return None
    return f"{genome.assembly}_example.vcf", _text(sorted(rows), genome).encode(), about


def _planted(genome: Genome) -> Iterator[Row]:
    """Sites of the cluster, bases beside them, and rows of every kind that is refused."""
    from app.truth_tables import Names, reading_of  # the demo genome is drawn when it is asked for

    sites, names = reading_of(_CLUSTER.contig).sites, Names.of(_CLUSTER.contig)
    found = zip(sites.factor.tolist(), sites.start.tolist(), sites.end.tolist(), strict=True)
    inside = [site for site in found if _CLUSTER.start <= site[1] < _CLUSTER.end]
    taken = {at for _, start, end in inside for at in range(start, end)}
    for factor, start, end in inside:
        site = f"{FACTORS[factor].name}_of_{names.element_over(start, end)}"
        beside = next(at for at in range(end + 14, end + 100) if at not in taken)
        yield _changed(genome, (start + end) // 2, f"breaks_{site}")
        yield _changed(genome, beside, f"beside_{site}")
    _, start, end = next(site for site in inside if "HS2" in names.element_over(*site[1:]))
    whole = genome.fetch(Interval(_CLUSTER.contig, start - 1, end))
    yield _CLUSTER.contig, start, "deletes_the_first_site_of_DLCR-HS2", whole, whole[0]
    yield from _refused(genome)


def _changed(genome: Genome, at: int, name: str) -> Row:
    """A base replaced by one that no site has in its place."""
    base = genome.fetch(Interval(_CLUSTER.contig, at, at + 1))
    return _CLUSTER.contig, at + 1, name, base, _OTHER[base]


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
