"""What is computed for a question, under which key it is kept, and the work that computes it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from app.computing.job import Control, Work
from app.computing.results import ResultStore
from app.computing.stored_predictions import reader, to_bytes
from enformer.checkpoint import Checkpoint
from enformer.coordinates import Interval, Variant
from enformer.genome import Genome
from enformer.predict import Prediction, predict
from interpret.realign import realigned


@dataclass(frozen=True)
class Request:
    """One forward pass, by what decides its values. Small, so that it can be a cache key.

    Attributes:
        model: sha256 of the weights.
        dtype: that the model computes in.
        genome: identity of the sequence.
        window: the model's input, with the genome's name for the contig.
        variant: ALT instead of the reference.
    """

    model: str
    dtype: str
    genome: str
    window: Interval
    variant: Variant | None = None

    @property
    def key(self) -> str:
        """The request as text."""
        window = (self.window.contig, self.window.start, self.window.end)
        variant = None if self.variant is None else self.variant.key
        return json.dumps(["prediction/1", self.model, self.dtype, self.genome, window, variant])


@dataclass(frozen=True, eq=False)
class Answer:
    """The predictions a picture is drawn from."""

    reference: Prediction
    alternative: Prediction | None = None


def requests_for(
    checkpoint: Checkpoint, genome: Genome, window: Interval, variant: Variant | None
) -> tuple[Request, ...]:
    """The reference's request and, for a variant, ALT's."""
    dtype = str(checkpoint.model.dtype).removeprefix("torch.")
    reference = Request(checkpoint.sha256, dtype, genome.identity, window)
    if variant is None:
        return (reference,)
    return reference, Request(checkpoint.sha256, dtype, genome.identity, window, variant)


def answer_from(predictions: Mapping[Request, Prediction]) -> Answer:
    """The answer of requests that were all computed; ALT's bins lie over those of REF."""
    by_allele = {request.variant is None: made for request, made in predictions.items()}
    alternative = by_allele.get(False)
    return Answer(by_allele[True], None if alternative is None else realigned(alternative))


def work_for(
    requests: tuple[Request, ...], checkpoint: Checkpoint, genome: Genome, store: ResultStore
) -> Work:
    """Work for the job queue: each prediction is kept as soon as it is made."""

    def work(control: Control) -> dict[Request, Prediction]:
        made = {}
        for number, request in enumerate(requests):
            found = store.get(request.key, reader(checkpoint))
            if found is None:
                found = _predict(request, checkpoint, genome, control, number, len(requests))
                store.put(request.key, to_bytes(found))
            made[request] = found
        return made

    return work


def _predict(
    request: Request,
    checkpoint: Checkpoint,
    genome: Genome,
    control: Control,
    number: int,
    total: int,
) -> Prediction:
    allele = "" if total == 1 else ("REF: " if request.variant is None else "ALT: ")

    def progress(fraction: float, doing: str) -> None:
        control.progress((number + fraction) / total, allele + doing)

    progress(0.0, f"reading {request.window.length:,} bp of {genome.assembly}")
    return predict(
        checkpoint,
        genome,
        request.window,
        variant=request.variant,
        progress=progress,
        cancel=control.cancelled,
    )
