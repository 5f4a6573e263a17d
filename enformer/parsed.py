"""What a text in the search box was read as, and how to say so."""

from dataclasses import dataclass

from enformer.config import EnformerConfig
from enformer.coordinates import Interval, Variant, bins_over, predicted_region, window_around
from enformer.genes import Gene
from enformer.genome import Genome


@dataclass(frozen=True)
class ParsedQuery:
    """What a text was read as.

    Attributes:
        kind: locus, position, gene, variant, rsid (also HGVS that was looked up) or sequence.
        text: as it was typed.
        name: short, for titles.
        interval: what to look at; None for a sequence.
        variant: checked against the genome where there is one.
        gene: the gene of a gene query.
        sequence: IUPAC letters in upper case, of a sequence query.
        notes: what was changed or assumed, a sentence each.
    """

    kind: str
    text: str
    name: str
    interval: Interval | None = None
    variant: Variant | None = None
    gene: Gene | None = None
    sequence: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def focus(self) -> int:
        """0-based base to center the window on: a gene's TSS, a variant's start, else the middle."""
        if self.gene is not None:
            return self.gene.tss
        if self.variant is not None:
            return self.variant.start
        if self.interval is not None:
            return self.interval.center
        return len(self.sequence or "") // 2

    def echo(self, config: EnformerConfig | None = None, genome: Genome | None = None) -> str:
        """What was read, in 1-based and 0-based form, with length and padding.

        Args:
            config: tells the window, and with the genome how far it reaches beyond the contig.
            genome: tells the assembly and the contig's length.
        """
        parts = [f"Read as {self._reading(genome)}.", *self.notes]
        if config is not None and self.interval is not None:
            window = window_around(self.focus, self.interval.contig, config)
            parts += _beyond(self.interval, window, config, genome)
        return " ".join(parts)

    def _reading(self, genome: Genome | None) -> str:
        if self.interval is None:
            return f"a sequence of {len(self.sequence or ''):,} bp"
        names = {"gene": f"the gene {self.name}", "variant": f"the variant {self.name}"}
        names |= {"rsid": f"{self.name}, which is {self.variant}"}
        assembly = "" if genome is None else f" of {genome.assembly}"
        start, end = self.interval.start, self.interval.end
        return (
            f"{names.get(self.kind, f'a {self.kind}')}: {self.interval} (1-based), "
            f"[{start}, {end}) 0-based half-open, {self.interval.length:,} bp{assembly}"
        )


def _beyond(
    interval: Interval, window: Interval, config: EnformerConfig, genome: Genome | None
) -> list[str]:
    """How many bins the interval has, and what of the window has no bases."""
    notes = [
        f"It covers {len(bins_over(window, interval, config))} of the {config.target_bins} bins."
    ]
    if not (region := predicted_region(window, config)).contains(interval):
        notes.append(f"The model predicts {region.length:,} bp at a time: {region} is shown first.")
    if interval.length > window.length:
        notes.append(
            f"It is {interval.length / window.length:.1f} times as long as the window of "
            f"{window.length:,} bp that the model reads, and what lies outside that changes nothing: "
            "for an end of it, ask there."
        )
    left, right = (0, 0) if genome is None else genome.padding(window)
    sides = [f"{bp:,} bp {where}" for bp, where in ((left, "before"), (right, "after")) if bp]
    if sides:
        notes.append(f"The window reaches {' and '.join(sides)} {window.contig}, filled with N.")
    return notes
