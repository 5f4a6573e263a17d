"""Variants against the genome: REF is checked, left-out bases filled in, indels left-aligned.

Left alignment as in Tan et al., Bioinformatics 2015 (doi 10.1093/bioinformatics/btv112): shared bases
come off, then an indel moves left as long as the resulting sequence stays the same.
"""

from enformer.alleles import shorten, trim
from enformer.coordinates import Interval, Variant
from enformer.errors import QueryError
from enformer.genome import Genome
from enformer.notation import Edit
from enformer.sequence import reverse_complement

LONGEST = 500_000
"""Bp that a deletion or replacement may span: more than any window holds."""


def normalise(variant: Variant, genome: Genome) -> Variant:
    """The same change trimmed and left-aligned, with REF checked against the genome.

    Raises:
        QueryError: REF disagrees with the genome; `example` holds the correction.
        GenomeError: the genome has no such contig.
    """
    edit = Edit(variant.contig, variant.start, variant.end, variant.ref, variant.alt)
    return complete(edit, genome)[0]


def complete(edit: Edit, genome: Genome) -> tuple[Variant, tuple[str, ...]]:
    """Turns what was read into a left-aligned VCF variant.

    Returns:
        The variant, and a note for each thing that was changed on the way.

    Raises:
        QueryError: it leaves the contig, is too long, or REF disagrees with the genome.
        GenomeError: the genome has no such contig.
    """
    edit = edit._replace(contig=genome.resolve(edit.contig))
    _check_bounds(edit, genome)
    reference = _bases(genome, edit.contig, edit.start, edit.end)
    if edit.ref is not None and edit.ref != reference:
        _refuse_reference(edit, reference, genome)
    alt = {"replace": edit.alt, "duplicate": reference * 2, "invert": reverse_complement(reference)}
    start, ref, alt = trim(edit.start, reference, alt[edit.change])
    if not ref and not alt:
        raise QueryError(
            "The genome reads the same before and after, so there is nothing to compare.",
            read=describe(edit),
            do="Give another ALT.",
            example=f"{edit.contig}:{edit.start + 1:,}-{edit.end:,}",
        )
    moved = 0 if ref and alt else _room(genome, edit.contig, start, ref or alt)
    variant = _shifted(genome, edit.contig, start, ref, alt, moved)
    return variant, _notes(edit, variant)


def _notes(edit: Edit, variant: Variant) -> tuple[str, ...]:
    result = shorten(str(variant))
    if edit.change != "replace" or not edit.ref or not edit.alt:
        return (f"Written as in VCF, left-aligned: {result}.",)
    if (edit.start, edit.ref, edit.alt) == (variant.start, variant.ref, variant.alt):
        return ()
    if variant.is_indel:
        return (f"Trimmed and left-aligned to {result}, which gives the same sequence.",)
    return (f"Trimmed to the bases that differ: {result}.",)


def describe(edit: Edit) -> str:
    """The edit for messages, its position 1-based."""
    place = f"{edit.contig}:{edit.start + 1:,}"
    if edit.change != "replace" or edit.ref is None:
        return f"{edit.form} over {place}-{edit.end:,}"
    return f"{place} {shorten(edit.ref) or '-'}>{shorten(edit.alt) or '-'}"


def _check_bounds(edit: Edit, genome: Genome) -> None:
    length = genome.contigs[edit.contig]
    if edit.end > length:
        raise QueryError(
            f"{edit.contig} ends at {length:,} in {genome.assembly}.",
            read=describe(edit),
            do="Correct the position, or check which assembly it is of.",
            example=f"{edit.contig}:{length:,}",
        )
    if edit.end - edit.start > LONGEST or len(edit.alt) > LONGEST:
        raise QueryError(
            f"It spans more than {LONGEST:,} bp, which no window holds.",
            read=describe(edit),
            do="Look at one of its ends instead.",
            example=f"{edit.contig}:{edit.start + 1:,}",
        )


def _bases(genome: Genome, contig: str, start: int, end: int) -> str:
    return genome.fetch(Interval(contig, start, end)) if start < end else ""


def _room(genome: Genome, contig: str, start: int, stretch: str) -> int:
    """Bp by which a deleted or inserted stretch can move left without changing the sequence."""
    known, first, step = stretch, start, 64
    for moved in range(start):
        place = start - moved - first
        if place == 0:
            first, step = max(0, first - step), min(2 * step, 65_536)
            known = _bases(genome, contig, first, start - moved) + known
            place = start - moved - first
        before, last = known[place - 1], known[place - 1 + len(stretch)]
        if before != last or before == "N":
            return moved
    return start


def _shifted(genome: Genome, contig: str, start: int, ref: str, alt: str, moved: int) -> Variant:
    """The variant after moving its one stretch left: the stretch turns by as many bases."""
    turn = moved % len(ref or alt)
    ref, alt = (each[len(each) - turn :] + each[: len(each) - turn] for each in (ref, alt))
    return _anchored(genome, contig, start - moved, ref, alt)


def _anchored(genome: Genome, contig: str, start: int, ref: str, alt: str) -> Variant:
    """As VCF wants it: with the base before an indel, or at the contig's start the one after it."""
    if ref and alt:
        return Variant(contig, start + 1, ref, alt)
    if start > 0:
        base = _bases(genome, contig, start - 1, start)
        return Variant(contig, start, base + ref, base + alt)
    if len(ref) == genome.contigs[contig]:
        raise QueryError(
            "It removes the whole contig.",
            read=f"a deletion of {len(ref):,} bp on {contig}",
            do="Delete less of it.",
            example=f"{contig}:1",
        )
    base = _bases(genome, contig, len(ref), len(ref) + 1)
    return Variant(contig, 1, ref + base, alt + base)


def _refuse_reference(edit: Edit, reference: str, genome: Genome) -> None:
    """Raises the error that offers the likeliest correction."""
    if "N" in reference:
        raise QueryError(
            f"{genome.assembly} has unknown bases there ({shorten(reference)}).",
            read=describe(edit),
            do="Choose a place whose sequence is known.",
        )
    do, corrected = _correction(edit, reference, genome)
    place = f"{edit.contig}:{edit.start + 1:,}"
    raise QueryError(
        f"REF is {shorten(edit.ref or '')}, but {genome.assembly} has {shorten(reference)} at {place}.",
        read=describe(edit),
        do=do,
        example=complete(corrected, genome)[0].key,
    )


def _correction(edit: Edit, reference: str, genome: Genome) -> tuple[str, Edit]:
    """What to do about a REF that is not the genome's, and the edit that results."""
    ref, alt, start = edit.ref or "", edit.alt, edit.start
    end = min(start + len(alt), genome.contigs[edit.contig])
    if alt and _bases(genome, edit.contig, start, end) == alt:
        swapped = edit._replace(end=end, ref=alt, alt=ref)
        return "ALT is the genome's allele: swap the two, or check the assembly.", swapped
    if reverse_complement(ref) == reference:
        opposite = edit._replace(ref=reference, alt=reverse_complement(alt))
        return "It fits the other strand: take the complement of both alleles.", opposite
    return (
        "Take the genome's allele as REF, or check the assembly and the position.",
        edit._replace(ref=reference),
    )
