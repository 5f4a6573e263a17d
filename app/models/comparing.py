"""What the comparison of two models asks for and draws from: the same question before both."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from app import services, widgets
from app.asking.scene import Scene, scene
from app.computing.predictions import Answer
from app.computing.seat import Seat
from app.figures.comparison_data import (
    DIFFERENCE,
    ComparisonPicture,
    Side,
    comparison_picture,
)
from app.models.pairing import Matching
from enformer.checkpoint import Checkpoint
from enformer.coordinates import Interval, predicted_region
from enformer.errors import EnformerLensError
from enformer.genes import Gene
from enformer.predict import Prediction
from interpret.agreement import Agreement, agreement, aligned
from interpret.track_pairs import TrackPair

FEWEST_BINS = 3
"""For a correlation that says anything at all."""
ALLELES = ("REF", "ALT", DIFFERENCE)
Both = tuple[Prediction, Prediction]
"""Of A and of B."""


@dataclass(frozen=True, eq=False)
class Sides:
    """One question before two models.

    Attributes:
        a: before the model in use.
        b: before the other one, its window moved so that its bins lie on those of A.
    """

    a: Scene
    b: Scene

    @property
    def names(self) -> tuple[str, str]:
        """Short names; those of one name are told apart by their weights."""
        models = (self.a.checkpoint, self.b.checkpoint)
        a, b = (model.card.name for model in models)
        if a == b:
            a, b = (f"{model.card.name} {model.sha256[:6]}" for model in models)
        return f"A {a}", f"B {b}"

    @property
    def drawn(self) -> tuple[Side, Side]:
        """For figures."""
        a, b = (
            Side(name, one.checkpoint.tracks, one.window, one.checkpoint.card.trained)
            for name, one in zip(self.names, (self.a, self.b), strict=True)
        )
        return a, b

    @property
    def region(self) -> Interval:
        """The bins that both predict.

        Raises:
            EnformerLensError: there are none.
        """
        shared = self.a.region.intersect(self.b.region)
        if shared is None:
            raise EnformerLensError(
                "The two models predict no bin in common here.",
                read=f"{self.a.region} and {self.b.region}",
                do="Compare it with another model.",
            )
        return shared

    @property
    def said(self) -> str:
        """How the two were laid on each other."""
        shared, size = self.region, self.a.checkpoint.config.bin_size
        windows = [f"{one.window.length:,} bp" for one in (self.a, self.b)]
        text = (
            f"{self.names[0]}, the model in use, reads {windows[0]} and {self.names[1]} reads "
            f"{windows[1]} around the same place. Compared over the "
            f"{shared.length // size:,} bins of {size} bp that both predict, {shared}."
        )
        moved = self.b.window.center - self.a.window.center
        return (
            f"{text} The window of B was moved by {moved} bp so that bins coincide."
            if moved
            else text
        )


def beside(shown: Scene, other: Checkpoint, zoom: tuple[int, int] | None) -> Sides:
    """The question before both models.

    Raises:
        EnformerLensError: their bins cannot be laid on each other.
    """
    found = scene(other, shown.place, shown.parsed, zoom)
    size = shown.checkpoint.config.bin_size
    window = aligned(found.window, other.config, shown.region, size)
    region = predicted_region(window, other.config)
    return Sides(shown, replace(found, window=window, region=region))


@dataclass(frozen=True, eq=False)
class Comparison:
    """What is compared.

    Attributes:
        sides: the question before both models.
        matching: all pairs of their tracks.
        pairs: those that are drawn.
        allele: one of `ALLELES`; empty without a variant.
    """

    sides: Sides
    matching: Matching
    pairs: tuple[TrackPair, ...]
    allele: str

    def predictions(self, seat: Seat) -> tuple[Prediction, Prediction]:
        """What both models predict; that of A is computed first, and the progress of either drawn.

        Raises:
            NotReady: a job is at it.
            EnformerLensError: it cannot be computed.
            Cancelled: this session has stopped it.
        """
        # two kinds, for the one must not be left when the other is asked for
        a = _answer(self.sides.a, seat, "predict")
        b = _answer(self.sides.b, seat, "predict beside")
        return of_allele(a, self.allele), of_allele(b, self.allele)

    def agreement(self, both: Both) -> Agreement:
        """Values of the pairs that are drawn, correlated over the bins in view."""
        return self._agreement(both, self.pairs)

    def _agreement(self, both: Both, pairs: tuple[TrackPair, ...]) -> Agreement:
        a = self.sides.a
        return agreement(*both, pairs, within=a.view, contig_length=a.contig_length)

    def picture(self, found: Agreement, genes: Sequence[Gene]) -> ComparisonPicture:
        """What is drawn of the pairs."""
        a = self.sides.a
        return comparison_picture(
            found, self.sides.drawn, genes, a.contig_length, a.view, variant=a.parsed.variant,
            allele=self.allele, focus="" if a.parsed.gene is None else a.parsed.gene.symbol,
        )  # fmt: skip

    def by_assay(self, both: Both) -> pd.DataFrame:
        """Correlations of all matched pairs over the bins in view, a row for each head and assay of A.

        Made once for all sessions: of the published model it has thousands of pairs.
        """
        a = self.sides.a
        models = [
            (one.checkpoint.sha256, str(one.checkpoint.model.dtype), str(one.window))
            for one in (a, self.sides.b)
        ]
        asked = (a.place.genome.identity, str(a.parsed.variant), self.allele, str(a.view))
        return services.remembered(f"by assay|{models}|{asked}", lambda: self._by_assay(both))

    def _by_assay(self, both: Both) -> pd.DataFrame:
        pairs = self.matching.pairs
        rows = self.sides.a.checkpoint.tracks.select(pair.a for pair in pairs).frame
        assay = rows["assay"].where(rows["target"] == "", rows["assay"] + " " + rows["target"])
        r = self._agreement(both, pairs).r
        table = pd.DataFrame({"Head of A": rows["head"], "Assay": assay, "r": r})
        groups = table.groupby(["Head of A", "Assay"], sort=False)["r"]
        made = groups.agg(["size", "median", "min", "max"]).reset_index()
        named = {"size": "Pairs", "median": "Median r", "min": "Lowest r", "max": "Highest r"}
        return made.rename(columns=named)

    @property
    def stem(self) -> str:
        """The beginning of every file name."""
        a, variant = self.sides.a, self.sides.a.parsed.variant
        cards = [one.checkpoint.card for one in (a, self.sides.b)]
        models = [card.name + ("" if card.trained else "-untrained") for card in cards]
        parts = ["-vs-".join(models), a.place.genome.assembly, str(a.view).replace(",", "")]
        parts += [] if variant is None else [variant.key, self.allele.replace("−", "minus")]
        return re.sub(r"[^A-Za-z0-9.+_-]+", "-", "_".join(parts)).strip("-")[:150]


def _answer(one: Scene, seat: Seat, kind: str) -> Answer:
    asked = services.answer(one.checkpoint, one.place, one.window, one.parsed, seat, kind)
    return widgets.ready(asked, seat)


def of_allele(answer: Answer, allele: str) -> Prediction:
    """REF, ALT, or a prediction whose values are the difference."""
    ref, alt = answer.reference, answer.alternative
    if alt is None or allele == "REF":
        return ref
    if allele == "ALT":
        return alt
    return replace(alt, values={head: alt.values[head] - ref.values[head] for head in ref.values})


def provenance(found: Agreement, picture: ComparisonPicture) -> dict[str, Any]:
    """Plain values: where both come from, and what was compared."""
    pairs = [
        {"a": a, "b": b, "basis": basis, "pearson_r": None if np.isnan(r) else float(r)}
        for a, b, basis, r in zip(found.tracks_a, found.tracks_b, found.bases, found.r, strict=True)
    ]
    place, view = found.interval, picture.locus.view
    return {
        "method": "comparison of two models",
        "region": [place.contig, place.start, place.end],
        "view": [view.start, view.end],
        "allele": picture.allele or "REF",
        "bins": found.count,
        "pairs": pairs,
        "a": json.loads(found.origin_a.to_json()),
        "b": json.loads(found.origin_b.to_json()),
    }
