"""A genome in an indexed FASTA file, plain or compressed with bgzip."""

import hashlib
from pathlib import Path
from types import MappingProxyType

from enformer.assemblies import SUPPORTED, assembly_marks, canonical_assembly, only_in_hg19
from enformer.errors import GenomeError
from enformer.fasta_index import UNREADABLE, open_indexed
from enformer.genome import Genome, hg19_refusal
from enformer.references import contradictions, recognise


class FastaGenome(Genome):
    """A FASTA file on disk. Safe to share between threads: pyfaidx reads under a lock."""

    def __init__(self, path: Path, assembly: str | None = None) -> None:
        """Opens the file; makes an index beside it, or in the cache folder, where there is none.

        Args:
            path: of the FASTA.
            assembly: what it is, where its contig lengths do not tell.

        Raises:
            GenomeError: it is no usable FASTA, is hg19, or is not `assembly`.
        """
        self._path = path
        self._faidx = open_indexed(path)
        self._stamp = _stamp(path)
        self.contigs = MappingProxyType({k: v.rlen for k, v in self._faidx.index.items() if v.rlen})
        try:
            self.assembly = _assembly(path, self.contigs, assembly)
        except GenomeError:
            self._faidx.close()
            raise
        pin = hashlib.sha256(
            Path(self._faidx.indexname).read_bytes() + repr(self._stamp[:2]).encode()
        )
        self.identity = f"{self.assembly}:{path.name}:{pin.hexdigest()[:16]}"
        total = sum(self.contigs.values())
        self.description = (
            f"{self.assembly} from the file {path.name}: {len(self.contigs):,} "
            f"contig{'s' * (len(self.contigs) > 1)}, {_size(total)}."
        )
        if self.assembly not in SUPPORTED:
            self.description += (
                f" The models were trained on {' and '.join(SUPPORTED)}, not on this."
            )

    def _read(self, contig: str, start: int, end: int) -> str:
        if _stamp(self._path) != self._stamp:
            raise GenomeError(
                "The file changed after it was opened.",
                read=f"{contig}:{start + 1:,}-{end:,} in {self._path.name}",
                do="Open the genome again, so that positions and sequence belong together.",
            )
        try:
            return str(self._faidx.fetch(contig, start + 1, end))
        except UNREADABLE as broken:
            raise GenomeError(
                f"The file cannot be read there: {broken}.",
                read=f"{contig}:{start + 1:,}-{end:,} in {self._path.name}",
                do="It is probably damaged: get it again.",
            ) from broken

    def close(self) -> None:
        """Closes the file."""
        self._faidx.close()


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        status = path.stat()
    except OSError as gone:
        raise GenomeError(
            "The file is no longer there.", read=str(path), do="Open another genome."
        ) from gone
    return status.st_size, status.st_mtime_ns, status.st_ino


def _size(bp: int) -> str:
    return f"{bp / 1e6:,.1f} Mb" if bp >= 1_000_000 else f"{bp / 1e3:,.1f} kb"


def _assembly(path: Path, contigs: MappingProxyType[str, int], named: str | None) -> str:
    found, wanted = recognise(contigs), canonical_assembly(named) if named else None
    told = found or wanted or next(iter(assembly_marks(_stem(path))), None)
    if "hg19" in (told, wanted) or any(map(only_in_hg19, contigs)):
        raise hg19_refusal(f"the FASTA {path.name}")
    if wanted is None:
        return found or _stem(path)
    for name, here, expected in contradictions(contigs, wanted):
        raise GenomeError(
            f"{name} has {here:,} bp here and {expected:,} bp in {wanted}"
            + (f": this is {found}." if found else "."),
            read=f"the FASTA {path.name}, named as {wanted}",
            do="Leave the assembly out, or give the right one.",
        )
    return wanted


def _stem(path: Path) -> str:
    name = path.name.removesuffix(".gz").removesuffix(".bgz")
    return Path(name).stem or name
