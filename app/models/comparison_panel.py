"""Widgets, tables and charts of the comparison of two models."""

from collections.abc import Sequence
from typing import cast

import streamlit as st

from app import header, services, state
from app.computing.seat import Seat
from app.figures import page
from app.figures.comparison_data import ComparisonPicture, describe
from app.figures.comparison_plotly import comparison_figure
from app.figures.scatter_data import LINEAR, SCALES, ScatterPicture, has_log, scatter_picture
from app.figures.scatter_data import describe as describe_scatter
from app.figures.scatter_plotly import scatter_figure
from app.locus import picker
from app.models import pairing
from app.models.comparing import ALLELES, Both, Comparison, Sides
from app.models.model_differences import differences, kinship
from app.models.pairing import MOST_PAIRS, Matching
from app.widgets import explain, plain
from enformer.checkpoint import Checkpoint
from enformer.errors import CheckpointError, EnformerLensError
from enformer.tracks import TrackTable
from interpret.agreement import Agreement
from interpret.track_pairs import TrackPair, unmatched

MEANING = """r says how alike two predictions are over the bins in view, not which one is right: see the \
held-out figures of both."""


def other_model(in_use: str, other: str) -> None:
    """The model to compare with, by name or path."""
    known = [*services.MODELS, *state.recent_models(), other]
    options = [name for name in dict.fromkeys(known) if name and name != in_use]
    st.session_state[state.OTHER_MODEL] = other if other in options else None
    st.selectbox(
        "Model B, to compare with", options, format_func=picker.model_title, key=state.OTHER_MODEL,
        accept_new_options=services.paths_allowed(), on_change=_other_chosen, width=320,
        help="Choose one, or type the path of a .safetensors file or of a folder with weights.",
    )  # fmt: skip
    st.button(
        "Swap A and B", icon=":material/swap_horiz:", on_click=state.swap_models, args=(in_use,),
        disabled=other in ("", in_use), help="Puts B to use and compares it with A.",
    )  # fmt: skip


def _other_chosen() -> None:
    state.compare_with((st.session_state[state.OTHER_MODEL] or "").strip())


def opened(name: str, seat: Seat) -> Checkpoint | None:
    """Model B; None where it is no model, which is explained here: A has nothing to do with it."""
    try:
        return header.model(name, seat)
    except CheckpointError as error:
        explain(EnformerLensError(error.wrong, read=error.read, do=error.do), seat, "other")
        return None


def allele(has_variant: bool) -> str:
    """Whose predictions are compared."""
    if not has_variant:
        return ""
    st.session_state.setdefault(state.COMPARED_ALLELE, ALLELES[0])
    chosen = st.segmented_control(
        "Compared", ALLELES, key=state.COMPARED_ALLELE, required=True, on_change=state.touch,
        persist_state="session",
    )  # fmt: skip
    return cast(str, chosen)


def said(sides: Sides) -> None:
    """What must be known of B (the header has said it of A), and how the two lie on each other."""
    for warning in sides.b.warnings:
        st.warning(plain(f"{sides.names[1]}: {warning}"), icon=":material/warning:")
    st.caption(plain(sides.said))


def choice(query: state.Query, sides: Sides, whose: str) -> Comparison:
    """What is compared, with the widgets that choose the pairs."""
    a = sides.a
    found = pairing.matching(a.checkpoint, sides.b.checkpoint)
    shown = picker.shown_tracks(query.tracks, a.checkpoint, a.head)
    drawn, unknown = found.chosen(query.pairs, shown, a.head)
    with st.popover(f"Pairs, {len(drawn)} drawn", icon=":material/stacks:"):
        _choose_pairs(found, drawn, sides)
    if unknown:
        st.warning(
            plain(
                f"These models have no such pair: {', '.join(unknown)}. A pair is written as "
                "track of A:track of B, such as human/0:human/24."
            ),
            icon=":material/warning:",
        )
    return Comparison(sides, found, drawn, whose)


def _choose_pairs(found: Matching, chosen: Sequence[TrackPair], sides: Sides) -> None:
    """Which pairs are drawn, and any two tracks as a pair of one's own."""
    tables = (sides.a.checkpoint.tracks, sides.b.checkpoint.tracks)
    named = _pair_titles(tuple(dict.fromkeys((*chosen, *found.pairs))), tables)
    st.session_state[state.PAIRS] = [str(pair) for pair in chosen]
    st.multiselect(
        "Pairs drawn, from top to bottom", list(named), format_func=named.__getitem__,
        key=state.PAIRS, max_selections=MOST_PAIRS, on_change=_pairs_chosen,
    )  # fmt: skip
    st.markdown("**Any two tracks**")
    for key, name, table in zip(
        (state.PAIR_OF_A, state.PAIR_OF_B), sides.names, tables, strict=True
    ):
        titles = _titles(table)
        st.selectbox(f"Track of {plain(name)}", list(titles), format_func=titles.__getitem__, key=key,
                     on_change=state.touch)  # fmt: skip
    st.button("Add as a pair", icon=":material/add:", on_click=_add, args=(list(map(str, chosen)),),
              disabled=len(chosen) >= MOST_PAIRS)  # fmt: skip


def _pairs_chosen() -> None:
    state.choose_pairs(tuple(st.session_state[state.PAIRS]))


def _add(shown: list[str]) -> None:
    made = ":".join(st.session_state[key] for key in (state.PAIR_OF_A, state.PAIR_OF_B))
    state.choose_pairs(tuple(dict.fromkeys([made, *shown])))


def _pair_titles(
    pairs: Sequence[TrackPair], tables: tuple[TrackTable, TrackTable]
) -> dict[str, str]:
    """How people read pairs; thousands at once, where one by one would be felt."""
    sides = ([pair.a for pair in pairs], [pair.b for pair in pairs])
    a, b = (table.select(ids).frame for table, ids in zip(tables, sides, strict=True))
    names = a["name"].where(a["name"] == b["name"], a["name"] + " : " + b["name"])
    heads = a["head"].where(a["head"] == b["head"], a["head"] + ", " + b["head"])
    return dict(zip(map(str, pairs), names + " (" + heads + ")", strict=True))


def _titles(table: TrackTable) -> dict[str, str]:
    frame = table.frame
    ids = frame["head"] + "/" + frame["index"].astype(str)
    return dict(zip(ids, frame["name"] + " (" + frame["head"] + ")", strict=True))


def chart(picture: ComparisonPicture, file_name: str) -> None:
    """The lanes."""
    st.plotly_chart(
        comparison_figure(picture, dark=st.context.theme.type == "dark"), theme=None,
        key=f"comparison_{state.redraws()}", config=page.config(file_name), alt=describe(picture),
    )  # fmt: skip


def scatter(
    found: Agreement, picture: ComparisonPicture, file_name: str
) -> tuple[int, ScatterPicture]:
    """Widgets for the pair and the scale, and what they ask for, drawn."""
    lanes, numbers = picture.locus.lanes, range(len(picture.said))
    if st.session_state.get(state.SCATTER_PAIR) not in numbers:
        st.session_state[state.SCATTER_PAIR] = 0
    with st.container(horizontal=True, vertical_alignment="bottom"):
        pair = st.selectbox(
            "Scatter of", numbers, key=state.SCATTER_PAIR, on_change=state.touch,
            format_func=lambda n: f"{lanes[2 * n].label} : {lanes[2 * n + 1].label}",
        )  # fmt: skip
        scale = LINEAR
        if has_log(found, pair):
            st.session_state.setdefault(state.SCATTER_SCALE, LINEAR)
            scale = st.segmented_control("Scale", SCALES, key=state.SCATTER_SCALE, required=True,
                                         on_change=state.touch)  # fmt: skip
    points = scatter_picture(found, picture, pair, cast(str, scale))
    st.plotly_chart(
        scatter_figure(points, dark=st.context.theme.type == "dark"), theme=None,
        key=f"scatter_{state.redraws()}", config=page.config(f"{file_name}_scatter"),
        alt=describe_scatter(points),
    )  # fmt: skip
    return pair, points


def by_assay(asked: Comparison, both: Both) -> None:
    """The summary of all matched pairs, and what is in none."""
    st.markdown("**Pearson r by assay**, all matched pairs over the bins in view")
    digits = st.column_config.NumberColumn(
        format="%.3f", width="small", help="Empty where a track is constant."
    )
    st.dataframe(
        asked.by_assay(both), hide_index=True,
        column_config=dict.fromkeys(("Median r", "Lowest r", "Highest r"), digits),
    )  # fmt: skip
    st.caption(MEANING)
    _without_partner(asked.matching, asked.sides)


def matched(asked: Comparison) -> None:
    """How tracks were matched, and how many have no partner."""
    found, sides = asked.matching, asked.sides
    tables = (sides.a.checkpoint.tracks, sides.b.checkpoint.tracks)
    if found.measured:
        count = len(found.pairs)
        st.caption(plain(
            f"{count:,} pairs agree in assay, target, biosample, strand and species. Without a partner: "
            + " and ".join(f"{len(table) - count:,} of {len(table):,} tracks of {name}"
                           for table, name in zip(tables, sides.names, strict=True)) + "."
        ))  # fmt: skip
    else:
        st.caption(
            ":material/info: No two tracks measure the same in the same cells. Drawn instead are tracks of "
            "one assay and target in different cells: a low r is to be expected. Any two tracks can be "
            "paired under Pairs."
        )


def _without_partner(found: Matching, sides: Sides) -> None:
    """The tracks of each model that are in no pair."""
    models = (sides.a.checkpoint, sides.b.checkpoint)
    with st.expander("Tracks without a partner"):
        for column, model, name, side in zip(st.columns(2), models, sides.names, "ab", strict=True):
            left = unmatched(model.tracks, [getattr(pair, side) for pair in found.pairs])
            column.markdown(f"**{plain(name)}**, {len(left):,} tracks")
            column.dataframe(left.frame[["head", "index", "name"]], hide_index=True, height=240)


def side_by_side(sides: Sides) -> None:
    """Sizes, training and held-out figures of both, how they are related, and their lineage."""
    a, b = sides.a.checkpoint, sides.b.checkpoint
    st.markdown("**The two models**")
    table = differences(a, b, sides.names, sides.a.place.genome.assembly)
    st.table(table.map(plain).set_index(""))  # unlike a data frame it shows all of a long text
    st.markdown(plain(" ".join(kinship(a, b))))
    with st.expander("Lineage"):
        for column, model, name in zip(st.columns(2), (a, b), sides.names, strict=True):
            column.markdown(f"**{plain(name)}**")
            column.code(model.card.lineage or "None is written on its card.", language=None,
                        wrap_lines=True)  # fmt: skip
