"""What is to be explained, from what a person types: a locus and a target."""

import re
from dataclasses import dataclass

from enformer.checkpoint import Checkpoint
from enformer.coordinates import Interval
from enformer.errors import QueryError
from enformer.genes import GeneSource
from enformer.genome import Genome
from enformer.parsed import ParsedQuery
from enformer.query import parse_query
from interpret.origin import Subject
from interpret.target import Target

_TRACKS_ALONE = re.compile(r"\s*\w+/[\d,+-]+\s*", re.ASCII)


@dataclass(frozen=True, eq=False)
class Asked:
    """A target before the window that it is explained in.

    Attributes:
        query: the locus, as it was read.
        subject: the window around it; with ALT where a variant was typed.
        target: what is explained.
    """

    query: ParsedQuery
    subject: Subject
    target: Target

    @classmethod
    def read(
        cls,
        locus: str,
        target: str,
        checkpoint: Checkpoint,
        genome: Genome,
        genes: GeneSource | None = None,
    ) -> "Asked":
        """Reads both texts.

        Args:
            locus: whatever the search box takes but a sequence; the window lies around a gene's TSS, a
                variant, or the middle of a locus.
            target: `human/0,3@447-449`; `human/0,3`, over the bins of the locus; or an assay: `CAGE` is that
                of a gene at its TSS where a gene was typed, else all tracks of it over the bins of the locus.
            checkpoint: the model.
            genome: what it reads.
            genes: where genes are looked up.

        Raises:
            QueryError: one of them cannot be read, or does not fit the model.
            GenomeError: the place is not on the genome.
        """
        query = parse_query(locus, genome, genes)
        if query.interval is None:
            raise QueryError(
                "A sequence has no place on the genome.",
                read=query.name,
                do="Type a locus, a gene or a variant, or open the sequence as a genome.",
            )
        if query.variant is not None:
            subject = Subject.read(checkpoint, genome, query.variant)
        else:
            middle = Interval(query.interval.contig, query.focus, query.focus + 1)
            subject = Subject.read(checkpoint, genome, middle)
        found = _target(target.strip(), query, query.interval, subject)
        found.check(checkpoint.config)
        return cls(query, subject, found)


def _target(text: str, query: ParsedQuery, place: Interval, subject: Subject) -> Target:
    config, table = subject.checkpoint.config, subject.checkpoint.tracks
    if "@" in text:
        return Target.parse(text)
    if _TRACKS_ALONE.fullmatch(text):
        alone = Target.parse(f"{text}@0")
        return Target.over(place, subject.window, config, alone.head, alone.tracks)
    head = _head(subject)
    assay = text.upper()
    if assay == "CAGE" and query.gene is not None:
        return Target.of_gene(query.gene, subject.window, config, table, head)
    tracks = table.search(head=(head,), assay=(assay,)).frame["index"].tolist()
    if not tracks:
        assays = tuple(table.of_head(head).assays)
        raise QueryError(
            f"The head {head} has no tracks of it, and it is no target.",
            read=f"the target {text[:80]!r}",
            do=f"Write head/tracks@bins, head/tracks, or an assay: {', '.join(assays)}.",
            example=f"{head}/0",
        )
    return Target.over(place, subject.window, config, head, tracks)


def _head(subject: Subject) -> str:
    """The head trained on the genome's assembly; else the first."""
    checkpoint = subject.checkpoint
    return next(iter(checkpoint.heads_on(subject.genome.assembly) or checkpoint.config.heads))
