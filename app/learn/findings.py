"""What a step of the tour found: sentences whose every number comes from the result at hand."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from app.figures.attention_lanes import Looks
from app.figures.contribution_data import ContributionPicture
from app.figures.data import LocusPicture, TrackLane
from enformer.config import EnformerConfig
from enformer.coordinates import Interval
from enformer.genes import Gene
from interpret.evidence_summary import Evidence

MOST = 3
"""Elements that a sentence names."""


def of_window(window: Interval, region: Interval, config: EnformerConfig) -> tuple[str, ...]:
    """What is read and what is predicted."""
    read, size = window.length, config.bin_size
    return (
        f"Read: {window}, which is {read:,} bp or {read // size:,} tokens of {size} bp.",
        f"Predicted: {region}, which is {region.length:,} bp or {config.target_bins:,} bins, "
        f"{region.length / read:.0%} of the window.",
        f"On each side {(read - region.length) // 2:,} bp are read and have no value.",
    )


def of_tracks(picture: LocusPicture) -> tuple[str, ...]:
    """How tracks agree with what was planted, and where the first of them is highest."""
    told = [
        f"{_name(lane)} {np.corrcoef(lane.values, lane.expected)[0, 1]:.2f}"
        for lane in picture.lanes
        if lane.expected is not None and np.ptp(lane.values) and np.ptp(lane.expected)
    ]
    agreed = "Pearson correlation with the planted expectation over the predicted region: "
    return tuple(
        [_peak(picture, picture.lanes[0])] + ([f"{agreed}{', '.join(told)}."] * bool(told))
    )


def _name(lane: TrackLane) -> str:
    return f"{lane.assay_name} {lane.label.replace(',', '')}"


def _peak(picture: LocusPicture, lane: TrackLane) -> str:
    seen = picture.bins_in_view
    best = seen.start + int(lane.values[seen.start : seen.stop].argmax())
    where = picture.bin_interval(best)
    text = f"{_name(lane)} is highest in {where}: {lane.values[best]:.3g} {lane.short_unit}"
    starts = [gene for gene in picture.genes if gene.strand != "."]
    if not starts:
        return f"{text}."
    gene = min(starts, key=lambda gene: abs(gene.tss - where.center))
    return f"{text}, {abs(gene.tss - where.center):,} bp from the start of {gene.symbol}."


def of_attention(
    found: Evidence, gene: str, trap: str, looks: Looks | None, control: str
) -> tuple[str, ...]:
    """Which elements get more attention than distance explains, and which head looks at the control region.

    Args:
        found: with attention.
        gene: whose start looks.
        trap: an element that does not act on it; empty where none is known.
        looks: the head that looks at the control region most; None where that is not in the window.
        control: what people call that region.
    """
    ranked = [row for row in np.argsort(-found.attention) if np.isfinite(found.attention[row])]
    told = ", ".join(f"{_placed(found, row)} {found.attention[row]:.1f} ×" for row in ranked[:MOST])
    said = [f"From the start of {gene}, most for their distance: {told or 'no element is here'}."]
    if trap in found.labels:
        row = found.labels.index(trap)
        said.append(
            f"{_placed(found, row)} does not act on {gene}, and gets {found.attention[row]:.1f} ×: "
            f"number {ranked.index(row) + 1} of {len(ranked)}."
        )
    if looks is not None:
        said.append(
            f"Of all heads, layer {looks.layer + 1}, head {looks.head + 1} looks at {control} most: "
            f"{looks.times:.1f} times what it gives at that distance on average."
        )
    return tuple(said)


def _placed(found: Evidence, row: int) -> str:
    """`DLCR-HS2 (+43.5 kb)`."""
    return f"{found.labels[row]} ({_signed(found.distances[row] / 1000, '.1f')} kb)"


def _signed(number: float, form: str) -> str:
    return f"{number:+{form}}".replace("-", "−")


def of_bases(picture: ContributionPicture) -> tuple[str, ...]:
    """How much of what is in view lies in planted sites that act, and how nearly all adds up."""
    best = int(np.abs(picture.seen).argmax())
    where = Interval(picture.view.contig, picture.view.start + best, picture.view.start + best + 1)
    said = [
        f"The base that weighs most in view is {picture.letters[best]} at "
        f"{where.contig}:{where.end:,}: {picture.seen[best]:.3g}."
    ]
    truth = picture.locus.truth
    if truth is not None:
        acts = np.zeros(picture.view.length, dtype=bool)
        for site in (one for one in truth.sites if one.acts):
            shared = site.interval.intersect(picture.view)
            if shared is not None:
                acts[shared.start - picture.view.start : shared.end - picture.view.start] = True
        mass = np.abs(picture.seen)
        said.append(
            f"Planted sites that act in {truth.tissue} are {acts.mean():.0%} of the bases in view and hold "
            f"{mass[acts].sum() / (mass.sum() or 1.0):.0%} of what these contribute."
        )
    return tuple(said) + ((f"{picture.gap}.",) if picture.gap else ())


def of_knockout(found: Evidence, truth: Mapping[str, float] | None, trap: str) -> tuple[str, ...]:
    """The largest effects beside the planted ones, and what each method says of the trap.

    Args:
        found: with all methods.
        truth: by element, the share of the target that its loss truly changes.
        trap: an element that does not act on the target.
    """
    shares = np.where(found.overlaps_target, np.nan, found.effect / (found.reference or np.nan))
    ranked = [row for row in np.argsort(-np.abs(shares)) if np.isfinite(shares[row])]
    told = [f"{_placed(found, row)} {_change(float(shares[row]))}{_planted(found, row, truth)}"
            for row in ranked[:MOST]]  # fmt: skip
    said = [f"Largest effects of a knock-out: {', '.join(told)}."]
    if trap in found.labels:
        row = found.labels.index(trap)
        said.append(
            f"The trap, {_placed(found, row)}: attention {found.attention[row]:.1f} × usual, "
            f"{found.mass_share[row]:.1%} of all contributions, knock-out {_change(float(shares[row]))}"
            f"{_planted(found, row, truth)}. An insulator stands between: a method is misled as far as "
            "it says more than nothing."
        )
    return tuple(said)


def _change(share: float) -> str:
    text = _signed(100 * share, ".1f")
    size = text.strip("+−")
    return f"{size if float(size) == 0 else text}%"


def _planted(found: Evidence, row: int, truth: Mapping[str, float] | None) -> str:
    return "" if truth is None else f" (planted {_change(truth.get(found.labels[row], 0.0))})"


@dataclass(frozen=True)
class Change:
    """CAGE of a gene at its start, summed over the bin of the TSS and its neighbours.

    Attributes:
        gene: symbol.
        ref: of the reference.
        alt: of the variant.
        planted: both as the rules expect them, where that is known.
    """

    gene: str
    ref: float
    alt: float
    planted: tuple[float, float] | None = None

    def __str__(self) -> str:
        text = f"{self.gene} {_both(self.ref, self.alt)}"
        return text if self.planted is None else f"{text}; planted {_both(*self.planted)}"


def _both(ref: float, alt: float) -> str:
    """`34.5 → 32.3 (−6.4%)`."""
    return f"{ref:.3g} → {alt:.3g}" + (f" ({_change(alt / ref - 1)})" if ref else "")


def changes(
    picture: LocusPicture, genes: Sequence[Gene], planted: Mapping[str, tuple[float, float]]
) -> Iterator[Change]:
    """What the first lane, with REF and ALT, says at the start of each gene."""
    lane = picture.lanes[0]
    assert lane.alternative is not None
    for gene in genes:
        place = (gene.tss - picture.region.start) // picture.bin_size
        if gene.strand != "." and 1 <= place < picture.bins - 1:
            part = slice(place - 1, place + 2)
            ref, alt = (
                float(np.nansum(values[part])) for values in (lane.values, lane.alternative)
            )
            yield Change(gene.symbol, ref, alt, planted.get(gene.symbol))


def of_variant(found: Sequence[Change], done: str, measured: float | None) -> tuple[str, ...]:
    """What changes most, what is truly done, and how well such answers have held.

    Args:
        found: of genes in the window.
        done: what a variant truly does, where that is known.
        measured: rank correlation with the truth over held-out variants, where it is on the card.
    """
    ranked = sorted(found, key=lambda change: -abs(change.alt - change.ref))
    told = ". ".join(map(str, ranked[:MOST])) or "no gene starts in the predicted region"
    said = [f"CAGE at the start of genes, REF → ALT: {told}."]
    if done:
        said.append(f"Planted: {done}.")
    if measured is not None:
        said.append(
            f"On held-out variants this model's answers and the truth have a rank correlation of "
            f"{measured:.2f} (benchmarks/results/truth.md)."
        )
    return tuple(said)
