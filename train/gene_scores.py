"""CAGE of genes at their TSS: Pearson across genes per sample, and across samples per gene.

A gene's CAGE is the mean over the bin of its TSS and one neighbour on each side, read on the gene's strand
where tracks are stranded, as `interpret.Target.of_gene` defines it; correlations are of log(1 + x).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float, Int

from enformer.coordinates import Interval
from enformer.genes import Gene, GeneIndex
from enformer.tracks import TrackTable
from train.metrics import StreamingPearson

NEIGHBOURS = 1
"""Bins on each side of the one that holds the TSS."""
MIN_POINTS = 3
"""Two points always lie on a line."""


@dataclass(frozen=True, eq=False)
class Samples:
    """CAGE measurements of a head; the two tracks of a strand pair are one sample.

    Attributes:
        names: identifiers, those of a pair joined by `/`.
        forward: track that reads genes of the + strand; -1 where there is none.
        reverse: track that reads genes of the - strand; -1 where there is none.
    """

    names: tuple[str, ...]
    forward: Int[np.ndarray, " samples"]
    reverse: Int[np.ndarray, " samples"]

    @classmethod
    def of(cls, table: TrackTable, head: str) -> "Samples":
        """The CAGE samples of a head, in the order of their tracks; none where it has no CAGE."""
        frame = table.of_head(head).frame
        strands, identifiers = frame["strand"].tolist(), frame["identifier"].tolist()
        pairs = table.strand_pairs(head)
        rows: dict[tuple[int, ...], tuple[int, int]] = {}
        for index in np.flatnonzero(frame["assay"] == "CAGE"):
            members = tuple(sorted({int(index), int(pairs[index])}))
            read = {strands[i]: i for i in members}
            both = read.get(".", -1)
            rows[members] = read.get("+", both), read.get("-", both)
        names = tuple("/".join(identifiers[i] for i in members) for members in rows)
        tracks = np.array(list(rows.values()), dtype=np.int64).reshape(-1, 2)
        return cls(names, tracks[:, 0], tracks[:, 1])

    def __len__(self) -> int:
        return len(self.names)

    def tracks(self, strand: str) -> Int[np.ndarray, " samples"]:
        """The track of each sample for genes of a strand; -1 where there is none."""
        return self.reverse if strand == "-" else self.forward


@dataclass(frozen=True, eq=False)
class GeneRow:
    """What was read of one gene in one record.

    Attributes:
        gene: whose TSS.
        window: the record's whole window.
        predicted: mean over the TSS bins of each sample; NaN where no track reads this strand.
        observed: the same of the measurement.
    """

    gene: Gene
    window: Interval
    predicted: Float[np.ndarray, " samples"]
    observed: Float[np.ndarray, " samples"]

    @property
    def rank(self) -> tuple[int, str, int]:
        """Lowest for the record in whose middle the TSS lies; then by position, so that merging in any
        order keeps the same."""
        away = abs(2 * self.gene.tss + 1 - self.window.start - self.window.end)
        return away, self.window.contig, self.window.start


class GeneTable:
    """Genes of a split; a gene in several records counts once, from the record it is most central in."""

    def __init__(self, samples: Samples, genes: GeneIndex, bin_size: int) -> None:
        self.samples, self.genes, self.bin_size = samples, genes, bin_size
        self.rows: dict[tuple[str, str, int, str], GeneRow] = {}
        self.seen = 0

    def update(
        self,
        window: Interval,
        predicted: Float[np.ndarray, "bins tracks"],
        observed: Float[np.ndarray, "bins tracks"],
    ) -> None:
        """Adds the genes of a record whose three TSS bins all lie in its predicted region."""
        bins = len(predicted)
        start = window.start + (window.length - bins * self.bin_size) // 2
        region = Interval(window.contig, start, start + bins * self.bin_size)
        for gene in self.genes.overlapping(region):
            place = (gene.tss - start) // self.bin_size
            if gene.strand != "." and NEIGHBOURS <= place < bins - NEIGHBOURS:
                part = slice(place - NEIGHBOURS, place + NEIGHBOURS + 1)
                self._keep(self._row(gene, window, predicted[part], observed[part]))
                self.seen += 1

    def merge(self, other: "GeneTable") -> None:
        """Adds the genes of other records."""
        for row in other.rows.values():
            self._keep(row)
        self.seen += other.seen

    def compute(self) -> "GeneScores":
        """Both correlations of genes, in the order of the genome."""
        rows = sorted(self.rows.values(), key=lambda row: (row.gene.interval, row.gene.symbol))
        return GeneScores(self.samples, tuple(rows), self.seen)

    def _row(self, gene: Gene, window: Interval, predicted: np.ndarray, observed: np.ndarray):
        tracks = self.samples.tracks(gene.strand)
        sides = (side.astype(np.float64).mean(axis=0)[tracks] for side in (predicted, observed))
        return GeneRow(gene, window, *(np.where(tracks >= 0, side, np.nan) for side in sides))

    def _keep(self, row: GeneRow) -> None:
        gene = row.gene
        key = (gene.gene_id or gene.symbol, gene.contig, gene.tss, gene.strand)
        held = self.rows.get(key)
        if held is None or row.rank < held.rank:
            self.rows[key] = row


@dataclass(frozen=True, eq=False)
class GeneScores:
    """Genes by samples, and the correlations along either axis. Never edit its arrays and frames.

    Attributes:
        samples: columns.
        rows: genes, in the order of the genome.
        seen: how often a gene was met; more than the genes where records overlap.
    """

    samples: Samples
    rows: Sequence[GeneRow]
    seen: int

    @cached_property
    def predicted(self) -> Float[np.ndarray, "genes samples"]:
        """log(1 + x) of the prediction; NaN where no track reads the gene's strand."""
        return self._log([row.predicted for row in self.rows])

    @cached_property
    def observed(self) -> Float[np.ndarray, "genes samples"]:
        """log(1 + x) of the measurement; NaN where no track reads the gene's strand."""
        return self._log([row.observed for row in self.rows])

    @cached_property
    def measured(self) -> Bool[np.ndarray, "genes samples"]:
        """Where a sample has a track of the gene's strand."""
        tracks = [self.samples.tracks(row.gene.strand) >= 0 for row in self.rows]
        return np.array(tracks, dtype=bool).reshape(len(self.rows), len(self.samples))

    @cached_property
    def across_genes(self) -> pd.DataFrame:
        """Variant (c): r of each sample over genes.

        Returns:
            One row per sample: sample, genes, pearson (NaN where there is none), not_scored (why).
        """
        found = _correlate(self.predicted, self.observed, self.measured)
        return pd.DataFrame({"sample": list(self.samples.names), **found}).rename(
            columns={"points": "genes"}
        )

    @cached_property
    def across_tracks(self) -> pd.DataFrame:
        """Variant (d): r of each gene over samples.

        Returns:
            One row per gene: gene, gene_id, contig, tss (0-based), strand, window (the record it was
            read in), samples, pearson (NaN where there is none), not_scored (why), and centred: r once
            each sample's mean over genes is taken from both sides, so that depth no longer counts.
        """
        found = _correlate(self.predicted.T, self.observed.T, self.measured.T)
        predicted, observed = self._centred(self.predicted), self._centred(self.observed)
        found["centred"] = _correlate(predicted.T, observed.T, self.measured.T)["pearson"]
        names: dict[str, list] = {
            "gene": [row.gene.symbol for row in self.rows],
            "gene_id": [row.gene.gene_id for row in self.rows],
            "contig": [row.gene.contig for row in self.rows],
            "tss": [row.gene.tss for row in self.rows],
            "strand": [row.gene.strand for row in self.rows],
            "window": [str(row.window) for row in self.rows],
        }
        return pd.DataFrame({**names, **found}).rename(columns={"points": "samples"})

    def _centred(
        self, values: Float[np.ndarray, "genes samples"]
    ) -> Float[np.ndarray, "genes samples"]:
        """Without the mean of each sample over the genes that it measures."""
        counted = np.maximum(self.measured.sum(axis=0), 1)
        return values - np.where(self.measured, values, 0).sum(axis=0) / counted

    def _log(self, values: Sequence[np.ndarray]) -> Float[np.ndarray, "genes samples"]:
        stacked = np.array(values, dtype=np.float64).reshape(len(self.rows), len(self.samples))
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.log1p(stacked)


def _correlate(
    predicted: Float[np.ndarray, "points columns"],
    observed: Float[np.ndarray, "points columns"],
    measured: Bool[np.ndarray, "points columns"],
) -> dict[str, list]:
    """Points, pearson and not_scored of each column, over the points that are measured."""
    found: dict[str, list] = {"points": [], "pearson": [], "not_scored": []}
    for x, y, kept in zip(predicted.T, observed.T, measured.T, strict=True):
        one = StreamingPearson(1)
        one.update(x[kept, None], y[kept, None])
        enough = kept.sum() >= MIN_POINTS
        found["points"].append(int(kept.sum()))
        found["pearson"].append(float(one.compute()[0]) if enough else np.nan)
        few = f"fewer than {MIN_POINTS} points"
        found["not_scored"].append(str(one.reasons()[0]) if enough else few)
    return found
