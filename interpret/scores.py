"""Scores of a variant: REF and ALT tracks in, one number a track out, by their published names.

Sums are float64. A bin that is NaN in either allele, as realignment leaves those that ALT lacks, is left out
of both.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int64

Values = Float[np.ndarray, "bins tracks"]
Score = Float[np.ndarray, " tracks"]


def sad(ref: Values, alt: Values) -> Score:
    """SNP activity difference: mean over bins of ALT - REF.

    The score of the Enformer notebook (google-deepmind/deepmind-research, enformer-usage.ipynb,
    `EnformerScoreVariantsRaw`); AlphaGenome's DIFF_MEAN.
    """
    ref, alt = _shared(ref, alt)
    return mean(alt - ref)


def sad_sum(ref: Values, alt: Values) -> Score:
    """The same as a sum over bins.

    What Basenji and the released Enformer scores of 1000 Genomes call SAD (calico/basenji, basenji_sad.py
    at 738321c); baskerville's SUM, AlphaGenome's DIFF_SUM.
    """
    ref, alt = _shared(ref, alt)
    return (alt - ref).sum(axis=0)


def sar(ref: Values, alt: Values) -> Score:
    """Sum over bins of log2(1 + ALT) - log2(1 + REF): each bin by its fold change.

    SAR of the released Enformer scores (basenji_sad.py at 738321c); baskerville's logSUM, AlphaGenome's
    DIFF_SUM_LOG2. An older basenji_sad.py calls it geoSAD, and SAR what is `SADR` here.
    """
    ref, alt = _shared(ref, alt)
    return (np.log2(1 + alt) - np.log2(1 + ref)).sum(axis=0)


def sadr(ref: Values, alt: Values) -> Score:
    """log2(1 + sum of ALT) - log2(1 + sum of REF): the fold change of the whole region.

    SADR of basenji_sad.py at 738321c; AlphaGenome's DIFF_LOG2_SUM.
    """
    ref, alt = _shared(ref, alt)
    return np.log2(1 + alt.sum(axis=0)) - np.log2(1 + ref.sum(axis=0))


def d2(ref: Values, alt: Values) -> Score:
    """Length of the difference: the square root of the sum over bins of (ALT - REF) squared; no sign.

    D2 of baskerville (calico/baskerville, snps.py); AlphaGenome's L2_DIFF.
    """
    ref, alt = _shared(ref, alt)
    return np.sqrt(np.square(alt - ref).sum(axis=0))


def sax(ref: Values, alt: Values) -> Score:
    """ALT - REF, with its sign, in the bin where its absolute value is largest; `sax_bin` says which.

    SAX of basenji_sad.py and baskerville.
    """
    difference = _difference(ref, alt)
    return np.take_along_axis(difference, np.abs(difference).argmax(axis=0)[None], axis=0)[0]


def sax_bin(ref: Values, alt: Values) -> Int64[np.ndarray, " tracks"]:
    """The bin of `sax`; the first of several, 0 where no bin is left."""
    return np.abs(_difference(ref, alt)).argmax(axis=0).astype(np.int64)


def log_sed(ref: Values, alt: Values) -> Score:
    """log2(1 + sum of ALT) - log2(1 + sum of REF) over the bins of a gene.

    logSED of baskerville and Borzoi, here over the bins of the TSS, as the Enformer paper scores a gene's
    CAGE. One count is added, not 0.001 as in AlphaGenome's GENE_MASK_LFC, so that a silent gene has no
    large fold changes. NaN where no bin is left.
    """
    ref, alt = _shared(ref, alt)
    return np.where(len(ref) > 0, sadr(ref, alt), np.nan)


@dataclass(frozen=True)
class ScoreKind:
    """A score that can be asked for.

    Attributes:
        of: the function of REF and ALT.
        about: one line for people.
        unit: of its values; "track" stands for the unit of the track.
        signed: whether a negative value means less in ALT.
    """

    of: Callable[[Values, Values], Score]
    about: str
    unit: str
    signed: bool = True


SCORES: Mapping[str, ScoreKind] = {
    "SAD": ScoreKind(sad, "ALT - REF, mean over bins", "track"),
    "SAD_sum": ScoreKind(sad_sum, "ALT - REF, sum over bins", "track"),
    "SAR": ScoreKind(sar, "log2(1 + ALT) - log2(1 + REF), sum over bins", "log2 fold"),
    "SADR": ScoreKind(sadr, "log2(1 + sum of ALT) - log2(1 + sum of REF)", "log2 fold"),
    "D2": ScoreKind(d2, "L2 norm of ALT - REF over bins", "track", signed=False),
    "SAX": ScoreKind(sax, "ALT - REF in the bin where it is largest in size", "track"),
}
"""All scores of a track, by name, in the order in which tables show them."""


def mean(values: Values) -> Score:
    """Mean over bins in float64; NaN where there is none."""
    empty = np.full(values.shape[1], np.nan)
    return values.mean(axis=0, dtype=np.float64) if len(values) else empty


def left(ref: Values, alt: Values) -> Bool[np.ndarray, " bins"]:
    """Bins that both alleles have; only these are scored."""
    return np.asarray(~np.isnan(ref + alt).any(axis=1))


def _shared(
    ref: Values, alt: Values
) -> tuple[Float[np.ndarray, "shared tracks"], Float[np.ndarray, "shared tracks"]]:
    there = left(ref, alt)
    return ref[there].astype(np.float64), alt[there].astype(np.float64)


def _difference(ref: Values, alt: Values) -> Values:
    """ALT - REF in all bins, 0 in those that are left out."""
    difference = alt.astype(np.float64) - ref
    return np.where(left(ref, alt)[:, None], difference, 0.0)
