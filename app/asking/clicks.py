"""Clicks on a figure over which boxes are drawn: Streamlit tells those only where no box can be drawn."""

from collections.abc import Callable

import streamlit as st
from streamlit.components import v2

from app import state

_SCRIPT = """
const known = new WeakSet();
let chart = "", send = () => {};

function onClick(event) {
  const point = event.points.find((each) => each.customdata !== undefined);
  if (point) send("base", point.customdata);
}

function onPress(event) {
  const plot = event.target.closest?.(".js-plotly-plot");
  if (!plot || !plot.closest(`.st-key-${chart}`) || known.has(plot)) return;
  known.add(plot);
  plot.on("plotly_click", onClick);
}

export default function ({ data, setTriggerValue }) {
  chart = data.chart;
  send = setTriggerValue;
  document.addEventListener("pointerdown", onPress, true);
  document.addEventListener("mousedown", onPress, true);
  return () => {
    document.removeEventListener("pointerdown", onPress, true);
    document.removeEventListener("mousedown", onPress, true);
  };
}
"""
_listener = v2.component("clicks", html="<span></span>", js=_SCRIPT)


def listen(chart: str, clicked: Callable[[int], None]) -> None:
    """Tell which base of a chart is clicked, see `figures.page.clickable`.

    Args:
        chart: its key.
        clicked: called with the 0-based position.
    """

    def told() -> None:
        clicked(int(st.session_state[state.CLICKED].base))

    with st.container(key="keyboard_clicks"):
        _listener(key=state.CLICKED, data={"chart": chart}, on_base_change=told, height=0)
