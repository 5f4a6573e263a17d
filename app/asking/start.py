"""What opens when nothing was asked: a real locus where one can be had, else the demo genome."""

from dataclasses import dataclass, replace

from app import services, state
from app.asking import places

PATIENCE = 3.0
"""Seconds that a reference service has to answer on start."""


@dataclass(frozen=True)
class Start:
    """The genome a session starts on.

    Attributes:
        genome: its name.
        why: why it is not a real one; else empty.
    """

    genome: str
    why: str = ""


def choose_start() -> Start:
    """The configured FASTA, else hg38 by network, else the demo genome."""
    configured = places.configured_genome()
    if configured is not None:
        return Start(configured.name)
    answers = services.online(PATIENCE)
    if answers:
        return Start("hg38")
    silent = "does not answer" if answers is False else f"has not answered in {PATIENCE:.0f} s"
    return Start(
        "demo",
        f"This is the demo genome, which is synthetic: no FASTA is configured and the service for "
        f"hg38 {silent}. Type the path of an hg38 FASTA under Genome, or set "
        f"{places.GENOME_VARIABLE} before the start.",
    )


def resolved(query: state.Query) -> state.Query:
    """The query with model and genome filled in; what a session started with, it keeps."""
    genome = query.genome or state.start(choose_start).genome
    return replace(query, model=query.model or services.default_model(genome), genome=genome)


def notice() -> str:
    """Why the genome in view is not a real one, where nobody asked for it."""
    return "" if state.query().genome else state.start(choose_start).why
