"""Effects of variants: REF and ALT predicted in one window, compared on every track.

The reference of a window is run once; each variant then costs what its edit touches. Strands and shifts are
averaged as `enformer.predict` does, each allele over all passes before the two are compared.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence, Sized
from dataclasses import replace

import torch
from jaxtyping import Float
from torch import Tensor

from enformer.alleles import shorten
from enformer.checkpoint import Checkpoint
from enformer.coordinates import Interval, Variant, predicted_region, window_around
from enformer.errors import Cancelled, EnformerLensError
from enformer.genes import Gene, GeneSource
from enformer.genome import Genome
from enformer.predict import check_request
from enformer.provenance import Provenance
from enformer.sequence import one_hot, reverse_complement_one_hot
from interpret.compare import compare
from interpret.effects import VariantEffect
from interpret.haplotypes import edits_between, on_one_copy, sequence_with
from interpret.incremental import Incremental
from interpret.origin import Cancel, Progress, Subject, frozen, stamped
from interpret.percentiles import Background
from interpret.realign import Alignment

__all__ = ["VariantEffect", "WindowScorer", "place_variants", "score_variants"]

Haplotype = Variant | Sequence[Variant]
"""One variant, or several on one copy."""


class WindowScorer:
    """A window whose reference is known, before which variants come one by one.

    Keeps the reference's activations of every pass: at published size 0.63 GiB for each strand and shift.

    Args:
        checkpoint: the model.
        genome: what it reads.
        window: the model's input, of the length it was trained on.
        heads: heads to score; all by default.
        reverse_complement: average with the other strand.
        shifts: average over windows moved by so many bp, each within half a bin.
        background: for percentiles; of the same model.
        cancel: asked before each pass; True ends it.

    Raises:
        GenomeError: the window is not on the genome.
        EnformerLensError: the model lacks a head, nothing is asked for, or the background is another model's.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        genome: Genome,
        window: Interval,
        heads: Collection[str] | None = None,
        reverse_complement: bool = False,
        shifts: Sequence[int] = (0,),
        *,
        background: Background | None = None,
        cancel: Cancel | None = None,
    ) -> None:
        self.heads = tuple(checkpoint.config.heads if heads is None else heads)
        _check(checkpoint, self.heads, window, shifts, background)
        self.checkpoint, self.genome, self.background = checkpoint, genome, background
        subject = Subject.read(checkpoint, genome, window)
        self.window, self._cancel = subject.window, cancel
        self._origin = stamped(
            subject.provenance,
            "variant effect",
            heads=list(self.heads),
            reverse_complement=reverse_complement,
            shifts=list(shifts),
        )
        strands = (False, True) if reverse_complement else (False,)
        self._passes: list[_Pass] = []
        for shift, flipped in ((shift, flipped) for shift in shifts for flipped in strands):
            self._ask()
            self._passes.append(_Pass(checkpoint, genome, self.window.shift(shift), flipped))
        self._reference = self._mean(())

    def score(
        self, variants: Haplotype, genes: Iterable[Gene] = (), *, keep_predictions: bool = False
    ) -> VariantEffect:
        """The effect of one haplotype.

        Args:
            variants: one, or several on one copy.
            genes: those whose TSS has a bin here are scored.
            keep_predictions: keep REF and ALT in the result, all bins of all tracks.

        Raises:
            GenomeError: a REF is not what the genome has, or a variant is not in the window.
            QueryError: two variants change the same bases, or lie on different contigs.
            Cancelled: when `cancel` says so.
        """
        copy = on_one_copy(variants, self.genome)
        ref, alt = self._reference, self._mean(copy)
        if any(variant.is_indel for variant in copy):
            alignment = Alignment.of(copy, self.window, self.checkpoint.config)
            alt = {head: _realigned(alignment, values) for head, values in alt.items()}
        effect = compare(
            self.checkpoint,
            self.window,
            copy,
            ref,
            alt,
            genes=genes,
            provenance=self._provenance(copy),
        )
        if keep_predictions:
            kept = {f"REF/{head}": frozen(values) for head, values in ref.items()}
            kept |= {f"ALT/{head}": frozen(values) for head, values in alt.items()}
            effect = replace(effect, values=kept)
        return effect if self.background is None else self.background.added_to(effect)

    def _mean(self, copy: tuple[Variant, ...]) -> dict[str, Float[Tensor, "bins _"]]:
        """Each head's values, over the bins of that sequence, averaged over all passes."""
        total: dict[str, Tensor] = {}
        for one in self._passes:
            self._ask()
            values = one.values(copy, self.heads)
            total = {head: total[head] + v if head in total else v for head, v in values.items()}
        return {head: v / len(self._passes) for head, v in total.items()}

    def _provenance(self, copy: tuple[Variant, ...]) -> Provenance | None:
        origin = stamped(self._origin, "variant effect", variants=[v.key for v in copy])
        first, *others = copy
        return origin if origin is None or others else replace(origin, variant=first)

    def _ask(self) -> None:
        if self._cancel is not None and self._cancel():
            raise Cancelled("cancelled before a pass over the sequence")


class _Pass:
    """The reference of one shift and strand."""

    def __init__(
        self, checkpoint: Checkpoint, genome: Genome, window: Interval, flipped: bool
    ) -> None:
        self._genome, self._window, self._flipped = genome, window, flipped
        self._tracks = checkpoint.tracks
        self._reference = self._read(())
        self._incremental = Incremental(checkpoint.model, self._reference)

    def values(self, copy: tuple[Variant, ...], heads: Collection[str]) -> dict[str, Tensor]:
        """(bins, tracks) of each head, in the order of the forward strand."""
        edits = edits_between(self._reference, self._read(copy)) if copy else []
        found = {head: v[0] for head, v in self._incremental.heads([edits], heads).items()}
        if not self._flipped:
            return found
        pairs = {head: torch.tensor(self._tracks.strand_pairs(head)) for head in heads}
        return {head: values.flip(0)[:, pairs[head]] for head, values in found.items()}

    def _read(self, copy: tuple[Variant, ...]) -> Float[Tensor, "length 4"]:
        x = one_hot(sequence_with(self._genome, self._window, copy))
        return reverse_complement_one_hot(x) if self._flipped else x


def score_variants(
    checkpoint: Checkpoint,
    genome: Genome,
    variants: Iterable[Haplotype],
    *,
    heads: Collection[str] | None = None,
    place: str | Gene | Interval = "variant",
    genes: GeneSource | Sequence[Gene] | None = None,
    grid: int = 1,
    reverse_complement: bool = False,
    shifts: Sequence[int] = (0,),
    background: Background | None = None,
    keep_predictions: bool = False,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> Iterator[VariantEffect]:
    """Effects of variants, one after another, in constant memory.

    Consecutive variants of one window share its reference. A variant that is refused raises when its turn
    comes; the next can still be asked for.

    Args:
        checkpoint: the model.
        genome: what it reads.
        variants: each one variant, or several on one copy.
        heads: heads to score; all by default.
        place: where the middle of the window lies: on the "variant", a gene's TSS, or an interval's middle.
        genes: those whose TSS has a bin are scored.
        grid: round the middle to a multiple of so many bp, so that neighbours get the same window; what a
            variant scores then depends on its position alone, not on what else is in the list.
        reverse_complement: average with the other strand.
        shifts: average over windows moved by so many bp, each within half a bin.
        background: for percentiles; of the same model.
        keep_predictions: keep REF and ALT in each result.
        progress: told before each variant; the fraction is 0 where `variants` has no length.
        cancel: asked before each pass; True ends it.

    Raises:
        GenomeError: a REF is not what the genome has, or a variant is not in the window.
        EnformerLensError: what is asked for has no answer.
        Cancelled: when `cancel` says so.
    """
    options = (heads, reverse_complement, shifts)
    last: list[WindowScorer] = []
    total = len(variants) if isinstance(variants, Sized) else 0

    def score(number: int, item: Haplotype) -> VariantEffect:
        copy = on_one_copy(item, genome)
        if progress is not None:
            progress(number / total if total else 0.0, shorten(str(copy[0])))
        window = place_variants(checkpoint, genome, copy, place, grid)
        if not last or last[0].window != window:
            last.clear()  # first, so that two windows are never in memory
            last.append(
                WindowScorer(
                    checkpoint, genome, window, *options, background=background, cancel=cancel
                )
            )
        there = genes.overlapping(last[0].window) if isinstance(genes, GeneSource) else genes
        return last[0].score(copy, there or (), keep_predictions=keep_predictions)

    # `map`, as a generator would be over after the first variant that is refused
    return map(score, range(2**63), variants)


def place_variants(
    checkpoint: Checkpoint,
    genome: Genome,
    variants: Haplotype,
    place: str | Gene | Interval = "variant",
    grid: int = 1,
) -> Interval:
    """The window in which a haplotype is scored; arguments as in `score_variants`.

    On the variant, the middle base of all that REF spans lies at `window_length // 2`, as in `predict`.

    Raises:
        EnformerLensError: there is no such place, or the grid is wider than the predicted region.
    """
    config = checkpoint.config
    if not 1 <= grid <= config.target_bins * config.bin_size:
        raise EnformerLensError(
            f"A grid has steps of 1 to {config.target_bins * config.bin_size:,} bp, so that a variant stays "
            "in the predicted region.",
            read=f"a grid of {grid:,} bp",
            do="Choose one of those.",
        )
    if isinstance(place, Gene):
        contig, middle = place.contig, place.tss
    elif isinstance(place, Interval):
        contig, middle = place.contig, place.center
    elif place == "variant":
        copy = on_one_copy(variants, genome)
        spanned = Interval(copy[0].contig, copy[0].start, max(variant.end for variant in copy))
        contig, middle = spanned.contig, spanned.center
    else:
        raise EnformerLensError(
            'A window lies on the "variant", on a gene or on an interval.',
            read=f"the place {place!r}",
            do="Give one of those.",
        )
    return window_around((middle + grid // 2) // grid * grid, genome.resolve(contig), config)


def _realigned(
    alignment: Alignment, values: Float[Tensor, "bins tracks"]
) -> Float[Tensor, "bins tracks"]:
    return torch.from_numpy(alignment.apply(values.cpu().numpy())).to(values.device)


def _check(
    checkpoint: Checkpoint,
    heads: tuple[str, ...],
    window: Interval,
    shifts: Sequence[int],
    background: Background | None,
) -> None:
    config = checkpoint.config
    check_request(heads, window.length, shifts, config)
    checkpoint.model.check_heads(heads)
    predicted_region(window, config)
    if window.length != config.window_length:
        raise EnformerLensError(
            f"Variants are scored in windows of {config.window_length:,} bp.",
            read=f"a window of {window.length:,} bp",
            do="Take that length.",
        )
    if background is not None:
        background.check(checkpoint)
