"""Coverage that somebody measured, from bigWig and bedGraph, averaged over the bins of a prediction."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyBigWig
from jaxtyping import Float, Float32, Int

from enformer.coordinates import Interval
from enformer.errors import TrackError
from enformer.references import bare

Missing = Literal["zero", "out"]
"""What a base counts for which a file has no value: 0, as in training data, or nothing."""


class Coverage(ABC):
    """Values along contigs, by any of the contigs' names. A subclass sets the attribute.

    Attributes:
        name: of the file, for messages.
    """

    name: str

    @abstractmethod
    def _read(self, place: Interval, length: int) -> Float[np.ndarray, " length"] | None:
        """A value for each base of a place inside its contig, NaN for none; None without that contig.

        Args:
            place: on a contig by the genome's name.
            length: bp of the whole contig in the genome.
        """

    def bins(
        self, region: Interval, size: int, contig_length: int, missing: Missing = "zero"
    ) -> Float32[np.ndarray, " bins"]:
        """Mean of each bin over its bases on the contig; all NaN where the file says nothing of them.

        Args:
            region: as many bins as fit; it may leave the contig.
            size: bp of a bin.
            contig_length: bp of the contig in the genome.
            missing: what bases without a value count. Bins without any base that counts are NaN.

        Raises:
            TrackError: the file is of another assembly, damaged, or holds infinite values there.
        """
        bases = np.full(region.length, np.nan)
        start, end = max(region.start, 0), min(region.end, contig_length)
        if start < end:
            place = Interval(region.contig, start, end)
            found = self._read(place, contig_length)
            if found is not None and not np.isnan(found).all():
                whole = np.nan_to_num(found, posinf=np.inf, neginf=-np.inf)
                bases[start - region.start : end - region.start] = (
                    whole if missing == "zero" else found
                )
        if np.isinf(bases).any():
            raise self._refused("It holds infinite values there.", str(region), "Make it again.")
        means = _means(bases.reshape(-1, size))
        means.setflags(write=False)
        return means

    def _refused(self, wrong: str, where: str, do: str) -> TrackError:
        return TrackError(wrong, read=f"{self.name} at {where}", do=do)

    def _other_assembly(self, contig: str, here: int, length: int) -> TrackError:
        return self._refused(
            f"There {contig} reaches to {here:,}; in the open genome it has {length:,} bp: the file is of "
            "another assembly.",
            contig,
            "Take a file of the open genome's assembly, or lift it over.",
        )


def _means(bases: Float[np.ndarray, "bins size"]) -> Float32[np.ndarray, " bins"]:
    """Means over what is known, in float64; NaN where nothing is."""
    known = ~np.isnan(bases)
    counted = known.sum(axis=1)
    sums = np.where(known, bases, 0.0).sum(axis=1)
    means = np.divide(sums, counted, out=np.full(len(bases), np.nan), where=counted > 0)
    return means.astype(np.float32)


@dataclass(frozen=True)
class BigWig(Coverage):
    """A bigWig, opened anew for each look: its handles are not safe between threads.

    Attributes:
        path: of the file.
        name: for messages.
    """

    path: Path
    name: str

    @classmethod
    def read(cls, path: Path, name: str) -> "BigWig":
        """Checks that it is one.

        Raises:
            TrackError: it is none, or cut short.
        """
        coverage = cls(path, name)
        with coverage._opened() as file:
            if not file.chroms():
                raise coverage._refused("It names no contig.", "its header", "Make it again.")
        return coverage

    @contextmanager
    def _opened(self) -> Iterator[Any]:
        file = None
        try:
            if not self.path.is_file():  # never an address: pyBigWig would fetch it
                raise RuntimeError("there is no such file")
            file = pyBigWig.open(str(self.path))
            yield file
        except (RuntimeError, OSError) as broken:
            raise TrackError(
                f"It is no bigWig, or is cut short ({broken}).",
                read=self.name,
                do="Get or make it again, for example with bedGraphToBigWig.",
            ) from broken
        finally:
            if file is not None:
                file.close()

    def _read(self, place: Interval, length: int) -> Float[np.ndarray, " length"] | None:
        with self._opened() as file:
            names = {bare(name): name for name in reversed(file.chroms())}
            name = names.get(bare(place.contig))
            if name is None:
                return None
            if file.chroms(name) != length:
                raise self._other_assembly(name, file.chroms(name), length)
            return file.values(name, place.start, place.end, numpy=True).astype(np.float64)


Runs = tuple[Int[np.ndarray, " runs"], Int[np.ndarray, " runs"], Float[np.ndarray, " runs"]]
"""Starts, ends and values of intervals that do not overlap, in order."""


@dataclass(frozen=True, eq=False)
class BedGraph(Coverage):
    """A bedGraph, in memory.

    Attributes:
        contigs: intervals with a value, by the contig's bare name.
        name: for messages.
    """

    contigs: Mapping[str, Runs]
    name: str

    def _read(self, place: Interval, length: int) -> Float[np.ndarray, " length"] | None:
        runs = self.contigs.get(bare(place.contig))
        if runs is None:
            return None
        starts, ends, values = runs
        if ends[-1] > length:
            raise self._other_assembly(place.contig, int(ends[-1]), length)
        bases = np.arange(place.start, place.end)
        last = np.searchsorted(starts, bases, side="right") - 1
        covered = (last >= 0) & (bases < ends[last])
        return np.where(covered, values[last], np.nan)
