"""What the Variant view asks for and draws from: both alleles, their differences, the map around them."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st
import torch

from app import services, targets, widgets
from app.asking import examples
from app.asking.examples import Example
from app.asking.scene import Scene
from app.computing.explanations import Explanation, explanation
from app.computing.predictions import Answer, requests_for
from app.computing.seat import Seat, Waiting
from app.figures.data import Highlight, LocusPicture, locus_picture
from app.figures.mutagenesis_data import MutagenesisPicture
from app.figures.scale import LINEAR, Scale
from app.truth import truth
from enformer.checkpoint import Checkpoint
from enformer.coordinates import Interval, Variant
from enformer.errors import Cancelled, EnformerLensError, GenomeError
from enformer.genes import Gene
from enformer.predict import Prediction
from enformer.tracks import TrackId
from interpret.compare import compare
from interpret.effects import VariantEffect
from interpret.mutagenesis import Mutagenesis
from interpret.origin import stamped
from interpret.percentiles import Background
from interpret.target import Target

MOST_ROWS = 200
"""Of the table of changed tracks."""
PER_BASE = 3
"""Substitutions of a known base."""


@dataclass(frozen=True)
class Ranking:
    """How tracks are ranked.

    Attributes:
        score: one of `interpret.scores.SCORES`.
        order: abs, up or down.
        head: whose tracks.
    """

    score: str
    order: str
    head: str


# --- both alleles ---------------------------------------------------------------------------------


def effect_of(shown: Scene, answer: Answer, genes: tuple[Gene, ...]) -> VariantEffect:
    """All scores of the variant, from the predictions that are there; kept for all sessions."""
    variant = shown.parsed.variant
    request = requests_for(shown.checkpoint, shown.place.genome, shown.window, variant)[-1]
    names = [f"{gene.symbol}:{gene.tss}" for gene in genes]
    make = functools.partial(computed_effect, shown.checkpoint, answer, genes)
    return services.remembered(f"effect|{request.key}|{names}", make)


def computed_effect(
    checkpoint: Checkpoint, answer: Answer, genes: tuple[Gene, ...]
) -> VariantEffect:
    """The same, computed now."""
    ref, alt = answer.reference, answer.alternative
    assert alt is not None, "the question is a variant"
    assert alt.variant is not None
    origin = stamped(alt.provenance, "variant effect", variants=[alt.variant.key])
    found = compare(
        checkpoint, ref.window, (alt.variant,), _tensors(ref), _tensors(alt), genes=genes,
        provenance=origin,
    )  # fmt: skip
    background = Background.bundled(checkpoint)
    return found if background is None else background.added_to(found)


def _tensors(prediction: Prediction) -> Mapping[str, torch.Tensor]:
    return {head: torch.tensor(values) for head, values in prediction.values.items()}


def ranked(effect: VariantEffect, shown: Scene, ranking: Ranking) -> pd.DataFrame:
    """Tracks of a head, the most changed first; the percentile is that of the score's size."""
    total = sum(effect.track_counts)
    table = effect.ranked(ranking.score, total, ranking.order, shown.checkpoint.tracks)
    table = table[table["head"] == ranking.head].head(MOST_ROWS).reset_index(drop=True)
    score = "SAD" if ranking.score == "SAD_sum" else ranking.score  # as many times larger in all
    known = table.get(f"{score}_percentile")
    kept = table[["head", "index", "name", ranking.score, "REF", "ALT"]]
    if known is not None:
        kept.insert(4, "percentile", known)
    return kept


def ids_of(table: pd.DataFrame) -> tuple[TrackId, ...]:
    """The tracks of a table's rows."""
    return tuple(map(TrackId, table["head"], table["index"].astype(int)))


def most_changed(
    effect: VariantEffect, shown: Scene, ranking: Ranking, count: int
) -> tuple[TrackId, ...]:
    """So many tracks, the most changed first."""
    return ids_of(ranked(effect, shown, ranking))[:count]


def of_genes(effect: VariantEffect, shown: Scene, head: str) -> pd.DataFrame:
    """One row a gene with a TSS in the region: its strongest CAGE track and the mean of all."""
    every = effect.gene_table()
    every = every[every["head"] == head]
    strongest = every.loc[every["logSED"].abs().groupby([every["gene"], every["tss"]]).idxmax()]
    means = every.groupby(["gene", "tss"], as_index=False)["logSED"].mean()
    table = strongest.merge(means, on=["gene", "tss"], suffixes=("", "_mean"))
    rows = shown.checkpoint.tracks
    names = [str(rows.row(track)["name"]) for track in ids_of(table)]
    table["track"] = pd.Series(names, dtype=object).where(table["logSED"] != 0, "none changes")
    table["distance"] = table["tss"] - effect.variants[0].position
    table = table.sort_values("logSED", key=abs, ascending=False, ignore_index=True)
    return table[["gene", "distance", "logSED_mean", "logSED", "track"]]


def alleles(
    answer: Answer,
    tracks: Sequence[TrackId],
    shown: Scene,
    genes: tuple[Gene, ...],
    tissue: str = "",
    marks: tuple[Highlight, ...] = (),
    scale: Scale = LINEAR,
) -> LocusPicture:
    """REF over ALT of each track; what was planted where a tissue is named.

    `marks` are what a person points out.
    """
    drawn = locus_picture(
        answer.reference, tracks, genes, shown.contig_length, shown.view, alt=answer.alternative,
        highlights=marks, scale=scale,
    )  # fmt: skip
    return truth.with_truth(drawn, tissue, tracks, shown.checkpoint.tracks)


# --- the map around it ----------------------------------------------------------------------------


def region_of(shown: Scene, flank: int) -> Interval:
    """The bases that are substituted: so many on each side of the middle of what is changed."""
    variant = shown.parsed.variant
    assert variant is not None
    around = variant.interval.resize(2 * flank + 1)
    return around.intersect(shown.window.intersect(_contig(shown)) or shown.window) or around


def _contig(shown: Scene) -> Interval:
    return Interval(shown.window.contig, 0, shown.contig_length)


def substitutions(shown: Scene, flank: int) -> int:
    """How many there are, where every base is known."""
    return PER_BASE * region_of(shown, flank).length


def map_of(shown: Scene, target: Target, flank: int, seat: Seat) -> Mutagenesis | None:
    """The exact map; while it is computed, or when it was stopped, the first-order one.

    None while there is none to draw: the progress or the problem is drawn here.
    """
    exact, quick = (map_request(kind, shown, target, flank) for kind in ("mutagenesis", QUICK))
    kept = services.kept_explanation(exact)
    if kept is not None:
        return kept
    count = substitutions(shown, flank)
    try:
        rough = widgets.ready(_ask(quick, shown, seat, "First-order map"), seat)
        found = _ask(exact, shown, seat, f"Mutagenesis: {count:,} substitutions of the reference")
    except EnformerLensError as error:
        widgets.explain(error, seat, "map")
        return None
    except widgets.NotReady:
        return None
    except Cancelled:
        widgets.stopped(seat, "map")
        return services.kept_explanation(quick)
    if not isinstance(found, Waiting):
        return found
    widgets.progress(found.job, seat)
    st.caption(":material/hourglass_top: The first-order approximation is drawn meanwhile.")
    return rough


QUICK = "mutagenesis quick"


def map_request(kind: str, shown: Scene, target: Target, flank: int) -> Explanation:
    """What is asked of the services. It is the reference that is mutated."""
    region, start = region_of(shown, flank), shown.window.start
    return explanation(
        kind, shown.checkpoint, shown.place.genome, shown.window, None, target,
        start=region.start - start, stop=region.end - start,
    )  # fmt: skip


def _ask(request: Explanation, shown: Scene, seat: Seat, title: str) -> Mutagenesis | Waiting:
    return services.explain(request, shown.checkpoint, shown.place, seat, title)


def map_picture(found: Mutagenesis, shown: Scene) -> MutagenesisPicture:
    """What is drawn of a map."""
    table, target = shown.checkpoint.tracks, found.target
    rows = [table.row(TrackId(target.head, track)) for track in target.tracks]
    units = sorted({str(row["unit"]).partition(",")[0] for row in rows})
    return MutagenesisPicture(
        region=found.region,
        letters=found.letters,
        values=found.values,
        importance=found.importance,
        assembly=shown.place.genome.assembly,
        explained=targets.sentence(target, shown),
        unit=units[0] if len(units) == 1 else "mixed units",
        method=method(found),
        variant=shown.parsed.variant,
        trained=shown.checkpoint.card.trained,
    )


def method(found: Mutagenesis) -> str:
    """How effects were found, for people."""
    if found.exact:
        return "Exact: each substitution predicted"
    return "Approximate: to first order, from the gradient"


# --- where none was asked for ---------------------------------------------------------------------


def suggestions(shown: Scene) -> tuple[Example, ...]:
    """Variants that work on the open genome: known ones, then ones at the middle of the locus."""
    by_assembly = {"hg38": examples.VARIANTS, "demo": examples.DEMO_VARIANTS}
    known = by_assembly.get(shown.place.genome.assembly, ())
    if shown.parsed.kind == "sequence":
        return ()
    return (*(one for one in known if _fits(one, shown)), *_here(shown))


def _fits(example: Example, shown: Scene) -> bool:
    """Whether the genome has its REF: a file may hold a part of the assembly."""
    try:
        variant = Variant.parse(example.text)
        contig = shown.place.genome.resolve(variant.contig)
        there = Interval(contig, variant.start, variant.end)
        return shown.place.genome.fetch(there) == variant.ref
    except EnformerLensError:
        return False


def _here(shown: Scene) -> tuple[Example, ...]:
    """A substitution, a deletion and an insertion at the middle of what was asked for."""
    middle = shown.window.center
    try:
        bases = shown.place.genome.fetch(Interval(shown.window.contig, middle, middle + 4))
    except GenomeError:
        return ()
    if set(bases) - set("ACGT"):
        return ()
    first, where = bases[0], f"{shown.window.contig}:{middle + 1:,}"
    found = {
        "Substitution": f"{where} {first}>{_TRANSITION[first]}",
        "Deletion of 3 bp": f"{where} {bases}>{first}",
        "Insertion of 4 bp": f"{where} {first}>{first}TGAC",
    }
    about = f"A made-up one in the middle of {shown.parsed.name}."
    return tuple(Example(f"{kind}: {text}", text, about) for kind, text in found.items())


_TRANSITION = {"A": "G", "G": "A", "C": "T", "T": "C"}
