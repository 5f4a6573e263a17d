"""From a panel of a sheet to its picture, its data and where both come from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from app import downloads, result_files, targets
from app.asking.scene import Scene
from app.attention import attending, attention_files
from app.computing.explanations import Explanation
from app.computing.predictions import Answer
from app.contributions import alleles, contributing
from app.contributions.contribution_downloads import Files as ContributionFiles
from app.contributions.ways import Way
from app.evidence import candidates, evidencing
from app.evidence.evidence_files import EvidenceFiles
from app.evidence.evidence_way import MOST, EvidenceWay
from app.figures.arc_data import arc_picture
from app.figures.attention_pictures import atlas_picture, head_picture
from app.figures.composed import Picture
from app.figures.data import LocusPicture, locus_picture
from app.figures.difference import with_differences
from app.figures.scale import Scale
from app.locus import grouping, picker
from app.sheet.plan import ALLELES, NEED_VARIANT, PICTURES, Panel
from app.truth import truth
from app.truth.truth_files import File
from app.variant import variant_panel, varying
from app.variant.variant_files import MapFiles
from enformer.errors import EnformerLensError
from enformer.genes import Gene
from enformer.provenance import Provenance
from enformer.tracks import TrackId
from interpret.attention_summary import AttentionSummary, difference
from interpret.evidence_summary import Evidence
from interpret.peaks import accessibility_peaks
from interpret.target import Target

ARCS = 10
"""Of a panel of arcs."""


class Source(Protocol):
    """Where results come from: the services of the app, or plain computing."""

    def scene(self, panel: Panel) -> Scene:
        """What a panel's question resolves to."""
        ...

    def answer(self, shown: Scene) -> Answer:
        """The predictions."""
        ...

    def explain(self, request: Explanation, shown: Scene, title: str) -> Any:
        """The result of an explanation."""
        ...

    def explain_each(
        self, requests: Sequence[Explanation], shown: Scene, title: str
    ) -> Mapping[Explanation, Any]:
        """The results of several explanations of one kind, by request."""
        ...

    def genes(self, shown: Scene) -> tuple[Gene, ...]:
        """Genes over the window."""
        ...


@dataclass(frozen=True, eq=False)
class Made:
    """A panel that is ready.

    Attributes:
        panel: as it was asked for.
        shown: what its question resolved to.
        picture: to be drawn.
        origins: of the results in it.
        genes: those it knows.
        files: its data, as the view of such pictures exports them.
    """

    panel: Panel
    shown: Scene
    picture: Picture
    origins: tuple[Provenance, ...]
    genes: tuple[Gene, ...]
    files: tuple[File, ...]


def made(panel: Panel, source: Source) -> Made:
    """The picture of a panel.

    Raises:
        EnformerLensError: it cannot be made; else what the source raises.
    """
    shown = source.scene(panel)
    if panel.kind in NEED_VARIANT and shown.parsed.variant is None:
        raise EnformerLensError(
            f"{PICTURES[panel.kind]} can be drawn of a variant only.",
            read=f'"{shown.parsed.name}"',
            do="Take the panel away, or ask about a variant and use that question in it.",
        )
    genes = _in_view(source.genes(shown), shown, panel)
    return _MAKERS[panel.kind](panel, shown, genes, source)


def _in_view(genes: tuple[Gene, ...], shown: Scene, panel: Panel) -> tuple[Gene, ...]:
    """Only those that are drawn, which a file of provenance then holds, in an order of their own."""
    whole = panel.kind in ("head", "arcs") and not panel.question.zoom
    seen = shown.window if whole else shown.view
    there = (one for one in genes if one.start < seen.end and one.end > seen.start)
    return tuple(sorted(there, key=lambda one: (one.start, one.end, one.symbol)))


def tracks_of(panel: Panel, shown: Scene) -> tuple[TrackId, ...]:
    """The tracks that were asked for, else the model's defaults."""
    return picker.shown_tracks(panel.question.tracks, shown.checkpoint, shown.head)


def target_of(panel: Panel, shown: Scene) -> Target:
    """What is explained."""
    return targets.target_of(panel.question, shown, tracks_of(panel, shown))


def tissue_of(panel: Panel, shown: Scene) -> str:
    """The tissue whose planted truth is drawn; empty where none is."""
    known = truth.is_known(shown) and panel.question.truth in truth.TISSUES
    return panel.question.truth if known else ""


# --- tracks ---------------------------------------------------------------------------------------


def _locus(panel: Panel, shown: Scene, genes: tuple[Gene, ...], source: Source) -> Made:
    return _lanes(panel, shown, genes, source.answer(shown), tracks_of(panel, shown))


def _variant(panel: Panel, shown: Scene, genes: tuple[Gene, ...], source: Source) -> Made:
    answer, asked = source.answer(shown), panel.question.tracks
    tracks = tracks_of(panel, shown) if asked else _most_changed(shown, answer, panel.lanes)
    return _lanes(panel, shown, genes, answer, tracks, with_differences)


def _most_changed(shown: Scene, answer: Answer, count: int) -> tuple[TrackId, ...]:
    effect = varying.computed_effect(shown.checkpoint, answer, ())
    ranking = varying.Ranking("SAD", "abs", shown.head)
    return varying.most_changed(effect, shown, ranking, count)


def _lanes(
    panel: Panel,
    shown: Scene,
    genes: tuple[Gene, ...],
    answer: Answer,
    tracks: tuple[TrackId, ...],
    finished: Callable[[LocusPicture], LocusPicture] = lambda picture: picture,
) -> Made:
    gene, table, asked = shown.parsed.gene, shown.checkpoint.tracks, panel.question
    tracks = grouping.ordered(tracks, table, asked.group)
    picture = locus_picture(
        answer.reference, tracks, genes, shown.contig_length, shown.view, alt=answer.alternative,
        focus="" if gene is None else gene.symbol, scale=Scale.parse(asked.scale),
    )  # fmt: skip
    picture = grouping.with_groups(picture, tracks, table, asked.group)
    picture = truth.with_truth(picture, tissue_of(panel, shown), tracks, table)
    picture = finished(_renamed(picture, tracks, panel.names))
    shown_files = downloads.Shown(answer, picture, tracks, shown.contig_length)
    origins = [part.provenance for part in (answer.reference, answer.alternative) if part]
    named = tuple(one.with_tracks(tuple(map(str, tracks))) for one in origins)
    data = (*(shown_files.data(form) for form in ("TSV", "NPZ")), *shown_files.truth.values())
    return Made(panel, shown, picture, named, genes, data)


def _renamed(
    picture: LocusPicture, tracks: tuple[TrackId, ...], names: Mapping[str, str]
) -> LocusPicture:
    """Tracks by the names a person gave them."""
    lanes = (
        replace(lane, label=names.get(str(track)) or lane.label)
        for lane, track in zip(picture.lanes, tracks, strict=True)
    )
    return replace(picture, lanes=tuple(lanes))


# --- attention ------------------------------------------------------------------------------------


def summary_of(panel: Panel, shown: Scene, tokens: range, source: Source) -> AttentionSummary:
    """Of one allele, or the difference of both."""

    def of(variant: Any) -> AttentionSummary:
        request = attending.summary_request(shown, tokens, variant)
        return source.explain(request, shown, "Attention of all heads")

    variant = shown.parsed.variant
    if variant is None or panel.allele == "REF":
        return of(None)
    alt = of(variant)
    return alt if panel.allele == "ALT" else difference(ref=of(None), alt=alt)


def weights_of(panel: Panel, shown: Scene, chosen: tuple[int, int], source: Source) -> Any:
    """Every weight of a head before one allele, or REF − ALT."""

    def of(variant: Any) -> Any:
        request = attending.map_request(shown, chosen[0], variant)
        found = source.explain(request, shown, f"Every token of layer {chosen[0] + 1}")
        return found.weights[chosen[1]].astype("float32")

    variant = shown.parsed.variant
    if variant is None or panel.allele == "REF":
        return of(None)
    return of(variant) if panel.allele == "ALT" else of(None) - of(variant)


def _attention(panel: Panel, shown: Scene, genes: tuple[Gene, ...], source: Source) -> Made:
    config, target = shown.checkpoint.config, target_of(panel, shown)
    tokens = attending.tokens_of(panel.question, target, config)
    chosen = attending.head_of(panel.question, config)
    allele: Any = panel.allele if shown.parsed.variant is not None else "REF"
    summary = summary_of(panel, shown, tokens, source)
    keys = shown.view if panel.question.zoom else shown.window
    over = attending.span(shown, tokens)
    # of a whole window the small map is drawn
    closer = panel.kind == "head" and panel.question.zoom
    place = attending.place_of(shown, over, genes, keys, allele, tissue_of(panel, shown))
    head = head_picture(
        summary, chosen, place, keys, tokens,
        whole=weights_of(panel, shown, chosen, source) if closer else None,
    )  # fmt: skip
    atlas = atlas_picture(summary, chosen, "max", together=True)
    stem = attention_files.stem(shown, chosen, allele)
    files = attention_files.Files(summary, atlas, head, stem)
    pictures = {"head": head, "atlas": atlas, "arcs": arc_picture(head, ARCS)}
    return Made(panel, shown, pictures[panel.kind], _origins(summary), genes, files.data())


def _origins(found: Any) -> tuple[Provenance, ...]:
    return () if found.provenance is None else (found.provenance,)


# --- what a target is made of ---------------------------------------------------------------------


def _contributions(panel: Panel, shown: Scene, genes: tuple[Gene, ...], source: Source) -> Made:
    way, target = Way.parse(panel.question.method), target_of(panel, shown)
    allele = panel.allele if panel.allele in ALLELES[panel.kind] else alleles.REF
    asked = alleles.requests(shown, target, way, allele)
    found = alleles.joined([source.explain(each, shown, way.title) for each in asked], shown)
    locus = contributing.locus_of(shown, found.target, genes, tissue_of(panel, shown))
    picture = contributing.picture(found, shown, locus)
    files = ContributionFiles(found, picture)
    return Made(panel, shown, picture, _origins(found), genes, (files.data("TSV"), files.arrays()))


def _map(panel: Panel, shown: Scene, genes: tuple[Gene, ...], source: Source) -> Made:
    target = _changed(panel, shown, source)
    request = varying.map_request("mutagenesis", shown, target, panel.flank)
    found = source.explain(request, shown, "Mutagenesis of the reference")
    picture = varying.map_picture(found, shown)
    files = MapFiles(found, picture, variant_panel.stem(shown))
    data = (result_files.table(files), result_files.arrays(files))
    return Made(panel, shown, picture, _origins(found), genes, data)


def _changed(panel: Panel, shown: Scene, source: Source) -> Target:
    """The target that was asked for, else the track that the variant changes most, at the variant."""
    if panel.question.target:
        return target_of(panel, shown)
    return targets.target_of(panel.question, shown, _most_changed(shown, source.answer(shown), 1))


def _evidence(panel: Panel, shown: Scene, genes: tuple[Gene, ...], source: Source) -> Made:
    target = target_of(panel, shown)
    way = EvidenceWay.parse(panel.question.evidence)
    asked = evidencing.Asked(shown, target, _candidates(panel, shown, target, source), way)
    found = gathered(asked, source)
    picture = evidencing.picture(found, shown, {}, None)
    files = EvidenceFiles(found, picture, f"{variant_panel.stem(shown)}_evidence")
    data = (result_files.table(files), result_files.arrays(files))
    return Made(panel, shown, picture, _origins(found), genes, data)


def gathered(asked: evidencing.Asked, source: Source) -> Evidence:
    """What all methods say of the elements."""
    shown = asked.shown
    results = {
        evidencing.ATTENTION: source.explain(asked.attention, shown, "Attention of all heads"),
        evidencing.CONTRIBUTIONS: source.explain(asked.contributions, shown, "Contributions"),
        evidencing.KNOCKOUT: source.explain_each(asked.knockouts, shown, "Knock-outs"),
    }
    return evidencing.evidence_of(asked, results)


def _candidates(panel: Panel, shown: Scene, target: Target, source: Source) -> tuple[Any, ...]:
    """Elements of its file; else those planted, where they are known; else peaks of open chromatin."""
    found: tuple[Any, ...] = ()
    if panel.bed is not None:
        found = panel.bed.elements
    elif truth.is_known(shown):
        found = candidates.planted(shown)
    elif (track := candidates.openness(shown, target)) is not None:
        reference = source.answer(shown).reference
        found = accessibility_peaks(reference, track, at_most=MOST)
    nearest = candidates.nearest(found, shown.window, targets.interval(target, shown))
    if not nearest:
        raise EnformerLensError(
            "No candidate element lies whole in the window.",
            read=str(shown.window) if panel.bed is None else f"{panel.bed.file} in {shown.window}",
            do="Choose other elements in its settings, look at another place, or take the panel away.",
        )
    return nearest


_MAKERS: Mapping[str, Callable[[Panel, Scene, tuple[Gene, ...], Source], Made]] = {
    "locus": _locus,
    "variant": _variant,
    "head": _attention,
    "atlas": _attention,
    "arcs": _attention,
    "contributions": _contributions,
    "map": _map,
    "evidence": _evidence,
}
