"""An element in another place: alone with the promoter in a shuffled window, and at other distances."""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import numpy as np
from jaxtyping import Float
from torch import Tensor

from enformer.coordinates import Interval
from enformer.model import Enformer
from enformer.provenance import Provenance
from interpret.elements import Region
from interpret.incremental import Edit, Incremental
from interpret.origin import Cancel, Progress, Steps, frozen, stamped
from interpret.perturbed import DistanceEffect, Sufficiency
from interpret.setting import Setting
from interpret.shuffle import dinucleotide_shuffles
from interpret.target import Target

Context = Literal["shuffled", "original"]


def sufficiency(
    model: Enformer,
    one_hot: Tensor,
    target: Target,
    element: Region,
    *,
    keep: Sequence[Region] | None = None,
    shuffles: int = 5,
    seed: int = 0,
    batch_size: int = 4,
    origin: Provenance | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> Sufficiency:
    """What an element adds, at its place, where all but the promoter is shuffled.

    Args:
        model: in evaluation mode.
        one_hot: the window, (length, 4).
        target: what is read.
        element: what is put back.
        keep: what no context loses; by default the target's bins, and at least 2,048 bp around their middle.
        shuffles: of the whole window: as many contexts.
        seed: of the shuffles.
        batch_size: sequences at once; makes no difference to the result.
        origin: provenance of the sequence.
        progress: told before each batch.
        cancel: asked before each batch.

    Raises:
        QueryError: the element does not lie in the window, or is kept anyway.
        Cancelled: when `cancel` says so.
    """
    setting = Setting.of(model, one_hot, target, origin, shuffles, batch_size)
    found, kept = setting.element(element), setting.kept(keep)
    if any(each.contains(found.interval) for each in kept):
        raise setting.refusal(found.interval, "It is part of what every context keeps.")
    put_back = Edit(setting.slice(found.interval).start, setting.bases(found.interval))
    contexts = _contexts(setting, setting.window, kept, shuffles, seed)
    steps = _steps(setting, shuffles, 1, progress, cancel)
    reference, values = _measured(setting, contexts, [put_back], steps)
    options = {"keep": [str(each) for each in kept], "shuffles": shuffles, "seed": seed}
    return Sufficiency(
        interval=setting.window,
        provenance=stamped(
            origin, "sufficiency", target=str(target), element=str(found.interval), **options
        ),
        target=target,
        element=found.interval,
        name=found.name,
        kept=kept,
        reference=reference,
        context=frozen(values[:, 0]),
        with_element=frozen(values[:, 1]),
    )


def distance_effect(
    model: Enformer,
    one_hot: Tensor,
    target: Target,
    element: Region,
    distances: Sequence[int],
    *,
    context: Context = "shuffled",
    keep: Sequence[Region] | None = None,
    shuffles: int = 5,
    seed: int = 0,
    batch_size: int = 4,
    origin: Provenance | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> DistanceEffect:
    """What an element adds at other distances from the target, in its own orientation.

    `distances` are bp from the middle of the target to that of the element, negative to the left. In a
    "shuffled" context all but `keep` is shuffled; in the "original" one only the element's home is. What is
    kept is not written over. Other arguments and errors as `sufficiency`.

    Raises:
        QueryError: the element does not lie in the window, or would leave it or cover what is kept.
    """
    setting = Setting.of(model, one_hot, target, origin, shuffles, batch_size)
    found, kept = setting.element(element), setting.kept(keep)
    home = found.interval
    moved = [_moved(setting, home, bp, kept) for bp in distances]
    shuffled = setting.window if context == "shuffled" else home
    steps = _steps(setting, shuffles, len(moved), progress, cancel)
    contexts = _contexts(setting, shuffled, kept, shuffles, seed)
    reference, values = _measured(setting, contexts, moved, steps)
    options = {"keep": [str(each) for each in kept], "shuffles": shuffles, "seed": seed}
    return DistanceEffect(
        interval=setting.window,
        provenance=stamped(
            origin, "distance", target=str(target), element=str(home), context=context, **options
        ),
        target=target,
        element=home,
        name=found.name,
        kept=kept,
        context_kind=context,
        reference=reference,
        distances=frozen(np.array(distances), np.int64),
        home=home.center - setting.center,
        context=frozen(values[:, 0]),
        with_element=frozen(values[:, 1:].T),
    )


def _contexts(
    setting: Setting, place: Interval, kept: Sequence[Interval], shuffles: int, seed: int
) -> Iterator[Float[Tensor, "length 4"]]:
    """The window with a place in it shuffled, but for what is kept."""
    for bases in dinucleotide_shuffles(setting.bases(place), shuffles, seed):
        context = setting.sequence.clone()
        context[setting.slice(place)] = bases
        for each in kept:
            context[setting.slice(each)] = setting.bases(each)
        yield context


def _moved(setting: Setting, home: Interval, bp: int, kept: Sequence[Interval]) -> Edit:
    """An element put at a distance from the target.

    Raises:
        QueryError: it would leave the window or cover what is kept.
    """
    place = home.shift(setting.center + bp - home.center)
    if not setting.window.contains(place):
        raise setting.refusal(place, f"At {bp:,} bp from the target it leaves the window.")
    for each in kept:
        if place.intersect(each):
            raise setting.refusal(
                place, f"At {bp:,} bp from the target it covers {each}, which is kept."
            )
    return Edit(setting.slice(place).start, setting.bases(home))


def _steps(
    setting: Setting, contexts: int, edits: int, progress: Progress | None, cancel: Cancel | None
) -> Steps:
    """One for the reference, then as many as each context has batches."""
    batches = math.ceil((1 + edits) / setting.batch_size)
    return Steps(1 + contexts * batches, progress, cancel)


def _measured(
    setting: Setting, contexts: Iterable[Tensor], edits: Sequence[Edit], steps: Steps
) -> tuple[float, Float[np.ndarray, "contexts sequences"]]:
    """The target of the sequence as it is; of each context without an edit, then with each."""
    steps.start("reference")
    reference = float(Incremental(setting.model, setting.sequence).scalar([[]], setting.target)[0])
    asked = [[], *([edit] for edit in edits)]
    values = [
        setting.read(Incremental(setting.model, context), asked, steps, "shuffled context")
        for context in contexts
    ]
    steps.finish()
    return reference, np.stack(values)
