"""Scores of a variant: REF and ALT tracks in, one number a track out, by their published names.

Sums are float64, on the device where the values lie, as they are too many to be moved for each variant. A bin
that is NaN in either allele, as realignment leaves those that ALT lacks, is left out of both. Where none is
left every score is NaN.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Float64, Int64
from torch import Tensor

Values = Float[Tensor, "bins tracks"]
Score = Float64[Tensor, " tracks"]


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
    return (alt - ref).sum(0)


def sar(ref: Values, alt: Values) -> Score:
    """Sum over bins of log2(1 + ALT) - log2(1 + REF): each bin by its fold change.

    SAR of the released Enformer scores (basenji_sad.py at 738321c); baskerville's logSUM, AlphaGenome's
    DIFF_SUM_LOG2. An older basenji_sad.py calls it geoSAD, and SAR what is `SADR` here.
    """
    ref, alt = _shared(ref, alt)
    return (torch.log2(1 + alt) - torch.log2(1 + ref)).sum(0)


def sadr(ref: Values, alt: Values) -> Score:
    """log2(1 + sum of ALT) - log2(1 + sum of REF): the fold change of the whole region.

    SADR of basenji_sad.py at 738321c; AlphaGenome's DIFF_LOG2_SUM.
    """
    ref, alt = _shared(ref, alt)
    return torch.log2(1 + alt.sum(0)) - torch.log2(1 + ref.sum(0))


def d2(ref: Values, alt: Values) -> Score:
    """Length of the difference: the square root of the sum over bins of (ALT - REF) squared; no sign.

    D2 of baskerville (calico/baskerville, snps.py); AlphaGenome's L2_DIFF.
    """
    ref, alt = _shared(ref, alt)
    return torch.sqrt(torch.square(alt - ref).sum(0))


def sax(ref: Values, alt: Values) -> Score:
    """ALT - REF, with its sign, in the bin where its absolute value is largest; `sax_bin` says which.

    SAX of basenji_sad.py and baskerville.
    """
    ref, alt = _shared(ref, alt)
    difference = alt - ref
    return difference.gather(0, difference.abs().argmax(0)[None])[0]


def sax_bin(ref: Values, alt: Values) -> Int64[Tensor, " tracks"]:
    """The bin of `sax`; the first of several, 0 where no bin is left."""
    difference = torch.where(left(ref, alt)[:, None], alt.double() - ref, 0.0)
    return difference.abs().argmax(0)


def log_sed(ref: Values, alt: Values) -> Score:
    """log2(1 + sum of ALT) - log2(1 + sum of REF) over the bins of a gene.

    logSED of baskerville and Borzoi, here over the bins of the TSS, as the Enformer paper scores a gene's
    CAGE. One count is added, not 0.001 as in AlphaGenome's GENE_MASK_LFC, so that a silent gene has no
    large fold changes.
    """
    return sadr(ref, alt)


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
    return values.double().mean(0)


def left(ref: Values, alt: Values) -> Bool[Tensor, " bins"]:
    """Bins that both alleles have; only these are scored."""
    return ~(ref + alt).isnan().any(1)


def _shared(
    ref: Values, alt: Values
) -> tuple[Float64[Tensor, "shared tracks"], Float64[Tensor, "shared tracks"]]:
    there = left(ref, alt)
    if not there.any():  # one row without a value, as a sum over no bins would be 0: "no effect"
        ref = alt = torch.full_like(ref[:1], torch.nan)
    elif not there.all():
        ref, alt = ref[there], alt[there]
    return ref.double(), alt.double()
