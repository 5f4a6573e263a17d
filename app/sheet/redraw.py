"""A figure of one view again, from what its provenance says it was drawn from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.asking import marking
from app.asking.scene import Scene
from app.attention import attending
from app.contributions import alleles, contributing, knocking, motif_library, motif_marks, ways
from app.contributions.knocking import Lost
from app.contributions.motif_library import Library
from app.contributions.ways import Way
from app.evidence import evidencing
from app.evidence.evidence_way import EvidenceWay
from app.figures.arc_data import arc_picture
from app.figures.attention_pictures import atlas_picture, head_picture
from app.figures.data import LocusPicture
from app.figures.difference import with_differences
from app.figures.layouts import Picture
from app.figures.mutagenesis_data import MutagenesisPicture
from app.figures.scale import Scale
from app.figures.scatter_data import scatter_picture
from app.locus import attention_track, drawn, grouping
from app.models import comparing
from app.models.pairing import Matching
from app.sheet import panels
from app.sheet.computed import Computed
from app.sheet.plan import Panel
from app.sheet.single import Single
from app.variant import variant_motifs, varying
from enformer.checkpoint import Checkpoint
from enformer.coordinates import Interval
from enformer.errors import EnformerLensError
from enformer.tracks import TrackId
from interpret.allele_contributions import AlleleContributions
from interpret.contributions import Contributions
from interpret.elements import Element
from interpret.peak_motifs import name_peaks
from interpret.target import Target
from interpret.track_pairs import TrackPair


@dataclass(frozen=True, eq=False)
class _Asked:
    """A figure that is drawn again.

    Attributes:
        single: what it was drawn from.
        source: of its results.
        shown: what its question resolves to.
        other: the model that is compared.
    """

    single: Single
    source: Computed
    shown: Scene
    other: Checkpoint | None

    @property
    def panel(self) -> Panel:
        """The question, as panels of a sheet hold it."""
        chosen = self.single.chosen
        return Panel(self.single.view, self.single.question, allele=chosen.get("allele", ""))

    @property
    def tracks(self) -> tuple[TrackId, ...]:
        """Those drawn."""
        return tuple(map(TrackId.parse, self.single.question.tracks))

    @property
    def target(self) -> Target:
        """What is explained."""
        target = Target.parse(self.single.question.target)
        target.check(self.shown.checkpoint.config)
        return target

    @property
    def tissue(self) -> str:
        """Whose planted truth is drawn."""
        return panels.tissue_of(self.panel, self.shown)

    def explained(self, request: Any, title: str) -> Any:
        """The result of an explanation."""
        return self.source.explain(request, self.shown, title)


def picture(single: Single, source: Computed, other: Checkpoint | None = None) -> Picture:
    """What was drawn.

    Args:
        single: what it was drawn from.
        source: of its results.
        other: the model that is compared, where one is.

    Raises:
        EnformerLensError: it cannot be drawn here.
    """
    shown = source.scene(Panel(single.view, single.question))
    return _MAKERS[single.view](_Asked(single, source, shown, other))


# --- tracks ---------------------------------------------------------------------------------------


def _locus(asked: _Asked) -> LocusPicture:
    query, shown = asked.single.question, asked.shown
    answer = asked.source.answer(shown)
    found = drawn.picture(query, shown, answer, asked.tracks, asked.single.genes, asked.tissue)
    if not query.slice:
        return found

    def summary(tokens: range, allele: attending.Allele) -> Any:
        return panels.summary_of(replace(asked.panel, allele=allele), shown, tokens, asked.source)

    return replace(found, lanes=(*found.lanes, attention_track.of(found, query, shown, summary)))


def _variant(asked: _Asked) -> LocusPicture:
    shown = asked.shown
    query, table = asked.single.question, shown.checkpoint.tracks
    found = varying.alleles(
        asked.source.answer(shown), asked.tracks, shown, asked.single.genes, asked.tissue,
        marking.highlights(query, shown), Scale.parse(query.scale),
    )  # fmt: skip
    return with_differences(grouping.with_groups(found, asked.tracks, table, query.group))


# --- attention ------------------------------------------------------------------------------------


def _attention(asked: _Asked) -> Picture:
    single, shown, now = asked.single, asked.shown, asked.single.chosen
    config, query = shown.checkpoint.config, asked.single.question
    tokens = attending.tokens_of(query, asked.target, config)
    chosen = attending.head_of(query, config)
    summary = panels.summary_of(asked.panel, shown, tokens, asked.source)
    if single.picture == "atlas":
        return atlas_picture(summary, chosen, now["pooling"], now["together"])
    weights = None
    if now["whole"] and now["rollout"]:
        weights = summary.rollout
    elif now["whole"]:
        weights = panels.weights_of(asked.panel, shown, chosen, asked.source)
    keys = shown.view if query.zoom else shown.window
    place = attending.place_of(
        shown, attending.span(shown, tokens), single.genes, keys, now["allele"], asked.tissue,
        marking.region(query, shown),
    )  # fmt: skip
    head = head_picture(
        summary, chosen, place, Interval(keys.contig, *now["queries"]), tokens,
        pooling=now["pooling"], way=now["way"], whole=weights, rollout=now["rollout"],
    )  # fmt: skip
    return arc_picture(head, now["arcs"], now["beyond"]) if single.picture == "arcs" else head


# --- what a target is made of ---------------------------------------------------------------------


def _contributions(asked: _Asked) -> Picture:
    query, shown, target = asked.single.question, asked.shown, asked.target
    way, beside = ways.pair(query.method)
    allele = alleles.allele_of(query, shown)
    found = _of_allele(asked, way, allele)
    washes = (*knocking.marks(_lost(asked, found), shown.view), *marking.highlights(query, shown))
    locus = contributing.locus_of(shown, target, asked.single.genes, asked.tissue, washes)
    made = contributing.picture(found, shown, locus)
    if beside is not None:
        second = _of_allele(asked, beside, allele)
        made = replace(made, second=contributing.picture(second, shown, locus))
    library, of_peaks = _library(asked), alleles.with_motifs(found)
    if library is None or of_peaks is None:
        return made
    peaks = name_peaks(of_peaks, library.motifs(), library.name)
    return replace(made, called=motif_marks.called(peaks, shown.view))


def _of_allele(asked: _Asked, way: Way, allele: str) -> Contributions:
    requests = alleles.requests(asked.shown, asked.target, way, allele)
    return alleles.joined([asked.explained(each, way.title) for each in requests], asked.shown)


def _lost(asked: _Asked, found: Contributions) -> list[Lost]:
    """Every part that was knocked out."""
    shuffles, lost = asked.single.chosen["shuffles"], []
    if isinstance(found, AlleleContributions):  # knock-outs are of the reference
        return lost
    for part in knocking.parts(asked.single.question.knockouts, asked.shown):
        request = knocking.request(asked.shown, found.target, part, shuffles)
        made = asked.explained(request, f"Knock-out of {part}")
        lost.append(Lost(made, knocking.contributed(found, part)))
    return lost


def _library(asked: _Asked) -> Library | None:
    """The motifs that were named; None where none were.

    Raises:
        EnformerLensError: they are not on this machine.
    """
    wanted = asked.single.chosen["motifs"]
    if not wanted:
        return None
    found = motif_library.library(asked.shown)
    if found is None or found.name != wanted:
        raise EnformerLensError(
            "Its motifs are not on this machine.",
            read=f"a figure with motifs of {wanted}",
            do="Open the view in the app once and fetch them there.",
        )
    return found


def _map(asked: _Asked) -> MutagenesisPicture:
    shown, chosen = asked.shown, asked.single.chosen
    kind = "mutagenesis" if chosen["exact"] else varying.QUICK
    request = varying.map_request(kind, shown, asked.target, chosen["flank"])
    found = asked.explained(request, "Mutagenesis of the reference")
    library = _library(asked)
    changes = None if library is None else variant_motifs.scanned(shown, library)
    called, marked = variant_motifs.called(changes), marking.region(asked.single.question, shown)
    return replace(varying.map_picture(found, shown), called=called, marked=marked)


def _evidence(asked: _Asked) -> Picture:
    query, shown = asked.single.question, asked.shown
    elements = tuple(Element(Interval(*place), name, score)
                     for *place, name, score in asked.single.chosen["elements"])  # fmt: skip
    way = EvidenceWay.parse(query.evidence)
    found = panels.gathered(evidencing.Asked(shown, asked.target, elements, way), asked.source)
    return evidencing.picture(found, shown, {}, marking.region(query, shown))


# --- two models -----------------------------------------------------------------------------------


def _comparison(asked: _Asked) -> Picture:
    single, chosen, other = asked.single, asked.single.chosen, asked.other
    assert other is not None, "a comparison is read with both models"
    sides = comparing.beside(asked.shown, other, single.question.zoom)
    pairs = tuple(replace(TrackPair.parse(pair), basis=basis) for pair, basis in chosen["pairs"])
    matching = Matching(asked.shown.checkpoint, other, pairs, measured=True)
    comparison = comparing.Comparison(sides, matching, pairs, chosen["allele"])
    answers = (
        asked.source.answer(sides.a),
        replace(asked.source, checkpoint=other).answer(sides.b),
    )
    a, b = (comparing.of_allele(answer, chosen["allele"]) for answer in answers)
    found = comparison.agreement((a, b))
    lanes = comparison.picture(found, single.genes)
    if single.picture == "scatter":
        return scatter_picture(found, lanes, chosen["pair"], chosen["scale"])
    return lanes


_MAKERS: Mapping[str, Callable[[_Asked], Picture]] = {
    "locus": _locus,
    "variant": _variant,
    "map": _map,
    "contributions": _contributions,
    "attention": _attention,
    "evidence": _evidence,
    "comparison": _comparison,
}
