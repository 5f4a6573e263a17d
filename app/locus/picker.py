"""Choosing what to look at: model, genome and, among up to thousands, tracks in their order."""

import itertools
from collections.abc import Collection, Mapping

import streamlit as st

from app import services, state
from app.asking import places
from app.locus import absent, matrix
from app.widgets import plain
from enformer.checkpoint import Checkpoint
from enformer.tracks import FACETS, TrackId, TrackTable

MOST_TRACKS = 40
"""Lanes that are still read; more is refused by the widget itself."""
DEFAULT_TRACKS = 6
MODEL_TITLES = {
    "demo": "demo · for the demo genome",
    "mini": "mini · for real sequence",
    "official": "official · published, 1 GB",
}
_FACET_TITLES = {"head": "Head", "assay": "Assay", "target": "Target", "biosample": "Biosample"}


def choose_model(model: str) -> None:
    """The model, by name or path."""
    options = [*dict.fromkeys([*services.MODELS, *state.recent_models(), model])]
    st.session_state[state.MODEL] = model
    st.selectbox(
        "Model",
        options,
        format_func=model_title,
        key=state.MODEL,
        accept_new_options=services.paths_allowed(),
        on_change=_model_chosen,
        help="Choose one, or type the path of a .safetensors file or of a folder with weights.",
    )


def model_title(name: str) -> str:
    """How people read a model's name."""
    return MODEL_TITLES.get(name, name)


def _genome_title(name: str) -> str:
    return places.BUILT_IN.get(name, name)


def _model_chosen() -> None:
    state.choose_model((st.session_state[state.MODEL] or "").strip())


def choose_genome(genome: str, gene_file: str) -> None:
    """The genome, by name or path, and a file of genes for it."""
    options = [*dict.fromkeys([*places.genome_names(), genome])]
    st.session_state[state.GENOME] = genome
    st.selectbox(
        "Genome",
        options,
        format_func=_genome_title,
        key=state.GENOME,
        accept_new_options=services.paths_allowed(),
        on_change=_genome_chosen,
        args=(genome,),
        help="Choose one, or type the path of a FASTA file (.fa, or .fa.gz from bgzip).",
    )
    if services.paths_allowed():
        st.session_state[state.GENES_PATH] = gene_file
        st.text_input(
            "Genes from a file",
            key=state.GENES_PATH,
            placeholder="Path of a BED, GFF3 or GTF file",
            help="Several files are read, too: put a colon (on Windows a semicolon) between them.",
            on_change=_genes_chosen,
        )


def _genome_chosen(before: str) -> None:
    genome = (st.session_state[state.GENOME] or "").strip()
    state.choose_genome(genome, same_places="demo" not in (before, genome))


def _genes_chosen() -> None:
    state.choose_genes(st.session_state[state.GENES_PATH].strip())


def choose_tracks(checkpoint: Checkpoint, shown: tuple[TrackId, ...], head: str) -> None:
    """Which tracks are drawn, from top to bottom.

    Args:
        checkpoint: whose tracks they are.
        shown: those drawn now.
        head: whose defaults are offered.
    """
    tracks = checkpoint.tracks
    st.text_input(
        "Search tracks",
        key=state.TRACK_TEXT,
        placeholder="Words such as CAGE K562",
        type="search",
        live="400ms",
        on_change=state.touch,
    )
    text, chosen = st.session_state[state.TRACK_TEXT] or "", _facets(tracks)
    found = tracks.search(text, **chosen)
    st.caption(_count(found, text, checkpoint))
    options = [*dict.fromkeys([*map(str, shown), *_written(found)])]
    named = names(tracks)
    st.session_state[state.TRACKS] = [str(track) for track in shown]
    st.multiselect(
        "Shown, from top to bottom",
        options,
        format_func=lambda track: named[track],
        key=state.TRACKS,
        max_selections=MOST_TRACKS,
        placeholder="Add tracks that match",
        select_all=MOST_TRACKS,
        on_change=_tracks_chosen,
    )
    defaults = tuple(map(str, services.default_tracks(checkpoint, head, DEFAULT_TRACKS)))
    with st.container(horizontal=True):
        st.button(
            "Defaults",
            icon=":material/restart_alt:",
            on_click=state.choose_tracks,
            args=(defaults,),
            help="One track of each assay, well-known cells first.",
        )
        if st.button("Biosample × assay", icon=":material/grid_on:",
                     help="All tracks in one table of counts; its cells add tracks."):  # fmt: skip
            matrix.choose(checkpoint, shown, MOST_TRACKS)


def _tracks_chosen() -> None:
    state.choose_tracks(tuple(st.session_state[state.TRACKS]))


def _count(found: TrackTable, text: str, checkpoint: Checkpoint) -> str:
    if not len(found):
        why = absent.of_search(text, checkpoint.tracks, checkpoint.card.name)
        return plain(why) or "No track matches. Take back a word or a choice above."
    return f"{len(found):,} of {len(checkpoint.tracks):,} tracks match"


def names(tracks: TrackTable) -> Mapping[str, str]:
    """What people call each track, by `head/index`."""
    heads = " (" + tracks.frame["head"] + ")" if len(tracks.heads) > 1 else ""
    return dict(zip(_written(tracks), tracks.frame["name"] + heads, strict=True))


def _written(tracks: TrackTable) -> list[str]:
    """`head/index` of each; thousands at once, where one by one would be felt."""
    return (tracks.frame["head"] + "/" + tracks.frame["index"].astype(str)).tolist()


def _facets(tracks: TrackTable) -> Mapping[str, Collection[str]]:
    """What is chosen of each facet; counts say what the other choices leave."""
    text = st.session_state[state.TRACK_TEXT] or ""
    keys = {facet: state.TRACK_FACET.format(facet) for facet in FACETS}
    chosen = {facet: list(st.session_state.get(key) or ()) for facet, key in keys.items()}
    values = {facet: found for facet, found in tracks.facets().items() if len(found) > 1}
    columns = itertools.cycle(st.columns(2, gap="small"))
    for facet, everything in values.items():
        key = keys[facet]
        others = {name: values for name, values in chosen.items() if name != facet}
        counts = tracks.search(text, **others).facets()[facet]
        st.session_state[key] = [value for value in chosen[facet] if value in everything]
        next(columns).multiselect(
            _FACET_TITLES[facet],
            sorted(everything, key=lambda value: (-counts.get(value, 0), -everything[value])),
            format_func=lambda value, counts=counts: f"{value} ({counts.get(value, 0):,})",
            key=key,
            placeholder="Any",
            on_change=state.touch,
        )
    return chosen


def shown_tracks(asked: tuple[str, ...], checkpoint: Checkpoint, head: str) -> tuple[TrackId, ...]:
    """The tracks that were asked for, in that order, else the defaults.

    Raises:
        TrackError: the model has no such track.
    """
    if not asked:
        return services.default_tracks(checkpoint, head, DEFAULT_TRACKS)
    return checkpoint.tracks.select(map(TrackId.parse, asked)).ids


def history() -> None:
    """Questions answered before, one click away; their results open from the store."""
    past = state.history()
    if not past:
        st.caption("Questions that were answered are listed here.")
    for number, query in enumerate(past):
        st.button(
            plain(query.locus[:40] or "Start"),
            key=f"history_{number}",
            on_click=state.recall,
            args=(query,),
            help=plain(
                f"{query.model or 'The default model'} on {query.genome or 'the genome of the start'}"
            ),
            width="stretch",
        )
