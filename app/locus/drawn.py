"""What the Locus view draws of a prediction, before anything that a person brings."""

from collections.abc import Sequence

from app.asking import marking
from app.asking.question import Query
from app.asking.scene import Scene
from app.computing.predictions import Answer
from app.figures.data import LocusPicture, locus_picture
from app.figures.scale import Scale
from app.locus import grouping
from app.truth import truth
from enformer.genes import Gene
from enformer.tracks import TrackId


def picture(
    query: Query,
    shown: Scene,
    answer: Answer,
    tracks: Sequence[TrackId],
    genes: Sequence[Gene],
    tissue: str,
) -> LocusPicture:
    """The tracks in their groups, with what was planted where a tissue is named."""
    gene, table = shown.parsed.gene, shown.checkpoint.tracks
    found = locus_picture(
        answer.reference,
        tracks,
        genes,
        shown.contig_length,
        shown.view,
        alt=answer.alternative,
        highlights=marking.highlights(query, shown),
        focus="" if gene is None else gene.symbol,
        scale=Scale.parse(query.scale),
    )
    found = grouping.with_groups(found, tracks, table, query.group)
    return truth.with_truth(found, tissue, tracks, table)
