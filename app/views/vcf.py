"""The VCF view: every variant of a file, scored as the command line does, and looked through."""

import streamlit as st

from app import downloads, header, state, widgets
from app.asking.places import Place
from app.computing.seat import Seat
from app.vcf import scoring, vcf_files, vcf_panel, vcf_table
from app.vcf.calls import Calls
from app.vcf.scoring_work import Task
from enformer.checkpoint import Checkpoint
from enformer.errors import Cancelled
from interpret.score_options import Options


def draw(query: state.Query, checkpoint: Checkpoint, place: Place, seat: Seat) -> None:
    """The file, what can be scored of it, and the table once it is there."""
    tracks = Options().scored(checkpoint, place.genome)
    calls = Calls.parse(query.calls).fitting(tracks)
    bar = vcf_panel.choose_file(calls, place.genome)
    if bar is None:
        return
    vcf_panel.choose_options(calls, tracks, checkpoint.card.name)
    task = scoring.task_of(calls, checkpoint, place)
    if not task.is_done:
        _make(task, seat)
    if task.is_done:
        with bar:
            _menus(task, calls, query)
        vcf_table.draw(task)


def _make(task: Task, seat: Seat) -> None:
    """Reads the file, says what can be scored, and scores it when that is wanted."""
    found = widgets.ready(scoring.survey(task, seat), seat)
    vcf_panel.survey(found, task)
    if not (state.wants_table(task.key) or scoring.is_under_way(task)):
        vcf_panel.offer(found, task, scoring.so_far(task) or 0, seat)
        return
    try:
        widgets.ready(scoring.score(task, seat), seat)
    except Cancelled:
        vcf_panel.kept(found, scoring.so_far(task))
        widgets.stopped(seat, "scoring")


def _menus(task: Task, calls: Calls, query: state.Query) -> None:
    save = st.popover("Download", icon=":material/download:", on_change="rerun", key="download")
    if save.open:
        with save:
            vcf_files.menu(task, query.model, query.genome, calls)
    with st.popover("Link", icon=":material/link:"):
        st.markdown("Opens this table, as long as the server keeps it:")
        st.code(downloads.link(query), language=None, wrap_lines=True)


header.run_without_locus("vcf", draw)
