"""hg38 without a download: windows from UCSC, else Ensembl, kept on disk."""

import re
import threading
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any

from enformer.answers import Answers
from enformer.coordinates import Interval
from enformer.errors import GenomeError
from enformer.genome import Genome
from enformer.references import HG38
from enformer.service import ENSEMBL, UCSC, Service, ServiceError

_BLOCK = 65_536
_BLOCKS_A_REQUEST = 16


class RemoteGenome(Genome):
    """The chromosomes of hg38 (GRCh38), fetched in blocks of 65,536 bp when they are looked at."""

    assembly = "hg38"
    identity = "hg38:GRCh38"
    contigs = HG38
    remote = True
    description = (
        "hg38 (GRCh38), the human reference: only what is looked at is fetched, from the UCSC Genome "
        "Browser or Ensembl, and kept on this computer."
    )

    def __init__(
        self, ucsc: str = UCSC, ensembl: str = ENSEMBL, pace: float = 1.0, timeout: float = 15.0
    ) -> None:
        """Fetches nothing yet.

        Args:
            ucsc: address of the service asked first.
            ensembl: address of the service asked where the first fails.
            pace: seconds between requests to one service.
            timeout: seconds without a byte.
        """
        self._sources: tuple[tuple[Service, Callable[..., str]], ...] = (
            (Service("UCSC", ucsc, pace, timeout), _from_ucsc),
            (Service("Ensembl", ensembl, pace, timeout), _from_ensembl),
        )
        self._blocks = Answers()
        self._fetching = threading.Lock()

    def _read(self, contig: str, start: int, end: int) -> str:
        wanted = range(start // _BLOCK, (end - 1) // _BLOCK + 1)
        found = self._kept(contig, wanted)
        if len(found) < len(wanted):
            # One at a time: who waited here finds the blocks of the one before.
            with self._fetching:
                found = self._kept(contig, wanted)
                for run in _runs(block for block in wanted if block not in found):
                    found |= self._fetch_blocks(run, Interval(contig, start, end))
        first = wanted[0] * _BLOCK
        return "".join(found[block] for block in wanted)[start - first : end - first]

    def _kept(self, contig: str, blocks: Iterable[int]) -> dict[int, str]:
        """Blocks on disk; one that is cut short or is not DNA counts as missing."""
        texts = {block: self._blocks.get(_key(contig, block)) or "" for block in blocks}
        return {
            block: text
            for block, text in texts.items()
            if len(text) == self._bounds(contig, block).length and re.fullmatch("[ACGTN]+", text)
        }

    def _fetch_blocks(self, run: range, wanted: Interval) -> dict[int, str]:
        contig = wanted.contig
        bounds = [self._bounds(contig, block) for block in run]
        text = self._fetch(Interval(contig, bounds[0].start, bounds[-1].end), wanted)
        found = {}
        for block, place in zip(run, bounds, strict=True):
            found[block] = text[place.start - bounds[0].start : place.end - bounds[0].start]
            self._blocks.put(_key(contig, block), found[block])
        return found

    def _bounds(self, contig: str, block: int) -> Interval:
        end = min((block + 1) * _BLOCK, self.contigs[contig])
        return Interval(contig, block * _BLOCK, end)

    def _fetch(self, interval: Interval, wanted: Interval) -> str:
        reasons, last = [], None
        for service, source in self._sources:
            try:
                return source(service, interval)
            except ServiceError as failed:
                reasons.append(f"{service.name} {failed.reason}")
                last = failed
        raise GenomeError(
            f"This part of hg38 is not on this computer, and no service gave it: {'; '.join(reasons)}.",
            read=str(wanted),
            do="Check the network and try again, give the path of an hg38 FASTA, or type demo.",
            example="demo",
        ) from last


def _key(contig: str, block: int) -> str:
    return f"hg38/{contig}/{_BLOCK}/{block}"


def _runs(blocks: Iterable[int]) -> Iterator[range]:
    """Neighbouring blocks together, at most 16 (1 Mb) in a request."""
    for _, pairs in groupby(enumerate(blocks), key=lambda pair: pair[1] - pair[0]):
        run = [block for _, block in pairs]
        for first in range(run[0], run[-1] + 1, _BLOCKS_A_REQUEST):
            yield range(first, min(first + _BLOCKS_A_REQUEST, run[-1] + 1))


def _from_ucsc(service: Service, interval: Interval) -> str:
    """Positions are 0-based half-open; the answer repeats them."""
    asked = {
        "genome": "hg38", "chrom": interval.contig, "start": interval.start, "end": interval.end
    }  # fmt: skip

    def read(answer: Any) -> str:
        for name, value in asked.items():
            if answer[name] != value:
                raise ValueError(f"{name} is {answer[name]}, not {value}")
        return _dna(answer["dna"], interval.length)

    return service.ask("getData/sequence", asked, read)


def _from_ensembl(service: Service, interval: Interval) -> str:
    """Positions are 1-based inclusive, names without chr; the id repeats them with the assembly."""
    name = interval.contig.removeprefix("chr").replace("M", "MT")
    expected = f"chromosome:GRCh38:{name}:{interval.start + 1}:{interval.end}:1"

    def read(answer: Any) -> str:
        if answer["id"] != expected:
            raise ValueError(f"it is {answer['id']}, not {expected}")
        return _dna(answer["seq"], interval.length)

    path = f"sequence/region/human/{name}:{interval.start + 1}..{interval.end}:1"
    return service.ask(path, {"content-type": "application/json"}, read)


def _dna(text: str, length: int) -> str:
    """Upper-case A, C, G, T and N; a few bases of hg38 are ambiguity codes, which one service keeps."""
    if len(text) != length:
        raise ValueError(f"{len(text):,} bp instead of {length:,}")
    if not re.fullmatch("[ACGTNRYSWKMBDHV]*", text.upper()):
        raise ValueError("it is not DNA")
    return re.sub("[^ACGT]", "N", text.upper())
