"""A pasted sequence as a genome of its own: one contig, and nothing known around it."""

import hashlib
from types import MappingProxyType

from enformer.genome import Genome


class PastedGenome(Genome):
    """The bases that were pasted.

    Args:
        bases: A, C, G, T and N, upper case.
        name: of the contig.
    """

    assembly = "pasted sequence"

    def __init__(self, bases: str, name: str = "sequence") -> None:
        self._bases = bases
        self.identity = f"sequence:{hashlib.sha256(bases.encode()).hexdigest()[:32]}"
        self.description = f"A pasted sequence of {len(bases):,} bp; nothing is known around it."
        self.contigs = MappingProxyType({name: len(bases)})

    def _read(self, contig: str, start: int, end: int) -> str:
        return self._bases[start:end]
