"""Variants as people and programs write them: joined, VCF line, SPDI, genomic HGVS.

Each is read as an `Edit`: a 0-based stretch of the genome and what replaces it. Notations that
leave bases out (`del`, `dup`, `ins`) are completed with the genome in `enformer.normalise`.
"""

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from enformer import alleles, examples
from enformer.alleles import shorten
from enformer.errors import QueryError
from enformer.grammar import (
    ANY_CONTIG,
    CONTIG,
    NUMBER,
    SUPPORTED,
    clean,
    number,
    settle_assembly,
    settle_contig,
)

Change = Literal["replace", "duplicate", "invert"]


class Edit(NamedTuple):
    """Bases [start, end) of a contig, 0-based, and what becomes of them.

    `ref` is None where the notation does not say; it and `alt` may be empty. `form` names the
    notation.
    """

    contig: str
    start: int
    end: int
    ref: str | None
    alt: str
    change: Change = "replace"
    form: str = "a variant"


_REF = r"(?P<ref>[A-Za-z]+|[-*.]|<[^<>\s]*>)"
_ALT = r"(?P<alt>[^ ]+(?:, [^ ]+)*)"
_ARROW = r"(?: ?(?:->|[>:/_-]) ?| )"
_SUBSTITUTION = rf"(?P<start>{NUMBER})(?: ?: ?|[ _-])?{_REF}{_ARROW}{_ALT}"
_JOINED = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{ANY_CONTIG} ?: ?(?:[gm]\.)?{_SUBSTITUTION}",
        rf"{CONTIG}[-_ ]{_SUBSTITUTION}",
    )
)
_SPDI = re.compile(
    rf"(?P<contig>[A-Z]{{2}}_[0-9]{{6,9}}(?:\.[0-9]{{1,3}})?):(?P<start>{NUMBER}):"
    r"(?P<ref>[A-Z]*|[0-9]{1,6}):(?P<alt>[A-Z]*)",
    re.IGNORECASE,
)
_HGVS = re.compile(
    rf"{CONTIG} ?: ?(?:[gm]\.)?(?P<start>{NUMBER})(?:_(?P<end>{NUMBER}))? ?"
    r"(?:del(?P<deleted>[A-Z]*)ins(?P<replacing>[A-Z]+)|del(?P<removed>[A-Z]*)|dup(?P<doubled>[A-Z]*)"
    r"|ins(?P<inserted>[A-Z]+)|(?P<inverted>inv)|(?P<same>[A-Z]*=))",
    re.IGNORECASE,
)
_GENOMIC = re.compile(rf"{CONTIG} ?: ?[gm]\..+", re.IGNORECASE)


def read_variant(text: str) -> Edit:
    """Reads a variant in any notation without asking a genome.

    Raises:
        QueryError: it is none, or one that cannot be predicted, with the reason.
    """
    line = first_columns(clean(text))
    edit = match_variant(settle_assembly(line, SUPPORTED), SUPPORTED)
    if edit is None:
        raise QueryError(
            "That is no variant with a position.",
            read=f'"{shorten(line)}"',
            do="Write contig, position counted from 1, REF and ALT.",
            example=examples.VARIANT,
        )
    return edit


def match_variant(line: str, assemblies: tuple[str, ...]) -> Edit | None:
    """The edit that a clean line spells, or None if it spells something else.

    Args:
        line: from `clean` and `settle_assembly`.
        assemblies: those whose accessions are accepted.

    Raises:
        QueryError: it is a variant, and cannot be used.
    """
    if columns := _vcf_columns(line):
        return _written_out(line, *columns, assemblies, "a VCF line")
    if match := _SPDI.fullmatch(line):
        return _spdi(line, match, assemblies)
    if match := _HGVS.fullmatch(line):
        return _hgvs(line, match, assemblies)
    for pattern in _JOINED:
        if match := pattern.fullmatch(line):
            places = match["contig"], match["start"], match["ref"], match["alt"]
            return _written_out(line, *places, assemblies, "a variant")
    if _GENOMIC.fullmatch(line):
        raise QueryError(
            "This genomic HGVS cannot be used: only substitution, del, ins, dup, delins and inv "
            "between exact positions can.",
            read=f'"{shorten(line)}"',
            do="Write it with exact positions, or as in VCF.",
            example=examples.HGVS,
        )
    return None


def first_columns(line: str) -> str:
    """The five columns of a VCF line that are read; any other line as it stands."""
    return " ".join(line.split(" ", 5)[:5]) if _vcf_columns(line) else line


def _vcf_columns(line: str) -> tuple[str, str, str, str] | None:
    columns = line.split(" ", 5)
    if len(columns) < 5 or not re.fullmatch(NUMBER, columns[1]):
        return None
    contig, position, name, ref, alt = columns[:5]
    looks_like_bed = name.isdigit() and not re.fullmatch(r"(?i)[acgtn]+", alt)
    if looks_like_bed or not re.fullmatch(r"[A-Za-z.*-]+", ref):
        return None
    return contig, position, ref, alt


def _written_out(
    line: str,
    contig: str,
    position: str,
    ref: str,
    alt: str,
    assemblies: tuple[str, ...],
    form: str,
) -> Edit:
    contig, first, ref = settle_contig(contig, assemblies), number(position), ref.upper()
    alt = alt.upper()
    if first < 1:
        raise QueryError(
            "Positions are counted from 1.",
            read=f'"{shorten(line)}"',
            do="Correct the position.",
            example=examples.VARIANT,
        )
    several = [each for each in re.split(r"[,/|] ?", alt) if each] if "[" not in alt else [alt]
    if len(several) > 1:
        usable = [each for each in several if re.fullmatch("[ACGTN]+", each)] or several
        refuse_several([f"{contig}:{first:,} {ref}>{each}" for each in usable], line)
    _refuse_bare_insertion(line, ref)
    if alt == "-":
        return Edit(contig, first - 1, first - 1 + len(ref), ref, "", form=form)
    alleles.check(line, ref, alt)
    return Edit(contig, first - 1, first - 1 + len(ref), ref, alt, form=form)


def _refuse_bare_insertion(line: str, ref: str) -> None:
    if ref == "-":
        raise QueryError(
            "An insertion with an empty REF does not say on which side of the position it goes.",
            read=f'"{shorten(line)}"',
            do="Repeat the base before it in REF and ALT, or write HGVS with both neighbours.",
            example=examples.INSERTION,
        )


def refuse_several(choices: Sequence[str], line: str) -> None:
    """Raises the error that lets the person pick one of several variants or places."""
    raise QueryError(
        "That is more than one, and one can be shown at a time.",
        read=f'"{shorten(line)}"',
        do="Pick one.",
        choices=tuple(choice for choice in choices if len(choice) <= 200)[:10],
    )


def _spdi(line: str, match: re.Match[str], assemblies: tuple[str, ...]) -> Edit:
    start, ref, alt = number(match["start"]), match["ref"].upper(), match["alt"].upper()
    known = None if ref.isdigit() else ref
    end = start + (int(ref) if ref.isdigit() else len(ref))
    if end == start and not alt:
        raise QueryError(
            "Nothing is deleted and nothing is inserted.",
            read=f'the SPDI "{shorten(line)}"',
            do="Give the deleted or the inserted bases.",
            example=examples.SPDI,
        )
    _check_bases(line, known or "", alt)
    contig = settle_contig(match["contig"], assemblies)
    return Edit(contig, start, end, known, alt, form="an SPDI, its position counted from 0")


def _hgvs(line: str, match: re.Match[str], assemblies: tuple[str, ...]) -> Edit:
    contig = settle_contig(match["contig"], assemblies)
    first = number(match["start"])
    last = number(match["end"]) if match["end"] else first
    parts = {name: (bases or "").upper() for name, bases in match.groupdict().items()}
    if match["same"] is not None or first < 1 or last < first:
        _refuse_hgvs(line, "It says that nothing changes." if match["same"] is not None else
                     "The positions must count from 1 and rise.")  # fmt: skip
    written = parts["deleted"] or parts["removed"] or parts["doubled"]
    _check_bases(line, written, parts["replacing"] or parts["inserted"])
    if written and len(written) != last - first + 1:
        _refuse_hgvs(
            line, f"The positions span {last - first + 1:,} bp, the bases written {len(written):,}."
        )
    span = Edit(contig, first - 1, last, written or None, parts["replacing"], form="genomic HGVS")
    if match["doubled"] is not None:
        return span._replace(change="duplicate")
    if match["inverted"]:
        return span._replace(change="invert")
    if match["inserted"] is None:
        return span
    if last != first + 1:
        _refuse_hgvs(line, "An insertion is written between two neighbouring bases.")
    return span._replace(start=first, end=first, ref="", alt=parts["inserted"])


def _check_bases(line: str, *sequences: str) -> None:
    for bases in filter(None, sequences):
        if not re.fullmatch("[ACGT]+", bases):
            _refuse_hgvs(line, f"{shorten(bases)} is no sequence of A, C, G and T.")


def _refuse_hgvs(line: str, wrong: str) -> None:
    raise QueryError(
        wrong,
        read=f'"{shorten(line)}"',
        do="Correct it, or write REF and ALT as in VCF.",
        example=examples.HGVS,
    )
