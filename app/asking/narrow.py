"""On a tablet the picture gets the room: the sidebar, open elsewhere, starts folded."""

import streamlit as st
from streamlit.components import v2

_SCRIPT = """
const NARROW = 1000;

export default function () {
  if (window.innerWidth >= NARROW || window.enformerLensFolded) return;
  window.enformerLensFolded = true;
  document.querySelector("[data-testid=stSidebarCollapseButton] button")?.click();
}
"""
_folder = v2.component("narrow", html="<span></span>", js=_SCRIPT)


def fold_sidebar() -> None:
    """Once a page load, in a window that is narrower than a thousand px."""
    with st.container(key="narrow"):
        _folder(key="fold", height=0)
