"""What binds DNA in the synthetic genomes, and in which tissues.

The consensus sequences are facts of the literature, written in IUPAC letters; levels and weights are
invented.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from enformer.tracks import TrackTable

Role = Literal["core", "promoter", "enhancer", "insulator"]

HEADS: Mapping[str, tuple[str, ...]] = {
    "human": ("blood", "liver", "neuron", "muscle"),
    "mouse": ("blood", "liver"),
}
"""Tissues of each output head; the grammar is one for both species."""

ASSAYS = ("CAGE", "DNASE", "CHIP:H3K27ac", "CHIP:CTCF")
"""Measured in every tissue, in the order of the tracks."""


@dataclass(frozen=True)
class Factor:
    """A transcription factor, or the core of a promoter.

    Attributes:
        name: of the factor.
        consensus: what it binds, IUPAC letters, 5' to 3'.
        role: "core" starts transcription, "promoter" strengthens a core nearby, "enhancer" acts at a
            distance, "insulator" ends a domain.
        weight: how strongly a site acts.
        levels: how much of an enhancer's factor a tissue has, 0 where not named; other roles act
            everywhere.
        start: of a core: bp from its first base to the start of transcription, along its strand.
    """

    name: str
    consensus: str
    role: Role
    weight: float = 1.0
    levels: Mapping[str, float] = field(default_factory=dict, hash=False)
    start: int = 0

    def level(self, tissue: str) -> float:
        """How much of it a tissue has."""
        return self.levels.get(tissue, 0.0) if self.role == "enhancer" else 1.0


FACTORS: tuple[Factor, ...] = (
    Factor("TATA", "STATAWAARG", "core", 0.5, start=31),
    Factor("YY1", "AARATGGCGGC", "core", 0.5, start=-12),
    Factor("SP1", "RGGGCGGGGY", "promoter", 1.0),
    Factor("NRF1", "YGCGCAYGCGCR", "promoter", 1.4),
    Factor("NFY", "RRCCAATCAG", "promoter", 0.8),
    Factor("GATA1", "SAGATAAGGV", "enhancer", 1.0, {"blood": 1.0}),
    Factor("NFE2", "ATGACTCAGCA", "enhancer", 1.4, {"blood": 1.0, "muscle": 0.2}),
    Factor("HNF4A", "RGGNCAAAGKTCA", "enhancer", 1.2, {"liver": 1.0}),
    Factor("CEBPA", "RTTGCGYAAY", "enhancer", 0.9, {"liver": 1.0, "blood": 0.3}),
    Factor("RFX3", "GTTNCCATGGNAAC", "enhancer", 1.3, {"neuron": 1.0}),
    Factor("POU3F2", "ATGCATAAWTA", "enhancer", 0.9, {"neuron": 1.0}),
    Factor("MYOD1", "AACAGCTGTY", "enhancer", 1.0, {"muscle": 1.0}),
    Factor("TEAD1", "RCATTCCWGS", "enhancer", 1.1, {"muscle": 1.0, "liver": 0.2}),
    Factor("CTCF", "YGRCCASYAGRKGGCRSYV", "insulator", 2.0),
)  # fmt: skip
BY_NAME = {factor.name: factor for factor in FACTORS}


def factors_of(tissue: str) -> tuple[Factor, ...]:
    """The enhancer factors that a tissue has most of."""
    return tuple(factor for factor in FACTORS if factor.levels.get(tissue, 0.0) == 1.0)


def planted_tracks(head: str) -> TrackTable:
    """The track table of a head: every assay in every tissue, all CAGE first."""
    rows = [
        (
            f"planted.{head}.{assay.split(':')[-1]}.{tissue}",
            f"{assay}:{tissue}",
            "sum",
            "events per bin",
        )
        for assay in ASSAYS
        for tissue in HEADS[head]
    ]
    columns = ["identifier", "description", "sum_stat", "unit"]
    return TrackTable.from_rows(pd.DataFrame(rows, columns=columns), head)
