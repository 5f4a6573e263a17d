"""Places on a genome: intervals, variants, and the bins and tokens of a window.

Inside, an `Interval` is 0-based and half-open and `Variant.position` is 1-based as in VCF. What a
person types or reads is 1-based and inclusive.
"""

from dataclasses import dataclass

from enformer import alleles, examples, grammar, notation
from enformer.config import EnformerConfig
from enformer.errors import QueryError


@dataclass(frozen=True, order=True)
class Interval:
    """A stretch of a contig.

    Attributes:
        contig: name in the genome, such as chr11.
        start: 0-based first base; negative where a window reaches beyond the contig.
        end: 0-based base after the last.
    """

    contig: str
    start: int
    end: int

    def __post_init__(self) -> None:
        if not self.contig or self.start >= self.end:
            raise QueryError(
                "An interval needs a contig and at least one base.",
                read=f"{self.contig!r} from {self.start} to {self.end} (0-based, half-open)",
                do="Give a start before the end.",
                example=examples.LOCUS,
            )

    @classmethod
    def parse(cls, text: str) -> "Interval":
        """Reads a locus or a position as a person types it: 1-based, inclusive.

        Args:
            text: `chr11:5,225,000-5,310,000` or any other spelling in `enformer.grammar`.

        Raises:
            QueryError: it is no locus, or names an assembly that is not supported.
        """
        locus = grammar.read_locus(text)
        return cls(locus.contig, locus.start, locus.end)

    def __len__(self) -> int:
        return self.end - self.start

    def __str__(self) -> str:
        return f"{self.contig}:{self.start + 1:,}-{self.end:,}"

    @property
    def length(self) -> int:
        """Bp."""
        return self.end - self.start

    @property
    def center(self) -> int:
        """0-based middle base, the right one of two."""
        return (self.start + self.end) // 2

    def shift(self, bp: int) -> "Interval":
        """Moves towards the end of the contig by bp."""
        return Interval(self.contig, self.start + bp, self.end + bp)

    def resize(self, length: int) -> "Interval":
        """The interval of that many bp around the same center."""
        start = self.center - length // 2
        return Interval(self.contig, start, start + length)

    def contains(self, other: "Interval") -> bool:
        """Whether every base of the other lies in this one."""
        inside = self.start <= other.start and other.end <= self.end
        return self.contig == other.contig and inside

    def intersect(self, other: "Interval") -> "Interval | None":
        """The bases both share."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        if self.contig != other.contig or start >= end:
            return None
        return Interval(self.contig, start, end)


@dataclass(frozen=True)
class Variant:
    """REF replaced by ALT, as a VCF row says it.

    Attributes:
        contig: name in the genome, such as chr11.
        position: 1-based first base of REF.
        ref: A, C, G, T or N; at least one base, as VCF anchors insertions.
        alt: likewise, and not the same.
    """

    contig: str
    position: int
    ref: str
    alt: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "ref", self.ref.upper())
        object.__setattr__(self, "alt", self.alt.upper())
        alleles.check(self.key, self.ref, self.alt)
        if not self.contig or self.position < 1:
            raise QueryError(
                "A variant needs a contig and a position from 1 on.",
                read=self.key,
                do="Give the position as in VCF.",
                example=examples.VARIANT,
            )

    @classmethod
    def parse(cls, text: str) -> "Variant":
        """Reads a variant whose REF and ALT are written out; the genome is not asked.

        Args:
            text: `chr11:5227002:T>A` or any other spelling in `enformer.notation`.

        Raises:
            QueryError: it is no variant, or needs the genome, as `g.100del` does: then take
                `parse_query`.
        """
        return cls.from_edit(notation.read_variant(text))

    @classmethod
    def from_edit(cls, edit: notation.Edit) -> "Variant":
        """The variant that a notation writes out in full.

        Raises:
            QueryError: the notation leaves out a base that only the genome can tell.
        """
        if not edit.ref or not edit.alt:
            raise QueryError(
                "That notation leaves out a base that only the genome can tell.",
                read=f"{edit.form} at {edit.contig}:{edit.start + 1:,}",
                do="Type it where a genome is open, or write REF and ALT as in VCF.",
                example=examples.VARIANT,
            )
        return cls(edit.contig, edit.start + 1, edit.ref, edit.alt)

    def __str__(self) -> str:
        return f"{self.contig}:{self.position:,} {self.ref}>{self.alt}"

    @property
    def key(self) -> str:
        """The same without commas or spaces, for file names, caches and URLs."""
        return f"{self.contig}:{self.position}:{self.ref}>{self.alt}"

    @property
    def start(self) -> int:
        """0-based first base of REF."""
        return self.position - 1

    @property
    def end(self) -> int:
        """0-based base after REF."""
        return self.start + len(self.ref)

    @property
    def interval(self) -> Interval:
        """The bases of REF."""
        return Interval(self.contig, self.start, self.end)

    @property
    def kind(self) -> str:
        """SNV, MNV, insertion, deletion or delins, after shared ends are set aside."""
        _, ref, alt = alleles.trim(self.start, self.ref, self.alt)
        if len(ref) == len(alt):
            return "SNV" if len(ref) == 1 else "MNV"
        if ref and alt:
            return "delins"
        return "deletion" if ref else "insertion"

    @property
    def is_indel(self) -> bool:
        """Whether ALT and REF differ in length, so that what follows moves."""
        return len(self.ref) != len(self.alt)


def window_around(center: int, contig: str, config: EnformerConfig) -> Interval:
    """The window with a 0-based base at `start + window_length // 2`; it may leave the contig."""
    start = center - config.window_length // 2
    return Interval(contig, start, start + config.window_length)


def predicted_region(window: Interval, config: EnformerConfig) -> Interval:
    """The middle of a window that has bins: `config.target_bins` of them.

    Raises:
        QueryError: the window is no whole number of bins, or too short.
    """
    tokens, rest = divmod(window.length, config.bin_size)
    margin, odd = divmod(tokens - config.target_bins, 2)
    if rest or odd or margin < 0:
        raise QueryError(
            f"This model needs a multiple of {config.bin_size} bp that leaves the same margin on "
            f"both sides of its {config.target_bins} bins.",
            read=f"a window of {window.length:,} bp",
            do=f"Take the length it was trained on, {config.window_length:,} bp.",
        )
    start = window.start + margin * config.bin_size
    return Interval(window.contig, start, start + config.target_bins * config.bin_size)


def bin_interval(window: Interval, bin: int, config: EnformerConfig) -> Interval:
    """Bases of an output bin, counted from the start of the predicted region."""
    start = predicted_region(window, config).start + bin * config.bin_size
    return Interval(window.contig, start, start + config.bin_size)


def token_interval(window: Interval, token: int, config: EnformerConfig) -> Interval:
    """Bases of a transformer position, counted from the start of the window."""
    start = window.start + token * config.bin_size
    return Interval(window.contig, start, start + config.bin_size)


def bins_over(window: Interval, region: Interval, config: EnformerConfig) -> range:
    """Output bins that share a base with the region; an empty range where there is none."""
    predicted = predicted_region(window, config)
    shared = predicted.intersect(region)
    if shared is None:
        return range(0)
    first = (shared.start - predicted.start) // config.bin_size
    last = (shared.end - 1 - predicted.start) // config.bin_size
    return range(first, last + 1)
