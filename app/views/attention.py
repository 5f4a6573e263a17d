"""The Attention view: what each attention head of each layer takes from where."""

from urllib.parse import urlencode

import streamlit as st

from app import header, state, targets, widgets
from app.asking import marking
from app.asking.scene import Scene
from app.attention import attending, attention_files, attention_panel, attention_roles
from app.computing.seat import Seat
from app.figures.arc_data import arc_picture
from app.figures.attention_pictures import atlas_picture, head_picture
from app.figures.profile import profile_picture
from app.locus import picker
from app.sheet.single import Single
from app.truth import truth_panel
from enformer.tracks import TrackId

CAUTION = (
    "Attention shows what the model looked at, not what its output depends on: it is not causation. "
    "**[Contributions](contributions?{})** say which bases matter."
)


def draw(query: state.Query, shown: Scene, seat: Seat) -> None:
    """All heads small, one head large, its rows as tracks."""
    config, tracks = shown.checkpoint.config, _tracks(query, shown)
    target = targets.target_of(query, shown, tracks)
    tokens, chosen = attending.tokens_of(query, target, config), attending.head_of(query, config)
    genes = header.genes(shown, seat)
    allele = attention_panel.allele(shown)
    summary = attending.summary_of(shown, tokens, allele, seat)
    stem = attention_files.stem(shown, chosen, allele)
    with st.container(horizontal=True, gap="medium"):
        with st.container(width=440):
            pooling, together = attention_panel.scale()
            atlas = atlas_picture(summary, chosen, pooling, together)
            attention_panel.atlas(atlas, f"{stem}_atlas")
        with st.container():
            of_one = attending.one_allele(shown, tokens, allele, seat)
            roles = attention_roles.roles_of(of_one, shown, genes, seat)
            order = attention_roles.order(roles, attention_roles.sort_choice(roles))
            attention_panel.heads(summary, chosen, roles, order)
            attention_panel.profile(profile_picture(summary, chosen), f"{stem}_distances")
    with st.expander("How roles are computed", icon=":material/functions:"):
        st.markdown(widgets.plain(attention_roles.said(roles)))
    st.caption(CAUTION.format(urlencode(query.to_url())), width="stretch")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        attention_panel.choose_tokens(query, shown, genes)
        rollout = attention_panel.rollout()
        way, whole = attention_panel.way(), attention_panel.every_token()
        attention_panel.zoom_buttons(query, shown)
        menus = st.container(horizontal=True, width="content")
    with st.container(horizontal=True, vertical_alignment="center", key="truth"):
        tissue = truth_panel.choose(query, shown, tracks)
    keys, queries = attending.views(query, shown)
    closer = whole or (keys, queries) != (shown.window, shown.window)
    weights = None
    if closer:
        weights = summary.rollout if rollout else attending.whole_map(shown, chosen, allele, seat)
    over = attending.span(shown, tokens)
    mark = marking.region(query, shown)
    place = attending.place_of(shown, over, genes, keys, allele, tissue, mark)
    picture = head_picture(
        summary, chosen, place, queries, tokens, pooling=pooling, way=way, whole=weights,
        rollout=rollout,
    )  # fmt: skip
    attention_panel.head(picture, stem)
    count, beyond = attention_panel.arcs()
    arcs = arc_picture(picture, count, beyond)
    attention_panel.arc_chart(arcs, stem)
    single = Single.of(
        "attention", query, shown, tracks=tracks, target=target, genes=genes, allele=allele,
        pooling=pooling, together=together, rollout=rollout, way=way, whole=weights is not None,
        queries=[queries.start, queries.end], arcs=count, beyond=beyond,
    )  # fmt: skip
    with menus:
        files = attention_files.Files(summary, atlas, picture, stem, arcs, roles, single)
        attention_files.menus(files, query)


def _tracks(query: state.Query, shown: Scene) -> tuple[TrackId, ...]:
    return picker.shown_tracks(query.tracks, shown.checkpoint, shown.head)


header.run("attention", draw)
