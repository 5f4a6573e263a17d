"""The picture of each step of the guided tour, from the figures of the views, and what it found."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import plotly.graph_objects as go
import streamlit as st

from app import header, services, state, targets, widgets
from app.asking.scene import Scene
from app.attention import attending
from app.computing.predictions import Answer
from app.computing.seat import Seat
from app.contributions import contributing, ways
from app.evidence import candidates, evidence_panel, evidencing
from app.evidence.evidence_way import EvidenceWay
from app.evidence.evidencing import Asked
from app.figures import alt_text, contribution_data, evidence_data
from app.figures.attention_lanes import keenest_head, with_attention
from app.figures.contribution_plotly import contribution_figure
from app.figures.data import LocusPicture, locus_picture
from app.figures.difference import with_differences
from app.figures.evidence_plotly import evidence_figure
from app.figures.locus_plotly import locus_figure
from app.learn import findings, touring
from app.learn.tours import Tour
from app.truth import truth
from app.truth.truth_tables import true_shares
from app.variant import varying
from enformer.errors import EnformerLensError
from interpret.elements import Element
from interpret.target import Target

STEPS, SHUFFLES = 10, 2
"""Of step 5: the least that the Evidence view offers."""
FEW = 2
"""Tracks where the window is what matters."""


@dataclass(frozen=True, eq=False)
class Drawn:
    """A step's picture.

    Attributes:
        figure: for the page.
        alt: the same in words.
        found: what came out, in sentences.
        query: of the view that shows it large.
    """

    figure: go.Figure
    alt: str
    found: tuple[str, ...]
    query: state.Query


Picture = Callable[[Tour, state.Query, Scene, Seat], Drawn]
"""Draws a step. It may raise NotReady, Cancelled, or an error to be explained."""


def _dark() -> bool:
    return st.context.theme.type == "dark"


def _answer(shown: Scene, seat: Seat) -> Answer:
    asked = shown.checkpoint, shown.place, shown.window, shown.parsed
    return widgets.ready(services.answer(*asked, seat), seat)


def _locus(picture: LocusPicture) -> tuple[go.Figure, str]:
    """Without the line of provenance: the page has a footer of its own."""
    drawn = replace(picture, footer="")
    return locus_figure(drawn, dark=_dark()), alt_text.describe(picture)


def _window(_tour: Tour, query: state.Query, shown: Scene, seat: Seat) -> Drawn:
    tracks, prediction = touring.lanes(shown)[:FEW], _answer(shown, seat).reference
    genes = header.genes(shown, seat)
    picture = locus_picture(prediction, tracks, genes, shown.contig_length, shown.view)
    found = findings.of_window(shown.window, shown.region, shown.checkpoint.config)
    asked = replace(query, tracks=tuple(map(str, tracks)), truth="")
    return Drawn(*_locus(picture), found, asked)


def _tracks(tour: Tour, query: state.Query, shown: Scene, seat: Seat) -> Drawn:
    tracks, prediction = touring.lanes(shown), _answer(shown, seat).reference
    genes = header.genes(shown, seat)
    picture = locus_picture(prediction, tracks, genes, shown.contig_length, shown.view)
    picture = truth.with_truth(picture, tour.tissue, tracks, shown.checkpoint.tracks)
    return Drawn(*_locus(picture), findings.of_tracks(picture), query)


def _attention(tour: Tour, query: state.Query, shown: Scene, seat: Seat) -> Drawn:
    target, config = _target(query, shown), shown.checkpoint.config
    summary = attending.summary_of(shown, target.tokens(config), "REF", seat)
    genes = header.genes(shown, seat)
    place = attending.place_of(
        shown,
        targets.interval(target, shown),
        genes,
        touring.around(tour, shown),
        "REF",
        tour.tissue,
    )
    picture = with_attention(place, summary, f"TSS of {tour.gene}")
    keys = summary.tokens_over(touring.here(tour.control[1], shown))
    looks = keenest_head(summary, keys) if keys else None
    if looks is not None:
        query = replace(query, layer=looks.layer, head=looks.head)
    from interpret.evidence import evidence  # with torch's methods: not before a step needs them

    compared = evidence(target, _elements(tour, shown, target, seat), config, attention=summary)
    told = findings.of_attention(compared, tour.gene, tour.trap, looks, tour.control[0])
    return Drawn(*_locus(picture), told, query)


def _target(query: state.Query, shown: Scene) -> Target:
    return targets.target_of(query, shown, touring.lanes(shown))


def _elements(tour: Tour, shown: Scene, target: Target, seat: Seat) -> tuple[Element, ...]:
    """All that was planted where that is known, else the control region."""
    if tour.tissue:
        return candidates.elements("planted", shown, target, seat)
    return (Element(touring.here(tour.control[1], shown), tour.control[0]),)


def _bases(tour: Tour, query: state.Query, shown: Scene, seat: Seat) -> Drawn:
    way = ways.Way.parse(query.method)
    found = contributing.contributions(shown, _target(query, shown), way, seat)
    genes = header.genes(shown, seat)
    locus = contributing.locus_of(shown, found.target, genes, tour.tissue)
    picture = contributing.picture(found, shown, locus)
    figure = contribution_figure(picture, dark=_dark())
    return Drawn(figure, contribution_data.describe(picture), findings.of_bases(picture), query)


def _knockout(tour: Tour, query: state.Query, shown: Scene, seat: Seat) -> Drawn:
    target = _target(query, shown)
    source = "planted" if tour.tissue else "peaks"
    elements = candidates.elements(source, shown, target, seat)
    if not elements:
        raise EnformerLensError(
            "The window holds no element that could be knocked out.",
            read=str(shown.window), do="Take this step with a model whose window is longer, such as demo.",
        )  # fmt: skip
    asked = Asked(shown, target, elements, EvidenceWay(source, STEPS, SHUFFLES))
    parts = evidencing.gather(asked, seat)
    evidence_panel.progress(asked, parts, seat)
    found, notes = evidencing.evidence_of(asked, parts.results), parts.notes(len(elements))
    picture = evidencing.picture(found, shown, notes, None)
    # a target of the question's own is CAGE of one tissue, which has a truth
    place = targets.interval(target, shown)
    known = true_shares(place, [tour.tissue]) if query.target else None
    told = () if notes else findings.of_knockout(found, known, tour.trap)
    figure = evidence_figure(picture, dark=_dark())
    asked_large = replace(query, evidence=str(asked.way))
    return Drawn(figure, evidence_data.describe(picture), told, asked_large)


def _variant(tour: Tour, query: state.Query, shown: Scene, seat: Seat) -> Drawn:
    tracks, answer, genes = (
        touring.lanes(shown)[:1],
        _answer(shown, seat),
        header.genes(shown, seat),
    )
    picture = with_differences(varying.alleles(answer, tracks, shown, genes, tour.tissue))
    variant = shown.parsed.variant
    effect = truth.true_effect(variant, tour.tissue) if variant and tour.tissue else None
    planted = {effect.gene: (effect.before, effect.after)} if effect and effect.gene else {}
    told = findings.of_variant(
        list(findings.changes(picture, genes, planted)), str(effect or ""), _measured(shown)
    )
    return Drawn(*_locus(picture), told, replace(query, tracks=tuple(map(str, tracks))))


def _measured(shown: Scene) -> float | None:
    """Over held-out variants whose effect is known, from the card."""
    figures = shown.checkpoint.card.figures
    return next((value for name, value in figures.items() if name.startswith("variants (")), None)


PICTURES: dict[str, Picture] = {
    "window": _window,
    "tracks": _tracks,
    "attention": _attention,
    "bases": _bases,
    "knockout": _knockout,
    "variant": _variant,
}
"""Pictures by the name of their step."""
