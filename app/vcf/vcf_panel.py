"""Widgets of the VCF view before there is a table: the file, how it is scored, what can be scored."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app import services, state
from app.computing.seat import Seat
from app.locus import absent
from app.vcf.calls import ENDINGS, Calls, keep
from app.vcf.scoring_work import Pace, Survey, Task
from app.vcf.vcf_examples import example
from app.widgets import plain
from enformer.genome import Genome
from enformer.tracks import TrackTable
from interpret.score_options import Options
from interpret.score_reasons import STATUSES, WAITING
from interpret.scores import SCORES

WELCOME = """Score every variant of a VCF with the chosen model, and look through them from the largest \
effect on. Nothing is scored before you have seen how many rows can be, and what is wrong with the others."""
_MOST_LISTED = 200
"""Tracks that are offered at once; more are found by their words."""


# --- the file -------------------------------------------------------------------------------------


def choose_file(calls: Calls, genome: Genome) -> DeltaGenerator | None:
    """The file that is scored, in a row with room for more; where there is none yet, how to give one."""
    if not calls.file:
        st.markdown(WELCOME)
        with st.container(border=True, key="calls_given"):
            _ways(calls, genome)
        return None
    bar = st.container(horizontal=True, vertical_alignment="center", key="toolbar")
    with bar:
        st.markdown(f":material/table_rows: **{plain(Path(calls.file).name)}**", width="content")
        with st.popover("Another file", icon=":material/upload_file:"):
            _ways(calls, genome)
    return bar


def _ways(calls: Calls, genome: Genome) -> None:
    st.file_uploader(
        "VCF, plain or compressed, or BCF, with the positions of the open genome", ENDINGS,
        key=state.CALLS_UPLOAD, on_change=_uploaded, args=(calls,),
    )  # fmt: skip
    if services.paths_allowed():
        st.session_state[state.CALLS_PATH] = "" if calls.is_kept else calls.file
        st.text_input(
            "or its path on this machine", key=state.CALLS_PATH, placeholder="~/calls.vcf.gz",
            on_change=_named, args=(calls,),
            help="Read in place, however large. An upload may have 200 MB.",
        )  # fmt: skip
    found = example(genome)
    if found is None:
        st.button("Try it on the demo genome", icon=":material/play_arrow:", on_click=_demo)
        return
    name, content, about = found
    st.button("Try an example", icon=":material/play_arrow:", key="calls_example", help=plain(about),
              on_click=_keep, args=(calls, content, name))  # fmt: skip


def _uploaded(calls: Calls) -> None:
    given = st.session_state[state.CALLS_UPLOAD]
    if given is None:
        state.choose_calls(str(replace(calls, file="")))
    else:
        _keep(calls, given.getvalue(), given.name)


def _keep(calls: Calls, content: bytes, name: str) -> None:
    state.choose_calls(str(replace(calls, file=keep(content, name))))


def _named(calls: Calls) -> None:
    state.choose_calls(str(replace(calls, file=st.session_state[state.CALLS_PATH].strip())))


def _demo() -> None:
    state.choose_genome("demo", same_places=False)


# --- how it is scored -----------------------------------------------------------------------------


def choose_options(calls: Calls, tracks: TrackTable, model: str) -> None:
    """What the table is to hold, of tracks of a model; the app's choice is the command line's."""
    said, session, shared = (
        calls.options,
        st.session_state,
        {"on_change": _chosen, "args": (calls,)},
    )
    session[state.CALLS_SCORES], session[state.CALLS_ASSAYS] = list(said.scores), list(said.assays)
    session[state.CALLS_BOTH], session[state.CALLS_CENTRED] = (
        said.reverse_complement,
        said.grid == 1,
    )
    with st.expander(f"Scored as: {_words(said)}", icon=":material/tune:", key="calls_options"):
        left, right = st.columns(2)
        left.multiselect(
            "Scores", list(SCORES), key=state.CALLS_SCORES, **shared,
            help="  \n".join(f"**{name}**: {plain(kind.about)}" for name, kind in SCORES.items()),
        )  # fmt: skip
        left.toggle("Both strands", key=state.CALLS_BOTH, **shared,
                    help="The mean of both strands of the sequence: twice the time.")  # fmt: skip
        left.toggle(
            "Each variant in the middle of a window of its own", key=state.CALLS_CENTRED, **shared,
            help="As in the Variant view. Otherwise neighbours share a window, which saves most of the "
            "time, and a value may differ a little from the one there.",
        )  # fmt: skip
        right.multiselect(
            "Columns for every track of an assay", [a for a in tracks.assays if a],
            key=state.CALLS_ASSAYS, placeholder="None", **shared,
            help="The strongest track of each assay has a column in any case.",
        )  # fmt: skip
        with right:
            _choose_tracks(calls, tracks, model)


def _choose_tracks(calls: Calls, tracks: TrackTable, model: str) -> None:
    text = st.text_input("Search tracks", key=state.CALLS_TRACK_TEXT, type="search", live="400ms",
                         placeholder="Words such as CAGE K562", on_change=state.touch)  # fmt: skip
    if why := absent.of_search(text or "", tracks, model):
        st.caption(plain(why))
    found = tracks.search(text or "").ids[:_MOST_LISTED]
    options = list(dict.fromkeys([*calls.options.tracks, *map(str, found)]))
    rows = {str(track): tracks.row(track)["name"] for track in found}
    st.session_state[state.CALLS_TRACKS] = list(calls.options.tracks)
    st.multiselect(
        "Columns for single tracks", options, key=state.CALLS_TRACKS, placeholder="None",
        format_func=lambda track: f"{rows.get(track, '')} ({track})".strip(),
        on_change=_chosen, args=(calls,),
    )  # fmt: skip


def _chosen(calls: Calls) -> None:
    session = st.session_state
    options = Options(
        scores=tuple(session[state.CALLS_SCORES]) or Options.scores,
        assays=tuple(session[state.CALLS_ASSAYS]),
        tracks=tuple(session[state.CALLS_TRACKS]),
        grid=1 if session[state.CALLS_CENTRED] else None,
        reverse_complement=session[state.CALLS_BOTH],
    )
    state.choose_calls(str(replace(calls, options=options)))


def _words(options: Options) -> str:
    parts = [
        ", ".join(options.scores),
        "both strands" if options.reverse_complement else "one strand",
    ]
    parts += ["windows of their own" if options.grid == 1 else "shared windows", *options.assays]
    if options.tracks:
        parts.append(f"{len(options.tracks)} tracks")
    return " · ".join(parts)


# --- what can be scored ---------------------------------------------------------------------------


def survey(found: Survey, task: Task) -> None:
    """Counts by status, the rows that are refused, and what may be wrong with all of them."""
    total, genome = sum(found.alleles.values()), task.run.genome
    if not total:
        st.info(
            "The file has a header and no rows: there is nothing to score.", icon=":material/info:"
        )
        return
    rows = "1 record" if found.records == 1 else f"{found.records:,} records"
    alleles = "" if total == found.records else f" with {total:,} alleles"
    st.markdown(
        f"{rows}{alleles}. **{found.scorable:,} of {total:,} can be scored** on {genome.assembly}."
    )
    refused = {status: n for status, n in found.alleles.items() if status != WAITING}
    if not refused:
        return
    _advise(found, genome)
    with st.expander(f"{total - found.scorable:,} cannot be scored", icon=":material/block:",
                     expanded=not found.scorable):  # fmt: skip
        order = [status for status in STATUSES if status in refused]
        counts = {"Alleles": [refused[status] for status in order], "Status": order,
                  "What it means": [STATUSES[status] for status in order]}  # fmt: skip
        st.dataframe(counts, hide_index=True, width="content", key="calls_counts")
        columns = ["Contig", "Position", "ID", "REF", "ALT", "Status", "Reason"]
        st.dataframe(
            pd.DataFrame(list(found.refused), columns=columns), hide_index=True, key="calls_refused",
            column_config={"Position": st.column_config.NumberColumn(format="localized")},
        )  # fmt: skip


def _advise(found: Survey, genome: Genome) -> None:
    """What most probably is wrong where hardly a row can be scored."""
    total, count = sum(found.alleles.values()), found.alleles.get
    if count("other_assembly"):
        st.warning(
            f"The file's header names {found.assembly}, and the open genome is {genome.assembly}: positions "
            "differ, so no row is scored. Lift the file over first, for example with "
            "`bcftools +liftover` or `CrossMap vcf`, or open a genome of that assembly.",
            icon=":material/warning:",
        )  # fmt: skip
    elif count("off_contig", 0) > total / 2:
        contigs = ", ".join(list(genome.contigs)[:3])
        st.warning(
            f"Most rows lie on contigs or positions that {plain(genome.assembly)} has not: its contigs are "
            f"{plain(contigs)} and so on. Open the genome that the file was called on.",
            icon=":material/warning:",
        )  # fmt: skip
    elif count("ref_mismatch", 0) > max(1, total / 10):
        st.warning(
            f"REF differs from {plain(genome.assembly)} in {count('ref_mismatch'):,} rows: the file is of "
            "another assembly, or REF and ALT stand in each other's place. `bcftools norm --check-ref` with "
            "this genome's FASTA tells which.",
            icon=":material/warning:",
        )  # fmt: skip


def offer(found: Survey, task: Task, scored: int, seat: Seat) -> None:
    """The button that starts, with what it costs."""
    left = found.scorable - scored
    label = f"Score {_variants(left)}" if found.scorable else "Make the table of reasons"
    if scored:
        kept(found, scored)
        label = f"Go on with {_variants(left)}"
    st.button(label, type="primary", icon=":material/play_arrow:", key="calls_score",
              on_click=_score, args=(task, seat))  # fmt: skip
    if found.scorable:
        st.caption(plain(_cost(found, task, left / found.scorable)))


def _score(task: Task, seat: Seat) -> None:
    seat.forget()
    state.want_table(task.key)


def kept(found: Survey, scored: int | None) -> None:
    """How much of a table that was stopped is there."""
    if scored is None:
        st.markdown("It ends after the present step; what was scored is kept.")
    else:
        st.markdown(f"{scored:,} of {found.scorable:,} are scored and kept.")


def _variants(count: int) -> str:
    return "1 variant" if count == 1 else f"{count:,} variants"


def _cost(found: Survey, task: Task, share: float) -> str:
    pace = Pace.of(task)
    passes = pace.passes(found.windows, found.scorable) * share
    seconds = pace.seconds(found.windows, found.scorable)
    windows = "one window" if found.windows == 1 else f"{found.windows:,} windows"
    said = f"In {windows}: about {max(1, round(passes)):,} forward passes, as neighbours share one."
    if seconds is None:
        return f"{said} How long one takes here is known after the first table."
    return f"{said} About {_duration(seconds * share)}, as fast as the last table was here."


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{seconds / 60:.0f} min" if seconds < 5_400 else f"{seconds / 3600:.1f} h"
