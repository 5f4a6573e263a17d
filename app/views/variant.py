"""The Variant view: what a variant changes in the prediction, and what other bases around it would."""

from dataclasses import replace

import streamlit as st

from app import downloads, header, services, state, targets, widgets
from app.asking import marking, toolbar
from app.asking.scene import Scene
from app.computing.predictions import Answer
from app.computing.seat import Seat
from app.figures.alt_text import describe
from app.figures.difference import with_differences
from app.figures.locus_plotly import locus_figure
from app.figures.scale import Scale
from app.locus import grouping, lanes_menu, own_panel, picker
from app.sheet.single import Single
from app.truth import truth_panel
from app.variant import variant_files, variant_motifs, variant_panel, varying
from app.variant.varying import Ranking
from enformer.genes import Gene
from enformer.tracks import TrackId
from interpret.effects import VariantEffect


def draw(query: state.Query, shown: Scene, seat: Seat) -> None:
    """REF, ALT and difference; the most changed tracks; the map around the variant."""
    if shown.parsed.variant is None:
        variant_panel.suggest(shown)
        return
    answer = widgets.ready(
        services.answer(shown.checkpoint, shown.place, shown.window, shown.parsed, seat), seat
    )
    genes = header.genes(shown, seat)
    effect = varying.effect_of(shown, answer, genes)
    variant_panel.said(effect, shown)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        count, ranking = variant_panel.lanes(query), variant_panel.ranking(shown)
    chosen = picker.shown_tracks(query.tracks, shown.checkpoint, shown.head)
    variant_panel.pick(shown, chosen if count is None else None)
    drawn = chosen if count is None else varying.most_changed(effect, shown, ranking, count)
    _alleles(query, shown, answer, drawn, genes, effect)
    variant_panel.tables(effect, shown, ranking, chosen if count is None else None)
    _map(query, shown, effect, seat)


def _alleles(
    query: state.Query,
    shown: Scene,
    answer: Answer,
    tracks: tuple[TrackId, ...],
    genes: tuple[Gene, ...],
    effect: VariantEffect,
) -> None:
    """The tracks over the locus, with what moves the picture, what files hold beside them."""
    table = shown.checkpoint.tracks
    tracks = grouping.ordered(tracks, table, query.group)
    own = own_panel.choose(tracks, shown.checkpoint)
    with st.container(horizontal=True, vertical_alignment="center", key="truth"):
        tissue = truth_panel.choose(query, shown, tracks)
    truth_panel.said(shown, tissue)
    marks = tissue, marking.highlights(query, shown)
    picture = varying.alleles(answer, tracks, shown, genes, *marks, Scale.parse(query.scale))
    picture = grouping.with_groups(picture, tracks, table, query.group)
    picture, brought = own_panel.added(own, picture, tracks, table)
    picture = with_differences(picture)
    single = Single.of("variant", query, shown, tracks=tracks, genes=genes)
    files = downloads.Shown(
        answer, picture, tracks, shown.contig_length, brought.columns, brought.about, single
    )
    scores = variant_files.EffectFiles(effect, table, files.stem)
    if shown.beyond:
        st.warning(shown.beyond, icon=":material/warning:")
    with st.container(horizontal=True, key="toolbar"):
        toolbar.zoom_buttons(shown)
        lanes_menu.menu(query, len(table.heads))
        toolbar.menus(lambda: variant_files.effect_menu(files, scores), query)
    figure = locus_figure(replace(picture, footer=""), dark=st.context.theme.type == "dark")
    toolbar.chart(figure, picture, describe(picture), files.stem)


def _map(query: state.Query, shown: Scene, effect: VariantEffect, seat: Seat) -> None:
    """What every other substitution around the variant would do to a target."""
    first = varying.most_changed(effect, shown, Ranking("SAD", "abs", shown.head), 3)
    target = targets.target_of(query, shown, first)
    with st.container(horizontal=True, vertical_alignment="center"):
        about, menu = st.container(), st.container(width="content")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        flank = variant_panel.flank()
        variant_panel.links(query, target)
    about.markdown(variant_panel.about_map(varying.substitutions(shown, flank)))
    targets.choose(target, shown, first)
    changes = variant_motifs.changes_of(shown, seat)
    found = varying.map_of(shown, target, flank, seat)
    if found is not None:
        called, marked = variant_motifs.called(changes), marking.region(query, shown)
        picture = replace(varying.map_picture(found, shown), called=called, marked=marked)
        motifs = "" if changes is None else changes.library
        single = Single.of(
            "map", query, shown, target=target, flank=flank, exact=found.exact, motifs=motifs
        )
        files = variant_files.MapFiles(found, picture, variant_panel.stem(shown), changes, single)
        variant_panel.chart(picture, files.name)
        with menu:
            variant_files.map_menu(files)
    variant_motifs.draw(changes)


header.run("variant", draw)
