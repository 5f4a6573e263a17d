"""Keys that press what is on the page. They are silent while a person types or moves within a widget."""

from dataclasses import dataclass

import streamlit as st
from streamlit.components import v2


@dataclass(frozen=True)
class Key:
    """A key and what it presses.

    Attributes:
        keys: as `KeyboardEvent.key` has them.
        label: as it is written for people.
        about: what it does.
        presses: CSS selector of a button, or of an input that is focused.
    """

    keys: tuple[str, ...]
    label: str
    about: str
    presses: str


def _button(key: str) -> str:
    return f".st-key-{key} button"


KEYS = (
    Key(("/",), "/", "Go to the search box", ".st-key-search_box input"),
    Key(("ArrowLeft",), "←", "Move left by half of the view", _button("icon_chevron_left")),
    Key(("ArrowRight",), "→", "Move right by half of the view", _button("icon_chevron_right")),
    Key(("+", "="), "+", "Zoom in", _button("icon_zoom_in")),
    Key(("-", "_"), "−", "Zoom out", _button("icon_zoom_out")),
    Key(("m",), "m", "Mark the part in view, in all views", _button("icon_flag")),
    Key(("u",), "u", "Undo the last change of the question", _button("icon_undo")),
    Key(("U",), "Shift u", "Do again what was undone", _button("icon_redo")),
    Key(("?",), "?", "This help", _button("icon_help")),
)

_SCRIPT = """
const BUSY = "input, textarea, select, [contenteditable=true], [role=combobox], [role=listbox], " +
  "[role=slider], [role=tab], [role=menu], [role=grid], [role=radiogroup], canvas";
let presses = {};

function onKey(event) {
  const selector = presses[event.key];
  const chord = event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing;
  const busy = event.target.closest?.(BUSY) || document.querySelector("[role=dialog]");
  const target = selector && !chord && !busy && document.querySelector(selector);
  if (!target || target.disabled) return;
  event.preventDefault();
  if (target.tagName === "INPUT") { target.focus(); target.select(); } else { target.click(); }
}

export default function ({ data }) {
  presses = data;
  document.addEventListener("keydown", onKey);
  return () => document.removeEventListener("keydown", onKey);
}
"""
_listener = v2.component("keyboard", html="<span></span>", js=_SCRIPT)


def listen() -> None:
    """Make the keys work on this page."""
    with st.container(key="keyboard"):
        _listener(
            key="keys", data={name: key.presses for key in KEYS for name in key.keys}, height=0
        )
