"""Edited sequences at the price of what an edit touches.

A base reaches 5 or 6 of the tokens; all other positions of the convolutional trunk are those of the
reference. So the input of every conv stage is kept for the reference, and an edit is walked through the
stages as a patch: the span that it can change, computed anew from a slice with enough neighbours. The
transformer mixes all tokens and runs whole, but for its last layer, which is asked only for the tokens that
are read. Nothing is approximate.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import cast

import torch
from jaxtyping import Float
from torch import Tensor

from enformer.errors import EnformerLensError
from enformer.model import Enformer
from enformer.stage import ConvStage
from enformer.tiles import TILE
from interpret.target import Target, as_batch


@dataclass(frozen=True, eq=False)
class Edit:
    """Other bases in place of as many of the window.

    An insertion or a deletion moves what follows: its bases are the whole new tail of the window.

    Attributes:
        start: 0-based, in the window.
        bases: one-hot, zeros for N.
    """

    start: int
    bases: Float[Tensor, "length 4"]

    @property
    def stop(self) -> int:
        """The first base after it."""
        return self.start + len(self.bases)


Haplotype = Sequence[Edit]
"""The edits of one sequence, later ones over earlier ones; none is the reference itself."""


class Incremental:
    """A reference sequence of which edited copies are wanted.

    Keeps the reference's conv activations: 0.63 GiB at published size in float32, half in bfloat16. How many
    sequences one call is given is its batch size, and does not matter to the result.

    Args:
        model: in evaluation mode.
        one_hot: the reference, (length, 4) or (1, length, 4).

    Raises:
        EnformerLensError: the model cannot take that sequence, or is being trained.
    """

    def __init__(self, model: Enformer, one_hot: Tensor) -> None:
        if model.training:
            raise EnformerLensError(
                "A model in training mode answers differently each time.",
                read="a model in training mode",
                do="Call model.eval() first.",
            )
        self.model = model
        self._stages = [cast(ConvStage, stage) for stage in (model.stem, *model.conv_tower)]
        x = as_batch(one_hot, model)
        model.check_length(x.shape[1])
        with torch.no_grad():
            self._inputs, self._reference = _keep(self._stages, x.to(model.dtype))

    @property
    def token_count(self) -> int:
        """Of the window."""
        return len(self._reference)

    @torch.no_grad()
    def tokens(
        self, edits: Sequence[Haplotype], queries: range | None = None
    ) -> Float[Tensor, "batch queries channels"]:
        """What the transformer leaves of each token, or of consecutive ones, of every edited sequence.

        Raises:
            EnformerLensError: an edit leaves the window.
        """
        return self.model.mix(self._trunk(edits), queries)

    @torch.no_grad()
    def scalar(self, edits: Sequence[Haplotype], target: Target) -> Float[Tensor, " batch"]:
        """The target of every edited sequence, float32; only its bins and tracks are computed."""
        target.check(self.model.config)
        tokens = self.tokens(edits, target.tokens(self.model.config, self.token_count))
        return target.read(self.model, tokens, target.tokens(self.model.config).start)

    @torch.no_grad()
    def heads(
        self, edits: Sequence[Haplotype], heads: Collection[str]
    ) -> dict[str, Float[Tensor, "batch bins _"]]:
        """Everything those heads say of every edited sequence, float32."""
        self.model.check_heads(heads)
        bins = self.model.config.target_bins
        start = (self.token_count - bins) // 2
        embedding = self.model.final_pointwise(self.tokens(edits, range(start, start + bins)))
        return {name: self.model.heads[name](embedding) for name in heads}

    def _trunk(self, edits: Sequence[Haplotype]) -> Float[Tensor, "batch tokens channels"]:
        patches = list(self._patches(edits))
        for stage, reference in zip(self._stages, self._inputs, strict=True):
            patches = _through(stage, reference, patches)
        x = self._reference.repeat(len(edits), 1, 1)
        for patch in patches:
            x[patch.sample, patch.start : patch.stop] = patch.values
        return x

    def _patches(self, edits: Sequence[Haplotype]) -> Iterator["_Patch"]:
        one_hot = self._inputs[0]
        for sample, haplotype in enumerate(edits):
            for edit in haplotype:
                if edit.start < 0 or edit.stop > len(one_hot):
                    raise EnformerLensError(
                        f"It leaves the window of {len(one_hot):,} bp.",
                        read=f"an edit of bases {edit.start:,} to {edit.stop:,}, from 0",
                        do="Give as many bases as it replaces, inside the window.",
                    )
                if len(edit.bases):
                    yield _Patch(sample, edit.start, edit.bases.to(one_hot))


@dataclass(frozen=True, eq=False)
class _Patch:
    """What differs from the reference in one sample, at one stage."""

    sample: int
    start: int
    values: Float[Tensor, "length channels"]

    @property
    def stop(self) -> int:
        return self.start + len(self.values)

    def over(self, piece: Tensor, left: int) -> None:
        """Written over the part that it has in a piece of the stage's input that begins at `left`."""
        start, stop = max(self.start, left), min(self.stop, left + len(piece))
        if start < stop:
            piece[start - left : stop - left] = self.values[start - self.start : stop - self.start]


@dataclass(frozen=True, eq=False)
class _Piece:
    """A slice of a stage's input from which a span of its output is computed."""

    sample: int
    outputs: range
    skip: int
    values: Float[Tensor, "length channels"]

    @property
    def shape(self) -> tuple[int, int, int]:
        """Pieces alike in this can run as one batch."""
        return len(self.values), self.skip, len(self.outputs)


def touched(span: range, halo: int, length: int) -> range:
    """Outputs of a stage that inputs of a span can change: the conv's halo, then pairs.

    Args:
        span: of the stage's input, not empty.
        halo: of the stage.
        length: of the stage's input.
    """
    return range(max(span.start - halo, 0) // 2, min(-(-(span.stop + halo) // 2), length // 2))


def merged(spans: Iterable[range]) -> list[range]:
    """Ascending, with what overlaps or touches as one."""
    found: list[range] = []
    for span in sorted(spans, key=lambda span: span.start):
        if found and span.start <= found[-1].stop:
            last = found.pop()
            span = range(last.start, max(span.stop, last.stop))
        found.append(span)
    return found


def _keep(stages: Iterable[ConvStage], x: Tensor) -> tuple[list[Tensor], Tensor]:
    """The input of each stage, and the tokens after the last."""
    inputs = []
    for stage in stages:
        inputs.append(x[0])
        x = stage(x)
    return inputs, x[0]


def _through(stage: ConvStage, reference: Tensor, patches: list[_Patch]) -> list[_Patch]:
    """The patches of the stage's output; equally shaped pieces run together, as far as the cache goes."""
    alike: dict[tuple[int, int, int], list[_Piece]] = defaultdict(list)
    for _, own in groupby(patches, key=lambda patch: patch.sample):
        for piece in _pieces(list(own), stage.halo, reference):
            alike[piece.shape].append(piece)
    found = []
    for (length, skip, outputs), pieces in alike.items():
        together = max(TILE // length, 1)
        for first in range(0, len(pieces), together):
            batch = pieces[first : first + together]
            values = stage(torch.stack([piece.values for piece in batch]))
            values = values[:, skip : skip + outputs]
            found += [
                _Patch(piece.sample, piece.outputs.start, row)
                for piece, row in zip(batch, values, strict=True)
            ]
    return sorted(found, key=lambda patch: (patch.sample, patch.start))


def _pieces(patches: list[_Patch], halo: int, reference: Tensor) -> Iterator[_Piece]:
    """Slices of one sample; at the window's own ends the conv pads with zeros, as it must."""
    length = len(reference)
    spans = merged(touched(range(p.start, p.stop), halo, length) for p in patches)
    for outputs in spans:
        left = max(2 * outputs.start - halo, 0)  # even, so that pairs stay pairs
        values = reference[left : min(2 * outputs.stop + halo, length)].clone()
        for patch in patches:
            patch.over(values, left)
        yield _Piece(patches[0].sample, outputs, outputs.start - left // 2, values)
