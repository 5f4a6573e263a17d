"""Perturbations in silico: what a target does when the sequence is changed, as the model has it.

A region is taken away by dinucleotide shuffles in its place: they keep the composition and break the
motifs, and several of them tell how much of an effect is due to what was put in.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np
from torch import Tensor

from enformer.coordinates import Interval
from enformer.errors import EnformerLensError
from enformer.model import Enformer
from enformer.provenance import Provenance
from interpret.elements import Region, as_element
from interpret.incremental import Edit, Incremental
from interpret.origin import Cancel, Progress, Steps, frozen, interval_of, stamped
from interpret.perturbed import Knockout, joined
from interpret.setting import Setting
from interpret.shuffle import dinucleotide_shuffles
from interpret.target import Target

TILE = 2_048
"""Bp of a tile of a scan."""


def knockout(
    model: Enformer,
    one_hot: Tensor,
    target: Target,
    regions: Sequence[Region],
    *,
    shuffles: int = 5,
    seed: int = 0,
    batch_size: int = 4,
    origin: Provenance | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> Knockout:
    """The target with each region replaced, one at a time, by shuffles of itself.

    Args:
        model: in evaluation mode.
        one_hot: the window, (length, 4).
        target: what is read.
        regions: elements, intervals, or start and stop in the window; one that leaves it is marked so.
        shuffles: of each region.
        seed: of the shuffles; those of a region depend on it and on the region's bases alone.
        batch_size: edited sequences at once; makes no difference to the result.
        origin: provenance of the sequence.
        progress: told before each batch.
        cancel: asked before each batch.

    Raises:
        QueryError: no region lies in the window.
        Cancelled: when `cancel` says so.
    """
    each = knockouts(
        model,
        one_hot,
        target,
        regions,
        shuffles=shuffles,
        seed=seed,
        batch_size=batch_size,
        origin=origin,
        progress=progress,
        cancel=cancel,
    )
    return joined(list(each))


def knockouts(
    model: Enformer,
    one_hot: Tensor,
    target: Target,
    regions: Sequence[Region],
    *,
    shuffles: int = 5,
    seed: int = 0,
    batch_size: int = 4,
    origin: Provenance | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> Iterator[Knockout]:
    """The same, in order, each region's as soon as it is there. Arguments and errors as `knockout`."""
    setting = Setting.of(model, one_hot, target, origin, shuffles, batch_size)
    asked = setting.regions(regions)
    replaced = np.flatnonzero(asked.known)
    steps = Steps(1 + math.ceil(len(replaced) * shuffles / batch_size), progress, cancel)
    steps.start("reference")
    edits = Incremental(model, setting.sequence)
    reference = float(edits.scalar([[]], target)[0])
    shuffled = (
        [Edit(setting.slice(asked.regions[i]).start, bases)]
        for i in replaced
        for bases in dinucleotide_shuffles(setting.bases(asked.regions[i]), shuffles, seed)
    )
    values = setting.stream(edits, shuffled, steps, "knock-out")
    options = {"by": "dinucleotide shuffles", "shuffles": shuffles, "seed": seed}
    for row, known in enumerate(asked.known):
        read = list(islice(values, shuffles)) if known else [math.nan] * shuffles
        yield Knockout(
            interval=setting.window,
            provenance=stamped(origin, "knock-out", target=str(target), **options),
            target=target,
            reference=reference,
            effects=frozen(np.array([read]) - reference),
            **asked.only(row),
        )
    steps.finish()


def knockout_scan(
    model: Enformer,
    one_hot: Tensor,
    target: Target,
    *,
    tile: int = TILE,
    step: int | None = None,
    region: Region | None = None,
    shuffles: int = 5,
    seed: int = 0,
    batch_size: int = 4,
    origin: Provenance | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> Knockout:
    """Knock-out of tile after tile, each of `tile` bp and, by default, as many bp after the last.

    `region` bounds the tiles; by default it is the window. Other arguments and errors as `knockout`.

    Raises:
        QueryError: the region lies outside the window.
    """
    window = interval_of(origin, one_hot.shape[-2])
    place = window if region is None else as_element(region, window).interval
    return knockout(
        model,
        one_hot,
        target,
        tiles(place.intersect(window) or place, tile, step or tile),
        shuffles=shuffles,
        seed=seed,
        batch_size=batch_size,
        origin=origin,
        progress=progress,
        cancel=cancel,
    )


def tiles(region: Interval, tile: int, step: int) -> list[Interval]:
    """Tiles that cover a region from its start on; the last may be shorter.

    Raises:
        EnformerLensError: a tile or a step below one bp.
    """
    if tile < 1 or step < 1:
        raise EnformerLensError(
            "A tile has at least one bp, and so has the step from one to the next.",
            read=f"tiles of {tile} bp every {step} bp",
            do="Correct the number.",
            example=f"tiles of {TILE} bp every {TILE} bp",
        )
    last = max(region.end - tile, region.start)
    starts = range(region.start, min(last + step, region.end), step)
    return [Interval(region.contig, start, min(start + tile, region.end)) for start in starts]
