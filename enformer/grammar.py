"""Loci as people write them, and what every notation shares: clean text, contigs, assemblies.

Every spelling is 1-based and inclusive. Patterns see one line with single spaces and look for a
contig in its first 100 letters only, so that no text makes them slow.
"""

import re
import unicodedata
from typing import NamedTuple

from enformer import examples
from enformer.alleles import shorten
from enformer.assemblies import (
    ACCESSIONS,
    SUPPORTED,
    Chromosome,
    accession_of,
    assembly_marks,
    chromosomes,
    ucsc_name,
    without_marks,
)
from enformer.errors import QueryError

LIFT_OVER = "https://genome.ucsc.edu/cgi-bin/hgLiftOver"

CONTIG = r"(?P<contig>[^\s:]{1,100}?)"
ANY_CONTIG = r"(?P<contig>\S{1,100}?)"  # with colons inside, as in HLA-A*01:01:01:01
PLAIN_CONTIG = r"(?P<contig>(?:[0-9]{1,2}|[XY]|MT?)|chr[^\s:]{1,100}?)"
NUMBER = r"(?:[0-9]{1,3}(?:,[0-9]{3}){1,4}|[0-9]{1,12})"

_TO = r"(?: ?(?:-|\.{2,3}|to) ?| )"
_SPAN = rf"(?P<start>{NUMBER}){_TO}(?P<end>{NUMBER})"
_STRAND = r"(?: ?(?::[+-]|\([+-]\)))?"
_LOCI = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{ANY_CONTIG} ?: ?{_SPAN}{_STRAND}",
        rf"{CONTIG}:(?P<start>{NUMBER}):(?P<end>{NUMBER})",
        rf"{CONTIG} {_SPAN}{_STRAND}",
        rf"{PLAIN_CONTIG}(?P<separator>[-_])(?P<start>{NUMBER})(?P=separator)(?P<end>{NUMBER})",
    )
)
_POSITIONS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{ANY_CONTIG} ?: ?(?P<start>{NUMBER})",
        rf"{CONTIG} (?P<start>{NUMBER})",
        rf"{PLAIN_CONTIG}[-_](?P<start>{NUMBER})",
    )
)
_BED = re.compile(rf"{CONTIG} (?P<start>[0-9]{{1,12}}) (?P<end>[0-9]{{1,12}}) .*", re.IGNORECASE)
_ACCESSION = re.compile(r"NC_[0-9]{6}(?P<version>\.[0-9]{1,3})?", re.IGNORECASE)

# Dashes and minus signs to "-", arrows to ">", invisible letters and quotes away.
_LETTERS = (
    dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")
    | dict.fromkeys(map(ord, "→⟶➝➔"), ">")
    | dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff\"'`“”‘’"), "")
)


class Locus(NamedTuple):
    """0-based and half-open; `is_position` where a single base was typed."""

    contig: str
    start: int
    end: int
    is_position: bool


def clean(text: str) -> str:
    """One line with single spaces, plain dashes and plain digits."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_LETTERS).split())


def read_locus(text: str) -> Locus:
    """Reads a locus or a position without asking a genome.

    Raises:
        QueryError: it is neither, or belongs to an assembly that is not supported.
    """
    line = clean(text)
    locus = match_locus(settle_assembly(line, SUPPORTED), SUPPORTED)
    if locus is None:
        refuse_bed(line)
        raise QueryError(
            "That is no locus.",
            read=f'"{shorten(line)}"',
            do="Write contig, first base and last base, counted from 1.",
            example=examples.LOCUS,
        )
    return locus


def match_locus(line: str, assemblies: tuple[str, ...]) -> Locus | None:
    """The locus that a clean line spells, or None if it spells something else.

    Args:
        line: from `clean` and `settle_assembly`.
        assemblies: those whose accessions are accepted.

    Raises:
        QueryError: it is a locus, and wrong.
    """
    span = next(filter(None, (pattern.fullmatch(line) for pattern in _LOCI)), None)
    match = span or next(filter(None, (pattern.fullmatch(line) for pattern in _POSITIONS)), None)
    if match is None:
        return None
    first = number(match["start"])
    last = number(match["end"]) if span else first
    contig = settle_contig(match["contig"], assemblies)
    if first < 1 or last < first:
        _refuse_span(line, contig, first, last)
    return Locus(contig, first - 1, last, is_position=span is None)


def _refuse_span(line: str, contig: str, first: int, last: int) -> None:
    low, high = sorted((max(first, 1), max(last, 1)))
    wrong = "Positions are counted from 1." if first < 1 else "The end lies before the start."
    example = f"{contig}:{low:,}-{high:,}"
    raise QueryError(wrong, read=f'"{shorten(line)}"', do="Correct the positions.", example=example)


def refuse_bed(line: str) -> None:
    """Raises the error that turns a line of a BED file into a locus, where it is one."""
    match = _BED.fullmatch(line)
    if match is None:
        return
    first, last = sorted((int(match["start"]) + 1, int(match["end"]) or 1))
    raise QueryError(
        "More columns follow than a locus has; a BED line counts its start from 0.",
        read=f'"{shorten(line)}"',
        do="Write contig, first base and last base, counted from 1.",
        example=f"{ucsc_name(match['contig'])}:{first:,}-{last:,}",
    )


def number(digits: str) -> int:
    """An integer with or without commas."""
    return int(digits.replace(",", ""))


def settle_assembly(line: str, assemblies: tuple[str, ...]) -> str:
    """The line without the name of its assembly, once that is known to be one of those in use.

    Raises:
        QueryError: it names another assembly; positions are never carried over by guess.
    """
    marks = assembly_marks(line)
    rest = without_marks(line) if marks else line
    if not rest:
        return line
    for mark in marks:
        if mark not in assemblies:
            refuse_assembly(line, mark, assemblies)
    return rest


def settle_contig(name: str, assemblies: tuple[str, ...]) -> str:
    """UCSC spelling of a contig, also of a RefSeq accession with its version.

    Raises:
        QueryError: the accession is of another assembly, or lacks the version that tells which.
    """
    match = _ACCESSION.fullmatch(name)
    if match is None:
        return ucsc_name(name)
    known = chromosomes(name) if match["version"] else _versions(name)
    if match["version"] and not known:
        return name
    fitting = [place.contig for place in known if place.assembly in assemblies]
    if fitting and match["version"]:
        return fitting[0]
    if fitting:
        _refuse_unversioned(name, fitting[0], assemblies)
    if known:
        refuse_assembly(name, known[0].assembly, assemblies)
    return name


def _versions(accession: str) -> list[Chromosome]:
    stem = accession.upper() + "."
    return [
        place
        for table in ACCESSIONS.values()
        for versioned in table
        if versioned.startswith(stem)
        for place in chromosomes(versioned)
    ]


def _refuse_unversioned(name: str, contig: str, assemblies: tuple[str, ...]) -> None:
    versioned = next(filter(None, (accession_of(each, contig) for each in assemblies)), name)
    raise QueryError(
        "The accession has no version, and the version tells the assembly.",
        read=f'"{shorten(name)}"',
        do=f"If it is {assemblies[0]}, write {versioned}.",
        example=f"{versioned}:5225000-5310000",
    )


def refuse_assembly(read: str, found: str, assemblies: tuple[str, ...]) -> None:
    """Raises the error that says which assembly was read, which is in use, and how to convert."""
    raise QueryError(
        f"That is {found}, and {' or '.join(assemblies)} is in use, where the same number is another "
        "place.",
        read=f'"{shorten(read)}"',
        do=f"Lift it over first, for example with UCSC LiftOver ({LIFT_OVER}), or type a gene.",
        example=examples.GENE,
    )
