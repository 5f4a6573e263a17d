"""Colours that colour-blind readers can tell apart, on white, on black and on paper.

Fills are Okabe and Ito's set (Wong 2011, doi 10.1038/nmeth.1618); a lane's line is a darker or
lighter shade where the fill alone would stand out too little from the background.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

FONTS = ("Arial", "Helvetica", "Liberation Sans", "DejaVu Sans")
"""Families in order of preference, on the page and on paper."""


@dataclass(frozen=True)
class Shades:
    """Fill and line of one kind of track."""

    fill: str
    line: str


@dataclass(frozen=True)
class Theme:
    """Every colour of a figure.

    Attributes:
        background: page behind the figure.
        ink: names, genes and other text.
        muted: units, ticks and secondary text.
        hairline: axes and baselines.
        outside: wash over what the model reads but does not predict.
        padding: wash where the window has left the contig.
        reference: REF line under a variant's ALT.
        accent: the viewed part, selections and the variant.
        highlight: wash over a highlighted interval.
        truth: what was planted in a synthetic genome.
        assays: shades by kind of track, see `kind_of`.
        bases: letters and bars of a logo, by base. The hues that readers of logos expect (A green, C blue,
            G yellow, T red), as far apart in lightness as every eye needs to tell them.
    """

    background: str
    ink: str
    muted: str
    hairline: str
    outside: str
    padding: str
    reference: str
    accent: str
    highlight: str
    truth: str
    assays: Mapping[str, Shades]
    bases: Mapping[str, str]

    def shades(self, kind: str) -> Shades:
        """Shades of a kind of track; kinds without their own are grey."""
        return self.assays.get(kind, self.assays["other"])


def kind_of(assay: str, target: str = "") -> str:
    """What a track's colour stands for: its assay, ChIP split into histone marks and factors."""
    if assay != "CHIP":
        return assay
    return "CHIP histone" if re.match(r"H[1-4]([ABFKRS.]|$)", target) else "CHIP factor"


LIGHT = Theme(
    background="#ffffff",
    ink="#1a1f27",
    muted="#59616e",
    hairline="#b4bac4",
    outside="#eceef1",
    padding="#cbcfd6",
    reference="#5f6673",
    accent="#9b1c5a",
    highlight="#fbf6c4",
    truth="#3f1d78",
    assays={
        "DNASE": Shades("#0072b2", "#0072b2"),
        "ATAC": Shades("#56b4e9", "#2e8bc0"),
        "CHIP histone": Shades("#009e73", "#008561"),
        "CHIP factor": Shades("#cc79a7", "#b0578a"),
        "CAGE": Shades("#d55e00", "#c05500"),
        "RNA": Shades("#e69f00", "#b87e00"),
        "observed": Shades("#2b3442", "#2b3442"),
        "other": Shades("#5b6270", "#5b6270"),
    },
    bases={"A": "#00946b", "C": "#0060a8", "G": "#c48500", "T": "#b0301c"},
)

DARK = Theme(
    background="#0e1117",
    ink="#eceff4",
    muted="#a3acba",
    hairline="#4a5261",
    outside="#1c212b",
    padding="#363d4a",
    reference="#aab2bf",
    accent="#ff8fc4",
    highlight="#33321a",
    truth="#d0bcff",
    assays={
        "DNASE": Shades("#1f8ecd", "#4aa8e0"),
        "ATAC": Shades("#8fd0f5", "#8fd0f5"),
        "CHIP histone": Shades("#00a97b", "#1fc796"),
        "CHIP factor": Shades("#d98bb6", "#e3a3c6"),
        "CAGE": Shades("#e8691a", "#f28444"),
        "RNA": Shades("#f0b43c", "#f0b43c"),
        "observed": Shades("#6b7380", "#8d97a8"),
        "other": Shades("#d3d8e0", "#d3d8e0"),
    },
    bases={"A": "#1fc796", "C": "#4a9ae8", "G": "#ffd060", "T": "#ee5a3a"},
)

PAPER = replace(LIGHT, ink="#000000")
"""Journals print on white; text is black and only areas and lines are coloured."""
