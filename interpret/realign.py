"""Bins of ALT put back on the bases of the reference after an insertion or deletion.

A window keeps its start and its length, so after an indel ALT's bins no longer lie over the bases that REF's
lie over. At 128 bp a bin no base can be moved alone; therefore:

- Every base of ALT belongs to one base of the reference: an unchanged or substituted one to the base that it
  stands for, an inserted one to the base before it (the anchor of its VCF row).
- A bin of the reference takes the mean of ALT's bins, weighted by how many of its bases each covers.
- A bin of which no base is left, or one base of which lies beyond ALT's predicted region, has no value: NaN.

So a score compares what both alleles have, and where the signal is flat an indel scores 0. Others: gReLU
writes ALT over as many reference bases and moves nothing; baskerville adds a second prediction shifted by the
length difference, averaged or stitched at the middle; AlphaGenome, at single bases, takes the maximum over an
insertion and 0 for a deletion.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float, Int64

from enformer.config import EnformerConfig
from enformer.coordinates import Interval, Variant, predicted_region
from enformer.predict import Prediction
from enformer.provenance import REALIGNED
from interpret.haplotypes import Change
from interpret.origin import frozen


@dataclass(frozen=True, eq=False)
class Alignment:
    """Which bins of ALT make up each bin of the reference.

    Attributes:
        bins: how many bins there are on either side.
        to: reference bin of each contribution, ascending.
        source: the bin of ALT it comes from.
        weight: the share of the bases of `to` that it covers.
        there: bins of the reference that have a value.
    """

    bins: int
    to: Int64[np.ndarray, " pairs"]
    source: Int64[np.ndarray, " pairs"]
    weight: Float[np.ndarray, " pairs"]
    there: Bool[np.ndarray, " bins"]

    @classmethod
    def of(
        cls, variants: Sequence[Variant], window: Interval, config: EnformerConfig
    ) -> "Alignment":
        """The alignment of one haplotype with the window's reference.

        Args:
            variants: as `haplotypes.on_one_copy` gives them.
            window: the model's input.
            config: of the model.
        """
        region, size, bins = predicted_region(window, config), config.bin_size, config.target_bins
        margin = region.start - window.start
        owners = (owners_of(variants, window) - margin) // size
        theirs = (np.arange(len(owners)) - margin) // size
        inside = (owners >= 0) & (owners < bins)
        shown = inside & (theirs >= 0) & (theirs < bins)
        had = np.bincount(owners[inside], minlength=bins)
        kept = np.bincount(owners[shown], minlength=bins)
        there = (had > 0) & (had == kept)
        pairs, bases = np.unique(owners[shown] * bins + theirs[shown], return_counts=True)
        to, source = np.divmod(pairs, bins)
        return cls(bins, to, source, bases / kept[to], there)

    def apply(self, alt: Float[np.ndarray, "bins tracks"]) -> Float[np.ndarray, "bins tracks"]:
        """ALT's values over the bins of the reference, NaN where there are none."""
        parts = alt[self.source] * self.weight[:, None]
        first = np.flatnonzero(np.diff(self.to, prepend=-1))
        realigned = np.full(alt.shape, np.nan, dtype=alt.dtype)
        if len(first):
            realigned[self.to[first]] = np.add.reduceat(parts, first, axis=0)
        realigned[~self.there] = np.nan
        return realigned


def realigned(prediction: Prediction) -> Prediction:
    """The prediction of an ALT over the reference's bins; any other one is returned as it is.

    Bins without a value are NaN. The provenance says that it was done.
    """
    variant, made = prediction.variant, prediction.provenance
    if variant is None or not variant.is_indel or made.options.get(REALIGNED):
        return prediction
    alignment = Alignment.of((variant,), prediction.window, prediction.config)
    values = {head: frozen(alignment.apply(found)) for head, found in prediction.values.items()}
    told = replace(made, options={**made.options, REALIGNED: True})
    return replace(prediction, values=values, provenance=told)


def owners_of(variants: Sequence[Variant], window: Interval) -> Int64[np.ndarray, " bases"]:
    """Of each base of ALT from the window's start on, the offset of the reference base it belongs to.

    It goes on as far as ALT takes in reference bases beyond the window's end.

    Args:
        variants: as `haplotypes.on_one_copy` gives them.
        window: the model's input.
    """
    changes = [Change.of(variant) for variant in variants]
    stretches, at = [], 0
    for change in changes:
        start, end = change.start - window.start, change.end - window.start
        paired = min(end - start, len(change.alt))
        anchor = max(start + paired - 1, 0)
        stretches += [
            np.arange(at, start + paired),
            np.full(len(change.alt) - paired, anchor),
        ]
        at = end
    missing = sum(max(0, -change.growth) for change in changes)
    stretches.append(np.arange(at, window.length + missing))
    return np.concatenate(stretches).astype(np.int64)
