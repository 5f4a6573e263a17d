"""Sheets to begin with, each one click away, on the question that is open."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from app import targets
from app.asking.question import Query
from app.asking.scene import Scene
from app.contributions import alleles
from app.figures.contribution_data import LETTERS_UP_TO
from app.sheet.panels import target_of, tracks_of
from app.sheet.plan import Panel
from enformer.coordinates import Interval

LOGO = 120
"""Bp of a logo whose letters can be read at half the width of a page."""


@dataclass(frozen=True)
class Preset:
    """A sheet that answers a question people often have.

    Attributes:
        about: what it shows.
        kinds: of its panels, with how many of each width go into a row.
        variant: whether the question must be a variant.
    """

    about: str
    kinds: tuple[tuple[str, int], ...]
    variant: bool = False


PRESETS: Mapping[str, Preset] = {
    "Locus overview": Preset("Tracks, genes and what the target is made of.",
                             (("locus", 1), ("contributions", 1))),
    "Attention": Preset("One attention head with what it looks at, beside the tracks.",
                        (("head", 2), ("locus", 2))),
    "Attention arcs": Preset("The tracks, and arcs from the target to what an attention head looks at.",
                             (("locus", 1), ("arcs", 1))),
    "Contribution logo": Preset(f"Contributions in view, and the letters of {LOGO} bp around the target.",
                                (("contributions", 1), ("logo", 1))),
    "Variant effect": Preset("The tracks a variant changes most, and the map around it.",
                             (("variant", 1), ("map", 1)), variant=True),
}  # fmt: skip


def panels(preset: Preset, query: Query, shown: Scene) -> tuple[Panel, ...]:
    """The panels of a preset on a question."""
    return tuple(panel(kind, query, shown, columns) for kind, columns in preset.kinds)


def panel(kind: str, query: Query, shown: Scene, columns: int = 1) -> Panel:
    """A panel whose question stays as it is now, whatever is asked later.

    Args:
        kind: of `plan.PICTURES`, or `logo`: contributions so near that their letters can be read.
        query: the question.
        shown: what it resolves to.
        columns: how many of its width go into a row.
    """
    question = replace(settled(query, shown), model="", genome="")
    if kind == "logo":
        kind, question = "contributions", _near(question, shown)
    if kind in ("head", "atlas", "arcs", "locus", "variant"):
        # their targets and methods decide nothing that is drawn
        question = replace(question, method="")
    if kind == "map":
        # without a target, that of the track which the variant changes most is mapped
        question = replace(question, target=query.target)
    tracks = query.tracks if kind == "variant" else question.tracks
    return Panel(
        kind, replace(question, tracks=tracks), columns, allele=_allele(kind, query, shown)
    )


def _allele(kind: str, query: Query, shown: Scene) -> str:
    """That of the open question for contributions; both compared for attention."""
    if kind == "contributions":
        return alleles.allele_of(query, shown)
    return "REF" if shown.parsed.variant is None else "REF − ALT"


def settled(query: Query, shown: Scene) -> Query:
    """The question with what the app would choose written out; a name of a variant as the variant."""
    variant = shown.parsed.variant
    locus = query.locus if variant is None else str(variant)
    asked = Panel("locus", query)
    tracks = tuple(map(str, tracks_of(asked, shown)))
    return replace(query, locus=locus, tracks=tracks, target=str(target_of(asked, shown)))


def _near(question: Query, shown: Scene) -> Query:
    """Around what was asked about, unless what is in view can be read already."""
    if question.zoom and shown.view.length <= LETTERS_UP_TO:
        return question
    over = targets.interval(target_of(Panel("locus", question), shown), shown)
    center, parsed = over.center, shown.parsed
    if over.start <= parsed.focus < over.end:  # a variant, the start of a gene
        center = parsed.focus
    middle = Interval(over.contig, center, center + 1).resize(LOGO)
    part = middle.intersect(shown.window) or shown.window
    return replace(question, zoom=(part.start, part.end))
