"""Where a result comes from, in one value that travels with every picture and file."""

import json
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from importlib import metadata
from typing import Any

from enformer.coordinates import Interval, Variant
from enformer.errors import EnformerLensError

CITATION = "Avsec et al., Nature Methods 2021, doi:10.1038/s41592-021-01252-x"
REALIGNED = "realigned"
"""Option that is true where ALT's bins were put back over the reference's bases."""
_PACKAGES = ("torch", "numpy", "enformer-lens")


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that decide the numbers."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = "not installed"
    return found


def now() -> str:
    """The time, ISO 8601, UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass(frozen=True)
class Provenance:
    """Everything needed to make a result again; equal inputs give equal values but for `created`.

    Attributes:
        model: name of the model.
        sha256: identity of its weights.
        trained: False for weights that were never trained; said wherever the result is shown.
        assembly: such as hg38.
        genome: identity of the sequence that was read.
        interval: the model's input window, padding included.
        variant: what was changed in it.
        tracks: those shown, as `human/4828`.
        method: what was computed.
        options: what it was computed with, plain JSON values.
        versions: software by name.
        citation: paper of the model.
        created: ISO 8601, UTC.
    """

    model: str
    sha256: str
    trained: bool
    assembly: str
    genome: str
    interval: Interval
    variant: Variant | None = None
    tracks: tuple[str, ...] = ()
    method: str = "prediction"
    options: Mapping[str, Any] = field(default_factory=dict, hash=False)
    versions: Mapping[str, str] = field(default_factory=versions, hash=False)
    citation: str = CITATION
    created: str = field(default_factory=now)

    def __post_init__(self) -> None:
        plain = json.loads(json.dumps(dict(self.options), sort_keys=True))
        object.__setattr__(self, "options", plain)
        object.__setattr__(self, "versions", dict(self.versions))

    def with_tracks(self, tracks: tuple[str, ...]) -> "Provenance":
        """The same result, with other tracks shown."""
        return replace(self, tracks=tracks)

    def to_json(self) -> str:
        """As text; `from_json` restores it. The interval is 0-based half-open, the variant 1-based."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Provenance":
        """Restore what `to_json` wrote.

        Raises:
            EnformerLensError: the text is no provenance.
        """
        try:
            values: dict[str, Any] = json.loads(text)
            known = {item.name: values[item.name] for item in fields(cls)}
            variant = known["variant"]
            known["interval"] = Interval(**known["interval"])
            known["variant"] = None if variant is None else Variant(**variant)
            known["tracks"] = tuple(known["tracks"])
            return cls(**known)
        except (ValueError, KeyError, TypeError) as error:
            raise EnformerLensError(
                f"It holds no provenance ({error}).",
                read="a stored provenance",
                do="Use the JSON beside an exported figure or file.",
            ) from error

    def lines(self) -> list[str]:
        """Header lines of a text file, `# key: value`."""
        place, variant = self.interval, self.variant
        values: dict[str, Any] = asdict(self) | {
            "trained": "yes" if self.trained else "no, these weights were never trained",
            "interval": f"{place} (1-based inclusive)",
            "interval_0based": f"{place.contig} {place.start} {place.end} (half-open)",
            "variant": "none" if variant is None else f"{variant} (1-based)",
            "tracks": ", ".join(self.tracks),
            "options": json.dumps(self.options, ensure_ascii=False),
            "versions": ", ".join(f"{name} {number}" for name, number in self.versions.items()),
        }
        return [f"# {key}: {' '.join(str(value).split())}" for key, value in values.items()]

    def short(self) -> str:
        """One line for the foot of a view or figure."""
        parts = [
            f"{self.model} {self.sha256[:12]}" + ("" if self.trained else " (never trained)"),
            f"{self.assembly} {self.interval}",
            *([] if self.variant is None else [str(self.variant)]),
            f"enformer-lens {self.versions.get('enformer-lens', '')}".strip(),
            f"torch {self.versions.get('torch', '')}".strip(),
        ]
        return " · ".join(parts)
