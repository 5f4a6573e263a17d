"""Everything that one pass over a head's windows measures; what several processes saw merges."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float

from enformer.coordinates import Interval
from enformer.genes import GeneIndex
from enformer.tracks import TrackTable
from train.density import Density
from train.gene_scores import GeneScores, GeneTable, Samples
from train.metrics import SequencePearson, StreamingPearson

EXAMPLE_WINDOWS = (1.0, 0.75, 0.5)
EXAMPLE_TRACKS = 5
EXAMPLE_RULE = (
    "Windows, from left to right: of all of the split, ordered by how much the observed log(1 + x) varies "
    "over their bins (standard deviation, mean over tracks), the highest, the one at the 75th percentile "
    "and the median; predictions have no say. Tracks: of each assay "
    f"(the {EXAMPLE_TRACKS} with the most tracks), the one whose Pearson (a) is the median of its assay, "
    "the lower of two."
)


class HeadScores:
    """Accumulates the four correlations, the densities and what the examples are chosen by."""

    def __init__(self, tracks: TrackTable, bin_size: int, genes: GeneIndex | None = None) -> None:
        """Starts empty.

        Args:
            tracks: the whole table of one head.
            bin_size: bp of a bin.
            genes: whose TSS are looked up; None leaves variants (c) and (d) out.
        """
        (self.head,) = tracks.heads
        self.tracks, self.per_track = tracks, StreamingPearson(len(tracks))
        self.per_sequence = SequencePearson(len(tracks))
        self.density = Density(tracks.frame["assay"])
        self.signal: dict[int, float] = {}
        samples = Samples.of(tracks, self.head)
        self.genes = (
            GeneTable(samples, genes, bin_size) if genes is not None and len(samples) else None
        )

    def update(
        self,
        number: int,
        window: Interval,
        predicted: Float[np.ndarray, "bins tracks"],
        observed: Float[np.ndarray, "bins tracks"],
    ) -> None:
        """Adds record `number` of the split, which lies at `window`."""
        one = StreamingPearson(predicted.shape[1])
        one.update(predicted, observed)
        self.per_track.merge(one)
        self.per_sequence.add(one.compute())
        self.density.update(predicted, observed)
        varies = np.log1p(np.maximum(observed, 0), dtype=np.float64).std(axis=0)
        self.signal[number] = float(np.nan_to_num(varies).mean())
        if self.genes is not None:
            self.genes.update(window, predicted, observed)

    def merge(self, other: "HeadScores") -> None:
        """Adds the records that another one has seen."""
        self.per_track.merge(other.per_track)
        self.per_sequence.merge(other.per_sequence)
        self.density.merge(other.density)
        self.signal |= other.signal
        if self.genes is not None and other.genes is not None:
            self.genes.merge(other.genes)

    def frame(self) -> pd.DataFrame:
        """One row per track.

        Returns:
            head, index, identifier, assay, description, pearson (variant a, NaN where there is none),
            not_scored (why), pearson_per_sequence (variant b), sequences (that count in b).
        """
        columns = ["head", "index", "identifier", "assay", "description"]
        return self.tracks.frame[columns].assign(
            pearson=self.per_track.compute(),
            not_scored=self.per_track.reasons(),
            pearson_per_sequence=self.per_sequence.compute(),
            sequences=self.per_sequence.scored,
        )

    def example_windows(self) -> list[int]:
        """Records to draw, by `EXAMPLE_RULE`."""
        order = sorted(self.signal, key=lambda number: (self.signal[number], number))
        places = [round(share * (len(order) - 1)) for share in EXAMPLE_WINDOWS]
        return [order[place] for place in dict.fromkeys(places)] if order else []

    def example_tracks(self) -> list[int]:
        """Tracks to draw, by `EXAMPLE_RULE`; assays without a scored track have none."""
        scored = self.frame().dropna(subset=["pearson"])
        largest = scored["assay"].value_counts(sort=True).index[:EXAMPLE_TRACKS]
        return [
            int(group.sort_values(["pearson", "index"])["index"].iloc[(len(group) - 1) // 2])
            for assay, group in scored.groupby("assay", sort=True)
            if assay in largest
        ]


@dataclass(frozen=True, eq=False)
class Example:
    """One track over the predicted region of one held-out window.

    Attributes:
        number: of the record in the split.
        region: the bins.
        track: its row of `HeadScores.frame`.
        unit: of the values.
        predicted: by bin.
        observed: by bin.
        pearson: over these bins; NaN where one side does not vary.
    """

    number: int
    region: Interval
    track: pd.Series
    unit: str
    predicted: Float[np.ndarray, " bins"]
    observed: Float[np.ndarray, " bins"]
    pearson: float


@dataclass(frozen=True, eq=False)
class HeadResult:
    """What is reported of one head.

    Attributes:
        head: output head.
        assembly: its genome.
        windows: records of the split.
        tracks: `HeadScores.frame`.
        density: `Density.frame`.
        examples: chosen by `EXAMPLE_RULE`, window by window.
        genes: None where no gene models were given, or the head has no CAGE.
    """

    head: str
    assembly: str
    windows: int
    tracks: pd.DataFrame
    density: pd.DataFrame
    examples: tuple[Example, ...]
    genes: GeneScores | None

    @property
    def unscored(self) -> pd.DataFrame:
        """Tracks without a Pearson (a), each with the reason."""
        return self.tracks[self.tracks["pearson"].isna()]


def examples_of(
    scores: HeadScores,
    number: int,
    region: Interval,
    chosen: Iterable[int],
    predicted: Float[np.ndarray, "bins tracks"],
    observed: Float[np.ndarray, "bins tracks"],
) -> list[Example]:
    """The chosen tracks of record `number`, with the Pearson of this window alone."""
    one = StreamingPearson(predicted.shape[1])
    one.update(predicted, observed)
    r, frame, units = one.compute(), scores.frame(), scores.tracks.frame["unit"]
    return [
        Example(
            number, region, frame.iloc[i], units[i], predicted[:, i], observed[:, i], float(r[i])
        )
        for i in chosen
    ]
