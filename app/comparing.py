"""What the comparison of two models asks for and draws from: the same question before both."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from app import services, widgets
from app.figures.comparison_data import (
    DIFFERENCE,
    ComparisonPicture,
    Side,
    comparison_picture,
)
from app.predictions import Answer
from app.scene import Scene, scene
from app.seat import Seat
from enformer.checkpoint import Checkpoint
from enformer.coordinates import Interval, predicted_region
from enformer.errors import EnformerLensError, TrackError
from enformer.genes import Gene
from enformer.predict import Prediction
from enformer.tracks import TrackId
from interpret.agreement import Agreement, agreement, aligned
from interpret.track_pairs import TrackPair, match_assays, match_tracks

MOST_PAIRS = 8
"""Two lanes each that are still read."""
DEFAULT_PAIRS = 3
FEWEST_BINS = 3
"""For a correlation that says anything at all."""
ALLELES = ("REF", "ALT", DIFFERENCE)


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


def predictions(sides: Sides, allele: str, seat: Seat) -> tuple[Prediction, Prediction]:
    """What both models predict; that of A is computed first, and the progress of either drawn.

    Raises:
        NotReady: a job is at it.
        EnformerLensError: it cannot be computed.
        Cancelled: this session has stopped it.
    """
    # two kinds, for the one must not be left when the other is asked for
    a = _answer(sides.a, seat, "predict")
    b = _answer(sides.b, seat, "predict beside")
    return _of_allele(a, allele), _of_allele(b, allele)


def _answer(one: Scene, seat: Seat, kind: str) -> Answer:
    asked = services.answer(one.checkpoint, one.place, one.window, one.parsed, seat, kind)
    return widgets.ready(asked, seat)


def _of_allele(answer: Answer, allele: str) -> Prediction:
    """REF, ALT, or a prediction whose values are the difference."""
    ref, alt = answer.reference, answer.alternative
    if alt is None or allele == "REF":
        return ref
    if allele == "ALT":
        return alt
    return replace(alt, values={head: alt.values[head] - ref.values[head] for head in ref.values})


@dataclass(frozen=True, eq=False)
class Matching:
    """Which tracks of two models belong together.

    Attributes:
        pairs: all that were found.
        measured: whether they agree in the biosample too; else only in assay and target.
    """

    pairs: tuple[TrackPair, ...]
    measured: bool


def chosen_pairs(
    found: Matching, sides: Sides, asked: Sequence[str], shown: Sequence[TrackId]
) -> tuple[tuple[TrackPair, ...], tuple[str, ...]]:
    """The pairs that are drawn, and those asked for that these models do not have.

    Args:
        found: all pairs.
        sides: whose tracks they are.
        asked: pairs as text; without any, those of the tracks shown come first.
        shown: tracks of A that other views show.
    """
    read = {text: _read_pair(text, found, sides) for text in asked}
    pairs = tuple(pair for pair in read.values() if pair is not None)[:MOST_PAIRS]
    unknown = tuple(text for text, pair in read.items() if pair is None)
    if not pairs:
        # tracks that other views show, then those of the head that knows this genome
        first = sorted(found.pairs, key=lambda p: (p.a not in shown, p.a.head != sides.a.head))
        pairs = tuple(first[:DEFAULT_PAIRS])
    return pairs, unknown


def _read_pair(text: str, found: Matching, sides: Sides) -> TrackPair | None:
    try:
        pair = TrackPair.parse(text)
    except TrackError:
        return None
    known = pair.a in sides.a.checkpoint.tracks and pair.b in sides.b.checkpoint.tracks
    matched = next((one for one in found.pairs if (one.a, one.b) == (pair.a, pair.b)), pair)
    return matched if known else None


def matching(a: Checkpoint, b: Checkpoint) -> Matching:
    """Pairs of tracks, kept for all sessions; where no two measure the same, of the same assay."""

    def make() -> Matching:
        found = match_tracks(a, b)
        return Matching(found or match_assays(a, b), bool(found))

    return services.remembered(f"pairs|{a.sha256}|{b.sha256}", make)


def agreed(
    sides: Sides, both: tuple[Prediction, Prediction], pairs: Sequence[TrackPair]
) -> Agreement:
    """Values of pairs, correlated over the bins in view."""
    a = sides.a
    return agreement(*both, pairs, within=a.view, contig_length=a.contig_length)


def picture(
    sides: Sides, found: Agreement, genes: Sequence[Gene], allele: str
) -> ComparisonPicture:
    """What is drawn of pairs."""
    parsed = sides.a.parsed
    return comparison_picture(
        found, sides.drawn, genes, sides.a.contig_length, sides.a.view, variant=parsed.variant,
        allele=allele, focus="" if parsed.gene is None else parsed.gene.symbol,
    )  # fmt: skip


def by_assay(
    sides: Sides, both: tuple[Prediction, Prediction], found: Matching, allele: str
) -> pd.DataFrame:
    """Correlations of all matched pairs, a row for each head and assay of A; kept for all sessions.

    Args:
        sides: the question; correlations are over the bins in view.
        both: what they predict.
        found: all pairs.
        allele: whose values they are.
    """
    models = [
        (one.checkpoint.sha256, str(one.checkpoint.model.dtype), str(one.window))
        for one in (sides.a, sides.b)
    ]
    genome, variant = sides.a.place.genome.identity, sides.a.parsed.variant
    key = f"agreement|{models}|{genome}|{variant}|{allele}|{sides.a.view}"
    return services.remembered(key, lambda: _by_assay(sides, both, found.pairs))


def _by_assay(
    sides: Sides, both: tuple[Prediction, Prediction], pairs: tuple[TrackPair, ...]
) -> pd.DataFrame:
    rows = sides.a.checkpoint.tracks.select(pair.a for pair in pairs).frame
    assay = rows["assay"].where(rows["target"] == "", rows["assay"] + " " + rows["target"])
    correlations = agreed(sides, both, pairs).r
    table = pd.DataFrame({"Head of A": rows["head"], "Assay": assay, "r": correlations})
    groups = table.groupby(["Head of A", "Assay"], sort=False)["r"]
    made = groups.agg(["size", "median", "min", "max"]).reset_index()
    named = {"size": "Pairs", "median": "Median r", "min": "Lowest r", "max": "Highest r"}
    return made.rename(columns=named)


def provenance(found: Agreement, view: Interval) -> str:
    """JSON of where both come from, and of what was compared."""
    pairs = [
        {"a": a, "b": b, "basis": basis, "pearson_r": None if np.isnan(r) else float(r)}
        for a, b, basis, r in zip(found.tracks_a, found.tracks_b, found.bases, found.r, strict=True)
    ]
    place = found.interval
    made = {
        "method": "comparison of two models",
        "region": [place.contig, place.start, place.end],
        "view": [view.start, view.end],
        "bins": found.count,
        "pairs": pairs,
        "a": json.loads(found.origin_a.to_json()),
        "b": json.loads(found.origin_b.to_json()),
    }
    return json.dumps(made, indent=2, ensure_ascii=False)
