"""Which alleles of a VCF can be scored, in which window; and of every other one the reason why not."""

from dataclasses import dataclass

from enformer.alleles import check, shorten
from enformer.checkpoint import Checkpoint
from enformer.coordinates import Interval, Variant, predicted_region
from enformer.errors import GenomeError, QueryError
from enformer.genome import Genome
from enformer.normalise import normalise
from interpret.variants import place_variants
from interpret.vcf import Record

SCORED, WAITING = "scored", "waiting"
STATUSES = {
    SCORED: "scored",
    "unreadable": "the row is no VCF",
    "other_assembly": "the header names another assembly than the genome's",
    "off_contig": "the genome has no such contig or position",
    "no_alt": "ALT is missing",
    "star": "ALT is *, which has no sequence",
    "symbolic": "REF or ALT names a kind of change or a breakend, not bases",
    "not_bases": "REF or ALT has other letters than A, C, G, T",
    "same": "REF and ALT are the same",
    "unknown_bases": "REF, ALT or the genome has N there",
    "ref_mismatch": "REF is not what the genome has",
    "too_long": "REF or ALT takes more than half of the predicted region",
    "near_end": "too much of the window lies beyond the ends of the contig",
    "failed": "the model could not score it",
}
"""What becomes of an allele, and what that means."""


@dataclass(frozen=True)
class Verdict:
    """What is to be done with an allele.

    Attributes:
        status: `WAITING`, or one of `STATUSES`.
        reason: a sentence; "" for one that waits.
        variant: trimmed and left-aligned, by the genome's contig name, if it can be scored.
        window: the model's input, if it can be scored.
    """

    status: str
    reason: str = ""
    variant: Variant | None = None
    window: Interval | None = None


class _Refused(Exception):
    """An allele that is not scored: status and reason."""


@dataclass(frozen=True)
class Judge:
    """Checks alleles and places their windows.

    Attributes:
        checkpoint: the model.
        genome: what REF is compared with.
        grid: centers of windows are this many bp apart, so that neighbours share one; 1 puts each
            variant in the middle of its own.
        outside: the share of a window that may lie beyond the ends of the contig.
        assembly: that the VCF's header names, if any.
    """

    checkpoint: Checkpoint
    genome: Genome
    grid: int = 1
    outside: float = 0.5
    assembly: str | None = None

    def judge(self, record: Record, alt: str) -> Verdict:
        """The verdict on one ALT of a record; never raises for what a record can hold."""
        try:
            variant = self._variant(record, alt)
            return Verdict(WAITING, "", variant, self._window(variant))
        except _Refused as refused:
            status, reason = refused.args
            return Verdict(status, reason)

    def _variant(self, record: Record, alt: str) -> Variant:
        if record.fault:
            raise _Refused("unreadable", record.fault)
        self._check_alleles(record, alt)
        self._check_assembly()
        written = self._placed(record, alt)
        limit = self.checkpoint.config.target_bins * self.checkpoint.config.bin_size // 2
        longest = max(len(written.ref), len(written.alt))
        if longest > limit:
            wrong = f"It spans {longest:,} bp, and the model scores changes of up to {limit:,} bp."
            raise _Refused("too_long", wrong)
        known = self.genome.fetch(written.interval)
        try:
            return normalise(written, self.genome)
        except QueryError as error:
            raise _Refused(
                "unknown_bases" if "N" in known else "ref_mismatch", _told(error)
            ) from error

    def _check_assembly(self) -> None:
        if self.assembly is not None and self.assembly != self.genome.assembly:
            wrong = (
                f"The VCF's header names {self.assembly}, and the genome is {self.genome.assembly}: "
                "lift the positions over."
            )
            raise _Refused("other_assembly", wrong)

    def _check_alleles(self, record: Record, alt: str) -> None:
        ref, alt = record.ref.upper(), alt.upper()
        try:
            check(f"{record.contig}:{record.position}", ref, alt)
        except QueryError as error:
            raise _Refused(_kind(ref, alt), error.wrong) from error
        if "N" in ref + alt:
            wrong = f"{shorten(ref)}>{shorten(alt)} holds N, an unknown base."
            raise _Refused("unknown_bases", wrong)

    def _placed(self, record: Record, alt: str) -> Variant:
        """The variant by the genome's contig name, once it is known to lie on it."""
        try:
            contig = self.genome.resolve(record.contig)
        except GenomeError as error:
            raise _Refused("off_contig", f"{error.wrong} {error.do}") from error
        last = record.position + len(record.ref) - 1
        if not 1 <= record.position <= last <= self.genome.contigs[contig]:
            wrong = (
                f"{contig} has positions 1 to {self.genome.contigs[contig]:,} in "
                f"{self.genome.assembly}, and REF takes {record.position:,} to {last:,}."
            )
            raise _Refused("off_contig", wrong)
        return Variant(contig, record.position, record.ref, alt)

    def _window(self, variant: Variant) -> Interval:
        """The window of the grid that is nearest; one around the variant where that is too far away."""
        window = place_variants(self.checkpoint, self.genome, variant, grid=self.grid)
        if not predicted_region(window, self.checkpoint.config).contains(variant.interval):
            window = place_variants(self.checkpoint, self.genome, variant)
        beyond = sum(self.genome.padding(window))
        if beyond > self.outside * window.length:
            length = self.genome.contigs[variant.contig]
            wrong = (
                f"{beyond:,} of the window's {window.length:,} bp lie beyond the ends of "
                f"{variant.contig}, which has {length:,} bp."
            )
            raise _Refused("near_end", wrong)
        return window


def _kind(ref: str, alt: str) -> str:
    """Why alleles are refused, as a word; the order is that of the reasons in `enformer.alleles`."""
    if alt == "*":
        return "star"
    if alt in (".", ""):
        return "no_alt"
    if any(mark in ref + alt for mark in "<>[]"):
        return "symbolic"
    return "same" if ref == alt else "not_bases"


def _told(error: QueryError) -> str:
    """What is wrong and what to do, without a REF that the reader has before them anyway."""
    return " ".join(filter(None, (error.wrong, error.do)))
