"""What is explained, under which key the result is kept, and the work that computes it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.computing.job import Control, Work
from app.computing.methods import EACH, METHODS
from app.computing.results import ResultStore
from enformer.checkpoint import Checkpoint
from enformer.coordinates import Interval, Variant
from enformer.genome import Genome
from interpret.origin import Subject
from interpret.stored import pack, unpack
from interpret.target import Target

Options = tuple[tuple[str, str | int | float | bool], ...]
"""Names and values, in the order of names."""


@dataclass(frozen=True)
class Explanation:
    """One explanation, by what decides its values. Small, so that it can be a cache key.

    Attributes:
        kind: of the `METHODS`.
        model: sha256 of the weights.
        dtype: that the model computes in.
        genome: identity of the sequence.
        window: the model's input, with the genome's name for the contig.
        variant: ALT instead of the reference.
        target: text of the scalar that is explained; empty where there is none.
        options: of the method.
    """

    kind: str
    model: str
    dtype: str
    genome: str
    window: Interval
    variant: Variant | None = None
    target: str = ""
    options: Options = ()

    @property
    def key(self) -> str:
        """The request as text."""
        window = (self.window.contig, self.window.start, self.window.end)
        variant = None if self.variant is None else self.variant.key
        subject = [self.model, self.dtype, self.genome, window, variant]
        return json.dumps(["explanation/1", self.kind, *subject, self.target, self.options])

    def is_about(self, model: str, genome: str, window: Interval) -> bool:
        """Whether it explains this window of this genome before this model."""
        return (self.model, self.genome, self.window) == (model, genome, window)


def explanation(
    kind: str,
    checkpoint: Checkpoint,
    genome: Genome,
    window: Interval,
    variant: Variant | None = None,
    target: Target | None = None,
    **options: str | int | float | bool,
) -> Explanation:
    """The request for a result of that kind."""
    return Explanation(
        kind=kind,
        model=checkpoint.sha256,
        dtype=str(checkpoint.model.dtype).removeprefix("torch."),
        genome=genome.identity,
        window=window,
        variant=variant,
        target="" if target is None else str(target),
        options=tuple(sorted(options.items())),
    )


def explain_work(
    request: Explanation, checkpoint: Checkpoint, genome: Genome, store: ResultStore
) -> Work:
    """Work for the job queue: what was kept is read, anything else computed and kept."""

    def work(control: Control) -> Any:
        found = store.get(request.key, unpack)
        if found is None:
            control.progress(0.0, f"reading {request.window.length:,} bp of {genome.assembly}")
            subject = Subject.read(checkpoint, genome, request.window, request.variant)
            target = Target.parse(request.target) if request.target else None
            found = METHODS[request.kind](subject, target, dict(request.options), control)
            store.put(request.key, pack(found))
        return found

    return work


def explain_each_work(
    requests: Sequence[Explanation], checkpoint: Checkpoint, genome: Genome, store: ResultStore
) -> Work:
    """The same for several requests that differ in options alone; each is kept as soon as it is there."""

    def work(control: Control) -> dict[Explanation, Any]:
        first = requests[0]
        found = {each: kept for each in requests if (kept := store.get(each.key, unpack))}
        missing = [each for each in requests if each not in found]
        if missing:
            control.progress(0.0, f"reading {first.window.length:,} bp of {genome.assembly}")
            subject = Subject.read(checkpoint, genome, first.window, first.variant)
            target = Target.parse(first.target)
            options = [dict(each.options) for each in missing]
            made = EACH[first.kind](subject, target, options, control)
            for each, result in zip(missing, made, strict=True):
                store.put(each.key, pack(result))
                found[each] = result
        return found

    return work
