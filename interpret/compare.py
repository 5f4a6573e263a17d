"""REF against ALT of one window: every score of every track, and of the genes that start there."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from enformer.checkpoint import Checkpoint
from enformer.coordinates import Interval, Variant, bins_over, predicted_region
from enformer.genes import Gene
from enformer.provenance import Provenance
from enformer.references import bare
from interpret.effects import VariantEffect
from interpret.origin import frozen
from interpret.scores import SCORES, left, log_sed, mean, sax_bin
from interpret.target import Target, cage_tracks

Values = Mapping[str, Float[Tensor, "bins _"]]


def compare(
    checkpoint: Checkpoint,
    window: Interval,
    variants: tuple[Variant, ...],
    ref: Values,
    alt: Values,
    *,
    genes: Iterable[Gene] = (),
    provenance: Provenance | None = None,
) -> VariantEffect:
    """All scores of a haplotype.

    Args:
        checkpoint: whose heads predicted it.
        window: the model's input.
        variants: on one copy, by position.
        ref: the reference's values by head.
        alt: ALT's, over the reference's bins, NaN where it has none.
        genes: those whose TSS has a bin are scored.
        provenance: of the result.
    """
    ref, alt = _exact(ref), _exact(alt)
    pairs = [(ref[head], alt[head]) for head in ref]
    scored = left(*pairs[0])
    starts = [gene for gene in genes if _has_tss(gene, window, checkpoint)]
    return VariantEffect(
        variants=variants,
        window=window,
        region=predicted_region(window, checkpoint.config),
        provenance=provenance,
        heads=tuple(ref),
        track_counts=tuple(values.shape[1] for values in ref.values()),
        scores={name: _joined([kind.of(*pair) for pair in pairs]) for name, kind in SCORES.items()},
        sax_bin=_joined([sax_bin(*pair) for pair in pairs], np.int64),
        reference=_joined([mean(one[scored]) for one, _ in pairs]),
        alternative=_joined([mean(other[scored]) for _, other in pairs]),
        realigned=any(variant.is_indel for variant in variants),
        scored=frozen(scored.cpu().numpy(), bool),
        genes=tuple(gene.symbol for gene in starts),
        gene_tss=tuple(gene.tss for gene in starts),
        gene_scores=_gene_scores(starts, window, checkpoint, ref, alt),
    )


def _exact(values: Values) -> Values:
    """In float64, once for all scores; on the CPU where the device has none."""
    return {
        head: (one.cpu() if one.device.type == "mps" else one).double()
        for head, one in values.items()
    }


def _has_tss(gene: Gene, window: Interval, checkpoint: Checkpoint) -> bool:
    tss = Interval(window.contig, gene.tss, gene.tss + 1)
    return bare(gene.contig) == bare(window.contig) and bool(
        bins_over(window, tss, checkpoint.config)
    )


def _gene_scores(
    genes: Sequence[Gene], window: Interval, checkpoint: Checkpoint, ref: Values, alt: Values
) -> Float[np.ndarray, "genes tracks"]:
    """The logSED of each gene on each track; NaN where the track is no CAGE of the gene's strand."""
    rows = [
        _joined([_gene_score(gene, window, checkpoint, head, ref, alt) for head in ref])
        for gene in genes
    ]
    tracks = sum(values.shape[1] for values in ref.values())
    return frozen(np.array(rows).reshape(len(genes), tracks), np.float64)


def _gene_score(
    gene: Gene, window: Interval, checkpoint: Checkpoint, head: str, ref: Values, alt: Values
) -> Float[Tensor, " tracks"]:
    table = checkpoint.tracks
    found = ref[head].new_full((ref[head].shape[1],), torch.nan)
    if not cage_tracks(table, head, gene.strand):
        return found
    target = Target.of_gene(gene, window, checkpoint.config, table, head)
    bins, tracks = list(target.bins), list(target.tracks)
    found[tracks] = log_sed(ref[head][bins][:, tracks], alt[head][bins][:, tracks])
    return found


def _joined(parts: list[Tensor], dtype: type = np.float64) -> np.ndarray:
    return frozen(torch.cat(parts).cpu().numpy(), dtype)
