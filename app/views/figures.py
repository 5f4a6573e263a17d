"""The Figures view: pictures of the app as panels of one sheet for a paper."""

from collections.abc import Sequence

import streamlit as st

from app import header, state
from app.asking.scene import Scene
from app.computing.seat import Seat
from app.figures.composed import Pending
from app.sheet import served, sheet_files, sheet_options, sheet_panel, sheets
from app.sheet.origins import Model, Origin
from app.sheet.panels import Made
from app.sheet.record import Record
from app.sheet.served import Unmade


def draw(query: state.Query, shown: Scene, seat: Seat) -> None:
    """Presets, the sheet at true size, its files; settings are in the sidebar."""
    sheet_panel.begin(query, shown)
    plan = sheet_panel.plan()
    if not plan.panels:
        st.info(sheet_panel.EMPTY, icon=":material/art_track:")
        return
    place = served.genome(query, seat)
    panels = served.made(plan, shown.checkpoint, place)
    sheet_options.options(plan, panels)
    for number, panel in enumerate(panels):
        sheet_options.panel(number, plan, panel, query, shown)
    ready = [panel for panel in panels if isinstance(panel, Made)]
    model = Model.of(shown.checkpoint, query.model)
    record = Record.of(plan, ready, model, Origin.of(place.genome, query.genome))
    sheet_panel.differs(record)
    bar = st.container()
    pictures = [one.picture if isinstance(one, Made) else Pending(one.words) for one in panels]
    said = [one.words for one in pictures if isinstance(one, Pending)]
    sheet_panel.preview(sheets.composition(plan, pictures), "|".join([record.to_json(), *said]))
    if len(ready) == len(panels):
        files = sheet_files.Files(record, ready)
        with bar:
            sheet_files.buttons(files)
        sheet_files.texts(files)
    _waiting(panels)


def _waiting(panels: Sequence[Made | Unmade]) -> None:
    """One job with its bar and Cancel, the others in a line."""
    drawn: set[str] = set()  # panels may wait for one job
    for number, one in enumerate(panels):
        if isinstance(one, Unmade) and (not one.job or one.job not in drawn):
            sheet_panel.waiting(one, number, first=not drawn)
            drawn |= {one.job} - {""}


header.run("figures", draw)
