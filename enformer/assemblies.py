"""Assemblies: their names, and the RefSeq accessions of their chromosomes.

Accession versions as in the NCBI assembly reports of GRCh38, GRCh37, GRCm38, GRCm39 and
T2T-CHM13v2.0.
"""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple


class Chromosome(NamedTuple):
    """A chromosome of a named assembly; contig in UCSC spelling, such as chr11."""

    assembly: str
    contig: str


def _accessions(
    first: int, versions: Iterable[int], names: Iterable[str], mitochondrion: str
) -> Mapping[str, str]:
    numbered = zip(versions, names, strict=True)
    table = {f"NC_{first + i:06d}.{version}": f"chr{name}"
             for i, (version, name) in enumerate(numbered)}  # fmt: skip
    return MappingProxyType(table | {mitochondrion: "chrM"})


_HUMAN = (*map(str, range(1, 23)), "X", "Y")
_MOUSE = (*map(str, range(1, 20)), "X", "Y")
_GRCH38 = (11, 12, 12, 12, 10, 12, 14, 11, 12, 11, 10, 12,
           11, 9, 10, 10, 11, 10, 10, 11, 9, 11, 11, 10)  # fmt: skip
_GRCH37 = tuple(version - 1 for version in _GRCH38)
_GRCM38 = (6, 7, *[6] * 17, 7, 7)
_GRCM39 = tuple(version + 1 for version in _GRCM38)

ACCESSIONS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "hg38": _accessions(1, _GRCH38, _HUMAN, "NC_012920.1"),
        "hg19": _accessions(1, _GRCH37, _HUMAN, "NC_012920.1"),
        "hs1": _accessions(60925, [1] * 24, _HUMAN, "NC_012920.1"),
        "mm10": _accessions(67, _GRCM38, _MOUSE, "NC_005089.1"),
        "mm39": _accessions(67, _GRCM39, _MOUSE, "NC_005089.1"),
    }
)
"""RefSeq accession with version -> UCSC contig name, for each assembly."""

SUPPORTED = ("hg38", "mm10")
"""Assemblies the published heads were trained on; every other one is refused by name."""

_NAMES: Mapping[str, str] = {
    "hg38": r"hg38|grch38(?:\.p\d+)?|b38",
    "hg19": r"hg19|grch37(?:\.p\d+)?|b37|hs37(?:d5)?",
    "hg18": r"hg18|ncbi36|b36",
    "hs1": r"(?:t2t-)?chm13(?:v\d(?:\.\d)?)?",  # HS1 itself is a gene alias
    "mm10": r"mm10|grcm38(?:\.p\d+)?",
    "mm39": r"mm39|grcm39",
    "mm9": r"mm9|ncbim37",
}
# A mark stands alone: `_b37`, `(hg19)`, `GRCh37:11:...`; never inside a name such as HG19L.
_MARK = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    + "|".join(f"(?P<{name}>{spellings})" for name, spellings in _NAMES.items())
    + r")(?![A-Za-z0-9])",
    re.IGNORECASE,
)
# A dash ties a mark on only where it touches it: the dash of `T>- hg38` is an allele.
_TIED_MARK = re.compile(
    r"(?:[\s,;:_(\[|]+|-)?" + _MARK.pattern + r"(?:[\s,;:_)\]|]+|-)?", re.IGNORECASE
)
_CHROMOSOME = re.compile(r"(?:chr)?(\d{1,2}|x|y|mt?)", re.IGNORECASE | re.ASCII)


def chromosomes(accession: str) -> list[Chromosome]:
    """Chromosomes a RefSeq accession stands for; none if unknown, several for human chrM."""
    return [
        Chromosome(assembly, table[accession.upper()])
        for assembly, table in ACCESSIONS.items()
        if accession.upper() in table
    ]


def only_in_hg19(contig: str) -> bool:
    """Whether a contig is named by an accession that hg19 has and hg38 has not."""
    known = {place.assembly for place in chromosomes(contig)}
    return "hg19" in known and "hg38" not in known


def accession_of(assembly: str, contig: str) -> str | None:
    """RefSeq accession of a UCSC contig name, such as NC_000011.10 for hg38 chr11."""
    table = ACCESSIONS.get(assembly, {})
    return next((accession for accession, name in table.items() if name == contig), None)


def ucsc_name(contig: str) -> str:
    """UCSC spelling: chr11 for 11, chr11 and CHR11, chrM for MT; other names as they stand."""
    match = _CHROMOSOME.fullmatch(contig)
    if match is None:
        return contig
    name = match[1].upper().lstrip("0")
    return "chr" + ("M" if name == "MT" else name)


def assembly_marks(text: str) -> list[str]:
    """Assemblies that a text names in any spelling (`_b37`, `GRCh38.p14`), as UCSC names."""
    return [match.lastgroup for match in _MARK.finditer(text) if match.lastgroup]


def canonical_assembly(name: str) -> str:
    """UCSC name of an assembly: hg38 for GRCh38; a name that is not known as it stands."""
    return next(iter(assembly_marks(name)), name)


def without_marks(text: str) -> str:
    """The text with each assembly mark and the punctuation that ties it on taken off."""
    return _TIED_MARK.sub(" ", text).strip()
