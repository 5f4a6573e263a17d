"""A locus, a variant or a sequence in; a `Prediction` that knows where it comes from out."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from enformer.alleles import shorten
from enformer.checkpoint import Checkpoint
from enformer.config import EnformerConfig
from enformer.coordinates import Interval, Variant, predicted_region
from enformer.errors import Cancelled, EnformerLensError, GenomeError
from enformer.genome import Genome
from enformer.model import Enformer
from enformer.provenance import Provenance
from enformer.sequence import one_hot, reverse_complement_one_hot
from enformer.stage import ConvStage
from enformer.tracks import TrackTable

Progress = Callable[[float, str], None]
"""Called with the fraction done, 0 to 1, and what is being done now."""


@dataclass(frozen=True, eq=False)
class Prediction:
    """What a model says of one window.

    Attributes:
        window: what the model read, N-padding included.
        region: its middle, which has bins.
        values: (bins, tracks) of each head, float32, not writable; in the units of its tracks.
        tracks: all tracks of those heads.
        config: sizes of the model.
        provenance: where it comes from.
        variant: what was changed in the reference, if anything.
    """

    window: Interval
    region: Interval
    values: Mapping[str, Float[np.ndarray, "bins _"]]
    tracks: TrackTable
    config: EnformerConfig
    provenance: Provenance
    variant: Variant | None = None


def predict(
    checkpoint: Checkpoint,
    genome: Genome,
    where: Interval | Variant,
    *,
    variant: Variant | None = None,
    heads: Collection[str] | None = None,
    length: int | None = None,
    reverse_complement: bool = False,
    shifts: Sequence[int] = (0,),
    progress: Progress | None = None,
    cancel: Callable[[], bool] | None = None,
) -> Prediction:
    """Predict the window around a place.

    Args:
        checkpoint: the model.
        genome: what it reads.
        where: an interval, whose middle becomes the middle of the window; or a variant, which is put in
            the middle and whose ALT is predicted.
        variant: another way to ask for ALT, with the window where `where` says.
        heads: heads to predict; all by default.
        length: bp of the window if not the one the model was trained on.
        reverse_complement: average with the prediction from the other strand.
        shifts: average over windows moved by so many bp, each within half a bin.
        progress: told what is going on, many times a pass.
        cancel: asked as often; True ends it.

    Raises:
        GenomeError: the place is not on the genome, or REF is not what the genome has.
        EnformerLensError: the model cannot take this length, lacks a head, or nothing is asked for.
        Cancelled: when `cancel` says so.
    """
    config, model = checkpoint.config, checkpoint.model
    if isinstance(where, Variant):
        variant, where = one_variant(variant, where), where.interval.resize(1)
    length = config.window_length if length is None else length
    chosen = tuple(config.heads if heads is None else heads)
    check_request(chosen, length, shifts, config)
    window = place_window(where, genome, length)
    region = predicted_region(window, config)
    strands = (False, True) if reverse_complement else (False,)
    passes = [(shift, flipped) for shift in shifts for flipped in strands]
    meter = _Meter(model, window.length, len(passes), progress, cancel)
    values = _average(checkpoint, genome, window, variant, chosen, passes, meter)
    return Prediction(
        window=window,
        region=region,
        values=values,
        tracks=checkpoint.tracks.search(head=chosen),
        config=config,
        provenance=Provenance(
            model=checkpoint.card.name,
            sha256=checkpoint.sha256,
            trained=checkpoint.card.trained,
            assembly=genome.assembly,
            genome=genome.identity,
            interval=window,
            variant=variant,
            options=_options(checkpoint, window, chosen, reverse_complement, shifts),
        ),
        variant=variant,
    )


def one_variant(variant: Variant | None, where: Variant) -> Variant:
    """The variant that is meant when one may be given in two ways.

    Raises:
        EnformerLensError: two different ones were given.
    """
    if variant in (None, where):
        return where
    raise EnformerLensError(
        "One variant can be predicted at a time.",
        read=f"the variants {shorten(str(where))} and {shorten(str(variant))}",
        do="Give the place as an interval, or leave the other variant out.",
    )


def check_request(
    heads: Sequence[str], length: int, shifts: Sequence[int], config: EnformerConfig
) -> None:
    """Refuse a request that has no answer, as `predict` does.

    Raises:
        EnformerLensError: no head, no base, no pass, or a shift beyond half a bin.
    """
    rules = (
        (not heads, "It asks for no head.", f"Choose from {', '.join(config.heads)}."),
        (length < 1, "A window has at least one base.", f"Take {config.window_length:,} bp."),
        (not shifts, "It asks for no pass over the sequence.", "Give (0,) for one without shift."),
        (any(type(bp) is not int or 2 * abs(bp) > config.bin_size for bp in shifts),
         "Shifts are whole numbers of bp, each within half a bin.",
         f"Stay within {config.bin_size // 2} bp."),
    )  # fmt: skip
    for failed, wrong, do in rules:
        if failed:
            read = f"a prediction of {length:,} bp, heads {list(heads)}, shifts {list(shifts)[:9]}"
            raise EnformerLensError(wrong, read=read, do=do)


def place_window(where: Interval, genome: Genome, length: int) -> Interval:
    """The window of so many bp around the middle of `where`, with the genome's name for the contig."""
    return replace(where, contig=genome.resolve(where.contig)).resize(length)


def haplotype(genome: Genome, window: Interval, variant: Variant | None = None) -> str:
    """Sequence of a window, N outside the contig, with ALT in place of REF.

    After an indel the window keeps its start and its length: what follows the variant moves.

    Raises:
        GenomeError: REF is not what the genome has, or the variant is not in the window.
    """
    if variant is None:
        return genome.fetch(window, pad=True)
    variant = replace(variant, contig=genome.resolve(variant.contig))
    if not window.contains(variant.interval):
        raise GenomeError(
            f"It does not lie in the window {window}.",
            read=f"the variant {shorten(str(variant))}",
            do="Choose a window that holds it.",
        )
    _check_ref(genome, variant)
    missing = max(0, len(variant.ref) - len(variant.alt))
    reference = genome.fetch(replace(window, end=window.end + missing), pad=True)
    before, after = variant.start - window.start, variant.end - window.start
    return (reference[:before] + variant.alt + reference[after:])[: window.length]


def _check_ref(genome: Genome, variant: Variant) -> None:
    found = genome.fetch(variant.interval)
    if found != variant.ref:
        raise GenomeError(
            f"REF is {shorten(variant.ref)}, but {genome.assembly} has {shorten(found)} there: another "
            "assembly or strand?",
            read=f"the variant {shorten(str(variant))}",
            do="Correct REF.",
            example=replace(variant, ref=found).key if found != variant.alt else "",
        )


def _average(
    checkpoint: Checkpoint,
    genome: Genome,
    window: Interval,
    variant: Variant | None,
    heads: tuple[str, ...],
    passes: Sequence[tuple[int, bool]],
    meter: "_Meter",
) -> dict[str, Float[np.ndarray, "bins _"]]:
    """Mean of each head over passes, each shifted by so many bp and perhaps on the other strand."""
    total: dict[str, Tensor] = {}
    for shift, flipped in passes:
        sequence = haplotype(genome, window.shift(shift), variant)
        values = _run(checkpoint, sequence, flipped, heads, meter)
        total = {head: total[head] + v if head in total else v for head, v in values.items()}
    return {head: _frozen(value / len(passes)) for head, value in total.items()}


def _run(
    checkpoint: Checkpoint, sequence: str, flipped: bool, heads: tuple[str, ...], meter: "_Meter"
) -> dict[str, Tensor]:
    """(bins, tracks) of each head for one sequence, in the order of the forward strand."""
    x = one_hot(sequence).to(checkpoint.model.device).unsqueeze(0)
    with torch.inference_mode():
        x = reverse_complement_one_hot(x) if flipped else x
        values = checkpoint.model(x, heads, meter.step)
    meter.end_of_pass()
    if not flipped:
        return {head: value[0] for head, value in values.items()}
    pairs = {head: torch.tensor(checkpoint.tracks.strand_pairs(head)) for head in heads}
    return {head: value[0].flip(0)[:, pairs[head]] for head, value in values.items()}


class _Meter:
    """Turns the names of the boxes as they start into a fraction of all passes; asks about cancelling."""

    def __init__(
        self,
        model: Enformer,
        length: int,
        passes: int,
        progress: Progress | None,
        cancel: Callable[[], bool] | None,
    ) -> None:
        self._costs = dict(_costs(model, length))
        self._total = passes * sum(self._costs.values())
        self._done, self._running = 0, 0
        self._progress, self._cancel = progress, cancel

    def step(self, name: str) -> None:
        """The box of that name starts, so the one before it is done."""
        self._done, self._running = self._done + self._running, self._costs[name]
        self._tell(name)

    def end_of_pass(self) -> None:
        self._done, self._running = self._done + self._running, 0
        self._tell("heads")

    def _tell(self, name: str) -> None:
        if self._cancel is not None and self._cancel():
            raise Cancelled(f"cancelled before {name}")
        if self._progress is not None:
            self._progress(self._done / self._total, name)


def _costs(model: Enformer, length: int) -> list[tuple[str, int]]:
    """Multiplications of each box, roughly: its parameters times the positions they meet."""
    costs = []
    for name, stage in model.stages():
        parameters = stage.parameters() if isinstance(stage, nn.Module) else ()
        costs.append((name, length * sum(p.numel() for p in parameters)))
        length //= 2 if isinstance(stage, ConvStage) else 1
    return costs


def _options(
    checkpoint: Checkpoint,
    window: Interval,
    heads: tuple[str, ...],
    reverse_complement: bool,
    shifts: Sequence[int],
) -> dict[str, object]:
    return {
        "heads": list(heads),
        "reverse_complement": reverse_complement,
        "shifts": list(shifts),
        "window_length": window.length,
        "trained_window_length": checkpoint.config.window_length,
        "device": checkpoint.model.device.type,
        "dtype": str(checkpoint.model.dtype).removeprefix("torch."),
    }


def _frozen(values: Tensor) -> Float[np.ndarray, "bins tracks"]:
    array = values.float().cpu().numpy()
    array.setflags(write=False)
    return array
