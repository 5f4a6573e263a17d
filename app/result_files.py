"""Files of a result that has one table and one figure, and the menu that offers them."""

from typing import Any, Protocol, cast

import pandas as pd
import streamlit as st

from app import downloads, state, widgets
from app.downloads import FIGURES, WIDTHS, Format
from app.truth.truth_files import File
from enformer.provenance import Provenance
from interpret.stored import pack


class Result(Protocol):
    """What files are made of."""

    @property
    def name(self) -> str:
        """The beginning of every file name."""
        ...

    @property
    def found(self) -> Any:
        """All that was computed."""
        ...

    @property
    def picture(self) -> Any:
        """The figure's data."""
        ...

    @property
    def provenance(self) -> str:
        """JSON of where it comes from."""
        ...

    def write_table(self) -> bytes:
        """A TSV."""
        ...


def table(result: Result) -> File:
    """The table."""
    return f"{result.name}.tsv", "text/tab-separated-values", result.write_table


def arrays(result: Result) -> File:
    """All that was computed."""
    return f"{result.name}.npz", "application/octet-stream", lambda: pack(result.found)


def origin(result: Result, width: int) -> File:
    """The provenance, with the width of the figure."""
    return downloads.origin(result.name, result.provenance, width)


def figure(result: Result, form: Format, width: int) -> File:
    """The figure, `width` mm wide."""
    return downloads.figure(result.name, result.picture, form, width, result.provenance)


def everything(result: Result, width: int) -> File:
    """A zip of all of them."""

    def make() -> bytes:
        files = [figure(result, form, width) for form in FIGURES]
        files += [table(result), arrays(result), origin(result, width)]
        return downloads.zipped({name: write() for name, _, write in files})

    return f"{result.name}.zip", "application/zip", make


def menu(result: Result, width_key: str, rows: str, prefix: str = "") -> None:
    """Buttons for every file.

    Args:
        result: what they are of.
        width_key: where the figure's width is kept.
        rows: what the table has a row for.
        prefix: of every label, where a page has two menus.
    """
    problems = state.problems()

    def button(label: str, file: File, about: str) -> None:
        downloads.button(f"{prefix}{label}", file, about, problems)

    st.markdown("**Values**")
    with st.container(horizontal=True):
        button("TSV", table(result), f"A row for each {rows}.")
        button("NPZ", arrays(result), "NumPy arrays of all that was computed.")
    st.markdown("**Figure**")
    width = cast(int, st.segmented_control(
        "Width", WIDTHS, default=WIDTHS[-1], format_func=lambda mm: f"{mm} mm",
        key=width_key, required=True, on_change=state.touch,
    ))  # fmt: skip
    with st.container(horizontal=True):
        for form in FIGURES:
            button(form.upper(), figure(result, form, width), "With live text.")
        button("JSON", origin(result, width), downloads.ORIGIN)
    button("ZIP", everything(result, width), "All files above.")
    for problem in problems:
        st.error(widgets.plain(problem), icon=":material/error:")


def tsv(rows: pd.DataFrame, title: str, made: Provenance | None) -> bytes:
    """A table under lines that say where it comes from."""
    lines = [f"# Enformer Lens {title}", *([] if made is None else made.lines())]
    text = rows.to_csv(sep="\t", index=False, lineterminator="\n")
    return "\n".join([*lines, text]).encode()
