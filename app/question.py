"""What a person asks for, as one value and as a link. The one place that names URL parameters."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

LONGEST_LOCUS_IN_URL = 2000
_ZOOM = re.compile(r"(\d{1,12})-(\d{1,12})", re.ASCII)
_NUMBER = re.compile(r"\d{1,6}", re.ASCII)


@dataclass(frozen=True)
class Query:
    """What is asked, by all views together. Empty fields mean that the app chooses.

    Attributes:
        locus: the search box's text.
        model: a name such as mini, or a path.
        genome: a name such as hg38, or a path.
        tracks: `head/index` in the order shown.
        zoom: 0-based half-open part of the contig that is drawn.
        target: text of the target that is explained.
        layer: of the transformer, from 0.
        head: attention head of that layer, from 0.
        token: of the window, from 0.
        method: how it is explained, as the view that explains writes it.
        truth: the tissue whose planted truth is drawn; empty where none is.
        step: of the guided tour, from 0.
    """

    locus: str = ""
    model: str = ""
    genome: str = ""
    tracks: tuple[str, ...] = ()
    zoom: tuple[int, int] | None = None
    target: str = ""
    layer: int | None = None
    head: int | None = None
    token: int | None = None
    method: str = ""
    truth: str = ""
    step: int | None = None

    @classmethod
    def from_url(cls, parameters: Mapping[str, str]) -> "Query":
        """What a link asks for; parameters that are unknown or make no sense are ignored."""
        tracks = (track.strip() for track in parameters.get("tracks", "").split(","))
        return cls(
            locus=parameters.get("locus", "").strip(),
            model=parameters.get("model", "").strip(),
            genome=parameters.get("genome", "").strip(),
            tracks=tuple(dict.fromkeys(track for track in tracks if track)),
            zoom=_read_zoom(parameters.get("zoom", "")),
            target=parameters.get("target", "").strip(),
            layer=_read_number(parameters.get("layer", ""), first=1),
            head=_read_number(parameters.get("head", ""), first=1),
            token=_read_number(parameters.get("token", ""), first=0),
            method=parameters.get("method", "").strip(),
            truth=parameters.get("truth", "").strip(),
            step=_read_number(parameters.get("step", ""), first=1),
        )

    def to_url(self) -> dict[str, str]:
        """URL parameters, as a person reads them: positions, layers, heads and steps are counted from 1.

        Tokens are counted from 0, as bins and tracks are everywhere.
        """
        parameters = {
            "locus": self.locus if self.fits_a_link else "",
            "model": self.model,
            "genome": self.genome,
            "tracks": ",".join(self.tracks),
            "zoom": f"{self.zoom[0] + 1}-{self.zoom[1]}" if self.zoom else "",
            "target": self.target,
            "layer": "" if self.layer is None else str(self.layer + 1),
            "head": "" if self.head is None else str(self.head + 1),
            "token": "" if self.token is None else str(self.token),
            "method": self.method,
            "truth": self.truth,
            "step": "" if self.step is None else str(self.step + 1),
        }
        return {name: value for name, value in parameters.items() if value}

    @property
    def fits_a_link(self) -> bool:
        """Whether a link can hold it: a long pasted sequence is left out."""
        return len(self.locus) <= LONGEST_LOCUS_IN_URL

    def same_question(self, other: "Query") -> bool:
        """Whether both ask for the same prediction, whatever part or tracks of it they show."""
        return (self.locus, self.model, self.genome) == (other.locus, other.model, other.genome)


def _read_zoom(text: str) -> tuple[int, int] | None:
    match = _ZOOM.fullmatch(text.strip().replace(",", ""))
    if match is None:
        return None
    start, end = int(match[1]) - 1, int(match[2])
    return (start, end) if 0 <= start < end else None


def _read_number(text: str, first: int) -> int | None:
    """A whole number counted from `first`, counted from 0."""
    match = _NUMBER.fullmatch(text.strip())
    return int(text) - first if match and int(text) >= first else None
