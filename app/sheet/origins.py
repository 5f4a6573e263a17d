"""What a figure was drawn from, as its provenance names it: model, genome, genes, versions."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from app.asking.places import BUILT_IN
from enformer.checkpoint import BUNDLED, Checkpoint
from enformer.genes import Gene
from enformer.genome import Genome
from enformer.provenance import versions


@dataclass(frozen=True)
class Model:
    """Which weights; where they are is known for those that have a name."""

    name: str
    source: str
    sha256: str
    trained: bool
    dtype: str
    device: str
    citation: str

    @classmethod
    def of(cls, checkpoint: Checkpoint, source: str) -> "Model":
        """A model that was opened from a source. Paths of one machine are of no use on another."""
        card, model = checkpoint.card, checkpoint.model
        known = source if source in (*BUNDLED, "official") else Path(source).name
        dtype = str(model.dtype).removeprefix("torch.")
        return cls(
            card.name,
            known,
            checkpoint.sha256,
            card.trained,
            dtype,
            str(model.device.type),
            card.citation,
        )


@dataclass(frozen=True)
class Origin:
    """Which genome."""

    source: str
    assembly: str
    identity: str

    @classmethod
    def of(cls, genome: Genome, source: str) -> "Origin":
        """A genome that was opened from a source."""
        known = source if source in BUILT_IN else Path(source).name
        return cls(known, genome.assembly, genome.identity)


def software() -> dict[str, str]:
    """Versions that decide the bytes of a figure."""
    return versions() | {"matplotlib": metadata.version("matplotlib")}


def gene_of(values: Mapping[str, Any]) -> Gene:
    """A gene from plain values, as `asdict` writes them."""
    coding = values["coding"]
    more = {
        "aliases": tuple(values["aliases"]),
        "exons": tuple((start, end) for start, end in values["exons"]),
        "coding": None if coding is None else tuple(coding),
    }
    return Gene(**{**values, **more})
