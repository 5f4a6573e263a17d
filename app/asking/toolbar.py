"""The picture with the buttons that move it."""

from collections.abc import Callable
from dataclasses import dataclass

import plotly.graph_objects as go
import streamlit as st

from app import downloads, state
from app.asking import clicks, marking, zoom
from app.asking.scene import Scene
from app.figures import page
from app.figures.data import LocusPicture
from app.figures.locus_plotly import selected_interval
from enformer.coordinates import Interval


@dataclass(frozen=True)
class Step:
    """A button that changes what is drawn."""

    name: str
    icon: str
    to: Interval


def _steps(scene: Scene) -> tuple[Step, ...]:
    view, within = scene.view, scene.window
    return (
        Step("Left", "chevron_left", zoom.panned(view, -0.5, within)),
        Step("Right", "chevron_right", zoom.panned(view, 0.5, within)),
        Step("Zoom in", "zoom_in", zoom.scaled(view, 0.5, within)),
        Step("Zoom out", "zoom_out", zoom.scaled(view, 2, within)),
        Step("All that is predicted", "fit_width", scene.region),
        Step("Whole window", "open_in_full", scene.window),
    )


def zoom_buttons(scene: Scene) -> None:
    """Pan, zoom, reset and mark; those that would change nothing are off."""
    shown = (scene.view.start, scene.view.end)
    for step in _steps(scene):
        part = (step.to.start, step.to.end)
        st.button(
            step.name,
            key=f"icon_{step.icon}",
            icon=f":material/{step.icon}:",
            help=step.name,
            on_click=state.zoom_to,
            args=(part, shown),
            disabled=part == shown,
        )
    st.button("Mark", key="icon_flag", icon=":material/flag:", on_click=state.choose_mark, args=(shown,),
              help="Marks the part in view in all views.")  # fmt: skip
    st.button("Reset", icon=":material/restart_alt:", on_click=state.zoom_reset,
              disabled=scene.view == scene.home, help="To what was asked for.")  # fmt: skip


def menus(files: Callable[[], None] | None, query: state.Query) -> None:
    """Downloads, whose buttons `files` draws where there are any, and the link to what is shown."""
    save = st.popover("Download", icon=":material/download:", on_change="rerun", key="download",
                      disabled=files is None)  # fmt: skip
    if save.open and files is not None:
        with save:
            files()
    with st.popover("Link", icon=":material/link:"):
        st.markdown(
            "Opens what is shown: place, model, genome, tracks, zoom, marks. It names the weights, so that "
            "whoever opens it with others is told."
        )
        st.code(downloads.link(query), language=None, wrap_lines=True)
        if not query.fits_a_link:
            st.caption("The pasted sequence is too long for a link and is left out.")


def chart(
    figure: go.Figure, picture: LocusPicture, alt: str, file_name: str, bases: bool = False
) -> None:
    """A figure over the axis of a locus; a box drawn over it zooms to that part.

    Args:
        figure: to be drawn.
        picture: its data.
        alt: the figure in words.
        file_name: of what the camera saves.
        bases: whether a click on a base marks it, see `page.clickable`.
    """
    key = f"chart_{state.redraws()}"
    st.plotly_chart(
        figure,
        key=key,
        theme=None,
        on_select=lambda: _boxed(key, picture),
        selection_mode="box",
        config=page.config(file_name),
        alt=alt,
    )
    if bases:
        clicks.listen(key, marking.clicked)


def _boxed(key: str, picture: LocusPicture) -> None:
    boxes = st.session_state[key].selection.box
    chosen = selected_interval(picture, *boxes[0]["x"][:2]) if boxes else None
    if chosen is not None:
        to = zoom.boxed((chosen.start, chosen.end), picture.view)
        state.zoom_to((to.start, to.end), (picture.view.start, picture.view.end))
