"""Which assembly a set of contigs is, told from public chromosome lengths."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType

from enformer.assemblies import chromosomes

_AUTOSOMES = {
    "hg38": (
        248956422, 242193529, 198295559, 190214555, 181538259, 170805979, 159345973, 145138636,
        138394717, 133797422, 135086622, 133275309, 114364328, 107043718, 101991189, 90338345,
        83257441, 80373285, 58617616, 64444167, 46709983, 50818468,
    ),
    "hg19": (
        249250621, 243199373, 198022430, 191154276, 180915260, 171115067, 159138663, 146364022,
        141213431, 135534747, 135006516, 133851895, 115169878, 107349540, 102531392, 90354753,
        81195210, 78077248, 59128983, 63025520, 48129895, 51304566,
    ),
    "mm10": (
        195471971, 182113224, 160039680, 156508116, 151834684, 149736546, 145441459, 129401213,
        124595110, 130694993, 122082543, 120129022, 120421639, 124902244, 104043685, 98207768,
        94987271, 90702639, 61431566,
    ),
    "mm39": (195154279,),
    "hs1": (248387328,),
}  # fmt: skip
_SEX = {
    "hg38": (156040895, 57227415),
    "hg19": (155270560, 59373566),
    "mm10": (171031299, 91744698),
}


def _named(assembly: str) -> Mapping[str, int]:
    autosomes = {f"chr{n}": bp for n, bp in enumerate(_AUTOSOMES[assembly], start=1)}
    sex = dict(zip(("chrX", "chrY"), _SEX.get(assembly, ()), strict=False))
    return MappingProxyType(autosomes | sex)


LENGTHS: Mapping[str, Mapping[str, int]] = MappingProxyType(
    {assembly: _named(assembly) for assembly in _AUTOSOMES}
)
"""Bp of the nuclear chromosomes by assembly; chr1 alone where an assembly is only recognised."""

HG38: Mapping[str, int] = MappingProxyType({**LENGTHS["hg38"], "chrM": 16_569})
"""Bp of the primary contigs of hg38; chrM, being the same in hg19 files, tells no assembly."""


@lru_cache(maxsize=4096)  # asked for every gene of a table
def bare(contig: str) -> str:
    """A contig's name for comparison: `11` for chr11, Chr11 and NC_000011.10; `M` for MT."""
    known = chromosomes(contig)
    name = (known[0].contig if known else contig).upper().removeprefix("CHR")
    return "M" if name in ("MT", "MITO") else name


def recognise(contigs: Mapping[str, int]) -> str | None:
    """The assembly that shares a chromosome's name and length with these contigs, or None."""
    here = {(bare(name), bp) for name, bp in contigs.items()}
    for assembly, expected in LENGTHS.items():
        if any((bare(name), bp) in here for name, bp in expected.items()):
            return assembly
    return None


def contradictions(contigs: Mapping[str, int], assembly: str) -> Iterator[tuple[str, int, int]]:
    """Contigs named like a chromosome of the assembly but of another length.

    Yields:
        name, bp here, bp in the assembly.
    """
    expected = {bare(name): bp for name, bp in LENGTHS.get(assembly, {}).items()}
    for name, bp in contigs.items():
        if expected.get(bare(name), bp) != bp:
            yield name, bp, expected[bare(name)]
