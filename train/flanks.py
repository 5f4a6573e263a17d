"""More context for records that were stored with less: the flanks come from the genome."""

from dataclasses import dataclass, field

import numpy as np
from jaxtyping import UInt8

from enformer.coordinates import Interval
from enformer.errors import DataError
from enformer.genome import Genome
from enformer.sequence import BASES, one_hot


@dataclass(frozen=True)
class Flanks:
    """Extends stored sequence on both sides; what is stored is never changed.

    N in the genome says nothing: a flank is zeros there, as beyond the contig, and the middle is not
    compared there.

    Attributes:
        genome: of the stored records' assembly.
        window_length: bp of an extended record.
        counts: bases so far: of the `middle`, those `compared`; of the `flank`, those `unknown`.
    """

    genome: Genome
    window_length: int
    counts: dict[str, int] = field(
        default_factory=lambda: {"middle": 0, "compared": 0, "flank": 0, "unknown": 0}
    )

    def extend(
        self, stored: UInt8[np.ndarray, "stored 4"], window: Interval
    ) -> UInt8[np.ndarray, "length 4"]:
        """The one-hot of a window whose middle is stored.

        Args:
            stored: one-hot of the middle.
            window: the whole of it, of `window_length` bp.

        Raises:
            DataError: the genome has other bases in the middle.
        """
        extended = one_hot(self.genome.fetch(window, pad=True)).numpy().astype(np.uint8)
        margin = (window.length - len(stored)) // 2
        middle = extended[margin : margin + len(stored)]
        both = middle.any(axis=1) & stored.any(axis=1)
        differ = np.flatnonzero(both & (middle != stored).any(axis=1))
        if len(differ):
            place = int(differ[0])
            raise DataError(
                f"{len(differ):,} of {both.sum():,} bases differ: at {window.contig}:"
                f"{window.start + margin + place + 1:,} the record has "
                f"{BASES[stored[place].argmax()]} and the genome {BASES[middle[place].argmax()]}.",
                read=f"the record at {window} and {self.genome.description}",
                do="Give the FASTA of the assembly that the data set was made from.",
            )
        middle[:] = stored
        self._count(extended, len(stored), int(both.sum()))
        return extended

    def _count(self, extended: UInt8[np.ndarray, "length 4"], stored: int, compared: int) -> None:
        margin = (len(extended) - stored) // 2
        flanks = np.concatenate([extended[:margin], extended[margin + stored :]])
        now = {"middle": stored, "compared": compared, "flank": len(flanks),
               "unknown": int((~flanks.any(axis=1)).sum())}  # fmt: skip
        for name, bases in now.items():
            self.counts[name] += bases

    def require_known(self) -> None:
        """Refuses a genome that knows nothing of the records.

        Raises:
            DataError: not one stored base could be compared.
        """
        if self.counts["middle"] and not self.counts["compared"]:
            raise DataError(
                "It is N wherever the data set has records, so it can neither be compared with them nor "
                "extend them.",
                read=self.genome.description,
                do="Give the FASTA of the whole assembly.",
            )

    def sentence(self) -> str:
        """What is known of the flanks, and how much of the middle could be compared."""
        counts = self.counts
        compared = counts["compared"] / max(1, counts["middle"])
        unknown = counts["unknown"] / max(1, counts["flank"])
        return (
            f"{compared:.1%} of the stored bases were compared with {self.genome.assembly} and agree; "
            f"{unknown:.1%} of the flanks are unknown."
        )
