"""The target a view explains: what the app takes where none was asked, and the widgets that change it."""

from collections.abc import Mapping, Sequence

import streamlit as st

from app import state
from app.asking.scene import Scene
from enformer.coordinates import Interval
from enformer.errors import EnformerLensError, QueryError
from enformer.tracks import TrackId
from interpret.places import span
from interpret.target import Target

CAGE = "CAGE"
"""Stands for all CAGE tracks of a head among the choices, which may be hundreds."""
AROUND = 1
"""Bins on each side of the middle that belong to a target at a place."""
_AS_ASKED = "As chosen before"


def target_of(query: state.Query, shown: Scene, tracks: Sequence[TrackId]) -> Target:
    """The target that was asked for; else CAGE at a gene's TSS, or the first track at the middle.

    Args:
        query: the question.
        shown: what it resolves to.
        tracks: those shown, or the model's defaults.

    Raises:
        QueryError: what was asked for is no target of this model.
    """
    if query.target:
        target = Target.parse(query.target)
        target.check(shown.checkpoint.config)
        return target
    gene = _of_gene(shown, shown.head)
    first = next((track for track in tracks if track.head == shown.head), tracks[0])
    return gene or _over(middle(shown), shown, first.head, (first.index,))


def _of_gene(shown: Scene, head: str) -> Target | None:
    """CAGE of the gene that was asked for; None where there is no gene, or the head has no CAGE."""
    gene, table = shown.parsed.gene, shown.checkpoint.tracks
    if gene is None:
        return None
    try:
        return Target.of_gene(gene, shown.window, shown.checkpoint.config, table, head)
    except QueryError:
        return None


def _over(region: Interval, shown: Scene, head: str, tracks: Sequence[int]) -> Target:
    return Target.over(region, shown.window, shown.checkpoint.config, head, tracks)


def middle(shown: Scene) -> Interval:
    """The bin that was asked about, which is in the window's middle, with its neighbours.

    It is a gene's TSS, a variant, or the middle of a locus.
    """
    size, center = shown.checkpoint.config.bin_size, shown.window.center
    return Interval(shown.window.contig, center, center + 1).resize(2 * AROUND * size + 1)


def interval(target: Target, shown: Scene) -> Interval:
    """From the first to the last bin of a target."""
    return span(target, shown.window, shown.checkpoint.config)


def sentence(target: Target, shown: Scene) -> str:
    """What is explained, for people: `mean of 2 CAGE tracks over 3 bins, chr11:5,226,944-5,227,327`."""
    table = shown.checkpoint.tracks
    rows = [table.row(TrackId(target.head, index)) for index in target.tracks]
    if len(rows) == 1:
        what = f"{rows[0]['name']} ({target.head}/{target.tracks[0]})"
    else:
        assays = " and ".join(sorted({str(row["assay"]) for row in rows}))
        what = f"{target.reduce} of {len(rows)} {assays} tracks"
    bins = "1 bin" if len(target.bins) == 1 else f"{len(target.bins)} bins"
    how = f", {target.reduce} over " if len(rows) == 1 and len(target.bins) > 1 else " over "
    return f"{what}{how}{bins}, {interval(target, shown)}"


def choose(target: Target, shown: Scene, tracks: Sequence[TrackId]) -> None:
    """Widgets for the tracks and the bins of the target."""
    options, bins = _track_options(target, shown, tracks), _bin_options(shown)
    st.session_state[state.TARGET_TRACKS] = _ticked(target, options)
    here = [name for name, part in bins.items() if _bins(part, shown) == target.bins]
    st.session_state[state.TARGET_BINS] = here[0] if here else _AS_ASKED
    changed = {"on_change": _changed, "args": (target, shown, options, bins)}
    left, right = st.columns([3, 2], gap="small")
    left.multiselect(
        "Tracks explained", list(options), key=state.TARGET_TRACKS,
        format_func=lambda option: _title(option, options, shown),
        help="Of one head. The mean over tracks and bins is explained.", **changed,
    )  # fmt: skip
    right.selectbox(
        "Bins explained", [*bins, *([] if here else [_AS_ASKED])], key=state.TARGET_BINS,
        help="Output bins of 128 bp.", **changed,
    )  # fmt: skip


Options = Mapping[str, tuple[TrackId, ...]]
"""Choices and the tracks that each stands for."""


def _track_options(target: Target, shown: Scene, tracks: Sequence[TrackId]) -> Options:
    """The tracks shown, those of the target, and all CAGE tracks as one choice."""
    head, table = target.head, shown.checkpoint.tracks
    gene = _of_gene(shown, head)
    cage = gene.tracks if gene else [t.index for t in table.search(head=[head], assay=[CAGE]).ids]
    groups = {CAGE: tuple(TrackId(head, index) for index in cage)} if len(cage) > 1 else {}
    whole = set(cage) if groups and set(cage) <= set(target.tracks) else set()
    rest = (TrackId(head, index) for index in target.tracks if index not in whole)
    return groups | {str(track): (track,) for track in (*tracks, *rest)}


def _ticked(target: Target, options: Options) -> list[str]:
    """The choices that make up a target: the group where all of it is in."""
    wanted = {TrackId(target.head, index) for index in target.tracks}
    groups = [CAGE] if CAGE in options and wanted >= set(options[CAGE]) else []
    covered = {track for name in groups for track in options[name]}
    return groups + [str(track) for track in sorted(wanted - covered, key=lambda t: t.index)]


def _title(option: str, options: Options, shown: Scene) -> str:
    if option == CAGE:
        return f"CAGE, all {len(options[CAGE])} tracks"
    row = shown.checkpoint.tracks.row(options[option][0])
    return (
        f"{row['name']} ({row['head']})" if len(shown.checkpoint.tracks.heads) > 1 else row["name"]
    )


def _bin_options(shown: Scene) -> dict[str, Interval]:
    """Places whose bins can be explained, by what people call them."""
    kinds = {"gene": f"TSS of {shown.parsed.name}", "variant": "At the variant"}
    here = kinds.get(shown.parsed.kind, "Middle of the locus")
    found = {f"{here}, {2 * AROUND + 1} bins": middle(shown)}
    seen = shown.view.intersect(shown.region)
    return found | ({"All bins in view": seen} if seen else {})


def _bins(region: Interval, shown: Scene) -> tuple[int, ...]:
    return _over(region, shown, shown.head, (0,)).bins


def _changed(target: Target, shown: Scene, options: Options, bins: Mapping[str, Interval]) -> None:
    """Ask for what the widgets say; without tracks, for what the app chooses."""
    chosen = [track for name in st.session_state[state.TARGET_TRACKS] for track in options[name]]
    if not chosen:
        state.choose_target("")
        return
    head = chosen[-1].head  # tracks of another head replace those of the first
    where = bins.get(st.session_state[state.TARGET_BINS])
    try:
        places = _bins(where, shown) if where else target.bins
    except EnformerLensError:
        places = target.bins
    tracks = tuple(track.index for track in chosen if track.head == head)
    state.choose_target(str(Target(head, tracks, places, target.reduce)))
