"""What a variant does to every track of a window, as one frozen result."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float, Int64

from enformer.checkpoint import Checkpoint
from enformer.coordinates import Interval, Variant
from enformer.errors import EnformerLensError
from enformer.predict import Prediction
from enformer.provenance import REALIGNED, Provenance
from enformer.tracks import TrackTable
from interpret.scores import SCORES

_SHOWN = ["identifier", "name", "assay", "target", "biosample", "strand", "unit"]


@dataclass(frozen=True, eq=False)
class VariantEffect:
    """Scores of one haplotype on all tracks of some heads; those of one head after those of another.

    Attributes:
        variants: by position; several lie on one copy.
        window: the model's input.
        region: its middle, which has bins.
        provenance: where it comes from.
        heads: predicted heads.
        track_counts: tracks of each head.
        scores: one array over all tracks for each name in `interpret.scores.SCORES`.
        sax_bin: the bin of SAX, counted from the start of the region.
        reference: mean of REF over the bins that were scored.
        alternative: mean of ALT over the same.
        realigned: whether ALT was moved back over the reference's bases after an indel.
        scored: bins that both alleles have; the others were left out of every score.
        genes: symbols of genes whose TSS has a bin.
        gene_tss: their 0-based TSS.
        gene_scores: logSED over the bins of each TSS on CAGE tracks of the gene's strand, else NaN.
        percentiles: by score, that of each track in a background; empty without one.
        background: what the percentiles refer to, in a sentence.
        values: `REF/head` and `ALT/head`, all bins, ALT realigned; empty unless they were to be kept.
    """

    variants: tuple[Variant, ...]
    window: Interval
    region: Interval
    provenance: Provenance | None
    heads: tuple[str, ...]
    track_counts: tuple[int, ...]
    scores: Mapping[str, Float[np.ndarray, " tracks"]]
    sax_bin: Int64[np.ndarray, " tracks"]
    reference: Float[np.ndarray, " tracks"]
    alternative: Float[np.ndarray, " tracks"]
    realigned: bool
    scored: Bool[np.ndarray, " bins"]
    genes: tuple[str, ...]
    gene_tss: tuple[int, ...]
    gene_scores: Float[np.ndarray, "genes tracks"]
    percentiles: Mapping[str, Float[np.ndarray, " tracks"]] = field(default_factory=dict)
    background: str = ""
    values: Mapping[str, Float[np.ndarray, "bins _"]] = field(default_factory=dict)

    @property
    def interval(self) -> Interval:
        """The window, by the name that every result has for it."""
        return self.window

    @property
    def bins_left_out(self) -> int:
        """How many bins ALT lacks: deleted whole, or moved out of the predicted region."""
        return int((~self.scored).sum())

    def of(self, score: str, head: str) -> Float[np.ndarray, " tracks"]:
        """One score of one head's tracks, in their order.

        Raises:
            EnformerLensError: that head was not predicted, or there is no such score.
        """
        if head not in self.heads:
            raise _unknown("head", head, self.heads)
        place = self.heads.index(head)
        first = sum(self.track_counts[:place])
        return self._score(score)[first : first + self.track_counts[place]]

    def table(self, tracks: TrackTable | None = None) -> pd.DataFrame:
        """One row a track: head, index, REF, ALT, all scores, percentiles where there is a background.

        Args:
            tracks: the model's, to say what each track is.
        """
        columns: dict[str, object] = {
            "head": np.repeat(self.heads, self.track_counts),
            "index": np.concatenate([np.arange(count) for count in self.track_counts]),
        }
        if tracks is not None:
            frame = pd.concat([tracks.of_head(head).frame for head in self.heads])
            columns |= {name: frame[name].to_numpy() for name in _SHOWN}
        columns |= {"REF": self.reference, "ALT": self.alternative, **self.scores}
        columns["SAX_bin"] = self.sax_bin
        columns |= {f"{name}_percentile": found for name, found in self.percentiles.items()}
        return pd.DataFrame(columns)

    def ranked(
        self, score: str = "SAD", n: int = 20, by: str = "abs", tracks: TrackTable | None = None
    ) -> pd.DataFrame:
        """The rows of `table` of the most changed tracks, the most changed first.

        Args:
            score: name of a score.
            n: how many rows.
            by: "abs" for the size of the score, "up" for most gained, "down" for most lost.
            tracks: as in `table`.

        Raises:
            EnformerLensError: there is no such score or order.
        """
        keys = {"abs": lambda x: -np.abs(x), "up": lambda x: -x, "down": lambda x: x}
        if by not in keys:
            raise _unknown("order", by, tuple(keys))
        order = np.argsort(keys[by](self._score(score)), kind="stable")[:n]
        return self.table(tracks).iloc[order].reset_index(drop=True)

    def gene_table(self) -> pd.DataFrame:
        """One row a gene and CAGE track: gene, tss (1-based), head, index, logSED."""
        gene, track = np.nonzero(~np.isnan(self.gene_scores))
        heads = np.repeat(self.heads, self.track_counts)
        indices = np.concatenate([np.arange(count) for count in self.track_counts])
        return pd.DataFrame(
            {
                "gene": np.array(self.genes, dtype=object)[gene],
                "tss": np.array(self.gene_tss, dtype=np.int64)[gene] + 1,
                "head": heads[track],
                "index": indices[track],
                "logSED": self.gene_scores[gene, track],
            }
        )

    def predictions(self, checkpoint: Checkpoint) -> tuple[Prediction, Prediction]:
        """REF and ALT as predictions, ALT over the reference's bins.

        Args:
            checkpoint: that which was scored with.

        Raises:
            EnformerLensError: they were not kept.
        """
        if not self.values or self.provenance is None:
            raise EnformerLensError(
                "Only its scores were kept.",
                read=f"the effect of {self.variants[0]}",
                do="Score it again with keep_predictions=True.",
            )
        tracks = checkpoint.tracks.search(head=self.heads)
        made, config = self.provenance, checkpoint.config
        told = {**made.options, REALIGNED: True} if self.realigned else made.options
        of_ref, of_alt = replace(made, variant=None), replace(made, options=told)
        ref, alt = (
            {head: self.values[f"{allele}/{head}"] for head in self.heads}
            for allele in ("REF", "ALT")
        )
        first = self.variants[0] if len(self.variants) == 1 else None
        return (
            Prediction(self.window, self.region, ref, tracks, config, of_ref),
            Prediction(self.window, self.region, alt, tracks, config, of_alt, variant=first),
        )

    def _score(self, name: str) -> Float[np.ndarray, " tracks"]:
        if name not in self.scores:
            raise _unknown("score", name, tuple(SCORES))
        return self.scores[name]


def _unknown(what: str, name: str, there: tuple[str, ...]) -> EnformerLensError:
    return EnformerLensError(
        f"There is no such {what}.", read=f"the {what} {name!r}", do="Choose one.", choices=there
    )
