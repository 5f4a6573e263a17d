"""Files of what the Attention view shows: the data, the figures, and where they come from."""

import io
import json
import re
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import streamlit as st

from app import downloads, result_files, state
from app.asking.scene import Scene
from app.attention import attending
from app.downloads import FIGURES, ORIGIN, WIDTHS, File
from app.figures.arc_data import ArcPicture
from app.figures.attention_data import AtlasPicture, HeadPicture
from app.sheet.single import Single, at, written
from app.truth import truth_files
from interpret.attention_summary import AttentionSummary
from interpret.head_roles import HeadRoles
from interpret.stored import pack


def stem(shown: Scene, chosen: tuple[int, int], allele: attending.Allele) -> str:
    """The beginning of every file name."""
    card, variant = shown.checkpoint.card, shown.parsed.variant
    parts = [card.name, "" if card.trained else "untrained", shown.place.genome.assembly]
    parts += [str(shown.window), "" if variant is None else f"{variant.key}_{allele}"]
    parts.append(f"attention_layer{chosen[0] + 1}_head{chosen[1] + 1}")
    text = "_".join(part.replace(",", "").replace(" − ", "-") for part in parts if part)
    return re.sub(r"[^A-Za-z0-9.+_-]+", "-", text).strip("-")[:150]


@dataclass(frozen=True, eq=False)
class Files:
    """What files are made of."""

    summary: AttentionSummary
    atlas: AtlasPicture
    picture: HeadPicture
    stem: str
    arcs: ArcPicture | None = None
    roles: HeadRoles | None = None
    single: Single | None = None

    @property
    def provenance(self) -> str:
        """JSON of where the summary comes from, which part of it is drawn, and how."""
        return written(self._known, self.single)

    @property
    def _known(self) -> dict[str, Any]:
        made, picture = self.summary.provenance, self.picture
        known = {} if made is None else json.loads(made.to_json())
        drawn = {
            **({"rollout": "Abnar and Zuidema 2020"} if picture.rollout else
               {"layer": picture.layer + 1, "head": picture.head + 1}),
            "cells": picture.cells,
            "keys": [picture.keys.start, picture.keys.end],
            "queries": [picture.queries.start, picture.queries.end],
            "tracks": picture.chosen_name, "pooling": self.atlas.pooling,
        }  # fmt: skip
        return known | {"drawn": drawn}

    def tsv(self) -> bytes:
        """The tracks, one row for each token; the provenance in comment lines."""
        picture, text = self.picture, io.StringIO()
        text.writelines(f"# {line}\n" for line in written(self._known, None).splitlines())
        lanes = {lane.label: lane.values for lane in picture.lanes}
        lanes |= {f"{lane.label}, expected by distance": lane.expected
                  for lane in picture.lanes if lane.expected is not None}  # fmt: skip
        text.write("\t".join(["contig", "start", "end", *lanes]) + "\n")
        edges = picture.token_edges
        for place, values in enumerate(zip(*lanes.values(), strict=True)):
            numbers = "\t".join(f"{value:.6g}" for value in values)
            text.write(f"{picture.keys.contig}\t{edges[place]}\t{edges[place + 1]}\t{numbers}\n")
        return text.getvalue().encode()

    def npz(self) -> bytes:
        """The map that is drawn, with the edges of its cells and the provenance."""
        picture, file = self.picture, io.BytesIO()
        np.savez(
            file, weights=picture.weights, query_edges=picture.row_edges,
            key_edges=picture.column_edges, provenance=np.array(written(self._known, None)),
        )  # fmt: skip
        return file.getvalue()

    def data(self) -> tuple[File, ...]:
        """Everything that was computed, the map that is drawn, and its tracks."""
        binary = "application/octet-stream"
        return (
            (f"{self.stem}.tsv", "text/tab-separated-values", self.tsv),
            (f"{self.stem}_map.npz", binary, self.npz),
            (f"{self.stem}_all_heads.npz", binary, lambda: pack(self.summary)),
        )

    def origin(self, width: int) -> File:
        """The provenance of the map, with its width."""
        return downloads.origin(self.stem, self.provenance, width)

    def role_table(self) -> tuple[File, ...]:
        """What every head does, where that is known."""
        roles, table = self.roles, "text/tab-separated-values"
        if roles is None:
            return ()
        made = self.summary.provenance

        def write() -> bytes:
            return result_files.tsv(roles.table(), "what attention heads do", made)

        return ((f"{self.stem}_roles.tsv", table, write),)

    @property
    def truth(self) -> dict[str, File]:
        """Files of what was planted, where that is shown."""
        return truth_files.files(self.picture.place, self.stem)

    def figures(self, width: int) -> tuple[File, ...]:
        """The head, then the atlas and the arcs, in each format."""
        made: list[File] = []
        for name, picture in {"map": self.picture, "atlas": self.atlas, "arcs": self.arcs}.items():
            if picture is not None:
                stem = self.stem if name == "map" else f"{self.stem}_{name}"
                origin = at(self.provenance, width, name)
                made += [downloads.figure(stem, picture, form, width, origin) for form in FIGURES]
        return tuple(made)

    def everything(self, width: int) -> File:
        """All of them in a zip."""

        def make() -> bytes:
            files = [*self.figures(width), *self.data(), self.origin(width)]
            files += [*self.role_table(), *self.truth.values()]
            return downloads.zipped({name: content() for name, _, content in files})

        return f"{self.stem}.zip", "application/zip", make


def menus(files: Files, query: state.Query) -> None:
    """Downloads and the link to what is shown."""
    save = st.popover("Download", icon=":material/download:", on_change="rerun", key="download")
    if save.open:
        with save:
            _menu(files)
    with st.popover("Link", icon=":material/link:"):
        st.markdown("Opens this place, model, layer, head and token:")
        st.code(downloads.link(query), language=None, wrap_lines=True)


def _menu(files: Files) -> None:
    problems = state.problems()

    def button(label: str, file: File, about: str = "") -> None:
        downloads.button(label, file, about, problems)

    tracks, drawn, whole = files.data()
    st.markdown("**Values**")
    with st.container(horizontal=True):
        button("TSV", tracks, "The tracks under the map, one row for each token.")
        button("NPZ", drawn, "The large map as it is drawn.")
        button(
            "NPZ, all heads", whole, "Small maps, rows, columns, profiles and figures of all heads."
        )
        for table in files.role_table():
            button("TSV of roles", table, "What each head does, with its figures.")
    downloads.truth_buttons(files.truth, problems)
    st.markdown("**Figure**")
    width = st.segmented_control(
        "Width", WIDTHS, default=WIDTHS[0], format_func=lambda mm: f"{mm} mm",
        key=state.PAPER_WIDTH, required=True, on_change=state.touch,
    )  # fmt: skip
    figures = files.figures(cast(int, width))
    parts = {"map": figures[:3], "atlas": figures[3:6], "arcs": figures[6:]}
    for name, part in ((name, part) for name, part in parts.items() if part):
        with st.container(horizontal=True):
            for form, file in zip(FIGURES, part, strict=True):
                button(f"{form.upper()} of the {name}", file, "For a paper, with live text.")
    with st.container(horizontal=True):
        button("ZIP", files.everything(cast(int, width)), "All files above.")
        button("JSON", files.origin(cast(int, width)), ORIGIN)
    for problem in problems:
        st.error(problem, icon=":material/error:")
